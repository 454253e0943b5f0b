"""Machine code: a rule compiled by numba, kept on disk under the stamp that ``compiled`` gives it.

The only module that reaches into numba; ``compiled`` imports it when the first rule is to be compiled.
"""

# numba declares types for little of this.
# mypy: disallow-subclassing-any=False, disallow-untyped-calls=False

from __future__ import annotations

import contextlib
import pickle
import warnings
from functools import cached_property
from types import FunctionType
from typing import Any

import numba
from numba.core import caching

from sim import compiled

# A tuple of rules is typed as possible function pointers first, which numba calls experimental; it is then
# unrolled.
warnings.filterwarnings("ignore", category=numba.NumbaExperimentalFeatureWarning)


def compile_late(function: Any) -> Any:
    """``function``, compiled when it is first called."""
    # No wrapper for calls from C: nobody makes them, and each costs a tenth of the time to compile.
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    made: Any = numba.njit(**options)(function)
    made._cache = _CacheOfRule(made)
    return made


class _Locator(caching._CacheLocator):
    """Tells numba where the machine code of a rule lies and what it was made from."""

    def __init__(self, py_func: FunctionType) -> None:
        self._function = py_func

    def get_cache_path(self) -> str:
        return str(compiled.cache_folder())

    def get_source_stamp(self) -> str:
        return compiled.stamp(self._function)

    def get_disambiguator(self) -> str:
        # The stamp is part of the file's name: versions live side by side and never overwrite each other.
        return compiled.stamp(self._function)

    @classmethod
    def from_function(cls, py_func: FunctionType, py_file: str) -> _Locator:
        return cls(py_func)


class _Impl(caching.CompileResultCacheImpl):
    _locator_classes: list[Any] = [_Locator]  # noqa: RUF012  # numba's own name and form


class _Cache(caching.FunctionCache):
    _impl_class = _Impl


class _CacheOfRule(caching._Cache):
    """Opens the real cache when it is first asked, so that the stamp sees the finished modules.

    While a rule is being compiled the process holds a lock: of several cold processes one compiles, the
    others wait and load.
    """

    def __init__(self, dispatcher: Any) -> None:
        self._function = dispatcher.py_func
        self._held = 0

    @cached_property
    def _real(self) -> _Cache:
        return _Cache(self._function)

    @property
    def cache_path(self) -> str:
        return str(compiled.cache_folder())

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        found = self._load(signature, target_context)
        if found is None:
            compiled.lock().acquire()
            found = self._load(signature, target_context)
            if found is not None:
                compiled.lock().release()
            else:
                self._held += 1
                compiled.announce(f"{self._function.__module__}.{self._function.__name__}")
        return found

    def _load(self, signature: Any, target_context: Any) -> Any:
        try:
            return self._real.load_overload(signature, target_context)
        except (OSError, EOFError, ValueError, KeyError, AttributeError, ImportError, pickle.UnpicklingError):
            return None  # a damaged entry is as good as none: compile anew

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            with contextlib.suppress(OSError):  # a full disk costs the cache, not the run
                self._real.save_overload(signature, data)
        finally:
            if self._held:
                self._held -= 1
                compiled.lock().release()

    def enable(self) -> None:
        """Always on; numba's interface asks for the method."""

    def disable(self) -> None:
        """Always on; numba's interface asks for the method."""

    def flush(self) -> None:
        self._real.flush()
