"""Declarations: every column, wedge, parameter, lever and output is declared once, here in form, elsewhere in content.

A declaration carries what a reader, a check and a generated table need: default, unit, meaning, range, source.
Everything else (record types, scenario keys, error messages, sliders, tables in the docs, bounds for designs) is
derived from it, so no second place has to agree.

Rows      a class of columns becomes one aligned numpy record type. Three kinds of column:
          *state* lives on; a *flow* starts every quarter at nil; a *wedge* starts every quarter at its neutral value
          and is where policies bite. Flows and wedges lie together at the end of the record and are reset by one
          assignment through the overlapping field ``each_quarter``.
Parameters a class of numbers per submodel; all classes together are one record ``p`` (see ``quarter``).
Levers    a class per policy instrument; all classes together are one record per quarter (see ``policies``).
Outputs   a function per measured quantity (see ``outputs``).
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

# Names that numpy's record arrays already answer to: a column of such a name would be hidden by the method.
RESERVED = frozenset(name for name in dir(np.recarray) + dir(np.record) if not name.startswith("_")) | {
    "each_quarter",
    "values",
}

Combine = Literal["sum", "product", "min", "max"]
NEUTRAL: dict[str, float] = {"sum": 0.0, "product": 1.0, "min": math.inf, "max": 0.0}


@dataclass(frozen=True)
class Column:
    """One column of a table: its unit and meaning, how many slots a row holds, and how it starts a quarter."""

    unit: str
    meaning: str
    kind: Literal["state", "flow", "wedge"] = "state"
    slots: int = 0
    low: float = -math.inf
    high: float = math.inf
    combine: Combine | None = None
    type: type = float

    @property
    def neutral(self) -> float:
        """The value at the start of each quarter (flows and wedges only)."""
        return NEUTRAL[self.combine] if self.combine else 0.0


def column(unit: str, meaning: str, *, slots: int = 0, low: float = -math.inf, high: float = math.inf) -> Any:
    """A state column: lives from quarter to quarter until a rule changes it. ``low`` and ``high`` are tested."""
    return Column(unit, meaning, "state", slots, low, high)


def flow(unit: str, meaning: str, *, slots: int = 0, low: float = -math.inf) -> Any:
    """A flow column: nil at the start of each quarter, what has accrued in it at the end."""
    return Column(unit, meaning, "flow", slots, low)


def wedge(unit: str, meaning: str, combine: Combine = "sum", *, slots: int = 0) -> Any:
    """A place where policy bites. Neutral at the start of each quarter; instruments combine their doing by ``combine``."""
    return Column(unit, meaning, "wedge", slots, combine=combine)


@dataclass(frozen=True)
class Table:
    """A record type built from a class of columns."""

    name: str
    doc: str
    columns: dict[str, Column]
    dtype: np.dtype[Any]
    neutral: np.ndarray[Any, Any]

    def rows(self, number: int) -> Any:
        """``number`` rows of zeros with flows and wedges at their neutral value, as a record array."""
        table = np.zeros(number, self.dtype)
        if self.neutral.size:
            table["each_quarter"] = self.neutral
        return table.view(np.recarray)


TABLES: dict[str, Table] = {}
_TYPES: dict[str, np.dtype[Any]] = {
    "int": np.dtype(np.int64),
    "float": np.dtype(np.float64),
    "bool": np.dtype(np.bool_),
}


def row(declared: type) -> Table:
    """Class decorator: turn a class of columns into a :class:`Table`. The class name is the singular of the table."""
    columns: dict[str, Column] = {}
    for name, annotation in declared.__annotations__.items():
        made = getattr(declared, name)
        if name in RESERVED:
            raise TypeError(f"{declared.__name__}.{name}: numpy's records own this name; choose another")
        columns[name] = Column(**{**made.__dict__, "type": getattr(builtins, str(annotation))})
    once = {name: made for name, made in columns.items() if made.kind == "state"}
    anew = {name: made for name, made in columns.items() if made.kind != "state"}
    dtype, neutral = _layout(once, anew)
    table = Table(declared.__name__, declared.__doc__ or "", columns, dtype, neutral)
    TABLES[declared.__name__] = table
    return table


def _layout(once: dict[str, Column], anew: dict[str, Column]) -> tuple[np.dtype[Any], np.ndarray[Any, Any]]:
    """Offsets of an aligned record: state first, then flows and wedges as one block of floats under two names."""
    # numba cannot hold arrays of booleans inside a record: slotted truth values are bytes.
    names: list[str] = []
    formats: list[Any] = []
    offsets: list[int] = []
    offset = 0
    for name, made in sorted(
        once.items(), key=lambda item: _TYPES[item[1].type.__name__].itemsize, reverse=True
    ):
        base = _TYPES[made.type.__name__]
        names.append(name)
        slotted = np.dtype(np.uint8) if base == np.bool_ else base
        formats.append((slotted, (made.slots,)) if made.slots else base)
        offsets.append(offset)
        offset += base.itemsize * max(1, made.slots)
    offset = -(-offset // 8) * 8
    begin = offset
    neutral: list[float] = []
    for name, made in anew.items():
        names.append(name)
        formats.append((np.float64, (made.slots,)) if made.slots else np.float64)
        offsets.append(offset)
        width = max(1, made.slots)
        neutral.extend([made.neutral] * width)
        offset += 8 * width
    if neutral:
        names.append("each_quarter")
        formats.append((np.float64, (len(neutral),)))
        offsets.append(begin)
    layout = {"names": names, "formats": formats, "offsets": offsets, "itemsize": offset}
    return np.dtype((np.record, np.dtype(cast(Any, layout), align=True))), np.array(neutral)


@dataclass(frozen=True)
class Parameter:
    """One number of the model with its unit, meaning, plausible range and source.

    ``kind`` says what it is in a study: an *assumption* is uncertain and varied in designs, a *structural* number
    belongs to the form of the model.
    """

    default: float
    unit: str
    meaning: str
    low: float
    high: float
    source: str
    kind: Literal["assumption", "structural"] = "assumption"


def parameter(
    default: float,
    unit: str,
    meaning: str,
    bounds: tuple[float, float],
    *,
    source: str,
    kind: Literal["assumption", "structural"] = "assumption",
) -> Any:
    """Declare a parameter. Raises ``ValueError`` when the default lies outside its own range."""
    low, high = bounds
    if not low <= default <= high:
        raise ValueError(f"{meaning}: default {default} outside {low}..{high}")
    return Parameter(default, unit, meaning, low, high, source, kind)


PARAMETERS: dict[str, dict[str, Parameter]] = {}


def parameters(declared: type) -> type:
    """Class decorator: register a submodel's parameters under the class name in snake_case."""
    name = snake(declared.__name__)
    PARAMETERS[name] = {key: value for key, value in vars(declared).items() if isinstance(value, Parameter)}
    return declared


