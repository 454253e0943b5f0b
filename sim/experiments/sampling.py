"""Sampling: the points of a design in the space of its factors.

factorial        every combination of values; of a range ``levels`` values from end to end
fraction         two values of each factor, and of all combinations a fraction in which nothing that matters is
                 confounded: resolution 3 keeps main effects apart from each other, 4 also from effects of pairs,
                 5 keeps pairs apart from each other (Box and Hunter 1961)
one_at_a_time    the point of defaults, then each factor at its low and its high end (tornado diagrams)
latin_hypercube  ``number`` points that fill every one-dimensional margin evenly (McKay et al. 1979)
sobol            base points and their crosses, ``number`` x (factors + 2) of them, for indices of variance
                 (Saltelli et al. 2010); with pairs ``number`` x (2 factors + 2)
morris           ``number`` trajectories of factors + 1 points, for elementary effects (Morris 1991)

A fraction is a linear code: factor j of k changes sign with the bits of mask_j of the base factors. Resolution R
asks that no R - 1 masks add up to nil (exclusive or). Masks are taken greedily in rising order.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from sim.experiments.designs import Sample
from sim.experiments.factors import Factor, Point
from sim.problems import InputError, Problem

MORRIS_LEVELS = 4  # of the grid on which trajectories walk


def sampled(factors: Sequence[Factor], sample: Sample) -> list[Point]:
    """The points of a sample; without factors the one empty point."""
    names = [factor.name for factor in factors]
    if sample.method == "factorial":
        every = [values_of(factor, sample.levels) for factor in factors]
        return [dict(zip(names, values, strict=True)) for values in product(*every)]
    if sample.method == "fraction":
        ends = [values_of(factor, 2) for factor in factors]
        signs = fraction(len(factors), sample.resolution)
        return [
            {name: pair[sign] for name, pair, sign in zip(names, ends, row, strict=True)} for row in signs
        ]
    if sample.method == "one_at_a_time":
        middle = {factor.name: factor.default for factor in factors if factor.default is not None}
        ends = [values_of(factor, 2) for factor in factors]
        return [middle] + [
            {**middle, name: value} for name, pair in zip(names, ends, strict=True) for value in pair
        ]
    numbers = in_cube(factors, sample)
    low = np.array([factor.low for factor in factors])
    high = np.array([factor.high for factor in factors])
    return [
        dict(zip(names, map(float, row), strict=True))
        for row in np.clip(low + numbers * (high - low), low, high)
    ]


def values_of(factor: Factor, number: int) -> tuple[Any, ...]:
    """The values of a factor, or so many from end to end of its range."""
    if factor.values:
        return factor.values
    return tuple(float(value) for value in np.linspace(factor.low, factor.high, number))


def in_cube(factors: Sequence[Factor], sample: Sample) -> Any:
    """Points of the unit cube: [point, factor]."""
    number = sample.number or 1
    if sample.method == "latin_hypercube":
        from scipy.stats import qmc

        return qmc.LatinHypercube(len(factors), rng=sample.seed).random(number)
    problem = salib_problem(factors, unit=True)
    make = salib(f"SALib.sample.{sample.method}").sample
    if sample.method == "sobol":
        return make(problem, number, calc_second_order=sample.second_order, seed=sample.seed)
    return make(problem, number, num_levels=MORRIS_LEVELS, seed=sample.seed)


def salib(module: str) -> Any:
    """A module of SALib. Raises :class:`InputError` with the extra to install when it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        hint = "needs SALib: pip install 'cluster-sim[analysis]'"
        raise InputError([Problem("", None, "sample.method", None, hint)]) from None


def salib_problem(factors: Sequence[Factor], unit: bool = False) -> dict[str, Any]:
    """Factors as SALib wants them."""
    bounds = [[0.0, 1.0] if unit else [factor.low, factor.high] for factor in factors]
    return {"num_vars": len(factors), "names": [factor.name for factor in factors], "bounds": bounds}


def fraction(factors: int, resolution: int) -> Any:
    """The smallest two-level fraction that the greedy search finds: 0 or 1, [point, factor]."""
    base = 1
    while len(masks := _masks(base, resolution, factors)) < factors:
        base += 1
    rows = np.arange(2**base)
    return np.stack([[bin(row & mask).count("1") % 2 for row in rows] for mask in masks], axis=1)


def _masks(base: int, resolution: int, wanted: int) -> list[int]:
    """Masks of ``base`` bits of which no ``resolution`` - 1 add up to nil."""
    masks: list[int] = []
    sums = {0: 0}  # what up to ``resolution`` - 2 masks make, and of how few
    for mask in range(1, 2**base):
        if mask not in sums:
            masks.append(mask)
            for made, few in list(sums.items()):
                if few < resolution - 2:
                    sums[made ^ mask] = min(sums.get(made ^ mask, resolution), few + 1)
        if len(masks) == wanted:
            break
    return masks
