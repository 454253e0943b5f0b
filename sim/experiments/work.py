"""Work: what a worker does. A task is some runs; what comes back is a parcel of their tables as Parquet.

Tables, one row per run and ...

    final         (nothing more): yearly values over the last years, as comparisons have them
    total         quarter: outputs of the whole cluster
    stage ...     quarter and key: outputs by stage, product, size, ownership, origin, technology field
    measure       quarter and instrument that costs or brings money
    enterprises   quarter and uid: a panel of agents (institutes, talents)

Parquet with zstd at level 1, numbers split by byte without dictionary: measured as the fastest and smallest for
such numbers. A run is known by its bits, the digest of everything it measured, kept or not.
"""

from __future__ import annotations

import hashlib
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.outcomes import groups_of, outcome
from sim.analysis.shared_history import same_past
from sim.declare import MEASURES, OUTPUTS
from sim.experiments.designs import Keep
from sim.run import State, slots
from sim.scenario import Scenario

Job = tuple[str, Scenario, int]  # run id, scenario, seed
FINAL = "final"
TEXTS = ("run", "quarter", "key")


@dataclass
class Parcel:
    """What comes back from a task."""

    tables: dict[str, bytes] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)  # by id: bits and seconds
    failures: dict[str, dict[str, str]] = field(default_factory=dict)  # by id: error and traceback


@dataclass(frozen=True)
class Lived:
    """A finished run: its recorder [quarter of the study, slot] and the agents that were kept."""

    scenario: Scenario
    seed: int
    recorder: Any
    agents: dict[str, list[tuple[str, Any]]]

    @property
    def bits(self) -> str:
        """Digest of everything that was measured, kept or not."""
        return hashlib.sha256(np.ascontiguousarray(self.recorder).tobytes()).hexdigest()[:32]


def work(jobs: Sequence[Job], keep: Keep, fast: bool = False) -> Parcel:
    """Run some runs. One that raises is reported among the failures, or raises here when ``fast``."""
    parcel = Parcel()
    found: dict[str, Lived] = {}
    past: State | None = None
    for place, (run, scenario, seed) in enumerate(jobs):
        began = time.perf_counter()
        try:
            state = _begun(scenario, seed, past)
            following = jobs[place + 1] if place + 1 < len(jobs) else None
            shared = following and following[2] == seed and same_past(following[1], scenario)
            past = state.fork(scenario) if shared else None
            found[run] = lived(state, keep)
        except Exception as error:
            if fast:
                raise
            past = None
            parcel.failures[run] = {
                "error": f"{type(error).__name__}: {error}",
                "traceback": traceback.format_exc(),
            }
            continue
        parcel.runs[run] = {"bits": found[run].bits, "seconds": round(time.perf_counter() - began, 4)}
    if found:
        parcel.tables = {name: as_parquet(table) for name, table in tables(found, keep).items()}
    return parcel


def _begun(scenario: Scenario, seed: int, past: State | None) -> State:
    """A world after its burn-in: that of the last run, when it has the same past, or a new one."""
    if past is not None and past.seed == seed and same_past(past.scenario, scenario):
        return past.fork(scenario)
    state = State.founded(scenario, seed)
    state.advance(scenario.burn_in)
    return state


def lived(state: State, keep: Keep) -> Lived:
    """Live the study to its end. Panels of agents are taken at the end of the quarters that are kept."""
    scenario = state.scenario
    agents: dict[str, list[tuple[str, Any]]] = {name: [] for name in keep.agents}
    last = scenario.burn_in + scenario.quarters
    if agents:
        for place in kept_quarters(scenario, keep):
            state.advance(scenario.burn_in + place + 1)
            for name, columns in keep.agents.items():
                table = getattr(state.world, name)
                living = table[table.alive]
                picked = {column: living[column].copy() for column in ("uid", *columns)}
                agents[name].append((str(scenario.start + place), picked))
    state.advance(last)
    return Lived(scenario, state.seed, state.recorder[scenario.burn_in : last], agents)


def kept_quarters(scenario: Scenario, keep: Keep) -> list[int]:
    """Every n-th quarter of the study, counted so that the last is among them."""
    return list(range((scenario.quarters - 1) % keep.every, scenario.quarters, keep.every))


# ------------------------------------------------------------------------------------------------------- tables
def tables(found: dict[str, Lived], keep: Keep) -> dict[str, Any]:
    """The tables of some runs, by name, as columns."""
    made = {FINAL: _together([{"run": np.array([run]), **final(one)} for run, one in found.items()])}
    for level in keep.levels:
        parts = [part for run, one in found.items() if (part := _level(run, one, level, keep))]
        if parts:
            made[level] = _together(parts)
    for name in keep.agents:
        parts = [part for run, one in found.items() for part in _panel(run, one.agents[name])]
        if parts:
            made[name] = _together(parts)
    return made


def _together(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def final(one: Lived) -> dict[str, Any]:
    """The outcome of a run by output (``analysis.outcomes``)."""
    totals = {slot.output: place for place, slot in enumerate(slots(one.scenario)) if slot.level == "total"}
    return {
        name: np.array([outcome(one.recorder[:, place], OUTPUTS[name].kind)])
        for name, place in totals.items()
    }


def _level(run: str, one: Lived, level: str, keep: Keep) -> dict[str, Any]:
    """One level of a run: columns run, quarter, key (not in total) and its outputs."""
    kept = [(place, slot) for place, slot in enumerate(slots(one.scenario)) if slot.level == level]
    names = list(dict.fromkeys(slot.output for _, slot in kept))
    if keep.outputs is not None and level != "measure":
        names = [name for name in names if name in keep.outputs]
    if not names:
        return {}
    quarters = kept_quarters(one.scenario, keep)
    values = [one.recorder[np.ix_(quarters, [p for p, s in kept if s.output == name])] for name in names]
    dates = np.array([str(one.scenario.start + quarter) for quarter in quarters])
    keys = np.array(key_names(one.scenario, level))
    rows = np.ones(len(dates) * len(keys), bool)
    if level == "measure":  # most instruments are idle
        rows = np.any([value.ravel() != 0.0 for value in values], axis=0)
    columns = {"run": np.full(rows.sum(), run), "quarter": np.repeat(dates, len(keys))[rows]}
    if level != "total":
        columns["key"] = np.tile(keys, len(dates))[rows]
    return columns | {name: value.ravel()[rows] for name, value in zip(names, values, strict=True)}


def key_names(scenario: Scenario, level: str) -> list[str]:
    """What the groups of a level are called, in the order of their slots."""
    if level == "measure":
        return list(MEASURES)
    return [name for name, _, _ in groups_of(scenario, level).values()]


def _panel(run: str, taken: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"run": np.full(len(picked["uid"]), run), "quarter": np.full(len(picked["uid"]), date), **picked}
        for date, picked in taken
    ]


def as_parquet(columns: dict[str, Any]) -> bytes:
    """A table as the bytes of a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    into = pa.BufferOutputStream()
    parquet.write_table(
        pa.table(columns),
        into,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in TEXTS if name in columns],
        use_byte_stream_split=[name for name, value in columns.items() if value.dtype.kind == "f"],
        write_page_checksum=True,
        write_statistics=[name for name in TEXTS if name in columns],
    )
    return bytes(into.getvalue())