def parameter_record() -> Any:
    """All parameters as one record of nested records, at their defaults."""
    dtype = np.dtype(
        [(group, np.dtype([(name, np.float64) for name in members])) for group, members in PARAMETERS.items()]
    )
    record = np.zeros(1, dtype).view(np.recarray)
    for group, members in PARAMETERS.items():
        for name, declared in members.items():
            record[group][name] = declared.default
    return record[0]


def snake(name: str) -> str:
    """CamelCase to snake_case."""
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))


# ---------------------------------------------------------------------------------------------------------------
# Measures: a policy's line in the public books, one per instrument. Rules that raise a claim and the instrument that causes
# it name the same measure; its code is the place of the instrument's file among the files of ``policies``.
MEASURES: tuple[str, ...] = tuple(
    sorted(
        path.stem
        for path in (Path(__file__).parent / "policies").glob("*.py")
        if path.stem not in ("__init__", "targeting")
    )
)


def measure(name: str) -> int:
    """The code of an instrument's line in the public books. Raises ``ValueError`` when there is no such instrument."""
    return MEASURES.index(name)


# Kinds of money flow; their order is that of ``accounts`` and of the chapters of ``rules``.
MONEY: list[str] = []


def money(meaning: str) -> int:
    """The code of a kind of payment; ``meaning`` is its line in the transaction-flow matrix."""
    if meaning not in MONEY:
        MONEY.append(meaning)
    return MONEY.index(meaning)


# ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Lever:
    """One number of an instrument that a scenario may set over time."""

    default: float
    unit: str
    meaning: str
    hard: tuple[float, float]
    typical: tuple[float, float]
    ahead: bool = False


def lever(
    default: float,
    unit: str,
    meaning: str,
    *,
    hard: tuple[float, float],
    typical: tuple[float, float],
    ahead: bool = False,
) -> Any:
    """Declare a lever. ``default`` must be neutral. ``ahead``: an announced change reaches rules before it is in force."""
    return Lever(default, unit, meaning, hard, typical, ahead)


@dataclass(frozen=True)
class InstrumentDeclaration:
    """What is known of an instrument without running it."""

    name: str
    group: str
    label: tuple[str, str]
    doc: str
    levers: dict[str, Lever]
    bites: tuple[str, ...]
    measure: int
    primary: str
    sign: int
    targets: tuple[str, ...]
    free: str
    costs: tuple[str, ...]


INSTRUMENTS: dict[str, InstrumentDeclaration] = {}

Targets = tuple[Literal["stages", "products", "sizes", "ownerships"], ...]


class Instrument:
    """Base class of instruments: a class that only declares levers. See ``policies``."""

    label: tuple[str, str]


def instrument(
    *,
    group: str,
    bites: tuple[str, ...],
    primary: str,
    sign: Literal[-1, 1],
    targets: Targets = (),
    costs: tuple[str, ...] = ("outlay", "administration"),
    free: str = "",
) -> Callable[[type], type]:
    """Class decorator for an instrument.

    group    one of the groups of ``policies.GROUPS``
    bites    the wedges it adds to, as ``table.column``
    primary  the output that it is declared beforehand to move, ``sign`` the direction (judged at a typical setting)
    targets  by what it can be aimed: stages, products, sizes, ownerships
    costs    the kinds of public cost it books: outlay, tax expenditure, implicit transfer, administration
    free     why no outlay is booked, when none is
    """

    def declare(declared: type) -> type:
        name = snake(declared.__name__)
        levers = {key: value for key, value in vars(declared).items() if isinstance(value, Lever)}
        INSTRUMENTS[name] = InstrumentDeclaration(
            name,
            group,
            declared.__dict__["label"],
            declared.__doc__ or "",
            levers,
            bites,
            measure(name),
            primary,
            sign,
            targets,
            free,
            costs,
        )
        return declared

    return declare


# ---------------------------------------------------------------------------------------------------------------
Level = Literal["stage", "product", "size", "ownership", "origin"]


@dataclass(frozen=True)
class Output:
    """One measured quantity: definition, unit, how it adds up over time and over which groups it is kept."""

    name: str
    unit: str
    kind: Literal["flow", "stock", "rate"]
    label: tuple[str, str]
    doc: str
    by: tuple[Level, ...]
    of: str
    group: str
    better: Literal["higher", "lower", ""]
    function: Any = field(repr=False)


OUTPUTS: dict[str, Output] = {}


def output(
    unit: str,
    kind: Literal["flow", "stock", "rate"],
    *,
    label: tuple[str, str],
    group: str,
    of: Literal["enterprise", "cluster"] = "cluster",
    by: tuple[Level, ...] = (),
    better: Literal["higher", "lower", ""] = "",
) -> Callable[[Any], Any]:
    """Register a compiled rule as an output; its docstring is the definition.

    ``of="enterprise"``: ``f(enterprise, p)``, summed (flow, stock) or averaged (rate) over living enterprises, in
    total and for every level in ``by``. ``of="cluster"``: from what has been added up or from the world; the name of
    the first argument says what the function looks at (see ``outputs``).
    """

    def declare(function: Any) -> Any:
        plain = getattr(function, "py_func", function)
        OUTPUTS[plain.__name__] = Output(
            plain.__name__, unit, kind, label, (plain.__doc__ or "").strip(), by, of, group, better, function
        )
        return function

    return declare
