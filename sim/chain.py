"""Chain: the value chain, the founding population and the outside series, as they stand in files.

chain.toml       markets, technology fields, stages, products and the processes that make them
population.toml  founding enterprises in groups of similar ones, institutes, the labour market
series.csv       what is known of prices, indices, taxes and quotas by quarter

A process turns inputs into its main product and joint products, per unit of the main product. Goods flow
from lower stages to higher ones only, so the chain has no circles. Nothing here or later knows what the
goods are. Readers report every problem of a file at once; what they return cannot be changed. ``founding``
makes the tables of the world from it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sim.calendar import Quarter
from sim.problems import (
    FrozenDict,
    InputError,
    Key,
    Problem,
    Strict,
    TomlFile,
    nearest,
    read_model,
    read_text,
)
from sim.world import FIELDS, INPUTS, MARKETS, OUTPUTS, PIPELINE, PRODUCTS, STAGES

QUOTAS = 4
MARKET_KEYS = ("domestic", "international")
# Series other than price.<product> and quota.<kind>.
KNOWN_SERIES = ("index.general", "index.wage", "wedge.export", "vat.rate", "vat.local_share")


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


# ---------------------------------------------------------------------------------------------------- chain
_LIMITS: dict[str, tuple[type[Strict], int, int]] = {  # section: model, fewest and most entries
    "market": (Market, MARKETS, MARKETS),
    "field": (TechnologyField, 1, FIELDS),
    "stage": (Stage, 1, STAGES - 1),
    "product": (Product, 1, PRODUCTS),
    "process": (Process, 1, 1000),
}


def read_chain(path: Path | str) -> Chain:
    """The value chain in a file. Raises :class:`InputError` with all problems."""
    file = TomlFile(path)
    problems: list[Problem] = []
    parts = _sections(
        file,
        {name: limits[0] for name, limits in _LIMITS.items()},
        ("title", "currency", "contents"),
        problems,
    )
    for name, (_, fewest, most) in _LIMITS.items():
        number = len(file.data.get(name, ()))
        if not fewest <= number <= most:
            problems.append(
                file.problem((name,), number, "wrong number of entries", allowed=f"{fewest}..{most}")
            )
        _unique(file, name, [thing for thing in file.data.get(name, ()) if isinstance(thing, dict)], problems)
    names = _contents(file, problems)
    _check_frame(file, parts, problems)
    _check_products(file, parts, names, problems)
    _check_processes(file, parts, problems)
    _check_circles(file, parts, problems)
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0))
    data = file.data
    processes = tuple(
        process.model_copy(update={"outputs": FrozenDict({process.product: 1.0, **process.outputs})})
        for _, process in parts["process"]
    )
    return Chain(
        title=str(data.get("title", "")),
        currency=str(data.get("currency", "million CNY")),
        contents=names,
        markets=_only(parts["market"]),
        fields=_only(parts["field"]),
        stages=_only(parts["stage"]),
        products=_only(parts["product"]),
        processes=processes,
    )


Parts = dict[
    str, list[tuple[int, Any]]
]  # section: (place in the file, model) of every entry that could be read


def _only(things: list[tuple[int, Any]]) -> tuple[Any, ...]:
    return tuple(thing for _, thing in things)


def _sections(
    file: TomlFile, models: Mapping[str, type[Strict]], others: tuple[str, ...], problems: list[Problem]
) -> Parts:
    """Read every entry of every ``[[section]]`` by itself, so that one bad entry does not hide the next."""
    parts: Parts = {name: [] for name in models}
    for key, value in file.data.items():
        if key in others:
            continue
        if key not in models:
            problems.append(
                file.problem((key,), None, "unknown section", suggestion=nearest(key, [*models, *others]))
            )
        elif not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            problems.append(file.problem((key,), None, f"not a list of tables, write [[{key}]]"))
        else:
            for place, entry in enumerate(value):
                thing = read_model(models[key], entry, file, problems, (key, place))
                if thing is not None:
                    parts[key].append((place, thing))
    return parts


def _unique(file: TomlFile, section: str, entries: list[dict[str, Any]], problems: list[Problem]) -> None:
    for name in ("key", "number") if section == "stage" else ("key",):
        seen: dict[Any, int] = {}
        for place, entry in enumerate(entries):
            value = entry.get(name)
            if isinstance(value, (str, int)) and seen.setdefault(value, place) != place:
                first = file.line((section, seen[value], name))
                problems.append(file.problem((section, place, name), value, f"used before, in line {first}"))


def _keys(file: TomlFile, section: str) -> list[str]:
    """Keys of a section, those of entries with other problems included."""
    entries = file.data.get(section, ())
    return [
        entry["key"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("key"), str)
    ]


def _contents(file: TomlFile, problems: list[Problem]) -> tuple[str, str]:
    """Names of the raw material in goods: the bulk of it and its critical part, which may be the same."""
    names = file.data.get("contents")
    if names is None:
        found = [
            p["contents"]
            for p in file.data.get("product", ())
            if isinstance(p, dict) and isinstance(p.get("contents"), dict)
        ]
        names = list(dict.fromkeys(name for contents in found for name in contents)) or ["bulk"]
    if (
        not isinstance(names, list)
        or not 1 <= len(names) <= 2
        or not all(isinstance(name, str) for name in names)
    ):
        problems.append(
            file.problem(
                ("contents",), names, "not one or two names: the bulk of the raw material, its critical part"
            )
        )
        return "", ""
    return names[0], names[-1]


def _check_frame(file: TomlFile, parts: Parts, problems: list[Problem]) -> None:
    for (place, market), right in zip(parts["market"], MARKET_KEYS, strict=False):
        if market.key != right:
            problems.append(
                file.problem(
                    ("market", place, "key"),
                    market.key,
                    "the two markets are domestic and international, in this order",
                )
            )
    numbers = sorted(stage.number for _, stage in parts["stage"])
    if len(numbers) == len(file.data.get("stage", ())) and sorted(set(numbers)) != list(
        range(1, len(numbers) + 1)
    ):
        problems.append(file.problem(("stage",), numbers, "stages are numbered 1, 2, 3 and so on"))


def _check_products(file: TomlFile, parts: Parts, names: tuple[str, str], problems: list[Problem]) -> None:
    numbers = [stage.number for _, stage in parts["stage"]]
    made = {process.product for _, process in parts["process"]}
    made |= {key for _, process in parts["process"] for key in process.outputs}
    used = {key for _, process in parts["process"] for key in process.inputs}
    for place, product in parts["product"]:
        at: Key = ("product", place)
        if product.stage not in numbers:
            problems.append(
                file.problem((*at, "stage"), product.stage, "no such stage", allowed=_list(sorted(numbers)))
            )
        for name in product.contents:
            if name not in names:
                problems.append(
                    file.problem(
                        (*at, "contents", name),
                        product.contents[name],
                        "not a content of this chain",
                        allowed=_list(names),
                        suggestion=nearest(name, names),
                    )
                )
        if product.key not in made and len(parts["process"]) == len(file.data.get("process", ())):
            problems.append(file.problem((*at, "key"), product.key, "no process makes this product"))
        if product.price_rule == "basket" and product.key not in used:
            problems.append(
                file.problem(
                    (*at, "price_rule"),
                    "basket",
                    "nothing is recovered from it: no process takes it as input",
                )
            )


def _check_processes(file: TomlFile, parts: Parts, problems: list[Problem]) -> None:
    products, fields = _keys(file, "product"), _keys(file, "field")
    stages = {product.key: product.stage for _, product in parts["product"]}

    def known(at: Key, key: str, kind: str, names: list[str]) -> bool:
        if key not in names:
            problems.append(file.problem(at, key, f"no such {kind}", suggestion=nearest(key, names)))
        return key in names

    for place, process in parts["process"]:
        at: Key = ("process", place)
        known((*at, "product"), process.product, "product", products)
        for key in process.outputs:
            known((*at, "outputs", key), key, "product", products)
        if process.outputs and process.outputs.get(process.product) != 1.0:
            problems.append(
                file.problem(
                    (*at, "outputs"),
                    dict(process.outputs),
                    f"has to hold its main product: {process.product} = 1.0",
                )
            )
        for key in process.inputs:
            if not known((*at, "inputs", key), key, "product", products):
                continue
            for made in {process.product, *process.outputs}:
                if key in stages and made in stages and stages[key] >= stages[made]:
                    problems.append(
                        file.problem(
                            (*at, "inputs", key),
                            key,
                            f"an input of stage {stages[key]} for {made} of stage {stages[made]}; "
                            "inputs come from earlier stages",
                        )
                    )
        for slot, most in (("inputs", INPUTS), ("outputs", OUTPUTS)):
            number = len(getattr(process, slot))
            if number > most:
                problems.append(file.problem((*at, slot), number, f"too many {slot}", allowed=f"0..{most}"))
        for key in process.fields:
            known((*at, "fields", key), key, "field", fields)
        _sums_to_one(file, (*at, "fields"), process.fields, problems)
    quotas = dict.fromkeys(process.quota for _, process in parts["process"] if process.quota)
    if len(quotas) > QUOTAS:
        problems.append(
            file.problem(("process",), list(quotas), "too many kinds of quota", allowed=f"0..{QUOTAS}")
        )


def _sums_to_one(file: TomlFile, at: Key, weights: dict[str, float], problems: list[Problem]) -> None:
    total = math.fsum(weights.values())
    if abs(total - 1.0) > 1e-6:
        problems.append(file.problem(at, dict(weights), f"weights sum to {total:g}, not to 1"))


def _check_circles(file: TomlFile, parts: Parts, problems: list[Problem]) -> None:
    """Name every circle of goods: stages in order exclude them, but the circle is what a reader looks for."""
    needs: dict[str, set[str]] = {}
    place_of: dict[str, int] = {}
    for place, process in parts["process"]:
        for made in (process.product, *process.outputs):
            needs.setdefault(made, set()).update(process.inputs)
            place_of.setdefault(made, place)
    done: set[str] = set()

    def walk(product: str, path: list[str]) -> None:
        if product in path:
            circle = [*path[path.index(product) :], product]
            problems.append(
                file.problem(
                    ("process", place_of[product], "inputs"),
                    None,
                    f"goods run in a circle: {' <- '.join(circle)}",
                )
            )
        elif product not in done:
            for need in sorted(needs.get(product, ())):
                walk(need, [*path, product])
            done.add(product)

    for product in needs:
        walk(product, [])


def _list(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)


# ----------------------------------------------------------------------------------------------- population
Share = Annotated[float, Field(ge=0.0, le=1.0)]


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


def read_population(path: Path | str, chain: Chain | None) -> Population:
    """The founding population in a file; ``chain`` None: without checking it against a chain."""
    file = TomlFile(path)
    problems: list[Problem] = []
    parts = _sections(
        file, {"enterprises": EnterpriseGroup, "institutes": InstituteRecord}, ("labour",), problems
    )
    labour = None
    if "labour" not in file.data:
        problems.append(file.problem(("labour",), None, "missing"))
    else:
        labour = read_model(Labour, file.data["labour"], file, problems, ("labour",))
    if not file.data.get("enterprises"):
        problems.append(file.problem(("enterprises",), None, "no enterprise is founded"))
    _unique(file, "institutes", [i for i in file.data.get("institutes", ()) if isinstance(i, dict)], problems)
    processes = [process.key for process in chain.processes] if chain else []
    fields = [field.key for field in chain.fields] if chain else []
    for place, group in parts["enterprises"]:
        if chain and group.process not in processes:
            problems.append(
                file.problem(
                    ("enterprises", place, "process"),
                    group.process,
                    "no such process",
                    suggestion=nearest(group.process, processes),
                )
            )
    for place, institute in parts["institutes"]:
        at: Key = ("institutes", place)
        for key in institute.fields:
            if chain and key not in fields:
                problems.append(
                    file.problem((*at, "fields", key), key, "no such field", suggestion=nearest(key, fields))
                )
        _sums_to_one(file, (*at, "fields"), institute.fields, problems)
        if institute.opens is not None:
            try:
                Quarter.of(institute.opens)
            except ValueError as error:
                problems.append(file.problem((*at, "opens"), institute.opens, str(error)))
    if problems or labour is None:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0))
    return Population(
        enterprises=_only(parts["enterprises"]), institutes=_only(parts["institutes"]), labour=labour
    )


# --------------------------------------------------------------------------------------------------- series
class Path_(Strict):  # noqa: N801  # pathlib owns the name
    """One dated series without gaps."""

    first: int  # Quarter.index
    values: tuple[float, ...]


class Series(Strict):
    """Dated series of the outside world by name."""

    paths: Annotated[dict[str, Path_], AfterValidator(FrozenDict)] = Field(default_factory=FrozenDict)

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


_COLUMNS = ("quarter", "series", "value", "status", "confidence", "source")
_CHOICES = {"status": ("sourced", "derived", "assumed"), "confidence": ("high", "medium", "low")}


def read_series(path: Path | str, chain: Chain | None) -> Series:
    """The dated series in a file; ``chain`` None: without checking them against a chain."""
    file = TomlFile(path, "")  # for its name only
    problems: list[Problem] = []

    def wrong(line: int, key: str, value: Any, problem: str, **about: str) -> None:
        problems.append(Problem(file.name, line, key, value, problem, **about))

    reader = csv.reader(read_text(path).splitlines())
    header = next(reader, [])
    if tuple(header) != _COLUMNS:
        wrong(1, "", ",".join(header), "wrong columns", allowed=",".join(_COLUMNS))
        raise InputError(problems)
    known = [*KNOWN_SERIES]
    if chain:
        known += [f"price.{product.key}" for product in chain.products] + [
            f"quota.{kind}" for kind in chain.quotas
        ]
    found: dict[str, dict[int, tuple[float, int]]] = {}
    for cells in reader:
        line = reader.line_num
        if not cells:
            continue
        if len(cells) != len(_COLUMNS):
            wrong(line, "", None, f"{len(cells)} columns instead of {len(_COLUMNS)}")
            continue
        row = dict(zip(_COLUMNS, cells, strict=True))
        _check_row(row, line, known if chain else None, wrong)
        try:
            quarter, value = Quarter.of(row["quarter"]), float(row["value"])
        except ValueError:
            continue  # reported above
        if found.setdefault(row["series"], {}).setdefault(quarter.index, (value, line))[1] != line:
            wrong(line, row["series"], row["quarter"], "this quarter was given before")
    for name, points in found.items():
        missing = [str(Quarter(index)) for index in range(min(points), max(points)) if index not in points]
        if missing:
            wrong(
                points[min(points)][1],
                name,
                None,
                f"quarters are missing: {_list(missing[:4])}{' ...' if len(missing) > 4 else ''}",
            )
    for product in chain.products if chain else ():
        if product.price_rule == "observed" and f"price.{product.key}" not in found:
            problems.append(
                Problem(
                    file.name,
                    None,
                    f"price.{product.key}",
                    None,
                    "missing, though the chain says that this price is observed",
                )
            )
    for kind in chain.quotas if chain else ():
        if f"quota.{kind}" not in found:
            problems.append(
                Problem(
                    file.name,
                    None,
                    f"quota.{kind}",
                    None,
                    "missing, though a process of the chain is bound by it",
                )
            )
    if problems:
        raise InputError(problems)
    return Series(
        paths=FrozenDict(
            {
                name: Path_(first=min(points), values=tuple(points[index][0] for index in sorted(points)))
                for name, points in found.items()
            }
        )
    )


def _check_row(row: dict[str, str], line: int, known: list[str] | None, wrong: Callable[..., None]) -> None:
    try:
        Quarter.of(row["quarter"])
    except ValueError as error:
        wrong(line, "quarter", row["quarter"], str(error))
    if known is not None and row["series"] not in known:
        wrong(line, "series", row["series"], "no such series", suggestion=nearest(row["series"], known))
    try:
        value = float(row["value"])
        if not math.isfinite(value):
            wrong(line, "value", row["value"], "not a finite number")
        elif row["series"].startswith(("price.", "index.")) and value <= 0.0:
            wrong(line, "value", row["value"], "too small", allowed="above 0")
        elif row["series"].startswith("quota.") and value < 0.0:
            wrong(line, "value", row["value"], "too small", allowed="from 0")
    except ValueError:
        wrong(line, "value", row["value"], "not a number")
    for column, choices in _CHOICES.items():
        if row[column] not in choices:
            wrong(
                line,
                column,
                row[column],
                "not one of the choices",
                allowed=_list(choices),
                suggestion=nearest(row[column], choices),
            )
    if not row["source"].strip():
        wrong(line, "source", None, "missing: every number names its source")
