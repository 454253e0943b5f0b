"""Housing and retention support: talents who stay are helped to live well."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("housing_support")


@instrument(
    group="talent",
    bites=("region.retention_support", "region.retention_support_local"),
    primary="talents_lost",
    sign=-1,
)
class HousingSupport(Instrument):
    """Pays talents for staying: housing, schooling, income tax returned.

    Mechanism: adds to the pay that a talent compares with pay elsewhere; it does not replace work at one's
    level. The claim arises with each person who draws it.
    Evidence: houses at half price up to 150 square metres (climbrochdale copy, 2021); the local share of
    income tax returned for three years up to 0.5 million CNY a year, 2021 to 2025 (kjj.baotou.gov.cn).
    Doctors left the research institute at 5.8 % and the university at 2.2 % a year (derived from handmsg,
    2017-22). No estimate of the effect was found.
    Typical: 0.02 to 0.1 million CNY a year for introduced talents, 0.01 to 0.05 for local ones.
    """

    label = "Housing and retention support", "住房与留才补助"
    introduced: float = lever(
        0.0, "million CNY/person-year", "support per introduced talent", hard=(0.0, 5.0), typical=(0.02, 0.1)
    )
    local: float = lever(
        0.0, "million CNY/person-year", "support per local talent", hard=(0.0, 5.0), typical=(0.01, 0.05)
    )


@rule
def housing_support(world, levers, now):
    """Talents draw a quarter's support."""
    lever = levers.housing_support
    if lever.introduced == 0.0 and lever.local == 0.0:
        return
    put_in_force(world, MEASURE)
    region = world.region[0]
    region.retention_support += lever.introduced / 4.0
    region.retention_support_local += lever.local / 4.0
