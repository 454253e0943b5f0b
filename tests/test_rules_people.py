"""Rules of talents, institutes and entry: numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import plain

import sim.rules.entry
import sim.rules.institutes
import sim.rules.outlook
import sim.rules.permits
import sim.rules.talents
from sim.accounts import CAME, ENTERPRISES, HOUSEHOLDS, INSTITUTES, LEFT, OUTSIDE
from sim.chance import Now
from sim.world import (
    AT_ENTERPRISE,
    AT_INSTITUTE,
    ATTRACTED,
    CLASS_NAMES,
    COMMODITY,
    DIFFERENTIATED,
    DIVERSIFIED,
    DOMESTIC,
    INTERNATIONAL,
    INTRODUCED,
    LOCAL,
    NOWHERE,
    OUTSIDE_OWNED,
    PRIVATE,
    SPIN_OFF_ENTERPRISE,
    SPIN_OFF_INSTITUTE,
    TESTING_CENTRE,
    UNIVERSITY,
)

talents = plain(sim.rules.talents)
institutes = plain(sim.rules.institutes)
entry = plain(sim.rules.entry)
outlook = plain(sim.rules.outlook)
permits = plain(sim.rules.permits)

NOW = Now(1, 4)
Tiny = Callable[..., Any]
Patch = pytest.MonkeyPatch


def always(*_: Any) -> bool:
    return True


def never(*_: Any) -> bool:
    return False


def middling(*_: Any) -> float:
    return 0.0


def person(world: Any, row: int, works: int = NOWHERE, place: int = 0, **state: Any) -> Any:
    """A person in this row, at this employer."""
    talent = world.talents[row]
    talent.uid, talent.alive, talent.level, talent.works, talent.employer = 500 + row, True, 1.0, works, place
    talent.wage = talent.used = 1.0
    if works == AT_ENTERPRISE:
        talent.employer_uid = world.enterprises[place].uid
    elif works == AT_INSTITUTE:
        talent.employer_uid = world.institutes[place].uid
    for name, value in state.items():
        talent[name] = value
    talent.pay_level = talent.level**0.7
    return talent


# ------------------------------------------------------------------------------------------------------- talents
def employer(tiny: Tiny, p: Any, workers: float) -> Any:
    """Twice the typical plant needs 0.4 x 10 x 2^0.7 = 6.50 engineers at 1.6 each; 0.1 of sales of 200 pays 0.5 x 20 / 1.6 =
    6.25 researchers. Half of the labour for 100 units is lost without engineers."""
    world = tiny()
    firm, process = world.enterprises[0], world.processes[0]
    p.talents.engineers, p.talents.research_pay, p.talents.local_pay = 0.4, 0.5, 0.8
    p.commercialisation.understaffed = 0.5
    world.region[0].talent_wage = 2.0
    process.talents, process.typical_scale, process.workers, firm.capacity = 10.0, 5.0, workers, 10.0
    firm.research_intensity, firm.expected_orders, firm.price = 0.1, 100.0, 2.0
    return world


def test_posts_for_plant_and_for_research(tiny: Tiny, p: Any) -> None:
    """12.75, rounded 13. 4 are there; at most 2 and a quarter of those there are sought at once."""
    world = employer(tiny, p, workers=1.0)
    firm = world.enterprises[0]
    assert talents.wanted_talents(firm, world.processes[0], world.region[0], p) == 13
    firm.local_talents, firm.introduced_talents = 3, 1
    talents.post_vacancies(world, p, NOW)
    assert firm.vacancies == 3
    firm.local_talents = 11
    talents.post_vacancies(world, p, NOW)
    assert firm.vacancies == 1
    firm.distress = 1
    talents.post_vacancies(world, p, NOW)
    assert firm.vacancies == 0


def test_granted_projects_and_funding_make_posts(tiny: Tiny, p: Any) -> None:
    """Four fifths more on the R&D plan: 6.50 + 1.8 x 6.25 = 17.75. Funding of 12, three quarters paid, 0.5 of it for people at
    1.6 each: 2.8, so two more posts; when it ends, those beyond one too many go with half the chance each quarter."""
    world = employer(tiny, p, workers=1.0)
    world.enterprises[0].research_added = 0.8
    assert talents.wanted_talents(world.enterprises[0], world.processes[0], world.region[0], p) == 18
    world = tiny(institutes=1, talents=16)
    home, region = world.institutes[0], world.region[0]
    p.talents.local_pay, p.institutes.people_share, p.talents.release = 0.8, 0.5, 0.5
    region.talent_wage, region.paid_share = 2.0, 0.75
    home.posts, home.local_talents, home.funding_support = 10, 10, 12.0
    talents.post_vacancies(world, p, NOW)
    assert home.vacancies == 2
    assert talents.chance_to_be_let_go(12, 10, p) == pytest.approx(0.5 / 12.0)
    p.talents.release = 1.0
    home.posts, home.local_talents, home.funding_support = 0, 3000, 0.0
    world.talents.alive, world.talents.works = True, AT_INSTITUTE
    world.talents.uid = 1 + np.arange(16)
    talents.post_vacancies(world, p, NOW)
    assert home.vacancies == 0 and set(world.talents.works) == {NOWHERE}


def test_nobody_hires_engineers_who_cost_more_than_they_save(tiny: Tiny, p: Any) -> None:
    """0.5 x 100 x 0.064 = 3.2 saved pays two of them: 8.25 in all."""
    world = employer(tiny, p, workers=0.064)
    assert talents.wanted_talents(world.enterprises[0], world.processes[0], world.region[0], p) == 8


def test_graduates_are_whole_people_in_the_fields_of_their_university(tiny: Tiny, p: Any) -> None:
    """2.5 a quarter: ten in a year, in field 1 only."""
    world = tiny(fields=2, institutes=2, talents=32)
    world.institutes.kind = [UNIVERSITY, TESTING_CENTRE]
    world.institutes.seats = 2.5
    world.institutes.focus[:, 1] = 1.0
    for t in range(8, 12):
        talents.graduate(world, p, Now(1, t))
    people = world.talents[world.talents.alive]
    assert len(people) == 10 == world.people[CAME]
    assert set(people.discipline) == {1} and set(people.origin) == {LOCAL} and set(people.works) == {NOWHERE}
    assert len(set(people.uid)) == 10


def test_training_seats_are_filled_as_far_as_they_are_paid(tiny: Tiny, p: Any) -> None:
    """3.2 seats, half of them paid: 1, 2, 1, 2 people with what is carried over; four quarters' cost a head."""
    world = tiny(institutes=1, talents=32)
    world.institutes.kind, world.institutes.focus[:, 0] = UNIVERSITY, 1.0
    region = world.region[0]
    region.paid_share = 0.5
    came = []
    for t in range(4):
        region.training_seats, region.trained = 3.2, 0.0
        talents.graduate(world, p, Now(1, t))
        came.append(int(region.trained))
    assert came == [1, 2, 1, 2]
    assert world.measures[talents.TRAINING].claims == pytest.approx(6 * 4 * talents.TRAINING_COST)


