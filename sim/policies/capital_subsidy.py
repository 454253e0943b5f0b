"""Capital subsidy: government pays part of new plant."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, eligible_process, put_in_force

MEASURE = measure("capital_subsidy")


@instrument(
    group="chain_extension",
    bites=(
        "enterprise.capital_subsidy",
        "enterprise.capital_subsidy_ahead",
        "process.entrant_subsidy",
        "process.entrant_subsidy_ahead",
    ),
    primary="capacity_investment",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class CapitalSubsidy(Instrument):
    """Pays a share of the plant that enterprises and entrants build.

    Mechanism: lowers the user cost of capital by the share, so that more projects pass the payback test; an
    announced change lets projects wait for it or hurry. Entrants are aimed at by stage and product only.
    Evidence: Baotou pays 10 % of equipment (chinatungsten 139925); the central pilot of 2015-18 put 0.7 bn
    CNY beside 3.62 bn of enterprises, 5.2 private for 1 public (yujingqiu 393841), which is no estimate of
    what it caused. Chinese zones raised investment and output, most in capital-intensive industries (Lu, Wang
    and Zhu 2019).
    Typical: 0.05 to 0.2 of plant.
    """

    label = "Capital subsidy", "设备投资补助"
    rate: float = lever(
        0.0,
        "share of plant",
        "share of new plant that is paid",
        hard=(0.0, 0.9),
        typical=(0.05, 0.2),
        ahead=True,
    )


@rule
def capital_subsidy(world, levers, now):
    """Eligible enterprises and entrants have a share of their plant paid."""
    lever = levers.capital_subsidy
    if lever.rate == 0.0 and lever.rate_ahead == 0.0:
        return
    if lever.rate != 0.0:
        put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.capital_subsidy += lever.rate
            enterprise.capital_subsidy_ahead += lever.rate_ahead
    for process in world.processes:
        if eligible_process(process, lever):
            process.entrant_subsidy += lever.rate
            process.entrant_subsidy_ahead += lever.rate_ahead
