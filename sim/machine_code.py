"""Machine code: a rule compiled by numba, kept on disk under the stamp that ``compiled`` gives it.

The only module that reaches into numba; ``compiled`` imports it when the first rule is to be compiled. A rule is made
twice at most: as other rules call it (``_Rule``: typed and linked, but no machine code of its own, which ends up inside
its callers anyway) and, when Python calls it, with a door from Python (``_Door``). Against numba's own way, where every
rule gets machine code and a wrapper for every combination of constants, this compiles in a third of the time.
"""

# numba declares types for little of this.
# mypy: disallow-subclassing-any=False, disallow-untyped-calls=False

from __future__ import annotations

import contextlib
import hashlib
import pickle
import warnings
from functools import cached_property
from pathlib import Path
from types import FunctionType
from typing import Any, ClassVar

import numba
from llvmlite import binding as llvm
from numba.core import caching, compiler, types
from numba.core.codegen import JITCodeLibrary
from numba.core.funcdesc import default_mangler
from numba.core.registry import CPUDispatcher
from numba.core.runtime.nrt import rtsys
from numba.cpython import hashing as _symbols_of_hashing  # noqa: F401  # loaded code links to them

from sim import compiled
from sim.starting import without_collection

# A tuple of rules is typed as possible function pointers first, which numba calls experimental; it is then
# unrolled.
warnings.filterwarnings("ignore", category=numba.NumbaExperimentalFeatureWarning)

# Rules allocate nothing: tables grow between quarters. So they need not count references to the tables, which would
# take as long as the economy itself. Outputs, and functions from elsewhere, may allocate, and do count.
ALLOCATE_NOTHING = ("sim.accounts", "sim.chance", "sim.founding", "sim.policies.", "sim.rules.", "sim.run")


def compile_late(function: Any) -> Any:
    """``function``, compiled when it is first called."""
    return _Rule(function)


def _options(function: Any, door: bool) -> dict[str, Any]:
    return {
        "nopython": True,
        "nogil": True,
        "error_model": "numpy",
        "no_cfunc_wrapper": True,  # nobody calls from C
        "no_cpython_wrapper": not door,
        "_nrt": not function.__module__.startswith(ALLOCATE_NOTHING),
    }


def is_at_hand(rule: Any) -> bool:
    """Whether the machine code of a rule, as Python calls it, lies in the cache."""
    return bool(rule.door.is_at_hand())


def compile_for(rule: Any, *arguments: Any) -> None:
    """Compile a rule as other rules call it, for arguments like these."""
    rule.compile(tuple(numba.typeof(each) for each in arguments))


class _Library(JITCodeLibrary):
    """Code of a rule on its way into its callers: linked with what it calls and made small, but not translated."""

    def finalize(self) -> None:
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        passes, builder = self._codegen._module_pass_manager(
            loop_vectorize=False, slp_vectorize=False, opt=0, cost="cheap"
        )
        passes.run(self._final_module, builder)
        self._finalized = True

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def serialize_using_object_code(self) -> Any:
        return self.name, "linked", self._get_module_for_linking().as_bitcode()

    @classmethod
    def restored(cls, codegen: Any, name: str, code: bytes) -> _Library:
        """The library that ``serialize_using_object_code`` put away."""
        library = cls(codegen, name)
        library._final_module = library._shared_module = llvm.parse_bitcode(code)
        library._finalized = True
        return library


class _LibraryOfDoor(JITCodeLibrary):
    """Machine code that nobody links to: its bitcode, six times as long, is not kept."""

    def serialize_using_object_code(self) -> Any:
        doors = (each for each in self._final_module.functions if each.linkage == llvm.Linkage.external)
        names = (each.name for each in doors if not each.is_declaration)
        # numba asks the module for linking which names there are, and nothing else.
        known = llvm.parse_assembly("\n".join(f'@"{name}" = global i8 0' for name in names))
        return self.name, "object", (self._get_compiled_object(), known.as_bitcode())


class _Pipeline(compiler.Compiler):
    """numba's, up to where machine code would be made."""

    library: type[JITCodeLibrary] = _Library

    def __init__(
        self, typing: Any, target: Any, library: Any, args: Any, returns: Any, flags: Any, names: Any
    ) -> None:
        flags = flags.copy()
        flags.no_compile = self.library is _Library
        super().__init__(typing, target, library, args, returns, flags, names)
        self.state.targetctx = self.state.targetctx.subtarget(mangler=_symbol)
        self.state.library = self.library(self.state.targetctx.codegen(), "rule")
        self.state.library.enable_object_caching()


def _symbol(name: str, kinds: Any, *, abi_tags: Any = (), uid: Any = None) -> str:
    """The name of a rule in machine code. numba spells all columns of all tables out in it: 24,000 letters."""
    digest = hashlib.sha256(" ".join(map(str, kinds)).encode()).hexdigest()[:16]
    return str(default_mangler(name, (), abi_tags=(*abi_tags, digest), uid=uid))


class _PipelineOfDoor(_Pipeline):
    """numba's, to the end."""

    library = _LibraryOfDoor


class _Dispatcher(CPUDispatcher):
    """numba's, but a rule that does not compile leaves no lock behind."""

    _cache: _CacheOfRule

    def compile(self, sig: Any) -> Any:
        try:
            with without_collection():
                return super().compile(sig)
        except BaseException:
            self._cache.give_up()
            raise


