"""Run: the one loop over quarters, what it records, snapshots and forks.

``run_quarters`` is the whole economy in one compiled call: policy, the sentences of ``quarter.QUARTER``, measurement,
closing of the books. Mesa and notebooks call it for one quarter, batches for all. It comes back before a quarter for
which a table could be too short; Python makes the table longer and goes on, so no rule ever allocates.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.accounts import close_books, open_books
from sim.calendar import Quarter
from sim.chance import Now
from sim.compiled import INTERPRET, literal_unroll, rule
from sim.declare import parameter_record
from sim.founding import empty, found
from sim.outputs import Slot, layout, observe, recorded, totals_table
from sim.policies import RULES as INSTRUMENTS
from sim.quarter import QUARTER
from sim.rules.permits import row_is_free
from sim.scenario import Scenario
from sim.starting import without_collection
from sim.world import World, widened

if TYPE_CHECKING:
    import pandas as pd

GOING, SHORT_OF_ROOM, BOOKS_OPEN = 0, 1, 2


@rule
def room_left(world, t):
    """Which table could become too short in a quarter: 1 enterprises, 2 talents, 3 innovations, 4 projects, 5 institutes; 0 none."""
    waiting = 0
    for project in world.projects:
        waiting += project.alive
    alive = 0
    free = 0
    for enterprise in world.enterprises:
        alive += enterprise.alive
        free += row_is_free(enterprise, t)
    if free < 8 + waiting:  # all that wait could be granted at once
        return 1
    present = 0
    for talent in world.talents:
        present += talent.alive
    if len(world.talents) - present < 256 + alive:
        return 2
    institutes = 0
    unused = 0
    for institute in world.institutes:
        institutes += institute.alive
        unused += institute.uid == 0
    if len(world.innovations) - world.region[0].innovations < 8 * alive + 16 * institutes:
        return 3
    if len(world.projects) - waiting < 64 + alive + 4 * len(world.processes):
        return 4
    if unused < 4:
        return 5
    return 0


@rule
def begin_quarter(world, levers, now):
    """Open the books and let policy act."""
    open_books(world)
    for instrument in literal_unroll(INSTRUMENTS):
        instrument(world, levers, now)


@rule
def live_quarter(world, p, now):
    """All sentences of the quarter."""
    for sentence in literal_unroll(QUARTER):
        sentence(world, p, now)


@rule
def run_quarters(world, p, levers, totals, kept, recorder, seed, first, last):
    """Run quarters ``first`` to ``last`` - 1. Returns the quarter reached and why it came back."""
    for t in range(first, last):
        if room_left(world, t) > 0:
            return t, SHORT_OF_ROOM
        now = Now(seed, t)
        begin_quarter(world, levers[t], now)
        live_quarter(world, p, now)
        observe(world, p, now, totals, kept, recorder[t])
        if not close_books(world, now):
            return t + 1, BOOKS_OPEN
    return last, GOING


TABLE_OF = {1: "enterprises", 2: "talents", 3: "innovations", 4: "projects", 5: "institutes"}


class BooksDoNotClose(Exception):  # noqa: N818  # the name is the message
    """A quarter's accounts of money, goods or people did not close; the message says which and when."""


@dataclass
class State:
    """A world at the beginning of quarter ``t`` of a scenario, with all that is needed to go on."""

    scenario: Scenario
    seed: int
    world: World
    p: Any
    levers: Any
    recorder: Any
    t: int = 0

    @cached_property
    def kept(self) -> Any:
        """What is recorded, as ``outputs.observe`` wants it."""
        return _recorded(*_size(self.scenario))

    @classmethod
    def founded(cls, scenario: Scenario, seed: int) -> State:
        """The opening state."""
        share_compilation()
        quarters = scenario.burn_in + scenario.quarters
        p = scenario.parameters()
        recorder = np.full((quarters, len(slots(scenario))), np.nan)
        return cls(scenario, seed, found(scenario, p, seed), p, scenario.levers(), recorder)

    def advance(self, until: int) -> None:
        """Live until the beginning of quarter ``until``. Raises :class:`BooksDoNotClose`, and ValueError beyond the horizon."""
        if until > len(self.recorder):
            raise ValueError(f"quarter {until} lies beyond the horizon of {len(self.recorder)} quarters")
        while self.t < until:
            self.make_room()
            self.t, why = run_quarters(
                self.world, self.p, self.levers, totals(), self.kept, self.recorder, self.seed, self.t, until
            )
            if why == BOOKS_OPEN:
                raise BooksDoNotClose(self.gap())

    def make_room(self) -> None:
        """Make every table long enough for the next quarter."""
        while short := room_left(self.world, self.t):
            name = TABLE_OF[short]
            self.world = widened(self.world, name, 2 * len(getattr(self.world, name)))

    def fork(self, scenario: Scenario) -> State:
        """A copy that goes on under another scenario, which must share the past (same data, start and burn-in)."""
        world = World(*(table.copy() for table in self.world))
        return State(
            scenario, self.seed, world, scenario.parameters(), scenario.levers(), self.recorder.copy(), self.t
        )

    def gap(self) -> str:
        """Which account did not close, when and by how much, in words."""
        audit = self.world.audit[0]
        gaps = {
            name: float(audit[name]) for name in ("money", "deposits", "loans", "goods", "people", "staff")
        }
        worst = max(gaps, key=lambda name: gaps[name])
        when = self.scenario.start + int(audit.failed) - self.scenario.burn_in
        product = self.scenario.chain.products[int(audit.worst_product)].key
        about = f" of {product}" if worst == "goods" else ""
        return (
            f"{self.scenario.name}, seed {self.seed}, {when}: the account of {worst}{about} does not close "
            f"(gap {gaps[worst]:.3g}); a rule changed it without booking"
        )


