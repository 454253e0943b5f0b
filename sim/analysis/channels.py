"""Channels: through what a package works on an outcome. Two ways, which do not say the same.

Bookkeeping takes the effect apart into sums that are exact in every run:

    volume and value added   by stage, product, ownership and origin of enterprises                        (1)
    innovations              by class                                                                      (2)
    value added              = enterprises x workers per enterprise x value added per worker, by the mean over all
                               orders in which the three may change (Shapley 1953; Dietzenbacher and Los 1998)   (3)

It says where an effect sits, not what caused it: attracted enterprises may grow because others buy from them.

Switched-off mechanisms ask what would be left without one. Baseline and package both run in a world in which it is off
from the founding on, and

    carried = effect - effect with the mechanism off                                                       (4)

Mechanisms lean on each other, so (4) does not add up to the effect; a negative one stands in its way. The world without
it is another world all along, not only where policy acts. What cannot be switched off by a parameter (prices, market
shares, the cost of plant) is in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis.comparable import in_full
from sim.analysis.interactions import told
from sim.analysis.many_runs import outcomes_of
from sim.analysis.outcomes import groups_of
from sim.analysis.paired import CLEAR, adjusted, over, paired_effects
from sim.analysis.workers import Progress
from sim.compare import Comparison
from sim.declare import OUTPUTS
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

INNOVATIONS = (
    "innovations_introduced",
    "innovations_assimilated",
    "innovations_reinnovation",
    "innovations_integrated",
    "innovations_original",
)
MARGINS: dict[str, tuple[str, str]] = {  # the factors of (3)
    "number": ("Number of enterprises", "企业数量"),
    "size": ("Workers per enterprise", "企业平均人数"),
    "productivity": ("Value added per worker", "人均增加值"),
}
LEVELS = ("stage", "product", "ownership", "origin")


class Mechanism(NamedTuple):
    """A part of the model that parameters switch off."""

    label: tuple[str, str]
    off: Mapping[str, float]


MECHANISMS: dict[str, Mechanism] = {
    "attraction": Mechanism(("Outside enterprises settle", "招商引进企业"), {"entry.attract": 0.0}),
    "spin_offs": Mechanism(("Spin-offs", "衍生创业"), {"entry.spin_off": 0.0}),
    "diversification": Mechanism(("Enterprises take up new lines", "企业多元化"), {"entry.diversify": 0.0}),
    "neighbours": Mechanism(("Learning from neighbours", "本地知识溢出"), {"spillovers.local": 0.0}),
    "outside_knowledge": Mechanism(
        ("Learning from outside and from customers abroad", "外部与出口学习"),
        {"spillovers.outside": 0.0, "outside_markets.learning": 0.0},
    ),
    "licences": Mechanism(("Introduced technology", "技术引进"), {"introduction.begin": 0.0}),
    "joint_projects": Mechanism(("Joint research", "合作研发"), {"joint_projects.begin": 0.0}),
    "transfer": Mechanism(("Results of institutes taken over", "院所成果转化"), {"institutes.transfer_gain": 0.0}),
    "talents": Mechanism(("Knowledge that moves with talents", "人才流动带来的知识"), {"talents.carry": 0.0}),
    "suppliers": Mechanism(
        ("Suppliers that adapt to local customers, trust", "本地配套与信任"),
        {"supply.service_help": 0.0, "supply.trust_gain": 0.0},
    ),
    "markets": Mechanism(("Entry into outside markets", "开拓外部市场"), {"outside_markets.wish": 0.0}),
    "modernisation": Mechanism(("Modernisation of plant", "技术改造"), {"commercialisation.modernisation": 0.0}),
    "tests": Mechanism(("Tests and certificates", "检测与认证"), {
        "commercialisation.service_help": 0.0, "commercialisation.certificate_wish": 0.0,
    }),
    "management": Mechanism(("Learning to manage", "管理学习"), {"management.learn": 0.0}),
}  # fmt: skip


def bookkeeping(comparison: Comparison, output: str = "value_added_volume") -> pd.DataFrame:
    """(1) to (3): one row per scenario, way and part, the parts of a way adding up to the row of the way "total".

    Columns scenario, output, way (total, stage, product, ownership, origin, and for value added number_size, for
    innovations class), part, label, unit, share of the total effect where that
    is clear, and paired statistics; each way is one family.
    ``output`` is one that is kept by group, or "innovations".
    """
    import pandas as pd

    tables = [_way(comparison, output, "total", [("", OUTPUTS[output].label[0], comparison.outcome(output))])]
    if output == "innovations":
        classes = [(name, OUTPUTS[name].label[0], comparison.outcome(name)) for name in INNOVATIONS]
        tables.append(_way(comparison, output, "class", classes))
    for level in LEVELS if output in comparison.grouped else ():
        groups = [
            (name, label, comparison.outcome(output, level, key))
            for key, (name, label, _) in groups_of(comparison.baseline, level).items()
        ]
        tables.append(_way(comparison, output, level, groups))
    if output.startswith("value_added") and output in comparison.grouped:
        tables.append(_way(comparison, output, "number_size", _margins(comparison, output)))
    table = pd.concat(tables, ignore_index=True)
    total = table[table.way == "total"].set_index("scenario")
    clear = total.effect.where(total.verdict.isin(CLEAR))
    return table.assign(share=table.effect / table.scenario.map(clear))


def _way(
    comparison: Comparison, output: str, way: str, parts: Sequence[tuple[str, str, Any]]
) -> pd.DataFrame:
    """Statistics of parts whose outcomes are [scenario, pair]."""
    import pandas as pd

    heads, baseline, policy = [], [], []
    for name, label, found in parts:
        for place, scenario in enumerate(comparison.scenarios[1:], start=1):
            heads.append((scenario.name, output, way, name, label, OUTPUTS[output].unit))
            baseline.append(found[0])
            policy.append(found[place])
    head = pd.DataFrame(heads, columns=["scenario", "output", "way", "part", "label", "unit"])
    return pd.concat(
        [head, paired_effects(np.array(baseline), np.array(policy), 1.0, comparison.sets)], axis=1
    )


def _margins(comparison: Comparison, output: str) -> list[tuple[str, str, Any]]:
    """(3), from the yearly means of the outcome: [scenario, pair] such that policy less baseline is the contribution."""
    number, workers, value = (comparison.outcome(name) for name in ("enterprises", "employment", output))
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.stack([number, workers / number, value / workers])
    change = shapley_of_product(factors[:, :1], factors)
    return [(name, MARGINS[name][0], value[:1] + change[at]) for at, name in enumerate(MARGINS)]


def shapley_of_product(before: Any, after: Any) -> Any:
    """What each of three factors adds to the change of their product: [factor, ...], adding up to the change exactly."""
    change = after - before
    found = []
    for at in range(3):
        one, other = (each for each in range(3) if each != at)
        found.append(
            change[at]
            * (
                (before[one] * before[other] + after[one] * after[other]) / 3.0
                + (before[one] * after[other] + after[one] * before[other]) / 6.0
            )
        )
    return np.stack(found)


def mechanisms(
    baseline: Scenario,
    package: Scenario,
    outputs: Sequence[str],
    seeds: Sequence[int],
    executor: Executor,
    names: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """(4): one row per output and mechanism.

    Columns output, mechanism, label; whole and left, the effect with all mechanisms and with this one off, and
    whole_percent and left_percent, over the baseline of that world; share, carried / whole, NaN unless the whole is
    clear; and paired statistics of what is carried.
    """
    import pandas as pd

    chosen = list(MECHANISMS if names is None else names)
    scenarios = [baseline, package]
    for name in chosen:
        off = in_full(MECHANISMS[name].off)
        scenarios += [baseline.with_settings(off), package.with_settings(off)]
    values, _ = outcomes_of(scenarios, outputs, seeds, executor, progress)
    tables = []
    for at, output in enumerate(outputs):
        effect = values[at, 1::2] - values[at, ::2]  # [world, seed]
        percent = 100.0 * over(np.nanmean(effect, axis=1), np.abs(np.nanmean(values[at, ::2], axis=1)))
        rows = [(output, name, effect[0] - effect[1 + place]) for place, name in enumerate(chosen)]
        table = told(values[at, 0], rows, ("output", "mechanism"))
        whole = adjusted(paired_effects(values[at, 0], values[at, 1])).iloc[0]
        tables.append(
            table.assign(
                label=[MECHANISMS[name].label[0] for name in chosen],
                whole=whole.effect,
                left=np.nanmean(effect[1:], axis=1),
                whole_percent=percent[0],
                left_percent=percent[1:],
                share=table.effect / whole.effect if whole.verdict in CLEAR else np.nan,
            )
        )
    return pd.concat(tables, ignore_index=True)
