"""Commands that hold the model against what is known: validate."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.common import checked_folder, clean, json_option, load_scenario, print_json, set_option

if TYPE_CHECKING:
    from sim.validation.targets import Row


@click.command()
@click.argument("scenario", default="baotou")
@click.option(
    "--seeds", default=30, show_default=True, type=click.IntRange(min=2), help="Runs per fact and arm."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processor cores to use.  [default: all]")
@click.option("--only", metavar="F1,F3", help="These facts only.")
@set_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write validation.md, .json and .html (with figures) to a folder.",
)
@json_option
def validate(
    scenario: str,
    seeds: int,
    jobs: int | None,
    only: str | None,
    settings: dict[str, Any],
    out: Path | None,
    as_json: bool,
) -> None:
    """Hold the model against stylised facts, history and known policy responses."""
    if out is not None:
        checked_folder(out)
    from sim.terminal import Working

    begun = time.monotonic()
    with Working("Reading the targets") as working:
        chosen = load_scenario(scenario, settings)
        working.say("Importing the model")
        from sim import compiled
        from sim.validation.evaluate import evaluate
        from sim.validation.table import as_dicts, circumstances

        compiled.announce = working.compiling
        working.say("Running")
        rows = evaluate(chosen, seeds, jobs or os.cpu_count() or 1, only, working.step)
    found = as_dicts(rows)
    if out is not None:
        about = circumstances(chosen.name, seeds, time.monotonic() - begun)
        for path in _write(rows, found, about, out):
            click.echo(f"written: {path}", err=True)
    if as_json:
        print_json(found)
    else:
        _show(found)


def _show(rows: list[dict[str, Any]]) -> None:
    """The table, a line per measure, then how rows are counted."""
    from sim.terminal import table
    from sim.validation.table import UNCONFIRMED, band_in_words, counting, interval_in_words

    lines = []
    for row in rows:
        grade = f" ({UNCONFIRMED})" if row["grade"] == "M" else ""
        for place, measure in enumerate(row["measures"]):
            head = [row["id"], row["fact"] + grade] if place == 0 else ["", ""]
            lines.append(
                [
                    *head,
                    measure["what"],
                    interval_in_words(measure),
                    band_in_words(measure["band"]),
                    measure["verdict"],
                ]
            )
    table("Validation", ["id", "fact", "measure", "value", "band", "verdict"], lines, texts=3)
    for text in counting(rows):
        click.echo(text)


def _write(rows: list[Row], found: list[dict[str, Any]], about: str, folder: Path) -> list[Path]:
    """Tables and figures."""
    from sim.validation.figures import as_svg, fact_plot
    from sim.validation.table import page, write_page

    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"validation.{kind}" for kind in ("md", "json", "html")]
    write_page(paths[0], found, about)
    paths[1].write_text(json.dumps(clean(found), ensure_ascii=False, indent=1) + "\n", "utf-8")
    figures = {row.id: as_svg(fact_plot(row)) for row in rows}
    paths[2].write_text(page(found, figures, about), "utf-8")
    return paths
