"""Rules of R&D, the three modes of innovation, spillovers and commercialisation: numbers worked out by hand."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import plain

import sim.rules.commercialisation
import sim.rules.innovations
import sim.rules.introduction
import sim.rules.joint_projects
import sim.rules.meeting
import sim.rules.research
import sim.rules.search
import sim.rules.spillovers
from sim.accounts import ENTERPRISES, HOUSEHOLDS, INSTITUTES, OUTSIDE
from sim.chance import Now
from sim.world import (
    CLASS_NAMES,
    INTEGRATED,
    INTERNATIONAL,
    INTRODUCING,
    ORIGINAL,
)

research = plain(sim.rules.research)
search = plain(sim.rules.search)
innovations = plain(sim.rules.innovations)
spillovers = plain(sim.rules.spillovers)
introduction = plain(sim.rules.introduction)
commercialisation = plain(sim.rules.commercialisation)
joint = plain(sim.rules.joint_projects)
meeting = plain(sim.rules.meeting)

NOW = Now(1, 4)
Tiny = Callable[..., Any]
Patch = pytest.MonkeyPatch


def always(*_: Any) -> bool:
    return True


def never(*_: Any) -> bool:
    return False


def middling(*_: Any) -> float:
    """A normal draw that is its mean."""
    return 0.0


class Chances:
    """Takes the place of ``happens``: keeps the chances that it was asked for, and says no."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def __call__(self, chance: float, *_: Any) -> bool:
        self.asked.append(float(chance))
        return False


# ---------------------------------------------------------------------------------------------------------- R&D
def researcher(tiny: Tiny, p: Any) -> Any:
    """Expected sales of 200, a tenth for R&D, plenty of cash; taxes, grants and relabelling off."""
    world = tiny()
    firm = world.enterprises[0]
    firm.research_intensity, firm.expected_orders, firm.price = 0.1, 100.0, 2.0
    firm.cash, firm.last_year_profit = 1000.0, 1.0
    firm.propensity[:] = [0.5, 0.3, 0.2]
    firm.local_talents, firm.introduced_talents, firm.talent_quality = 6, 2, 2.0
    p.research.relabelled = p.research.sharing = p.research.misuse = p.research.agency_noise = 0.0
    p.research.materials_share, p.research.project_spread, p.research.grant_projects = 0.5, 1.0, 1.0
    p.talents.research_pay = 0.4
    p.finance.profit_tax = 0.25
    return world


def test_the_user_cost_falls_with_the_deduction(tiny: Tiny, p: Any) -> None:
    """(1 - 0.25 x 1.5) / 0.75 = 5/6; half as much extra without profit: (1 - 0.25 x 1.25) / 0.75 = 11/12; at a reduced
    rate of 0.15: (1 - 0.15 x 1.5) / 0.85."""
    world = researcher(tiny, p)
    firm = world.enterprises[0]
    p.research.deduction_without_profit = 0.5
    assert research.user_cost_of_research(firm, p) == pytest.approx(1.0)
    firm.super_deduction = 0.5
    assert research.user_cost_of_research(firm, p) == pytest.approx(5.0 / 6.0)
    firm.last_year_profit = -1.0
    assert research.user_cost_of_research(firm, p) == pytest.approx(11.0 / 12.0)
    firm.last_year_profit, firm.tax_relief = 1.0, 0.1
    assert research.user_cost_of_research(firm, p) == pytest.approx(5.0 / 6.0)  # not certified: no relief
    firm.high_technology = True
    assert research.user_cost_of_research(firm, p) == pytest.approx(0.775 / 0.85)


def test_real_research_follows_the_user_cost_with_its_elasticity(tiny: Tiny, p: Any) -> None:
    """theta 1.08 makes u = 0.64; elasticity one half: 20 becomes 25. Of 25, 5 are pay, 20 materials."""
    world = researcher(tiny, p)
    firm = world.enterprises[0]
    p.research.user_cost_elasticity = 0.5
    firm.talent_pay = 5.0
    research.plan_research(world, p, NOW)
    assert firm.research == pytest.approx(20.0)
    firm.super_deduction, firm.cash, firm.other_costs = 1.08, 1000.0, 0.0
    research.plan_research(world, p, NOW)
    assert firm.research == firm.research_own == firm.research_reported == pytest.approx(25.0)
    assert (firm.cash, firm.other_costs) == pytest.approx((980.0, 20.0))


def test_pay_is_not_counted_twice_in_effort(tiny: Tiny, p: Any) -> None:
    """Materials of 20 less 4 of pay, over an index of 4, are 4; 8 talents of 2 are 16: (4 x 16)^0.5 = 8, by leaning."""
    world = researcher(tiny, p)
    firm = world.enterprises[0]
    world.region[0].general_index = 4.0
    firm.talent_pay = 4.0
    research.plan_research(world, p, NOW)
    assert firm.effort == pytest.approx([4.0, 2.4, 1.6])
    world.region[0].inventors_share, p.research.sharing = 0.5, 0.5
    research.plan_research(world, p, NOW)
    assert firm.effort[ORIGINAL] == pytest.approx(5.0)


def test_research_is_bounded_by_cash_and_credit(tiny: Tiny, p: Any) -> None:
    """Half of cash 10 and a tenth of a credit of 0.5 x 40 - 10."""
    world = researcher(tiny, p)
    firm = world.enterprises[0]
    p.finance.leverage = 0.5
    firm.cash, firm.capital, firm.debt = 10.0, 40.0, 10.0
    research.plan_research(world, p, NOW)
    assert firm.research == pytest.approx(6.0)


def test_relabelled_cost_is_reported_on_top(tiny: Tiny, p: Any) -> None:
    """A fifth of what is reported: 20 real, 25 reported."""
    world = researcher(tiny, p)
    p.research.relabelled = 0.2
    research.plan_research(world, p, NOW)
    assert world.enterprises[0].research_reported == pytest.approx(25.0)


def test_absorption_needs_own_research(tiny: Tiny, p: Any) -> None:
    """Half by knowledge, half by intensity: a quarter. Without own R&D nil."""
    world = tiny(enterprises=2)
    p.research.half_knowledge, p.research.half_intensity = 0.4, 0.1
    world.enterprises.capability = 0.4
    world.enterprises.absorptive = 0.7
    world.enterprises[0].research_intensity = 0.1
    research.plan_research(world, p, NOW)
    assert world.enterprises.absorptive == pytest.approx([0.25, 0.0])


