"""Intellectual-property protection: how far an invention is safe from imitation."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("intellectual_property_protection")


@instrument(
    group="talent",
    bites=("region.protection_change",),
    primary="patents_granted",
    sign=1,
    costs=("administration",),
    free="courts and the patent office belong to the government above; only administration is paid here",
)
class IntellectualPropertyProtection(Instrument):
    """Strengthens or weakens the protection of inventions.

    Mechanism: cuts both ways. More protection dampens learning from neighbours and raises the return to
    original innovation, to patents and to founding on one's own invention.
    Evidence: spillovers are local, so their loss is felt in the cluster (Bottazzi and Peri 2003); the social
    return to R&D is at least twice the private one (Econometrica 2013). The effect of protection in the
    region was not found.
    Typical: 0.1 to 0.3.
    """

    label = "Intellectual-property protection", "知识产权保护"
    change: float = lever(
        0.0,
        "share",
        "change of the level of protection, 1 is full protection",
        hard=(-0.5, 0.5),
        typical=(0.1, 0.3),
    )


@rule
def intellectual_property_protection(world, levers, now):
    """The level of protection changes."""
    lever = levers.intellectual_property_protection
    if lever.change == 0.0:
        return
    put_in_force(world, MEASURE)
    world.region[0].protection_change += lever.change
