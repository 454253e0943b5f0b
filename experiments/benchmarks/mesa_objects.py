"""The same rules on plain Mesa objects: an agent per enterprise, institute and talent, attributes, lists, no arrays.

Run as a program of its own, because here the rules are plain Python functions (``CLUSTER_SIM_INTERPRET=1``): they read and
write attributes, so they do the same to a ``mesa.Agent`` as to a row of a table. What an agent knows it holds as Python
numbers and lists, and a ``DataCollector`` measures with one reporter per output, as is usual with Mesa. Luck comes from
Python's own generator, which is much cheaper than keyed draws; for the comparison of results it is keyed (``same_luck``).

    python -m experiments.benchmarks.mesa_objects ENTERPRISES QUARTERS [same_luck]

prints the seconds per quarter without and with reporters, or, with ``same_luck``, the outputs of the last quarter.
"""

from __future__ import annotations

import json
import os
import sys
import time
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

AGENTS = ("enterprises", "institutes", "talents")
BLOCK = "each_quarter"


class Agent(mesa.Agent):  # type: ignore[misc]  # Mesa comes without types
    """An enterprise, an institute or a talent."""


class Thing:
    """A row of any other table."""


def plain(value: Any) -> Any:
    """A value of a table as Python has it."""
    if isinstance(value, np.record):
        return SimpleNamespace(**{name: plain(value[name]) for name in value.dtype.names or ()})
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


class ClusterOfObjects(mesa.Model):  # type: ignore[misc]  # Mesa comes without types
    """The economy of a state, as objects."""

    def __init__(self, state: Any, reporters: bool) -> None:
        super().__init__(rng=state.seed)
        from sim.declare import OUTPUTS
        from sim.outputs import ENTERPRISE_NAMES, REGION_NAMES

        self.state = state
        self.p = plain(state.p)
        self.levers = [plain(row) for row in state.levers]
        self.neutral: dict[str, list[tuple[str, Any]]] = {}
        self.world = state.world._replace(
            **{
                name: self.things(name, table)
                for name, table in state.world._asdict().items()
                if table.dtype.names
            }
        )._replace(balances=state.world.balances.tolist(), people=state.world.people.tolist())
        self.t = 0
        measured = {}
        if reporters:
            for name in ENTERPRISE_NAMES:
                measured[name] = self.over_enterprises(OUTPUTS[name].function)
            for name in REGION_NAMES:
                measured[name] = self.of_region(OUTPUTS[name].function)
        self.datacollector = mesa.DataCollector(model_reporters=measured)

    def things(self, name: str, table: Any) -> list[Any]:
        """The rows of a table as objects; remembers what each starts a quarter with."""
        names = [each for each in table.dtype.names if each != BLOCK]
        if BLOCK in table.dtype.names:
            begin = table.dtype.fields[BLOCK][1]
            flows = [each for each in names if table.dtype.fields[each][1] >= begin]
            fresh = table[:1].copy()
            fresh[BLOCK] = getattr(
                self.state.world, f"neutral_{ {'processes': 'process'}.get(name, name.removesuffix('s')) }"
            )
            self.neutral[name] = [(each, fresh[each][0].tolist()) for each in flows]
        rows = []
        for row in table:
            thing = Agent(self) if name in AGENTS else Thing()
            for each in names:
                value = plain(row[each])
                # The few goods keep arrays: a rule empties a whole slot of them at once.
                setattr(
                    thing, each, np.array(value) if name == "products" and isinstance(value, list) else value
                )
            rows.append(thing)
        return rows

    def over_enterprises(self, function: Any) -> Any:
        """A reporter that adds an output up over the living enterprises."""
        return lambda model: sum(function(each, model.p) for each in model.world.enterprises if each.alive)

    def of_region(self, function: Any) -> Any:
        """A reporter of something that there is once."""
        return lambda model: function(model.world.region[0], model.p)

    def open_books(self) -> None:
        """``accounts.open_books`` for objects."""
        for name, fresh in self.neutral.items():
            for thing in getattr(self.world, name):
                for attribute, value in fresh:
                    if name == "products" and isinstance(value, list):
                        value = np.array(value)
                    setattr(thing, attribute, value[:] if isinstance(value, list) else value)
        self.world.money[:] = 0.0
        self.world.goods[:] = 0.0
        self.world.people[1:] = [0.0, 0.0]

    def step(self) -> None:
        """One quarter."""
        from sim.accounts import close_books
        from sim.chance import Now
        from sim.policies import RULES
        from sim.quarter import QUARTER

        now = Now(self.state.seed, self.t)
        self.open_books()
        for instrument in RULES:
            instrument(self.world, self.levers[self.t], now)
        for sentence in QUARTER:
            sentence(self.world, self.p, now)
        self.datacollector.collect(self)
        assert close_books(self.world, now), vars(self.world.audit[0])
        self.t += 1


def clear(enterprise: Any) -> None:
    """``permits.clear`` for objects: every column but identity at nil."""
    for name, value in list(vars(enterprise).items()):
        if name in ("model", "unique_id", "pos", "knowledge", "propensity"):
            continue
        if isinstance(value, list):
            setattr(enterprise, name, [type(each)() for each in value])
        elif isinstance(value, (bool, int, float)):
            setattr(enterprise, name, type(value)())
    enterprise.fit = 0.2


def prepared(enterprises: int, quarters: int, same_luck: bool) -> Any:
    """A founded state with room for all quarters, and the rules made ready for objects."""
    from experiments.benchmarks.scaled import founded
    from sim import chance
    from sim.rules import permits

    state = founded(enterprises, max(8, quarters + 4), room=2)
    permits.clear = clear
    if not same_luck:
        import random

        bits = random.Random(1).getrandbits
        chance.words = lambda now, what, who, whom: (bits(32), bits(32), bits(32), bits(32))
    return state


def main(enterprises: int, quarters: int, same_luck: bool) -> dict[str, Any]:
    """Seconds per enterprise-quarter, or the outputs of the last quarter."""
    result: dict[str, Any] = {}
    for reporters in (True,) if same_luck else (False, True):
        model = ClusterOfObjects(prepared(enterprises, quarters, same_luck), reporters)
        model.step()
        living, seconds = 0, []
        for _ in range(quarters - 1):
            living = sum(each.alive for each in model.world.enterprises)
            began = time.process_time()
            model.step()
            seconds.append((time.process_time() - began) / living)
        result["with reporters" if reporters else "alone"] = seconds
        if same_luck:
            result["outputs"] = model.datacollector.get_model_vars_dataframe().iloc[-1].to_dict()
    return result


if __name__ == "__main__":
    assert os.environ.get("CLUSTER_SIM_INTERPRET") == "1", (
        "the rules have to be plain Python: CLUSTER_SIM_INTERPRET=1"
    )
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), "same_luck" in sys.argv[3:])))
