"""Commands that analyse a store of results: sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.common import json_option, print_json


@click.command()
@click.argument("store", default=Path(), type=click.Path(path_type=Path))
@click.option(
    "--output",
    "outputs",
    multiple=True,
    help="An outcome to explain; may be given again.  [default: headlines]",
)
@click.option("--all", "everything", is_flag=True, help="All outcomes.")
@click.option("--scenario", help="Of which scenario.  [default: the first of the design]")
@click.option("--against", help="Explain the difference from this scenario instead.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write table and figures to a folder."
)
@json_option
def sensitivity(
    store: Path,
    outputs: tuple[str, ...],
    everything: bool,
    scenario: str | None,
    against: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say which factors of the design in STORE move which outcomes."""
    from sim.analysis.sensitivity import SHOWN
    from sim.analysis.sensitivity import sensitivity as analyse
    from sim.experiments.results import Results

    results = Results(store)
    chosen = None if everything else outputs or SHOWN
    results.check_outputs(chosen or ())
    table = analyse(results, chosen, scenario, against)
    if out is not None:
        for path in _written(table, results.design["sample"]["method"], out):
            click.echo(f"written: {path}", err=True)
    if as_json:
        print_json(table.to_dict("records"))
    else:
        _show(table)


def _show(table: Any) -> None:
    from sim.declare import OUTPUTS
    from sim.terminal import table as show

    told = [name for name in table.columns if name not in ("output", "factor", "label", "unit", "n", "luck")]
    for output, part in table.groupby("output", sort=False):
        luck = part["luck"].iloc[0]
        about = f"; {part['n'].iloc[0]} runs"
        about += "" if luck != luck else f", luck is {luck:.0%} of the variance of single ones"
        rows = [
            [row["factor"].split(".", 1)[1], row["label"], *(row[name] for name in told)]
            for _, row in part.iterrows()
        ]
        columns = ["factor", "meaning", *(name.replace("_", " ") for name in told)]
        declared = OUTPUTS[str(output)]
        show(f"{declared.label[0]} ({declared.unit}){about}", columns, rows, texts=2)


def _written(table: Any, method: str, folder: Path) -> list[Path]:
    """The table, a tornado per outcome (at most twelve), and the heat map."""
    import matplotlib

    matplotlib.use("Agg", force=False)
    from sim.analysis.sensitivity_figures import heat_map, tornado

    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "sensitivity.csv"]
    table.to_csv(paths[0], index=False)
    known = table.dropna(
        subset=[next(name for name in table.columns if name in ("total", "strength", "swing", "effect"))]
    )
    figures = {
        f"tornado_{name}": tornado(known, name, method) for name in list(dict.fromkeys(known["output"]))[:12]
    }
    if len(known):
        figures["heat_map"] = heat_map(known, method)
    for name, axes in figures.items():
        paths.append(folder / f"{name}.png")
        axes.figure.savefig(paths[-1], dpi=130)
        matplotlib.pyplot.close(axes.figure)
    return paths
