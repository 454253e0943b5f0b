"""The benchmark suite: (a) Mesa, (b) C++, (c) growth, (d) shares of the rules, (e) starts and memory, (f) many runs.

Times are CPU times where one process works alone, wall times where processes or threads share the work. What is compared is
measured in turns, so that a busy machine hits both; a row is the median of its repetitions with the lowest and highest.
"""

from __future__ import annotations

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks import cpp
from experiments.benchmarks.report import Row, number, write
from experiments.benchmarks.scaled import copied, founded, scaled
from sim.run import State, run_quarters, slots, totals, warm

ROOT = Path(__file__).parents[2]
SETTLED = 8  # quarters lived before time is taken
TIMED = 12
FOUNDED_FOR_150 = 110  # founding enterprises of a cluster that has 150 on average over 60 quarters

# What each program of its own prints: one number, or several.
FIRST_RESULT = "import sim; sim.run(sim.load('baotou'), seed=1, quarters=8).outputs"
MEMORY = """
import sys
from experiments.benchmarks.scaled import founded
state = founded(int(sys.argv[1]), int(sys.argv[2]))
state.advance(int(sys.argv[2]))
# Not the usage that the system reports for a child: Linux starts it at the parent's.
peak = next(1024 * int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak, sum(table.nbytes for table in state.world), int(state.world.enterprises.alive.sum()))
"""


def main(names: Sequence[str] = ()) -> None:
    """Measure all, or the parts that are named, and write the documents; what is not measured anew stays."""
    parts = (against_cpp, against_mesa, growth, shares, memory, slider, many_runs, starts)
    rows: list[Row] = []
    for part in [each for each in parts if not names or each.__name__ in names]:
        began = time.perf_counter()
        try:
            for row in part():
                rows.append(row)
                print(f"{row.measure}: {number(row.value)} {row.unit}", flush=True)
        except Exception as error:  # what was measured before and what comes after still counts
            rows.append(Row(part.__name__, None, note=f"failed: {error}"))
        print(f"-- {part.__name__}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    write(rows, keep=bool(names))


# ------------------------------------------------------------------------------------------------------ tools
def arguments(state: State, until: int) -> tuple[Any, ...]:
    """What ``run_quarters`` takes."""
    return (
        state.world,
        state.p,
        state.levers,
        totals(),
        state.kept,
        state.recorder,
        state.seed,
        state.t,
        until,
    )


def advance(state: State, engine: Callable[..., tuple[int, int]], until: int) -> None:
    """``State.advance`` with another engine."""
    while state.t < until:
        state.make_room()
        state.t, _ = engine(*arguments(state, until))


def seconds_of(state: State, engine: Callable[..., tuple[int, int]], until: int) -> float:
    """CPU seconds per enterprise-quarter of a copy of the state."""
    state = copied(state)
    living, first = 0, state.t
    began = time.thread_time()
    advance(state, engine, until)
    spent = time.thread_time() - began
    living = int(state.world.enterprises.alive.sum())
    return spent / living / (until - first)


def settled(enterprises: int) -> State:
    """A cluster that has lived a few quarters."""
    state = founded(enterprises, SETTLED + TIMED + 4)
    state.advance(SETTLED)
    return state


def program(code: str, *given: Any, **environment: str) -> str:
    """What a program of its own prints."""
    kept = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [
        sys.executable,
        *(["-c", code] if not code.startswith("-m ") else code.split()),
        *map(str, given),
    ]
    return subprocess.run(command, env=kept, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def spread(values: list[float]) -> tuple[float, float, float]:
    """Median, lowest, highest."""
    return statistics.median(values), min(values), max(values)


def in_cpp(state: State, folder: Path, same_bits: bool = False) -> Callable[..., tuple[int, int]] | None:
    """``run_quarters`` in C++, if this machine has a compiler."""
    return cpp.built(arguments(state, state.t + 1), folder, same_bits) if cpp.compiler() else None


def difference(one: State, other: State) -> float:
    """The largest relative difference between two worlds and what was recorded of them."""
    worst = 0.0
    for a, b in zip((*one.world, one.recorder), (*other.world, other.recorder), strict=True):
        for name in a.dtype.names or ("",):
            left, right = (np.asarray(each[name] if name else each, float) for each in (a, b))
            left, right = left[left != right], right[left != right]
            apart = np.abs(left - right) / np.maximum(1e-9, np.abs(left))
            worst = max(worst, float(np.nanmax(apart, initial=0.0)))
    return worst


# ------------------------------------------------------------------------------------------------------ parts
def against_cpp() -> Iterator[Row]:
    """(b) The whole model, outputs and books included, against C++ of the same rules with the same outputs and books."""
    with tempfile.TemporaryDirectory() as folder:
        first = settled(200)
        engine = in_cpp(first, Path(folder))
        if engine is None:
            yield Row(
                "compiled run over C++", None, required="<= 1.5", note="no C++ compiler on this machine"
            )
            return
        same = in_cpp(first, Path(folder), same_bits=True)
        one, other = copied(first), copied(first)
        advance(one, run_quarters, SETTLED + TIMED)
        advance(other, same, SETTLED + TIMED)  # type: ignore[arg-type]  # C++ takes the same arguments
        yield Row("largest relative difference to C++", difference(one, other), required="<= 1e-9",
                  note="all columns and outputs after 20 quarters; C++ without fused multiply-add")  # fmt: skip
        for enterprises, repetitions in ((200, 9), (1000, 7), (10_000, 3)):
            state = settled(enterprises)
            ratios, limits = [], []
            for _ in range(repetitions):
                ours = seconds_of(state, run_quarters, SETTLED + TIMED)
                limits.append(seconds_of(state, engine, SETTLED + TIMED))
                ratios.append(ours / limits[-1])
            where = f"{enterprises:,} enterprises"
            yield Row(f"compiled run over C++, {where}", *spread(ratios), required="<= 1.5", aim="<= 1.15")
            yield Row(
                f"C++, {where}", *spread([1e9 * each for each in limits]), unit="ns per enterprise-quarter"
            )
        yield from two_threads(engine)


def two_threads(engine: Callable[..., tuple[int, int]], runs: int = 100) -> Iterator[Row]:
    """A batch of runs on two threads, against C++ on two threads; two cores against one."""
    quarters = 40
    state = founded(200, quarters)

    def batch(engine: Callable[..., tuple[int, int]], jobs: int) -> float:
        began = time.perf_counter()
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda _: advance(copied(state), engine, quarters), range(runs)))
        return (time.perf_counter() - began) / runs

    ratios, gains, speeds = [], [], []
    for _ in range(3):
        two, limit, one = batch(run_quarters, 2), batch(engine, 2), batch(run_quarters, 1)
        ratios.append(two / limit)
        gains.append(one / two)
        speeds.append(1.0 / two)
    yield Row("batch of runs on two threads over C++ on two threads", *spread(ratios), required="<= 2.0", aim="<= 1.6",
              note=f"{runs} runs of 200 enterprises x {quarters} quarters, time per run")  # fmt: skip
    yield Row("two cores over one", *spread(gains), required=">= 1.8", aim=">= 1.9")
    yield Row("runs per second on two threads", *spread(speeds), unit="1/s")


