"""Approval time: permits come sooner, and more of them."""

from __future__ import annotations

from sim.accounts import claim_for_public
from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("approval_time")


@instrument(
    group="institutions",
    bites=("region.approval_factor", "region.approval_capacity"),
    primary="permits_waiting",
    sign=-1,
)
class ApprovalTime(Instrument):
    """Shortens the time that a permit takes and adds officers to the permit office.

    Mechanism: new plants, spin-offs and outside enterprises wait in one queue of limited capacity; less delay
    raises the value of a project and brings its output forward. Re-organisation is booked as administration,
    officers as outlay.
    Evidence: the 2011 proposal asks for it; no estimate of the effect was found, and the cost of a permit is
    assumed.
    Typical: a reduction of 0.2 to 0.5.
    """

    label = "Approval time", "审批提速"
    reduction: float = lever(
        0.0, "share", "share by which a permit takes less time", hard=(0.0, 0.9), typical=(0.2, 0.5)
    )
    extra_capacity: float = lever(
        0.0, "1/quarter", "permits a quarter on top of the usual", hard=(0.0, 200.0), typical=(1.0, 10.0)
    )
    cost_per_permit: float = lever(
        0.1, "million CNY", "cost of the capacity for one extra permit", hard=(0.0, 10.0), typical=(0.05, 0.3)
    )


@rule
def approval_time(world, levers, now):
    """Permits take less time and the office can handle more of them."""
    lever = levers.approval_time
    if lever.reduction == 0.0 and lever.extra_capacity == 0.0:
        return
    put_in_force(world, MEASURE)
    region = world.region[0]
    region.approval_factor *= 1.0 - lever.reduction
    region.approval_capacity += lever.extra_capacity * region.paid_share
    claim_for_public(world, MEASURE, lever.extra_capacity * lever.cost_per_permit)
