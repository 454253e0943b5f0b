"""Worlds of many sizes: the same cluster founded small and large (A1, K4).

Founding enterprises, institutes, people and outside markets are all multiplied; entry is off and policy is neutral. What
is left when size alone differs is sharing, matching and learning: the model has no term "productivity x density".
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from sim.chain import MARKET_KEYS, SeriesPath
from sim.problems import FrozenDict
from sim.scenario import Scenario
from sim.validation.knowledge import against_null, research_network
from sim.validation.observations import Observations, observe_run
from sim.validation.targets import NotComputable

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (50, 100, 200, 400, 800, 1600)
NETWORK_SIZE = 800  # the world whose research network is looked at
YEARS = 10
WINDOW = 3  # last years over which productivity and employment are averaged


@dataclass(frozen=True)
class Worlds:
    """What worlds of many sizes showed: logs of employment and of mean productivity, and a network."""

    seed: int
    employment: tuple[float, ...]
    productivity: tuple[float, ...]
    network: tuple[float, float] | None  # clustering and path length over the null, or none


def observe_worlds(scenario: Scenario, seed: int, sizes: Sequence[int] = SIZES) -> Worlds:
    """Found the cluster in many sizes and let each live ``YEARS`` years."""
    founders = sum(group.number for group in scenario.population.enterprises)
    employment, productivity, network = [], [], None
    for size in sizes:
        seen = observe_run(scaled(alone(scenario), size / founders), seed)
        panel = seen.panel[seen.panel.year > seen.panel.year.max() - WINDOW]
        employment.append(float(np.log(panel.groupby("year").employment.sum().mean())))
        productivity.append(float(np.log(panel.productivity).mean()))
        if size == NETWORK_SIZE:
            network = network_of(seen)
    return Worlds(seed, tuple(employment), tuple(productivity), network)


def network_of(seen: Observations) -> tuple[float, float] | None:
    """Clustering and path length over their null at the end of a run; none where nobody does joint research."""
    if seen.links.empty:
        return None
    return against_null(research_network(seen, int(seen.links.year.max())))


def alone(scenario: Scenario) -> Scenario:
    """Without entry, without policy, over ``YEARS`` years."""
    short = scenario.with_run(end=str(scenario.start + (4 * YEARS - 1)))
    shut = short.with_parameters(entry={"attract": 0.0, "spin_off": 0.0, "diversify": 0.0})
    return dataclasses.replace(shut, policy=FrozenDict())


def scaled(scenario: Scenario, factor: float) -> Scenario:
    """The same cluster ``factor`` times as large in everything that has a number."""
    population, chain = scenario.population, scenario.chain
    enterprises = []
    for group in population.enterprises:
        number = max(1, round(factor * group.number))
        # Rounding of small groups must not make their enterprises larger or smaller.
        changes = {"number": number, "capacity": group.capacity * number / group.number}
        enterprises.append(group.model_copy(update=changes))
    institutes = [
        each.model_copy(
            update={
                "researchers": max(1, round(factor * each.researchers)),
                "graduates": factor * each.graduates,
                "base_funding": factor * each.base_funding,
                "service_capacity": factor * each.service_capacity,
            }
        )
        for each in population.institutes
    ]
    people = {
        name: factor * getattr(population.labour, name)
        for name in ("pool", "talents_elsewhere", "local_talents")
    }
    products = [_larger_markets(product, factor) for product in chain.products]
    paths = {
        name: SeriesPath(first=path.first, values=tuple(factor * value for value in path.values))
        if name.startswith("quota.")
        else path
        for name, path in scenario.series.paths.items()
    }
    return dataclasses.replace(
        scenario,
        population=population.model_copy(
            update={
                "enterprises": tuple(enterprises),
                "institutes": tuple(institutes),
                "labour": population.labour.model_copy(update=people),
            }
        ),
        chain=chain.model_copy(update={"products": tuple(products)}),
        series=scenario.series.model_copy(update={"paths": FrozenDict(paths)}),
    )


def _larger_markets(product: Any, factor: float) -> Any:
    markets = {}
    for key in MARKET_KEYS:
        market = getattr(product, key)
        larger = {"demand": factor * market.demand, "depth": factor * market.depth}
        markets[key] = market.model_copy(update=larger)
    return product.model_copy(update=markets)


def agglomeration_elasticity(worlds: Worlds) -> float:
    """Slope of mean log productivity on log employment over sizes."""
    return float(stats.linregress(worlds.employment, worlds.productivity).slope)


def small_world_clustering(worlds: Worlds) -> float:
    """Clustering of the research network of the large world over its null."""
    return _network(worlds)[0]


def small_world_path(worlds: Worlds) -> float:
    """Path length of the research network of the large world over its null."""
    return _network(worlds)[1]


def _network(worlds: Worlds) -> tuple[float, float]:
    if worlds.network is None:
        raise NotComputable("nobody has a research partner")
    return worlds.network
