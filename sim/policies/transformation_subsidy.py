"""Transformation subsidy: government repays part of the modernisation of processes."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("transformation_subsidy")


@instrument(
    group="innovation",
    bites=("enterprise.transformation_subsidy",),
    primary="productivity",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class TransformationSubsidy(Instrument):
    """Repays a share of technological transformation: better processes in old lines of business.

    Mechanism: lowers the price of turning knowledge into productivity, so the lag of the process behind
    knowledge shrinks; an enterprise that knows nothing new gains nothing.
    Evidence: the region pays 20 % of the investment in putting results to use, once, up to 5 million CNY
    (policy list of 2024); Baotou 10 % of equipment (chinatungsten 139925). The effect was not found.
    Typical: 0.1 to 0.3.
    """

    label = "Technological-transformation subsidy", "技术改造补助"
    rate: float = lever(
        0.0, "share of outlay", "share of process modernisation repaid", hard=(0.0, 1.0), typical=(0.1, 0.3)
    )


@rule
def transformation_subsidy(world, levers, now):
    """Eligible enterprises have part of process modernisation repaid."""
    lever = levers.transformation_subsidy
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.transformation_subsidy += lever.rate
