"""Policies: one instrument per file.

An instrument is a class that only declares, and a rule of the same name that acts. The class says what the
instrument is, by what mechanism it works and what is known of it, and declares its levers (default, unit,
hard and typical range), the wedges where it bites, the kinds of public cost that it causes and, before any
run, the one outcome that it should move and in which direction, judged in the middle of the typical range.

The rule runs at the start of a quarter, after wedges went back to neutral. It reads this quarter's levers,
returns at once when they are neutral, puts its line of the public books in force and adds to its wedges row
by row, for those at whom it is aimed. That is all: it changes no outcome. What a wedge does is said by the
rules of the economy, which never ask which instrument, or whether any, stands behind it. Instruments that
share a wedge combine by what the wedge declares (sum, product, min or max), so the order in which they are
called is of no consequence.

Costs arise where the money goes: a rule of the economy that sees a subsidised project raises the claim. Only
plain public spending (marketing, attraction, a secretariat) is claimed here; its effect is what the region
expects to be paid, amount times ``region.paid_share``. All spending is nominal.

Levers of all instruments are one record per quarter, with a nested record per instrument: the levers; for
levers that can be announced ``<lever>_ahead``, today's or the announced value; and four bit masks that aim it
(``stages``, ``products``, ``sizes``, ``ownerships``; see ``targeting``), of which an instrument heeds those
that it declares. Where nothing is announced beforehand a twin equals its lever. An instrument that is
announced but not yet in force costs nothing.

To add an instrument, add a file: it is found by its name.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import numpy as np

from sim.declare import INSTRUMENTS

GROUPS: dict[str, tuple[str, str]] = {
    "chain_extension": ("Chain extension", "产业链延伸"),
    "global_marketing": ("Regional production, global marketing", "区域生产、全球营销"),
    "innovation": ("Innovation", "技术创新"),
    "institutions": ("Institutional environment", "制度环境"),
    "talent": ("Talent", "人才"),
    "state_control": ("State control", "国家管控"),
}
MASKS = ("stages", "products", "sizes", "ownerships")
EVERYBODY = -1  # a mask with all bits set

_modules = {
    name: importlib.import_module(f"{__name__}.{name}")
    for name in sorted(found.name for found in pkgutil.iter_modules(__path__))
}

# The compiled rule of each instrument, sorted by name.
RULES: tuple[Any, ...] = tuple(getattr(_modules[name], name) for name in sorted(INSTRUMENTS))


def lever_dtype() -> np.dtype[Any]:
    """The record of all levers of one quarter: a nested record per instrument."""
    instruments = []
    for name in sorted(INSTRUMENTS):
        fields: list[Any] = []
        for key, declared in INSTRUMENTS[name].levers.items():
            fields.append((key, np.float64))
            if declared.ahead:
                fields.append((f"{key}_ahead", np.float64))
        fields.extend((mask, np.int64) for mask in MASKS)
        instruments.append((name, np.dtype((np.record, np.dtype(fields)))))
    return np.dtype((np.record, np.dtype(instruments)))


def neutral_levers(quarters: int) -> Any:
    """Levers of ``quarters`` quarters without any policy, aimed at everybody."""
    levers = np.zeros(quarters, lever_dtype()).view(np.recarray)
    for name, declared in INSTRUMENTS.items():
        for key, lever in declared.levers.items():
            levers[name][key] = lever.default
            if lever.ahead:
                levers[name][f"{key}_ahead"] = lever.default
        for mask in MASKS:
            levers[name][mask] = EVERYBODY
    return levers


def typical_setting(name: str) -> dict[str, float]:
    """The middle of the typical range of every lever of an instrument whose default lies outside that range."""
    return {
        key: (lever.typical[0] + lever.typical[1]) / 2.0
        for key, lever in INSTRUMENTS[name].levers.items()
        if not lever.typical[0] <= lever.default <= lever.typical[1]
    }
