"""Training seats: more local researchers and engineers are trained."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("training_seats")


@instrument(
    group="talent",
    bites=("region.training_seats",),
    primary="talents",
    sign=1,
)
class TrainingSeats(Instrument):
    """Adds seats at local universities in the fields of the chain.

    Mechanism: more local graduates look for work; without work at their level they leave, and the region has
    trained them for others. The claim arises with each person trained.
    Evidence: the region lost 1.78 million people by migration in 2011-20 (victorzhang 17747609); no estimate
    of the effect of seats was found.
    Typical: 10 to 50 a quarter.
    """

    label = "Local training seats", "本地人才培养名额"
    per_quarter: float = lever(
        0.0, "person/quarter", "people trained on top of the usual", hard=(0.0, 1000.0), typical=(10.0, 50.0)
    )


@rule
def training_seats(world, levers, now):
    """Seats are added."""
    lever = levers.training_seats
    if lever.per_quarter == 0.0:
        return
    put_in_force(world, MEASURE)
    world.region[0].training_seats += lever.per_quarter
