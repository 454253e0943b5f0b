"""Outputs: every measured quantity, by family, and the one pass over the world that measures them all.

An output is a compiled function whose docstring is its definition; ``@output`` adds unit, kind and labels.

of an enterprise  ``f(enterprise, p)``: added up (flow, stock) or averaged (rate) over living enterprises: of
                  the cluster, and of every stage, product, size class, ownership and origin (the *cells*)
of the cluster    ``f(totals, world, p)``: from the totals just made and from the world. One that names levels
                  in ``by`` reads ``totals[0]`` only; it is called for each of their cells as ``totals[0]``

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

ENTERPRISE_NAMES = tuple(sorted(n for n, each in OUTPUTS.items() if each.of == "enterprise"))
CLUSTER_NAMES = tuple(sorted(n for n, each in OUTPUTS.items() if each.of == "cluster" and not each.by))
RATIO_NAMES = tuple(sorted(n for n, each in OUTPUTS.items() if each.of == "cluster" and each.by))
NAMES = ENTERPRISE_NAMES + CLUSTER_NAMES + RATIO_NAMES
ENTERPRISE_OUTPUTS: tuple[Any, ...] = tuple(OUTPUTS[name].function for name in ENTERPRISE_NAMES)
CLUSTER_OUTPUTS: tuple[Any, ...] = tuple(OUTPUTS[name].function for name in CLUSTER_NAMES)
RATIO_OUTPUTS: tuple[Any, ...] = tuple(OUTPUTS[name].function for name in RATIO_NAMES)
RATES = tuple(place for place, name in enumerate(ENTERPRISE_NAMES) if OUTPUTS[name].kind == "rate")

# What is also kept per technology field and per instrument; the latter in the order of ``books_of``.
PER_FIELD = "capability_gap"
PER_MEASURE = ("public_outlay", "tax_expenditure", "implicit_transfers", "administration", "public_revenue")

# Where the functions of each kind begin in the first column of ``recorded``.
CLUSTER_FIRST = len(ENTERPRISE_NAMES)
RATIO_FIRST = CLUSTER_FIRST + len(CLUSTER_NAMES)
FIELD_FIRST = RATIO_FIRST + len(RATIO_NAMES)
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
    """The tables of the world that outputs may look at: passed on instead of all, which compiles twice as fast."""

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
    balances: Any
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
        world.balances,
        world.goods,
    )


@rule
def observe(world, p, now, totals, kept, into):
    """Measure all at the end of a quarter: a number in ``into`` for every pair of ``kept`` (``recorded``)."""
    measure_all(view(world), p, now, totals, kept, into)


@rule
def measure_all(world, p, now, totals, kept, into):
    """``observe`` of what outputs look at."""
    totals[0].quarter = now.t
    add_up(world, p, totals)
    measure_networks(world, totals[0].supply, totals[0].partnership)
    whole = np.zeros(len(CLUSTER_OUTPUTS))
    look_at_cluster(totals, world, p, whole)
    for place in range(len(kept)):
        function, cell = kept[place, 0], kept[place, 1]
        if function < CLUSTER_FIRST:
            into[place] = totals[cell].values[function]
        elif function < RATIO_FIRST:
            into[place] = whole[function - CLUSTER_FIRST]
        elif function == FIELD_FIRST:
            into[place] = gap_in_field(world, cell) if cell < len(world.fields) else math.nan
        elif function >= MEASURE_FIRST:
            into[place] = books_of(world.measures[cell], function - MEASURE_FIRST)
    look_at_cells(totals, world, p, kept, into)


@rule
def look_at_cluster(totals, world, p, whole):
    """All outputs of the cluster that name no levels, in the order of their names."""
    place = 0
    for measured in literal_unroll(CLUSTER_OUTPUTS):
        whole[place] = measured(totals, world, p)
        place += 1  # noqa: SIM113  # numba does not unroll an enumeration


@rule
def look_at_cells(totals, world, p, kept, into):
    """All outputs of the cluster that name levels, for the cells that are kept."""
    place = 0
    while place < len(kept) and kept[place, 0] < RATIO_FIRST:
        place += 1
    function = RATIO_FIRST
    for measured in literal_unroll(RATIO_OUTPUTS):
        while place < len(kept) and kept[place, 0] == function:
            into[place] = measured(totals[kept[place, 1] :], world, p)
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
        cell.values[:] = 0.0
    seen = np.zeros(CLUSTER_FIRST)
    for enterprise in world.enterprises:
        if enterprise.alive:
            look_at(enterprise, p, seen)
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
def look_at(enterprise, p, seen):
    """All enterprise outputs of one enterprise, in the order of their names."""
    place = 0
    for measured in literal_unroll(ENTERPRISE_OUTPUTS):
        seen[place] = measured(enterprise, p)
        place += 1  # noqa: SIM113  # numba does not unroll an enumeration


@rule
def add(cell, members, values):
    """Add members and values to a cell."""
    cell.members += members
    cell.values[:] += values
