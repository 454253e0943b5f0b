"""Batch: a design, done: planned, resumed, carried out, kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sim.experiments.designs import Design
from sim.experiments.execution import Execution, Progress
from sim.experiments.plan import Plan, PlannedRun, planned
from sim.experiments.results import Results
from sim.experiments.store import WHOLE, Store
from sim.experiments.work import work
from sim.experiments.workforce import workforce
from sim.run import warm

PROBE = 3  # runs of an estimate


def batch(
    design: Design | Path | str,
    executor: Executor | str | None = None,
    store: Path | str | None = None,
    *,
    jobs: int | None = None,
    shard: tuple[int, int] = (1, 1),
    on_error: Literal["slow", "fast"] = "slow",
    retry: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Results:
    """Do what a design says and has not been done yet; its results.

    design    a :class:`Design` or the file of one
    executor  None: here, one run after the other; "processes"; any ``concurrent.futures.Executor``; a Dask scheduler
              ("local", "tcp://...", its file); "mpi"
    store     folder of the results; by default ``results/<name of the design>``
    jobs      processes, by default one per core
    shard     (i, n): only part i of n, for job arrays
    on_error  "slow": a run that fails is kept as a failure, "fast": it ends the batch
    retry     also try again what failed before
    progress  called with :class:`Progress` whenever runs have come back
    """
    plan = planned(design if isinstance(design, Design) else Design.read(design))
    jobs = jobs or os.cpu_count() or 1
    place = Store(store or Path("results") / plan.design.name)
    part = WHOLE if shard[1] == 1 else f"{shard[0]}-of-{shard[1]}"
    with place.working(part):
        place.plan(
            plan, {"shard": f"{shard[0]}/{shard[1]}", "jobs": jobs, "executor": str(executor or "serial")}
        )
        if part == WHOLE:
            place.sweep()
        todo, done, failed = left(plan, place, shard, retry)
        status = Progress(planned=len(todo) + done + failed, done=done, failed=failed)
        if todo:
            warm()  # compile once, before workers start
            with workforce(executor, jobs) as force:
                status.began = time.monotonic()
                Execution(plan, place, force, work, status, progress, on_error == "fast").run(todo)
    return Results(place, plan.digest, interrupted=status.interrupted)


def left(
    plan: Plan, store: Store, shard: tuple[int, int] = (1, 1), retry: bool = False
) -> tuple[list[PlannedRun], int, int]:
    """Runs of a part of a plan that are still to be done, and how many are finished and have failed."""
    found = store.finished()
    store.set_aside(found.damaged)
    failures = {} if retry else store.failures()
    mine = {run.run: run for run in plan.part(*shard)}  # a run that stands for two scenarios is done once
    todo = [run for name, run in mine.items() if name not in found.of and name not in failures]
    done = sum(name in found.of for name in mine)
    return todo, done, len(mine) - done - len(todo)


@dataclass(frozen=True)
class Estimate:
    """What a design would take, from a probe of some runs."""

    runs: int
    left: int
    seconds: float  # of one core, for the rest
    bytes: float  # for the rest
    by_table: dict[str, float]  # bytes a run
    free: int

    def to_dict(self) -> dict[str, Any]:
        """For machines."""
        return dict(vars(self))


def estimate(plan: Plan, store: Store) -> Estimate:
    """Try some runs, and say what the rest would take. Writes nothing."""
    found = store.finished().of
    runs = {run.run: run for run in plan.runs}
    rest = [run for run in runs.values() if run.run not in found]
    tried = rest[:PROBE] or plan.runs[:PROBE]
    warm()
    began = time.perf_counter()
    parcel = work([(run.run, plan.scenario(run.variant), run.seed) for run in tried], plan.design.keep)
    seconds = (time.perf_counter() - began) / len(tried)
    number = max(1, len(parcel.runs))
    by_table = {name: len(data) / number for name, data in parcel.tables.items()}
    size = sum(by_table.values()) * len(rest)
    return Estimate(len(runs), len(rest), seconds * len(rest), size, by_table, store.free())
