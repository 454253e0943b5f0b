"""Problems: what is wrong with an input file, all at once, and what would have been right.

Every reader of files (``chain``, ``scenario``) collects problems in a list and raises one
:class:`InputError` at its end. A problem prints as

    file:line: key = value: problem [label, unit, allowed a..b]; did you mean 'x'?

The standard library reads TOML but forgets where a key stood; :class:`TomlFile` remembers.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

Key = tuple[str | int, ...]  # a place in a document: ("process", 2, "inputs", "ndpr_oxide")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (or, in a list of warnings, unusual)."""

    file: str
    line: int | None
    key: str
    value: Any
    problem: str
    label: str = ""
    unit: str = ""
    allowed: str = ""
    suggestion: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        value = "" if self.value is None else f" = {shown(self.value)}"
        subject = f"{self.key}{value}: " if self.key else ""
        facts = [self.label, self.unit, f"allowed {self.allowed}" if self.allowed else ""]
        about = ", ".join(fact for fact in facts if fact)
        about = f" [{about}]" if about else ""
        hint = f"; did you mean '{self.suggestion}'?" if self.suggestion else ""
        return f"{place}{subject}{self.problem}{about}{hint}"


class InputError(ValueError):
    """Bad input. ``problems`` holds every problem found, file by file in the order of lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = list(problems)
        files = list(dict.fromkeys(problem.file for problem in found))
        self.problems = tuple(sorted(found, key=lambda p: (files.index(p.file), p.line or 0)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return InputError, (self.problems,)


def shown(value: Any) -> str:
    """A value as it would stand in a TOML file, shortened."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key} = {shown(item)}" for key, item in value.items()) + "}"
    elif isinstance(value, (list, tuple)):
        text = "[" + ", ".join(shown(item) for item in value) + "]"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(word: Any, known: Iterable[Any]) -> str:
    """The known name nearest to ``word``, or nothing when none is near."""
    names = [str(name) for name in known]
    near = difflib.get_close_matches(str(word), names, n=1, cutoff=0.6)
    if not near and len(str(word)) > 3:  # a part of a longer name: "grnt" for "research_grant"
        parts = {
            part: name for name in sorted(names, key=len, reverse=True) for part in re.split(r"[._]", name)
        }
        near = [parts[part] for part in difflib.get_close_matches(str(word), parts, n=1, cutoff=0.75)]
    return near[0] if near else ""


def dotted(key: Key) -> str:
    """``("process", 2, "inputs")`` as ``process[3].inputs``: people count from one."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + part
    return text


class TomlFile:
    """A TOML file: its data and the line of every key in it.

    Raises :class:`InputError` when the file is absent or no TOML.
    """

    def __init__(self, path: Path | str, text: str | None = None) -> None:
        self.name = _short(path)
        text = read_text(path) if text is None else text
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"line (\d+)", str(error))
            what = re.sub(r" \(at .*\)$", "", str(error))
            line = int(place[1]) if place else text.count("\n") + 1
            raise InputError([Problem(self.name, line, "", None, f"not valid TOML: {what}")]) from None
        self._lines = _Lines(text).found

    def line(self, key: Key) -> int | None:
        """The line of ``key``, or of the innermost table around it that is there."""
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key)

    def problem(self, key: Key, value: Any, problem: str, **about: str) -> Problem:
        """A problem at ``key`` of this file."""
        return Problem(self.name, self.line(key), dotted(key), value, problem, **about)


def read_text(path: Path | str) -> str:
    """The text of a file. Raises :class:`InputError` when it cannot be read."""
    try:
        return Path(path).read_text("utf-8-sig")
    except FileNotFoundError:
        near = nearest(Path(path).name, (p.name for p in Path(path).parent.glob("*")))
        problem = Problem(_short(path), None, "", None, "no such file", suggestion=near)
    except UnicodeDecodeError:
        problem = Problem(_short(path), None, "", None, "not a text file in UTF-8")
    except OSError as error:
        problem = Problem(_short(path), None, "", None, f"cannot be read: {(error.strerror or '').lower()}")
    raise InputError([problem]) from None


def _short(path: Path | str) -> str:
    """A path as a person at this place would write it."""
    try:
        return str(Path(path).resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


class _Lines:
    """Walks over TOML text that is known to be valid and notes the line of every key."""

    _BARE = re.compile(r"[A-Za-z0-9_-]+")
    _SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
    _SCALAR = re.compile(r"[^,\]}\n#]+")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.found: dict[Key, int] = {}
        self.lengths: dict[Key, int] = {}  # of arrays of tables
        table: Key = ()
        while self._skip() < len(text):
            if self._take("[["):
                table = self._header(array=True)
            elif self._take("["):
                table = self._header(array=False)
            else:
                self._pair(table)

    def _skip(self) -> int:
        match = self._SPACE.match(self.text, self.at)
        assert match is not None  # matches nothing at least
        self.at = match.end()
        return self.at

    def _take(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def _note(self, key: Key) -> None:
        self.found.setdefault(key, bisect_right(self.starts, self.at))

    def _name(self) -> Iterator[str]:
        while True:
            self._skip()
            bare = self._BARE.match(self.text, self.at)
            if bare:
                self.at = bare.end()
                yield bare[0]
            else:
                begin = self.at
                self._value(())
                yield str(tomllib.loads(f"x = {self.text[begin : self.at]}")["x"])
            self._skip()
            if not self._take("."):
                return

    def _header(self, array: bool) -> Key:
        table: Key = ()
        begin = self.at
        names = list(self._name())
        end, self.at = self.at, begin
        for place, name in enumerate(names, 1):
            table = (*table, name)
            if array and place == len(names):
                self.lengths[table] = self.lengths.get(table, 0) + 1
            self._note(table)
            if table in self.lengths:
                table = (*table, self.lengths[table] - 1)
        self._note(table)
        self.at = self.text.index("]", end) + (2 if array else 1)
        return table

    def _pair(self, table: Key) -> None:
        begin = self.at
        key = (*table, *self._name())
        end, self.at = self.at, begin
        for length in range(len(table) + 1, len(key) + 1):
            self._note(key[:length])
        self.at = end
        self._take("=")
        self._skip()
        self._value(key)

    def _value(self, key: Key) -> None:
        for quote in ('"""', "'''", '"', "'"):
            if self._take(quote):
                while not self.text.startswith(quote, self.at):
                    self.at += 2 if quote[0] == '"' and self.text[self.at] == "\\" else 1
                self.at += len(quote)
                while len(quote) == 3 and self._take(quote[0]):
                    pass  # up to two quotes may stand before the closing three
                return
        if self._take("["):
            number = 0
            while self._skip() >= 0 and not self._take("]"):
                self._note((*key, number))
                self._value((*key, number))
                self._skip()
                self._take(",")
                number += 1
        elif self._take("{"):
            while self._skip() >= 0 and not self._take("}"):
                self._pair(key)
                self._skip()
                self._take(",")
        else:
            match = self._SCALAR.match(self.text, self.at)
            self.at = match.end() if match else self.at + 1


