"""Commands that run the model: run, compare, demo."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.common import (
    checked_folder,
    clean,
    json_option,
    load_scenario,
    print_json,
    seeds_help,
    set_option,
    shown_unit,
)

if TYPE_CHECKING:
    from sim.analysis.equal_budget import EqualBudget
    from sim.compare import Comparison

DEMO = ("chain_extension", "innovation_system", "talents_local_and_introduced", "all_together")


@click.command()
@click.argument("scenario")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="The run's luck.")
@set_option
@click.option("--quarters", type=click.IntRange(min=1), help="Run this many quarters only.")
@click.option("--all", "everything", is_flag=True, help="Show all outputs, not only the headlines.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all outputs to a .csv, .json or .parquet file.",
)
@json_option
def run(
    scenario: str,
    seed: int,
    settings: dict[str, Any],
    quarters: int | None,
    everything: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run SCENARIO once."""
    if out is not None and out.suffix not in (".csv", ".json", ".parquet"):
        raise click.BadParameter(f"'{out}' does not end in .csv, .json or .parquet", param_hint="--out")
    from sim.terminal import Working

    with Working("Reading the scenario") as working:
        chosen = load_scenario(scenario, settings)
        working.say("Importing the model")
        from sim import compiled
        from sim.run import run as run_model

        compiled.announce = working.compiling
        working.say("Running")
        made = run_model(chosen, seed=seed, quarters=quarters, progress=working.step)
    document = _run_document(made)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".json":
            out.write_text(json.dumps(clean(document), ensure_ascii=False), "utf-8")
        elif out.suffix == ".csv":
            made.outputs.to_csv(out, index_label="quarter")
        else:
            made.outputs.to_parquet(out)
        click.echo(f"written: {out}", err=True)
    if as_json:
        print_json(document)
    else:
        _show_run(made, everything)


def _run_document(made: Any) -> dict[str, Any]:
    from sim.declare import OUTPUTS

    return {
        "scenario": made.scenario.name,
        "seed": made.seed,
        "quarters": [str(quarter) for quarter in made.outputs.index],
        "outputs": {
            name: {
                "unit": OUTPUTS[name].unit if name in OUTPUTS else "",
                "values": made.outputs[name].tolist(),
            }
            for name in made.outputs.columns
        },
    }


