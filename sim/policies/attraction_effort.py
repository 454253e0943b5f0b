"""Attraction effort: government looks for outside enterprises and brings them in."""

from __future__ import annotations

from sim.accounts import claim_for_public
from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible_process, put_in_force

MEASURE = measure("attraction_effort")


@instrument(
    group="chain_extension",
    bites=("process.attraction", "process.attraction_ahead"),
    primary="entries_attracted",
    sign=1,
    targets=("stages", "products"),
)
class AttractionEffort(Instrument):
    """Spends on investment fairs, agents and advice to bring outside enterprises to parts of the chain.

    Mechanism: raises the rate at which enterprises of the finite outside pool weigh the region; whether they
    come still depends on the profit they expect here. The money is spread evenly over the processes aimed at
    for which there is still somebody to attract; where there is nobody, nothing is spent.
    Evidence: entry carries more than two thirds of productivity growth in Chinese manufacturing (Brandt et
    al. 2012) and more than incumbents in Chinese zones (Lu, Wang and Zhu 2019); what a unit of attraction
    spending brings was not found.
    Typical: 10 to 100 million CNY a year.
    """

    label = "Attraction of investment", "招商引资"
    spending: float = lever(
        0.0,
        "million CNY/year",
        "spent on attracting outside enterprises",
        hard=(0.0, 5000.0),
        typical=(10.0, 100.0),
        ahead=True,
    )


@rule
def attraction_effort(world, levers, now):
    """A quarter's spending is spread over the eligible processes that still have a pool outside."""
    lever = levers.attraction_effort
    if lever.spending == 0.0 and lever.spending_ahead == 0.0:
        return
    if lever.spending != 0.0:
        put_in_force(world, MEASURE)
    number = 0
    for process in world.processes:
        if process.pool > 0 and eligible_process(process, lever):
            number += 1
    if number == 0:
        return
    claim_for_public(world, MEASURE, lever.spending / 4.0)
    expected = world.region[0].paid_share / 4.0 / number
    for process in world.processes:
        if process.pool > 0 and eligible_process(process, lever):
            process.attraction += lever.spending * expected
            process.attraction_ahead += lever.spending_ahead * expected
