"""Batches when things go wrong: nothing finished is lost, nothing counts twice, the message says what to do.

Workers die of real signals, the main process too, the disk is full by a limit on the size of files. Where only the
machinery is on trial its workers run no model.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner
from deadly_work import deadly

import sim
from sim.cli import cli
from sim.experiments import batch as batches
from sim.experiments import execution, work
from sim.experiments.designs import Design
from sim.experiments.execution import StoreError, WorkersLost
from sim.experiments.replay import replay
from sim.experiments.store import Store
from sim.experiments.workforce import Serial, Workforce
from sim.terminal import Working

ROOT = Path(sim.__file__).parents[1]
SHORT = {"run.end": "2011Q2", "run.burn_in": 1}


def design(seeds: int = 6) -> Design:
    return Design.of(title="Faults", scenarios=["toy"], seeds=seeds, settings=SHORT)


def finished_once(results: sim.Results) -> list[int]:
    """Seeds that are finished; each run stands in the tables once."""
    final = results.final()
    assert final["run"].is_unique
    return sorted(final["seed"])


# ------------------------------------------------------------------------------------------------ runs that go wrong
def bad_luck(of: int) -> Callable[..., Any]:
    """``work.lived``, which fails for one seed."""
    true = work.lived

    def lived(state: Any, keep: Any) -> Any:
        if state.seed == of:
            raise ArithmeticError("the fault of this test")
        return true(state, keep)

    return lived


def test_a_run_that_raises_is_a_failure_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as faulty:
        faulty.setattr(work, "lived", bad_luck(of=3))
        results = sim.batch(design(), store=tmp_path)
        assert finished_once(results) == [1, 2, 4, 5, 6]
        (run,) = results.failures
        about = results.failures[run]
        assert about["error"] == "ArithmeticError: the fault of this test"
        assert "in lived" in about["traceback"] and about["replay"].startswith(f"cluster-sim replay {run}")
        assert results.runs.set_index("run")["state"][run] == "failed"
        faulty.setattr("sim.experiments.replay.lived", work.lived)
        with pytest.raises(ArithmeticError, match="the fault of this test"):
            replay(results.store, run)
        again = sim.batch(design(), store=tmp_path)
        assert list(again.failures) == [run]  # it is known, and not tried again unless asked for
    mended = sim.batch(design(), store=tmp_path, retry=True)
    assert finished_once(mended) == [1, 2, 3, 4, 5, 6] and not mended.failures


def test_fast_stops_at_the_first_failure_with_its_own_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "lived", bad_luck(of=5))
    with pytest.raises(ArithmeticError) as raised:
        sim.batch(design(), store=tmp_path, on_error="fast")
    assert raised.traceback[-1].name == "lived"
    assert finished_once(sim.Results(tmp_path)) == [1, 2, 3, 4]


# -------------------------------------------------------------------------------------------------- workers that die
@pytest.mark.parametrize(("times", "lost"), [(1, []), (99, [3])])
def test_a_pool_outlives_its_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, lost: list[int]
) -> None:
    """Killed once: all is done. Killed by a run whenever it is tried: that run, and no other, is the failure."""
    monkeypatch.setenv("CLUSTER_SIM_INTERPRET", "1")  # workers start faster
    monkeypatch.setattr(execution, "FIRST", 2)
    (tmp_path / "marks").mkdir()
    monkeypatch.setattr(batches, "work", partial(deadly, 3, times, tmp_path / "marks"))
    results = sim.batch(design(), "processes", tmp_path / "store", jobs=2)
    assert finished_once(results) == [seed for seed in range(1, 7) if seed not in lost]
    assert [results.runs.set_index("run")["seed"][run] for run in results.failures] == lost
    assert all("the worker died of it" in about["error"] for about in results.failures.values())
    assert len(list((tmp_path / "marks").iterdir())) == min(times, execution.DEATHS)


class Dying(Executor):
    """Takes so many tasks and brings none of them, or all, to its end; what comes next cannot be handed to it."""

    def __init__(self, takes: int, finishes: bool) -> None:
        self.left = takes
        self.finishes = finishes
        self.taken: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not self.left:
            for future in self.taken:
                if not future.done():
                    future.set_exception(BrokenProcessPool("a worker was killed"))
            raise BrokenProcessPool("a worker was killed")
        self.left -= 1
        self.taken.append(Serial().submit(fn, *args, **kwargs) if self.finishes else Future())
        return self.taken[-1]


@pytest.mark.parametrize(("takes", "finishes"), [(0, True), (1, True), (2, True), (1, False), (2, False)])
def test_a_pool_may_break_while_tasks_are_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, takes: int, finishes: bool
) -> None:
    monkeypatch.setattr(execution, "FIRST", 1)
    (tmp_path / "marks").mkdir()
    monkeypatch.setattr(batches, "work", partial(deadly, 0, 0, tmp_path / "marks"))
    hired: list[Executor] = [Dying(takes, finishes), Dying(0, True), Serial()]
    force = Workforce(hired.pop(0), 3, lambda: hired.pop(0))
    monkeypatch.setattr(batches, "workforce", lambda executor, jobs: contextlib.nullcontext(force))
    results = sim.batch(design(), store=tmp_path / "store")
    assert finished_once(results) == [1, 2, 3, 4, 5, 6] and not results.failures and not hired
    assert sum(len(receipt.runs) for receipt in results.store.receipts()) == 6  # none was done twice


def test_a_foreign_executor_that_breaks_ends_the_batch_with_all_that_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    monkeypatch.setenv("CLUSTER_SIM_INTERPRET", "1")
    monkeypatch.setattr(execution, "FIRST", 1)
    (tmp_path / "marks").mkdir()
    monkeypatch.setattr(batches, "work", partial(deadly, 3, 99, tmp_path / "marks"))
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    with pool, pytest.raises(WorkersLost, match="finished runs are safe"):
        sim.batch(design(), pool, tmp_path / "store", jobs=1)
    assert finished_once(sim.Results(tmp_path / "store")) == [1, 2]


def test_a_dask_worker_may_be_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("CLUSTER_SIM_INTERPRET", "1")
    monkeypatch.setattr(execution, "FIRST", 2)
    (tmp_path / "marks").mkdir()
    monkeypatch.setattr(batches, "work", partial(deadly, 3, 1, tmp_path / "marks"))
    monkeypatch.setattr(batches, "warm", lambda: None)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        results = sim.batch(design(), cluster.scheduler_address, tmp_path / "store")
    assert finished_once(results) == [1, 2, 3, 4, 5, 6]
    assert len(list((tmp_path / "marks").iterdir())) == 1


# ------------------------------------------------------------------------------------------- the main process that dies
def test_ctrl_c_ends_it_cleanly_and_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "d.toml").write_text(
        'title = "D"\nscenarios = ["toy"]\nseeds = 6\n[settings]\nrun = { end = "2011Q2", burn_in = 1 }\n'
    )
    monkeypatch.setattr(execution, "FIRST", 2)
    monkeypatch.setattr(Working, "step", lambda *told: os.kill(os.getpid(), signal.SIGINT))
    command = ["batch", str(tmp_path / "d.toml"), "--store", str(tmp_path / "store"), "--jobs", "1"]
    stopped = CliRunner().invoke(cli, command)
    assert stopped.exit_code == 130 and "the same command goes on" in stopped.stderr
    assert finished_once(sim.Results(tmp_path / "store")) == [1, 2]
    monkeypatch.setattr(Working, "step", lambda *told: None)
    assert CliRunner().invoke(cli, command).exit_code == 0
    assert finished_once(sim.Results(tmp_path / "store")) == [1, 2, 3, 4, 5, 6]


def test_a_batch_whose_process_is_killed_goes_on_as_if_undisturbed(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(
        'title = "Long"\nscenarios = ["toy"]\nseeds = 30\n[settings]\nrun = { end = "2012Q4", burn_in = 2 }\n'
    )
    command = [sys.executable, "-m", "sim", "batch", "d.toml", "--store", "store", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"}
    process = subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL)  # fmt: skip
    end = time.monotonic() + 300  # it may have to compile
    while not list((tmp_path / "store/receipts").glob("*.json")):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.02)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait(60)
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert workers and not alive  # they end with their master
    assert 0 < len(finished_once(sim.Results(tmp_path / "store"))) < 30
    resumed = sim.batch(tmp_path / "d.toml", store=tmp_path / "store")
    assert finished_once(resumed) == list(range(1, 31))
    assert sum(len(receipt.runs) for receipt in resumed.store.receipts()) == 30  # none was done twice
    undisturbed = sim.batch(tmp_path / "d.toml", store=tmp_path / "undisturbed")
    assert resumed.summary().equals(undisturbed.summary()) and resumed.frame().equals(undisturbed.frame())


# -------------------------------------------------------------------------------------------------- the disk, the files
def test_a_full_disk_stops_the_batch_and_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "FIRST", 1)
    monkeypatch.setattr(execution, "TASK", 1e-9)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(status: execution.Progress) -> None:
        if status.done == 2:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))

    try:
        with pytest.raises(StoreError, match=r"2 finished runs are safe; make room .* give the same command"):
            sim.batch(design(), store=tmp_path, progress=fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]  # nothing half written
    assert finished_once(sim.Results(tmp_path)) == [1, 2]
    assert finished_once(sim.batch(design(), store=tmp_path)) == [1, 2, 3, 4, 5, 6]


def test_a_design_that_cannot_fit_is_stopped_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "free", lambda self: 1000)
    monkeypatch.setattr(execution, "FIRST", 1)
    with pytest.raises(StoreError, match=r"the rest needs about .* GB, and 0.0 GB are free. Keep less"):
        sim.batch(design(), store=tmp_path)


def test_a_truncated_shard_is_set_aside_and_its_runs_are_run_again(tmp_path: Path) -> None:
    whole = sim.batch(design(), store=tmp_path)
    receipt = whole.store.receipts()[0]
    path = whole.store.shard("total", receipt.id)
    path.write_bytes(path.read_bytes()[:-100])
    hurt = sim.Results(tmp_path)
    left = set(finished_once(hurt))
    assert len(left) == 6 - len(receipt.runs)
    mended = sim.batch(design(), store=tmp_path)
    assert finished_once(mended) == [1, 2, 3, 4, 5, 6]
    assert mended.final().equals(whole.final()) and mended.frame().equals(whole.frame())
    assert (tmp_path / "damaged" / receipt.id / "total.parquet").is_file()


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    results = sim.batch(design(1), store=tmp_path)
    path = results.store.shard("total", results.store.receipts()[0].id)
    data = bytearray(path.read_bytes())
    data[1000] ^= 4
    path.write_bytes(data)
    with pytest.raises(sim.InputError, match=r"is damaged .* its runs are run anew"):
        sim.Results(tmp_path).frame()


def test_what_was_half_written_does_not_count(tmp_path: Path) -> None:
    """Killed between shard and receipt, or in the middle of a file."""
    results = sim.batch(design(2), store=tmp_path)
    whole = results.final()
    receipt = results.store.receipts()[0]
    (tmp_path / "shards/final/orphan.parquet").write_bytes(
        results.store.shard("final", receipt.id).read_bytes()
    )
    (tmp_path / "receipts/broken.json").write_text('{"id": "bro')
    (tmp_path / "receipts/.half.json.1.0123abcd").write_text("{")
    assert sim.Results(tmp_path).final().equals(whole)
    assert sim.batch(design(2), store=tmp_path).final().equals(whole)
    assert not (tmp_path / "shards/final/orphan.parquet").exists()
    assert not (tmp_path / "receipts/.half.json.1.0123abcd").exists()


def test_a_run_in_two_receipts_counts_once(tmp_path: Path) -> None:
    results = sim.batch(design(2), store=tmp_path)
    receipt = results.store.receipts()[0]
    for name in receipt.files:
        path = results.store.shard(name, receipt.id)
        path.with_name("twice.parquet").write_bytes(path.read_bytes())
    (tmp_path / "receipts/twice.json").write_text(json.dumps({**vars(receipt), "id": "twice"}))
    assert sim.Results(tmp_path).final().equals(results.final())
    assert sim.Results(tmp_path).frame().equals(results.frame())


# ------------------------------------------------------------------------------------------------ two at one store
def test_a_second_process_is_told_of_the_first(tmp_path: Path) -> None:
    with Store(tmp_path).working():
        for shard in ((1, 1), (1, 2)):
            with pytest.raises(sim.InputError, match=rf"process {os.getpid()} on .* works at .*--shard 1/2"):
                sim.batch(design(), store=tmp_path, shard=shard)
    with Store(tmp_path).working("1-of-2"):
        with pytest.raises(sim.InputError, match="works at this store"):
            sim.batch(design(), store=tmp_path)
        sim.batch(design(), store=tmp_path, shard=(2, 2))
    assert finished_once(sim.batch(design(), store=tmp_path)) == [1, 2, 3, 4, 5, 6]
