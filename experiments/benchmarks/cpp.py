"""The same rules in C++: every rule that ``run_quarters`` reaches, written out line by line as plain C++.

Rules are a small language: loops over tables, arithmetic, records, calls. So they need not be copied by hand, which would
soon be another model; this module writes the C++ that a programmer would write for them: a struct per table, a function
per rule, doubles, no tricks. Types are inferred from the tables. The result works on the very arrays of a
:class:`sim.run.State` and has the signature of ``sim.run.run_quarters``, so the two can be compared bit by bit.
"""

from __future__ import annotations

import ast
import ctypes
import hashlib
import inspect
import math
import os
import shutil
import subprocess
import textwrap
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.run import run_quarters

FLAGS = ("-O3", "-march=native", "-std=c++17", "-fwrapv", "-shared", "-fPIC", "-w")
SAME_BITS = (
    "-ffp-contract=off",
)  # no fused multiply-add, which rounds otherwise; for the comparison of results

HEAD = """#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <tuple>
#include <algorithm>
typedef int64_t I; typedef double D; typedef bool B;
template<class T> struct Table { T* p; I n; };
template<class T> struct A1 { T* p; I n; T& operator[](I i) const { return p[i]; } };
template<class T> struct A2 { T* p; I n, m; A1<T> operator[](I i) const { return {p + i * m, m}; } };
template<class T> struct A3 { T* p; I n, m, l; A2<T> operator[](I i) const { return {p + i * m * l, m, l}; } };
template<class A, class V> inline void fill(A a, V v, I size) { for (I i = 0; i < size; ++i) a.p[i] = v; }
inline I floordiv(I a, I b) { I q = a / b; return q - ((a % b != 0) && ((a < 0) != (b < 0))); }
inline I modulo(I a, I b) { I r = a % b; return r + ((r != 0) && ((r < 0) != (b < 0))) * b; }
static thread_local char* arena = nullptr; static thread_local size_t arena_size = 0, arena_used = 0;
template<class T> inline T* scratch(I n) {
  size_t bytes = (n * sizeof(T) + 63) & ~size_t(63);
  if (arena_used + bytes > arena_size) { arena_size = 2 * (arena_size + bytes) + (1 << 20);
    arena = (char*)malloc(arena_size); arena_used = 0; }  // old pieces stay valid: they may be in use
  T* at = (T*)(arena + arena_used); arena_used += bytes; return at; }
template<class T> inline A1<T> zeros(I n) { T* at = scratch<T>(n); memset((void*)at, 0, n * sizeof(T)); return {at, n}; }
template<class T> inline A1<T> upto(I n) { T* at = scratch<T>(n); for (I i = 0; i < n; ++i) at[i] = i; return {at, n}; }
"""


@dataclass(frozen=True)
class Row:
    """One row of a table: a pointer to its struct."""

    struct: str
    dtype: np.dtype[Any] = field(compare=False, hash=False)


@dataclass(frozen=True)
class Rows:
    """A table."""

    row: Row


@dataclass(frozen=True)
class Array:
    """An array of B, I or D."""

    of: str
    dimensions: int


