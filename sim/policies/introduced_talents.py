"""Introduced talents: government brings researchers and engineers from elsewhere."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("introduced_talents")


@instrument(
    group="talent",
    bites=("region.introduced_talents", "region.introduction_package"),
    primary="talents_introduced",
    sign=1,
)
class IntroducedTalents(Instrument):
    """Brings researchers and engineers into the region with a package for each.

    Mechanism: they arrive with knowledge near the frontier, look for work like others, and leave sooner when
    nobody uses what they know. Fractions add up to whole people. The claim arises with each arrival.
    Evidence: the programme of 2022 aimed at 30 doctors and 100 masters a year with 200,000 and 100,000 CNY
    once (fantu8 37671). From 2017 to 2022 the research institute won 13 doctors and lost 7, the university
    won 154 and lost 61, while both lost senior staff (handmsg): arrivals alone do not stay.
    Typical: 5 to 30 a quarter.
    """

    label = "Introduced talents", "人才引进"
    per_quarter: float = lever(
        0.0, "person/quarter", "talents brought into the region", hard=(0.0, 500.0), typical=(5.0, 30.0)
    )
    package: float = lever(
        0.12, "million CNY/person", "paid for each of them on arrival", hard=(0.0, 100.0), typical=(0.1, 0.5)
    )


@rule
def introduced_talents(world, levers, now):
    """Talents are brought in, each with a package."""
    lever = levers.introduced_talents
    if lever.per_quarter == 0.0:
        return
    put_in_force(world, MEASURE)
    region = world.region[0]
    region.introduced_talents += lever.per_quarter
    region.introduction_package += lever.package
