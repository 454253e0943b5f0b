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


@click.command()
@click.option(
    "--points", default=256, show_default=True, type=click.IntRange(min=8), help="Parameter sets per design."
)
@click.option(
    "--seeds", default=3, show_default=True, type=click.IntRange(min=1), help="Runs per set in the search."
)
@click.option(
    "--unseen", default=10, show_default=True, type=click.IntRange(min=2), help="Other seeds that decide."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processor cores to use.  [default: all]")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the ensemble.  [default: beside the scenario]",
)
@json_option
def calibrate(
    points: int, seeds: int, unseen: int, jobs: int | None, out: Path | None, as_json: bool
) -> None:
    """Fit at most eight assumptions to history and keep all plausible sets of them."""
    from sim.terminal import Working

    begun = time.monotonic()
    with Working("Reading what is to be fitted") as working:
        from sim import compiled
        from sim.analysis.ensemble import ensemble_file
        from sim.validation import fitting
        from sim.validation.calibration import calibrate as search

        compiled.announce = working.compiling
        plan = fitting.read_plan()
        scenario = load_scenario(plan.scenario).with_run(end=plan.end)
        working.say("Running")
        moments = tuple(fitting.as_moment(name, measure) for name, measure in fitting.fitted_measures(plan))
        simulate = fitting.simulator(plan, scenario, jobs, working.step)
        found = search(
            simulate, fitting.space(plan, scenario), moments, points=points, seeds=seeds, unseen=unseen
        )
    seconds = time.monotonic() - begun
    document = fitting.document(plan, found, points=points, seeds=seeds, unseen=unseen, seconds=seconds)
    path = out or ensemble_file(scenario)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(clean(document), ensure_ascii=False, indent=1) + "\n", "utf-8")
    click.echo(f"written: {path}", err=True)
    if as_json:
        print_json(document)
    else:
        _show_calibration(document)


def _show_calibration(document: dict[str, Any]) -> None:
    """The best set, what it misses, and what the data cannot tell."""
    from sim.terminal import table

    told = document["identification"]
    rows = [
        [name, *(value for value in document["priors"][name]), best, told["spread_over_prior"][name]]
        for name, best in document["parameter_sets"][0].items()
    ]
    table("Parameters", ["parameter", "prior from", "to", "best", "spread over prior"], rows)
    rows = [
        [each["what"], each["target"], each["half_band"], each["best"], each["low"], each["high"]]
        for each in document["moments"]
    ]
    table("Moments on unseen seeds", ["moment", "target", "half band", "best", "ensemble from", "to"], rows)
    distance = document["distance"]
    click.echo(
        f"{len(document['parameter_sets'])} plausible sets; distance on unseen seeds {distance['unseen seeds'][0]:.3g} "
        f"(before: {distance['defaults on unseen seeds']:.3g})."
    )
    if told["hardly_told"]:
        click.echo(f"The data say little about {', '.join(told['hardly_told'])}.")
    for pair in told["not_told_apart"]:
        click.echo(
            f"Not told apart: {pair['one']} and {pair['other']} (correlation {pair['correlation']:+.2f})."
        )


@click.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="BASE A B [C ...]")
@click.option("--output", default="new_materials_volume", show_default=True, help="What the ranking is by.")
@click.option("--per-cost", is_flag=True, help="Rank by effect per public cost.")
@click.option("--sets", default=64, show_default=True, type=click.IntRange(min=8), help="Worlds that differ.")
@click.option(
    "--seeds", default=2, show_default=True, type=click.IntRange(min=1), help="Runs per world and scenario."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processor cores to use.  [default: all]")
@click.option(
    "--assumption", "names", multiple=True, metavar="GROUP.NAME", help="Vary these only.  [default: all]"
)
@json_option
def assumptions(
    scenarios: tuple[str, ...],
    output: str,
    per_cost: bool,
    sets: int,
    seeds: int,
    jobs: int | None,
    names: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say which assumption would turn the ranking of policies A, B, ... around."""
    if len(scenarios) < 3:
        raise click.UsageError("Name a baseline and at least two policies.")
    from sim.terminal import Working, table

    with Working("Reading the scenarios") as working:
        chosen = [load_scenario(name) for name in scenarios]
        working.say("Importing the model")
        from sim import compiled
        from sim.analysis.assumptions import in_words, turning, worlds
        from sim.compare import compare

        compiled.announce = working.compiling
        drawn = worlds(chosen[0], sets, names or None)
        working.say("Running")
        comparison = compare(
            chosen, seeds=seeds, jobs=jobs, progress=working.step, parameter_sets=drawn, grouped=()
        )
        found = turning(comparison, output, per_cost=per_cost)
    if as_json:
        print_json(
            {
                "output": found.output,
                "ranked_by": found.ranked_by,
                "order": found.order,
                "first_in": found.first_in,
                "turned": found.turned,
                "worlds": found.worlds,
                "assumptions": found.table.to_dict("records"),
            }
        )
        return
    rows = [[name, f"{found.first_in[name]:.0%}"] for name in found.order]
    table(f"Ranking by {found.ranked_by}", ["scenario", "best in worlds"], rows)
    lines = [
        [
            row["assumption"],
            f"{row['influence']:+.2f}",
            row["p_holm"],
            _where(row),
            row["turned_there"],
            row["turned_elsewhere"],
        ]
        for row in found.table.head(10).to_dict("records")
    ]
    columns = ["assumption", "influence on the lead", "p (Holm)", "where", "turned there", "elsewhere"]
    table("Assumptions", columns, lines)
    for text in in_words(found):
        click.echo(text)


def _where(row: dict[Any, Any]) -> str:
    """The half-line on which the ranking turns most often."""
    return f"{row['side']} {row['threshold']:.3g}" if row["side"] else ""
