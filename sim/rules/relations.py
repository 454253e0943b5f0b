"""Relations: trust fades, coordination keeps it up, the year's classes are taken.

    trust  *= 1 - fade (1 - convening),     unused trust fades towards nil                             (1)

A coordination body brings its members together: trust between them fades more slowly, searches look further (chapters "joint
projects", "supply"), practice spreads (chapter "management").
"""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import parameter, parameters
from sim.rules.joint_projects import partner_alive
from sim.rules.spillovers import supplier_alive
from sim.world import LARGE, MEDIUM, PARTNERS, SMALL, SUPPLIERS


@parameters
class Relations:
    """Trust over time."""

    fade: float = parameter(0.03, "1/quarter", "trust lost when it is not used", (0.0, 0.2), source="assumed")
    medium: float = parameter(
        60.0,
        "person",
        "workers from which an enterprise is medium-sized",
        (20.0, 300.0),
        source="between the national classes of 20 and 300 employees",
        kind="structural",
    )
    large: float = parameter(
        300.0,
        "person",
        "workers from which an enterprise is large",
        (100.0, 1000.0),
        source="national class of 300 to 1,000 employees",
        kind="structural",
    )


@rule
def keep_relations(world, p, now):
    """Trust by (1), links of the departed are forgotten, size classes and membership are noted."""
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        fade = p.relations.fade * (1.0 - 0.8 * min(1.0, enterprise.coordination))
        for slot in range(SUPPLIERS):
            enterprise.supplier_trust[slot] *= 1.0 - fade
            if not supplier_alive(world.enterprises, enterprise, slot):
                enterprise.supplier_uid[slot] = 0
        for slot in range(PARTNERS):
            enterprise.partner_trust[slot] *= 1.0 - fade
            if not partner_alive(world.enterprises, world.institutes, enterprise, slot):
                enterprise.partner_uid[slot] = 0
        enterprise.coordinated = enterprise.coordination > 0.0
        staff = enterprise.workers + enterprise.local_talents + enterprise.introduced_talents
        enterprise.size_class = SMALL
        if staff >= p.relations.large:
            enterprise.size_class = LARGE
        elif staff >= p.relations.medium:
            enterprise.size_class = MEDIUM
