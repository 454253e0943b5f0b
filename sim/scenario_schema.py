"""Scenario schema: the form of a scenario file as JSON schema, made from the declarations, for editors."""

from __future__ import annotations

from typing import Any, cast

from sim.declare import INSTRUMENTS, PARAMETERS, Lever
from sim.policy_reader import EVERYBODY, TIMING, groups
from sim.problems import thawed
from sim.scenario import Header, declare_all


def json_schema() -> dict[str, Any]:
    """The form of a scenario file: every instrument and parameter with its range."""
    declare_all()
    quarter = {"type": "string", "pattern": "^[0-9]{4}Q[1-4]$"}

    def lever(declared: Lever) -> dict[str, Any]:
        number = {"type": "number", "minimum": declared.hard[0], "maximum": declared.hard[1]}
        low, high = declared.typical
        about = f"{declared.meaning} [{declared.unit}], typically {low:g} to {high:g}"
        schedule = {
            "type": "object",
            "additionalProperties": False,
            "required": ["schedule"],
            "properties": {
                "schedule": {
                    "type": "object",
                    "propertyNames": quarter,
                    "additionalProperties": number,
                    "minProperties": 1,
                },
                "shape": {"enum": ["step", "linear"]},
                "until": quarter,
            },
        }
        return {"description": about, "default": declared.default, "anyOf": [number, schedule]}

    def target(name: str) -> dict[str, Any]:
        item: dict[str, Any] = {"type": ["string", "integer"]} if name == "stages" else {"type": "string"}
        if name in ("sizes", "ownerships"):
            item = {"enum": [group for group, _ in groups(name, None)]}
        return {"anyOf": [{"const": EVERYBODY}, {"type": "array", "minItems": 1, "items": item}]}

    def table(properties: dict[str, Any], description: str = "") -> dict[str, Any]:
        return {
            "type": "object",
            "description": description,
            "additionalProperties": False,
            "properties": properties,
        }

    instruments = {
        name: table(
            {key: lever(item) for key, item in declared.levers.items()}
            | {key: quarter for key in TIMING}
            | {key: target(key) for key in declared.targets},
            declared.label[0],
        )
        for name, declared in sorted(INSTRUMENTS.items())
    }
    parameters = {
        group: table(
            {
                name: {
                    "type": "number",
                    "minimum": p.low,
                    "maximum": p.high,
                    "default": p.default,
                    "description": f"{p.meaning} [{p.unit}]",
                }
                for name, p in members.items()
            }
        )
        for group, members in sorted(PARAMETERS.items())
    }
    schema = Header.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Scenario"
    schema["description"] = "A scenario of cluster-sim: a delta to the scenario that it is based on"
    schema["properties"]["policy"] = table(instruments)
    schema["properties"]["parameters"] = table(parameters)
    return cast(dict[str, Any], thawed(schema))