def granted(tiny: Tiny, p: Any, monkeypatch: Patch, liked: int, share: float = 0.3, **changes: float) -> Any:
    """R&D of 20 is four planned projects of 5; the agency likes number ``liked`` best."""
    monkeypatch.setitem(
        research.names, "normal", lambda now, what, who, whom: 100.0 if whom == liked else 0.0
    )
    world = researcher(tiny, p)
    p.research.agency_noise, p.research.freed = 1.0, 0.5
    firm = world.enterprises[0]
    firm.research_grant = share
    for name, value in changes.items():
        firm[name] = value
    research.plan_research(world, p, NOW)
    return world


@pytest.mark.parametrize("liked", [1, 4])
def test_a_grant_for_what_would_be_done_anyway_frees_own_money(
    tiny: Tiny, p: Any, monkeypatch: Patch, liked: int
) -> None:
    """1.5 of a project of 5 are granted, own spending falls by that; half of what is freed goes back into R&D."""
    world = granted(tiny, p, monkeypatch, liked)
    firm = world.enterprises[0]
    assert firm.claimed == firm.research_granted == pytest.approx(1.5)
    assert world.measures[research.RESEARCH_GRANT].claims == pytest.approx(1.5)
    assert (firm.research, firm.research_own) == pytest.approx((20.75, 19.25))


