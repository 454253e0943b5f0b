"""One quarter, in order: the sentences of the model.

The order is data: read it, print it, put a rule of your own between two of them. Policy acts before the first sentence
(``run.run_quarters``), measurement and the closing of the books come after the last.
"""

from __future__ import annotations

from sim.rules.commercialisation import commercialise, see_capability
from sim.rules.entry import attract, diversify, spin_off
from sim.rules.finance import settle_accounts
from sim.rules.government import run_the_budget
from sim.rules.institutes import do_institute_research, fund_institutes, settle_institutes
from sim.rules.introduction import introduce_technology
from sim.rules.investment import form_expectations, invest
from sim.rules.joint_projects import begin_joint_projects, work_together
from sim.rules.labour import hire_workers
from sim.rules.leaving import leave
from sim.rules.management import give_attention, improve_practice
from sim.rules.meeting import see_who_is_there
from sim.rules.outlook import see_outlook
from sim.rules.outside_markets import enter_markets, sell_commodities, sell_differentiated
from sim.rules.outside_world import change_luck, move_demand, move_frontier, move_prices, read_the_calendar
from sim.rules.permits import grant_permits
from sim.rules.prices import set_prices
from sim.rules.relations import keep_relations
from sim.rules.research import plan_research, revise_research
from sim.rules.search import earn_royalties, learn_modes, search_originally
from sim.rules.spillovers import spill_over
from sim.rules.supply import produce_and_trade, share_quotas
from sim.rules.talents import (
    count_talents,
    graduate,
    hire_outside,
    introduce_talents,
    leave_or_stay,
    post_vacancies,
    seek_posts,
)

QUARTER = (
    # the world
    see_who_is_there,  # whom one may meet
    read_the_calendar,  # indices, tax rates, quotas
    move_prices,  # world prices
    move_demand,  # outside demand
    move_frontier,  # the frontier moves on, everybody falls behind
    change_luck,  # personal luck
    give_attention,  # management attention of the quarter
    # talent
    post_vacancies,  # who is wanted
    graduate,  # local graduates and trainees
    introduce_talents,  # people introduced by government
    hire_outside,  # people hired from outside
    leave_or_stay,  # quits and departures
    seek_posts,  # people find posts
    count_talents,  # employers count and pay
    # institutes
    fund_institutes,  # funding and pay
    do_institute_research,  # research, results, transfer
    # innovation
    see_capability,  # knowledge for one's own product
    revise_research,  # R&D rates, once a year
    plan_research,  # budgets, grants, effort
    search_originally,  # original mode
    begin_joint_projects,  # partners are found
    work_together,  # integrated mode
    introduce_technology,  # introducing mode
    spill_over,  # learning from others
    earn_royalties,  # patents bring royalties
    learn_modes,  # which mode pays
    # commercialisation
    see_capability,  # what has been learnt
    commercialise,  # quality, productivity, certificates
    # production, trade, outside markets
    set_prices,  # costs, mark-ups, local prices
    share_quotas,  # who may make how much
    hire_workers,  # production workers and the wage
    produce_and_trade,  # the chain, upstream first
    sell_differentiated,  # orders from outside
    sell_commodities,  # outlets for commodities
    enter_markets,  # reach and new markets
    # finance
    settle_accounts,  # costs, taxes, credit
    # growth
    form_expectations,  # orders and margins
    invest,  # plant
    # chain moves
    see_outlook,  # what an entrant may expect
    diversify,  # new lines
    spin_off,  # founders
    attract,  # outside enterprises
    grant_permits,  # the queue
    settle_institutes,  # invited centres
    leave,  # exits
    # relations
    improve_practice,  # management practice
    keep_relations,  # trust and membership
    # public money
    run_the_budget,  # revenue, claims, shortfall
)
