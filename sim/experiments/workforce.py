"""Workforce: who does the work. Any ``concurrent.futures.Executor`` will do.

Results depend on none of it. Workers import the package and get everything else with their tasks, so those on other
machines need no files of ours. Each uses one core; parallelism is across runs.
"""

# distributed is not typed.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.problems import InputError, Problem

# Libraries of linear algebra start a thread per core unless told otherwise; workers read this when they import them.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")}


class Serial(Executor):
    """Works at once and here: what goes wrong has its true traceback."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class Workforce:
    """Workers, how many tasks to have under way, and how to hire new ones when a death has broken the executor."""

    executor: Executor
    width: int
    hire: Callable[[], Executor] | None = None

    def renew(self) -> bool:
        """Replace a broken executor; False when it is not ours to replace."""
        if self.hire is None:
            return False
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self.hire()
        return True


def is_death(error: BaseException) -> bool:
    """Whether an error says that a worker died, not that a run went wrong."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


@contextlib.contextmanager
def workforce(executor: Executor | str | None, jobs: int) -> Iterator[Workforce]:
    """The workers of an executor, of a scheduler, or ``jobs`` processes; one job is this process.

    executor  None; any executor; "processes"; "local" (a Dask cluster on this machine), "tcp://..." or a scheduler
              file (Dask); "mpi"
    """
    if executor is None or (executor == "processes" and jobs == 1):
        yield Workforce(Serial(), 1)
    elif isinstance(executor, Executor):
        yield Workforce(executor, jobs + 1)
    elif executor == "processes":
        with _environment(ONE_THREAD):
            force = Workforce(_processes(jobs), jobs + 1, lambda: _processes(jobs))
            try:
                yield force
            finally:
                force.executor.shutdown(wait=True, cancel_futures=True)
    elif executor == "mpi":
        with _mpi() as pool:
            yield Workforce(pool, 2 * max(1, pool.num_workers))
    else:
        yield from _dask(executor, jobs)


def _processes(jobs: int) -> Executor:
    # Spawned, not forked: the same on every system, and no half-copied threads of numba or arrow.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=begin_worker)


def begin_worker() -> None:
    """In a new worker: Ctrl-C is for the one who hands out the work, and without him there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _dask(scheduler: str, jobs: int) -> Iterator[Workforce]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise _missing("scheduler", scheduler, "needs Dask: pip install 'cluster-sim[cluster]'") from None
    if scheduler == "local":
        cluster = LocalCluster(
            n_workers=jobs, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=40
        )
        with cluster, Client(cluster) as client:
            yield _of_client(client)
        return
    file = None if "://" in scheduler else scheduler
    if file is not None and not Path(file).is_file():
        known = "local, mpi, processes, tcp://host:port, or the file of a Dask scheduler"
        raise InputError([Problem("", None, "scheduler", scheduler, "no such file", allowed=known)])
    try:
        client = Client(scheduler_file=file) if file else Client(scheduler, timeout=10)
    except (OSError, TimeoutError, ValueError) as error:
        raise _missing("scheduler", scheduler, f"cannot be reached: {error}") from None
    with client:
        yield _of_client(client)


def _of_client(client: Any) -> Workforce:
    threads = sum(client.nthreads().values())
    return Workforce(client.get_executor(pure=False), 2 * max(1, threads))


def _mpi() -> Any:
    try:
        from mpi4py.futures import MPIPoolExecutor
    except ImportError:
        raise _missing("scheduler", "mpi", "needs mpi4py: pip install mpi4py, and an MPI library") from None
    return MPIPoolExecutor()


def _missing(key: str, value: str, problem: str) -> InputError:
    return InputError([Problem("", None, key, value, problem)])