def test_introduced_talents_are_whole_people_from_a_finite_stock(tiny: Tiny, p: Any) -> None:
    """0.8 a quarter, half paid: the third and the fifth quarter bring one, at a package of 0.3 each."""
    world = tiny()
    region = world.region[0]
    p.talents.introduced_knowledge = 0.9
    region.paid_share, region.talents_elsewhere = 0.5, 10.0
    came = []
    for t in range(5):
        region.introduced_talents, region.introduction_package, region.arrived = 0.8, 0.3, 0.0
        talents.introduce_talents(world, p, Now(1, t))
        came.append(int(region.arrived))
    assert came == [0, 0, 1, 0, 1]
    assert world.measures[talents.INTRODUCED_TALENTS].claims == pytest.approx(0.6)
    assert world.talents[0].origin == INTRODUCED and world.talents[0].carried == 0.9
    region.talents_elsewhere, region.introduced_talents, region.arrived = 0.0, 100.0, 0.0
    talents.introduce_talents(world, p, Now(1, 5))
    assert region.arrived == 0.0


def test_people_are_conserved_and_counted_by_their_employers(tiny: Tiny, p: Any) -> None:
    """At their desks, and after some quarters of coming and going: present = came - left, at work = counted."""
    world = tiny(enterprises=3, institutes=1, talents=64)
    person(world, 0, AT_ENTERPRISE, 1)
    person(world, 1, AT_ENTERPRISE, 1, origin=INTRODUCED)
    person(world, 2, AT_INSTITUTE, 0)
    person(world, 3)
    talents.count_talents(world, p, NOW)
    assert world.enterprises.local_talents.tolist() == [0, 1, 0]
    assert world.enterprises.introduced_talents.tolist() == [0, 1, 0]
    assert world.institutes.local_talents.tolist() == [1]
    assert world.enterprises.talent_pay == pytest.approx([0.0, 2.0, 0.0])
    assert world.money[talents.TALENT_PAY, ENTERPRISES, HOUSEHOLDS] == pytest.approx(2.0)
    p.talents.quit, p.talents.patience, p.talents.poach, p.talents.outside_hire = 0.05, 0.5, 0.05, 0.3
    world.enterprises.capability, world.enterprises.cash, world.processes[0].talents = 0.6, 100.0, 12.0
    world.institutes.kind, world.institutes.seats, world.institutes.posts = UNIVERSITY, 2.0, 4
    world.institutes.focus[:, 0] = 1.0
    for t in range(4, 24):
        for rule in (
            "post_vacancies",
            "graduate",
            "hire_outside",
            "leave_or_stay",
            "seek_posts",
            "count_talents",
        ):
            getattr(talents, rule)(world, p, Now(2, t))
        present = world.talents[world.talents.alive]
        assert len(present) == 4 + world.people[CAME] - world.people[LEFT]
        counted = sum(
            int(table.local_talents.sum() + table.introduced_talents.sum())
            for table in (world.enterprises, world.institutes)
        )
        assert (present.works != NOWHERE).sum() == counted
    assert world.people[LEFT] > 3 and world.people[CAME] > 10


def leaver(tiny: Tiny, p: Any, **state: Any) -> Any:
    """A person paid as outside, used in full: leaves with the base hazard."""
    world = tiny()
    t = p.talents
    t.quit, t.pay_response, t.unused_response, t.support_response = 0.01, 2.0, 1.5, 4.0
    t.introduced_restless, t.emigrate = math.log(3.0), 0.4
    person(world, 0, AT_ENTERPRISE, 0, **state)
    return world


@pytest.mark.parametrize(
    ("state", "region", "hazard"),
    [
        ({}, {}, 0.01),
        ({"wage": 0.5}, {}, 0.04),  # half of outside pay, response 2
        ({"used": 0.0}, {}, 0.01 * math.exp(1.5)),
        ({"origin": INTRODUCED}, {}, 0.03),
        ({}, {"retention_support_local": 0.25}, 0.01 * math.exp(-1.0)),
        ({}, {"retention_support": 0.25}, 0.01),  # meant for the introduced
        ({"origin": INTRODUCED}, {"retention_support": 0.25, "paid_share": 0.5}, 0.03 * math.exp(-0.5)),
        ({}, {"inventors_share": 0.5}, 0.01 * math.exp(-0.25)),
    ],
)
def test_people_quit_by_pay_use_support_and_share(
    tiny: Tiny, p: Any, monkeypatch: Patch, state: dict[str, Any], region: dict[str, float], hazard: float
) -> None:
    for luck, quits in ((0.999, 1), (1.001, 0)):
        monkeypatch.setitem(talents.names, "uniform_pair", lambda *_, u=luck: (u * hazard, 1.0))
        world = leaver(tiny, p, **state)
        for name, value in region.items():
            world.region[0][name] = value
        talents.leave_or_stay(world, p, NOW)
        assert world.region[0].quits == quits
        assert world.talents[0].alive and world.talents[0].works == (NOWHERE if quits else AT_ENTERPRISE)


