"""Outputs: every measured quantity, by family, and the one pass over the world that measures them all.

An output is a compiled function whose docstring is its definition; ``@output`` adds unit, kind and labels.
The name of its first argument says what it is measured from:

``f(enterprise, p)``     of an enterprise: added up (flow, stock) or averaged (rate) over the living, of the
                         cluster and of every stage, product, size, ownership and origin: the *cells*
``f(cell, p)``           a ratio of such sums and means, for the cluster and the cells of the levels in ``by``
``f(region, p)``         of the cluster, from what there is once
``f(totals, world, p)``  of the cluster, from all cells and the world

How a year follows from quarters: flows add up, of a stock the last counts, a rate is averaged.

``observe`` writes one row of numbers: for every output the cells that are kept, then the gap to the frontier
in each technology field, then what each instrument cost and brought. ``layout`` says what stands where.

To add an output, add a function to a file of this folder, or a file: it is found by itself.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.compiled import literal_unroll, rule
from sim.declare import MEASURES, OUTPUTS, RESERVED
from sim.outputs.cells import (
    CELLS,
    LEVELS,
    ORIGIN_CELL,
    ORIGINS,
    OWNERSHIP_CELL,
    OWNERSHIPS,
    PRODUCT_CELL,
    SIZE_CELL,
    SIZES,
    STAGE_CELL,
    TOTAL,
)
from sim.outputs.innovation import gap_in_field
from sim.outputs.networks import MEASURED, measure_networks
from sim.world import FIELDS, PRODUCTS, STAGES

GROUPS: dict[str, tuple[str, str]] = {
    "chain_extension": ("Chain extension", "产业链延伸"),
    "innovation": ("Innovation", "技术创新"),
    "cluster": ("Cluster", "产业集群"),
    "networks": ("Networks", "网络联系"),
    "openness": ("Openness", "开放程度"),
    "public_money": ("Public money", "公共资金"),
}

for _found in sorted(found.name for found in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_found}")


def _measured_from(first: str) -> tuple[str, ...]:
    """Names of the outputs whose first argument is this, in order."""
    plain = {
        name: getattr(declared.function, "py_func", declared.function) for name, declared in OUTPUTS.items()
    }
    return tuple(
        sorted(name for name, function in plain.items() if function.__code__.co_varnames[0] == first)
    )


def _functions(names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(OUTPUTS[name].function for name in names)


ENTERPRISE_NAMES = _measured_from("enterprise")
REGION_NAMES = _measured_from("region")
WORLD_NAMES = _measured_from("totals")
CELL_NAMES = _measured_from("cell")
NAMES = ENTERPRISE_NAMES + REGION_NAMES + WORLD_NAMES + CELL_NAMES
ENTERPRISE_OUTPUTS = _functions(ENTERPRISE_NAMES)
REGION_OUTPUTS = _functions(REGION_NAMES)
WORLD_OUTPUTS = _functions(WORLD_NAMES)
CELL_OUTPUTS = _functions(CELL_NAMES)
RATES = tuple(place for place, name in enumerate(ENTERPRISE_NAMES) if OUTPUTS[name].kind == "rate")

# What is also kept per technology field and per instrument; the latter in the order of ``books_of``.
PER_FIELD = "capability_gap"
PER_MEASURE = ("public_outlay", "tax_expenditure", "implicit_transfers", "administration", "public_revenue")

# Where the outputs of each kind begin in NAMES, and what follows them in the first column of ``recorded``.
REGION_FIRST = len(ENTERPRISE_NAMES)
WORLD_FIRST = REGION_FIRST + len(REGION_NAMES)
CELL_FIRST = WORLD_FIRST + len(WORLD_NAMES)
FIELD_FIRST = CELL_FIRST + len(CELL_NAMES)
MEASURE_FIRST = FIELD_FIRST + 1


class Slot(NamedTuple):
    """What one number of a row is.

    ``level``: total, one of LEVELS, field or measure. ``key``: number of the stage, row of the product or
    field, code of the size class, ownership, origin or measure; 0 in total.
    """

    output: str
    level: str
    key: int


FIRST_CELL = {
    "total": TOTAL,
    "stage": STAGE_CELL,
    "product": PRODUCT_CELL,
    "size": SIZE_CELL,
    "ownership": OWNERSHIP_CELL,
    "origin": ORIGIN_CELL,
}


def layout(
    stages: int = STAGES - 1,
    products: int = PRODUCTS,
    fields: int = FIELDS,
    levels: Sequence[str] = (*LEVELS, "field", "measure"),
) -> list[Slot]:
    """The slots of a row for a chain of so many stages, products, fields; totals and ``levels`` are kept."""
    keys: dict[str, Iterable[int]] = {
        "stage": range(1, stages + 1),
        "product": range(products),
        "size": range(SIZES),
        "ownership": range(OWNERSHIPS),
        "origin": range(ORIGINS),
    }
    slots: list[Slot] = []
    for name in NAMES:
        slots.append(Slot(name, "total", 0))
        for level in LEVELS:
            if level in OUTPUTS[name].by and level in levels:
                slots.extend(Slot(name, level, key) for key in keys[level])
    if "field" in levels:
        slots.extend(Slot(PER_FIELD, "field", field) for field in range(fields))
    if "measure" in levels:
        slots.extend(Slot(name, "measure", code) for name in PER_MEASURE for code in range(len(MEASURES)))
    return slots


def recorded(slots: Iterable[Slot] | None = None) -> np.ndarray[Any, Any]:
    """For every slot the function that gives it and the cell or row that it is asked about."""
    pairs = []
    for each in layout() if slots is None else slots:
        if each.level == "field":
            pairs.append((FIELD_FIRST, each.key))
        elif each.level == "measure":
            pairs.append((MEASURE_FIRST + PER_MEASURE.index(each.output), each.key))
        else:
            pairs.append((NAMES.index(each.output), FIRST_CELL[each.level] + each.key))
    return np.array(pairs, np.int64).reshape(-1, 2)


def totals_table() -> Any:
    """One row per cell, one number per enterprise output; ``values`` holds the same numbers under one name.

    Beside them ``members`` counts the enterprises of the cell. In cell 0 stand the quarter and, as in
    ``networks``, the measures of the two networks.
    """
    others = ["members", "quarter", "supply", "partnership"]
    owned = {*ENTERPRISE_NAMES, *others} & RESERVED
    if owned:
        raise TypeError(f"{', '.join(sorted(owned))}: numpy's records own this name; choose another")
    number = len(ENTERPRISE_NAMES)
    network = (np.float64, (MEASURED,))
    formats: list[Any] = [np.float64] * number
    formats += [np.float64, np.int64, network, network, (np.float64, (number,))]
    offsets = [*range(number + 3), number + 2 + MEASURED, 0]
    record: Any = {
        "names": [*ENTERPRISE_NAMES, *others, "values"],
        "formats": formats,
        "offsets": [8 * offset for offset in offsets],
        "itemsize": 8 * (number + 2 + 2 * MEASURED),
    }
    return np.zeros(CELLS, np.dtype((np.record, np.dtype(record)))).view(np.recarray)


class View(NamedTuple):
    """The tables that outputs look at, not the whole world: for these they compile twice as fast."""

    enterprises: Any
    institutes: Any
    talents: Any
    innovations: Any
    products: Any
    processes: Any
    fields: Any
    region: Any
    measures: Any
    money: Any
    goods: Any


@rule
def view(world):
    """What outputs look at."""
    return View(
        world.enterprises,
        world.institutes,
        world.talents,
        world.innovations,
        world.products,
        world.processes,
        world.fields,
        world.region,
        world.measures,
        world.money,
        world.goods,
    )


@rule
def observe(world, p, now, totals, kept, into):
    """Measure all at the end of a quarter: a number in ``into`` for every pair of ``kept`` (``recorded``)."""
    totals[0].quarter = now.t
    look(view(world), p, totals, kept, into)


@rule
def look(world, p, totals, kept, into):
    """``observe``, of what outputs look at."""
    add_up(world, p, totals)
    measure_networks(world, totals[0].supply, totals[0].partnership)
    of_all = np.zeros(CELL_FIRST)
    look_at_region(world.region[0], p, of_all)
    look_at_world(totals, world, p, of_all)
    for place in range(len(kept)):
        function, at = kept[place, 0], kept[place, 1]
        if function < REGION_FIRST:
            into[place] = totals[at].values[function]
        elif function < CELL_FIRST:
            into[place] = of_all[function]
        elif function == FIELD_FIRST:
            into[place] = gap_in_field(world, at) if at < len(world.fields) else math.nan
        elif function >= MEASURE_FIRST:
            into[place] = books_of(world.measures[at], function - MEASURE_FIRST)
    look_at_cells(totals, p, kept, into)


@rule
def look_at_enterprise(enterprise, p, seen):
    """All outputs of an enterprise, in the order of NAMES."""
    place = 0
    for measured in literal_unroll(ENTERPRISE_OUTPUTS):
        seen[place] = measured(enterprise, p)
        place += 1  # noqa: SIM113  # numba does not unroll an enumeration


@rule
def look_at_region(region, p, seen):
    """All outputs of the region, in the order of NAMES."""
    place = REGION_FIRST
    for measured in literal_unroll(REGION_OUTPUTS):
        seen[place] = measured(region, p)
        place += 1


@rule
def look_at_world(totals, world, p, seen):
    """All outputs of cells and world, in the order of NAMES."""
    place = WORLD_FIRST
    for measured in literal_unroll(WORLD_OUTPUTS):
        seen[place] = measured(totals, world, p)
        place += 1


@rule
def look_at_cells(totals, p, kept, into):
    """All outputs of a cell, for the cells that are kept."""
    place = 0
    while place < len(kept) and kept[place, 0] < CELL_FIRST:
        place += 1
    function = CELL_FIRST
    for measured in literal_unroll(CELL_OUTPUTS):
        while place < len(kept) and kept[place, 0] == function:
            into[place] = measured(totals[kept[place, 1]], p)
            place += 1
        function += 1


@rule
def books_of(measure, kind):
    """One of PER_MEASURE of an instrument."""
    if kind == 0:
        return measure.outlay
    if kind == 1:
        return measure.tax_expenditure
    if kind == 2:
        return measure.implicit
    if kind == 3:
        return measure.administration
    return measure.revenue


@rule
def add_up(world, p, totals):
    """Every enterprise output, added up by cell; stages from products, the total from stages."""
    for cell in totals:
        cell.members = 0.0
        values = cell.values
        for place in range(len(values)):
            values[place] = 0.0
    seen = np.zeros(REGION_FIRST)
    for enterprise in world.enterprises:
        if enterprise.alive:
            look_at_enterprise(enterprise, p, seen)
            add(totals[PRODUCT_CELL + enterprise.product], 1.0, seen)
            add(totals[SIZE_CELL + enterprise.size_class], 1.0, seen)
            add(totals[OWNERSHIP_CELL + enterprise.ownership], 1.0, seen)
            add(totals[ORIGIN_CELL + enterprise.origin], 1.0, seen)
    for row in range(len(world.products)):
        cell = totals[PRODUCT_CELL + row]
        add(totals[STAGE_CELL + world.products[row].stage], cell.members, cell.values)
    for stage in range(1, STAGES):
        cell = totals[STAGE_CELL + stage]
        add(totals[TOTAL], cell.members, cell.values)
    for cell in totals:
        for rate in RATES:
            cell.values[rate] = cell.values[rate] / cell.members if cell.members > 0.0 else 0.0


@rule
def add(cell, members, values):
    """Add members and values to a cell."""
    cell.members += members
    sums = cell.values
    for place in range(len(values)):
        sums[place] += values[place]
