"""Public accounts of a package: what it costs, what comes back, and what becomes of the money for research.

All are differences to the baseline, present values (3 % a year) over the study in million CNY, paired by seed.

    gross cost   = outlay + tax expenditure + implicit transfers + administration                          (1)
    tax back     = taxes of both governments + tax expenditure          (what was given away is no tax lost)   (2)
    land back    = land income + land revenue waived                                                       (3)
    net cost     = (1) - (2) - (3)                                                                         (4)
    R&D money    = outlay of R&D grants and vouchers + tax expenditure of the super-deduction              (5)
    additionality = real R&D / (5):  1, every yuan adds a yuan; less, it stands in for own money; more, it draws some in

The cost of a measure that was there before counts too, when the package makes more enterprises claim it. (5) and what
follows is told of packages that change an instrument in it, and is the doing of the whole package. Of the scenario
itself, not beyond the baseline, are the shares of R&D grants used for other ends, of reported R&D that is ordinary cost,
and of claims that the budget paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.outcomes import present_value
from sim.analysis.packages import instruments_of
from sim.analysis.paired import interval, over
from sim.compare import COSTS, Comparison

if TYPE_CHECKING:
    import pandas as pd

MONEY = "million CNY"
RESEARCH_MONEY = (
    ("outlay", "research_grant"),
    ("outlay", "collaboration_voucher"),
    ("tax_expenditure", "research_super_deduction"),
)
# Item: unit, label in English and in Chinese.
ITEMS: dict[str, tuple[str, str, str]] = {
    "outlay": (MONEY, "Outlay", "财政支出"),
    "tax_expenditure": (MONEY, "Tax expenditure", "税式支出"),
    "implicit": (MONEY, "Implicit transfers", "隐性转移"),
    "administration": (MONEY, "Administration", "行政成本"),
    "gross_cost": (MONEY, "Gross cost", "总成本"),
    "tax_back": (MONEY, "Tax that comes back", "税收回流"),
    "land_back": (MONEY, "Land income that comes back", "土地收入回流"),
    "net_cost": (MONEY, "Net cost", "净成本"),
    "instrument_revenue": (MONEY, "Revenue of instruments", "政策性收入"),
    "research_money": (MONEY, "Public money for R&D", "公共研发资金"),
    "research": (MONEY, "Real R&D", "实际研发投入"),
    "research_own": (MONEY, "R&D out of own money", "企业自有研发投入"),
    "additionality": (
        "CNY/CNY",
        "Real R&D per yuan of public R&D money",
        "每元公共研发资金带动的实际研发投入",
    ),
    "additionality_own": (
        "CNY/CNY",
        "Own R&D money per yuan of public",
        "每元公共研发资金带动的企业自有研发投入",
    ),
    "misused_share": ("share", "R&D grants used for other ends", "研发补助挪用比例"),
    "relabelled_share": ("share", "Reported R&D that is none", "虚报研发比例"),
    "rationed": (MONEY, "Claims not paid", "未兑现补助"),
    "paid_share": ("share", "Claims paid", "补助兑现率"),
}


def accounts(comparison: Comparison) -> pd.DataFrame:
    """One row per scenario other than the baseline and item: scenario, item, label, unit, value, low, high, n.

    Shares have the interval of a ratio over pairs; NaN where there is nothing to be shared.
    """
    import pandas as pd

    heads, parts, wholes = [], [], []
    ones = np.ones_like(comparison.cost)
    for item, (part, whole) in _items(comparison).items():
        for place, scenario in enumerate(comparison.scenarios[1:], start=1):
            heads.append((scenario.name, item, ITEMS[item][1], ITEMS[item][0]))
            parts.append(part[place])
            wholes.append((ones if whole is None else whole)[place])
    part, whole = np.array(parts), np.array(wholes)
    known = (np.isfinite(part) & np.isfinite(whole)).all(axis=0)
    part, whole = part[:, known], whole[:, known]
    sets = comparison.sets
    low, high = interval(part, whole, sets=sets[known] if sets is not None else None)
    table = pd.DataFrame(heads, columns=["scenario", "item", "label", "unit"])
    return table.assign(
        value=over(part.mean(axis=1), whole.mean(axis=1)), low=low, high=high, n=int(known.sum())
    )


def _items(comparison: Comparison) -> dict[str, tuple[Any, Any]]:
    """Part and whole of every item: [scenario, pair]; no whole for amounts."""

    def path(output: str) -> Any:
        return present_value(comparison.paths(output))

    def beyond(values: Any) -> Any:
        return values - values[0]

    paid = {kind: beyond(comparison.paid(kind)) for kind in COSTS}
    gross = beyond(comparison.cost)
    tax_back = beyond(path("tax_revenue_local") + path("tax_revenue_above")) + paid["tax_expenditure"]
    land_back = beyond(path("land_income") + comparison.paid("implicit", "land_discount"))
    money = beyond(sum(comparison.paid(kind, name) for kind, name in RESEARCH_MONEY))
    instruments = {name for _, name in RESEARCH_MONEY}
    for place, scenario in enumerate(comparison.scenarios):
        if not instruments & set(instruments_of(comparison.baseline, scenario)):
            money[place] = 0.0
    real, own, reported = path("research"), path("research_own"), path("research_reported")
    unpaid = path("budget_shortfall")
    raised = unpaid + comparison.paid("outlay")
    return {
        **{kind: (each, None) for kind, each in paid.items()},
        "gross_cost": (gross, None),
        "tax_back": (tax_back, None),
        "land_back": (land_back, None),
        "net_cost": (gross - tax_back - land_back, None),
        "instrument_revenue": (beyond(comparison.paid("public_revenue")), None),
        "research_money": (money, None),
        "research": (beyond(real), None),
        "research_own": (beyond(own), None),
        "additionality": (beyond(real), money),
        "additionality_own": (beyond(own), money),
        "misused_share": (path("research_misused"), path("research_granted")),
        "relabelled_share": (reported - real, reported),
        "rationed": (beyond(unpaid), None),
        "paid_share": (raised - unpaid, raised),
    }
