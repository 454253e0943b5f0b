"""Environmental levy: a charge per unit of output."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible_process, put_in_force

MEASURE = measure("environmental_levy")


@instrument(
    group="state_control",
    bites=("process.levy_added",),
    primary="output_volume",
    sign=-1,
    targets=("stages", "products"),
    costs=("administration",),
    free="a charge: it brings revenue and costs only its collection",
)
class EnvironmentalLevy(Instrument):
    """Charges each unit of main output of the processes aimed at, as a rule mining and separation.

    Mechanism: levy = rate x reference price of the main product x general index, per unit and not by value,
    so it weighs more when prices are low. Adds to variable cost. Brings revenue.
    Evidence: no rate and no estimate of the effect were found.
    Typical: 0.02 to 0.1 of the reference price.
    """

    label = "Environmental levy", "环境税费"
    rate: float = lever(
        0.0,
        "share of the reference price",
        "levy per unit of main output",
        hard=(0.0, 0.5),
        typical=(0.02, 0.1),
    )


@rule
def environmental_levy(world, levers, now):
    """Eligible processes are charged per unit of main product."""
    lever = levers.environmental_levy
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    index = world.region[0].general_index
    for process in world.processes:
        if eligible_process(process, lever):
            process.levy_added += lever.rate * world.products[process.product].reference_price * index
