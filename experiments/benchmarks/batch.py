"""What a batch costs beside its runs: ratios, measured one after the other in one process tree.

    python experiments/benchmarks/batch.py [--seeds 20] [--out batch.json]

The design is the reference case and three packages. Against a loop over ``sim.run`` (founded apart, nothing kept) it shows
the batch in this process, with one and with two workers, through Dask, and, on fewer runs, ``mesa.batch_run`` of the same
model; then what tables, Parquet and store take of a run. Every part is done three times, medians count.
"""

from __future__ import annotations

import argparse
import inspect
import json
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import sim
from sim.experiments.designs import Keep
from sim.experiments.store import Store
from sim.experiments.work import Parcel, as_parquet, lived, tables
from sim.experiments.workforce import begin_worker
from sim.run import State, warm

SCENARIOS = ("baotou", "chain_extension", "innovation_system", "all_together")


def seconds(do: Callable[[], Any]) -> tuple[float, float]:
    """How long it takes: by the clock, and of processors (workers that have ended included)."""
    began, used = time.perf_counter(), processors()
    do()
    return time.perf_counter() - began, processors() - used


def processors() -> float:
    """Seconds of processors that this process and those it has waited for have used."""
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in each)


def one_by_one(design: sim.Design) -> None:
    """A loop over ``sim.run``: every run founded for itself, nothing kept."""
    for scenario in design.scenarios:
        for seed in design.seeds:
            sim.run(scenario, seed)


def in_batch(design: sim.Design, executor: str | Executor | None, jobs: int) -> None:
    """The whole design into a store that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        results = sim.batch(design, executor, folder, jobs=jobs)
        assert len(results.final()) == len(design.scenarios) * len(design.seeds)


def one_worker(design: sim.Design) -> None:
    """A pool of one: what handing out and back costs."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=begin_worker) as pool:
        in_batch(design, pool, 1)


def through_mesa(design: sim.Design) -> None:
    """The first scenario by Mesa's own batch runner, which collects the same outputs every quarter."""
    import mesa

    base, seeds = design.scenarios[0], list(design.seeds)
    settings: dict[str, Any] = {"number_processes": 1, "data_collection_period": 1, "display_progress": False}
    parameters: dict[str, Any] = {"scenario": base}
    (settings if "rng" in inspect.signature(mesa.batch_run).parameters else parameters)["rng"] = seeds
    mesa.batch_run(sim.ClusterModel, parameters, max_steps=base.quarters, **settings)


def parts(base: sim.Scenario) -> dict[str, float]:
    """Seconds a run for: living it, its tables, Parquet, the store."""
    number = 10
    found: dict[str, list[float]] = {}
    for _ in range(3):
        ones: dict[str, Any] = {}
        made: dict[str, Any] = {}
        packed: dict[str, bytes] = {}
        with tempfile.TemporaryDirectory() as folder:
            steps: dict[str, Callable[[], Any]] = {
                "living": lambda ones=ones: ones.update(
                    {str(s): alone(base, s) for s in range(1, number + 1)}
                ),
                "tables": lambda ones=ones, made=made: made.update(tables(ones, Keep())),
                "parquet": lambda made=made, packed=packed: packed.update(
                    {name: as_parquet(table) for name, table in made.items()}
                ),
                "store": lambda ones=ones, packed=packed, folder=folder: Store(folder).write(
                    Parcel(packed, {run: {"bits": one.bits, "seconds": 0.0} for run, one in ones.items()})
                ),
            }
            for name, do in steps.items():
                found.setdefault(name, []).append(seconds(do)[1] / number)
        found.setdefault("bytes", []).append(sum(map(len, packed.values())) / number)
    return {name: statistics.median(each) for name, each in found.items()}


def alone(base: sim.Scenario, seed: int) -> Any:
    """One run, founded for itself."""
    state = State.founded(base, seed)
    state.advance(base.burn_in)
    return lived(state, Keep())


WAYS: dict[str, Callable[[sim.Design], None]] = {
    "loop over sim.run": one_by_one,
    "batch, this process": lambda design: in_batch(design, None, 1),
    "batch, 1 worker": one_worker,
    "batch, 2 workers": lambda design: in_batch(design, "processes", 2),
    "batch, Dask with 2 workers": lambda design: in_batch(design, "local", 2),
    "mesa.batch_run": through_mesa,
}


def measured(seeds: int) -> dict[str, Any]:
    """All ratios. What a way takes to start is told apart by a small design."""
    small = sim.Design.of(title="Small", scenarios=SCENARIOS, seeds=2)
    large = sim.Design.of(title="Large", scenarios=SCENARIOS, seeds=seeds)
    more = len(SCENARIOS) * (seeds - 2)
    warm()
    found: dict[str, dict[str, float]] = {}
    for name, do in WAYS.items():
        number = seeds - 2 if do is through_mesa else more
        pairs = [(seconds(lambda do=do: do(small)), seconds(lambda do=do: do(large))) for _ in range(3)]
        found[name] = {
            kind: statistics.median((long[k] - short[k]) / number for short, long in pairs)
            for k, kind in enumerate(("clock", "processors"))
        }
    pure = found["loop over sim.run"]
    for told in found.values():
        told["speed against the loop"] = pure["clock"] / told["clock"]
        told["work against the loop"] = told["processors"] / pure["processors"]
    return {
        "runs": more,
        "ways, seconds a run": found,
        "parts of a run, seconds of processors": parts(large.scenarios[0]),
    }


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found = measured(given.seeds)
    print(f"{'seconds a run':<28} {'clock':>9} {'processors':>11} {'speed':>7} {'work':>6}")
    for name, told in found["ways, seconds a run"].items():
        print(
            f"{name:<28} {told['clock']:9.4f} {told['processors']:11.4f} "
            f"{told['speed against the loop']:6.2f}x {told['work against the loop']:5.2f}x"
        )
    for name, value in found["parts of a run, seconds of processors"].items():
        print(f"  {name:<10} {value:.6g}")
    if given.out:
        given.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
