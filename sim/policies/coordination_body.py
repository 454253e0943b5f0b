"""Coordination body: a table at which enterprises, institutes and government meet."""

from __future__ import annotations

from sim.accounts import claim_for_public
from sim.chance import Now, decision, happens
from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("coordination_body")
JOINS = decision("whether an enterprise or institute joins the coordination body")


@instrument(
    group="institutions",
    bites=("enterprise.coordination", "institute.coordination", "region.coordination"),
    primary="joint_projects",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class CoordinationBody(Instrument):
    """An alliance with joint meetings, whose members find and trust each other more easily.

    Mechanism: the body's convening power lowers search and transaction costs between members in supply and in
    research, and spreads management practice. Who joins is a lasting trait of each enterprise or institute:
    when membership grows, members stay and others join. Targeting holds for enterprises; institutes of any
    kind may join.
    Evidence: Baotou has a rare-earth alliance with joint meetings and leading officials in charge of projects
    (atozguy; te-ch.tech); no estimate of the effect was found, and the cost of the secretariat is assumed.
    Typical: membership and convening power 0.3 to 0.8.
    """

    label = "Coordination body", "产业协调机构"
    membership: float = lever(0.0, "share", "share that joins", hard=(0.0, 1.0), typical=(0.3, 0.8))
    convening: float = lever(
        0.0,
        "share",
        "convening power, 1 every contact between members is arranged",
        hard=(0.0, 1.0),
        typical=(0.3, 0.8),
    )
    secretariat: float = lever(
        2.0, "million CNY/year", "cost of the secretariat", hard=(0.0, 200.0), typical=(1.0, 10.0)
    )


@rule
def coordination_body(world, levers, now):
    """Members are convened; who is one depends on the share that joins, not on the quarter."""
    lever = levers.coordination_body
    if lever.membership == 0.0 or lever.convening == 0.0:
        return
    put_in_force(world, MEASURE)
    once = Now(now.seed, 0)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever) and happens(lever.membership, once, JOINS, enterprise.uid, 0):
            enterprise.coordination = max(enterprise.coordination, lever.convening)
    for institute in world.institutes:
        if institute.alive and happens(lever.membership, once, JOINS, institute.uid, 0):
            institute.coordination = max(institute.coordination, lever.convening)
    region = world.region[0]
    region.coordination = max(region.coordination, lever.convening * lever.membership)
    claim_for_public(world, MEASURE, lever.secretariat / 4.0)
