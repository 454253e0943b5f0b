"""Chain: the value chain, the founding population and the outside series, as data.

chain.toml       markets, technology fields, stages, products and the processes that make them
population.toml  founding enterprises in groups of similar ones, institutes, the labour market
series.csv       what is known of prices, indices, taxes and quotas by quarter

A process turns inputs into its main product and joint products, per unit of the main product. Goods flow
from lower stages to higher ones only, so the chain has no circles. Nothing here or later knows what the
goods are. What is read cannot be changed. ``chain_files`` reads and checks, ``founding`` makes the tables of
the world from it.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sim.calendar import Quarter
from sim.problems import FrozenDict, Strict
from sim.world import PIPELINE, STAGES

MARKET_KEYS = ("domestic", "international")


def _number(unit: str, meaning: str, default: Any = ..., **bounds: Any) -> Any:
    return Field(default, description=meaning, json_schema_extra={"unit": unit}, **bounds)


def _twice(label: Any) -> Any:
    return (label, label) if isinstance(label, str) else label


Label = Annotated[tuple[str, str], BeforeValidator(_twice)]
Amounts = Annotated[dict[str, Annotated[float, Field(gt=0.0)]], AfterValidator(FrozenDict)]
Contents = Annotated[dict[str, Annotated[float, Field(ge=0.0)]], AfterValidator(FrozenDict)]


class Market(Strict):
    """An outside market."""

    key: str
    label: Label


class TechnologyField(Strict):
    """A field of technology and how fast the world's knowledge in it grows."""

    key: str
    label: Label
    frontier_growth: float = _number("log/quarter", "growth of the frontier", 0.006, ge=-0.05, le=0.1)
    source: str = ""


class Stage(Strict):
    """A stage of the chain, counted from 1 at the raw material."""

    number: int = _number("1", "place in the chain", ge=1, lt=STAGES)
    key: str
    label: Label
    source: str = ""


class Demand(Strict):
    """Outside demand for a product in one market."""

    demand: float = _number("unit/year", "outside demand at the opening", ge=0.0)
    growth: float = _number("1/year", "growth of demand", 0.0, ge=-0.5, le=1.0)
    price_elasticity: float = _number("1", "price elasticity of the whole market", 0.5, ge=0.0, le=10.0)
    price_sensitivity: float = _number("1", "of a buyer's choice among sellers", 6.0, ge=0.0, le=50.0)
    quality_sensitivity: float = _number("1", "of a buyer's choice among sellers", 1.0, ge=0.0, le=20.0)
    trade_cost: float = _number("share", "trade cost over price", 0.05, ge=0.0, le=5.0)
    opening_share: float = _number("share", "the cluster's share at the opening", 0.0, ge=0.0, lt=1.0)
    depth: float = _number("unit/year", "what the market takes at the going price (commodities)", 0.0, ge=0.0)
    certification: bool = _number("", "whether the market asks for a certificate", False)
    entry_cost: float = _number("million CNY", "sunk cost of entering the market", 0.0, ge=0.0)
    source: str = ""


class Product(Strict):
    """A good of the chain. Money is million CNY without VAT."""

    key: str
    label: Label
    unit: str
    stage: int = _number("1", "stage", ge=1, lt=STAGES)
    pricing: Literal["commodity", "differentiated"]
    price: float = _number("million CNY/unit", "reference price", gt=0.0)
    price_rule: Literal["observed", "pass_through", "basket", "process"] = "pass_through"
    chain_lag: float = _number(
        "share", "share of input prices passed on within a quarter", 0.5, ge=0.0, le=1.0
    )
    volatility: float = _number(
        "log", "standard deviation of the quarterly price shock", 0.02, ge=0.0, le=2.0
    )
    autocorrelation: float = _number("share", "autocorrelation of price shocks", 0.5, ge=0.0, lt=1.0)
    reversion: float = _number("share/quarter", "pull of a continued path to its mean", 0.05, ge=0.0, le=1.0)
    contents: Contents = Field(
        default_factory=FrozenDict,
        description="raw material contained",
        json_schema_extra={"unit": "tonne/unit"},
    )
    disposal_cost: float = _number("million CNY/unit", "cost of getting rid of a unit", 0.0, ge=0.0)
    storage_cost: float = _number("share/quarter", "cost of storage over value", 0.01, ge=0.0, le=1.0)
    export_refund: float = _number("share", "VAT refund on exports", 0.0, ge=0.0, le=1.0)
    counted_in_history: bool = _number("", "whether the statistics of history count it", True)
    basket_share: float = _number(
        "share", "of the value of what is recovered from it (rule basket)", 0.5, gt=0.0, le=1.0
    )
    floor_cost: float = _number(
        "million CNY/unit", "price below which it is not sold (rule basket)", 0.0, ge=0.0
    )
    domestic: Demand
    international: Demand
    source: str = ""


