"""Inputs: what a scenario was made of, kept beside its results.

A scenario is a pile of layers and the data files that they name. Packed, it is plain data, with each data file copied to
a folder under the digest of its content; unpacked, it is the same scenario again, whatever became of the files since.
"""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path
from typing import Any

from sim.problems import InputError, Problem, TomlFile, read_text
from sim.scenario import DATA, Layer, Scenario, build, read_header


def packed(scenario: Scenario, folder: Path) -> dict[str, Any]:
    """The scenario as plain data; its data files are copied to ``folder``."""
    layers: list[dict[str, Any]] = [
        {
            "name": layer.name,
            "file": layer.file.name,
            "data": {"title": layer.header.title, **copy.deepcopy(layer.file.data)},
        }
        for layer in scenario.layers
    ]
    files: dict[str, str] = {}
    for made, layer in zip(layers, scenario.layers, strict=True):
        world = made["data"].get("world", {})
        for key in DATA:
            if key in world:
                files[key] = _kept(layer.folder / world.pop(key), folder)
    layers[0]["data"].setdefault("world", {}).update(files)
    return {"name": scenario.name, "digest": scenario.digest, "layers": layers}


def _kept(path: Path, folder: Path) -> str:
    """The name under which a copy of the file is in the folder."""
    text = read_text(path)
    name = f"{path.stem}-{hashlib.sha256(text.encode()).hexdigest()[:12]}{path.suffix}"
    if not (folder / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return name


def unpacked(data: dict[str, Any], folder: Path) -> Scenario:
    """The scenario of plain data. Raises :class:`InputError` when the model now reads it in another way."""
    layers = []
    for each in data["layers"]:
        file = TomlFile(each["file"], "")
        file.data = each["data"]
        layers.append(Layer(each["name"], file, read_header(file, file.data, []), folder))
    scenario = build(tuple(layers), data["name"], [])
    if scenario.digest != data["digest"]:
        problem = (
            "what is kept of it does not give the same scenario; the model or its defaults have changed since"
        )
        raise InputError([Problem(str(folder), None, scenario.name, None, problem)])
    return scenario