@dataclass(frozen=True)
class Named:
    """A NamedTuple."""

    name: str
    members: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Together:
    """Several values at once."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Known:
    """Something known when the code is written: a rule, a class, a module or a tuple of rules."""

    value: Any = field(hash=False)


Type = Any
ORDER = {"B": 0, "I": 1, "D": 2}
OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.BitAnd: "&", ast.BitXor: "^", ast.BitOr: "|", ast.RShift: ">>",
    ast.LShift: "<<",
}  # fmt: skip
RELATIONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
SCALARS = {"b": "B", "i": "I", "u": "B", "f": "D"}


def join(one: Type, other: Type) -> Type:
    """The type that holds both."""
    if one is None or other is None or one == other:
        return other if one is None else one
    if one in ORDER and other in ORDER:
        return max(one, other, key=lambda kind: ORDER[kind])
    if isinstance(one, Together) and isinstance(other, Together):
        return Together(tuple(join(a, b) for a, b in zip(one.parts, other.parts, strict=True)))
    raise TypeError(f"one name for {one} and {other}")


class Program:
    """All of the C++: structs, functions, the entry."""

    def __init__(self) -> None:
        self.structs: dict[str, str] = {}
        self.functions: list[str] = []
        self.declared: list[str] = []
        self.made: dict[tuple[Any, ...], tuple[str, Type]] = {}

    # ------------------------------------------------------------------------------------------------ types
    def type_of(self, value: Any, name: str) -> Type:
        """The type of a Python value."""
        if isinstance(value, np.record):
            return self.row(value.dtype, name)
        if isinstance(value, np.ndarray):
            if value.dtype.names:
                return Rows(self.row(value.dtype, name))
            return Array(SCALARS[value.dtype.kind], value.ndim)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            members = tuple((each, self.type_of(getattr(value, each), each)) for each in value._fields)
            return self.named(type(value).__name__, members)
        return "B" if isinstance(value, bool) else "I" if isinstance(value, (int, np.integer)) else "D"

    def row(self, dtype: np.dtype[Any], name: str) -> Row:
        """The struct of a record, made when first met; its layout is numpy's, which the compiler checks."""
        struct = name[:1].upper() + name[1:]
        if struct not in self.structs:
            text = self.struct(dtype, struct)  # after the structs inside it
            self.structs[struct] = text
        return Row(struct, dtype)

    def struct(self, dtype: np.dtype[Any], struct: str) -> str:
        assert dtype.names is not None and dtype.fields is not None
        at = {
            name: (dtype.fields[name][1], dtype.fields[name][1] + dtype.fields[name][0].itemsize)
            for name in dtype.names
        }
        # A column that overlaps others (``each_quarter``, ``values``) shares their place.
        over = {
            name: [
                other
                for other in dtype.names
                if other != name and begin <= at[other][0] and at[other][1] <= end
            ]
            for name, (begin, end) in at.items()
        }
        covered = {other for inside in over.values() for other in inside}
        lines = []
        for name in sorted((each for each in dtype.names if each not in covered), key=lambda each: at[each]):
            line = self.member(dtype.fields[name][0], name, struct)
            if over[name]:
                inside = "".join(
                    self.member(dtype.fields[each][0], each, struct)
                    for each in sorted(over[name], key=lambda e: at[e])
                )
                line = f"union {{ {line} struct {{ {inside} }}; }};"
            lines.append(line)
        checks = "".join(
            f"static_assert(offsetof({struct}, {name}) == {begin});\n" for name, (begin, _) in at.items()
        )
        body = "\n  ".join(lines)
        return f"struct {struct} {{\n  {body}\n}};\nstatic_assert(sizeof({struct}) == {dtype.itemsize});\n{checks}"

    def member(self, dtype: np.dtype[Any], name: str, struct: str) -> str:
        base, shape = dtype.subdtype or (dtype, ())
        if base.names:
            return f"{self.row(base, f'{struct}_{name}').struct} {name};"
        return f"{SCALARS[base.kind]} {name}{''.join(f'[{n}]' for n in shape)};"

    def named(self, name: str, members: tuple[tuple[str, Type], ...]) -> Named:
        made = Named(name, members)
        if name not in self.structs:
            lines = "\n  ".join(f"{self.c(kind)} {each};" for each, kind in members)
            self.structs[name] = f"struct {name} {{\n  {lines}\n}};\n"
        return made

    def c(self, kind: Type) -> str:
        """A type in C++."""
        if kind is None:
            return "void"
        if isinstance(kind, str):
            return kind
        if isinstance(kind, Row):
            return f"{kind.struct}*"
        if isinstance(kind, Rows):
            return f"Table<{kind.row.struct}>"
        if isinstance(kind, Array):
            return f"A{kind.dimensions}<{kind.of}>"
        if isinstance(kind, Named):
            return kind.name
        if isinstance(kind, Together):
            return f"std::tuple<{', '.join(self.c(part) for part in kind.parts)}>"
        raise TypeError(f"no C++ type for {kind}")

    # -------------------------------------------------------------------------------------------- functions
    def function(self, plain: types.FunctionType, arguments: tuple[Type, ...]) -> tuple[str, Type]:
        """Name and return type of a rule for arguments of these types, translated when first met."""
        key = (plain, arguments)
        if key not in self.made:
            name = f"{plain.__module__.split('.')[-1]}_{plain.__name__}_{len(self.made)}"
            self.made[key] = name, None
            body = Body(self, plain, arguments)
            text, returns = body.translated()
            passed = ", ".join(f"{self.passed(body.kinds[each])} {each}_" for each in body.parameters)
            self.functions.append(f"static {self.c(returns)} {name}({passed}) {{\n{text}}}\n")
            self.made[key] = name, returns
        return self.made[key]

    def passed(self, kind: Type) -> str:
        return f"const {self.c(kind)}&" if isinstance(kind, Named) else self.c(kind)


