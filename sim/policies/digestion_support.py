"""Digestion support: government repays part of the digestion of introduced technology."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("digestion_support")


@instrument(
    group="innovation",
    bites=("enterprise.digestion_support",),
    primary="digestion_ratio",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class DigestionSupport(Instrument):
    """Repays part of what enterprises spend on digesting and absorbing introduced technology.

    Mechanism: lowers the price of digestion, so more of a licence is learnt before it ends and re-innovation
    becomes likelier; without digestion, bought technology is used and not learnt.
    Evidence: imported technology pays only with own R&D (Li 2011; Hu, Jefferson and Qian 2005); absorptive
    capacity raises catch-up (Griffith, Redding and Van Reenen 2004). The effect of support itself was not
    found.
    Typical: 0.2 to 0.5.
    """

    label = "Support for digestion and absorption", "消化吸收补助"
    rate: float = lever(
        0.0,
        "share of outlay",
        "share of digestion repaid",
        hard=(0.0, 1.0),
        typical=(0.2, 0.5),
    )


@rule
def digestion_support(world, levers, now):
    """Eligible enterprises have part of their digestion repaid."""
    lever = levers.digestion_support
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.digestion_support += lever.rate