def against_mesa() -> Iterator[Row]:
    """(a) The whole model on Mesa objects, 86 reporters, no outputs by stage or product, no network measures."""
    state = settled(200)
    ratios, alone = [], []
    for _ in range(3):
        found = json.loads(
            program("-m experiments.benchmarks.mesa_objects", 200, 5, CLUSTER_SIM_INTERPRET="1")
        )
        ours = min(seconds_of(state, run_quarters, SETTLED + TIMED) for _ in range(3))
        ratios.append(statistics.median(found["with reporters"]) / ours)
        alone.append(statistics.median(found["alone"]) / ours)
    yield Row("Mesa objects with reporters over compiled run", *spread(ratios), required=">= 50", aim=">= 70")
    yield Row("Mesa objects without reporters over compiled run", *spread(alone))
    yield Row(
        "largest relative difference to Mesa objects", mesa_difference(), unit="share", required="<= 1e-9"
    )


def mesa_difference() -> float:
    """Over all outputs that its reporters measure, after four quarters with the same luck."""
    from sim.declare import OUTPUTS
    from sim.outputs import ENTERPRISE_NAMES

    given = program("-m experiments.benchmarks.mesa_objects", 200, 4, "same_luck", CLUSTER_SIM_INTERPRET="1")
    theirs = json.loads(given)["outputs"]
    state = founded(200, 8, room=2)
    state.advance(4)
    living = state.world.enterprises.alive.sum()
    worst = 0.0
    for place, slot in enumerate(slots(state.scenario)):
        if slot.level == "total" and slot.output in theirs:
            mean = slot.output in ENTERPRISE_NAMES and OUTPUTS[slot.output].kind == "rate"
            ours = state.recorder[3, place] * (living if mean else 1)
            worst = max(worst, float(abs(ours - theirs[slot.output]) / (1e-9 + abs(ours))))
    return worst


