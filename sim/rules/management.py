"""Management: practice, and the attention that everything new competes for.

Practice (planning, quality, marketing) raises utilisation, lowers waste, speeds commercialisation. It spreads and
wears off:

    attention_i  = 1 + s ln(1 + workers / 100)  a quarter, less what projects take                      (1)
    practice_i  += learn x free attention x (best_i - practice_i) x (1 + contacts) - fade x practice_i   (2)

best_i is 1 for those who see the best practice at first hand (owned from outside, serving customers abroad) and lower for
the others; contacts are the convening power of a coordination body and training with a testing centre. Growth takes
the same attention (chapter "investment"), so a fast-growing enterprise learns to manage more slowly.
Sources: Bloom and Van Reenen 2007 for practice as a technology; attention as Penrose's limit to growth (1959).
"""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.declare import parameter, parameters
from sim.world import INTERNATIONAL, OUTSIDE_OWNED


@parameters
class Management:
    """Attention and the spread of practice."""

    span: float = parameter(
        0.35,
        "1",
        "attention gained with the logarithm of size",
        (0.0, 1.0),
        source="assumed: larger teams, sublinear",
    )
    learn: float = parameter(
        0.05,
        "1/quarter",
        "pace of learning with one unit of free attention",
        (0.0, 0.2),
        source="assumed: five years to close most of the gap",
    )
    fade: float = parameter(
        0.006, "1/quarter", "practice lost through turnover", (0.0, 0.03), source="assumed"
    )
    local_best: float = parameter(
        0.75,
        "1",
        "practice seen without customers or owners outside",
        (0.3, 1.0),
        source="assumed: gap of domestic to multinational plants in management surveys",
    )
    contact: float = parameter(
        0.6,
        "1",
        "how much convening adds to learning",
        (0.0, 2.0),
        source="assumed; tested in validation E4",
    )
    growth_needs: float = parameter(
        0.5, "1", "attention taken by an order of new plant", (0.0, 1.0), source="assumed"
    )
    joint_needs: float = parameter(
        0.15,
        "1",
        "attention taken by a joint project a quarter, on either side",
        (0.0, 1.0),
        source="assumed: as much as an own programme",
    )
    licence_needs: float = parameter(
        0.2, "1", "attention taken by a new licence", (0.0, 1.0), source="assumed"
    )
    market_needs: float = parameter(
        0.4, "1", "attention taken by entering a market", (0.0, 1.0), source="assumed"
    )
    diversification_needs: float = parameter(
        0.8, "1", "attention taken by a new line", (0.0, 1.5), source="assumed"
    )
    own_research_needs: float = parameter(
        0.15, "1", "attention taken by an own R&D programme", (0.0, 1.0), source="assumed"
    )


@rule
def give_attention(world, p, now):
    """Attention of the quarter by (1); an own R&D programme takes its part first."""
    for enterprise in world.enterprises:
        if enterprise.alive:
            enterprise.attention = 1.0 + p.management.span * math.log(1.0 + enterprise.workers / 100.0)
            if enterprise.research_intensity > 0.0:
                enterprise.attention -= p.management.own_research_needs


@rule
def take_attention(enterprise, amount):
    """Use attention for a project if there is enough of it; says whether there was."""
    if enterprise.attention < amount:
        return False
    enterprise.attention -= amount
    return True


@rule
def improve_practice(world, p, now):
    """Practice by (2), with what attention is left."""
    for enterprise in world.enterprises:
        if enterprise.alive:
            sees_the_best = (
                enterprise.ownership == OUTSIDE_OWNED or enterprise.sales_market[INTERNATIONAL] > 0.0
            )
            best = 1.0 if sees_the_best else p.management.local_best
            contacts = p.management.contact * enterprise.coordination
            learned = p.management.learn * min(1.0, max(0.0, enterprise.attention)) * (1.0 + contacts)
            if enterprise.practice < best or contacts > 0.0:
                top = max(best, min(1.0, p.management.local_best + 0.25 * contacts))
                enterprise.practice += learned * max(0.0, top - enterprise.practice)
            enterprise.practice -= p.management.fade * enterprise.practice
