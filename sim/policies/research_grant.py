"""Research grant: government pays part of selected R&D projects."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("research_grant")


@instrument(
    group="innovation",
    bites=("enterprise.research_grant",),
    primary="research",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class ResearchGrant(Instrument):
    """Pays a share of R&D projects that an agency selects from what enterprises propose.

    Mechanism: does not change the user cost of R&D. Projects that would be done anyway only set own money
    free; marginal ones go ahead with a grant and own money. Part is misused. Additionality is measured, not
    set.
    Evidence: 0.075 private for 1 public over many studies (Dimos et al. 2022); in China -0.5 in 2006 and
    neutral later (Boeing 2016); 42 % of grantees and 53 % of the money misused in 2001-11, which halves the
    effect (Boeing and Peters 2021). Baotou matches 20 to 25 % of national project money (kuangku 6707).
    Typical: 0.1 to 0.3 of a project.
    """

    label = "R&D grant", "研发补助"
    rate: float = lever(
        0.0,
        "share of a project",
        "share of a selected R&D project that a grant pays",
        hard=(0.0, 1.0),
        typical=(0.1, 0.3),
    )


@rule
def research_grant(world, levers, now):
    """Eligible enterprises may have R&D projects paid in part."""
    lever = levers.research_grant
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.research_grant += lever.rate
