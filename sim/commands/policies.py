"""Commands about packages of policy: what they bring for the same money, and why they bring it."""

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


# Of the public accounts, what the terminal shows.
SHOWN = (
    "gross_cost", "tax_back", "land_back", "net_cost", "research_money", "additionality", "additionality_own",
    "misused_share", "paid_share",
)  # fmt: skip


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
        found = mixtures(
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
    wide = tables["accounts"].pivot(index="scenario", columns="item", values="value")
    names = list(dict.fromkeys(tables["accounts"].scenario))
    rows = [[name, *(wide.loc[name, item] for item in SHOWN)] for name in names]
    columns = ["package", *(ITEMS[item][1] for item in SHOWN)]
    table(
        "Public accounts, present value beyond the baseline, million CNY, and shares",
        columns,
        rows,
        wrap=True,
    )


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


@click.command()
@click.argument("baseline")
@click.argument("package")
@outcomes_option
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(min=1), help=seeds_help)
@click.option("--measures/--no-measures", default=True, show_default=True, help="Take the package apart.")
@click.option("--mechanisms/--no-mechanisms", default=True, show_default=True, help="Switch mechanisms off.")
@click.option(
    "--screen", is_flag=True, help="Look at every single measure of a large package, not at groups of them."
)
@click.option(
    "--enterprises", default=3, show_default=True, type=click.IntRange(0, 20), help="Stories to tell."
)
@click.option(
    "--lang", default="en", show_default=True, type=click.Choice(["en", "zh"]), help="Of the stories."
)
@jobs_option
@json_option
def why(
    baseline: str,
    package: str,
    outcomes: tuple[str, ...],
    seeds: int,
    measures: bool,
    mechanisms: bool,
    screen: bool,
    enterprises: int,
    lang: str,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Through what PACKAGE works: stages, measures, mechanisms, enterprises."""
    from sim.terminal import Working

    with Working("Reading the scenarios") as working:
        first, other = (load_scenario(name) for name in (baseline, package))
        working.say("Importing the model")
        from sim import compiled
        from sim.analysis.outcomes import MAIN, known_output
        from sim.analysis.why import explain_effect

        compiled.announce = working.compiling
        wanted = [known_output(name) for name in outcomes or MAIN]
        found = explain_effect(
            first,
            other,
            wanted,
            seeds,
            measures="screen" if screen else "all" if measures else "",
            switched=mechanisms,
            stories=enterprises,
            jobs=jobs or os.cpu_count() or 1,
            progress=working.step,
            say=working.say,
        )
    if as_json:
        print_json(found.to_dict())
    else:
        _show_why(found, ("en", "zh").index(lang))


def _show_why(found: Any, language: int) -> None:
    from sim.analysis.paired import NOTES, VERDICTS
    from sim.terminal import number, table

    def print_table(title: str, rows: Any, names: dict[str, str]) -> None:
        shown = [
            [
                *(str(row[name]) for name in names),
                row["effect"],
                f"{number(row['low'])} .. {number(row['high'])}",
                "-" if row["percent"] != row["percent"] else f"{row['percent']:+.1f}",
                "-" if row.get("share", float("nan")) != row.get("share") else f"{row['share']:.0%}",
                NOTES[row["note"]][0] or VERDICTS[row["verdict"]][0],
            ]
            for row in rows.to_dict("records")
        ]
        columns = [*names.values(), "effect", "95 % interval", "% of baseline", "share", "in words"]
        table(title, columns, shown, texts=len(names))

    for output, rows in found.sums.groupby("output", sort=False):
        shown = rows[~rows.way.isin(["product", "ownership"])]
        print_table(f"Where the effect sits: {output}", shown, {"way": "by", "label": "part"})
    for name, rows in found.measures.items():
        print_table(f"What measures do: {name}", rows, {"label": "measure", "way": "way"})
    for name, rows in found.interactions.items():
        print_table(
            f"Together beyond their sum: {name}", rows, {"one": "one", "other": "other", "way": "way"}
        )
    for name, rows in found.mechanisms.items():
        title = f"What mechanisms carry (effect less effect with it off): {name}"
        print_table(title, rows, {"label": "mechanism"})
    for lives in found.lives:
        click.echo(
            f"{lives.output}, seed {lives.seed} (the median): effect {number(lives.effect)} a year; "
            f"these {len(lives.told)} enterprises are {lives.covered:.0%} of all that differs.\n"
        )
        for each in lives.told:
            click.echo(f"  {each.name[language]}: {each.difference:+,.1f} a year")
            for event in each.events:
                click.echo(f"    {event.quarter}  {event.text[language]}")
            click.echo(f"    {each.otherwise[language]}\n")
