"""Explain: what an instrument, a parameter or an output means, from its declaration."""

from __future__ import annotations

import importlib
import inspect
import sys
from typing import Any

from sim.declare import INSTRUMENTS, OUTPUTS, PARAMETERS, InstrumentDeclaration, Output, snake
from sim.problems import InputError, Problem, nearest
from sim.scenario import declare_all

Entry = dict[str, Any]
KINDS = ("instruments", "parameters", "outputs")


def entries(kind: str) -> list[Entry]:
    """All declarations of a kind, each with name, label, unit, default, range and source."""
    declare_all()
    if kind == "instruments":
        return [_instrument(declared) for declared in sorted(INSTRUMENTS.values(), key=lambda d: d.name)]
    if kind == "parameters":
        return [_parameter(group, name) for group in sorted(PARAMETERS) for name in PARAMETERS[group]]
    importlib.import_module("sim.outputs")
    return [_output(declared) for declared in sorted(OUTPUTS.values(), key=lambda d: d.name)]


def _instrument(declared: InstrumentDeclaration) -> Entry:
    from sim.policies import GROUPS

    levers = [
        {
            "name": name,
            "label": lever.meaning,
            "unit": lever.unit,
            "default": lever.default,
            "low": lever.hard[0],
            "high": lever.hard[1],
            "typical_low": lever.typical[0],
            "typical_high": lever.typical[1],
            "ahead": lever.ahead,
        }
        for name, lever in declared.levers.items()
    ]
    main = levers[0]
    return {
        "kind": "instrument",
        "name": declared.name,
        "label": declared.label[0],
        "label_zh": declared.label[1],
        "group": declared.group,
        "group_label": GROUPS.get(declared.group, (declared.group,))[0],
        # Unit and range of the first lever; all levers follow below.
        **{key: main[key] for key in ("unit", "default", "low", "high", "typical_low", "typical_high")},
        "levers": levers,
        "targets": list(declared.targets),
        "bites": list(declared.bites),
        "costs": list(declared.costs),
        "free": declared.free,
        "primary": declared.primary,
        "sign": declared.sign,
        "meaning": inspect.cleandoc(declared.doc),
        "source": f"sim/policies/{declared.name}.py",
    }


def _parameter(group: str, name: str) -> Entry:
    declared = PARAMETERS[group][name]
    return {
        "kind": "parameter",
        "name": f"{group}.{name}",
        "label": declared.meaning,
        "unit": declared.unit,
        "default": declared.default,
        "low": declared.low,
        "high": declared.high,
        "study": declared.kind,
        "source": declared.source,
    }


def _output(declared: Output) -> Entry:
    return {
        "kind": "output",
        "name": declared.name,
        "label": declared.label[0],
        "label_zh": declared.label[1],
        "group": declared.group,
        "unit": declared.unit,
        "default": None,
        "low": None,
        "high": None,
        "time": declared.kind,
        "of": declared.of,
        "by": list(declared.by),
        "better": declared.better,
        "meaning": inspect.cleandoc(declared.doc),
        "source": inspect.getmodule(getattr(declared.function, "py_func", declared.function)).__name__,  # type: ignore[union-attr]  # functions have modules
    }


def look_up(word: str) -> list[Entry]:
    """Entries that a word means: an exact name, else a part of a name, else a word of a label or meaning.

    Raises :class:`InputError` with the nearest name when there is none.
    """
    everything = [entry for kind in KINDS for entry in entries(kind)]
    names = [entry["name"] for entry in everything]
    levers = {f"{e['name']}.{lever['name']}": e for e in everything for lever in e.get("levers", ())}
    wanted = word.removeprefix("policy.").removeprefix("parameters.")
    if wanted in names:
        return [entry for entry in everything if entry["name"] == wanted]
    if wanted in levers:
        return [levers[wanted]]
    ends = [entry for entry in everything if entry["name"].rpartition(".")[2] == wanted]
    parts = [entry for entry in everything if len(wanted) > 2 and wanted.lower() in entry["name"]]
    texts = [
        entry
        for entry in everything
        if len(wanted) > 2
        and wanted.lower()
        in f"{entry['label']} {entry.get('label_zh', '')} {entry.get('meaning', '')}".lower()
    ]
    found = ends or parts or texts
    if not found:
        known = [*names, *levers, *(name.rpartition(".")[2] for name in names)]
        near = nearest(wanted, known)
        problem = "no instrument, parameter or output is called so or speaks of it"
        raise InputError([Problem("", None, "explain", word, problem, suggestion=near)])
    return found


def chapter(group: str) -> str:
    """The prose and equations of the chapter that declares a submodel's parameters."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith("sim."):
            for value in vars(module).values():
                if isinstance(value, type) and value.__module__ == name and snake(value.__name__) == group:
                    return inspect.cleandoc(module.__doc__ or "")
    return ""


def in_words(entry: Entry, full: bool = True) -> str:
    """An entry for the terminal; ``full`` with its meaning and equations."""
    kind = entry["kind"]
    lines = [f"{entry['name']} ({kind}): {entry['label']}"]
    if kind == "instrument":
        lines[0] += f"  {entry['label_zh']}"
        lines.append(f"  group    {entry['group_label']}")
        for lever in entry["levers"]:
            about = f"{lever['label']} [{lever['unit']}], {lever['default']:g} unless set"
            span = f"allowed {lever['low']:g}..{lever['high']:g}"
            typical = f"typically {lever['typical_low']:g} to {lever['typical_high']:g}"
            lines.append(f"  lever    {entry['name']}.{lever['name']}: {about}, {span}, {typical}")
        lines.append(f"  aimed by {', '.join(entry['targets']) or 'nothing, it works for the whole region'}")
        cost = f", free of outlay: {entry['free']}" if entry["free"] else ""
        lines.append(f"  costs    {', '.join(entry['costs'])}{cost}")
        lines.append(
            f"  moves    {entry['primary']} {'up' if entry['sign'] > 0 else 'down'} (declared beforehand)"
        )
    elif kind == "parameter":
        span = f"plausible {entry['low']:g}..{entry['high']:g}"
        lines.append(f"  {entry['default']:g} [{entry['unit']}], {span}, {entry['study']}")
        lines.append(f"  source   {entry['source']}")
    else:
        better = f", {entry['better']} is better" if entry["better"] else ""
        levels = f", also by {', '.join(entry['by'])}" if entry["by"] else ""
        lines[0] += f"  {entry['label_zh']}"
        lines.append(f"  {entry['time']} [{entry['unit']}]{better}{levels}")
    if full:
        text = chapter(entry["name"].partition(".")[0]) if kind == "parameter" else entry["meaning"]
        lines += ["", *(f"  {line}" for line in text.splitlines())]
    return "\n".join(line.rstrip() for line in lines)