# ----------------------------------------------------------------------------------------------------------
class Strict(BaseModel):
    """Base of everything read from files: unknown keys and wrong types are refused, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class FrozenDict(dict[str, Any]):
    """A dictionary that says no to changes."""

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("read from a file and not to be changed; make a copy with dict(...)")

    __setitem__ = __delitem__ = update = setdefault = pop = popitem = clear = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # a plain dictionary has none
        return hash(frozenset(self.items()))

    def __reduce__(self) -> Any:
        return FrozenDict, (dict(self),)


def frozen(data: Any) -> Any:
    """TOML data with tuples for arrays, so that nobody can change it."""
    if isinstance(data, dict):
        return FrozenDict({key: frozen(value) for key, value in data.items()})
    if isinstance(data, list):
        return tuple(frozen(item) for item in data)
    return data


def thawed(data: Any) -> Any:
    """The same as plain dictionaries and lists, for JSON."""
    if isinstance(data, dict):
        return {key: thawed(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [thawed(item) for item in data]
    return data


Model = TypeVar("Model", bound=BaseModel)


def read_model(
    model: type[Model], data: Any, file: TomlFile, problems: list[Problem], at: Key = ()
) -> Model | None:
    """``data``, which stands ``at`` a place of ``file``, as a ``model``; or None, with its problems added."""
    try:
        return model.model_validate(frozen(data))
    except ValidationError as errors:
        problems.extend(_in_words(model, error, file, at) for error in errors.errors())
        return None


def _in_words(model: type[BaseModel], error: Any, file: TomlFile, at: Key) -> Problem:
    where: Key = tuple(error["loc"])
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    value = None if isinstance(value, dict) else value
    parent = _model_at(model, where[:-1])
    known = [name for name in parent.model_fields if not name.startswith("_")] if parent else []
    if kind == "extra_forbidden":
        near = nearest(where[-1], known)
        hint = {} if near else {"allowed": ", ".join(known)}
        return file.problem((*at, *where), value, "unknown key", suggestion=near, **hint)
    field = parent.model_fields.get(str(where[-1])) if parent and where else None
    about = _about(field)
    if kind == "missing":
        return file.problem((*at, *where), None, "missing", **about)
    words = {
        "greater_than": "too small",
        "greater_than_equal": "too small",
        "less_than": "too large",
        "less_than_equal": "too large",
        "finite_number": "not a finite number",
    }.get(kind, "")
    if kind == "literal_error":
        choices = [choice.strip(" '") for choice in re.split(r", | or ", context["expected"])]
        about["allowed"] = ", ".join(choices)
        about["suggestion"] = nearest(value, choices)
        words = "not one of the choices"
    elif not words:
        words = {
            "float_type": "not a number",
            "int_type": "not a whole number",
            "string_type": "not a text",
            "bool_type": "neither true nor false",
            "tuple_type": "not a list",
            "dict_type": "not a table",
            "model_type": "not a table",
        }.get(kind, error["msg"].removeprefix("Value error, ").lower())
    return file.problem((*at, *where), value, words, **about)


def _model_at(model: type[BaseModel], where: Key) -> type[BaseModel] | None:
    """The model that governs the place ``where`` below ``model``."""
    current: Any = model
    for part in where:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(part))
            current = _inner(field.annotation) if field else None
        if current is None:
            return None
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _inner(annotation: Any) -> Any:
    """The model inside ``Model | None`` or ``tuple[Model, ...]``."""
    if get_origin(annotation) in (Union, UnionType, tuple):
        inner = [
            item for item in get_args(annotation) if isinstance(item, type) and issubclass(item, BaseModel)
        ]
        return inner[0] if inner else None
    return annotation


def _about(field: FieldInfo | None) -> dict[str, str]:
    """What a field's declaration says of it."""
    if field is None:
        return {}
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    low, high = "", ""
    for item in field.metadata:
        low = next(
            (
                f"{sign}{getattr(item, name):g}"
                for name, sign in (("ge", ""), ("gt", "above "))
                if getattr(item, name, None) is not None
            ),
            low,
        )
        high = next(
            (
                f"{sign}{getattr(item, name):g}"
                for name, sign in (("le", ""), ("lt", "below "))
                if getattr(item, name, None) is not None
            ),
            high,
        )
    allowed = f"{low}..{high}" if low and high else f"from {low}" if low and low[0] != "a" else low or high
    return {"label": field.description or "", "unit": str(extra.get("unit", "")), "allowed": allowed}
