"""Words: what figures and reports say in each language, and how they write numbers, units and labels.

``en.toml`` and ``zh.toml`` hold the same keys (tested); a sentence is a template with {names}. Labels of outputs,
instruments, stages and products are not repeated there: they are pairs where they are declared.

A share is written in per cent, and a change of it in percentage points. Everything that is printed passes through
``amount`` and ``change``, so a number in a sentence and in a table is written alike.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from sim.analysis.channels import MARGINS
from sim.analysis.outcomes import groups_of
from sim.declare import INSTRUMENTS, OUTPUTS
from sim.problems import InputError, Problem, nearest
from sim.scenario import Scenario

LANGUAGES = ("en", "zh")


@cache
def table(language: str) -> dict[str, str]:
    """All words of a language by dotted key. Raises :class:`InputError` for a language that there is not."""
    if language not in LANGUAGES:
        problem = "no such language"
        near = nearest(language, LANGUAGES)
        allowed = ", ".join(LANGUAGES)
        raise InputError([Problem("", None, "language", language, problem, allowed=allowed, suggestion=near)])
    text = resources.files(__name__).joinpath(f"{language}.toml").read_text("utf-8")
    return {
        f"{group}.{key}": value for group, keys in tomllib.loads(text).items() for key, value in keys.items()
    }


class Words:
    """One language: ``words("fan.note", n=50)``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._table = table(language)

    def __call__(self, key: str, **values: Any) -> str:
        return self._table[key].format(**values) if values else self._table[key]

    def either(self, pair: Sequence[str]) -> str:
        """Of an (English, Chinese) text the one that is wanted."""
        text = pair[LANGUAGES.index(self.language)]
        return full_width(text) if self.language == "zh" else text

    def output(self, name: str) -> str:
        """The label of an output."""
        return self.either(OUTPUTS[name].label)

    def instrument(self, name: str) -> str:
        """The label of an instrument."""
        return self.either(INSTRUMENTS[name].label)

    def scenario(self, scenario: Scenario) -> str:
        """The title of a scenario, in its own language where it is not translated."""
        return (scenario.title_zh if self.language == "zh" else "") or scenario.title

    def question(self, scenario: Scenario) -> str:
        """The question of a scenario, likewise."""
        return (scenario.question_zh if self.language == "zh" else "") or scenario.question

    def group(self, level: str, key: int, scenario: Scenario) -> str:
        """The name of a stage, product, size class, ownership or origin."""
        return self.either(groups_of(scenario, level)[key][1:])

    def part(self, way: str, part: str, english: str, scenario: Scenario) -> str:
        """The name of a part of an effect, as ``analysis.channels.bookkeeping`` has them."""
        if way == "class":
            return self.output(part)
        if way == "number_size":
            return self.either(MARGINS[part])
        groups = groups_of(scenario, way).values()
        return next((self.either(labels) for name, *labels in groups if name == part), english)

    def fact(self, key: str, english: str) -> str:
        """The name of a validated fact, by its letter and number; in English where it is not translated."""
        return self._table.get(f"fact.{key.partition('.')[0]}", english)

    def unit(self, unit: str) -> str:
        """A unit as it is printed; counts have none."""
        return self._table[f"unit.{unit}"]

    def with_unit(self, text: str, unit: str) -> str:
        """A heading with its unit in brackets."""
        return self("number.heading", text=text, unit=self.unit(unit)) if self.unit(unit) else text

    def amount(self, value: float, unit: str) -> str:
        """A value and its unit: 1,234 million CNY, 12.3 %."""
        return self._joined(number(scaled(value, unit)), self.unit(unit))

    def change(self, value: float, unit: str) -> str:
        """A difference with its sign: +1.2 percentage points."""
        text = self("number.points") if unit == "share" else self.unit(unit)
        return self._joined(signed(scaled(value, unit)), text)

    def joined(self, parts: Sequence[str]) -> str:
        """A, B and C."""
        if len(parts) < 2:
            return "".join(parts)
        return self("number.comma").join(parts[:-1]) + self("number.and") + parts[-1]

    def _joined(self, digits: str, unit: str) -> str:
        if not unit or digits == MISSING:
            return digits
        return f"{digits}{self('number.percent_space' if unit == '%' else 'number.space')}{unit}"


def full_width(text: str) -> str:
    """Chinese with Chinese commas, colons and brackets, except inside numbers."""
    text = re.sub(r"(?<!\d),|,(?!\d)", "，", text)
    text = re.sub(r":(?=[\u4e00-\u9fff])", "：", text)
    return re.sub(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)", r"（\1）", text)


MISSING = "–"
MINUS = "\N{MINUS SIGN}"


def scaled(value: float, unit: str) -> float:
    """Shares are printed in per cent."""
    return 100.0 * value if unit == "share" else value


def number(value: float) -> str:
    """Three significant digits, thousands grouped, no exponent; a dash for what is missing."""
    if value != value or abs(value) == float("inf"):
        return MISSING
    size = abs(value)
    if size == 0.0:
        return "0"
    bounds = (99.95, 9.995, 0.9995, 0.0095)
    digits = next((digits for digits, bound in enumerate(bounds) if size >= bound), len(bounds))
    return f"{value:,.{digits}f}".replace("-", MINUS)


def signed(value: float) -> str:
    """The same with a sign."""
    text = number(value)
    return f"+{text}" if value > 0.0 and text != MISSING else text
