"""Terminal: progress on the error stream, tables on the output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table


class Working:
    """Says from the first second what is being done; a bar as soon as there is something to count.

    Where the error stream is no terminal (a log file), a line at every tenth of the way.
    """

    def __init__(self, what: str) -> None:
        self._live = sys.stderr.isatty()
        self._tenth = -1
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task(what, total=None)
        self._what = what

    def __enter__(self) -> Working:
        if self._live:
            self._progress.start()
        else:
            print(f"{self._what} ...", file=sys.stderr, flush=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._progress.stop()

    def say(self, what: str) -> None:
        """Something else is being done now; runs are counted anew."""
        self._tenth = -1
        if self._live:
            self._progress.update(self._task, description=what)
        elif what != self._what:
            print(f"{what} ...", file=sys.stderr, flush=True)
        self._what = what

    def compiling(self, rule: str) -> None:
        """For ``sim.compiled.announce``."""
        first = "Compiling the rules of the model (once per version, about a minute)"
        self.say(f"{first}: {rule.removeprefix('sim.')}" if self._live else first)

    def step(self, done: int, total: int, more: str = "") -> None:
        """``done`` of ``total`` runs are finished; ``more``: how it goes, in words."""
        about = f" ({more})" if more else ""
        if self._live:
            self._progress.update(self._task, completed=done, total=total, description=f"Running{about}")
        elif done * 10 // max(total, 1) > self._tenth:
            self._tenth = done * 10 // max(total, 1)
            print(f"  {done} of {total}{about}", file=sys.stderr, flush=True)


def number(value: Any, digits: int = 3) -> str:
    """A number for a table: three significant digits, thousands grouped, a dash for nothing."""
    if value is None or value != value:
        return "-"
    size = abs(float(value))
    return f"{value:,.0f}" if size >= 100 else f"{float(value):.{digits}g}"


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], texts: int = 1, wrap: bool = False
) -> None:
    """Print a table; the first ``texts`` columns hold texts, the others numbers, whose heads may ``wrap``."""
    console = Console() if sys.stdout.isatty() else Console(width=140)
    made = Table(title=title, title_justify="left", title_style="bold")
    for place, name in enumerate(columns):
        made.add_column(
            name, justify="left" if place < texts else "right", no_wrap=(place >= texts) is not wrap
        )
    for row in rows:
        made.add_row(*(item if isinstance(item, str) else number(item) for item in row))
    console.print(made)
