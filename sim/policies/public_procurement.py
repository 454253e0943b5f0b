"""Public procurement: government buys products of the cluster."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible_product, put_in_force

MEASURE = measure("public_procurement")


@instrument(
    group="chain_extension",
    bites=("product.procurement",),
    primary="new_materials_volume",
    sign=1,
    targets=("stages", "products"),
)
class PublicProcurement(Instrument):
    """Buys from enterprises of the cluster, as first customer of new materials and products.

    Mechanism: adds demand for the products aimed at, in even parts; makers learn by doing, gain reputation
    and expect more orders. The claim arises with the purchase, so nothing is spent on what nobody in the
    cluster makes. Aim it at the last stages: public demand for raw material extends no chain.
    Evidence: no estimate of the effect was found.
    Typical: 50 to 500 million CNY a year.
    """

    label = "Public procurement", "政府采购"
    spending: float = lever(
        0.0,
        "million CNY/year",
        "to be spent on products of the cluster",
        hard=(0.0, 20000.0),
        typical=(50.0, 500.0),
    )


@rule
def public_procurement(world, levers, now):
    """A quarter's purchases are spread over the eligible products."""
    lever = levers.public_procurement
    if lever.spending == 0.0:
        return
    put_in_force(world, MEASURE)
    number = 0
    for product in range(len(world.products)):
        if eligible_product(world, product, lever):
            number += 1
    for product in range(len(world.products)):
        if eligible_product(world, product, lever):
            world.products[product].procurement += lever.spending / 4.0 / number
