"""Chance: luck is a published function of (seed, what, when, who, whom), and of nothing else."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import differences, plain
from scipy import stats

import sim
import sim.chance
from sim.chance import DECISIONS, Now, decision, heir, identity
from sim.chance import philox as compiled_philox
from sim.chance import words as compiled_words
from sim.run import State
from sim.scenario import Scenario, library
from sim.world import widened

chance = plain(sim.chance)
# Not declared: decisions that are stand in the documents.
SENTENCE = zlib.crc32(b"whether a test is lucky")
ROOT = str(Path(sim.chance.__file__).parents[1])

# Salmon, Moraes, Dror and Shaw 2011, kat_vectors of Random123: philox 4x32 10.
ONES = 0xFFFFFFFF
VECTORS = [
    ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES, ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("given", "published"), VECTORS)
def test_published_vectors(given: tuple[int, ...], published: tuple[int, ...]) -> None:
    assert chance.philox(*given) == published
    assert tuple(int(word) for word in compiled_philox(*given)) == published


def test_what_goes_where_in_the_counter() -> None:
    """Counter (who, whom, when, what), key the seed with its low word first: the third vector again."""
    given, published = VECTORS[2]
    who, whom, when, what, low, high = given
    now = Now((high << 32) | low, when)
    assert chance.words(now, what, who, whom) == published
    assert tuple(int(word) for word in compiled_words(now, what, who, whom)) == published


def test_interpreted_is_compiled() -> None:
    """Over seeds beyond 32 bits, late quarters and large identities."""
    for seed in (0, 1, 2**31, 2**40 + 5, 2**62 + 3):
        for who in (0, 7, 2**31 + 5, 2**32 - 1, identity(Now(1, 998), 11, 3)):
            now = Now(seed, 997)
            assert chance.words(now, SENTENCE, who, who // 2) == tuple(
                int(word) for word in compiled_words(now, SENTENCE, who, who // 2)
            )
            for name in ("uniform", "normal", "fat_tailed"):
                assert getattr(chance, name)(now, SENTENCE, who, 3) == getattr(sim.chance, name)(
                    now, SENTENCE, who, 3
                )
            for mean in (0.0, 0.3, 7.0):
                assert chance.poisson(mean, now, SENTENCE, who, 0) == sim.chance.poisson(
                    mean, now, SENTENCE, who, 0
                )


def draws(name: str, number: int = 20_000, seed: int = 5) -> np.ndarray[Any, Any]:
    draw = getattr(sim.chance, name)
    return np.array([draw(Now(seed, 3), SENTENCE, who, 1) for who in range(number)])


def test_uniform_is_uniform() -> None:
    u = draws("uniform")
    assert u.min() > 0.0 and u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 1e-4


def test_normal_is_normal_and_fat_tailed_is_laplace_of_unit_variance() -> None:
    assert stats.kstest(draws("normal"), "norm").pvalue > 1e-4
    assert stats.kstest(draws("fat_tailed"), stats.laplace(scale=1.0 / math.sqrt(2.0)).cdf).pvalue > 1e-4


def test_poisson_happens_choose() -> None:
    now = Now(9, 0)
    counts = np.array([sim.chance.poisson(2.5, now, SENTENCE, who, 0) for who in range(20_000)])
    assert counts.mean() == pytest.approx(2.5, abs=4 * math.sqrt(2.5 / 20_000))
    assert counts.var() == pytest.approx(2.5, rel=0.05)
    assert sim.chance.poisson(0.0, now, SENTENCE, 1, 0) == 0
    often = np.mean([sim.chance.happens(0.2, now, SENTENCE, who, 0) for who in range(20_000)])
    assert often == pytest.approx(0.2, abs=4 * math.sqrt(0.16 / 20_000))
    places = np.bincount([sim.chance.choose(5, now, SENTENCE, who, 0) for who in range(20_000)], minlength=5)
    assert len(places) == 5 and stats.chisquare(places).pvalue > 1e-4


@pytest.mark.parametrize("varied", ["seed", "quarter", "decision", "who", "whom"])
def test_neighbours_are_independent(varied: str) -> None:
    """A draw says nothing of the draw with the next seed, quarter, decision, person or partner."""
    other = zlib.crc32(b"whether a test is lucky once more")
    u, v = [], []
    for place in range(10_000):
        key = {"seed": 1, "quarter": 2, "decision": SENTENCE, "who": place, "whom": 0}
        if varied == "who":
            key |= {"who": 2 * place}
        near = dict(key)
        near[varied] = other if varied == "decision" else key[varied] + 1
        for found, at in ((u, key), (v, near)):
            found.append(
                sim.chance.uniform(Now(at["seed"], at["quarter"]), at["decision"], at["who"], at["whom"])
            )
    assert abs(stats.spearmanr(u, v).statistic) < 0.04
    cells = np.histogram2d(u, v, bins=8, range=((0, 1), (0, 1)))[0]
    assert stats.chisquare(cells.ravel()).pvalue > 1e-4


def test_identities_never_meet_and_all_their_bits_count() -> None:
    """Newcomers of other quarters, ways and numbers are others, below 2^48 at the longest horizon, with luck of their own."""
    times, ways, numbers = (0, 1, 511, 512, 1199), (0, 4, 7, 11), (0, 1, 2**32 - 1)
    seen = [identity(Now(9, t), way, number) for t in times for way in ways for number in numbers]
    seen += [heir(Now(9, t), way, whose) for t in times for way in ways for whose in (5, seen[-1])]
    assert len(set(seen)) == len(times) * len(ways) * (len(numbers) + 2)
    assert min(seen) > 2**32 and max(seen) < 2**48
    now = Now(9, 1199)
    for luck in ([sim.chance.words(now, SENTENCE, uid, 0) for uid in seen],
                 [sim.chance.words(now, SENTENCE, 0, uid) for uid in seen]):  # fmt: skip
        assert len({tuple(int(word) for word in words) for words in luck}) == len(seen)


def test_decisions_are_unique_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = list(DECISIONS.values())
    assert len(set(sentences)) == len(sentences) > 30
    assert all(sentence == sentence.strip() and len(sentence.split()) > 3 for sentence in sentences)
    monkeypatch.setitem(DECISIONS, zlib.crc32(b"a sentence"), "a sentence with the same code")
    with pytest.raises(ValueError, match="share a code"):
        decision("a sentence")


def test_decisions_are_declared_once() -> None:
    """Two rules with one sentence would share their luck."""
    source = "\n".join(path.read_text("utf-8") for path in Path(sim.chance.__file__).parent.rglob("*.py"))
    for sentence in DECISIONS.values():
        assert source.count(f'decision("{sentence}")') == 1, sentence


# ---------------------------------------------------------------------------------------------- twin worlds
STRANGER_GOOD = """
[[product]]
key = "gravel"
label = "Gravel"
unit = "t"
stage = 1
pricing = "commodity"
price = 0.01
price_rule = "process"
volatility = 0.02
[product.domestic]
demand = 50000.0
depth = 40000.0
[product.international]
demand = 0.0
[[process]]
key = "quarrying"
product = "gravel"
outputs = { gravel = 1.0 }
other_cost = 0.004
workers = 0.01
capital = 0.01
minimum_scale = 100.0
typical_scale = 500.0
talents = 0
fields = { fibre_processing = 1.0 }
threshold = 2.0
pool = 0
"""
STRANGER = """
[[enterprises]]
process = "quarrying"
number = 1
ownership = "private"
capacity = 500.0
does_research = 0.0
knowledge = 0.5
"""


def toy_with_gravel(folder: Path, stranger: bool) -> Scenario:
    """The toy world with a good that nobody else uses, and perhaps somebody who makes it."""
    folder.mkdir()
    for file in (library() / "toy").iterdir():
        if file.suffix in (".toml", ".csv"):
            text = file.read_text("utf-8")
            if file.name == "chain.toml":
                text += STRANGER_GOOD
            if file.name == "population.toml" and stranger:
                text += STRANGER
            (folder / file.name).write_text(text, "utf-8")
    return sim.load(folder / "scenario.toml").with_run(burn_in=4, end="2012Q4")


def test_a_stranger_changes_nobody_elses_luck(tmp_path: Path) -> None:
    """Twin worlds: a quarry joins, in a process that no other is tied to. Personal luck stays, to the bit."""
    alone = State.founded(toy_with_gravel(tmp_path / "alone", stranger=False), seed=3)
    joined = State.founded(toy_with_gravel(tmp_path / "joined", stranger=True), seed=3)
    number = int(alone.world.enterprises.alive.sum())
    assert int(joined.world.enterprises.alive.sum()) == number + 1
    for t in range(1, 13):
        alone.advance(t)
        joined.advance(t)
        known = {}
        for world in (alone.world, joined.world):
            rows = world.enterprises[world.enterprises.alive]
            known[id(world)] = {int(row.uid): (row.cost_luck, row.demand_luck) for row in rows}
        mine, theirs = known.values()
        shared = set(mine) & set(range(1, number + 1)) & set(theirs)
        assert len(shared) > number // 3
        assert all(mine[uid] == theirs[uid] for uid in shared)
        # So do world prices and the demand of the goods that both have.
        assert alone.world.products.price.tobytes() == joined.world.products.price.tobytes()
        assert alone.world.products.market_luck.tobytes() == joined.world.products.market_luck.tobytes()


def test_a_larger_group_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    """The founding draws size and knowledge by identity."""
    alone = State.founded(toy_with_gravel(tmp_path / "alone", stranger=False), seed=3).world.enterprises
    joined = State.founded(toy_with_gravel(tmp_path / "joined", stranger=True), seed=3).world.enterprises
    for column in ("capacity", "knowledge", "practice", "propensity", "research_intensity", "serves"):
        assert alone[alone.alive][column].tobytes() == joined[joined.alive][column][:-1].tobytes(), column


def test_the_room_of_tables_is_of_no_consequence() -> None:
    """Twice the rows in every table, none of them in use: no output differs in a bit."""
    base = sim.load("toy").with_run(burn_in=4, end="2015Q4")
    usual, roomy = State.founded(base, 3), State.founded(base, 3)
    for name in ("enterprises", "institutes", "talents", "innovations", "projects"):
        roomy.world = widened(roomy.world, name, 2 * len(getattr(roomy.world, name)))
    usual.advance(24)
    roomy.advance(24)
    assert len(roomy.world.enterprises) > len(usual.world.enterprises)
    assert usual.recorder[:24].tobytes() == roomy.recorder[:24].tobytes()
    assert np.nansum(usual.recorder[4:24]) > 0.0


def test_a_policy_that_begins_later_leaves_all_before_as_it_was() -> None:
    base = sim.load("toy").with_run(burn_in=4, end="2013Q4")
    later = base.with_policy(
        research_grant={"rate": 0.5, "start": "2013Q1"},
        introduced_talents={"per_quarter": 4.0, "start": "2013Q1"},
        capital_subsidy={"rate": 0.2, "start": "2013Q1"},
    )
    one, other = State.founded(base, 4), State.founded(later, 4)
    before = 4 + 8
    one.advance(before)
    other.advance(before)
    assert differences(one.world, other.world) == []
    assert one.recorder[:before].tobytes() == other.recorder[:before].tobytes()
    one.advance(before + 4)
    other.advance(before + 4)
    assert differences(one.world, other.world) != []


def test_any_quarter_can_be_replayed() -> None:
    """A fork taken half-way and a run that never stopped are equal to the bit."""
    base = sim.load("toy").with_run(burn_in=4, end="2013Q4")
    whole = State.founded(base, 4)
    whole.advance(16)
    half = State.founded(base, 4)
    half.advance(9)
    again = half.fork(base)
    again.advance(16)
    half.advance(12)  # what goes on beside a fork does not touch it
    assert differences(whole.world, again.world) == []
    assert whole.recorder.tobytes() == again.recorder.tobytes()


def test_pairing_narrows_the_spread_of_an_effect() -> None:
    """The effect of a policy spreads less over equal seeds than over fresh ones."""
    base = sim.load("toy").with_run(burn_in=4, end="2012Q4")
    policy = base.with_policy(research_grant={"rate": 0.3})
    finals = {
        (name, seed): sim.run(each, seed=seed).outputs["sales"].sum()
        for name, each in (("base", base), ("policy", policy))
        for seed in range(1, 17)
    }
    paired = [finals["policy", seed] - finals["base", seed] for seed in range(1, 17)]
    fresh = [finals["policy", seed] - finals["base", seed % 16 + 1] for seed in range(1, 17)]
    assert np.std(paired) < 0.7 * np.std(fresh)


def test_hash_seed_is_of_no_consequence() -> None:
    """Codes of decisions are CRCs, not Python's salted hashes."""
    code = "from sim.chance import decision; print(decision('whether a test is lucky'))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": ROOT, "PYTHONHASHSEED": salt}, text=True,
            capture_output=True, check=True,
        ).stdout
        for salt in ("0", "1", "77")
    }  # fmt: skip
    assert told == {f"{SENTENCE}\n"}
