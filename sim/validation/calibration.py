"""Calibration: which assumptions make the run of history look like history.

Few points of history can tell few numbers, so that at most EIGHT parameters are set free. The search copes with luck:

    1. a space-filling design over all candidates (scrambled Sobol sequence within their priors), the same seeds everywhere
    2. a random forest from parameters to the distance; its Sobol indices (Saltelli) choose the free ones: what moves the
       distance by less than LEAST stays as it is
    3. a second design in these; a Gaussian process per moment, its noise estimated
    4. sets that the processes find plausible, and the best by local search, are run and join the design; twice
    5. plausible sets, far from each other, are run on seeds that no step has seen; those still plausible are the ensemble

    miss_m = (mean over seeds of moment m - its target) / half the width of its band, at most CAP                    (1)
    distance = root mean square of miss over moments                                                                  (2)

A set is plausible when it is no worse than the best by more than what luck in the sources allows: with half a band taken for
two standard errors, a likelihood-ratio region of the free parameters,

    distance^2 <= best^2 + chi2(LEVEL, parameters) / (4 moments)                                                      (3)

(history matching, Vernon, Goldstein and Bower 2010). What the data cannot tell apart is read off the ensemble: parameters as wide as their prior,
and pairs that move together.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import optimize, stats

EIGHT = 8
LEAST = 0.05  # total Sobol index below which a candidate is not set free
CAP = 5.0
LEVEL = 0.9
SAME = 0.05  # distance, with priors as the unit, below which two sets are one
MEMBERS = 16  # of the ensemble, at most
DRAWS = 13  # as a power of two: sets at which the processes are asked
TOGETHER = 0.5  # correlation over the ensemble from which two parameters are not told apart
WIDE = 0.8  # spread over that of the prior from which the data say little about a parameter

Simulate = Callable[[Any, tuple[int, ...]], Any]  # (points [n, parameter], seeds) -> [n, seed, moment]


@dataclass(frozen=True)
class Free:
    """A parameter that may be fitted, with the range that sources allow."""

    name: str
    low: float
    high: float
    default: float


@dataclass(frozen=True)
class Moment:
    """A number to be met."""

    name: str
    target: float
    half: float  # half the width of its band


@dataclass(frozen=True)
class Calibration:
    """What was found. Arrays of sets are in the parameters' own units."""

    candidates: tuple[Free, ...]
    influence: dict[str, float]  # total Sobol index of every candidate on the distance
    free: tuple[Free, ...]
    moments: tuple[Moment, ...]
    ensemble: Any = field(repr=False)  # [member, free], the best first
    fitted: Any = field(repr=False)  # [member] distance on the seeds of the search
    unseen: Any = field(repr=False)  # [member] distance on seeds never seen
    means: Any = field(repr=False)  # [member, moment] on unseen seeds
    default_unseen: float
    runs: int