class Body:
    """One rule for arguments of known types."""

    def __init__(self, program: Program, plain: types.FunctionType, arguments: tuple[Type, ...]) -> None:
        self.program = program
        self.plain = plain
        tree: Any = ast.parse(textwrap.dedent(inspect.getsource(plain))).body[0]
        self.statements: list[ast.stmt] = tree.body
        self.parameters = [each.arg for each in tree.args.args]
        self.kinds: dict[str, Type] = dict(zip(self.parameters, arguments, strict=True))
        self.known: dict[str, Known] = {}  # names bound to rules while a loop is unrolled
        self.returns: Type = None
        self.number = 0

    def translated(self) -> tuple[str, Type]:
        for _ in range(3):  # until a type that widens late has reached all that depends on it
            self.number = 0
            text = self.block(self.statements)
        for name in self.parameters:  # parameters may be assigned to and may widen
            text = f"  {self.program.c(self.kinds[name])} {name} = {name}_;\n" + text
        declared = "".join(
            f"  {self.program.c(kind)} {name}{{}};\n"
            for name, kind in self.kinds.items()
            if name not in self.parameters
        )
        return declared + text, self.returns

    def fresh(self) -> str:
        self.number += 1
        return f"t{self.number}_"

    # ------------------------------------------------------------------------------------------- statements
    def block(self, statements: Iterable[ast.stmt]) -> str:
        return "".join(self.statement(each) for each in statements)

    def statement(self, node: Any) -> str:
        match node:
            case ast.Expr(value=ast.Constant()):
                return ""
            case ast.Expr(value=value):
                return f"  {self.value(value)[0]};\n"
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                names = [self.fresh() for _ in targets]
                found = [self.value(each) for each in values]
                text = "".join(
                    f"  auto {name} = {code};\n" for name, (code, _) in zip(names, found, strict=True)
                )
                for target, name, (_, kind) in zip(targets, names, found, strict=True):
                    text += self.assign(target, name, kind)
                return f"  {{\n{text}  }}\n"
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                name, (code, kind) = self.fresh(), self.value(value)
                text = f"  auto {name} = {code};\n"
                for place, target in enumerate(targets):
                    if not (isinstance(target, ast.Name) and target.id == "_"):
                        part = None if kind is None else kind.parts[place]
                        text += self.assign(target, f"std::get<{place}>({name})", part)
                return f"  {{\n{text}  }}\n"
            case ast.Assign(targets=targets, value=value):
                code, kind = self.value(value)
                return "".join(self.assign(target, code, kind) for target in targets)
            case ast.AugAssign(target=target, op=op, value=value):
                load = ast.parse(ast.unparse(target), mode="eval").body
                code, kind = self.value(ast.BinOp(load, op, value))
                return self.assign(target, code, kind)
            case ast.If(test=test, body=body, orelse=orelse):
                text = f"  if ({self.value(test)[0]}) {{\n{self.block(body)}  }}"
                return text + (f" else {{\n{self.block(orelse)}  }}\n" if orelse else "\n")
            case ast.While(test=test, body=body):
                return f"  while ({self.value(test)[0]}) {{\n{self.block(body)}  }}\n"
            case ast.For():
                return self.loop(node)
            case ast.Return(value=None):
                return "  return;\n"
            case ast.Return(value=value):
                code, kind = self.value(value)
                self.returns = join(self.returns, kind)
                return f"  return {code};\n"
            case ast.Continue():
                return "  continue;\n"
            case ast.Break():
                return "  break;\n"
            case ast.Pass():
                return ""
        raise TypeError(f"{self.plain.__qualname__}: {ast.unparse(node)}")

    def assign(self, target: Any, code: str, kind: Type) -> str:
        if isinstance(target, ast.Name):
            self.kinds[target.id] = join(self.kinds.get(target.id), kind)
            return f"  {target.id} = {code};\n"
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
            place, array = self.value(target.value)
            size = ".".join([place, "n"])
            if isinstance(array, Array) and array.dimensions > 1:
                size += "".join(f" * {place}.{each}" for each in ("m", "l")[: array.dimensions - 1])
            return f"  fill({place}, {code}, {size});\n"
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Tuple):
            first, *_, second = target.slice.elts
            if isinstance(first, ast.Slice):  # a column of a table of numbers
                (place, _), i = self.value(target.value), self.fresh()
                return f"  for (I {i} = 0; {i} < {place}.n; ++{i}) {place}[{i}][{self.value(second)[0]}] = {code};\n"
        return f"  {self.value(target)[0]} = {code};\n"

    def loop(self, node: ast.For) -> str:
        target, over = node.target, node.iter
        assert isinstance(target, ast.Name)
        if isinstance(over, ast.Call) and ast.unparse(over.func) == "range":
            bounds = [self.value(each)[0] for each in over.args]
            first, last = (bounds[0], bounds[1]) if len(bounds) > 1 else ("0", bounds[0])
            step, (i, end) = bounds[2] if len(bounds) > 2 else "1", (self.fresh(), self.fresh())
            compare = ">" if step.strip("()").startswith("-") else "<"
            if target.id != "_":
                self.kinds[target.id] = join(self.kinds.get(target.id), "I")
            take = "" if target.id == "_" else f"  {target.id} = {i};\n"
            head = f"  for (I {i} = {first}, {end} = {last}; {i} {compare} {end}; {i} += {step}) {{\n"
            return f"{head}{take}{self.block(node.body)}  }}\n"
        if isinstance(over, ast.Call) and ast.unparse(over.func) == "literal_unroll":
            text = ""
            for each in self.value(over.args[0])[1].value:
                self.known[target.id] = Known(each)
                text += f"  {{\n{self.block(node.body)}  }}\n"
            return text
        code, kind = self.value(over)
        if isinstance(kind, Known):
            text = ""
            for each in kind.value:
                text += self.assign(target, repr(each), self.program.type_of(each, "")) + self.block(
                    node.body
                )
            return text
        i, name = self.fresh(), self.fresh()
        each, of = (f"{name}.p + {i}", kind.row) if isinstance(kind, Rows) else (f"{name}[{i}]", kind.of)
        self.kinds[target.id] = join(self.kinds.get(target.id), of)
        head = f"  {{ auto {name} = {code};\n  for (I {i} = 0; {i} < {name}.n; ++{i}) {{\n  {target.id} = {each};\n"
        return f"{head}{self.block(node.body)}  }} }}\n"

    # ------------------------------------------------------------------------------------------ expressions
    def value(self, node: Any) -> tuple[str, Type]:
        """C++ and type of an expression."""
        match node:
            case ast.Constant(value=value):
                return self.constant(value)
            case ast.Name(id=name):
                if name in self.known:
                    return name, self.known[name]
                if name in self.kinds:
                    return name, self.kinds[name]
                return self.constant(
                    self.plain.__globals__[name] if name in self.plain.__globals__ else BUILTINS[name]
                )
            case ast.Attribute(value=value, attr=name):
                return self.attribute(*self.value(value), name)
            case ast.Subscript(value=value, slice=index):
                return self.item(*self.value(value), index)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(left, op, right)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"(!{self.value(operand)[0]})", "B"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                code, kind = self.value(operand)
                return f"(-{code})", join(kind, "I")
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                return f"({sign.join(self.value(each)[0] for each in values)})", "B"
            case ast.Compare():
                return self.compare(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                (one, kind), (other, second) = self.value(body), self.value(orelse)
                both = join(kind, second)
                return f"({self.value(test)[0]} ? {self.cast(one, both)} : {self.cast(other, both)})", both
            case ast.Tuple(elts=parts):
                found = [self.value(each) for each in parts]
                kind = Together(tuple(each for _, each in found))
                return f"{self.program.c(kind)}({', '.join(code for code, _ in found)})", kind
            case ast.Call():
                return self.call(node)
        raise TypeError(f"{self.plain.__qualname__}: {ast.unparse(node)}")

    def cast(self, code: str, kind: Type) -> str:
        return f"({kind})({code})" if kind in ORDER else code

    def constant(self, value: Any) -> tuple[str, Type]:
        if isinstance(value, bool):
            return str(value).lower(), "B"
        if isinstance(value, int):
            return f"I({value})", "I"
        if isinstance(value, float):
            if math.isnan(value) or math.isinf(value):
                limit = "quiet_NaN" if math.isnan(value) else "infinity"
                return f"({'-' if value < 0 else ''}std::numeric_limits<D>::{limit}())", "D"
            return f"D({value!r})", "D"
        return "", Known(value)

    def attribute(self, code: str, kind: Type, name: str) -> tuple[str, Type]:
        if isinstance(kind, Known):
            return self.constant(getattr(kind.value, name))
        if isinstance(kind, Named):
            return f"{code}.{name}", dict(kind.members)[name]
        assert isinstance(kind, Row), (self.plain.__qualname__, code, name)
        inner = kind.dtype.fields[name][0]  # type: ignore[index]  # rows have fields
        base, shape = inner.subdtype or (inner, ())
        if base.names:
            return f"(&{code}->{name})", self.program.row(base, f"{kind.struct}_{name}")
        if shape:
            of = SCALARS[base.kind]
            return f"A{len(shape)}<{of}>{{{code}->{name}, {', '.join(map(str, shape))}}}", Array(
                of, len(shape)
            )
        return f"{code}->{name}", SCALARS[base.kind]

    def item(self, code: str, kind: Type, index: Any) -> tuple[str, Type]:
        places = index.elts if isinstance(index, ast.Tuple) else [index]
        for place in places:
            at, _ = self.value(place)
            if isinstance(kind, Rows):
                code, kind = f"({code}.p + {at})", kind.row
            elif isinstance(kind, Together):
                code, kind = f"std::get<{at}>({code})", kind.parts[int(ast.unparse(place))]
            else:
                code = f"{code}[{at}]"
                kind = kind.of if kind.dimensions == 1 else Array(kind.of, kind.dimensions - 1)
        return code, kind

    def binary(self, left: Any, op: ast.operator, right: Any) -> tuple[str, Type]:
        (a, one), (b, other) = self.value(left), self.value(right)
        both = join(join(one, other), "I")
        if isinstance(op, ast.Div):
            return f"((D)({a}) / (D)({b}))", "D"
        if isinstance(op, ast.Pow):
            if isinstance(right, ast.Constant) and right.value == 2:
                return f"(({a}) * ({a}))", both
            return f"std::pow((D)({a}), (D)({b}))", "D"
        if isinstance(op, ast.FloorDiv) and both == "I":
            return f"floordiv({a}, {b})", both
        if isinstance(op, ast.Mod) and both == "I":
            return f"modulo({a}, {b})", both
        return f"({self.cast(a, both)} {OPERATORS[type(op)]} {self.cast(b, both)})", both

    def compare(self, node: ast.Compare) -> tuple[str, Type]:
        sides = [self.value(each)[0] for each in (node.left, *node.comparators)]
        parts = [
            f"({one} {RELATIONS[type(op)]} {other})"
            for one, op, other in zip(sides, node.ops, sides[1:], strict=False)
        ]
        return f"({' && '.join(parts)})", "B"

    # ------------------------------------------------------------------------------------------------ calls
    def call(self, node: ast.Call) -> tuple[str, Type]:
        called = self.value(node.func)[1].value
        plain = getattr(called, "py_func", called)
        found = [self.value(each) for each in node.args]
        if isinstance(plain, types.FunctionType) and plain.__module__.startswith("sim"):
            names = list(inspect.signature(plain).parameters)[len(found) :]
            named = {each.arg: self.value(each.value) for each in node.keywords}
            found += [named[name] for name in names]
            name, returns = self.program.function(plain, tuple(kind for _, kind in found))
            return f"{name}({', '.join(code for code, _ in found)})", returns
        codes, kinds = [code for code, _ in found], [kind for _, kind in found]
        if hasattr(called, "_fields"):
            made = self.program.named(called.__name__, tuple(zip(called._fields, kinds, strict=True)))
            return f"{made.name}{{{', '.join(codes)}}}", made
        return self.builtin(called, codes, kinds, node)

    def builtin(self, called: Any, codes: list[str], kinds: list[Type], node: ast.Call) -> tuple[str, Type]:
        if called in (min, max):
            both, code = kinds[0], codes[0]
            for each, kind in zip(codes[1:], kinds[1:], strict=True):
                both = join(both, kind)
                code = f"std::{called.__name__}<{both}>({code}, {each})"
            return code, both
        if called is len:
            size = len(kinds[0].value) if isinstance(kinds[0], Known) else f"{codes[0]}.n"
            return str(size), "I"
        if called is abs:
            return f"std::abs({codes[0]})", kinds[0]
        if called in (int, float, bool):
            kind = {int: "I", float: "D", bool: "B"}[called]
            return self.cast(codes[0], kind), kind
        if called is math.isnan:
            return f"std::isnan({codes[0]})", "B"
        if getattr(math, called.__name__, None) is called:
            return f"std::{called.__name__}({', '.join(self.cast(code, 'D') for code in codes)})", "D"
        of = (
            "I" if called is np.arange or (len(node.args) > 1 and "int" in ast.unparse(node.args[1])) else "D"
        )
        if called in (np.zeros, np.empty) and isinstance(kinds[0], Together):
            size = [self.value(each)[0] for each in node.args[0].elts]  # type: ignore[attr-defined]  # a tuple
            return f"A2<{of}>{{zeros<{of}>({size[0]} * {size[1]}).p, {size[0]}, {size[1]}}}", Array(of, 2)
        if called in (np.zeros, np.empty, np.arange):
            return f"{'upto' if called is np.arange else 'zeros'}<{of}>({codes[0]})", Array(of, 1)
        raise TypeError(f"{self.plain.__qualname__}: {ast.unparse(node)}")


BUILTINS: dict[str, Any] = {each.__name__: each for each in (min, max, len, abs, int, float, bool, range)}


def program(arguments: tuple[Any, ...]) -> str:
    """The C++ of ``run_quarters`` for arguments like these."""
    made = Program()
    names = list(inspect.signature(run_quarters).parameters)
    kinds = tuple(made.type_of(value, name) for name, value in zip(names, arguments, strict=True))
    name, _ = made.function(run_quarters.py_func, kinds)
    handed, at = [], 0
    for kind in kinds:
        members = [each for _, each in kind.members] if isinstance(kind, Named) else [kind]
        codes = []
        for each in members:
            codes.append(_handed(made, each, at))
            at += 1
        handed.append(f"{made.c(kind)}{{{', '.join(codes)}}}" if isinstance(kind, Named) else codes[0])
    entry = (
        'extern "C" void entry(void** p, I (*n)[3], I* out) {\n  arena_used = 0;\n'
        f"  auto got = {name}({', '.join(handed)});\n  out[0] = std::get<0>(got); out[1] = std::get<1>(got);\n}}\n"
    )
    return "\n".join([HEAD, *made.structs.values(), *made.functions, entry])


def _handed(made: Program, kind: Type, at: int) -> str:
    """How the entry takes an argument from its place."""
    if kind in ORDER:
        return f"*({kind}*)p[{at}]"
    if isinstance(kind, Row):
        return f"({made.c(kind)})p[{at}]"
    of = f"{kind.row.struct}" if isinstance(kind, Rows) else kind.of
    dimensions = 1 if isinstance(kind, Rows) else kind.dimensions
    return f"{made.c(kind)}{{({of}*)p[{at}], {', '.join(f'n[{at}][{each}]' for each in range(dimensions))}}}"


def compiler() -> str | None:
    """The C++ compiler of this machine, if there is one."""
    return shutil.which(os.environ.get("CXX", "g++"))


def built(
    arguments: tuple[Any, ...], folder: Path, same_bits: bool = False
) -> Callable[..., tuple[int, int]]:
    """``run_quarters`` in C++: takes the same arguments, returns the same."""
    text = program(arguments)
    flags = (*FLAGS, *(SAME_BITS if same_bits else ()))
    stem = folder / hashlib.sha256(" ".join([text, *flags]).encode()).hexdigest()[:16]
    library = stem.with_suffix(".so")
    if not library.exists():
        stem.with_suffix(".cpp").write_text(text)
        command = [str(compiler()), *flags, str(stem.with_suffix(".cpp")), "-o", str(library)]
        subprocess.run(command, check=True)
    entry = ctypes.CDLL(str(library)).entry

    def run(*given: Any) -> tuple[int, int]:
        pointers, shapes, kept = [], [], []
        for value in given:
            for each in value if isinstance(value, tuple) else (value,):
                array = np.asarray(each) if isinstance(each, np.ndarray) else np.array(each)
                if isinstance(each, np.record):
                    array = np.frombuffer(each.tobytes(), np.uint8)
                kept.append(array)
                pointers.append(array.ctypes.data)
                shapes += [*array.shape, 0, 0, 0][:3]
        out = np.zeros(2, np.int64)
        entry(
            (ctypes.c_void_p * len(pointers))(*pointers),
            (ctypes.c_int64 * len(shapes))(*shapes),
            out.ctypes.data_as(ctypes.POINTER(ctypes.c_int64)),
        )
        return int(out[0]), int(out[1])

    return run
