"""`rule`: a function of the model, compiled by numba, with a cache that is never stale.

numba's own disk cache looks at one file's date only: an edit in a called rule, or in a constant that a rule reads,
would run the old machine code without a word. Here a rule is stamped with the digest of its own bytecode, of every rule
that it reaches and of every constant it reads, with the versions of numba and numpy. The stamp is taken when the rule
is first needed, after all imports.

Set ``CLUSTER_SIM_INTERPRET=1`` to run the same rules in the plain interpreter, and ``CLUSTER_SIM_CACHE`` to choose the
folder of the cache. Tools that read declarations and never run set ``READ_ONLY`` before they import any rule: rules then
stay plain functions too, and numba, which takes half a second to import, stays out (it is imported by ``machine_code``).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
import platformdirs
from filelock import FileLock

INTERPRET = os.environ.get("CLUSTER_SIM_INTERPRET", "") not in ("", "0")
READ_ONLY = False
RULES: dict[str, Any] = {}

# Called with the name of each rule that has to be compiled; the command line replaces it by a progress line.
announce: Callable[[str], None]
_announced = False


def _say_once(name: str) -> None:
    global _announced
    if not _announced:
        print(
            "Compiling the rules of the model (once per version, about a minute) ...",
            file=sys.stderr,
            flush=True,
        )
        _announced = True


announce = _say_once


def rule(function: Any) -> Any:
    """Compile ``function`` at first call and keep its machine code for the next process."""
    RULES[f"{function.__module__}.{function.__qualname__}"] = function
    if INTERPRET or READ_ONLY:
        return function
    from sim.machine_code import compile_late

    return compile_late(function)


def interpreted(function: Any) -> Any:
    """The plain function behind a rule: numba cannot take a single row of a table with overlapping columns from Python."""
    return getattr(function, "py_func", function)


def __getattr__(name: str) -> Any:
    """``literal_unroll`` unrolls a loop over a tuple of rules: numba's own, or nothing where rules are not compiled."""
    if name != "literal_unroll":
        raise AttributeError(name)
    if INTERPRET or READ_ONLY:
        return tuple
    from numba import literal_unroll

    return literal_unroll


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Where machine code is kept: the user's cache, or a temporary folder when that cannot be written."""
    chosen = Path(os.environ.get("CLUSTER_SIM_CACHE") or platformdirs.user_cache_dir("cluster-sim"))
    for folder in (
        chosen,
        Path(tempfile.gettempdir()) / f"cluster-sim-{os.getuid() if hasattr(os, 'getuid') else 0}",
    ):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    raise OSError(f"no folder for compiled code can be written: tried {chosen} and the temporary folder")


def _forget_old(folder: Path) -> None:
    """Remove machine code of versions that nobody has made for two months; it would grow without end."""
    for path in folder.glob("*.nb?"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > 60 * 86400:
                path.unlink()


@lru_cache(maxsize=2)
def lock(part: str) -> FileLock:
    """Held while a rule of a part is being compiled: "outputs", or "rules" for all others, which may wait for outputs."""
    _forget_old(cache_folder())  # who makes new machine code makes room
    return FileLock(cache_folder() / f"compiling-{part}.lock")


@lru_cache(maxsize=1)
def stamps() -> dict[Any, str]:
    """The digest of every rule reached so far (filled by :func:`stamp`)."""
    return {}


def stamp(function: FunctionType) -> str:
    """Digest of what a rule does, of the rules it reaches and of the constants it reads."""
    known = stamps()
    if function not in known:
        reached = _reached(function)
        text = hashlib.sha256(_compiler())
        for each in sorted(reached, key=lambda f: (f.__module__, f.__qualname__)):
            text.update(repr(_essence(each.__code__)).encode())
            for name, value in _constants(each):
                text.update(f"{name}={value!r}".encode())
        known[function] = text.hexdigest()[:20]
    return known[function]


@lru_cache(maxsize=1)
def _compiler() -> bytes:
    """By what, and how, rules are compiled."""
    how = Path(__file__).with_name("machine_code.py").read_bytes()
    return f"{version('numba')} {np.__version__} {sys.version_info[:2]}".encode() + how


def _essence(code: CodeType) -> tuple[Any, ...]:
    """What a function does, as numba reads it: bytecode, constants and names, but not comments or lines."""
    constants = [_essence(each) if isinstance(each, CodeType) else each for each in code.co_consts]
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars


def _reached(function: FunctionType) -> set[FunctionType]:
    """``function`` and every rule reachable from it."""
    seen: set[FunctionType] = set()
    open_ends = [function]
    while open_ends:
        current = open_ends.pop()
        if current in seen:
            continue
        seen.add(current)
        for _, value in read_globals(current):
            for item in value if isinstance(value, tuple) else (value,):
                plain = getattr(item, "py_func", item)
                if isinstance(plain, FunctionType) and f"{plain.__module__}.{plain.__qualname__}" in RULES:
                    open_ends.append(plain)
    return seen


def read_globals(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The global names that a function reads, with their values."""
    for name in sorted(_names(function.__code__)):
        if name in function.__globals__:
            yield name, function.__globals__[name]


def _names(code: CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names(constant)
    return names


def _constants(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The globals that are neither rules nor modules: numbers, strings, types and tuples of them."""
    for name, value in read_globals(function):
        if isinstance(value, ModuleType):
            continue
        if isinstance(value, tuple):
            yield name, [getattr(getattr(v, "py_func", v), "__qualname__", v) for v in value]
        elif isinstance(getattr(value, "py_func", value), FunctionType):
            yield name, getattr(value, "py_func", value).__qualname__
        elif isinstance(value, type):
            yield name, (value.__name__, getattr(value, "_fields", ()))
        else:
            yield name, value


if (
    __name__ == "__main__"
):  # `python -m sim.compiled` fills the cache, e.g. before parallel test workers start
    from sim.run import warm

    warm()
