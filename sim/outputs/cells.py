"""Cells: the groups of enterprises over which outputs are added up, and the small helpers that outputs share.

Cell 0 is the whole cluster, then comes one cell per stage, product, size class, ownership and origin. A row
of the totals holds the sums (flows, stocks) or means (rates) of all enterprise outputs over the members of a
cell.

Outputs know no chain in particular. Where the raw material ends and making begins is read from the data:

    materials stage  the lowest stage with a product that is not a commodity                            (1)
    base stage       the stage after the first, or the first itself if making begins right after it     (2)

In the reference chain (1) is new materials and (2) is separated oxides.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.accounts import SECTORS
from sim.compiled import rule
from sim.declare import Level
from sim.world import (
    CLASS_NAMES,
    COMMODITY,
    ORIGIN_NAMES,
    OWNERSHIP_NAMES,
    PRODUCTS,
    SIZE_NAMES,
    STAGES,
)

LEVELS: tuple[Level, ...] = ("stage", "product", "size", "ownership", "origin")

SIZES, OWNERSHIPS, ORIGINS = len(SIZE_NAMES), len(OWNERSHIP_NAMES), len(ORIGIN_NAMES)
CLASSES = len(CLASS_NAMES)  # of innovations
TOTAL = 0
STAGE_CELL = 0  # stages are counted from 1, so stage s is cell s
PRODUCT_CELL = STAGE_CELL + STAGES
SIZE_CELL = PRODUCT_CELL + PRODUCTS
OWNERSHIP_CELL = SIZE_CELL + SIZES
ORIGIN_CELL = OWNERSHIP_CELL + OWNERSHIPS
CELLS = ORIGIN_CELL + ORIGINS


class Sums(NamedTuple):
    """What a part of the chain brings in a quarter, million CNY; volumes at reference prices."""

    output: float
    output_volume: float
    value_added: float
    value_added_volume: float


@rule
def ratio(part, whole):
    """``part`` over ``whole``, nil where there is no whole."""
    return part / whole if whole > 0.0 else 0.0


@rule
def materials_stage(world):
    """(1); beyond the last stage in a chain of commodities only."""
    lowest = STAGES
    for product in world.products:
        if product.pricing != COMMODITY:
            lowest = min(lowest, product.stage)
    return lowest


@rule
def base_stage(world):
    """(2)."""
    return max(1, min(2, materials_stage(world) - 1))


@rule
def content(product, critical):
    """Raw material contained in a unit: all of it, or the critical part."""
    return product.critical if critical else product.reo


@rule
def sums_from(totals, world, stage, counted_only):
    """Output and value added from a stage on; ``counted_only``: of products that history counts."""
    output = 0.0
    output_volume = 0.0
    value_added = 0.0
    value_added_volume = 0.0
    for place in range(len(world.products)):
        product = world.products[place]
        if product.stage >= stage and (product.counted or not counted_only):
            output += totals[PRODUCT_CELL + place].output_value
            output_volume += totals[PRODUCT_CELL + place].output_volume
            value_added += totals[PRODUCT_CELL + place].value_added
            value_added_volume += totals[PRODUCT_CELL + place].value_added_volume
    return Sums(output, output_volume, value_added, value_added_volume)


@rule
def paid(world, kind):
    """All payments of a kind this quarter."""
    total = 0.0
    for payer in range(len(SECTORS)):
        for payee in range(len(SECTORS)):
            total += world.money[kind, payer, payee]
    return total


@rule
def received(world, kind, sector):
    """Payments of a kind to a sector less those that it made."""
    total = 0.0
    for other in range(len(SECTORS)):
        total += world.money[kind, other, sector] - world.money[kind, sector, other]
    return total