def slots(scenario: Scenario) -> tuple[Slot, ...]:
    """What every column of a recorder is."""
    return _slots(*_size(scenario))


def _size(scenario: Scenario) -> tuple[int, int, int]:
    chain = scenario.chain
    return len(chain.stages), len(chain.products), len(chain.fields)


@lru_cache(maxsize=8)
def _slots(stages: int, products: int, fields: int) -> tuple[Slot, ...]:
    return tuple(layout(stages, products, fields))


@lru_cache(maxsize=8)
def _recorded(stages: int, products: int, fields: int) -> Any:
    return recorded(_slots(stages, products, fields))


_scratch = threading.local()


def totals() -> Any:
    """Scratch for the sums of a quarter, one per thread."""
    if not hasattr(_scratch, "totals"):
        _scratch.totals = totals_table()
    return _scratch.totals


@dataclass(frozen=True)
class Run:
    """What one run leaves behind."""

    scenario: Scenario
    seed: int
    recorder: Any = field(repr=False)  # [quarter of the study, slot]
    state: State = field(repr=False)
    kept: dict[Quarter, World] = field(default_factory=dict, repr=False)

    @property
    def quarters(self) -> list[str]:
        """The dates of the study, burn-in left out."""
        return [str(self.scenario.start + t) for t in range(len(self.recorder))]

    @cached_property
    def outputs(self) -> pd.DataFrame:
        """Totals by quarter: index quarters, columns output names."""
        return self.level("total").droplevel("key", axis=1)

    def level(self, level: str) -> pd.DataFrame:
        """Outputs of one level (total, stage, product, size, ownership, origin, field, measure): columns (output, key)."""
        with without_collection():
            import pandas as pd

        places = [(i, name, key) for i, (name, at, key) in enumerate(slots(self.scenario)) if at == level]
        columns = pd.MultiIndex.from_tuples([(name, key) for _, name, key in places], names=["output", "key"])
        index = pd.Index(self.quarters, name="quarter")
        return pd.DataFrame(self.recorder[:, [i for i, _, _ in places]], index=index, columns=columns)

    def tidy(self) -> pd.DataFrame:
        """Long form: scenario, seed, quarter, output, value (totals)."""
        long = self.outputs.rename_axis("quarter").reset_index().melt("quarter", var_name="output")
        long.insert(0, "seed", self.seed)
        long.insert(0, "scenario", self.scenario.name)
        return long

    def enterprises(self, quarter: str | None = None) -> pd.DataFrame:
        """Living enterprises, a row each, at the end of the run or at a kept quarter."""
        import pandas as pd

        world = self.state.world if quarter is None else self.kept[Quarter.of(quarter)]
        table = world.enterprises[world.enterprises.alive]
        flat = [name for name in table.dtype.names if table.dtype[name].shape == ()]
        return pd.DataFrame({name: table[name] for name in flat}).set_index("uid")

    def plot(self, output: str = "new_materials_share", ax: Any = None) -> Any:
        """One output over time; returns the axes."""
        from sim.figures import series_plot

        return series_plot(self, output, ax=ax)


def run(
    scenario: Scenario,
    seed: int = 1,
    quarters: int | None = None,
    *,
    keep: Iterable[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Run a scenario once.

    quarters  how many of the study, all by default
    keep      dates at whose end the whole world is kept (``Run.enterprises(date)``)
    progress  called with quarters done and to do
    """
    state = State.founded(scenario, seed)
    last = scenario.burn_in + (scenario.quarters if quarters is None else min(quarters, scenario.quarters))
    stops = {
        scenario.burn_in + (Quarter.of(date).index - scenario.start.index) + 1: Quarter.of(date)
        for date in keep
    }
    marks = sorted(
        {last, *(stop for stop in stops if stop <= last)} | set(range(20, last, 20) if progress else ())
    )
    kept: dict[Quarter, World] = {}
    for mark in marks:
        state.advance(mark)
        if mark in stops:
            kept[stops[mark]] = World(*(table.copy() for table in state.world))
        if progress:
            progress(mark, last)
    return Run(scenario, seed, state.recorder[scenario.burn_in : last], state, kept)


@lru_cache(maxsize=1)
def share_compilation() -> None:
    """When nothing is compiled yet, have another process compile the outputs while this one compiles the rules."""
    if INTERPRET:
        return
    from sim.machine_code import is_at_hand

    if not is_at_hand(run_quarters):
        command = [sys.executable, "-c", "from sim.run import compile_outputs; compile_outputs()"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        threading.Thread(target=subprocess.run, args=(command,), kwargs=quiet, daemon=True).start()


def compile_outputs() -> None:
    """Compile all outputs, which a run needs, for a world of no matter what size."""
    from sim.machine_code import compile_for

    world = empty(1, 1, 1, 1, 1, 1)
    compile_for(observe, world, parameter_record(), Now(1, 1), totals(), recorded([]), np.zeros((1, 1))[0])


@lru_cache(maxsize=1)
def warm() -> None:
    """Compile everything that a run needs, or load it, by running the smallest chain for two quarters, once in a process."""
    from sim.scenario import load

    run(load("toy").with_run(end="2011Q2", burn_in=0), seed=1)
