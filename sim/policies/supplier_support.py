"""Supplier support: help for supporting firms that fit themselves to local customers."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("supplier_support")


@instrument(
    group="chain_extension",
    bites=("enterprise.supplier_support",),
    primary="local_sourcing_rate",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class SupplierSupport(Instrument):
    """Repays part of what enterprises spend to serve local customers: delivery, fit, joint quality work.

    Mechanism: lowers the price of building the fit to local customers, so local suppliers win deals against
    imports.
    Evidence: the 2011 proposal asks for systematic supporting capacity; no estimate of the effect was found.
    Typical: 0.2 to 0.5 of the spending.
    """

    label = "Support for supporting firms", "配套企业扶持"
    rate: float = lever(
        0.0,
        "share of outlay",
        "share of spending on serving local customers that is repaid",
        hard=(0.0, 1.0),
        typical=(0.2, 0.5),
    )


@rule
def supplier_support(world, levers, now):
    """Eligible enterprises have part of their spending on local customers repaid."""
    lever = levers.supplier_support
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.supplier_support += lever.rate
