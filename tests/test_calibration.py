"""Calibration finds what the data can tell, and says what they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from sim.validation.calibration import Calibration, Free, Moment, calibrate, identification

SPACE = tuple(Free(name, 0.0, 1.0, 0.5) for name in ("a", "b", "c", "idle"))
MOMENTS = (Moment("a", 0.3, 0.1), Moment("b and c together", 1.2, 0.1))


def world(points: np.ndarray, seeds: tuple[int, ...]) -> np.ndarray:
    """Two moments, a and b + c, with luck that depends on the seed alone."""
    luck = np.array(
        [[np.random.default_rng((seed, moment)).normal(0.0, 0.02) for moment in (0, 1)] for seed in seeds]
    )
    means = np.column_stack([points[:, 0], points[:, 1] + points[:, 2]])
    return means[:, None, :] + luck[None]


@pytest.fixture(scope="module")
def found() -> Calibration:
    return calibrate(world, SPACE, MOMENTS, points=64, seeds=2, unseen=4)


def test_the_moments_are_met_on_unseen_seeds_better_than_by_default(found: Calibration) -> None:
    assert found.unseen[0] < 0.3 < found.default_unseen
    assert found.ensemble[0, 0] == pytest.approx(0.3, abs=0.04)
    assert found.ensemble[0, 1] + found.ensemble[0, 2] == pytest.approx(1.2, abs=0.05)
    assert (found.unseen[1:] >= found.unseen[0]).all()


def test_what_has_no_influence_is_not_set_free(found: Calibration) -> None:
    assert min(found.influence, key=found.influence.get) == "idle"  # type: ignore[arg-type]  # get of a dict may be None
    assert [each.name for each in found.free] == ["a", "b", "c"]


def test_the_ensemble_shows_what_cannot_be_told(found: Calibration) -> None:
    said = identification(found)
    spread = said["spread_over_prior"]
    assert spread["a"] < 0.4 < min(spread["b"], spread["c"])
    assert [(pair["one"], pair["other"]) for pair in said["not_told_apart"] if pair["correlation"] < 0.0] == [
        ("c", "b")
    ]


def test_runs_are_counted(found: Calibration) -> None:
    # two designs of 64 (the second with the default) and two rounds of 16 on two seeds; at most 33 sets on four others
    searched = 2 * (64 + 65 + 16 + 16)
    assert searched < found.runs <= searched + 4 * 33
