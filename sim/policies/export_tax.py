"""Export tax: a tax on what leaves for the world market."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible_product, put_in_force

MEASURE = measure("export_tax")


@instrument(
    group="global_marketing",
    bites=("product.export_tax",),
    primary="exports",
    sign=-1,
    targets=("stages", "products"),
    costs=("administration",),
    free="a tax: it brings revenue and costs only its collection",
)
class ExportTax(Instrument):
    """Taxes exports of the products aimed at, as a rule raw material, to keep it for processing at home.

    Mechanism: export parity falls by the tax, so more is sold at home at a lower price; processors gain, raw
    producers lose. Brings revenue.
    Evidence: while export quotas and taxes held, the price free on board stood 32 % above the home quote in
    2013 and 30 % in 2014, 12 % in 2015 when they ended, and at par from 2018 (USGS, nominal).
    Typical: 0.1 to 0.25.
    """

    label = "Export tax", "出口关税"
    rate: float = lever(0.0, "share of value", "tax on exports", hard=(0.0, 1.0), typical=(0.1, 0.25))


@rule
def export_tax(world, levers, now):
    """Exports of eligible products are taxed."""
    lever = levers.export_tax
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    for product in range(len(world.products)):
        if eligible_product(world, product, lever):
            world.products[product].export_tax += lever.rate
