"""Results: tables out of a store.

Rows stand in the order of the design, whatever the order in which runs were finished, so that equal runs give equal
tables to the bit.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.compare import Comparison, kept_slots
from sim.declare import OUTPUTS
from sim.experiments.factors import Factor, Point
from sim.experiments.inputs import unpacked
from sim.experiments.plan import composed
from sim.experiments.store import Receipt, Store
from sim.experiments.work import FINAL, key_names
from sim.outputs import Slot
from sim.problems import InputError, Problem, nearest
from sim.run import slots
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

PLANNED = ("run", "design", "model", "scenario", "point", "seed")


class Results:
    """What a store has of a design: by default of the one that was last entered."""

    def __init__(
        self, store: Store | Path | str, design: str | None = None, interrupted: bool = False
    ) -> None:
        self.store = store if isinstance(store, Store) else Store.existing(store)
        self._manifest = self.store.manifest
        self.design = self._manifest["designs"][design or self._manifest["current"]]
        self.digest: str = design or self._manifest["current"]
        self.interrupted = interrupted

    def __repr__(self) -> str:
        counts = self.runs["state"].value_counts().to_dict()
        told = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
        return f"<Results {self.design['title']}: {told}; {self.store.folder}>"

    def _repr_html_(self) -> str:
        counts = self.runs.groupby(["scenario", "state"], sort=False).size().unstack(fill_value=0)
        title, folder = html.escape(self.design["title"]), html.escape(str(self.store.folder))
        return f"<b>{title}</b> <code>{folder}</code>{counts.to_html()}"

    # ----------------------------------------------------------------------------------------------- what there is
    @cached_property
    def _finished(self) -> dict[str, Receipt]:
        return self.store.finished().of

    @cached_property
    def failures(self) -> dict[str, dict[str, str]]:
        """What went wrong, by run id: error, traceback and the command that repeats it."""
        mine = set(self.runs["run"])
        return {run: about for run, about in self.store.failures().items() if run in mine}

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per planned run: run, design, model, scenario, point, seed, factors, state (finished, failed, left)."""
        table = self.store.runs
        table = table[table["design"] == self.digest].dropna(axis=1, how="all").reset_index(drop=True)
        failed = self.store.failures()
        states = [
            "finished" if run in self._finished else "failed" if run in failed else "left"
            for run in table["run"]
        ]
        return table.assign(state=states)

    @property
    def factors(self) -> list[Factor]:
        """What varies, in the order of the design."""
        return [Factor(**{**factor, "values": tuple(factor["values"])}) for factor in self.design["factors"]]

    @property
    def factor_names(self) -> list[str]:
        """Columns of ``runs`` that hold the values of factors."""
        return [name for name in self.runs.columns if name not in (*PLANNED, "state")]

    # ------------------------------------------------------------------------------------------------------ tables
    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """A table as it is kept (``work``): its own columns after run. Raises :class:`InputError` when it is not kept."""
        import pandas as pd
        from pyarrow import parquet

        wanted = set(self.runs["run"])
        receipts = {receipt.id: receipt for run, receipt in self._finished.items() if run in wanted}
        parts = []
        for receipt in receipts.values():
            if name not in receipt.files:
                continue
            path = self.store.shard(name, receipt.id)
            try:
                part = parquet.read_table(
                    path, columns=columns, page_checksum_verification=True, partitioning=None
                ).to_pandas()
            except OSError as error:
                problem = (
                    f"is damaged ({error}); delete it and give the batch command again: its runs are run anew"
                )
                raise InputError([Problem(str(path), None, "", None, problem)]) from None
            counts = [run in wanted and self._finished[run] is receipt for run in receipt.runs]
            if not all(counts):
                mine = {run for run, counted in zip(receipt.runs, counts, strict=True) if counted}
                part = part[part["run"].isin(mine)]
            parts.append(part)
        if not parts and name not in (
            FINAL,
            "measure",
            *self.design["keep"]["levels"],
            *self.design["keep"]["agents"],
        ):
            kept = [FINAL, *self.design["keep"]["levels"], *self.design["keep"]["agents"]]
            raise InputError([Problem(str(self.store.folder), None, "table", name, "not kept by this design",
                                      allowed=", ".join(kept), suggestion=nearest(name, kept))])  # fmt: skip
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"run": []})

    def _with_plan(self, table: pd.DataFrame) -> pd.DataFrame:
        """Scenario, point, seed and factors before the columns of a table; rows in the order of the design."""
        about = self.runs.loc[
            self.runs["state"] == "finished", ["scenario", "point", *self.factor_names, "seed", "run"]
        ]
        return about.merge(table, on="run", how="inner", sort=False)

    def frame(
        self, outputs: Sequence[str] | None = None, level: str = "total", long: bool = False
    ) -> pd.DataFrame:
        """Outputs by quarter: scenario, point, factors, seed, run, quarter (and key); ``long``: also output, value."""
        columns = None
        if outputs is not None:
            self.check_outputs(outputs)
            columns = ["run", "quarter", *(["key"] if level != "total" else []), *outputs]
        frame = self._with_plan(self.table(level, columns))
        if not long:
            return frame
        names = [name for name in frame.columns if name in OUTPUTS]
        return frame.melt([name for name in frame.columns if name not in names], names, "output", "value")

    def final(self, outputs: Sequence[str] | None = None) -> pd.DataFrame:
        """A row per finished run: scenario, point, factors, seed, run, and the outcome of each output.

        Outcomes are yearly values over the last years of the study, as comparisons define them.
        """
        if outputs is not None:
            self.check_outputs(outputs)
        return self._with_plan(self.table(FINAL, None if outputs is None else ["run", *outputs]))

    def summary(self, outputs: Sequence[str] | None = None) -> pd.DataFrame:
        """Outcomes by scenario and point: number of runs, mean, standard deviation, 10th and 90th percentile."""
        import pandas as pd

        final = self.final(outputs)
        names = [name for name in final.columns if name in OUTPUTS]
        groups = final.groupby(["scenario", "point"], sort=False)[names]
        statistics = {
            "n": groups.count(), "mean": groups.mean(), "std": groups.std(),
            "low": groups.quantile(0.1), "high": groups.quantile(0.9),
        }  # fmt: skip
        made = pd.concat({name: table.stack(future_stack=True) for name, table in statistics.items()}, axis=1)
        return made.rename_axis(["scenario", "point", "output"]).reset_index()

    def to_xarray(self, outputs: Sequence[str] | None = None, level: str = "total") -> Any:
        """The frame as an ``xarray.Dataset`` over run, quarter (and key), with units; needs the extra ``arrays``."""
        try:
            import xarray  # noqa: F401  # pandas needs it
        except ImportError:
            hint = "needs xarray: pip install 'cluster-sim[arrays]'"
            raise InputError([Problem("", None, "to_xarray", None, hint)]) from None
        frame = self.frame(outputs, level)
        about = ["scenario", "point", *self.factor_names, "seed"]
        dims = ["run", "quarter", *(["key"] if level != "total" else [])]
        # A run that stands for two scenarios is one run.
        frame = frame.drop_duplicates(dims)
        data = frame.drop(columns=about).set_index(dims).to_xarray()
        rows = frame.drop_duplicates("run").set_index("run").loc[data["run"].values]
        data = data.assign_coords({name: ("run", rows[name].to_numpy()) for name in about})
        for name in data.data_vars:
            declared = OUTPUTS[str(name)]
            data[name].attrs = {"units": declared.unit, "long_name": declared.label[0]}
        return data

    def check_outputs(self, outputs: Sequence[str]) -> None:
        """Raises :class:`InputError` for names that are no outputs."""
        problems = [
            Problem("", None, "output", name, "no such output", suggestion=nearest(name, OUTPUTS))
            for name in outputs
            if name not in OUTPUTS
        ]
        if problems:
            raise InputError(problems)

    # ------------------------------------------------------------------------------------------------ scenarios again
    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Scenarios and packages of the design by name, from what the store keeps of them."""
        return {
            name: unpacked(data, self.store.folder / "inputs") for name, data in self.design["packed"].items()
        }

    def scenario(self, name: str, values: Point) -> Scenario:
        """The scenario of a run, with the packages and settings of its point."""
        return composed(self.scenarios, name, self.design["settings"], values)

    def values(self, row: Any) -> Point:
        """The point of a row of ``runs``: what it has of factors."""
        return {
            name: row[name] for name in self.factor_names if row[name] == row[name] and row[name] is not None
        }

    # ----------------------------------------------------------------------------------------------------- comparison
    def compare(self, baseline: str | None = None, points: Sequence[int] | None = None) -> Comparison:
        """Paired comparison of all scenarios, or of all points of one scenario, on the seeds that all have finished.

        baseline  the scenario to compare with, by default the first
        points    which points; by default all, the first of the first scenario is the baseline
        Raises :class:`InputError` when not every quarter is kept.
        """
        if self.design["keep"]["every"] != 1:
            problem = "comparisons need every quarter; use final(), which has the outcome of each run"
            raise InputError(
                [Problem(str(self.store.folder), None, "keep.every", self.design["keep"]["every"], problem)]
            )
        runs = self.runs[self.runs["state"] == "finished"]
        if points is not None:
            runs = runs[runs["point"].isin(points)]
        first = baseline or self.design["scenarios"][0]
        groups = {
            key: part.set_index("seed") for key, part in runs.groupby(["scenario", "point"], sort=False)
        }
        keys = sorted(
            groups, key=lambda key: (key[0] != first, key[1], self.design["scenarios"].index(key[0]))
        )
        seeds = [seed for seed in self.design["seeds"] if all(seed in groups[key].index for key in keys)]
        if len(keys) < 2 or keys[0][0] != first or not seeds:
            problem = "nothing to compare: that takes two scenarios, or points, with finished runs on the same seeds"
            raise InputError([Problem(str(self.store.folder), None, "baseline", first, problem)])
        many = len({key[1] for key in keys}) > 1
        scenarios = []
        for name, point in keys:
            made = self.scenario(str(name), self.values(groups[name, point].iloc[0]))
            scenarios.append(replace(made, name=f"{made.name}#{point}") if many else made)
        levels = {
            level: dict(tuple(self.table(level).groupby("run"))) for level in self.design["keep"]["levels"]
        }
        values = [
            [
                _recorder(
                    scenario, {level: runs.get(groups[key]["run"][seed]) for level, runs in levels.items()}
                )
                for seed in seeds
            ]
            for key, scenario in zip(keys, scenarios, strict=True)
        ]
        return Comparison(tuple(scenarios), tuple(seeds), np.array(values))


def _recorder(scenario: Scenario, levels: dict[str, Any]) -> Any:
    """What comparisons keep of a run, from its tables: [quarter, slot]; not a number where the store has none."""
    places = {slot: place for place, (_, slot) in enumerate(kept_slots(scenario))}
    values = np.full((scenario.quarters, len(places)), np.nan)
    dates = {str(scenario.start + t): t for t in range(scenario.quarters)}
    for level, table in levels.items():
        if level == "measure":  # idle instruments are not kept
            values[:, [place for slot, place in places.items() if slot.level == level]] = 0.0
        if table is None:
            continue
        names = {
            name: number
            for number, name in zip(_numbers(scenario, level), key_names(scenario, level), strict=True)
        }
        rows = table["quarter"].map(dates).to_numpy()
        keys = table["key"].map(names).to_numpy() if level != "total" else np.zeros(len(table), int)
        for output in (name for name in table.columns if name not in ("run", "quarter", "key")):
            at = [places.get(Slot(output, level, key), -1) for key in keys]
            if -1 not in at:
                values[rows, at] = table[output].to_numpy()
    return values


def _numbers(scenario: Scenario, level: str) -> list[int]:
    """The keys of a level in slots, in their order."""
    return list(dict.fromkeys(slot.key for slot in slots(scenario) if slot.level == level))
