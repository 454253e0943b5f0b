"""Commands about packages of policy: what they bring for the same money, and why."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.common import checked_folder, json_option, load_scenario, print_json, seeds_help, shown_unit

if TYPE_CHECKING:
    from sim.analysis.equal_budget import EqualBudget

outcomes_option = click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    help="An output to look at; may be given again.  [default: new_materials_volume, inventive_innovations]",
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(min=1), help="Processor cores to use.  [default: all]"
)


@click.command()
@click.argument("baseline")
@click.argument("packages", nargs=-1, required=True)
@click.option(
    "--budget",
    type=float,
    help="Present value, million CNY.  [default: what the package in the middle costs]",
)
@outcomes_option
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(min=1), help=seeds_help)
@click.option(
    "--pilot",
    default=8,
    show_default=True,
    type=click.IntRange(min=1),
    help="Seeds of the search for equal cost.",
)
@click.option(
    "--mix",
    default=1,
    show_default=True,
    type=click.IntRange(1, 6),
    help="Also mix packages, by so many parts of the budget: 2 for halves.",
)
@jobs_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write tables and scaled scenarios to a folder.",
)
@json_option
def optimise(
    baseline: str,
    packages: tuple[str, ...],
    budget: float | None,
    outcomes: tuple[str, ...],
    seeds: int,
    pilot: int,
    mix: int,
    jobs: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Make PACKAGES cost the same, rank them by what they bring, or mix them."""
    if out is not None:
        checked_folder(out)
    from sim.terminal import Working

    with Working("Reading the scenarios") as working:
        first, *others = [load_scenario(name) for name in (baseline, *packages)]
        working.say("Importing the model")
        from sim import compiled
        from sim.analysis.mixtures import front, mixtures
        from sim.analysis.outcomes import MAIN, known_output
        from sim.analysis.public_accounts import accounts

        compiled.announce = working.compiling
        wanted = [known_output(name) for name in outcomes or MAIN]
        found, _ = mixtures(
            first, others, mix, seeds, budget, pilot, jobs or os.cpu_count() or 1, working.step, working.say
        )
    tables = {f"ranking_{name}": found.ranking(name) for name in wanted}
    tables["front"] = front(found.comparison, wanted)
    tables["accounts"] = accounts(found.comparison)
    if out is not None:
        for path in _write(found, tables, baseline, out):
            click.echo(f"written: {path}", err=True)
    if as_json:
        print_json({**found.to_dict(), **{name: each.to_dict("records") for name, each in tables.items()}})
    else:
        _show(found, tables, wanted)


def _show(found: EqualBudget, tables: dict[str, Any], wanted: list[str]) -> None:
    from sim.analysis.equal_budget import REASONS
    from sim.analysis.public_accounts import ITEMS
    from sim.declare import OUTPUTS
    from sim.terminal import number, table

    click.echo(
        f"Public cost beyond the baseline: {number(found.budget)} million CNY, present value, within 2 % on pilot seeds.\n"
    )
    for name in wanted:
        ranked: Any = tables[f"ranking_{name}"].itertuples()
        rows = [
            [
                row.scenario,
                "-" if row.rank != row.rank else f"{row.rank:.0f} ({row.rank_low:.0f}-{row.rank_high:.0f})",
                f"{row.intensity:.3g}",
                row.effect,
                row.cost,
                f"{number(row.cost_low)} .. {number(row.cost_high)}",
                1000.0 * row.worth,
                f"{number(1000.0 * row.worth_low)} .. {number(1000.0 * row.worth_high)}",
            ]
            for row in ranked
        ]
        declared = OUTPUTS[name]
        unit = f", {shown_unit(declared.unit)}" if shown_unit(declared.unit) else ""
        columns = ["package", "rank", "times", "effect", "cost", "95 %", "effect per bn CNY", "95 %"]
        table(f"{declared.label[0]}{unit}", columns, rows)
    for row in tables[f"ranking_{wanted[0]}"].to_dict("records"):
        if row["reason"]:
            click.echo(f"{row['scenario']}: {REASONS[row['reason']][0]}.")
    if len(wanted) > 1:
        rows = [
            [
                row["scenario"],
                *(row[name] for name in wanted),
                "yes" if row["front"] else "no",
                f"{row['front_share']:.0%}",
            ]
            for row in tables["front"].to_dict("records")
        ]
        names = [OUTPUTS[name].label[0] for name in wanted]
        table("Beaten by none in all of these", ["package", *names, "now", "of resampled seeds"], rows)
    wide = tables["accounts"].pivot(index="item", columns="scenario", values="value")
    names = list(dict.fromkeys(tables["accounts"].scenario))
    rows = [[ITEMS[item][1], ITEMS[item][0], *(wide.loc[item, name] for name in names)] for item in ITEMS]
    table("Public accounts, present value beyond the baseline", ["", "unit", *names], rows, texts=2)


def _write(found: EqualBudget, tables: dict[str, Any], baseline: str, folder: Path) -> list[Path]:
    """Tables as CSV, the comparison, and the scaled packages as scenario files."""
    from sim.analysis.packages import as_toml

    written = found.comparison.save(folder)
    based_on = os.path.relpath(baseline, folder) if Path(baseline).exists() else baseline
    for name, each in tables.items():
        path = folder / f"{name}.csv"
        each.to_csv(path, index=False)
        written.append(path)
    for search in found.searches:
        path = folder / f"{search.scenario.name}.toml"
        path.write_text(as_toml(search.scenario, based_on), "utf-8")
        written.append(path)
    return written
