"""Inventors' share: part of the income from an invention belongs to its inventors."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("inventors_share")


@instrument(
    group="talent",
    bites=("region.inventors_share",),
    primary="spin_offs",
    sign=1,
    costs=("administration",),
    free="a rule for dividing income between employers and their inventors: it moves no public money",
)
class InventorsShare(Instrument):
    """Secures inventors at least a share of the income from their inventions.

    Mechanism: raises the pay that talents expect where they invent, so fewer leave, more results are put to
    use and more founders come forward; employers keep less. A share below what already holds changes nothing.
    Evidence: the national minimum rose from 20 to 50 % in October 2015 (chinagate 36450053; npc.gov.cn); 6 %
    of Chinese university patents are licensed. The effect was not found.
    Typical: 0.5 to 0.7.
    """

    label = "Inventors' benefit share", "发明人收益分成"
    share: float = lever(
        0.0,
        "share of income",
        "least share of inventors in income from inventions",
        hard=(0.0, 0.9),
        typical=(0.5, 0.7),
    )


@rule
def inventors_share(world, levers, now):
    """Inventors are secured a share."""
    lever = levers.inventors_share
    if lever.share == 0.0:
        return
    put_in_force(world, MEASURE)
    region = world.region[0]
    region.inventors_share = max(region.inventors_share, lever.share)
