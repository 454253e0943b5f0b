"""Product certification support: cheaper certificates and tests for new products."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("product_certification_support")


@instrument(
    group="innovation",
    bites=("enterprise.certification_support", "region.service_discount"),
    primary="certified_enterprises",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class ProductCertificationSupport(Instrument):
    """Repays part of the cost of certification and of the fees of testing centres.

    Mechanism: certificates open markets that ask for them; cheaper tests speed up turning knowledge into
    quality. The capacity of testing centres still limits both. The discount on testing fees is for everybody.
    Evidence: Baotou has the national inspection centre for rare-earth products (cinn.cn 25341); the effect of
    support was not found.
    Typical: 0.3 to 0.7 of certification, 0.1 to 0.4 of fees.
    """

    label = "Support for new-product certification", "新产品认证检测补助"
    rate: float = lever(
        0.0,
        "share of outlay",
        "share of the cost of certification repaid",
        hard=(0.0, 1.0),
        typical=(0.3, 0.7),
    )
    service_discount: float = lever(
        0.0, "share of fees", "share of testing fees repaid", hard=(0.0, 1.0), typical=(0.1, 0.4)
    )


@rule
def product_certification_support(world, levers, now):
    """Eligible enterprises pay less for certificates, everybody less for tests."""
    lever = levers.product_certification_support
    if lever.rate == 0.0 and lever.service_discount == 0.0:
        return
    put_in_force(world, MEASURE)
    world.region[0].service_discount += lever.service_discount
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.certification_support += lever.rate
