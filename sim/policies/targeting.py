"""Targeting: at whom an instrument is aimed, and that it is in force. No instrument itself.

An instrument is aimed by four masks in its record of levers. Bit n of ``stages`` stands for stage n (stages
count from 1), bit n of ``products`` for row n of the products, of ``sizes`` for size class n and of
``ownerships`` for ownership n, in the order of SIZE_NAMES and OWNERSHIP_NAMES. -1 has all bits set. Entrants
are known by stage and product only, so what an instrument promises to entrants does not depend on its sizes
and ownerships.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.compiled import rule
from sim.world import TESTING_CENTRE


def mask(numbers: Iterable[int]) -> int:
    """The mask that aims at the stages, rows or classes of these numbers. ``mask([1, 3]) == 0b1010``."""
    return sum(1 << number for number in set(numbers))


@rule
def aimed_at(mask, number):
    """Whether a mask has the bit of this number."""
    return (mask >> number) & 1 == 1


@rule
def eligible(enterprise, lever):
    """Whether an enterprise lives and an instrument is aimed at its like."""
    return (
        enterprise.alive
        and aimed_at(lever.stages, enterprise.stage)
        and aimed_at(lever.products, enterprise.product)
        and aimed_at(lever.sizes, enterprise.size_class)
        and aimed_at(lever.ownerships, enterprise.ownership)
    )


@rule
def eligible_process(process, lever):
    """Whether an instrument is aimed at those who make the main product of a process, entrants included."""
    return aimed_at(lever.stages, process.stage) and aimed_at(lever.products, process.product)


@rule
def eligible_product(world, product, lever):
    """Whether an instrument is aimed at the product of this row."""
    return aimed_at(lever.stages, world.products[product].stage) and aimed_at(lever.products, product)


@rule
def researchers(institute):
    """Researchers of a living university or research institute, none elsewhere."""
    if not institute.alive or institute.kind == TESTING_CENTRE:
        return 0.0
    return float(institute.local_talents + institute.introduced_talents)


@rule
def all_researchers(world):
    """Researchers of all universities and research institutes."""
    total = 0.0
    for institute in world.institutes:
        total += researchers(institute)
    return total


@rule
def put_in_force(world, measure):
    """Mark an instrument's line in the public books as in force this quarter."""
    world.measures[measure].in_force = 1.0
    world.measures[measure].active = True
