"""Collaboration voucher: government pays part of joint projects."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("collaboration_voucher")


@instrument(
    group="innovation",
    bites=("enterprise.collaboration_voucher", "region.bridging_vouchers"),
    primary="joint_projects",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class CollaborationVoucher(Instrument):
    """Pays a share of an enterprise's joint projects with institutes or other enterprises.

    Mechanism: makes the integrated mode cheaper. Vouchers kept for partners without a common past build
    bridges between parts of the research network instead of thickening old ties.
    Evidence: by lottery, eight of ten vouchers led to projects that would not have been commissioned, one
    would have been anyway, one was not used (Cornet et al., CPB 58).
    Typical: 0.2 to 0.5 of a project.
    """

    label = "Collaboration voucher", "协同创新券"
    rate: float = lever(
        0.0,
        "share of a project",
        "share of a joint project that a voucher pays",
        hard=(0.0, 1.0),
        typical=(0.2, 0.5),
    )
    bridging: float = lever(
        0.0,
        "share of vouchers",
        "share kept for partners without a common past",
        hard=(0.0, 1.0),
        typical=(0.0, 0.5),
    )


@rule
def collaboration_voucher(world, levers, now):
    """Eligible enterprises have joint projects paid in part."""
    lever = levers.collaboration_voucher
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    region = world.region[0]
    region.bridging_vouchers = max(region.bridging_vouchers, lever.bridging)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.collaboration_voucher += lever.rate