class Process(Strict):
    """How a product is made. Goods are per unit of the main product, people and plant per unit a year."""

    key: str
    product: str = Field(description="main product")
    outputs: Amounts = Field(
        default_factory=FrozenDict, description="output", json_schema_extra={"unit": "unit/unit"}
    )
    inputs: Amounts = Field(
        default_factory=FrozenDict, description="input", json_schema_extra={"unit": "unit/unit"}
    )
    other_cost: float = _number("million CNY/unit", "other purchased inputs", 0.0, ge=0.0)
    workers: float = _number("person per unit/year", "production workers", ge=0.0)
    capital: float = _number("million CNY per unit/year", "plant", gt=0.0)
    minimum_scale: float = _number("unit/year", "efficient scale", gt=0.0)
    typical_scale: float = _number("unit/year", "median founding scale", gt=0.0)
    talents: float = _number("person", "talents of a research-active enterprise of typical scale", ge=0.0)
    fields: Amounts = Field(
        description="weight of each technology field", json_schema_extra={"unit": "share"}
    )
    threshold: float = _number("1", "capability needed to enter", ge=0.0, le=2.0)
    complexity: float = _number("1", "difficulty of innovation", 1.0, gt=0.0, le=20.0)
    quota: str = Field(default="", description="state quota that binds it: series quota.<kind>")
    build_quarters: int = _number("quarter", "time to build", 4, ge=1, le=PIPELINE)
    land_share: float = _number("share", "land in the cost of a project", 0.08, ge=0.0, le=0.5)
    levy: float = _number("million CNY/unit", "resource levy", 0.0, ge=0.0)
    pool: int = _number("1", "outside enterprises that may come", 6, ge=0, le=1000)
    research_intensity: float = _number(
        "share", "usual R&D over sales of those that do R&D", 0.03, ge=0.0, le=0.5
    )
    source: str = ""


class Chain(Strict):
    """A value chain that holds together: every good is made, every input comes from an earlier stage."""

    title: str = ""
    currency: str = "million CNY"
    contents: tuple[str, str]  # names of [bulk, critical] raw material in ``Product.contents``
    markets: tuple[Market, ...]
    fields: tuple[TechnologyField, ...]
    stages: tuple[Stage, ...]
    products: tuple[Product, ...]
    processes: tuple[Process, ...]

    def product_index(self, key: str) -> int:
        """The row of a product."""
        return _index(self.products, key)

    def process_index(self, key: str) -> int:
        """The row of a process."""
        return _index(self.processes, key)

    def field_index(self, key: str) -> int:
        """The row of a technology field."""
        return _index(self.fields, key)

    def maker(self, product: str) -> int:
        """The row of the process that makes a product: as its main product or else as a joint one."""
        own = (row for row, process in enumerate(self.processes) if process.product == product)
        joint = (row for row, process in enumerate(self.processes) if product in process.outputs)
        return next(own, next(joint, -1))

    @property
    def quotas(self) -> tuple[str, ...]:
        """Kinds of state quota, in the order of their first use."""
        return tuple(dict.fromkeys(process.quota for process in self.processes if process.quota))


def _index(things: tuple[Any, ...], key: str) -> int:
    for row, thing in enumerate(things):
        if thing.key == key:
            return row
    raise KeyError(key)