def test_a_grant_for_a_marginal_project_adds_it(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """The fifth project returns 4/5, more than 1 - 0.3: it is done with 3.5 of own money. The seventh, 4/7, is not."""
    firm = granted(tiny, p, monkeypatch, 5).enterprises[0]
    assert (firm.research, firm.research_own, firm.claimed) == pytest.approx((25.0, 23.5, 1.5))
    assert firm.cash == pytest.approx(1000.0 - 25.0)
    firm = granted(tiny, p, monkeypatch, 7).enterprises[0]
    assert (firm.research, firm.claimed) == pytest.approx((20.0, 0.0))
    firm = granted(tiny, p, monkeypatch, 7, share=0.5).enterprises[0]
    assert (firm.research, firm.research_own, firm.claimed) == pytest.approx((25.0, 22.5, 2.5))


def test_a_grant_never_enters_the_user_cost(tiny: Tiny, p: Any) -> None:
    world = researcher(tiny, p)
    world.enterprises[0].research_grant = 0.9
    assert research.user_cost_of_research(world.enterprises[0], p) == 1.0


def test_a_misused_grant_adds_nothing(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    monkeypatch.setitem(research.names, "happens", always)
    firm = granted(tiny, p, monkeypatch, 5).enterprises[0]
    assert (firm.research, firm.research_own, firm.misused, firm.claimed) == pytest.approx(
        (20.0, 20.0, 1.5, 1.5)
    )


def test_distress_cuts_and_a_better_rival_is_copied(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """0.7 of the rate in distress; half-way to the rival after a poor year; what is below 0.002 is given up."""
    monkeypatch.setitem(research.names, "happens", always)
    world = tiny(enterprises=3)
    p.research.aspiration = 0.05
    firms = world.enterprises
    firms.founded = -20
    firms.uid = [4, 5, 8]  # 4 and 8 look back this quarter, 5 another time
    firms.stage, firms.last_year_sales = [1, 1, 2], 100.0
    firms.last_year_profit = [1.0, 20.0, 1.0]
    firms.research_intensity = [0.02, 0.06, 0.0025]
    firms[2].distress = 2
    research.revise_research(world, p, NOW)
    assert firms.research_intensity == pytest.approx([0.04, 0.06, 0.0])
    # Who does none takes it up at half of the rival's rate.
    firms[0].research_intensity = 0.0
    research.revise_research(world, p, NOW)
    assert firms.research_intensity[0] == pytest.approx(0.03)


# --------------------------------------------------------------------------------------------------- own search
def searcher(tiny: Tiny, p: Any) -> Any:
    """Effort 8 in all over a reference of 2: four times as much."""
    world = tiny()
    firm = world.enterprises[0]
    firm.propensity[ORIGINAL], firm.effort[ORIGINAL] = 0.5, 4.0
    firm.knowledge[0] = 0.5
    world.processes[0].effort_reference, world.processes[0].complexity = 2.0, 1.5
    world.region[0].discovery = 0.1
    p.search.alpha, p.search.omega, p.search.step, p.search.spread = 0.5, 1.0, 0.05, 0.8
    p.search.radical, p.search.radical_factor, p.search.patent, p.search.protection = 0.1, 5.0, 0.4, 0.5
    p.search.covered = 0.0
    return world


def test_arrivals_rise_with_the_root_of_effort(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """3 x 0.5 x 0.1 x 4^0.5 / 1.5 = 0.2; when the world is twice as rich, 2^0.5."""
    world = searcher(tiny, p)
    means: list[float] = []
    monkeypatch.setitem(search.names, "poisson", lambda mean, *_: means.append(float(mean)) or 0)
    search.search_originally(world, p, NOW)
    world.region[0].effort_reference = 2.0
    search.search_originally(world, p, NOW)
    assert means == pytest.approx([0.2, 0.1 * math.sqrt(2.0)])


def test_a_step_is_the_larger_the_further_behind(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """A step of 0.05 at half of the frontier's knowledge is one of 0.1 in logs; a radical one five times that."""
    for radical, gain in ((False, 0.1), (True, 0.5)):
        world = searcher(tiny, p)
        firm = world.enterprises[0]
        firm.technology[0] = innovations.record_innovation(
            world, NOW, ORIGINAL, 0, 0.1, 1, 0, 0, 0, False, False, False
        )
        firm.year_sales = 10.0
        monkeypatch.setitem(search.names, "poisson", lambda *_: 1)
        monkeypatch.setitem(search.names, "normal", middling)
        monkeypatch.setitem(
            search.names,
            "happens",
            lambda chance, now, what, *_, radical=radical: radical and what == search.RADICAL,
        )
        search.search_originally(world, p, NOW)
        assert firm.knowledge[0] == pytest.approx(0.5 * math.exp(gain))
        assert firm.learned_own == pytest.approx(gain)
        step = world.innovations[1]
        assert (step.parent, step.owner, step.quarter) == (0 if radical else 1, 1, 4)
        assert CLASS_NAMES[step.kind] == "original"
        assert firm.technology[0] == step.uid == 2
        # Worth a year's sales x the gain, at middling protection in full.
        assert firm.score[ORIGINAL] == pytest.approx(10.0 * gain)


def test_protection_makes_patents_worth_taking(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """0.4 x (0.5 + 0.5); with 0.25 more protection 0.5."""
    chances = Chances()
    monkeypatch.setitem(search.names, "poisson", lambda *_: 1)
    monkeypatch.setitem(search.names, "happens", chances)
    for change in (0.0, 0.25):
        world = searcher(tiny, p)
        world.region[0].protection_change = change
        search.search_originally(world, p, NOW)
    assert chances.asked == pytest.approx([0.1, 0.0, 0.4, 0.1, 0.0, 0.5])  # radical, blocked, patented
    world.region[0].protection_change = 3.0
    assert search.protection(world, p) == 1.0


def test_modes_are_learnt_from_what_they_brought(tiny: Tiny, p: Any) -> None:
    """Scores 3, 1, 0: three quarters, one quarter, nil; never below a tenth; half of the way in a quarter."""
    world = tiny(enterprises=2)
    p.search.memory, p.search.floor, p.search.adapt = 0.5, 0.1, 0.5
    world.enterprises.score[0] = [3.0, 1.0, 0.0]
    world.enterprises.propensity[:] = 1.0 / 3.0
    search.learn_modes(world, p, NOW)
    third = 1.0 / 3.0
    learnt = [(third + 0.625) / 2, (third + 0.275) / 2, (third + 0.1) / 2]
    assert world.enterprises.propensity[0] == pytest.approx(learnt)
    assert world.enterprises.propensity[1] == pytest.approx([third] * 3)
    assert world.enterprises.score[0] == pytest.approx([1.5, 0.5, 0.0])


# --------------------------------------------------------------------------------------------------- innovations
def keep(world: Any, owner: int, field: int = 0, parent: int = 0, second: int = 0, **how: bool) -> int:
    """Record an innovation; returns its uid."""
    return int(
        innovations.record_innovation(
            world, NOW, ORIGINAL, field, 0.1, owner, 0, parent, second,
            how.get("bought", False), how.get("copied", False), False,
        )
    )  # fmt: skip


def class_of(world: Any, uid: int) -> str:
    return CLASS_NAMES[world.innovations[uid - 1].kind]


def test_an_innovation_is_called_after_its_descent(tiny: Tiny) -> None:
    """From a licence to the third generation of improvements, and across owners and fields."""
    world = tiny()
    licence = keep(world, 1, parent=innovations.FROM_OUTSIDE, bought=True)
    copy = keep(world, 1, parent=licence, copied=True)
    better = keep(world, 1, parent=copy)
    still_better = keep(world, 2, parent=better)
    at_once = keep(world, 1, parent=licence)
    own = keep(world, 3)
    own_better = keep(world, 3, parent=own)
    both = keep(world, 3, parent=own_better, second=keep(world, 4))
    both_better = keep(world, 3, parent=both)
    two_fields = keep(world, 3, parent=own, second=keep(world, 3, field=1))
    same = keep(world, 3, parent=own_better, second=own)
    expected = {
        licence: "introduced", copy: "assimilated", better: "reinnovation", still_better: "reinnovation",
        at_once: "reinnovation", own: "original", own_better: "original", both: "integrated",
        both_better: "original", two_fields: "integrated", same: "original",
    }  # fmt: skip
    assert {uid: class_of(world, uid) for uid in expected} == expected


def test_classes_agree_with_a_walk_through_the_family_tree(tiny: Tiny) -> None:
    """A thousand random genealogies' worth of innovations, classed by an independent walk to their roots."""
    world = tiny(innovations=1000)
    luck = random.Random(4)
    tree: list[dict[str, Any]] = []

    def walk(node: dict[str, Any]) -> str:
        if node["bought"]:
            return "introduced"
        if node["copied"]:
            return "assimilated"
        if node["parent"] == 0:
            return "original"
        first = tree[node["parent"] - 1]
        if node["second"]:
            second = tree[node["second"] - 1]
            if (first["owner"], first["field"]) != (second["owner"], second["field"]):
                return "integrated"
        if walk(first) in ("introduced", "assimilated", "reinnovation"):
            return "reinnovation"
        return "original" if first["owner"] == node["owner"] else "integrated"

    for made in range(1000):
        kind = luck.random()
        node = {"owner": luck.randrange(1, 5), "field": luck.randrange(2), "parent": 0, "second": 0}
        node |= {"bought": kind < 0.1, "copied": 0.1 <= kind < 0.2 and made > 0}
        if node["bought"]:
            node["parent"] = -1
        elif made and kind < 0.9:
            node["parent"] = luck.randint(1, made)
            if not node["copied"] and luck.random() < 0.1:
                node["second"] = luck.randint(1, made)
        tree.append(node)
        uid = keep(
            world, node["owner"], node["field"], node["parent"], node["second"],
            bought=node["bought"], copied=node["copied"],
        )  # fmt: skip
        assert class_of(world, uid) == walk(node), node


def test_a_line_counts_an_enterprise_once_however_often_it_is_improved(tiny: Tiny) -> None:
    """Taken over as it was by one, as improved by another, again by the first: two adopters of the element."""
    world = tiny(enterprises=3)
    element = keep(world, 1)
    better = keep(world, 1, parent=element)
    other = keep(world, 4)
    assert [world.innovations[uid - 1].line for uid in (element, better, other)] == [1, 1, 3]
    first, second = world.enterprises[1], world.enterprises[2]
    for firm, uid in ((first, element), (second, better), (first, better), (second, element)):
        innovations.take_over(world, firm, 0, uid)
    assert world.innovations.adopters[:3].tolist() == [2, 0, 0]
    innovations.take_over(world, second, 0, other)
    assert world.innovations.adopters[:3].tolist() == [2, 0, 1]
    assert (first.technology[0], second.technology[0]) == (better, other)


def test_knowledge_gains_are_in_logs_and_bounded(tiny: Tiny) -> None:
    firm = tiny().enterprises[0]
    firm.knowledge[0] = 0.5
    assert innovations.gain_knowledge(firm, 0, 0.2) == pytest.approx(0.2)
    assert firm.knowledge[0] == pytest.approx(0.5 * math.exp(0.2))
    assert innovations.gain_knowledge(firm, 0, 50.0) == pytest.approx(1.0)  # never more than one log at once


# ---------------------------------------------------------------------------------------------------- spillovers
def neighbours(tiny: Tiny, p: Any, suppliers: int) -> Any:
    """All known suppliers are ahead by ln 2 and fully known (contact 1 each); so little is learnt that leads stay."""
    world = tiny(enterprises=8)
    firm = world.enterprises[0]
    firm.knowledge[0], firm.absorptive = 0.4, 0.5
    world.enterprises.knowledge[1:, 0] = 0.8
    for place in range(suppliers):
        firm.supplier[place], firm.supplier_uid[place] = 1 + place, 2 + place
        firm.supplier_trust[place] = 0.7
    s = p.spillovers
    s.local, s.outside, s.embodied, s.met, s.guard, s.contacts = 1e-4, 0.0, 0.0, 0.0, 0.5, 2.0
    p.search.protection = 0.5
    return world


@pytest.mark.parametrize("suppliers", [0, 1, 3, 6])
def test_weights_of_neighbours_sum_to_less_than_one(tiny: Tiny, p: Any, suppliers: int) -> None:
    """chi 1e-4, absorption 1/2, protection stops a quarter: 3.75e-5 ln 2 (1 - e^(-contacts / 2))."""
    world = neighbours(tiny, p, suppliers)
    firm = world.enterprises[0]
    spillovers.spill_over(world, p, NOW)
    learnt = 3.75e-5 * math.log(2.0) * (1.0 - math.exp(-suppliers / 2.0))
    assert firm.learned_local == pytest.approx(learnt, rel=1e-3)
    assert math.log(firm.knowledge[0] / 0.4) == pytest.approx(learnt, rel=1e-3, abs=1e-12)


def test_partners_teach_like_suppliers_and_those_behind_do_not(tiny: Tiny, p: Any) -> None:
    """Two contacts, one of them behind: half of the weights is idle."""
    world = neighbours(tiny, p, 1)
    firm = world.enterprises[0]
    firm.partner[0], firm.partner_uid[0], firm.partner_trust[0] = 7, 8, 0.7
    world.enterprises.knowledge[7, 0] = 0.3
    spillovers.spill_over(world, p, NOW)
    assert firm.learned_local == pytest.approx(
        3.75e-5 * math.log(2.0) * (1.0 - math.exp(-1.0)) / 2.0, rel=1e-3
    )


@pytest.mark.parametrize(("mark", "imitated"), [(0.0, 2), (0.099, 2), (0.101, 3), (0.199, 3), (0.201, 0)])
def test_a_neighbour_is_imitated_where_the_mark_falls(
    tiny: Tiny, p: Any, monkeypatch: Patch, mark: float, imitated: int
) -> None:
    """Two suppliers of equal weight: imitation 0.8 x absorption 1/2 x 3/4 unguarded x (1 - 1/e) / 2 for each, here 0.1."""
    world = neighbours(tiny, p, 2)
    keep(world, 9), keep(world, 9), keep(world, 9)
    world.enterprises.technology[1, 0], world.enterprises.technology[2, 0] = 2, 3
    p.spillovers.imitation = 0.2 / (0.375 * (1.0 - math.exp(-1.0)))
    monkeypatch.setitem(spillovers.names, "uniform", lambda *_: mark)
    spillovers.spill_over(world, p, NOW)
    assert world.enterprises[0].technology[0] == imitated
    assert world.innovations.adopters[:3].sum() == (imitated > 0)


def test_nobody_imitates_who_does_not_lead(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    world = neighbours(tiny, p, 2)
    keep(world, 9)
    world.enterprises.technology[1:, 0], world.enterprises.knowledge[1:, 0] = 1, 0.3
    p.spillovers.imitation = 3.0
    monkeypatch.setitem(spillovers.names, "uniform", lambda *_: 0.0)
    spillovers.spill_over(world, p, NOW)
    assert world.enterprises[0].technology[0] == 0 and world.innovations[0].adopters == 0


def test_nothing_is_learnt_of_neighbours_without_own_research(tiny: Tiny, p: Any) -> None:
    world = neighbours(tiny, p, 6)
    world.enterprises[0].absorptive = 0.0
    spillovers.spill_over(world, p, NOW)
    assert world.enterprises[0].learned_local == 0.0


def test_codified_knowledge_comes_with_plant(tiny: Tiny, p: Any) -> None:
    """A tenth of ln(0.6 / 0.3) without own R&D, nothing for who knows more; a little from outside with it."""
    world = tiny(enterprises=3)
    s = p.spillovers
    s.embodied, s.codified, s.outside, s.local = 0.1, 0.6, 0.0, 0.0
    world.enterprises.knowledge[:, 0] = [0.3, 0.7, 0.5]
    spillovers.spill_over(world, p, NOW)
    assert world.enterprises.knowledge[:2, 0] == pytest.approx([0.3 * 2.0**0.1, 0.7])
    s.embodied, s.outside = 0.0, 0.02
    world.enterprises[2].knowledge[0], world.enterprises[2].absorptive = 0.5, 0.5
    spillovers.spill_over(world, p, NOW)
    assert world.enterprises.knowledge[2, 0] == pytest.approx(0.5 * 2.0**0.01)


# ---------------------------------------------------------------------------------------- introduced technology
def licensee(tiny: Tiny, p: Any) -> Any:
    """A licence that lends twice one's knowledge; fee 0.02 x 500 = 10 a quarter; absorption one half."""
    world = tiny()
    firm = world.enterprises[0]
    firm.expected_orders, firm.price, firm.cash = 100.0, 5.0, 1000.0
    firm.absorptive, firm.knowledge[0] = 0.5, 0.4
    firm.licence_until, firm.licence_lift = 9, 0.8
    firm.licence_technology = keep(world, 1, parent=innovations.FROM_OUTSIDE, bought=True)
    i = p.introduction
    i.fee, i.digestion, i.pace, i.half, i.improvement, i.step = 0.02, 0.5, 0.2, 0.5, 1.0, 0.04
    return world


def test_bought_technology_is_used_and_not_learnt_without_digestion(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    """It lends capability while it runs, and leaves nothing behind."""
    chances = Chances()
    monkeypatch.setitem(introduction.names, "happens", chances)
    world = licensee(tiny, p)
    firm = world.enterprises[0]
    p.introduction.digestion = 0.0
    for t in range(4, 9):
        introduction.introduce_technology(world, p, Now(1, t))
        commercialisation.see_capability(world, p, Now(1, t))
        assert firm.capability == pytest.approx(0.8)
    assert firm.licence_fees == pytest.approx(50.0)
    assert chances.asked == [0.0] * 5  # of an improvement of one's own
    introduction.introduce_technology(world, p, Now(1, 9))
    commercialisation.see_capability(world, p, Now(1, 9))
    assert firm.knowledge[0] == 0.4 and firm.capability == pytest.approx(0.4)
    assert world.region[0].innovations == 1 and firm.digestion == 0.0


def test_digestion_closes_the_gap_and_is_made_cheaper_by_support(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    """Share 0.5 (0.5 + 0.5): 5 of digestion are half effective beside a fee of 10: 0.2 x 0.5 x 0.5 ln 2. Half of it
    repaid, twice as much is spent: 10 / 15 effective, 5 claimed."""
    for support, digestion, effective in ((0.0, 5.0, 1.0 / 2.0), (0.5, 10.0, 2.0 / 3.0)):
        chances = Chances()
        monkeypatch.setitem(introduction.names, "happens", chances)
        world = licensee(tiny, p)
        firm = world.enterprises[0]
        firm.digestion_support = support
        introduction.introduce_technology(world, p, NOW)
        assert firm.digestion == pytest.approx(digestion)
        assert firm.claimed == pytest.approx(support * digestion)
        assert math.log(firm.knowledge[0] / 0.4) == pytest.approx(0.1 * effective * math.log(2.0))
        assert world.money[introduction.DIGESTION, ENTERPRISES, HOUSEHOLDS] == pytest.approx(digestion)
        assert world.money[introduction.LICENCE_FEES, ENTERPRISES, OUTSIDE] == pytest.approx(10.0)
        assert chances.asked == pytest.approx([1.0 - math.exp(-0.5 * digestion / 10.0)])
        assert firm.licence_digested == pytest.approx(0.1 * effective)


def test_digested_technology_becomes_ones_own_and_is_improved(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """Past the half, a copy is assimilated; an improvement descends from it: a re-innovation."""
    monkeypatch.setitem(introduction.names, "happens", always)
    monkeypatch.setitem(introduction.names, "normal", middling)
    world = licensee(tiny, p)
    firm = world.enterprises[0]
    firm.licence_digested = 0.47
    introduction.introduce_technology(world, p, NOW)
    kinds = [CLASS_NAMES[row.kind] for row in world.innovations[: world.region[0].innovations]]
    assert kinds == ["introduced", "assimilated", "reinnovation"]
    assert world.innovations[2].parent == 2
    assert firm.technology[0] == 3
    learnt = 0.05 * math.log(2.0)
    assert math.log(firm.knowledge[0] / 0.4) == pytest.approx(learnt + 0.04 / (0.4 * math.exp(learnt)))


def test_a_licence_is_taken_by_who_lags_and_can_pay(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    chances = Chances()
    monkeypatch.setitem(introduction.names, "happens", chances)
    i = p.introduction
    i.begin, i.access, i.level, i.gap, i.quarters, i.fee = 0.1, 0.5, 0.8, 0.2, 12.0, 0.02
    p.management.licence_needs = 0.2

    def world_of(knowledge: float, cash: float = 1000.0) -> Any:
        world = tiny()
        firm = world.enterprises[0]
        firm.propensity[INTRODUCING], firm.attention, firm.cash = 0.4, 1.0, cash
        firm.knowledge[0], firm.expected_orders, firm.price = knowledge, 100.0, 5.0
        return world

    introduction.introduce_technology(world_of(0.79), p, NOW)  # too near to the licence
    assert chances.asked == []
    world = world_of(0.4)
    world.region[0].licence_opening = 0.25
    introduction.introduce_technology(world, p, NOW)
    assert chances.asked == pytest.approx([0.1 * 3.0 * 0.4 * 0.75])
    monkeypatch.setitem(introduction.names, "happens", always)
    introduction.introduce_technology(world, p, NOW)
    firm = world.enterprises[0]
    assert (firm.licence_until, firm.licence_lift, firm.attention) == pytest.approx((16, 0.8, 0.8))
    assert class_of(world, firm.licence_technology) == "introduced"
    world = world_of(0.4, cash=39.0)
    introduction.introduce_technology(world, p, NOW)
    assert world.enterprises[0].licence_until == 0


# --------------------------------------------------------------------------------------------- commercialisation
def test_capability_is_a_weighted_geometric_mean(tiny: Tiny, p: Any) -> None:
    """0.25^0.5 x 0.64^0.5 = 0.4; a licence counts while it runs and only where it is better."""
    world = tiny(fields=3, enterprises=2)
    world.processes[0].weight[:3] = [0.5, 0.5, 0.0]
    world.enterprises.knowledge[:, :3] = [0.25, 0.64, 0.9]
    other = world.enterprises[1]
    other.licence_until, other.licence_field, other.licence_lift = 5, 0, 0.64
    commercialisation.see_capability(world, p, NOW)
    assert world.enterprises.capability == pytest.approx([0.4, 0.64])
    assert world.fields.local_stock == pytest.approx([0.25, 0.64, 0.9])
    commercialisation.see_capability(world, p, Now(1, 5))
    assert world.enterprises.capability == pytest.approx([0.4, 0.4])


def test_learning_by_doing_by_the_progress_ratio(tiny: Tiny, p: Any) -> None:
    """Half of what makes a plant mature, progress 0.8: four fifths; a quarter: 0.64; never above 1."""
    firm = tiny().enterprises[0]
    p.commercialisation.progress, p.commercialisation.mature = 0.8, 10.0
    firm.capacity = 2.0
    for experience, factor in ((10.0, 0.8), (5.0, 0.64), (20.0, 1.0), (500.0, 1.0)):
        firm.experience = experience
        assert commercialisation.experience_factor(firm, p) == pytest.approx(factor)


def maker(tiny: Tiny, p: Any, institutes: int = 0) -> Any:
    """Capability 0.8; quality 0.4, productivity 0.5, practice 0.6; mature; nothing spent on equipment or tests."""
    world = tiny(institutes=institutes)
    firm = world.enterprises[0]
    firm.uid = 1  # not judged for its status this quarter
    firm.capability, firm.quality, firm.productivity, firm.practice = 0.8, 0.4, 0.5, 0.6
    firm.experience, firm.cash, firm.capital = 1e9, 1e6, 1000.0
    c = p.commercialisation
    c.quality_pace, c.productivity_pace, c.quality_power, c.productivity_power = 0.1, 0.1, 1.0, 1.0
    c.service_gap, c.modernisation, c.service_help, c.understaffed = 0.9, 0.0, 1.0, 0.0
    return world


def test_quality_and_productivity_lag_knowledge(tiny: Tiny, p: Any) -> None:
    """0.1 (1 + 0.6) / 2 of a gap of 0.4; 0.1 (0.5 + 0.3) of one of 0.3."""
    world = maker(tiny, p)
    commercialisation.commercialise(world, p, NOW)
    firm = world.enterprises[0]
    assert firm.quality == pytest.approx(0.4 + 0.08 * 0.4)
    assert firm.productivity == pytest.approx(0.5 + 0.08 * 0.3)


def test_a_plant_without_its_engineers_runs_less_well(tiny: Tiny, p: Any) -> None:
    """Two of four good engineers, 0.4 lost without any: 0.8 of the best; half-way there in a quarter."""
    world = maker(tiny, p)
    firm, process = world.enterprises[0], world.processes[0]
    p.commercialisation.understaffed, p.talents.engineers = 0.4, 0.5
    p.commercialisation.productivity_pace, firm.practice = 0.5, 1.0
    process.talents, process.typical_scale, firm.capacity = 8.0, 1.0, 1.0
    firm.local_talents, firm.introduced_talents, firm.talent_quality = 1, 1, 1.0
    commercialisation.commercialise(world, p, NOW)
    assert firm.productivity == pytest.approx(0.5 * (0.5 + 0.8 * 0.8))


def test_a_local_test_speeds_quality_and_pays_the_institute(tiny: Tiny, p: Any) -> None:
    """0.1 (1 + 0.6 + 1) / 2; the second to ask is turned away when there is capacity for one."""
    world = maker(tiny, p, institutes=1)
    p.commercialisation.service_gap, p.commercialisation.outside_wish = 0.05, 0.0
    centre, firm = world.institutes[0], world.enterprises[0]
    centre.service_capacity, centre.service_price = 1.0, 0.5
    world.region[0].general_index, world.region[0].service_discount = 2.0, 0.25
    commercialisation.commercialise(world, p, NOW)
    assert firm.quality == pytest.approx(0.4 + 0.13 * 0.4)
    assert (centre.cash, centre.contract_income, centre.served) == pytest.approx((1.0, 1.0, 1.0))
    assert world.money[commercialisation.SERVICES, ENTERPRISES, INSTITUTES] == pytest.approx(1.0)
    assert firm.claimed == pytest.approx(0.25)
    before = float(firm.quality)
    commercialisation.commercialise(world, p, NOW)
    assert centre.turned_away == 1.0
    assert firm.quality == pytest.approx(before + 0.08 * (0.8 - before))


def test_modernisation_grows_with_the_lag_and_with_support(tiny: Tiny, p: Any) -> None:
    """0.002 of a plant of 1000 per lag of 0.1: 6 for a lag of 0.3, twice that at half price, half of it claimed; 0.006 of
    plant helps by 0.6: 0.1 (0.5 + 0.3 + 0.6)."""
    for support, spent, pace in ((0.0, 6.0, 0.14), (0.5, 12.0, 0.2)):
        world = maker(tiny, p)
        c = p.commercialisation
        c.modernisation, c.modernisation_response, c.modernisation_help = 0.002, 1.0, 100.0
        firm = world.enterprises[0]
        firm.transformation_subsidy = support
        commercialisation.commercialise(world, p, NOW)
        assert firm.transformation == pytest.approx(spent)
        assert firm.claimed == pytest.approx(support * spent)
        assert firm.productivity == pytest.approx(0.5 + pace * 0.3)


def test_a_certificate_needs_quality_time_and_a_market_that_asks(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    """Applied for in 4, five quarters without local tests: decided in 9."""
    applies = commercialisation.APPLY_CERTIFICATE
    monkeypatch.setitem(commercialisation.names, "happens", lambda chance, now, what, *_: what == applies)
    p.commercialisation.certificate_quality, p.commercialisation.certificate_quarters = 0.3, 5.0
    p.commercialisation.certificate_cost = 2.0
    world = maker(tiny, p)
    firm = world.enterprises[0]
    firm.expected_orders, firm.price, firm.certification_support, firm.cash = 1e3, 1.0, 0.5, 39.0
    commercialisation.commercialise(world, p, NOW)
    assert firm.certifying == 0  # no market asks for it
    world.products[0].needs_certificate[INTERNATIONAL] = True
    commercialisation.commercialise(world, p, NOW)
    assert (firm.certifying, firm.certified) == (9, False)
    assert firm.claimed == pytest.approx(1.0)
    for t in range(5, 9):
        commercialisation.commercialise(world, p, Now(1, t))
        assert not firm.certified
    commercialisation.commercialise(world, p, Now(1, 9))
    assert firm.certified and world.region[0].certificates == 1
    # It lapses at a renewal only when quality has fallen behind.
    renews = commercialisation.RENEW_CERTIFICATE
    monkeypatch.setitem(commercialisation.names, "happens", lambda chance, now, what, *_: what == renews)
    commercialisation.commercialise(world, p, Now(1, 10))
    assert firm.certified
    firm.quality = firm.capability = 0.2
    firm.knowledge[:] = 0.2
    commercialisation.commercialise(world, p, Now(1, 11))
    assert not firm.certified


@pytest.mark.parametrize(("sales", "needed"), [(40.0, 0.06), (100.0, 0.04), (300.0, 0.03)])
def test_the_status_asks_less_intensity_of_larger_enterprises(
    tiny: Tiny, p: Any, sales: float, needed: float
) -> None:
    for intensity, patents, status in ((1.01, 1, True), (0.99, 1, False), (1.01, 0, False)):
        world = maker(tiny, p)
        firm = world.enterprises[0]
        firm.uid, firm.last_year_sales, firm.patents_granted = 4, sales, patents
        firm.last_year_research = intensity * needed * sales
        commercialisation.commercialise(world, p, NOW)
        assert bool(firm.high_technology) is status


# ------------------------------------------------------------------------------------------------ joint projects
def test_the_gain_is_an_inverted_u_in_distance(p: Any) -> None:
    p.joint_projects.distance = 0.5
    values = {d: joint.fit_of_distance(d, p) for d in (0.0, 0.25, 0.5, 1.0)}
    assert values == pytest.approx({0.0: 0.0, 0.25: 0.5 * math.exp(0.5), 0.5: 1.0, 1.0: 2.0 / math.e})
    curve = np.array([joint.fit_of_distance(d, p) for d in np.linspace(0.01, 3.0, 200)])
    top = int(curve.argmax())
    assert (np.diff(curve[: top + 1]) > 0.0).all() and (np.diff(curve[top:]) < 0.0).all()


def test_large_employers_are_met_first(tiny: Tiny) -> None:
    """Nine people work at the second enterprise and one at the first; where nobody works, both are met alike."""
    world = tiny(enterprises=2)

    def met_second() -> float:
        met = []
        for t in range(600):
            meeting.see_who_is_there(world, None, Now(1, t))
            met.append(world.enterprises[meeting.some_employer(world, Now(1, t), 7, 8, 9)].uid == 2)
        return float(np.mean(met))

    world.enterprises.local_talents = [1, 9]
    assert 0.7 < met_second() < 0.95
    world.enterprises.local_talents = 0
    assert met_second() == pytest.approx(0.5, abs=0.08)


def test_one_enterprise_more_changes_no_meeting_but_its_own(tiny: Tiny) -> None:
    """Whoever is not met by chance in place of the newcomer is met as before."""
    world = tiny(enterprises=30)
    world.enterprises.alive[17] = False
    meeting.see_who_is_there(world, None, NOW)
    before = [meeting.some_enterprise(world, NOW, 7, who, 0) for who in range(300)]
    world.enterprises.alive[17] = True
    meeting.see_who_is_there(world, None, NOW)
    after = [meeting.some_enterprise(world, NOW, 7, who, 0) for who in range(300)]
    assert {new for old, new in zip(before, after, strict=True) if old != new} == {17}
    assert len(set(before)) > 20


def pair(tiny: Tiny, p: Any, institute: bool) -> Any:
    """A project under way with a partner who knows e^0.5 times as much: the best distance. R&D 40, a quarter for it."""
    world = tiny(enterprises=2, institutes=1)
    firm = world.enterprises[0]
    firm.knowledge[0] = 0.5
    world.enterprises[1].knowledge[0] = world.institutes[0].knowledge[0] = 0.5 * math.exp(0.5)
    firm.research = firm.research_own = 40.0
    firm.cash, firm.propensity[INTEGRATED], firm.joint_until = 1000.0, 0.5, 9
    firm.partner[0], firm.partner_uid[0] = (0, 101) if institute else (1, 2)
    firm.partner_institute[0], firm.partner_trust[0] = institute, 0.5
    j = p.joint_projects
    j.distance, j.cost, j.success, j.step, j.trust_gain = 0.5, 0.25, 0.1, 0.08, 0.06
    return world


@pytest.mark.parametrize("institute", [True, False])
def test_a_project_takes_attention_on_both_sides_each_quarter(tiny: Tiny, p: Any, institute: bool) -> None:
    """0.3 of the enterprise, 0.3 of an enterprise that is its partner or a place at an institute; free is who keeps 0.2."""
    world = pair(tiny, p, institute)
    p.management.joint_needs, p.management.growth_needs = 0.3, 0.2
    world.enterprises.attention = 0.5
    joint.begin_joint_projects(world, p, NOW)
    assert world.enterprises.attention == pytest.approx([0.2, 0.5 if institute else 0.2])
    assert world.institutes[0].projects == (1.0 if institute else 0.0)
    asked = joint.appeal(world, p, NOW, world.enterprises[0], 1, False, 0.5, 0)
    assert (asked > 0.0) == institute


@pytest.mark.parametrize("institute", [True, False])
def test_a_project_costs_money_and_builds_trust(
    tiny: Tiny, p: Any, monkeypatch: Patch, institute: bool
) -> None:
    """A quarter of 40 is paid, of which a voucher of 0.4 claims 4; trust from 0.5 by 0.06 of what is missing."""
    monkeypatch.setitem(joint.names, "happens", never)
    world = pair(tiny, p, institute)
    firm = world.enterprises[0]
    firm.collaboration_voucher = 0.4
    joint.work_together(world, p, NOW)
    assert firm.cash == pytest.approx(990.0)
    assert (firm.claimed, firm.research, firm.research_own) == pytest.approx((4.0, 50.0, 46.0))
    assert firm.partner_trust[0] == pytest.approx(0.53)
    assert world.institutes[0].cash == pytest.approx(10.0 if institute else 0.0)
    assert world.region[0].joint_projects == 1


def test_success_lets_both_sides_learn_and_hold_the_patent(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """A step of 0.08 at the best distance: 0.16 in logs at half of the frontier, and the partner by his own lead."""
    monkeypatch.setitem(joint.names, "happens", always)
    world = pair(tiny, p, institute=False)
    firm, other = world.enterprises
    known = float(other.knowledge[0])
    for owner in (firm, other):
        owner.technology[0] = keep(world, int(owner.uid))
    joint.work_together(world, p, NOW)
    assert math.log(firm.knowledge[0] / 0.5) == pytest.approx(0.16)
    assert math.log(other.knowledge[0] / known) == pytest.approx(0.08 / known)
    made = world.innovations[2]
    assert (made.owner, made.second_owner, made.parent, made.second_parent) == (1, 2, 1, 2)
    assert class_of(world, 3) == "integrated"
    assert firm.technology[0] == other.technology[0] == 3
    assert firm.patents_granted == other.patents_granted == 1


def test_the_chance_of_success_grows_with_trust_and_falls_off_the_best_distance(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    chances = Chances()
    monkeypatch.setitem(joint.names, "happens", chances)
    for trust, distance in ((0.5, 0.5), (0.9, 0.5), (0.5, 0.1), (0.5, 1.5)):
        world = pair(tiny, p, institute=True)
        world.enterprises[0].partner_trust[0] = trust
        world.institutes[0].knowledge[0] = 0.5 * math.exp(distance)
        joint.work_together(world, p, NOW)
    best, trusted, near, far = chances.asked
    assert trusted > best
    assert near == pytest.approx(best * 0.2 * math.exp(0.8))
    assert far == pytest.approx(best * 3.0 * math.exp(-2.0))


def test_a_partner_who_is_gone_ends_the_project(tiny: Tiny, p: Any) -> None:
    world = pair(tiny, p, institute=True)
    world.institutes[0].alive = False
    joint.work_together(world, p, NOW)
    assert world.enterprises[0].joint_until == 4
    assert world.enterprises[0].cash == 1000.0


def test_a_project_begins_with_the_partner_at_the_best_distance(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    """Of two institutes, one too near and one at the best distance; the wish rises with vouchers and convening."""
    chances = Chances()
    monkeypatch.setitem(joint.names, "happens", chances)
    monkeypatch.setitem(joint.names, "normal", middling)
    world = tiny(institutes=2)
    firm = world.enterprises[0]
    j = p.joint_projects
    j.begin, j.voucher_response, j.convening, j.quarters, j.distance = 0.1, 2.0, 0.5, 6.0, 0.5
    j.looks, j.looks_at_institutes = 2.0, 6.0
    p.management.joint_needs = 0.25
    firm.research, firm.propensity[INTEGRATED], firm.attention = 1.0, 0.5, 1.0
    firm.collaboration_voucher, firm.coordination = 0.25, 0.4
    firm.knowledge[0] = 0.5
    world.institutes.knowledge[:, 0] = [0.5, 0.5 * math.exp(0.5)]
    joint.begin_joint_projects(world, p, NOW)
    assert chances.asked == pytest.approx([0.1 * 3.0 * 0.5 * (1.0 + 0.5 + 0.2)])
    monkeypatch.setitem(joint.names, "happens", always)
    joint.begin_joint_projects(world, p, NOW)
    assert firm.joint_until == 10
    assert firm.partner_uid[firm.joint_slot] == 102
    assert firm.attention == pytest.approx(0.75)


def test_more_is_relabelled_when_there_is_more_to_gain(tiny: Tiny, p: Any) -> None:
    """0.2 (1 + 0.5 / 2) = a quarter: 20 real, elasticity nil, 26.67 reported."""
    world = researcher(tiny, p)
    p.research.relabelled, p.research.user_cost_elasticity = 0.2, 0.0
    world.enterprises[0].super_deduction = 0.5
    research.plan_research(world, p, NOW)
    assert world.enterprises[0].research_reported == pytest.approx(20.0 / 0.75)


def test_those_met_by_chance_teach_a_little(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """Two chance meetings of contact 0.3: 1 - e^-0.3 of 3.75e-5 ln 2."""
    monkeypatch.setitem(spillovers.names, "some_enterprise", lambda world, now, what, who, look: 1 + look)
    world = neighbours(tiny, p, 0)
    p.spillovers.met = 2.0
    monkeypatch.setitem(spillovers.names, "USUAL_NUMBER", float(world.enterprises.alive.sum()))
    spillovers.spill_over(world, p, NOW)
    learnt = 3.75e-5 * math.log(2.0) * (1.0 - math.exp(-0.3))
    assert world.enterprises[0].learned_local == pytest.approx(learnt, rel=1e-3)


def test_others_patents_stand_in_the_way_of_small_steps(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """A quarter of the elements covered and protection of 0.8: (1 - 0.2)^2 = 0.64 free. Small steps stop, radical ones not."""
    monkeypatch.setitem(search.names, "poisson", lambda *_: 2)
    for come_true, made in (((search.BLOCKED,), 0), ((search.BLOCKED, search.RADICAL), 2)):
        monkeypatch.setitem(
            search.names, "happens", lambda chance, now, what, *_, come_true=come_true: what in come_true
        )
        world = searcher(tiny, p)
        p.search.covered, p.search.protection = 0.25, 0.8
        world.processes[0].complexity = 2.0
        assert search.free_to_build(world.processes[0], 0.8, p) == pytest.approx(0.64)
        search.search_originally(world, p, NOW)
        assert (world.region[0].steps_blocked, world.region[0].innovations) == (2 - made, made)


def test_patents_are_counted_and_fade(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """Two steps patented; 0.98 of them a quarter later, the count of grants stays."""
    monkeypatch.setitem(search.names, "poisson", lambda *_: 2)
    monkeypatch.setitem(search.names, "happens", always)
    world = searcher(tiny, p)
    firm = world.enterprises[0]
    search.search_originally(world, p, NOW)
    assert (firm.patents, firm.patents_granted) == (2.0, 2)
    assert firm.innovations.sum() == firm.innovations[CLASS_NAMES.index("original")] == 2.0
    search.learn_modes(world, p, NOW)
    assert (firm.patents, firm.patents_granted) == (pytest.approx(1.96), 2)


@pytest.mark.parametrize("better", ["trust", "reputation", "coordination"])
def test_a_partner_is_sought_by_trust_reputation_and_convening(
    tiny: Tiny, p: Any, monkeypatch: Patch, better: str
) -> None:
    """Two institutes at the same distance; the second is ahead in one respect."""
    monkeypatch.setitem(joint.names, "happens", always)
    monkeypatch.setitem(joint.names, "normal", middling)
    world = tiny(institutes=2)
    firm = world.enterprises[0]
    p.joint_projects.looks, p.joint_projects.convening, p.management.joint_needs = 0.0, 1.0, 0.0
    firm.research, firm.propensity[INTEGRATED], firm.knowledge[0], firm.attention = 1.0, 1.0, 0.5, 1.0
    firm.partner[:2], firm.partner_uid[:2], firm.partner_institute[:2] = [0, 1], [101, 102], 1
    firm.partner_trust[:2] = 0.3
    world.institutes.reputation = world.institutes.transfer_orientation = 0.5
    if better == "trust":
        firm.partner_trust[1] = 0.6
    else:
        world.institutes[1][better] = 0.9
    joint.begin_joint_projects(world, p, NOW)
    assert firm.joint_slot == 1 and firm.joint_until > NOW.t


def test_a_voucher_that_is_paid_by_half_moves_half_as_much(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    chances = Chances()
    monkeypatch.setitem(joint.names, "happens", chances)
    world = tiny()
    firm = world.enterprises[0]
    p.joint_projects.begin, p.joint_projects.voucher_response = 0.1, 2.0
    firm.research, firm.propensity[INTEGRATED], firm.collaboration_voucher = 1.0, 1.0 / 3.0, 0.5
    for paid in (1.0, 0.5):
        world.region[0].paid_share = paid
        joint.begin_joint_projects(world, p, NOW)
    assert chances.asked == pytest.approx([0.2, 0.15])


def test_a_test_outside_is_dearer_helps_less_and_needs_cash(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """0.4 of a local test: 0.1 (1.6 + 0.4) / 2 of the gap of 0.4; none for who has less than twenty times its price."""
    monkeypatch.setitem(commercialisation.names, "happens", always)
    for cash, pace in ((21.0, 0.1), (19.0, 0.08)):
        world = maker(tiny, p)
        p.commercialisation.service_gap, p.commercialisation.outside_price = 0.05, 1.0
        firm = world.enterprises[0]
        firm.cash = cash
        commercialisation.commercialise(world, p, NOW)
        assert firm.quality == pytest.approx(0.4 + pace * 0.4)
        assert firm.cash == pytest.approx(cash - (1.0 if cash > 20.0 else 0.0))