class _Rule(_Dispatcher):
    """A rule as other rules call it."""

    def __init__(self, function: Any) -> None:
        super().__init__(function, targetoptions=_options(function, door=False), pipeline_class=_Pipeline)
        self._cache = _CacheOfRule(function, _Linked)

    @cached_property
    def door(self) -> Any:
        """The same rule as Python calls it."""
        return _Door(self.py_func)

    def __call__(self, *args: Any, **named: Any) -> Any:
        return self.door(*args, **named)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """One version for all constants: numba would compile one for every number that a caller writes down."""
        named = {name: types.unliteral(each) for name, each in kws.items()}
        return super().get_call_template(tuple(types.unliteral(each) for each in args), named)

    def add_overload(self, made: Any) -> None:
        if not self.targetoptions["_nrt"] and _holds_array(made.signature.return_type):
            raise TypeError(
                f"{self.py_func.__qualname__} hands back an array; rules hand back numbers and rows"
            )
        if made.entry_point is None:  # fresh; numba asks for something to know it by
            made = made._replace(entry_point=object())
            self.targetctx.insert_user_function(made.entry_point, made.fndesc, [made.library])
        self.overloads[tuple(made.signature.args)] = made


class _Door(_Dispatcher):
    """A rule with machine code of its own and the wrapper for calls from Python."""

    def __init__(self, function: Any) -> None:
        super().__init__(
            function, targetoptions=_options(function, door=True), pipeline_class=_PipelineOfDoor
        )
        self._cache = _CacheOfRule(function, _Made)

    def is_at_hand(self) -> bool:
        """Whether there is machine code in the cache."""
        return Path(self._cache._real._cache_file._index_path).is_file()

    def add_overload(self, made: Any) -> None:
        super().add_overload(made)
        for env in (
            made._find_referenced_environments()
        ):  # of the rules that it calls, now that they have an address
            made.library.codegen.set_env(env.env_name, env)


def _holds_array(kind: Any) -> bool:
    """Whether values of a type hold an array."""
    return isinstance(kind, types.Array) or any(_holds_array(each) for each in getattr(kind, "types", ()))


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


class _MadeImpl(caching.CompileResultCacheImpl):
    _locator_classes: list[Any] = [_Locator]  # noqa: RUF012  # numba's own name and form

    def reduce(self, made: Any) -> Any:
        """What is kept: not the listing with types, which nobody reads."""
        return super().reduce(made._replace(type_annotation=""))


class _LinkedImpl(_MadeImpl):
    def get_filename_base(self, fullname: Any, abiflags: Any) -> str:
        return f"{super().get_filename_base(fullname, abiflags)}.linked"

    def rebuild(self, target_context: Any, payload: Any) -> Any:
        (name, _, code), fndesc, env, signature, objectmode, lifted, annotation, reload_init, envs = payload
        result: Any = compiler.CompileResult
        return result(
            target_context=target_context,
            typing_context=target_context.typing_context,
            library=_Library.restored(target_context.codegen(), name, code),
            environment=env,
            entry_point=object(),
            fndesc=fndesc,
            type_annotation=annotation,
            signature=signature,
            objectmode=objectmode,
            lifted=lifted,
            typing_error=None,
            call_helper=None,
            metadata=None,
            reload_init=reload_init,
            referenced_envs=envs,
        )


class _Made(caching.FunctionCache):
    _impl_class = _MadeImpl

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Without all that numba learns before it compiles, which takes as long as the rest of a first run.

        Machine code needs the functions of the runtime, and the symbols that the import of ``hashing`` makes known.
        """
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(signature, target_context)


class _Linked(caching.FunctionCache):
    _impl_class = _LinkedImpl


class _CacheOfRule(caching._Cache):
    """Opens the real cache when it is first asked, so that the stamp sees the finished modules.

    While a rule is being compiled the process holds a lock: of several cold processes one compiles, the others wait and
    load. Outputs have a lock of their own, so that another process can compile them meanwhile (``run.share_compilation``);
    what they reach is compiled without asking for the other lock, or the two could wait for each other.
    """

    _holding: ClassVar[list[str]] = []  # parts being compiled, outermost first

    def __init__(self, function: Any, kind: type[caching.FunctionCache]) -> None:
        self._function = function
        self._kind = kind
        self._held = 0

    @cached_property
    def _real(self) -> caching.FunctionCache:
        return self._kind(self._function)

    @property
    def cache_path(self) -> str:
        return str(compiled.cache_folder())

    @property
    def _part(self) -> str:
        inside = self._function.__module__.startswith("sim.outputs") or "outputs" in self._holding
        return "outputs" if inside else "rules"

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        found = self._load(signature, target_context)
        if found is None:
            part = self._part
            compiled.lock(part).acquire()
            found = self._load(signature, target_context)
            if found is not None:
                compiled.lock(part).release()
            else:
                self._held += 1
                self._holding.append(part)
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
            self.give_up()

    def give_up(self) -> None:
        """Let other processes compile."""
        if self._held:
            self._held -= 1
            compiled.lock(self._holding.pop()).release()

    def enable(self) -> None:
        """Always on; numba's interface asks for the method."""

    def disable(self) -> None:
        """Always on; numba's interface asks for the method."""

    def flush(self) -> None:
        self._real.flush()
