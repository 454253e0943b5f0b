"""Export: results in the forms that other tools read.

csv      a file per table, scenario, point, factors and seed in every row
parquet  the same as Parquet, one file per table
netcdf   totals by run and quarter with units (xarray reads it); extra ``arrays``
salib    problem.json, X.csv, Y.csv: factors and outcomes in the order of the sample, means over seeds
ema      experiments and outcomes as the EMA Workbench loads them (``ema_workbench.load_results``)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.results import Results
from sim.experiments.sampling import salib_problem
from sim.experiments.work import FINAL
from sim.problems import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

FORMS = ("csv", "parquet", "netcdf", "salib", "ema")


def export(results: Results, form: str, folder: Path) -> list[Path]:
    """Write results in a form; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    if form in ("csv", "parquet"):
        return [_table(results, name, form, folder) for name in _tables(results)]
    if form == "netcdf":
        path = folder / "total.nc"
        results.to_xarray().to_netcdf(path, engine="scipy")
        return [path]
    if form == "salib":
        return _salib(results, folder)
    from sim.analysis.exploration import save

    return [save(results, folder / "ema.tar.gz")]


def _tables(results: Results) -> list[str]:
    keep = results.design["keep"]
    return [FINAL, *keep["levels"], *keep["agents"]]


def _table(results: Results, name: str, form: str, folder: Path) -> Path:
    table = results.final() if name == FINAL else results.frame(level=name)
    path = folder / f"{name}.{form}"
    if form == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path, index=False, compression="zstd")
    return path


def by_point(results: Results, scenario: str | None = None) -> pd.DataFrame:
    """Outcomes of a scenario by point in the order of the sample, means over seeds: factors, then outputs.

    Raises :class:`InputError` when runs are missing: an analysis of a sample needs all its points.
    """
    name = scenario or results.design["scenarios"][0]
    if name not in results.design["scenarios"]:
        known = ", ".join(results.design["scenarios"])
        raise InputError(
            [Problem(str(results.store.folder), None, "scenario", name, "not in this design", allowed=known)]
        )
    planned = results.runs[results.runs["scenario"] == name]
    missing = int((planned["state"] != "finished").sum())
    if missing:
        problem = f"{missing} of {len(planned)} runs are not finished; the batch command goes on with them"
        raise InputError([Problem(str(results.store.folder), None, "scenario", name, problem)])
    final = results.final()
    final = final[final["scenario"] == name].drop(columns=["scenario", "run", "seed"])
    return final.groupby("point", sort=True).mean(numeric_only=True)


def _salib(results: Results, folder: Path) -> list[Path]:
    table = by_point(results)
    names = results.factor_names
    paths = [folder / "problem.json", folder / "X.csv", folder / "Y.csv"]
    paths[0].write_text(json.dumps(salib_problem(results.factors), indent=1), "utf-8")
    table[names].to_csv(paths[1], index=False)
    table.drop(columns=names).to_csv(paths[2], index=False)
    return paths
