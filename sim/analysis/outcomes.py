"""Outcomes: one number per run, from what it recorded quarter by quarter.

A year of a flow is its sum, of a stock its last value, of a rate its mean; years are counted back from the end of the
study. The outcome of a run is the mean over the last five years. Present values discount 3 % a year from the start.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import OUTPUTS
from sim.outputs.cells import LEVELS
from sim.problems import InputError, Problem, nearest
from sim.scenario import Scenario
from sim.world import ORIGIN_NAMES, OWNERSHIP_NAMES, SIZE_NAMES

# What tables and reports show unless everything is asked for.
HEADLINES = (
    "enterprises",
    "employment",
    "output_counted_volume",
    "new_materials_share",
    "new_materials_volume",
    "mean_stage_counted",
    "products_at_scale",
    "local_conversion_rate",
    "local_sourcing_rate",
    "value_multiplication",
    "inventive_innovations",
    "research",
    "digestion_ratio",
    "capability_gap",
    "talents_employed",
    "export_share",
    "public_cost",
)
MAIN = ("new_materials_volume", "inventive_innovations")  # chain extension, innovation
YEARS = 5  # the outcome is the mean over so many last years
DISCOUNT = 0.03  # yearly rate of present values of public money

# What the enumerations of the world are called, in English and Chinese.
CLASS_LABELS = {
    "small": ("Small", "小型"), "medium": ("Medium", "中型"), "large": ("Large", "大型"),
    "state": ("State", "国有"), "private": ("Private", "民营"), "outside": ("From outside", "外来"),
    "founding": ("There from the beginning", "原有企业"), "spin_off_institute": ("Spin-offs of institutes", "院所衍生"),
    "spin_off_enterprise": ("Spin-offs of enterprises", "企业衍生"), "diversified": ("New lines of enterprises", "多元化新设"),
    "attracted": ("Attracted from outside", "招商引进"),
}  # fmt: skip


def by_year(path: Any, kind: str) -> Any:
    """``path`` [..., quarter] as [..., year]; quarters before the first whole year are left out."""
    path = np.asarray(path)
    quarters = path.shape[-1]
    years = max(1, quarters // 4)
    last = path[..., -min(4 * years, quarters) :].reshape(*path.shape[:-1], years, -1)
    return last.sum(axis=-1) if kind == "flow" else last[..., -1] if kind == "stock" else last.mean(axis=-1)


def outcome(path: Any, kind: str, years: int = YEARS) -> Any:
    """The mean of the last ``years`` yearly values of ``path`` [..., quarter]."""
    return by_year(path, kind)[..., -years:].mean(axis=-1)


def years_of(scenario: Scenario) -> list[str]:
    """What the years of :func:`by_year` are called: the calendar year in which each ends."""
    last = scenario.start + scenario.quarters - 1
    number = max(1, scenario.quarters // 4)
    return [str(last - 4 * back)[:4] for back in range(number - 1, -1, -1)]


def present_value(path: Any) -> Any:
    """Of ``path`` [..., quarter], discounted to the first quarter."""
    return (np.asarray(path) * (1.0 + DISCOUNT) ** (-np.arange(np.shape(path)[-1]) / 4.0)).sum(axis=-1)


def known_output(name: str) -> str:
    """The name, when it is an output's. Raises :class:`InputError` with the nearest one."""
    if name not in OUTPUTS:
        near = nearest(name, OUTPUTS)
        raise InputError([Problem("", None, "output", name, "no such output", suggestion=near)])
    return name


def good(output: str) -> float:
    """The better direction of an output: up, where none is declared."""
    return -1.0 if OUTPUTS[output].better == "lower" else 1.0


def groups_of(scenario: Scenario, level: str) -> dict[int, tuple[str, str, str]]:
    """By key of a level, as in ``Slot``: name, and label in English and Chinese."""
    chain = scenario.chain
    if level == "total":
        return {0: ("", "", "")}
    if level == "stage":
        return {stage.number: (stage.key, *stage.label) for stage in chain.stages}
    if level in ("product", "field"):
        named: Any = chain.products if level == "product" else chain.fields
        return {place: (each.key, *each.label) for place, each in enumerate(named)}
    names = {"size": SIZE_NAMES, "ownership": OWNERSHIP_NAMES, "origin": ORIGIN_NAMES}
    if level in names:
        return {place: (name, *CLASS_LABELS[name]) for place, name in enumerate(names[level])}
    raise ValueError(f"no level is called {level!r}, there are {', '.join(['total', *LEVELS, 'field'])}")
