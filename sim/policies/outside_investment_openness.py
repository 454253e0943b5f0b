"""Openness to outside investment: how freely outside enterprises may settle."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("outside_investment_openness")


@instrument(
    group="global_marketing",
    bites=("region.openness_change", "region.openness_change_ahead"),
    primary="outside_enterprises",
    sign=1,
    costs=("administration",),
    free="a permission: what outside investors cost or bring arises with them, not with the permission",
)
class OutsideInvestmentOpenness(Instrument):
    """Widens or narrows what outside investors may do.

    Mechanism: shifts the openness that scales the arrival of outside enterprises; they bring capital,
    knowledge and practice, and compete for inputs and talents. Announced changes reach them beforehand.
    Evidence: in Chinese industry in-house R&D complements technology transfer, foreign investment does not
    (Hu, Jefferson and Qian 2005); so the gain is not certain.
    Typical: 0.1 to 0.5.
    """

    label = "Openness to outside investment", "外来投资开放度"
    change: float = lever(
        0.0,
        "share",
        "change of openness, 1 fully open, -1 fully closed",
        hard=(-1.0, 1.0),
        typical=(0.1, 0.5),
        ahead=True,
    )


@rule
def outside_investment_openness(world, levers, now):
    """Openness to outside investment changes."""
    lever = levers.outside_investment_openness
    if lever.change == 0.0 and lever.change_ahead == 0.0:
        return
    if lever.change != 0.0:
        put_in_force(world, MEASURE)
    region = world.region[0]
    region.openness_change += lever.change
    region.openness_change_ahead += lever.change_ahead
