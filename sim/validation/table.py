"""Table: the rows for machines, for the terminal, as Markdown and as one HTML page with a figure per fact.

How rows are counted: imposed rows are tests of rules and do not count; of the calibrated and emergent ones that can be
computed, the share that passes is printed, calibrated and held-out measures apart. Grade M is marked as unconfirmed.
"""

from __future__ import annotations

import datetime
import html
import math
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.validation.targets import NOT_COMPUTABLE, Result, Row

MUST_NOT_FAIL = ("H1", "H2", "H3", "C1", "F1", "F3", "F7", "A2", "E2", "P1")
UNCONFIRMED = "unconfirmed"
BLOCK = re.compile(r"(<!-- validation:begin -->\n)(.*?)(<!-- validation:end -->)", re.DOTALL)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Validation</title><style>
body{{font:15px/1.45 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}}
table{{border-collapse:collapse;width:100%}}td,th{{padding:.25rem .5rem;text-align:left;vertical-align:top;
border-bottom:1px solid #ddd}}td.n{{text-align:right;white-space:nowrap}}figure{{margin:.5rem 0 2rem}}
h3{{margin:1.5rem 0 0}}.pass{{color:#00704a}}.near{{color:#9a6700}}.fail{{color:#b3261e;font-weight:600}}
</style><h1>Validation</h1>{body}</html>"""


# ------------------------------------------------------------------------------------------------ for machines
def as_dicts(rows: list[Row]) -> list[dict[str, Any]]:
    """A dictionary per row: the measure that decides at the top, all of them under ``measures``."""
    return [_row_dict(row) for row in rows]


def _row_dict(row: Row) -> dict[str, Any]:
    head = _result_dict(row.headline)
    return {
        "id": row.id,
        "fact": row.fact,
        **{key: head[key] for key in ("value", "low", "high", "band")},
        "verdict": row.said,
        "source": row.source,
        "grade": row.grade,
        "kind": row.kind,
        "group": row.group,
        "measures": [
            _result_dict(result) | {"verdict": row.words.get(result.verdict, result.verdict)}
            for result in row.results
        ],
    }


def _result_dict(result: Result) -> dict[str, Any]:
    return {
        "what": result.what,
        "value": _known(result.value),
        "low": _known(result.low),
        "high": _known(result.high),
        "band": [_known(end) for end in result.band],
        "observed": result.observed,
        "verdict": result.verdict,
        "held_out": result.held_out,
        "unit": result.unit,
        "runs": len(result.values),
        "note": result.reason,
    }


def _known(number: float) -> float | None:
    """Six digits, so that a file does not change with rounding elsewhere; nothing for what is no number."""
    return float(f"{number:.6g}") if math.isfinite(number) else None


# -------------------------------------------------------------------------------------------------- in words
def number(value: float | None) -> str:
    """Three significant digits, thousands grouped."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def band_in_words(band: list[float | None]) -> str:
    """``0.8 to 2.5``, ``at least 1`` or ``at most 0``."""
    bottom, top = band
    if bottom is None:
        return f"at most {number(top)}"
    return f"at least {number(bottom)}" if top is None else f"{number(bottom)} to {number(top)}"


def interval_in_words(measure: dict[str, Any]) -> str:
    """The value with its interval."""
    if measure["value"] is None:
        return NOT_COMPUTABLE
    if measure["low"] is None:
        return number(measure["value"])
    return f"{number(measure['value'])} [{number(measure['low'])} .. {number(measure['high'])}]"


def counting(rows: list[dict[str, Any]]) -> list[str]:
    """How many rows pass, counted honestly: sentences."""
    counted = [row for row in rows if row["kind"] != "imposed" and row["verdict"] != NOT_COMPUTABLE]
    passed = [row for row in counted if row["verdict"] in ("pass", "agree")]
    said = [f"{len(passed)} of {len(counted)} calibrated and emergent rows that can be computed pass"]
    if counted:
        said[0] += f" ({len(passed) / len(counted):.0%}; the aim is 80 %)."
    for what, chosen in (
        (
            "Calibrated measures (used in fitting)",
            [(r, m) for r in counted for m in r["measures"] if _fitted(r, m)],
        ),
        (
            "Measures never used in fitting",
            [(r, m) for r in counted for m in r["measures"] if not _fitted(r, m)],
        ),
    ):
        known = [measure for _, measure in chosen if measure["verdict"] != NOT_COMPUTABLE]
        good = sum(measure["verdict"] in ("pass", "agree") for measure in known)
        if known:
            said.append(f"{what}: {good} of {len(known)} pass.")
    imposed = [row for row in rows if row["kind"] == "imposed"]
    if imposed:
        good = sum(row["verdict"] in ("pass", "agree") for row in imposed)
        said.append(f"Imposed rows, tests of rules that do not count above: {good} of {len(imposed)} pass.")
    out = [row["id"] for row in rows if row["verdict"] == NOT_COMPUTABLE]
    if out:
        said.append(f"Not computable: {', '.join(out)}.")
    broken = [
        row["id"] for row in rows if row["id"] in MUST_NOT_FAIL and row["verdict"] in ("fail", "disagree")
    ]
    there = [row["id"] for row in rows if row["id"] in MUST_NOT_FAIL]
    if there:
        said.append(
            f"Rows that must not fail ({', '.join(there)}): "
            + (f"{', '.join(broken)} fail." if broken else "none fails.")
        )
    return said


def _fitted(row: dict[str, Any], measure: dict[str, Any]) -> bool:
    return row["kind"] == "calibrated" and not measure["held_out"]


def circumstances(scenario: str, seeds: int, seconds: float) -> str:
    """When, with what and in what time the table was made."""
    made = ", ".join(f"{name} {version(name)}" for name in ("cluster-sim", "numba", "numpy", "scipy"))
    return (
        f"Made on {datetime.date.today()} from scenario `{scenario}` with {seeds} seeds a row in "
        f"{seconds / 60.0:.0f} minutes ({made}, Python {platform.python_version()})."
    )


# ---------------------------------------------------------------------------------------------------- Markdown
def markdown(rows: list[dict[str, Any]]) -> str:
    """The table with all measures."""
    lines = []
    for group in dict.fromkeys(row["group"] for row in rows):
        lines += [
            f"\n### {group.capitalize()}\n",
            "| id | fact | measure | value | band | verdict | kind | source |",
        ]
        lines.append("|---|---|---|---|---|---|---|---|")
        for row in rows:
            if row["group"] == group:
                lines += _lines(row)
    return "\n".join(lines) + "\n"


def _lines(row: dict[str, Any]) -> list[str]:
    grade = f" ({UNCONFIRMED})" if row["grade"] == "M" else ""
    lines = []
    for place, measure in enumerate(row["measures"]):
        first = place == 0
        held = ", held out" if measure["held_out"] else ""
        note = f"; {measure['note']}" if measure["note"] else ""
        said = measure["verdict"]
        cells = [
            row["id"] if first else "",
            f"{row['fact']}: **{row['verdict']}**" if first else "",
            measure["what"] + note,
            interval_in_words(measure),
            band_in_words(measure["band"]),
            said if said in ("pass", "agree") else f"**{said}**",
            row["kind"] + held,
            row["source"] + grade if first else "",
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines


def write_page(path: Path, rows: list[dict[str, Any]], about: str) -> None:
    """Put the table into the generated block of ``path``; what stands around it by hand is kept."""
    made = "\n".join([about, "", *counting(rows)]) + "\n" + markdown(rows)
    text = (
        path.read_text("utf-8")
        if path.is_file()
        else "# Validation\n\n<!-- validation:begin -->\n<!-- validation:end -->\n"
    )
    path.write_text(BLOCK.sub(lambda found: found[1] + made + found[3], text), "utf-8")


# -------------------------------------------------------------------------------------------------------- HTML
def page(rows: list[dict[str, Any]], figures: dict[str, str], about: str) -> str:
    """One HTML file: the counting, the table, and per fact its measures with a figure (SVG by id)."""
    parts = [
        f"<p>{html.escape(about)}</p>",
        "".join(f"<p>{html.escape(text)}</p>" for text in counting(rows)),
    ]
    parts.append("<table><tr><th>id<th>fact<th>value<th>band<th>verdict<th>kind</tr>")
    for row in rows:
        parts.append(
            f'<tr><td><a href="#{row["id"]}">{row["id"]}</a><td>{html.escape(row["fact"])}'
            f'<td class="n">{interval_in_words(row)}<td>{band_in_words(row["band"])}'
            f'<td class="{_colour(row["verdict"])}">{row["verdict"]}<td>{row["kind"]}</tr>'
        )
    parts.append("</table>")
    for row in rows:
        grade = f" ({UNCONFIRMED})" if row["grade"] == "M" else ""
        parts.append(f'<h3 id="{row["id"]}">{row["id"]}: {html.escape(row["fact"])}</h3>')
        parts.append(
            f'<p class="{_colour(row["verdict"])}">{row["verdict"]}</p><p>{row["kind"]}; source: '
            f"{html.escape(row['source'])}{grade}</p><ul>"
        )
        for measure in row["measures"]:
            note = f" ({html.escape(measure['note'])})" if measure["note"] else ""
            parts.append(
                f"<li>{html.escape(measure['what'])}: {interval_in_words(measure)}, expected "
                f"{band_in_words(measure['band'])}: <b>{measure['verdict']}</b>{note}</li>"
            )
        parts.append(f"</ul><figure>{figures.get(row['id'], '')}</figure>")
    return PAGE.format(body="".join(parts))


def _colour(verdict: str) -> str:
    return {"agree": "pass", "inconclusive": "near", "disagree": "fail"}.get(
        verdict, verdict.replace(" ", "-")
    )
