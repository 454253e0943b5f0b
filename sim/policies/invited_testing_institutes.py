"""Invited institutes: testing and information institutions are asked to settle."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("invited_testing_institutes")


@instrument(
    group="institutions",
    bites=("region.invited_institutes",),
    primary="certified_enterprises",
    sign=1,
)
class InvitedTestingInstitutes(Instrument):
    """Invites testing and information institutions to settle in the region.

    Mechanism: they add capacity for tests and certificates and cut the cost of information and monitoring, so
    markets are entered sooner and knowledge becomes quality sooner. Fractions add up until a whole
    institution comes. The claim arises when one settles.
    Evidence: a national inspection centre, an information centre, a metrology centre and a standards base
    settled in Baotou (cinn.cn 25341); no estimate of the effect was found.
    Typical: 0.25 to 1 a year.
    """

    label = "Testing and information institutions invited", "引进检测与信息机构"
    per_year: float = lever(
        0.0, "1/year", "institutions invited to settle", hard=(0.0, 8.0), typical=(0.25, 1.0)
    )


@rule
def invited_testing_institutes(world, levers, now):
    """A quarter's part of an institution is invited."""
    lever = levers.invited_testing_institutes
    if lever.per_year == 0.0:
        return
    put_in_force(world, MEASURE)
    world.region[0].invited_institutes += lever.per_year / 4.0
