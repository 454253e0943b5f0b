"""What tests share: rules in the plain interpreter, tiny worlds, short scenarios.

Rules are tested on worlds of a few rows whose numbers can be worked out by hand. numba cannot take a single row
from Python, so such tests call *twins* of the rules, the same code bound to twins of all rules that it calls:
``prices = plain(sim.rules.prices)``, then ``prices.set_prices(world, p, now)``. That the machine code does the
same is the promise of test_compiled.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest

import sim
from sim.accounts import GOODS, SECTORS
from sim.compiled import RULES
from sim.declare import MEASURES, MONEY, TABLES, parameter_record
from sim.scenario import Scenario, declare_all
from sim.world import OUTPUTS, SERIES, World

declare_all()

_twins: dict[str, dict[str, Any]] = {}


def _twin(value: Any) -> Any:
    """The plain twin of a rule, of a tuple of rules, or the value itself."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_twin(each) for each in value)
    function = getattr(value, "py_func", value)
    if not isinstance(function, FunctionType):
        return value
    if f"{function.__module__}.{function.__qualname__}" not in RULES:
        return value
    names = _names(function.__module__)
    return FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )


def _names(module: str) -> dict[str, Any]:
    """The globals of a module with every rule in it replaced by its twin."""
    if module not in _twins:
        names = _twins[module] = {}
        names.update({name: _twin(value) for name, value in vars(sys.modules[module]).items()})
        if "literal_unroll" in names:
            names["literal_unroll"] = tuple
    return _twins[module]


class Plain:
    """A module whose rules run in the interpreter. ``names`` are its globals, to be patched by a test."""

    def __init__(self, module: ModuleType) -> None:
        self.names = _names(module.__name__)

    def __getattr__(self, name: str) -> Any:
        return self.names[name]


def plain(module: ModuleType) -> Plain:
    """The module with its rules in the interpreter, whatever mode the tests run in."""
    return Plain(module)


NEUTRAL = ("Enterprise", "Institute", "Product", "Process", "Region", "Measure")


def tiny_world(
    *,
    products: int = 1,
    processes: int | None = None,
    fields: int = 1,
    enterprises: int = 1,
    institutes: int = 0,
    talents: int = 8,
    innovations: int = 64,
    projects: int = 8,
    quarters: int = 8,
) -> World:
    """A world of so many rows, nearly empty: indices at one, all claims paid, nothing priced.

    Process n makes one unit of product n and nothing else; all enterprises live, run process 0 and have the
    uids 1, 2, 3 ...; institutes live with uids 101, 102 ...; talents are rows not in use.
    """
    processes = products if processes is None else processes
    rows = {
        name: TABLES[name].rows(number)
        for name, number in (
            ("Enterprise", enterprises), ("Institute", institutes), ("Talent", talents),
            ("Innovation", innovations), ("Project", projects), ("Product", products), ("Process", processes),
            ("Field", fields), ("Region", 1), ("Measure", len(MEASURES)), ("Audit", 1),
        )
    }  # fmt: skip
    world = World(
        enterprises=rows["Enterprise"], institutes=rows["Institute"], talents=rows["Talent"],
        innovations=rows["Innovation"], projects=rows["Project"], products=rows["Product"],
        processes=rows["Process"], fields=rows["Field"], region=rows["Region"], measures=rows["Measure"],
        audit=rows["Audit"],
        money=np.zeros((len(MONEY), len(SECTORS), len(SECTORS))), balances=np.zeros(len(SECTORS)),
        goods=np.zeros((products, len(GOODS))), holdings=np.zeros(products), people=np.zeros(3),
        prices=np.full((quarters, products), np.nan), series=np.zeros((quarters, len(SERIES))),
        order=np.zeros(enterprises, np.int64), keys=np.zeros(enterprises),
        sellers=np.zeros(enterprises * OUTPUTS, np.int64), slots=np.zeros(enterprises * OUTPUTS, np.int64),
        first_seller=np.zeros(products + 1, np.int64), vacancies=np.zeros(enterprises + institutes, np.int64),
        living=np.arange(enterprises), living_institutes=np.arange(institutes),
        ring=(1.0 + np.arange(enterprises)) / enterprises,
        **{f"neutral_{name.lower()}": TABLES[name].neutral for name in NEUTRAL},
    )  # fmt: skip
    number = np.arange(enterprises)
    world.enterprises.uid = world.enterprises.group = 1 + number
    world.enterprises.alive = True
    world.enterprises.capacity = 1.0
    world.enterprises.productivity = world.enterprises.quality = world.enterprises.capability = 1.0
    world.enterprises.experience_known = 1.0
    world.enterprises.knowledge = 1.0
    world.institutes.uid = 101 + np.arange(institutes)
    world.institutes.alive = True
    world.institutes.knowledge = 1.0
    world.products.stage = world.products.price = world.products.mean_price = 1
    world.products.last_price = world.products.opening_price = world.products.long_run = 1.0
    world.products.local_price = world.products.reference_price = world.products.realisation = 1.0
    world.products.recent = 1.0
    world.products.maker = np.minimum(np.arange(products), processes - 1)
    world.processes.product = np.minimum(np.arange(processes), products - 1)
    world.processes.stage = world.processes.outputs = 1
    world.processes.output[:, 0] = world.processes.product
    world.processes.yield_of[:, 0] = 1.0
    world.processes.weight[:, 0] = 1.0
    world.processes.quota = -1
    world.processes.complexity = world.processes.effort_reference = 1.0
    world.processes.minimum_scale = world.processes.typical_scale = world.processes.build_quarters = 1
    world.fields.frontier = 1.0
    region = world.region[0]
    region.general_index = region.wage_index = region.paid_share = region.last_paid_share = 1.0
    region.outside_wage = region.wage = region.talent_wage = region.effort_reference = 1.0
    region.labour_pool = 1e9
    region.bank_equity = 1e9
    region.living, region.living_institutes, region.talents_each = enterprises, institutes, 1.0
    world.audit[0].failed = -1
    return world


@pytest.fixture
def tiny() -> Callable[..., World]:
    """The builder of tiny worlds."""
    return tiny_world


@pytest.fixture
def p() -> Any:
    """All parameters at their defaults; a test sets those that it speaks of."""
    return parameter_record()


@cache
def scenario(name: str, end: str, burn_in: int) -> Scenario:
    """A scenario of the library over a short time."""
    return sim.load(name).with_run(end=end, burn_in=burn_in)


def columns(world: World) -> dict[str, np.ndarray[Any, Any]]:
    """Every column of every table and every array of a world, by name."""
    found: dict[str, Any] = {}
    for name, array in world._asdict().items():
        if array.dtype.names is None:
            found[name] = array
        else:
            found |= {f"{name}.{key}": array[key] for key in array.dtype.names if key != "each_quarter"}
    return found


def differences(one: World, other: World) -> list[str]:
    """Names of the columns that are not equal to the bit (scratch and what is not a number compare as bits)."""
    theirs = columns(other)
    return [name for name, mine in columns(one).items() if mine.tobytes() != theirs[name].tobytes()]