def growth() -> Iterator[Row]:
    """(c) Cost per enterprise-quarter by size."""
    cost = {}
    for enterprises, repetitions in ((200, 7), (1000, 5), (10_000, 3), (100_000, 1)):
        state = settled(enterprises)
        times = [
            1e9 * seconds_of(state, run_quarters, SETTLED + TIMED // (1 if repetitions > 1 else 3))
            for _ in range(repetitions)
        ]
        cost[enterprises] = statistics.median(times)
        yield Row(f"cost, {enterprises:,} enterprises", *spread(times), unit="ns per enterprise-quarter")
    yield Row(
        "cost at 100,000 enterprises over 1,000", cost[100_000] / cost[1000], required="<= 4", aim="<= 3"
    )


def shares() -> Iterator[Row]:
    """(d) Where the time goes, 10,000 enterprises."""
    from sim.accounts import close_books
    from sim.chance import Now
    from sim.outputs import observe
    from sim.quarter import QUARTER
    from sim.run import begin_quarter, room_left

    state = settled(10_000)
    spent: dict[str, float] = {}

    def take(name: str, function: Any, *given: Any) -> None:
        began = time.thread_time()
        function(*given)
        spent[name] = spent.get(name, 0.0) + time.thread_time() - began

    for turn in range(4):
        if turn == 1:  # the first compiles
            spent.clear()
        state.make_room()
        world, now = state.world, Now(state.seed, state.t)
        take("growing tables", room_left, world, state.t)
        take("policies", begin_quarter, world, state.levers[state.t], now)
        for rule in QUARTER:
            take(rule.__name__, rule, world, state.p, now)
        take("recording", observe, world, state.p, now, totals(), state.kept, state.recorder[state.t])
        take("books", close_books, world, now)
        state.t += 1
    whole = sum(spent.values())
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        yield Row(f"share of time: {name}", seconds / whole, unit="share")


def starts() -> Iterator[Row]:
    """(e) The first result of a process, compiled code at hand or not."""
    warm()
    times, work = [], []
    with tempfile.TemporaryDirectory() as folder:
        # Warm is Python's own bytecode, too: where it may not be written, sources would be compiled at every start.
        bytecode = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        program(FIRST_RESULT, **bytecode)
        for _ in range(9):
            began, before = time.perf_counter(), os.times()
            program(FIRST_RESULT, **bytecode)
            times.append(time.perf_counter() - began)
            after = os.times()
            work.append(sum(after[2:4]) - sum(before[2:4]))
    yield Row("first result of a warm process", *spread(times), unit="s", required="<= 1.0", aim="<= 0.8")
    yield Row("first result of a warm process, CPU time", *spread(work), unit="s")
    with tempfile.TemporaryDirectory() as cache:
        began = time.perf_counter()
        program(FIRST_RESULT, CLUSTER_SIM_CACHE=cache)
        cold = time.perf_counter() - began
        size = sum(path.stat().st_size for path in Path(cache).iterdir())
    yield Row("first result on a fresh machine", cold, unit="s", required="<= 60", aim="<= 30")
    yield Row("compiled code on disk", size / 1e6, unit="MB")


def memory() -> Iterator[Row]:
    """(e) Memory of one run, 40 quarters."""
    for enterprises in (200, 100_000):
        began = time.perf_counter()
        peak, tables, living = map(float, program(MEMORY, enterprises, 40).split())
        where = f"{enterprises:,} enterprises x 40 quarters"
        large = enterprises == 100_000
        yield Row(f"memory of the process, {where}", peak / 1e9, unit="GB", required="<= 4" if large else "", aim="<= 1" if large else "",
                  note=f"{time.perf_counter() - began:.0f} s")  # fmt: skip
        yield Row(f"tables, {where}", tables / living, unit="bytes per enterprise")


def many_runs() -> Iterator[Row]:
    """(f) Runs per second on two cores through the batch machinery."""
    import sim

    design = 'title = "speed"\nscenarios = ["baotou", "chain_extension"]\nseeds = 40\n'
    speeds = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        (Path(folder) / "speed.toml").write_text(design)
        for turn in range(3):
            began = time.perf_counter()
            sim.batch(Path(folder) / "speed.toml", executor=pool, store=Path(folder) / str(turn))
            speeds.append(80 / (time.perf_counter() - began))
    yield Row("runs per second of a batch on two threads, stored", *spread(speeds), unit="1/s",
              note="reference case, 120 quarters, 2 scenarios x 40 seeds")  # fmt: skip


def slider() -> Iterator[Row]:
    """A moved slider: 2 scenarios x 32 seeds x 60 quarters x 150 enterprises in a warm process, on two threads."""
    import sim

    base = scaled(FOUNDED_FOR_150, 64)
    moved = base.with_policy(research_grant={"rate": 0.3}).policy
    base, other = (
        dataclasses.replace(base, name=name, policy=policy)
        for name, policy in (("base", base.policy), ("moved", moved))
    )
    times, living = [], 0.0
    with ThreadPoolExecutor(2) as pool:
        for turn in range(6):
            began = time.perf_counter()
            compared = sim.compare([base, other], seeds=32, executor=pool)
            if turn:  # the first fills the caches
                times.append(time.perf_counter() - began)
        living = float(compared.paths("enterprises").mean())
    yield Row("a moved slider", *spread(times), unit="s", required="<= 1.5", aim="<= 0.5",
              note=f"2 scenarios x 32 seeds x 60 quarters x {living:.0f} enterprises on average")  # fmt: skip
