"""Reference runs: results do not move unless somebody says so."""

from __future__ import annotations

import json

import pytest

from sim.reference import FILE, RUNS, measure, moved

KEPT = json.loads(FILE.read_text())


@pytest.mark.parametrize(("name", "seed"), RUNS)
def test_results_are_those_that_were_kept(name: str, seed: int) -> None:
    changed = moved(KEPT["runs"][f"{name} {seed}"], measure(name, seed))
    assert not changed, 'renew with make reference REASON="..." if the change is meant:\n' + "\n".join(
        changed
    )


def test_a_moved_number_is_seen() -> None:
    kept = {"sales": 100.0, "gone": 1.0}
    assert moved(kept, {"sales": 100.00001, "gone": 1.0}) == []
    assert moved(kept, {"sales": 101.0}) == ["gone", "sales: 100 -> 101"]


def test_the_reason_is_kept() -> None:
    assert len(KEPT["reason"]) >= 10
