"""Export promotion: government markets the cluster's products abroad."""

from __future__ import annotations

from sim.accounts import claim_for_public
from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force
from sim.world import INTERNATIONAL

MEASURE = measure("export_promotion")


@rule
def can_be_promoted(enterprise, lever):
    """Whether an eligible enterprise sells abroad or could: it serves the market or is certified for it."""
    return eligible(enterprise, lever) and (enterprise.serves[INTERNATIONAL] or enterprise.certified)


@instrument(
    group="global_marketing",
    bites=("enterprise.export_promotion",),
    primary="exports",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class ExportPromotion(Instrument):
    """Pays for fairs, market information and brand abroad, for enterprises that export or are certified.

    Mechanism: adds to the reach that an enterprise buys in the international market, with diminishing
    effect. The money is spread evenly; without anybody to promote, none is spent.
    Evidence: elasticity of exports to promotion budgets 0.074; one dollar brings 15 (11 to 19) of exports,
    diminishing (ITC 2016; Olarreaga et al. 2015).
    Typical: 5 to 50 million CNY a year.
    """

    label = "Export promotion", "出口促进"
    spending: float = lever(
        0.0, "million CNY/year", "spent on marketing abroad", hard=(0.0, 5000.0), typical=(5.0, 50.0)
    )


@rule
def export_promotion(world, levers, now):
    """A quarter's spending is spread over eligible enterprises that export or could."""
    lever = levers.export_promotion
    if lever.spending == 0.0:
        return
    put_in_force(world, MEASURE)
    number = 0
    for enterprise in world.enterprises:
        if can_be_promoted(enterprise, lever):
            number += 1
    if number == 0:
        return
    claim_for_public(world, MEASURE, lever.spending / 4.0)
    expected = lever.spending / 4.0 / number * world.region[0].paid_share
    for enterprise in world.enterprises:
        if can_be_promoted(enterprise, lever):
            enterprise.export_promotion += expected
