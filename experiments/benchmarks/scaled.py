"""The reference case with as many enterprises as one likes: population, markets, quotas and institutes grow alike."""

from __future__ import annotations

import dataclasses
from typing import Any

from sim.run import State
from sim.scenario import Scenario, load
from sim.world import World, widened

OUTPUT_OF_MARKET = ("demand", "depth")


def scaled(enterprises: int, quarters: int, name: str = "baotou") -> Scenario:
    """A scenario with about so many founding enterprises, so many quarters long, burn-in of four included."""
    base = load(name)
    factor = enterprises / sum(group.number for group in base.population.enterprises)

    def times(record: Any, *fields: str) -> Any:
        values = {field: getattr(record, field) for field in fields}
        larger = {
            k: max(1, round(v * factor)) if isinstance(v, int) else v * factor for k, v in values.items()
        }
        return record.model_copy(update=larger)

    population = base.population.model_copy(
        update={
            "enterprises": tuple(times(group, "number", "capacity") for group in base.population.enterprises),
            "institutes": tuple(
                times(each, "researchers", "graduates", "base_funding", "service_capacity")
                for each in base.population.institutes
            ),
            "labour": times(base.population.labour, "pool", "talents_elsewhere", "local_talents"),
        }
    )
    chain = base.chain.model_copy(
        update={
            "products": tuple(
                each.model_copy(
                    update={
                        "domestic": times(each.domestic, *OUTPUT_OF_MARKET),
                        "international": times(each.international, *OUTPUT_OF_MARKET),
                    }
                )
                for each in base.chain.products
            ),
            "processes": tuple(times(each, "pool") if each.pool else each for each in base.chain.processes),
        }
    )
    paths = {
        key: path.model_copy(update={"values": tuple(value * factor for value in path.values)})
        if key.startswith("quota.")
        else path
        for key, path in base.series.paths.items()
    }
    series = base.series.model_copy(update={"paths": type(base.series.paths)(paths)})
    return dataclasses.replace(
        base, population=population, chain=chain, series=series, burn_in=4, quarters=quarters - 4
    )


def founded(enterprises: int, quarters: int, room: int = 1, seed: int = 1) -> State:
    """The opening state of such a scenario, with so many times the usual room."""
    state = State.founded(scaled(enterprises, quarters), seed)
    for table in ("enterprises", "talents", "innovations", "projects"):
        state.world = widened(state.world, table, room * len(getattr(state.world, table)))
    state.make_room()
    return state


def copied(state: State) -> State:
    """The same state, independent of the first."""
    world = World(*(table.copy() for table in state.world))
    return dataclasses.replace(state, world=world, recorder=state.recorder.copy())
