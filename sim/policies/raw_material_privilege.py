"""Raw-material privilege: local processors buy local raw material below the market price."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("raw_material_privilege")


@instrument(
    group="chain_extension",
    bites=("enterprise.raw_material_discount",),
    primary="local_conversion_rate",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
    costs=("implicit transfer", "administration"),
)
class RawMaterialPrivilege(Instrument):
    """Makes sellers of raw material give local processors a discount.

    Mechanism: an eligible buyer pays (1 - discount) of the local price of raw material, so its margin, its
    output and the case for settling downstream rise. Cost: borne by the mine and the separators who sell,
    price times discount times quantity, booked as an implicit transfer when a deal is made; their own
    investment suffers.
    Evidence: in Baotou new users get 3 to 5 % off and NdPr at the price inside the group with two months'
    credit (chinatungsten 139925). No estimate of the effect was found.
    Typical: 0.03 to 0.1.
    """

    label = "Raw-material privilege", "原料优惠供应"
    discount: float = lever(
        0.0, "share of the price", "discount on local raw material", hard=(0.0, 0.5), typical=(0.03, 0.1)
    )


@rule
def raw_material_privilege(world, levers, now):
    """Eligible buyers pay less for local raw material."""
    lever = levers.raw_material_privilege
    if lever.discount == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.raw_material_discount += lever.discount
