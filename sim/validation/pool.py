"""Pool: many independent tasks on all cores, results as they come."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from sim.run import warm


def in_pool(
    task: Callable[..., Any], jobs: int | None, calls: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[int, Any]]:
    """Call ``task`` with each of ``calls``; yields the place of a call and its result in the order in which they end.

    ``task`` is a function of a module of the package. One job runs here, with true tracebacks.
    """
    jobs = min(jobs or os.cpu_count() or 1, max(1, len(calls)))
    if jobs == 1:
        for place, call in enumerate(calls):
            yield place, task(*call)
        return
    warm()  # one process compiles, the workers load
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(task, *call): place for place, call in enumerate(calls)}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
