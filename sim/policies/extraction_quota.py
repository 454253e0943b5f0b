"""Extraction quota: the state widens or tightens its quota on mining and separation."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible_process, put_in_force

MEASURE = measure("extraction_quota")


@instrument(
    group="state_control",
    bites=("process.quota_factor",),
    primary="output_volume",
    sign=-1,
    targets=("stages", "products"),
    costs=("administration",),
    free="an order: enterprises bear what they may not produce, and only control is paid for",
)
class ExtractionQuota(Instrument):
    """Multiplies the state quota of the processes aimed at.

    Mechanism: bounds the throughput of mining and separation; with less raw material local prices approach
    import parity and processors import or stand idle. A wider quota does nothing where capacity or demand
    binds. Processes without a quota are not touched.
    Evidence: the national mining quota was 93,800 t of oxide in 2011-13, 105,000 in 2014-17, 168,000 in 2021
    and 270,000 in 2024; the northern group held about 70 % of it in 2023-24.
    Typical: 0.5 to 0.9 (tightening).
    """

    label = "Extraction quota", "开采与冶炼分离指标"
    factor: float = lever(1.0, "1", "factor on the state quota", hard=(0.0, 3.0), typical=(0.5, 0.9))


@rule
def extraction_quota(world, levers, now):
    """The quota of eligible processes is multiplied."""
    lever = levers.extraction_quota
    if lever.factor == 1.0:
        return
    put_in_force(world, MEASURE)
    for process in world.processes:
        if eligible_process(process, lever):
            process.quota_factor *= lever.factor
