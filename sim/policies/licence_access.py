"""Licence access: how easily outside technology can be licensed."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("licence_access")


@instrument(
    group="global_marketing",
    bites=("region.licence_opening",),
    primary="innovations_introduced",
    sign=1,
    costs=("administration",),
    free="an agreement on access: enterprises pay the fees themselves",
)
class LicenceAccess(Instrument):
    """Opens or closes access to outside technology by agreements, recognition of rights, or embargo.

    Mechanism: changes how often a licence that an enterprise wants is to be had; what is learnt from it still
    depends on own R&D and digestion.
    Evidence: importing technology alone does not raise innovation in Chinese state-owned high-technology
    enterprises unless they do R&D themselves (Li 2011); in-house R&D complements transfer (Hu, Jefferson and
    Qian 2005; Hou and Mohnen 2013).
    Typical: 0.1 to 0.5.
    """

    label = "Access to outside licences", "技术引进渠道"
    opening: float = lever(
        0.0,
        "share",
        "change of access to outside technology, -1 cut off",
        hard=(-1.0, 1.0),
        typical=(0.1, 0.5),
    )


@rule
def licence_access(world, levers, now):
    """Access to outside technology changes."""
    lever = levers.licence_access
    if lever.opening == 0.0:
        return
    put_in_force(world, MEASURE)
    world.region[0].licence_opening += lever.opening
