"""Execution: hand out runs, survive the death of workers, keep what comes back.

Runs are handed out in tasks of some seconds each, sized by how long runs have taken so far. Results do not depend on it.

A run that raises is a failure, and the others go on. When a worker dies, nobody knows which of the tasks under way killed
it: they are all tried again with new workers; those that were there at a second death are taken apart and their runs
tried one at a time, nothing beside; a run that then still brings death is a failure too.

Ctrl-C and the signal to terminate stop it cleanly: tasks under way are brought to their end and kept.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sim.experiments.plan import Plan, PlannedRun
from sim.experiments.store import Store
from sim.experiments.work import Parcel
from sim.experiments.workforce import Workforce, is_death

TASK = 4.0  # seconds that a task should take
FIRST, MOST = 4, 200  # runs of a task before anything is known, and at most
DEATHS = 3  # of which the last one alone


@dataclass
class Progress:
    """How far it has come."""

    planned: int
    done: int  # finished runs, those of earlier sessions included
    failed: int = 0
    began: float = field(default_factory=time.monotonic)
    now: int = 0  # runs of this session, failures included
    seconds: float = 0.0  # of workers, for them
    bytes: int = 0
    interrupted: bool = False

    @property
    def rate(self) -> float:
        """Runs a second in this session."""
        return self.now / max(1e-9, time.monotonic() - self.began)

    @property
    def left(self) -> float:
        """Seconds until the end at this rate."""
        return (self.planned - self.done - self.failed) / self.rate if self.now else float("nan")


class StoreError(Exception):
    """Results cannot be kept; the message says what to do."""


class WorkersLost(Exception):  # noqa: N818  # the name is the message
    """There is nobody left to work; the message says what to do."""


@dataclass
class Task:
    """Runs to be done together, and how many deaths they were part of."""

    runs: Sequence[PlannedRun]
    deaths: int = 0


@dataclass
class Execution:
    """One session of work at a plan."""

    plan: Plan
    store: Store
    force: Workforce
    work: Callable[..., Parcel]
    progress: Progress
    tell: Callable[[Progress], None] | None = None
    fast: bool = False
    waiting: deque[PlannedRun] = field(default_factory=deque)
    again: deque[Task] = field(default_factory=deque)
    under_way: dict[Future[Parcel], Task] = field(default_factory=dict)

    def run(self, runs: Sequence[PlannedRun]) -> None:
        """Do these runs. Raises what a run raises when ``fast``, :class:`StoreError`, :class:`WorkersLost`."""
        self.waiting.extend(runs)
        self.scenario = lru_cache(maxsize=256)(self.plan.scenario)
        with _stoppable(self.progress):
            try:
                while self._hand_out():
                    done, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
                    self._take_back(done)
            finally:
                for future in self.under_way:
                    future.cancel()

    # --------------------------------------------------------------------------------------------- handing out
    def _hand_out(self) -> bool:
        """Keep everybody busy; False when nothing is under way any more."""
        while not self.progress.interrupted and len(self.under_way) < self.force.width:
            task = self._next()
            if task is None:
                break
            try:
                self.under_way[self._submitted(task)] = task
            except BrokenExecutor:  # somebody died since results were last looked at
                self.again.appendleft(task)  # it was not begun
                if self.under_way:
                    break  # they come back dead, and new workers with them
                self._renew()
        return bool(self.under_way)

    def _submitted(self, task: Task) -> Future[Parcel]:
        jobs = [(run.run, self.scenario(run.variant), run.seed) for run in task.runs]
        return self.force.executor.submit(self.work, jobs, self.plan.design.keep, self.fast)

    def _next(self) -> Task | None:
        """Those of one death first; then new ones; suspects alone, at the very end."""
        if self.again and self.again[0].deaths < DEATHS - 1:
            return self.again.popleft()
        if self.waiting:
            return Task(self._some())
        return self.again.popleft() if self.again and not self.under_way else None

    def _some(self) -> list[PlannedRun]:
        """Runs for a task; those with one past stay together unless they are very many."""
        size = FIRST
        if self.progress.seconds:
            size = round(TASK * self.progress.now / self.progress.seconds)
            size = min(size, -(-len(self.waiting) // (2 * self.force.width)))
        size = min(max(1, size), MOST)
        some = [self.waiting.popleft()]
        while self.waiting and len(some) < 2 * size:
            if len(some) >= size and self.plan.past_of(self.waiting[0]) != self.plan.past_of(some[-1]):
                break
            some.append(self.waiting.popleft())
        return some

    # --------------------------------------------------------------------------------------------- taking back
    def _take_back(self, done: set[Future[Parcel]]) -> None:
        dead: list[Task] = []
        broken = False
        while done:
            for future in done:
                task = self.under_way.pop(future)
                try:
                    parcel = future.result()
                except CancelledError:
                    raise self._lost("the scheduler has gone") from None
                except Exception as error:
                    if not is_death(error):
                        raise
                    dead.append(task)
                    broken = broken or type(error).__name__ != "KilledWorker"
                else:
                    self._keep(parcel)
            # A broken executor fails everything that it had; what had come back before the death counts.
            done = wait(self.under_way).done if broken and self.under_way else set()
        if broken:
            self._renew()
        for task in dead:
            self._mourn(task)

    def _renew(self) -> None:
        if not self.force.renew():
            raise self._lost("a worker died and the executor is broken")

    def _mourn(self, task: Task) -> None:
        deaths = task.deaths + 1
        if deaths == 1:
            self.again.appendleft(Task(task.runs, deaths))
        elif deaths < DEATHS:
            self.again.extend(Task([run], deaths) for run in task.runs)
        else:
            error = "the worker died of it: killed, out of memory, or crashed"
            self._keep(Parcel(failures={run.run: {"error": error, "traceback": ""} for run in task.runs}))

    def _keep(self, parcel: Parcel) -> None:
        try:
            size = self.store.write(parcel)
        except OSError as error:
            raise StoreError(
                f"{self.store.folder}: cannot be written to: {error.strerror or error}. "
                f"{self.progress.done} finished runs are safe; make room ({self._need()}), then give the same command"
            ) from error
        first = not self.progress.bytes
        self.progress.done += len(parcel.runs)
        self.progress.failed += len(parcel.failures)
        self.progress.now += len(parcel.runs) + len(parcel.failures)
        self.progress.seconds += sum(run["seconds"] for run in parcel.runs.values())
        self.progress.bytes += size
        if first and self._bytes_left() > self.store.free():
            raise StoreError(
                f"{self.store.folder}: {self._need()}, and {self.store.free() / 1e9:.1f} GB are free. "
                "Keep less ([keep] in the design) or choose another place (--store)"
            )
        if self.tell:
            self.tell(self.progress)

    def _bytes_left(self) -> float:
        left = self.progress.planned - self.progress.done - self.progress.failed
        return self.progress.bytes / max(1, self.progress.now) * left

    def _need(self) -> str:
        return (
            f"the rest needs about {self._bytes_left() / 1e9:.3g} GB"
            if self.progress.bytes
            else "results need room"
        )

    def _lost(self, why: str) -> WorkersLost:
        return WorkersLost(
            f"{why}; {self.progress.done} finished runs are safe, the same command goes on with the others"
        )


@contextlib.contextmanager
def _stoppable(progress: Progress) -> Iterator[None]:
    """While this lasts a first Ctrl-C or SIGTERM asks to stop, and a second Ctrl-C insists."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        if progress.interrupted:
            raise KeyboardInterrupt
        progress.interrupted = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
