"""What a batch costs beside its runs: ratios, measured one after the other in one process tree.

    python experiments/benchmarks/batch.py [--seeds 40] [--out batch.json]

The design is the reference case and three packages. Against a loop over ``sim.run`` (founded apart, nothing kept) it shows
the batch in this process, with one and with two workers, through Dask, and, on fewer runs, ``mesa.batch_run`` of the same
model; then what tables, Parquet and store take of a run. Every part is done three times in turn, medians count.
"""

from __future__ import annotations

import argparse
import inspect
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sim
from sim.experiments.designs import Keep
from sim.experiments.store import Store
from sim.experiments.work import Parcel, as_parquet, lived, tables
from sim.run import State, warm

SCENARIOS = ("baotou", "chain_extension", "innovation_system", "all_together")
MESA_RUNS = 4


def seconds(do: Callable[[], Any]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def in_batch(design: sim.Design, executor: str | None, jobs: int) -> None:
    """The whole design into a store that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        results = sim.batch(design, executor, folder, jobs=jobs)
        assert len(results.final()) == len(design.scenarios) * len(design.seeds)


def through_mesa(base: sim.Scenario) -> None:
    """Some runs by Mesa's own batch runner, which collects the same outputs every quarter."""
    import mesa

    seeds = list(range(1, MESA_RUNS + 1))
    settings: dict[str, Any] = {"number_processes": 1, "data_collection_period": 1, "display_progress": False}
    parameters: dict[str, Any] = {"scenario": base}
    (settings if "rng" in inspect.signature(mesa.batch_run).parameters else parameters)["rng"] = seeds
    mesa.batch_run(sim.ClusterModel, parameters, max_steps=base.quarters, **settings)


def parts(base: sim.Scenario) -> dict[str, float]:
    """Seconds a run for: living it, its tables, Parquet, the store."""
    found: dict[str, list[float]] = {"living": [], "tables": [], "parquet": [], "store": []}
    number = 10
    for _ in range(3):
        began = time.perf_counter()
        ones = {}
        for seed in range(1, number + 1):
            state = State.founded(base, seed)
            state.advance(base.burn_in)
            ones[str(seed)] = lived(state, Keep())
        found["living"].append((time.perf_counter() - began) / number)
        made: dict[str, Any] = {}
        found["tables"].append(
            seconds(lambda ones=ones, made=made: made.update(tables(ones, Keep()))) / number
        )
        packed: dict[str, bytes] = {}

        def pack(made: dict[str, Any] = made, packed: dict[str, bytes] = packed) -> None:
            packed.update({name: as_parquet(table) for name, table in made.items()})

        found["parquet"].append(seconds(pack) / number)
        runs = {run: {"bits": one.bits, "seconds": 0.0} for run, one in ones.items()}
        with tempfile.TemporaryDirectory() as folder:
            store = Store(folder)
            found["store"].append(seconds(lambda s=store, p=packed, r=runs: s.write(Parcel(p, r))) / number)
        found.setdefault("bytes", []).append(sum(map(len, packed.values())) / number)
    return {name: statistics.median(each) for name, each in found.items()}


def measured(seeds: int) -> dict[str, Any]:
    """All ratios."""
    design = sim.Design.of(title="Benchmark", scenarios=SCENARIOS, seeds=seeds)
    runs = len(design.scenarios) * seeds
    base = design.scenarios[0]
    warm()

    def single() -> None:
        for scenario in design.scenarios:
            for seed in design.seeds:
                sim.run(scenario, seed)

    ways: dict[str, tuple[Callable[[], Any], int]] = {
        "loop over sim.run": (single, runs),
        "batch, this process": (lambda: in_batch(design, None, 1), runs),
        "batch, 1 worker": (lambda: one_worker(design), runs),
        "batch, 2 workers": (lambda: in_batch(design, "processes", 2), runs),
        "batch, Dask with 2 workers": (lambda: in_batch(design, "local", 2), runs),
        "mesa.batch_run": (lambda: through_mesa(base), MESA_RUNS),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(3):
        for name, (do, number) in ways.items():
            times[name].append(seconds(do) / number)
    middle = {name: statistics.median(each) for name, each in times.items()}
    pure = middle["loop over sim.run"]
    return {
        "runs": runs,
        "ways": {
            name: {"seconds a run": value, "speed against the loop": pure / value}
            for name, value in middle.items()
        },
        "parts of a run": parts(base),
    }


def one_worker(design: sim.Design) -> None:
    """A pool of one: what handing out and back costs."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    from sim.experiments.workforce import begin_worker

    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=begin_worker)
    with pool, tempfile.TemporaryDirectory() as folder:
        sim.batch(design, pool, folder, jobs=1)


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found = measured(given.seeds)
    for name, told in found["ways"].items():
        print(f"{name:<28} {told['seconds a run']:8.4f} s a run   {told['speed against the loop']:6.2f} x")
    for name, value in found["parts of a run"].items():
        print(f"  {name:<10} {value:.6g}" + ("" if name == "bytes" else " s a run"))
    if given.out:
        given.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
