"""Biographies: the few enterprises that make most of the difference in one pair of runs, and what became of them.

Identities are permanent and the same in both runs of a seed: an enterprise can be looked up in the other world, where it
may have grown less, left, or never come. The pair is the seed whose effect is nearest to the median of all seeds; an
enterprise's part is

    its outcome with the package - its outcome without, a year, mean of the last five years                (1)

and parts add up to the effect of that seed. It is one history out of many that could have been: it shows how an effect
comes about, not how large it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis.outcomes import YEARS, groups_of, known_output
from sim.compare import Comparison
from sim.compiled import interpreted
from sim.declare import OUTPUTS
from sim.problems import InputError, Problem
from sim.run import State
from sim.scenario import Scenario
from sim.world import ATTRACTED, COMMODITY, DIVERSIFIED, FOUNDING, INTERNATIONAL, STAGES

if TYPE_CHECKING:
    import pandas as pd

# What is no sum over all enterprises, but over those that make counted products from the materials stage on.
DOWNSTREAM = {"new_materials_volume": "output_volume"}
KEPT = (
    "product", "origin", "ownership", "group", "founded", "workers", "capacity", "patents_granted", "certified",
    "high_technology", "licence_until", "joint_until", "distress",
)  # fmt: skip
SETTLED = 8  # quarters after which a plant is what it was meant to be
MANY = 10  # patents that are worth a sentence

# What can be told, in English and Chinese. {owner}, {product}: labels; {workers}: a number.
SENTENCES: dict[str, tuple[str, str]] = {
    "opening": (
        "Is there at the opening ({owner}), makes {product} with {workers} workers.",
        "期初已在({owner}),生产{product},{workers}名工人。",
    ),
    "spin_off_institute": (
        "Founded by people of an institute to make {product}.",
        "由科研院所人员创办,生产{product}。",
    ),
    "spin_off_enterprise": (
        "Founded by people of another enterprise to make {product}.",
        "由其他企业人员创办,生产{product}。",
    ),
    "diversified": (
        "Opened by an enterprise of the cluster to make {product}.",
        "由集群内企业增设,生产{product}。",
    ),
    "attracted": ("Comes from outside to make {product}.", "从外地引进,生产{product}。"),
    "licence": ("Takes a licence for outside technology.", "引进外部技术许可。"),
    "joint": ("Begins its first joint research project.", "开始首个合作研发项目。"),
    "patent": ("Takes its first patent.", "获得首项专利。"),
    "patents": ("Takes its {patents}th patent.", "获得第{patents}项专利。"),
    "certified": ("Its product is certified.", "产品通过认证。"),
    "high_technology": ("Is recognised as a high-technology enterprise.", "获认定为高新技术企业。"),
    "domestic": ("Enters the market in the rest of the country.", "进入国内其他地区市场。"),
    "international": ("Enters the world market.", "进入国际市场。"),
    "grown": ("Its plant is {times} times what it was at first.", "产能达到最初的{times}倍。"),
    "shrunk": ("Its plant is less than half of what it was at its largest.", "产能不足最大时的一半。"),
    "insolvent": ("Is insolvent and leaves.", "资不抵债,退出。"),
    "left": ("Gives up or moves away.", "停业或迁出。"),
    "end": (
        "At the end it has {workers} workers; patents taken: {patents}.",
        "期末有{workers}名工人,累计专利{patents}项。",
    ),
}
OTHERWISE: dict[str, tuple[str, str]] = {
    "never": ("{world} it never comes.", "{world},该企业不会出现。"),
    "left": ("{world} it leaves in {quarter}.", "{world},该企业于{quarter}退出。"),
    "stays": (
        "{world} it adds {value} a year to this instead of {here}: {output}{unit}.",
        "{world},其每年贡献为{value},而非{here}:{output}{unit}。",
    ),
}
OWNERS = {
    "state": ("state-owned", "国有"),
    "private": ("private", "民营"),
    "outside": ("owned from outside", "外来资本"),
}
UNITS = {"1": ("", ""), "million CNY": (", million CNY", ",百万元"), "person": (", persons", ",人")}
WORLDS = {
    "baseline": ("Without the package", "若无该政策组合"),
    "package": ("With the package", "若实施该政策组合"),
}


class Event(NamedTuple):
    """A dated sentence."""

    quarter: str
    kind: str  # a key of SENTENCES
    text: tuple[str, str]


@dataclass(frozen=True)
class Biography:
    """An enterprise, its part in the effect and its story."""

    uid: int
    name: tuple[str, str]
    product: str
    origin: str
    difference: float  # (1)
    share: float  # of the sum of the sizes of all parts
    world: str  # in which world the story is told, a key of WORLDS: the one in which it counts for more
    events: tuple[Event, ...]
    otherwise: tuple[str, str]


@dataclass(frozen=True)
class Lives:
    """The enterprises that explain most of one pair of runs."""

    output: str
    seed: int
    effect: float  # of this seed, a year
    covered: float  # share of the sum of the sizes of all parts that those told of have
    told: tuple[Biography, ...]


def biographies(
    baseline: Scenario, package: Scenario, seed: int, output: str = "value_added_volume", number: int = 5
) -> Lives:
    """The ``number`` enterprises with the largest parts (1), largest first; both worlds are lived again."""
    measured(output)
    diaries = {"baseline": diary(baseline, seed, output), "package": diary(package, seed, output)}
    made = {world: of_each(each, baseline, output) for world, each in diaries.items()}
    parts = made["package"].sub(made["baseline"], fill_value=0.0)
    parts = parts[parts != 0.0]
    parts = parts.loc[parts.abs().sort_values(ascending=False, kind="stable").index]
    size = float(parts.abs().sum())
    told = []
    for uid in parts.index[:number]:
        here, there = sorted(made, key=lambda world: abs(made[world].get(uid, 0.0)), reverse=True)
        life = diaries[here][diaries[here].uid == uid]
        first = life.iloc[0]
        told.append(
            Biography(
                int(uid),
                _name(baseline, first),
                _group(baseline, "product", first["product"])[0],
                _group(baseline, "origin", first["origin"])[0],
                float(parts[uid]),
                abs(float(parts[uid])) / size if size else np.nan,
                here,
                tuple(events(baseline, life)),
                _otherwise(baseline, diaries[there], made, int(uid), (here, there), output),
            )
        )
    covered = sum(each.share for each in told)
    return Lives(output, seed, float(parts.sum()), covered, tuple(told))


def median_seed(comparison: Comparison, place: int, output: str) -> int:
    """The seed whose effect of scenario ``place`` is nearest to the median over seeds."""
    outcome = comparison.outcome(output)
    effect = outcome[place] - outcome[0]
    return comparison.seeds[int(np.nanargmin(np.abs(effect - np.nanmedian(effect))))]


def diary(scenario: Scenario, seed: int, output: str) -> pd.DataFrame:
    """One row per living enterprise and quarter of the study: uid, t, KEPT, the markets it serves, value."""
    import pandas as pd

    state = State.founded(scenario, seed)
    state.advance(scenario.burn_in)
    measure, products = measured(output), state.world.products
    making = products.stage >= products.stage[products.pricing != COMMODITY].min(initial=STAGES)
    wanted = np.flatnonzero(making & products.counted)
    tables = []
    for t in range(scenario.burn_in, scenario.burn_in + scenario.quarters):
        state.advance(t + 1)
        living = state.world.enterprises[state.world.enterprises.alive]
        table = {"uid": living.uid.copy(), "t": t - scenario.burn_in}
        table |= {name: living[name].copy() for name in KEPT}
        table |= {"domestic": living.serves[:, 0] > 0, "international": living.serves[:, INTERNATIONAL] > 0}
        value = np.array([measure(enterprise, state.p) for enterprise in living])
        table["value"] = value * np.isin(living["product"], wanted) if output in DOWNSTREAM else value
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def measured(output: str) -> Any:
    """The function that measures one enterprise. Raises :class:`InputError` for what does not add up over them."""
    declared = OUTPUTS[DOWNSTREAM.get(known_output(output), output)]
    if declared.of != "enterprise" or declared.kind == "rate":
        adds_up = [name for name, each in OUTPUTS.items() if each.of == "enterprise" and each.kind != "rate"]
        allowed = ", ".join(sorted([*adds_up, *DOWNSTREAM]))
        problem = "does not add up over enterprises"
        raise InputError([Problem("", None, "output", output, problem, allowed=allowed)])
    return interpreted(declared.function)


def of_each(diary: pd.DataFrame, scenario: Scenario, output: str) -> pd.Series[float]:
    """The outcome of each enterprise that lives in the last years, by uid."""
    years = min(YEARS, max(1, scenario.quarters // 4))
    late = diary[diary.t >= scenario.quarters - 4 * years]
    if OUTPUTS[output].kind == "stock":
        late = late[(scenario.quarters - 1 - late.t) % 4 == 0]
    return late.groupby("uid").value.sum() / years


# ---------------------------------------------------------------------------------------------------------- stories
def events(scenario: Scenario, life: pd.DataFrame) -> Iterator[Event]:
    """The story of an enterprise from its rows of a diary."""
    first, last = life.iloc[0], life.iloc[-1]
    begun = "opening" if first["t"] == 0 else _group(scenario, "origin", first["origin"])[0]
    told: list[tuple[int, str, dict[str, Any]]] = []
    for kind in ("certified", "high_technology", "domestic", "international"):
        told += [(t, kind, {}) for t in _from_then_on(life, life[kind].to_numpy(bool))]
    now = life.t.to_numpy() + scenario.burn_in
    told += [(t, "licence", {}) for t in _from_then_on(life, life.licence_until.to_numpy() > now)]
    told += [(t, "joint", {}) for t in _from_then_on(life, life.joint_until.to_numpy() > now)]
    patents = life.patents_granted.to_numpy()
    told += [(t, "patent", {}) for t in _from_then_on(life, patents > 0)]
    told += [(t, "patents", {"patents": MANY}) for t in _from_then_on(life, patents >= MANY)]
    capacity = life.capacity.to_numpy()
    begun_with = max(1e-9, capacity[:SETTLED].max())  # a new plant is not yet whole
    grown = [
        (t, times)
        for times in (2, 5, 10, 20, 50)
        for t in _from_then_on(life, capacity >= times * begun_with)
    ]
    for t in sorted({t for t, _ in grown}):  # of two marks passed at once the larger is told
        told.append((t, "grown", {"times": max(times for when, times in grown if when == t)}))
    told += [(t, "shrunk", {}) for t in _from_then_on(life, capacity < 0.5 * np.maximum.accumulate(capacity))]
    end = {"workers": f"{last['workers']:,.0f}", "patents": int(last["patents_granted"])}
    if last["t"] < scenario.quarters - 1:
        told.append((int(last["t"]) + 1, "insolvent" if last["distress"] >= 3 else "left", {}))
    else:
        told.append((int(last["t"]), "end", end))
    product = _group(scenario, "product", first["product"])
    named = {
        "product": (_in_a_sentence(product[1]), product[2]),
        "owner": OWNERS[_group(scenario, "ownership", first["ownership"])[0]],
    }
    start = {"workers": f"{first['workers']:,.0f}"}
    for t, kind, values in sorted([(int(first["t"]), begun, start), *told], key=lambda each: each[0]):
        texts = [
            sentence.format(**values, **{key: labels[language] for key, labels in named.items()})
            for language, sentence in enumerate(SENTENCES[kind])
        ]
        yield Event(str(scenario.start + t), kind, (texts[0], texts[1]))


def _from_then_on(life: pd.DataFrame, holds: Any) -> list[int]:
    """When something comes to hold that did not at first: a list of one, or none."""
    if holds[0] or not holds.any():
        return []
    return [int(life.t.iloc[int(np.argmax(holds))])]


def _otherwise(
    scenario: Scenario,
    diary: pd.DataFrame,
    made: dict[str, Any],
    uid: int,
    worlds: tuple[str, str],
    output: str,
) -> tuple[str, str]:
    """What became of it in the other world."""
    here, there = worlds
    life = diary[diary.uid == uid]
    values: dict[str, Any] = {}
    if not len(life):
        kind = "never"
    elif life.t.iloc[-1] < scenario.quarters - 1:
        kind, values = "left", {"quarter": str(scenario.start + int(life.t.iloc[-1]) + 1)}
    else:
        kind = "stays"
        values = {"value": f"{made[there].get(uid, 0.0):,.1f}", "here": f"{made[here].get(uid, 0.0):,.1f}"}
    about = OUTPUTS[output]
    units = UNITS.get(about.unit, (f", {about.unit}", f",{about.unit}"))
    texts = [
        sentence.format(
            world=WORLDS[there][language], output=about.label[language], unit=units[language], **values
        )
        for language, sentence in enumerate(OTHERWISE[kind])
    ]
    return texts[0], texts[1]


def _in_a_sentence(label: str) -> str:
    """A label without its capital, unless that is part of the word (NdFeB)."""
    word = label.split()[0]
    return label if word[1:] != word[1:].lower() else label[0].lower() + label[1:]


def _group(scenario: Scenario, level: str, key: Any) -> tuple[str, str, str]:
    return groups_of(scenario, level)[int(key)]


def _name(scenario: Scenario, first: Any) -> tuple[str, str]:
    """What an enterprise is called: product, origin and date."""
    product = _group(scenario, "product", first["product"])
    when = str(scenario.start + int(first["t"]))
    if int(first["origin"]) == FOUNDING or first["t"] == 0:
        return f"{product[1]}, from before", f"{product[2]}(原有企业)"
    words = {
        ATTRACTED: ("attracted", "引进"),
        DIVERSIFIED: ("new line", "增设"),
    }.get(int(first["origin"]), ("spin-off", "衍生"))
    return f"{product[1]}, {words[0]} {when}", f"{product[2]}({when}{words[1]})"
