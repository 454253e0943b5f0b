"""Production workers: numbers, not people, at a wage that follows the outside and local scarcity.

    wage -> outside wage x (1 + a x (employed / pool - 1/2))    moving a tenth of the way each quarter,
            never below the outside minimum                                                            (1)
    workers wanted = planned output x workers per unit x (G / W) x scale penalty / (productivity e^luck)   (2)
    scale penalty  = min(2, max(1, efficient scale / capacity)^c)

Labour per unit falls with real wages outside: the frontier's labour productivity grows as fast as pay over the
general index, so that a frontier enterprise's unit cost stays in proportion to the world price (the balanced path).
The pool is finite: when it is nearly used up, hiring is rationed for all alike.
"""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.declare import parameter, parameters
from sim.world import COMMODITY


@parameters
class Labour:
    """The market for production workers."""

    scarcity: float = parameter(
        0.25,
        "share",
        "rise of the local wage when the whole pool is employed",
        (0.0, 1.0),
        source="assumed: labour pooling",
    )
    minimum: float = parameter(
        0.85,
        "share",
        "least wage over the outside wage",
        (0.5, 1.0),
        source="assumed: regional minimum and migration",
    )
    adjust: float = parameter(
        0.3,
        "1/quarter",
        "share of the gap to the wanted number that is hired or let go in a quarter",
        (0.05, 1.0),
        source="assumed",
    )


USUAL_PRODUCTIVITY = (
    0.68  # over the frontier, of the plants whose labour and other inputs the chain file reports
)
SCALE_PENALTY = (
    0.12  # c: labour needs below efficient scale; six-tenths rule of plant less what small firms save
)


@rule
def workers_per_unit(process, enterprise, region):
    """Workers for one unit a quarter of the main product, by (2)."""
    efficiency = enterprise.productivity / USUAL_PRODUCTIVITY * math.exp(-enterprise.cost_luck)
    small = max(1.0, process.minimum_scale / max(1e-9, enterprise.capacity))
    return (
        process.workers
        * region.general_index
        / region.wage_index
        * min(2.0, small**SCALE_PENALTY)
        / efficiency
    )


@rule
def hire_workers(world, p, now):
    """Numbers move towards what expected output needs; the wage moves by (1)."""
    region = world.region[0]
    employed = 0.0
    wanted_more = 0.0
    for enterprise in world.enterprises:
        if enterprise.alive:
            employed += enterprise.workers
            wanted_more += max(0.0, wanted_workers(world, enterprise) - enterprise.workers)
    free = max(0.0, region.labour_pool - employed)
    share = min(1.0, free / wanted_more) if wanted_more > 0.0 else 1.0
    region.vacancies = wanted_more * (1.0 - share)
    for enterprise in world.enterprises:
        if enterprise.alive:
            gap = wanted_workers(world, enterprise) - enterprise.workers
            enterprise.workers += p.labour.adjust * (share * gap if gap > 0.0 else gap)
    target = region.outside_wage * (1.0 + p.labour.scarcity * (min(1.0, employed / region.labour_pool) - 0.5))
    region.wage += 0.1 * (max(target, p.labour.minimum * region.outside_wage) - region.wage)


@rule
def wanted_workers(world, enterprise):
    """(2), for expected orders and a tenth more; who sells at a given price staffs all plant that pays and has a quota."""
    process = world.processes[enterprise.process]
    output = 1.1 * (enterprise.expected_orders + 0.5 * enterprise.backlog)
    if world.products[enterprise.product].pricing == COMMODITY and enterprise.expected_margin > 0.0:
        output = enterprise.capacity
        if process.quota >= 0:
            output = min(output, process.quota_left * enterprise.capacity / max(1e-9, process.capacity))
    output = min(output, enterprise.capacity)
    return output * workers_per_unit(process, enterprise, world.region[0])