def calibrate(
    simulate: Simulate,
    candidates: tuple[Free, ...],
    moments: tuple[Moment, ...],
    *,
    points: int = 256,
    seeds: int = 3,
    unseen: int = 10,
) -> Calibration:
    """Search as the chapter says, with ``points`` sets in each design, ``seeds`` runs for each of them."""
    search = _Search(simulate, moments, tuple(range(1, seeds + 1)))
    wide = _design(candidates, points)
    misses = search.misses(wide)
    influence = influences(candidates, wide, np.sqrt((misses**2).mean(axis=1)))
    order = sorted(candidates, key=lambda each: -influence[each.name])
    free = tuple(each for each in candidates if each in order[:EIGHT] and influence[each.name] >= LEAST)
    search.place_of = [candidates.index(each) for each in free]
    search.defaults = np.array([each.default for each in candidates])
    sets = np.vstack([[each.default for each in free], _design(free, points)])
    found = search.misses(sets)
    for step in range(2):
        more = _proposals(free, sets, found, points // 4, step)
        sets, found = np.vstack([sets, more]), np.vstack([found, search.misses(more)])
    distance = np.sqrt((found**2).mean(axis=1))
    best = _apart(_unit(free, sets), plausible(distance, len(free), len(moments)), 2 * MEMBERS)
    others = tuple(range(1001, 1001 + unseen))
    means = search.means(np.vstack([sets[best], sets[:1]]), others)
    there = np.sqrt((search.miss(means) ** 2).mean(axis=1))
    keep = plausible(there[:-1], len(free), len(moments))[:MEMBERS]
    return Calibration(
        candidates,
        influence,
        free,
        moments,
        sets[best][keep],
        distance[best][keep],
        there[keep],
        means[keep],
        float(there[-1]),
        search.runs,
    )


class _Search:
    """Runs of sets, counted; ``place_of`` says where the free parameters stand among the candidates."""

    def __init__(self, simulate: Simulate, moments: tuple[Moment, ...], seeds: tuple[int, ...]) -> None:
        self.simulate, self.seeds, self.runs = simulate, seeds, 0
        self.target = np.array([moment.target for moment in moments])
        self.half = np.array([moment.half for moment in moments])
        self.place_of: list[int] = []
        self.defaults: Any = None

    def means(self, sets: Any, seeds: tuple[int, ...]) -> Any:
        """Moments over seeds: [set, moment]. A moment without any value counts as missed by far."""
        full = sets
        if self.defaults is not None:
            full = np.tile(self.defaults, (len(sets), 1))
            full[:, self.place_of] = sets
        self.runs += len(sets) * len(seeds)
        values = self.simulate(full, seeds)
        known = np.isfinite(values)
        total = np.where(known, values, 0.0).sum(axis=1)
        return np.divide(total, known.sum(axis=1), out=np.full(total.shape, np.nan), where=known.any(axis=1))

    def miss(self, means: Any) -> Any:
        """(1)."""
        found = (means - self.target) / self.half
        return np.clip(np.nan_to_num(found, nan=CAP), -CAP, CAP)

    def misses(self, sets: Any) -> Any:
        """(1) of sets on the seeds of the search: [set, moment]."""
        return self.miss(self.means(sets, self.seeds))


def _design(space: tuple[Free, ...], points: int) -> Any:
    """A scrambled Sobol sequence within the priors: [point, parameter]."""
    unit = stats.qmc.Sobol(len(space), rng=np.random.default_rng(0)).random_base2(
        max(3, math.ceil(math.log2(points)))
    )[:points]
    return _spread(space, unit)


def _spread(space: tuple[Free, ...], unit: Any) -> Any:
    low, high = (np.array([getattr(each, end) for each in space]) for end in ("low", "high"))
    return low + unit * (high - low)


def _unit(space: tuple[Free, ...], sets: Any) -> Any:
    low, high = (np.array([getattr(each, end) for each in space]) for end in ("low", "high"))
    return (sets - low) / (high - low)


def influences(space: tuple[Free, ...], sets: Any, distance: Any) -> dict[str, float]:
    """Total Sobol indices of a random forest through the distances (Saltelli et al. 2010)."""
    from SALib.analyze import sobol
    from SALib.sample import sobol as saltelli
    from sklearn.ensemble import RandomForestRegressor

    problem = {
        "num_vars": len(space),
        "names": [each.name for each in space],
        "bounds": [[0.0, 1.0]] * len(space),
    }
    forest = RandomForestRegressor(300, min_samples_leaf=3, random_state=0).fit(_unit(space, sets), distance)
    asked = saltelli.sample(problem, 512, calc_second_order=False, seed=0)
    found = sobol.analyze(problem, forest.predict(asked), calc_second_order=False, seed=0)
    return {each.name: max(0.0, float(value)) for each, value in zip(space, found["ST"], strict=True)}


def _proposals(space: tuple[Free, ...], sets: Any, misses: Any, number: int, step: int) -> Any:
    """Sets worth running: the most plausible of many draws, and what a local search from the best of them finds."""
    processes = [_process(_unit(space, sets), misses[:, moment]) for moment in range(misses.shape[1])]

    def expected(unit: Any, hopeful: float) -> Any:
        """Mean square of (1) as the processes see it, less ``hopeful`` times what they do not know."""
        total = 0.0
        for process in processes:
            mean, spread = process.predict(np.atleast_2d(unit), return_std=True)
            total = total + np.maximum(0.0, np.abs(mean) - hopeful * spread) ** 2
        return total / len(processes)

    draws = stats.qmc.Sobol(len(space), rng=np.random.default_rng(100 + step)).random_base2(DRAWS)
    order = np.argsort(expected(draws, 1.0))
    best = draws[order[: max(1, number - 4)]]
    bounds = optimize.Bounds(np.zeros(len(space)), np.ones(len(space)))

    def here(unit: Any) -> float:
        return float(expected(unit, 0.0)[0])

    starts = draws[order[np.argsort(expected(draws[order[:500]], 0.0))[:4]]]
    found = [
        np.asarray(
            optimize.minimize(here, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": 30}).x
        )
        for start in starts
    ]
    return _spread(space, np.vstack([best, *found])[:number])


def _process(unit: Any, values: Any) -> Any:
    """A Gaussian process with a length of its own in every direction and noise."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    kernel = ConstantKernel(1.0) * RBF(np.ones(unit.shape[1]), (0.1, 20.0)) + WhiteKernel(0.1, (1e-4, 2.0))
    with warnings.catch_warnings():  # a length at its bound means that a parameter does not matter
        warnings.simplefilter("ignore")
        return GaussianProcessRegressor(kernel, normalize_y=True, random_state=0).fit(unit, values)


def plausible(distance: Any, parameters: int, moments: int) -> Any:
    """Places of the plausible by (3), the best first."""
    order = np.argsort(distance)
    most = distance[order[0]] ** 2 + stats.chi2.ppf(LEVEL, parameters) / (4.0 * moments)
    return order[distance[order] ** 2 <= most]


def _apart(unit: Any, places: Any, number: int) -> Any:
    """The first of ``places`` and others of them, each the farthest from those taken before."""
    taken = [places[0]]
    near = np.linalg.norm(unit[places] - unit[places[0]], axis=1)
    while len(taken) < min(number, len(places)) and near.max() > SAME:
        far = places[int(near.argmax())]
        taken.append(far)
        near = np.minimum(near, np.linalg.norm(unit[places] - unit[far], axis=1))
    return np.array(taken)


# -------------------------------------------------------------------------------------------- identification
def identification(found: Calibration) -> dict[str, Any]:
    """What the data tell: spread of each parameter over the ensemble against its prior, and pairs that move together."""
    unit = _unit(found.free, found.ensemble)
    spread = unit.std(axis=0, ddof=1) / math.sqrt(1.0 / 12.0) if len(unit) > 1 else np.zeros(len(found.free))
    names = [each.name for each in found.free]
    pairs = []
    if len(unit) > 3:
        with np.errstate(invalid="ignore"):
            together = np.nan_to_num(np.corrcoef(unit.T))
        pairs = [
            {"one": names[i], "other": names[j], "correlation": float(together[i, j])}
            for i in range(len(names))
            for j in range(i)
            if abs(together[i, j]) >= TOGETHER
        ]
    return {
        "spread_over_prior": {name: float(value) for name, value in zip(names, spread, strict=True)},
        "hardly_told": [name for name, value in zip(names, spread, strict=True) if value >= WIDE],
        "not_told_apart": sorted(pairs, key=lambda pair: -abs(pair["correlation"])),
    }