# ----------------------------------------------------------------------------------------------- population
class EnterpriseGroup(Strict):
    """A group of similar founding enterprises."""

    process: str = Field(description="process they run")
    number: int = _number("1", "enterprises", ge=1, le=100_000)
    ownership: Literal["state", "private", "outside"]
    in_zone: float = _number("share", "share of them in the zone", 1.0, ge=0.0, le=1.0)
    capacity: float = _number("unit/year", "capacity of the whole group", gt=0.0)
    spread: float = _number("log", "spread of their sizes", 0.5, ge=0.0, le=3.0)
    does_research: float = _number("share", "share of them that do research", 0.2, ge=0.0, le=1.0)
    export: float = _number("share", "share of them that serve the international market", 0.0, ge=0.0, le=1.0)
    knowledge: float = _number("1", "median knowledge relative to the frontier", 0.5, gt=0.0, le=1.5)
    source: str = ""


class InstituteRecord(Strict):
    """A founding institute, or one that history opens later."""

    key: str
    label: Label
    kind: Literal["university", "research_institute", "testing_centre"]
    researchers: int = _number("person", "researchers", ge=0, le=100_000)
    introduced: float = _number("share", "share of them who were introduced", 0.0, ge=0.0, le=1.0)
    graduates: float = _number("person/quarter", "graduates", 0.0, ge=0.0)
    base_funding: float = _number("million CNY/quarter", "base funding", ge=0.0)
    fields: Amounts = Field(
        description="share of its work in each field", json_schema_extra={"unit": "share"}
    )
    knowledge: float = _number("1", "knowledge relative to the frontier", gt=0.0, le=1.5)
    service_capacity: float = _number("project/quarter", "tests and certifications", 0.0, ge=0.0)
    transfer_orientation: float = _number(
        "share", "leaning to transfer and contract work", 0.3, ge=0.0, le=1.0
    )
    opens: str | None = Field(default=None, description="quarter of opening, if not there from the beginning")
    source: str = ""


class Labour(Strict):
    """The labour market at the opening."""

    pool: float = _number("person", "production workers within reach", gt=0.0)
    outside_wage: float = _number("million CNY/year", "pay of a production worker outside", gt=0.0)
    outside_minimum: float = _number(
        "million CNY/year", "pay below which nobody works in the cluster", 0.0, ge=0.0
    )
    talent_wage: float = _number("million CNY/year", "pay of a talent of level 1 outside", gt=0.0)
    wage_growth: float = _number("1/year", "growth of outside wages", 0.0, ge=-0.2, le=0.5)
    talents_elsewhere: float = _number("person", "talents elsewhere who might come", ge=0.0)
    local_talents: float = _number("person", "local talents outside the founding employers", ge=0.0)
    source: str = ""


class Population(Strict):
    """Who is there at the founding."""

    enterprises: tuple[EnterpriseGroup, ...]
    institutes: tuple[InstituteRecord, ...]
    labour: Labour


# --------------------------------------------------------------------------------------------------- series
class SeriesPath(Strict):
    """One dated series without gaps."""

    first: int  # Quarter.index
    values: tuple[float, ...]


class Series(Strict):
    """Dated series of the outside world by name."""

    paths: Annotated[dict[str, SeriesPath], AfterValidator(FrozenDict)] = Field(default_factory=FrozenDict)

    def __contains__(self, name: str) -> bool:
        return name in self.paths

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all series."""
        return tuple(self.paths)

    def span(self, name: str) -> tuple[Quarter, Quarter]:
        """First and last quarter of a series."""
        path = self.paths[name]
        return Quarter(path.first), Quarter(path.first + len(path.values) - 1)

    def over(self, name: str, start: Quarter, quarters: int) -> tuple[float, ...]:
        """Values for ``quarters`` quarters from ``start``, NaN where nothing is known."""
        path = self.paths.get(name)
        places = range(start.index - path.first, start.index - path.first + quarters) if path else ()
        if path is None:
            return (math.nan,) * quarters
        return tuple(path.values[place] if 0 <= place < len(path.values) else math.nan for place in places)
