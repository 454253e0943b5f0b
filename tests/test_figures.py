"""Figures: they draw what the comparison holds, say how many runs it was, speak both languages, and touch nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import scenario
from matplotlib.text import Text

import sim
from sim import figures
from sim.analysis.channels import bookkeeping
from sim.compare import Comparison
from sim.declare import INSTRUMENTS, OUTPUTS
from sim.figures.chain_map import flows_of
from sim.figures.distributions import growth, sizes
from sim.figures.networks import partner_links, supplier_links
from sim.figures.style import coinciding, colour_of, dashes_of
from sim.run import Run
from sim.words import LANGUAGES, Words, number, signed, table

SEEDS = 4


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    base = scenario("toy", "2016Q4", 4)
    grant = base.with_policy(research_grant={"rate": 0.5, "start": "2012Q1"}, title="R&D grant")
    idle = base.with_policy(research_grant={"rate": 0.0}, title="Nothing new")
    return sim.compare([base, grant, idle], seeds=SEEDS, jobs=1)


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run(scenario("toy", "2016Q4", 4), seed=1, keep=["2014Q4", "2015Q4", "2016Q4"])


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    before = dict(matplotlib.rcParams)
    yield
    plt.close("all")
    assert dict(matplotlib.rcParams) == before, "a figure changed a global setting"


OF_COMPARISON: dict[str, Callable[..., Any]] = {
    "fan": lambda c, **k: figures.fan_plot(c, "new_materials_share", **k),
    "effect path": lambda c, **k: figures.effect_path_plot(c, "research", **k),
    "effect": lambda c, **k: figures.effect_plot(c, "research", **k),
    "gains": lambda c, **k: figures.gains_plot(c, 1, level="size", **k),
    "ranking": lambda c, **k: figures.ranking_plot(c, "research", [(1, (1.0, 0.5, 2.0))], 100.0, **k),
    "channels": lambda c, **k: figures.channel_plot(c, bookkeeping(c), "value_added_volume", "origin", **k),
    "chain map": lambda c, **k: figures.chain_map(c, 1, **k),
    "classes": lambda c, **k: figures.innovation_classes_plot(c, 1, **k),
    "heat map": lambda c, **k: figures.stage_heat_map(c, 1, **k),
    "money": lambda c, **k: figures.money_plot(c, 1, **k),
    "talents": lambda c, **k: figures.talent_flow_plot(c, **k),
}


def written(ax: Any) -> str:
    """All that stands on a figure, as one text."""
    texts = [text.get_text() for text in ax.figure.findobj(Text)]
    return " ".join(text for text in texts if text).replace("\n", " ")


@pytest.mark.parametrize("name", OF_COMPARISON)
@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_take_axes_and_say_how_many_runs(comparison: Comparison, name: str, language: str) -> None:
    ax = plt.figure().add_subplot()
    assert OF_COMPARISON[name](comparison, ax=ax, language=language) is ax
    ax.figure.canvas.draw()
    said = written(ax)
    assert str(SEEDS) in ax.get_xlabel()
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (language == "zh")


def test_networks_and_distributions(run: Run) -> None:
    """Every link that holds is drawn once, between those who know each other."""
    world = run.kept[max(run.kept, key=lambda quarter: quarter.index)]
    links = supplier_links(world)
    assert links
    for supplier, buyer, trust in links:
        seller = world.enterprises[supplier]
        assert seller.alive and seller.uid in world.enterprises[buyer].supplier_uid and 0.0 <= trust <= 1.0
    for language in LANGUAGES:
        for plot, found in (
            (figures.supplier_network, links),
            (figures.research_network, partner_links(world)),
        ):
            ax = plot(world, run.scenario, language=language)
            ax.figure.canvas.draw()
            assert len(ax.lines) == len(found)
            assert str(len(found)) in ax.get_xlabel()
        for plot in (figures.size_plot, figures.growth_plot):
            plot([run, run], language=language).figure.canvas.draw()
    alive = sum(
        int((each.enterprises.last_year_sales[each.enterprises.alive] > 0.0).sum())
        for each in run.kept.values()
    )
    assert len(sizes(run)) == alive
    assert 0 < len(growth(run)) < alive and abs(growth(run).mean()) < 1e-12


def test_flows_of_the_chain_add_up(comparison: Comparison) -> None:
    """Links carry all that was bought; sales are split into three destinations."""
    flows = flows_of(comparison, 1, 2016)
    last = comparison.years.index("2016")
    for name, side in (("inputs_local", "local"), ("inputs_outside", "outside")):
        bought = comparison.by_year(name)[1, :, last].mean()
        assert sum(getattr(link, side) for link in flows.links) == pytest.approx(bought)
    sold = comparison.by_year("sales")[1, :, last].mean()
    assert (flows.local + flows.domestic + flows.abroad).sum() == pytest.approx(sold)
    with pytest.raises(ValueError):
        flows_of(comparison, 1, 1999)


def test_coinciding_lines_are_said_to_coincide(comparison: Comparison) -> None:
    assert coinciding([np.arange(9.0), np.arange(9.0) + 0.01, np.arange(9.0) ** 2]) == [(0, 1)]
    assert coinciding([np.full(3, np.nan), np.full(3, np.nan)]) == []
    about = figures.fan_plot(comparison, "research").get_xlabel().replace("\n", " ")
    assert "coincide" in about and "Nothing new" in about and "R&D grant and" not in about


def test_a_single_pair_has_no_interval_and_says_so(comparison: Comparison) -> None:
    single = sim.compare([comparison.scenarios[0], comparison.scenarios[1]], seeds=1, jobs=1)
    assert "too few runs" in figures.effect_plot(single, "research").get_xlabel()
    assert "too few runs" in figures.effect_path_plot(single, "research").get_xlabel()


def test_scenarios_differ_by_more_than_colour() -> None:
    assert len({colour_of(place) for place in range(7)}) == 7
    assert len({str(dashes_of(place)) for place in range(6)}) == 6


# ------------------------------------------------------------------------------------------------------ words
def test_languages_say_the_same() -> None:
    """Same keys, same blanks to fill in; names of facts are in English where they are validated."""
    english, chinese = table("en"), table("zh")
    assert set(english) == {key for key in chinese if not key.startswith("fact.")}
    for key, text in english.items():
        blanks = [set(re.findall(r"{(\w+)}", each)) for each in (text, chinese[key])]
        assert blanks[0] == blanks[1] or key == "answer.raises", key
    with pytest.raises(sim.InputError, match="did you mean 'zh'"):
        Words("zhh")


def test_every_unit_has_a_name() -> None:
    units = {each.unit for each in OUTPUTS.values()}
    units |= {lever.unit for each in INSTRUMENTS.values() for lever in each.levers.values()}
    for language in LANGUAGES:
        for unit in units:
            Words(language).unit(unit)


def test_numbers_are_written_for_readers() -> None:
    words = Words("en")
    assert number(1234567.0) == "1,234,567" and number(12.345) == "12.3" and number(0.01234) == "0.012"
    assert number(float("nan")) == "–" and signed(float("nan")) == "–"
    assert signed(-1.5) == "−1.50" and signed(1.5) == "+1.50" and signed(0.0) == "0"
    assert (
        words.amount(0.123, "share") == "12.3 %" and words.change(-0.02, "share") == "−2.00 percentage points"
    )
    assert Words("zh").change(0.02, "share") == "+2.00 个百分点"
    assert words.joined(["a", "b", "c"]) == "a, b and c" and words.joined(["a"]) == "a"
