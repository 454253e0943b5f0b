"""The documents of the suite: docs/performance.json, and the tables of docs/performance.md between its two marks."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True)
class Row:
    """One measured quantity: median, lowest, highest of its repetitions, and what is asked of it ("<= 1.5")."""

    measure: str
    value: float | None
    low: float | None = None
    high: float | None = None
    unit: str = "ratio"
    required: str = ""
    aim: str = ""
    note: str = ""

    def meets(self, wanted: str) -> bool | None:
        """Whether the value is as wanted; None where nothing is."""
        if not wanted:
            return None
        sign, bound = wanted.split()
        return self.value is not None and (
            self.value <= float(bound) if sign == "<=" else self.value >= float(bound)
        )


def machine() -> str:
    """Processor, cores, system and the versions that matter."""
    name = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            name = line.partition(":")[2].strip()
            break
    versions = ", ".join(f"{each} {version(each)}" for each in ("numba", "llvmlite", "numpy", "mesa"))
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {versions}"
    )


def write(rows: Sequence[Row], keep: bool = False) -> None:
    """Both documents; ``keep``: of what the file has, what these rows do not measure anew."""
    here = machine()
    if keep:
        anew = {row.measure: row for row in rows}
        known = json.loads((DOCS / "performance.json").read_text(encoding="utf-8"))
        names = [field.name for field in fields(Row)]
        rows = [anew.pop(old["measure"], None) or Row(**{name: old[name] for name in names}) for old in known]
        rows = [*rows, *anew.values()]
    found: list[dict[str, Any]] = [
        {**asdict(row), "met": row.meets(row.required), "aim_met": row.meets(row.aim), "machine": here}
        for row in rows
    ]
    (DOCS / "performance.json").write_text(
        json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    file = DOCS / "performance.md"
    text = file.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    busy = f"Load average at the end: {load}; above 2 on two cores, wall times (starts, threads, slider) say little."
    tables = f"Measured {date.today()} on {here}. {busy}\n\n{targets(rows)}\n{others(rows)}"
    file.write_text(f"{before}{BEGIN}\n{tables}{END}{after}", encoding="utf-8")


def targets(rows: Sequence[Row]) -> str:
    """What is asked for and what is."""
    lines = [
        "| measure | median | lowest to highest | required | met | to aim at | met |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row.required:
            met, aimed = (yes(row.meets(wanted)) for wanted in (row.required, row.aim))
            what = f"{row.measure}{f' ({row.note})' if row.note else ''}"
            lines.append(
                f"| {what} | {number(row.value)}{in_unit(row)} | {between(row)} | {row.required} | {met} | {row.aim} | {aimed} |"
            )
    return "\n".join(lines) + "\n"


def others(rows: Sequence[Row]) -> str:
    """Everything else."""
    lines = ["| measure | median | lowest to highest | unit |", "|---|---|---|---|"]
    for row in rows:
        if not row.required:
            what = f"{row.measure}{f' ({row.note})' if row.note else ''}"
            lines.append(f"| {what} | {number(row.value)} | {between(row)} | {row.unit} |")
    return "\n".join(lines) + "\n"


def in_unit(row: Row) -> str:
    return "" if row.unit in ("ratio", "1", "share") else f" {row.unit}"


def between(row: Row) -> str:
    return "" if row.low is None else f"{number(row.low)} to {number(row.high)}"


def yes(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "**no**"


def number(value: float | None) -> str:
    """Three digits that mean something."""
    if value is None:
        return "not measured"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