def _show_run(made: Any, everything: bool) -> None:
    """Yearly values of some years: flows summed, stocks at the end, rates averaged."""
    from sim.analysis.outcomes import HEADLINES
    from sim.declare import OUTPUTS
    from sim.terminal import table

    columns = list(made.outputs.columns)
    names = columns if everything else [name for name in HEADLINES if name in columns]
    years = [str(quarter)[:4] for quarter in made.outputs.index]
    ways = {"flow": "sum", "stock": "last", "rate": "mean"}
    chosen = sorted(set(years))
    chosen = sorted({*chosen[:: max(1, len(chosen) // 6)], chosen[-1]})
    rows = []
    for name in names or columns:
        declared = OUTPUTS.get(name)
        way = ways[declared.kind] if declared else "mean"
        yearly = made.outputs[name].groupby(years).agg(way)
        label = declared.label[0] if declared else name
        rows.append(
            [label, shown_unit(declared.unit if declared else ""), *(yearly[year] for year in chosen)]
        )
    table(f"{made.scenario.title} (seed {made.seed})", ["by year", "unit", *chosen], rows, texts=2)


def _compare(
    names: tuple[str, ...],
    seeds: int,
    jobs: int | None,
    plausible: int = 0,
    outcomes: tuple[str, ...] = (),
    equal_cost: bool = False,
) -> Comparison:
    """Read, compile and run, with progress.

    plausible   in so many parameter sets, or in the scenarios' own
    outcomes    what is to be kept by group, beside the usual
    equal_cost  policies are scaled until they cost the same
    """
    from sim.terminal import Working

    with Working("Reading the scenarios") as working:
        scenarios = [load_scenario(name) for name in names]
        working.say("Importing the model")
        from sim import compiled
        from sim.analysis.ensemble import plausible_sets
        from sim.analysis.mixtures import mixtures
        from sim.analysis.outcomes import known_output
        from sim.compare import GROUPED
        from sim.compare import compare as compare_scenarios

        kept = tuple(dict.fromkeys((*GROUPED, *(known_output(name) for name in outcomes))))
        compiled.announce = working.compiling
        sets = plausible_sets(scenarios[0], plausible) if plausible else None
        working.say("Starting")
        cores = jobs or os.cpu_count() or 1
        shared: Any = {"seeds": seeds, "jobs": cores, "progress": working.step, "grouped": kept}
        if equal_cost:
            found = mixtures(scenarios[0], scenarios[1:], say=working.say, **shared)
            comparison = found.comparison
        else:
            comparison = compare_scenarios(scenarios, parameter_sets=sets, **shared)
    for search in found.searches if equal_cost else ():
        click.echo(search.in_words(), err=True)
    for warning in comparison.warnings:
        click.echo(f"warning: {warning}", err=True)
    return comparison


def _show_comparison(
    comparison: Comparison, everything: bool, outcomes: tuple[str, ...] = (), level: str = "total"
) -> None:
    """The effect table, of the headlines unless other outputs are named, then what it costs."""
    from sim.analysis.outcomes import HEADLINES
    from sim.analysis.paired import LEAST, NOTES, VERDICTS
    from sim.terminal import number, table

    kept = comparison.outputs if level == "total" else comparison.grouped
    headlines = [name for name in HEADLINES if name in kept]
    effects = comparison.effects_on(outcomes or (kept if everything else headlines), level)
    for scenario, part in effects.groupby("scenario", sort=False):
        these: Any = part.itertuples()
        rows = [
            [
                row.label,
                shown_unit(row.unit),
                row.effect,
                f"{number(row.low)} .. {number(row.high)}",
                "-" if row.percent != row.percent else f"{row.percent:+.1f}",
                "-" if row.better != row.better else f"{row.better:.0%}",
                str(row.n),
                NOTES[row.note][0] or VERDICTS[row.verdict][0],
            ]
            for row in these
        ]
        columns = ["output", "unit", "effect", "95 % interval", "%", "better in", "pairs", "in words"]
        table(f"{scenario} against the baseline", columns, rows, texts=2)
    click.echo(
        f"Raises, lowers: by {LEAST} % of the baseline or more, and a t-test that allows for the {len(effects)} "
        "rows of these tables (Holm) puts it beyond chance at 5 %.\n"
    )
    total = comparison.costs.groupby("scenario", sort=False).sum(numeric_only=True)
    if len(total):
        rows = [[str(scenario), *row] for scenario, row in total.iterrows()]
        columns = ["scenario", *(kind.replace("_", " ") for kind in total.columns)]
        table("Public cost, present value, million CNY", columns, rows)


def _write_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Effects and costs as CSV and JSON, and the figure."""
    from sim.figures import effects_overview

    written = comparison.save(folder)
    for name in ("effects.svg", "effects.png"):
        effects_overview(comparison, folder / name)
        written.append(folder / name)
    return written


def _check_font(language: str) -> None:
    """Say before the work begins that figures in this language need a font."""
    from sim.figures.style import family

    family(language)


def _equally_dear(comparison: Comparison, seeds: int, jobs: int | None) -> EqualBudget:
    """The packages of a comparison scaled to one public cost, on the same seeds."""
    from sim.analysis.mixtures import mixtures
    from sim.terminal import Working

    with Working("Making the packages equally dear") as working:
        baseline, *packages = comparison.scenarios
        cores = jobs or os.cpu_count() or 1
        return mixtures(baseline, packages, seeds=seeds, jobs=cores, progress=working.step, say=working.say)


def _write_reports(
    comparison: Comparison, paths: dict[str, Path], *command: str, equal: EqualBudget | None = None
) -> None:
    """The report in each language, with the command that makes it again."""
    from sim.report import write_reports
    from sim.terminal import Working

    with Working("Writing the report"):
        write_reports(comparison, paths, shlex.join(["cluster-sim", *command]), equal)


def _finish(comparison: Comparison) -> None:
    for failure in comparison.failures:
        click.echo(f"failed: {failure.message}", err=True)
    if comparison.failures:
        sys.exit(1)


@click.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="A B [C ...]")
@click.option("--seeds", default=50, show_default=True, type=click.IntRange(min=1), help=seeds_help)
@click.option("--jobs", type=click.IntRange(min=1), help="Processor cores to use.  [default: all]")
@click.option("--all", "everything", is_flag=True, help="Show all outputs, not only the headlines.")
@click.option("--outcome", "outcomes", multiple=True, help="Show this output; may be given again.")
@click.option(
    "--by",
    "level",
    default="total",
    show_default=True,
    type=click.Choice(["total", "stage", "product", "size", "ownership", "origin"]),
    help="Show effects on groups of enterprises.",
)
@click.option(
    "--equal-cost", is_flag=True, help="First scale the policies until they cost the same (optimise)."
)
@click.option(
    "--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the effect table."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables and figure to a folder."
)
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report, one HTML page."
)
@click.option(
    "--lang", default="en", show_default=True, type=click.Choice(["en", "zh"]), help="Its language."
)
@click.option(
    "--plausible",
    default=0,
    type=click.IntRange(min=0),
    help="Run every seed in this many plausible parameter sets: intervals then cover assumptions too.",
)
@json_option
def compare(
    scenarios: tuple[str, ...],
    seeds: int,
    jobs: int | None,
    everything: bool,
    outcomes: tuple[str, ...],
    level: str,
    csv_file: Path | None,
    out: Path | None,
    report: Path | None,
    lang: str,
    plausible: int,
    equal_cost: bool,
    as_json: bool,
) -> None:
    """Compare scenarios, paired by seed; the first is the baseline."""
    if len(scenarios) < 2:
        raise click.UsageError("Name at least two scenarios; the first is the baseline.")
    if equal_cost and plausible:
        raise click.UsageError("--equal-cost and --plausible exclude each other.")
    if out is not None:
        checked_folder(out)
    if report is not None:
        checked_folder(report.parent)
        _check_font(lang)
    comparison = _compare(scenarios, seeds, jobs, plausible, outcomes, equal_cost)
    if csv_file is not None:
        csv_file.parent.mkdir(parents=True, exist_ok=True)
        comparison.effects.to_csv(csv_file, index=False)
        click.echo(f"written: {csv_file}", err=True)
    if out is not None:
        for path in _write_comparison(comparison, out):
            click.echo(f"written: {path}", err=True)
    if report is not None:
        options = ["--seeds", str(seeds), "--report", str(report), "--lang", lang]
        options += ["--plausible", str(plausible)] if plausible else []
        options += ["--equal-cost"] if equal_cost else []
        _write_reports(comparison, {lang: report}, "compare", *scenarios, *options)
        click.echo(f"written: {report}", err=True)
    if as_json:
        print_json(comparison.to_dict())
    else:
        _show_comparison(comparison, everything, outcomes, level)
    _finish(comparison)


@click.command()
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(min=1), help=seeds_help)
@click.option("--jobs", type=click.IntRange(min=1), help="Processor cores to use.  [default: all]")
@click.option("--all", "everything", is_flag=True, help="Show all outputs, not only the headlines.")
@click.option(
    "--out",
    default=Path("results/demo"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where tables, figure and report go.",
)
def demo(seeds: int, jobs: int | None, everything: bool, out: Path) -> None:
    """The main job: the reference case against three packages and their mix, with a report."""
    from sim.problems import InputError

    checked_folder(out)
    reports = {"en": out / "report.html", "zh": out / "report.zh.html"}
    try:
        _check_font("zh")
    except InputError as error:
        click.echo(f"no report in Chinese: {error}", err=True)
        del reports["zh"]
    comparison = _compare(("baotou", *DEMO), seeds, jobs)
    written = _write_comparison(comparison, out)
    _show_comparison(comparison, everything)
    click.echo("Written: " + ", ".join(str(path) for path in written))
    equal = _equally_dear(comparison, seeds, jobs)
    _write_reports(comparison, reports, "demo", "--seeds", str(seeds), equal=equal)
    click.echo("Report: " + ", ".join(str(path) for path in reports.values()))
    _finish(comparison)
