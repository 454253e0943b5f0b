"""Replay: re-create one run of a store and see whether its bits are the same.

The scenario is built from what the store keeps of it and run unbroken, whatever batch and world it was forked in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.experiments.designs import Keep
from sim.experiments.plan import model_version, run_id
from sim.experiments.results import Results
from sim.experiments.store import Store
from sim.experiments.work import lived, tables
from sim.problems import InputError, Problem, frozen, nearest
from sim.run import Run, State


@dataclass(frozen=True)
class Replay:
    """A run that was repeated: ``same`` tells whether its bits are those of the store, None when there are none."""

    id: str
    run: Run
    bits: str
    kept: str | None
    differs: tuple[str, ...]  # tables of the store whose rows are not those of the run

    @property
    def same(self) -> bool | None:
        """Whether the run and every table that is kept of it are the same to the bit."""
        return None if self.kept is None else self.kept == self.bits and not self.differs


def replay(store: Store, run: str) -> Replay:
    """Repeat a run; ``run`` is its id or the beginning of it. A run that failed fails again, with its traceback."""
    row = _planned(store, run)
    results = Results(store, row["design"])
    scenario = results.scenario(row["scenario"], results.values(row))
    seed = int(row["seed"])
    if run_id(scenario.digest, row["model"], seed) != row["run"]:
        problem = "what is kept of its scenario gives another one; has the folder been edited?"
        raise InputError([Problem(str(store.folder), None, "run", row["run"], problem)])
    if row["model"] != model_version():
        problem = f"was made by model version {row['model']}, this is {model_version()}: install that one to repeat it"
        raise InputError([Problem(str(store.folder), None, "run", row["run"], problem)])
    state = State.founded(scenario, seed)
    state.advance(scenario.burn_in)
    keep = Keep.model_validate(frozen(results.design["keep"]))
    one = lived(state, keep)
    receipt = results.store.finished().of.get(row["run"])
    differs: tuple[str, ...] = ()
    if receipt:
        fresh = tables({row["run"]: one}, keep)
        differs = tuple(
            name for name, columns in fresh.items() if not _equal(results, name, row["run"], columns)
        )
    kept = receipt.runs[row["run"]]["bits"] if receipt else None
    return Replay(row["run"], Run(scenario, seed, one.recorder, state), one.bits, kept, differs)


def _equal(results: Results, name: str, run: str, fresh: dict[str, Any]) -> bool:
    """Whether a kept table has just these rows of a run."""
    kept = results.table(name)
    kept = kept[kept["run"] == run]
    return list(kept.columns) == list(fresh) and all(
        kept[column].to_numpy().astype(values.dtype).tobytes() == values.tobytes()
        for column, values in fresh.items()
    )


def _planned(store: Store, run: str) -> Any:
    """The row of a run. Raises :class:`InputError` when there is none, or several."""
    table = store.runs
    found = table[table["run"].str.startswith(run)].drop_duplicates("run")
    if len(found) == 1:
        return found.iloc[0]
    what = (
        "no run of this store" if not len(found) else f"the beginning of {len(found)} runs; write more of it"
    )
    near = nearest(run, table["run"]) if not len(found) else ""
    raise InputError([Problem(str(store.folder), None, "run", run, what, suggestion=near)])
