"""Workers: tasks that are done here or by others, of which nothing finished is lost.

Compiled rules leave Python's lock alone, which is nine tenths of a run, so threads of this process work side by side. They
start at once and share all that is loaded; a process has to import and load everything again, which takes as long as a
dozen runs. Many threads would wait for each other in the last tenth: then processes are worth their start.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

from sim.compiled import INTERPRET
from sim.experiments.workforce import workforce
from sim.run import warm

Key = TypeVar("Key", bound=Hashable)
Progress = Callable[[int, int], None]


THREADS = 8


@contextlib.contextmanager
def workers(jobs: int) -> Iterator[Executor]:
    """So many workers with the model compiled: this process itself, its threads, or, more than THREADS, processes."""
    if jobs > 1:
        warm()  # compile once, before workers start
    if 1 < jobs <= THREADS and not INTERPRET:
        threads = ThreadPoolExecutor(jobs)
        try:
            yield threads
        finally:
            threads.shutdown(cancel_futures=True)
    else:
        with workforce("processes", jobs) as force:
            yield force.executor


def all_done(
    task: Callable[..., Any],
    arguments: Mapping[Key, tuple[Any, ...]],
    executor: Executor,
    progress: Progress | None = None,
    runs: int = 1,
) -> tuple[dict[Key, Any], str]:
    """Results of ``task`` by key, in the order of ``arguments``, and why some are missing, if they are.

    progress  called with runs done and to do, ``runs`` a task
    Interrupted, or when a worker has died, what is finished comes back; if that is nothing, it raises.
    """
    waiting: dict[Future[Any], Key] = {}
    told = -1

    def tell() -> None:
        nonlocal told
        done = sum(each.done() for each in waiting)
        if progress and done != told:
            told = done
            progress(done * runs, len(arguments) * runs)

    missing = ""
    try:
        for key, values in arguments.items():
            waiting[executor.submit(task, *values)] = key
            tell()
        for each in as_completed(waiting):
            each.result()
            tell()
    except (KeyboardInterrupt, BrokenExecutor) as error:
        for each in waiting:
            each.cancel()
        if not any(map(succeeded, waiting)):
            raise
        missing = "interrupted" if isinstance(error, KeyboardInterrupt) else "a worker died"
    return {key: each.result() for each, key in waiting.items() if succeeded(each)}, missing


def succeeded(future: Future[Any]) -> bool:
    """Whether there is a result."""
    return future.done() and not future.cancelled() and future.exception() is None