def test_some_of_those_who_quit_leave_the_region(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """0.4 at outside pay, at twice the pay one half of that; the introduced 1.4 times as often."""
    for wage, origin, chance in ((1.0, LOCAL, 0.4), (2.0, LOCAL, 0.2), (1.0, INTRODUCED, 0.56)):
        for second, gone in ((0.999, True), (1.001, False)):
            monkeypatch.setitem(talents.names, "uniform_pair", lambda *_, u=second * chance: (0.0, u))
            world = leaver(tiny, p, wage=wage, origin=origin)
            talents.leave_or_stay(world, p, NOW)
            assert bool(world.talents[0].alive) is not gone
            assert world.region[0].emigrated[origin] == gone == world.people[LEFT]


def test_who_moves_carries_knowledge(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """A lead of ln 2; 0.12 x 10 / (9 + 1 + 1 staff) of it is learnt. The post is filled."""
    monkeypatch.setitem(talents.names, "happens", never)
    monkeypatch.setitem(talents.names, "normal", middling)
    world = tiny()
    firm = world.enterprises[0]
    p.talents.carry, p.talents.local_pay = 0.12, 0.9
    firm.vacancies, firm.local_talents, firm.knowledge[0] = 1, 1, 0.4
    firm.last_year_sales, firm.last_year_profit = 100.0, 10.0
    world.region[0].talent_wage = 2.0
    person(world, 0, carried=0.8)
    talents.seek_posts(world, p, NOW)
    talent = world.talents[0]
    assert (talent.works, talent.employer, talent.employer_uid) == (AT_ENTERPRISE, 0, 1)
    assert talent.wage == pytest.approx(2.0 * 0.9 * 1.1)  # profit of a tenth of sales adds to the offer
    assert math.log(firm.knowledge[0] / 0.4) == pytest.approx(1.2 / 11.0 * math.log(2.0))
    assert firm.vacancies == 0 and world.region[0].hired == 1


def test_seekers_take_the_best_post_and_no_post_twice(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """Two people, one post at a capable employer, one at another: both are filled, the better one first."""
    monkeypatch.setitem(talents.names, "happens", never)
    monkeypatch.setitem(talents.names, "normal", middling)
    world = tiny(enterprises=2)
    p.talents.looks, p.talents.prospects = 10.0, 0.5
    world.enterprises.vacancies = 1
    world.enterprises.capability = [0.3, 0.9]
    for row in range(3):
        person(world, row, carried=0.1)
    talents.seek_posts(world, p, Now(2, 4))
    assert world.talents.employer[:2].tolist() == [1, 0]
    assert world.talents.works[:3].tolist() == [AT_ENTERPRISE, AT_ENTERPRISE, NOWHERE]


def test_hiring_outside_is_paid_and_helped_by_a_grant(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """Offer 1, capability 0.6: 0.1 for each of two posts; a grant of half the cost doubles it and is claimed."""
    means: list[float] = []
    monkeypatch.setitem(talents.names, "poisson", lambda mean, *_: means.append(float(mean)) or 1)
    for grant in (0.0, 0.5):
        world = tiny()
        firm = world.enterprises[0]
        t = p.talents
        t.outside_hire, t.hire_cost, t.local_pay = 0.1, 1.0, 1.0
        firm.vacancies, firm.capability, firm.cash, firm.head_hunting = 2, 0.6, 100.0, grant
        talents.hire_outside(world, p, NOW)
        assert (firm.cash, firm.claimed, firm.vacancies) == pytest.approx((99.0, grant, 1))
        assert world.talents[0].origin == INTRODUCED and world.talents[0].employer_uid == 1
        assert world.money[talents.HIRING, ENTERPRISES, OUTSIDE] == 1.0
    assert means == pytest.approx([0.2, 0.4])


# ---------------------------------------------------------------------------------------------------- institutes
def academy(tiny: Tiny, p: Any) -> Any:
    """One institute, fully staffed, at usual funding, that works in the one field there is."""
    world = tiny(institutes=1)
    home = world.institutes[0]
    home.kind, home.focus[0], home.posts, home.local_talents = UNIVERSITY, 1.0, 10, 10
    home.base_funding, home.knowledge[0] = 5.0, 0.85
    i = p.institutes
    i.keep, i.people_share, i.catch_up, i.yield_ = 1.0, 0.6, 0.8, 0.0
    world.fields[0].growth = 0.01
    return world


def test_an_institute_at_usual_effort_keeps_its_place(tiny: Tiny, p: Any) -> None:
    """At 0.85 of the frontier it grows as fast as that. Half the staff: 2^-0.6; 32 times the funding: 4."""
    for staff, support, effort in ((10, 0.0, 1.0), (5, 0.0, 2.0**-0.6), (10, 5.0 * 31.0, 4.0)):
        world = academy(tiny, p)
        home = world.institutes[0]
        home.local_talents, home.funding_support = staff, support
        institutes.do_institute_research(world, p, NOW)
        assert math.log(home.knowledge[0] / 0.85) == pytest.approx(0.01 * effort)


def test_results_arise_by_staff_and_are_patented(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """0.05 of ten researchers."""
    means: list[float] = []
    monkeypatch.setitem(institutes.names, "poisson", lambda mean, *_: means.append(float(mean)) or 2)
    world = academy(tiny, p)
    p.institutes.yield_ = 0.05
    institutes.do_institute_research(world, p, NOW)
    home = world.institutes[0]
    assert means == pytest.approx([0.5])
    assert (home.innovations, home.patents_granted, world.region[0].innovations) == (2, 2, 2)
    assert home.technology[0] == 2 and CLASS_NAMES[world.innovations[1].kind] == "original"


def test_a_result_is_taken_over_paid_for_and_learnt(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """Chance 0.4 (1 + 0.5) x 0.5 x 1 x 1; fee 0.5 x 2, half of it to the inventors; 0.1 x 0.5 learnt."""
    asked: list[float] = []
    monkeypatch.setitem(institutes.names, "poisson", lambda *_: 1)
    monkeypatch.setitem(institutes.names, "happens", lambda chance, *_: asked.append(float(chance)) or True)
    world = academy(tiny, p)
    home, firm, region = world.institutes[0], world.enterprises[0], world.region[0]
    i = p.institutes
    i.reach_out, i.transfer_fee, i.transfer_gain = 3.0, 0.5, 0.1
    home.transfer_orientation, home.knowledge[0] = 0.4, 0.85
    firm.absorptive, firm.knowledge[0], firm.cash = 0.5, 0.4, 100.0
    region.inventors_share, region.general_index = 0.5, 2.0
    institutes.do_institute_research(world, p, NOW)
    assert asked == pytest.approx([0.3])  # taken over once, offered no further
    assert (firm.cash, home.cash) == pytest.approx((99.0, 0.5))
    assert world.money[institutes.INVENTORS_PAY, INSTITUTES, HOUSEHOLDS] == pytest.approx(0.5)
    assert math.log(firm.knowledge[0] / 0.4) == pytest.approx(0.05)
    assert (firm.transferred, region.transfers, world.innovations[0].adopters) == (1, 1, 1)
    assert (world.innovations[1].parent, world.innovations[1].owner) == (1, 1)


def test_who_does_no_research_takes_nothing_over(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    monkeypatch.setitem(institutes.names, "poisson", lambda *_: 1)
    monkeypatch.setitem(institutes.names, "happens", always)
    world = academy(tiny, p)
    world.enterprises[0].cash = 100.0
    institutes.do_institute_research(world, p, NOW)
    assert world.region[0].transfers == 0 and world.enterprises[0].cash == 100.0


def test_institutes_are_funded_and_pay(tiny: Tiny, p: Any) -> None:
    """Base 5 at wages of 1.2, pay 3; of what is left above twice that a quarter goes into materials. Claims: support 2,
    four laboratories at 3 a year."""
    world = academy(tiny, p)
    home = world.institutes[0]
    world.region[0].wage_index = 1.2
    p.institutes.laboratory_cost = 3.0
    home.cash, home.spending, home.funding_support, home.joint_laboratories = 11.0, 3.0, 2.0, 4.0
    institutes.fund_institutes(world, p, NOW)
    assert home.funding == pytest.approx(6.0)
    assert home.cash == pytest.approx(14.0 - 0.25 * 8.0)
    assert home.spending == pytest.approx(5.0)
    assert home.claimed == pytest.approx(2.0 + 3.0)


def test_invited_centres_settle_whole_and_at_a_cost(tiny: Tiny, p: Any) -> None:
    """0.8 a quarter, half paid: one in the third quarter."""
    world = tiny(institutes=2)
    world.institutes[1].uid, world.institutes[1].alive = 0, False
    world.region[0].paid_share = 0.5
    p.institutes.centre_cost, p.institutes.centre_capacity = 15.0, 12.0
    for t in range(3):
        assert world.region[0].institutes_opened == 0
        world.region[0].invited_institutes = 0.8
        institutes.settle_institutes(world, p, Now(1, t))
    centre = world.institutes[1]
    assert world.region[0].institutes_opened == 1
    assert (centre.alive, centre.kind, centre.invited, centre.service_capacity) == (
        True,
        TESTING_CENTRE,
        True,
        12.0,
    )
    assert world.measures[institutes.INVITED_INSTITUTES].claims == centre.claimed == pytest.approx(15.0)
    assert centre.uid not in (0, 101)


def test_an_institute_of_history_opens_in_its_quarter(tiny: Tiny, p: Any) -> None:
    world = tiny(institutes=1)
    home = world.institutes[0]
    home.alive, home.founded, home.cash = False, 6, 3.0
    for t, alive in ((5, False), (6, True)):
        institutes.settle_institutes(world, p, Now(1, t))
        assert bool(home.alive) is alive
    assert world.balances[INSTITUTES] == 3.0


# --------------------------------------------------------------------------------------------------------- entry
def queue(tiny: Tiny, p: Any) -> Any:
    """Three applications of outside enterprises, two of the same quarter, ready at once."""
    world = tiny(enterprises=6)
    world.enterprises.alive[1:] = False
    world.enterprises.died = -9
    world.processes[0].plant, world.products[0].outside_price[DOMESTIC] = 2.0, 1.0
    for row, (uid, applied) in enumerate(((30, 3), (20, 2), (25, 2))):
        project = world.projects[row]
        project.uid, project.alive, project.applied, project.ready = uid, True, applied, 4
        project.capacity, project.equity, project.origin, project.ownership = (
            10.0,
            8.0,
            ATTRACTED,
            OUTSIDE_OWNED,
        )
        project.knowledge[0], project.reach[:] = 0.8, [0.5, 0.2]
    return world


def test_permits_are_granted_oldest_first_as_many_as_the_desks_can_handle(tiny: Tiny, p: Any) -> None:
    world = queue(tiny, p)
    p.entry.desks = 1.0
    orders = []
    for t in range(4, 7):
        permits.grant_permits(world, p, Now(1, t))
        newest = world.enterprises[world.enterprises.alive & (world.enterprises.founded == t)]
        orders.append(newest.uid.tolist())
    assert orders == [[20], [25], [30]]
    assert world.region[0].permits == 3
    world = queue(tiny, p)
    world.region[0].approval_capacity = 1.0
    permits.grant_permits(world, p, NOW)
    assert sorted(world.enterprises.uid[world.enterprises.alive]) == [1, 20, 25]
    assert world.region[0].waiting == 1


def test_a_permit_takes_its_time(tiny: Tiny, p: Any) -> None:
    """Four quarters, three quarters of that with faster approval; none before."""
    p.entry.approval = 4.0
    for factor, ready in ((1.0, 8), (0.75, 7), (0.0, 5)):
        world = tiny()
        world.region[0].approval_factor = factor
        row = entry.apply_for_permit(world, p, NOW, 77, 0, 10.0, ATTRACTED, OUTSIDE_OWNED, 0, 0, 77)
        assert world.projects[row].ready == ready
        assert world.projects[row].equity == pytest.approx(
            5.0
        )  # its plant costs nothing; half a quarter's sales at 1


def test_a_new_enterprise_has_its_plant_on_order_and_its_money(tiny: Tiny, p: Any) -> None:
    """10 units of plant at 2, in four parts; 1.6 of 8 of equity from outside; knowledge as applied for."""
    world = queue(tiny, p)
    world.processes[0].build_quarters, world.processes[0].typical_scale = 4, 10.0
    world.projects.alive[1:] = False
    permits.grant_permits(world, p, NOW)
    firm = world.enterprises[1]
    assert firm.alive and firm.uid == 30
    assert firm.capacity == 0.0 and firm.ordered.tolist()[:4] == [0.0, 0.0, 0.0, 10.0]
    assert firm.ordered_cost.tolist()[:4] == [5.0] * 4
    assert firm.cash == pytest.approx(12.8) == world.money[permits.EQUITY, OUTSIDE, ENTERPRISES]
    assert (firm.knowledge[0], firm.reach[DOMESTIC], firm.ownership) == (0.8, 0.5, OUTSIDE_OWNED)
    assert firm.serves.tolist() == [1, 1] and firm.certified
    assert world.region[0].entries[ATTRACTED] == 1


def test_a_row_is_used_again_a_quarter_after_death_at_the_earliest(tiny: Tiny, p: Any) -> None:
    world = queue(tiny, p)
    world.enterprises.died[1] = 3
    world.projects.alive[1:] = False
    permits.grant_permits(world, p, NOW)
    assert not world.enterprises[1].alive and world.enterprises[2].alive


def test_a_parent_pays_for_its_line_or_it_lapses(tiny: Tiny, p: Any) -> None:
    for cash, founded in ((100.0, True), (7.0, False)):
        world = queue(tiny, p)
        world.projects.alive[1:] = False
        project = world.projects[0]
        project.origin, project.parent, project.parent_uid, project.group = DIVERSIFIED, 0, 1, 1
        world.enterprises[0].cash = cash
        permits.grant_permits(world, p, NOW)
        assert bool(world.enterprises[1].alive) is founded
        assert world.enterprises[0].cash == pytest.approx(cash - 8.0 * founded)
        assert world.enterprises[1].cash == pytest.approx(8.0 * founded)
        assert not world.projects[0].alive


def test_a_founder_changes_post_or_the_spin_off_lapses(tiny: Tiny, p: Any) -> None:
    for there in (True, False):
        world = queue(tiny, p)
        world.projects.alive[1:] = False
        project = world.projects[0]
        project.origin, project.ownership, project.founder, project.founder_row = (
            SPIN_OFF_ENTERPRISE,
            PRIVATE,
            500,
            0,
        )
        person(world, 0, AT_ENTERPRISE, 0, alive=there)
        world.enterprises[0].local_talents = 5
        permits.grant_permits(world, p, NOW)
        assert bool(world.enterprises[1].alive) is there
        assert world.enterprises.local_talents[:2].tolist() == ([4, 1] if there else [5, 0])
        if there:
            assert (world.talents[0].employer, world.talents[0].employer_uid) == (1, 30)


def outlook_world(tiny: Tiny, p: Any) -> Any:
    """Price 5, other cost 2, labour free, user cost 0.6: an entrant's margin is 3. Nobody there yet."""
    world = tiny()
    p.finance.interest, p.finance.wear, p.investment.risk, p.finance.overhead = 0.06, 0.06, 0.04, 0.08
    good, process = world.products[0], world.processes[0]
    world.enterprises.alive = False
    good.pricing, good.price, good.outside_price[DOMESTIC] = COMMODITY, 5.0, 5.0
    process.other_cost, process.plant, process.minimum_scale = 2.0, 10.0, 8.0
    return world


def test_the_outlook_is_margin_over_user_cost_at_usual_use(tiny: Tiny, p: Any) -> None:
    """0.7 x 3 / 0.6; a subsidy of one half leaves a user cost of 0.4; a levy of 1 takes a third of the margin."""
    world = outlook_world(tiny, p)
    process = world.processes[0]
    outlook.see_outlook(world, p, NOW)
    assert process.outlook == pytest.approx(3.5)
    process.entrant_subsidy = 0.5
    outlook.see_outlook(world, p, NOW)
    assert process.outlook == pytest.approx(5.25)
    process.entrant_subsidy, process.levy_added = 0.0, 1.0
    outlook.see_outlook(world, p, NOW)
    assert process.outlook == pytest.approx(2.0 * 0.7 / 0.6)


def test_the_outlook_knows_how_plant_here_is_used(tiny: Tiny, p: Any) -> None:
    """One plant, half used; of three that earn 1, half of one's own view of 3 and half of theirs."""
    world = outlook_world(tiny, p)
    process = world.processes[0]
    newcomers = tiny(enterprises=3).enterprises
    newcomers.capacity, newcomers.produced, newcomers.expected_margin = 10.0, 5.0, 1.0
    outlook.see_outlook(world._replace(enterprises=newcomers[:1]), p, NOW)
    assert process.outlook == pytest.approx(0.5 * 3.0 / 0.6)
    outlook.see_outlook(world._replace(enterprises=newcomers), p, NOW)
    assert process.outlook == pytest.approx(0.5 * 2.0 / 0.6)


def test_no_licence_for_new_plant_where_the_quota_leaves_no_room(tiny: Tiny, p: Any) -> None:
    world = outlook_world(tiny, p)
    process = world.processes[0]
    process.quota = 0
    for left, seen in ((7.0, 0.0), (9.0, 3.5)):
        process.quota_left = left
        outlook.see_outlook(world, p, NOW)
        assert process.outlook == pytest.approx(seen)


def newcomers_market(world: Any, p: Any) -> Any:
    """At home 15 units: a newcomer of reach 1 gets a third of them, and what local users order, 5, by its plant. No buffer."""
    good = world.products[0]
    good.pricing, good.market_size[:], good.outside_mass[:] = DIFFERENTIATED, [15.0, 0.0], 2.0
    good.access[:], good.taken[:], good.local_use, good.growth[:] = 1.0, [4.0, 0.0], 5.0, 0.0
    p.investment.buffer, p.entry.foresight, p.entry.most_room = 0.0, 3.0, 2.0
    world.processes[0].typical_scale = 8.0
    return good


def test_the_outlook_sees_what_a_newcomer_would_be_ordered(tiny: Tiny, p: Any) -> None:
    """10 units for a plant of 8 are room for 1.25; half the access half of the 5 from outside; three years of +10 % a third more."""
    world = outlook_world(tiny, p)
    good, process = newcomers_market(world, p), world.processes[0]
    outlook.see_outlook(world, p, NOW)
    assert process.outlook == pytest.approx(3.5 * 1.25)
    good.access[DOMESTIC] = 0.5
    outlook.see_outlook(world, p, NOW)
    assert process.outlook == pytest.approx(3.5 * 7.5 / 8.0)
    # What the cluster has already got is no room: rivals of 2 and a share of one half weigh 4, a newcomer gets a fifth.
    good.access[DOMESTIC], good.cluster_share[DOMESTIC] = 1.0, 0.5
    outlook.see_outlook(world, p, NOW)
    assert process.outlook == pytest.approx(3.5 * 8.0 / 8.0)
    good.growth[DOMESTIC], world.region[0].opening = 0.1, NOW.t - 1
    p.outside_world.growth_fade = 0.0
    outlook.see_outlook(world, p, NOW)
    assert process.outlook == pytest.approx(3.5 * (3.0 * math.exp(0.3) + 5.0) / 8.0)
    # Beside plant of 24 a newcomer of 8 gets a quarter of what users here order.
    process.capacity = 24.0
    assert outlook.orders_of_buyers_here(good, process, 8.0, world.region[0]) == pytest.approx(1.25)


def test_founders_build_for_the_customers_they_bring(tiny: Tiny, p: Any) -> None:
    """Cost 2, price 2.5, attractiveness 1: reach 1 is ordered 10, reach 0.5 two in ten of 15 and 5; the plant is that."""
    for reach, wanted, built in ((1.0, 20.0, 10.0), (0.5, 20.0, 8.0), (1.0, 4.0, 8.0)):
        world = outlook_world(tiny, p)
        good, process = newcomers_market(world, p), world.processes[0]
        good.price_sensitivity[:], good.quality_sensitivity[:], p.outside_markets.reputation = 5.0, 0.0, 0.0
        good.price, good.long_run, good.base_trade_cost[:] = 2.5, 2.5, 0.0
        process.plant, p.entry.hurdle = 0.1, 0.6
        firm = world.enterprises[0]
        firm.capacity, firm.reach[:], firm.serves[:] = 0.0, [reach, 0.0], [True, False]
        firm.productivity, firm.cost_luck, firm.demand_luck, firm.standing = 0.68, 0.0, 0.0, 0.0
        capacity = permits.plan_plant(world, p, firm, process, wanted)
        assert (firm.price, firm.capacity) == (pytest.approx(2.5), 0.0)
        assert capacity == pytest.approx(built)
        assert firm.expected_orders == pytest.approx(min(built, 10.0 if reach == 1.0 else 8.0))


def test_a_plant_far_below_efficient_scale_or_return_is_not_built(tiny: Tiny, p: Any) -> None:
    """Goods that sell at a given price: the plant of 10 stands when it is wanted, large enough, and earns enough."""
    for smallest, price, founded in ((0.5, 3.0, True), (2.5, 3.0, False), (0.5, 0.0, False)):
        world = queue(tiny, p)
        world.projects.alive[1:] = False
        world.processes[0].minimum_scale, p.entry.smallest = 5.0, smallest
        world.products[0].price = world.products[0].outside_price[DOMESTIC] = price
        pool = int(world.processes[0].pool)
        permits.grant_permits(world, p, NOW)
        assert bool(world.enterprises[1].alive) is founded
        assert world.processes[0].pool == pool + (not founded)
        assert permits.row_is_free(world.enterprises[1], NOW.t) is not founded


def test_outside_enterprises_come_at_a_rate_from_a_finite_pool(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    """6 x 0.05 x 0.5 x logistic(2 (ln outlook - elsewhere)) x 1.5; all inputs are assured where there are none, 0.4."""
    rates: list[float] = []
    monkeypatch.setitem(entry.names, "poisson", lambda mean, *_: rates.append(float(mean)) or 3)
    e = p.entry
    e.attract, e.openness, e.choosy, e.effort_help, e.effort_half = 0.05, 0.5, 2.0, 1.0, 2.0
    e.environment, e.elsewhere = 1.0, 0.4
    world = tiny(projects=32)
    process = world.processes[0]
    process.pool, process.outlook, process.attraction = 6, 1.0, 2.0
    entry.attract(world, p, NOW)
    process.pool, world.region[0].openness_change = 6, 0.5
    entry.attract(world, p, NOW)
    process.pool, world.region[0].business_environment = 6, 0.5 * math.log(3.0)
    entry.attract(world, p, NOW)
    assert rates == pytest.approx([0.1125, 0.225, 0.3375])
    assert world.projects.alive.sum() >= 8
    process.pool = 2
    entry.attract(world, p, NOW)
    assert process.pool == 0
    entry.attract(world, p, NOW)
    assert len(rates) == 4  # nobody is left to come


def test_closing_to_outside_investment_keeps_them_away(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    rates: list[float] = []
    monkeypatch.setitem(entry.names, "poisson", lambda mean, *_: rates.append(float(mean)) or 0)
    world = tiny()
    world.processes[0].pool, world.processes[0].outlook = 6, 1.0
    world.region[0].openness_change = -1.0
    entry.attract(world, p, NOW)
    assert rates == [0.0]


def test_attracted_enterprises_know_much_of_what_they_need(tiny: Tiny, p: Any) -> None:
    """0.7 to 1.0 of the frontier in the fields of their product."""
    world = tiny(fields=2, projects=64)
    world.processes[0].plant = 1.0
    for row in range(40):
        entry.come_from_outside(world, p, Now(1, row), 0, 0)
    known = world.projects.knowledge[:40]
    assert (known[:, 0] >= 0.7).all() and (known[:, 0] <= 1.0).all() and known[:, 0].std() > 0.05
    assert (known[:, 1] < 0.7).all()
    assert len(set(world.projects.uid[:40])) == 40


def test_outside_plants_serve_the_world_and_do_research_as_often_as_said(tiny: Tiny, p: Any) -> None:
    """None, all; who serves the country only has all its usual customers there: reach 0.5 (4 / 2)^0.5."""
    p.outside_markets.eta = 0.5
    for share in (0.0, 1.0):
        p.entry.parents_exports = p.entry.parents_research = share
        world = queue(tiny, p)
        world.projects.alive[:] = False
        world.products[0].reference_sales[:] = 2.0
        world.products[0].needs_certificate[INTERNATIONAL] = True
        world.processes[0].research_intensity, world.processes[0].typical_scale = 0.03, 10.0
        row = entry.come_from_outside(world, p, Now(1, 0), 0, 0)
        project = world.projects[0]
        assert row is None and (project.reach[INTERNATIONAL] > 0.0) == (share == 1.0)
        project.ready, project.capacity, project.reach[DOMESTIC] = 4, 10.0, 0.5
        permits.grant_permits(world, p, NOW)
        firm = world.enterprises[1]
        assert firm.alive and firm.research_intensity == pytest.approx(0.03 * share)
        assert (firm.serves[INTERNATIONAL], firm.certified) == (share == 1.0, share == 1.0)
        assert firm.reach[DOMESTIC] == pytest.approx(0.5 if share else 0.5 * math.sqrt(2.0))


@pytest.mark.parametrize("institute", [True, False])
def test_a_spin_off_knows_most_of_what_its_parent_knows_in_the_field(
    tiny: Tiny, p: Any, monkeypatch: Patch, institute: bool
) -> None:
    """0.8 to 1 of 0.9; seed money pays half of what it needs: 0.3 x 20 x 2 x 0.5 = 6 and 3 to wait for sales."""
    monkeypatch.setitem(entry.names, "happens", always)
    monkeypatch.setitem(entry.names, "normal", middling)
    world = tiny(fields=2, institutes=1)
    e = p.entry
    e.founder_scale, e.equity, e.seed_share, e.founder_level, e.founder_knowledge = 0.3, 0.5, 0.5, 1.0, 0.5
    process, region = world.processes[0], world.region[0]
    process.outlook, process.plant, process.typical_scale, process.threshold = 2.0, 2.0, 20.0, 0.5
    world.enterprises[0].knowledge[:2] = world.institutes[0].knowledge[:2] = [0.9, 0.9]
    person(world, 0, AT_INSTITUTE if institute else AT_ENTERPRISE, 0, carried=0.9, level=1.5, hired=-9)
    region.entrepreneurship_fund = 100.0
    entry.spin_off(world, p, NOW)
    project = world.projects[0]
    assert project.alive and project.founder == 500
    assert project.origin == (SPIN_OFF_INSTITUTE if institute else SPIN_OFF_ENTERPRISE)
    assert 0.72 <= project.knowledge[0] <= 0.9
    assert project.knowledge[1] < project.knowledge[0]
    assert (project.capacity, project.equity) == pytest.approx((6.0, 9.0))
    assert world.measures[entry.ENTREPRENEURSHIP_FUND].claims == pytest.approx(4.5)


def test_founding_is_encouraged_by_seed_money_share_protection_and_environment(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    """Hazards of one and the same person grow with each; without level, knowledge or time at work there is none."""
    asked: list[float] = []
    monkeypatch.setitem(entry.names, "happens", lambda chance, *_: asked.append(float(chance)) or False)
    for name, value in (
        ("paid_share", 1.0), ("entrepreneurship_fund", 2.0), ("inventors_share", 0.5), ("protection_change", 0.2),
        ("business_environment", 0.5),
    ):  # fmt: skip
        world = tiny()
        person(world, 0, AT_ENTERPRISE, 0, carried=0.9, level=2.0, hired=-9)
        world.region[0][name] = value
        entry.spin_off(world, p, NOW)
    base, *encouraged = asked
    assert base > 0.0 and len(encouraged) == 4 and min(encouraged) > base
    for hindrance in ({"level": 0.5}, {"carried": 0.1}, {"hired": 3}, {"employer_uid": 0}):
        world = tiny()
        person(world, 0, AT_ENTERPRISE, 0, **({"carried": 0.9, "level": 2.0, "hired": -9} | hindrance))
        entry.spin_off(world, p, NOW)
    assert len(asked) == 5


def test_a_new_line_is_downstream_first_related_and_affordable(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    """Two lines of equal outlook; the one that uses the own product is taken, unless knowledge or money is short."""
    monkeypatch.setitem(entry.names, "happens", always)
    p.entry.downstream, p.entry.sideways, p.entry.diversify_from, p.entry.equity = 1.0, 0.5, 1.0, 0.5
    p.management.diversification_needs = 0.8

    def chosen(cash: float = 100.0, knowledge: float = 0.8, attention: float = 1.0) -> Any:
        world = tiny(products=3)
        firm = world.enterprises[0]
        firm.uid, firm.founded, firm.last_year_profit = 5, -20, 1.0
        firm.cash, firm.attention = cash, attention
        firm.knowledge[0] = knowledge
        world.processes.outlook, world.processes.threshold, world.processes.plant = 2.0, 0.5, 10.0
        world.processes.minimum_scale = 4.0
        world.processes[2].inputs, world.processes[2].input[0] = 1, 0
        world.first_seller[:] = [0, 1, 1, 1]
        entry.diversify(world, p, NOW)
        return world

    world = chosen()
    project = world.projects[0]
    assert project.alive and project.process == 2
    assert (project.origin, project.parent_uid, project.group) == (DIVERSIFIED, 5, 1)
    assert project.knowledge[0] == 0.8
    assert project.equity == pytest.approx(0.5 * 4.0 * 10.0 + 0.5 * 4.0 * 1.0)
    assert world.enterprises[0].attention == pytest.approx(0.2)
    for hindrance in ({"cash": 25.0}, {"knowledge": 0.4}, {"attention": 0.7}):
        assert not chosen(**hindrance).projects.alive.any(), hindrance


def test_exporting_entrants_need_a_certificate(tiny: Tiny, p: Any) -> None:
    """Attracted enterprises bring one; a diversifier serves a market that asks for it only later."""
    for origin, serves in ((ATTRACTED, 1), (DIVERSIFIED, 0)):
        world = queue(tiny, p)
        world.projects.alive[1:] = False
        world.products[0].needs_certificate[INTERNATIONAL] = True
        world.enterprises[0].cash = 100.0
        project = world.projects[0]
        project.origin, project.parent, project.parent_uid = origin, 0, 1
        permits.grant_permits(world, p, NOW)
        assert world.enterprises[1].serves[INTERNATIONAL] == serves


@pytest.mark.parametrize("works", [AT_ENTERPRISE, AT_INSTITUTE])
def test_pay_is_by_level_and_follows_the_outside(tiny: Tiny, p: Any, monkeypatch: Patch, works: int) -> None:
    """Level 2 at outside pay 3, a local share of 0.9: 3 x 2^0.7 x 0.9 on hiring; later a tenth of the way to it."""
    monkeypatch.setitem(talents.names, "normal", middling)
    world = tiny(institutes=1)
    p.talents.local_pay, p.talents.poach, world.region[0].talent_wage = 0.9, 0.0, 3.0
    (world.enterprises if works == AT_ENTERPRISE else world.institutes).vacancies = 1
    talent = person(world, 0, level=2.0, carried=0.1)
    talents.seek_posts(world, p, NOW)
    usual = 3.0 * 2.0**0.7 * 0.9
    assert talent.works == works and talent.wage == pytest.approx(usual)
    talent.wage = 1.0
    talents.count_talents(world, p, NOW)
    assert talent.wage == pytest.approx(1.0 + 0.1 * (usual - 1.0))


def test_the_better_are_used_less_where_there_is_little_for_them_to_do(tiny: Tiny, p: Any) -> None:
    """Use rises with R&D money a head and with capability, and falls with one's level; so at institutes."""
    world = tiny(enterprises=4, institutes=1)
    firms = world.enterprises
    firms.capability, firms.last_year_research = [0.5, 0.5, 0.5, 0.2], [0.0, 2.0, 0.0, 0.0]
    for row, level in enumerate((2.0, 2.0, 3.0, 2.0)):
        person(world, row, AT_ENTERPRISE, row, level=level)
    person(world, 4, AT_INSTITUTE, 0, level=2.0)
    person(world, 5, AT_INSTITUTE, 0, level=3.0)
    talents.count_talents(world, p, NOW)
    used = world.talents.used
    assert used[1] > used[0] > max(used[2], used[3])
    assert used[4] > used[5]
    assert (used[:6] > 0.0).all() and (used[:6] <= 1.0).all()


def test_a_talent_is_used_less_outside_the_own_field(p: Any) -> None:
    """All of it where the field is half of the employer's work or more; less by up to 0.4 where it is none of it."""
    p.talents.mismatch = 0.4
    weights = np.array([0.5, 0.25, 0.0])
    assert [talents.match(weights, field, p) for field in range(3)] == pytest.approx([1.0, 0.8, 0.6])


def test_a_seeker_minds_the_field_and_the_standing_of_an_institute(
    tiny: Tiny, p: Any, monkeypatch: Patch
) -> None:
    """Two institutes: the one that works in the own field, or the one of better reputation."""
    monkeypatch.setitem(talents.names, "normal", middling)
    for focus, reputation, chosen in (([0.0, 0.4], [0.5, 0.5], 1), ([0.4, 0.4], [0.9, 0.5], 0)):
        world = tiny(fields=2, institutes=2)
        p.talents.looks, p.talents.field_fit, p.talents.prospects = 12.0, 0.5, 0.5
        world.institutes.vacancies, world.institutes.reputation = 1, reputation
        world.institutes.focus[:, 1] = focus
        talent = person(world, 0, discipline=1, carried=0.1)
        talents.seek_posts(world, p, NOW)
        assert (talent.works, talent.employer) == (AT_INSTITUTE, chosen)


def test_a_line_whose_inputs_are_made_here_is_preferred(tiny: Tiny, p: Any, monkeypatch: Patch) -> None:
    """Two lines sideways, alike but that the input of one is made in the cluster."""
    monkeypatch.setitem(entry.names, "happens", always)
    p.entry.sideways, p.entry.diversify_from, p.entry.equity, p.management.diversification_needs = (
        0.5,
        1.0,
        0.5,
        0.8,
    )
    for made, chosen in ((1, 2), (3, 4)):
        world = tiny(products=5)
        firm = world.enterprises[0]
        firm.uid, firm.founded, firm.last_year_profit, firm.cash, firm.attention = 5, -20, 1.0, 1e3, 1.0
        world.processes.outlook, world.processes.threshold = [0.0, 0.0, 2.0, 0.0, 2.0], 0.5
        for row, source in ((2, 1), (4, 3)):
            world.processes[row].inputs, world.processes[row].input[0] = 1, source
        world.first_seller[:] = [0, *(1 + (place >= made) for place in range(5))]
        entry.diversify(world, p, NOW)
        assert world.projects[0].process == chosen
