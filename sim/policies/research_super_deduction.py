"""R&D super-deduction: reported R&D is deducted from profit more than once."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("research_super_deduction")


@instrument(
    group="innovation",
    bites=("enterprise.super_deduction",),
    primary="research",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
    costs=("tax expenditure", "administration"),
)
class ResearchSuperDeduction(Instrument):
    """Lets enterprises deduct more than their reported R&D from taxable profit.

    Mechanism: the user cost of R&D is u = (1 - tau (1 + rate)) / (1 - tau) for enterprises with taxable
    profit; real R&D follows u with an elasticity. Relabelled cost is deducted too. Cost: tax expenditure of
    the government above.
    Evidence: China deducted +50 %, +75 % (small enterprises 2017, all 2018) and +100 % for manufacturers from
    2021 (KPMG 2021). Elasticity of real R&D -1.14 with 24.2 % of reported R&D relabelled (Chen et al., AER
    2021); -0.15 over 86 estimates, corrected for bias.
    Typical: 0.5 to 1.
    """

    label = "R&D super-deduction", "研发费用加计扣除"
    rate: float = lever(
        0.0,
        "share of reported R&D",
        "extra deduction of reported R&D from taxable profit",
        hard=(0.0, 2.0),
        typical=(0.5, 1.0),
    )


@rule
def research_super_deduction(world, levers, now):
    """Eligible enterprises deduct R&D more than once."""
    lever = levers.research_super_deduction
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.super_deduction += lever.rate
