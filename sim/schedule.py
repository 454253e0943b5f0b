"""Schedule: the value of a lever over time.

A value holds until the next point; with ``shape = "linear"`` it moves in a straight line from point to
point; ``until`` is the last quarter in force, after it the lever is neutral. A path is a pile of segments,
one per file that names the lever: from its first date on, a later file's segment replaces all that was
there before.

Announced. Some rules look a year ahead (capital, tax, attraction, trade access). What they can know at t is
the value at t + 4 of the segment that will then be in force, if it was announced by t; of everything else
they expect that it stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sim.calendar import Quarter

AHEAD = 4  # quarters that forward-looking rules look ahead


class Point(NamedTuple):
    """From this quarter on, this value (a number, or the groups aimed at), set at this place of a file."""

    quarter: Quarter
    value: Any
    origin: str


@dataclass(frozen=True)
class Segment:
    """What one file says of one lever. ``neutral`` is the value after the last quarter in force."""

    points: tuple[Point, ...]
    neutral: Any
    shape: Literal["step", "linear"] = "step"
    until: Quarter | None = None
    announced: Quarter | None = None

    @property
    def first(self) -> Quarter:
        return self.points[0].quarter

    def value(self, quarter: Quarter) -> Any:
        """The value in a quarter not before the first."""
        if self.until is not None and quarter > self.until:
            return self.neutral
        begun = [point for point in self.points if point.quarter <= quarter]
        last = begun[-1]
        if self.shape == "step" or len(begun) == len(self.points):
            return last.value
        following = self.points[len(begun)]
        done = (quarter - last.quarter) / (following.quarter - last.quarter)
        return last.value + done * (following.value - last.value)

    def origin(self, quarter: Quarter) -> str:
        """Where the value of a quarter was set."""
        return [point.origin for point in self.points if point.quarter <= quarter][-1]


@dataclass(frozen=True)
class Lane:
    """The path of one lever: segments, the later on top."""

    neutral: Any
    segments: tuple[Segment, ...] = ()

    def under(self, segment: Segment) -> Lane:
        """This path with ``segment`` laid over it."""
        return Lane(self.neutral, (*self.segments, segment))

    def _on_top(self, quarter: Quarter) -> Segment | None:
        return next((segment for segment in reversed(self.segments) if segment.first <= quarter), None)

    def value(self, quarter: Quarter) -> Any:
        """The value in force in a quarter."""
        segment = self._on_top(quarter)
        return segment.value(quarter) if segment else self.neutral

    def origin(self, quarter: Quarter) -> str:
        """Where it was set, or ``default``."""
        segment = self._on_top(quarter)
        return segment.origin(quarter) if segment else "default"

    def ahead(self, quarter: Quarter) -> Any:
        """The value that is expected, in a quarter, for a year later."""
        known = Lane(
            self.neutral,
            tuple(
                segment
                for segment in self.segments
                if min(segment.announced or segment.first, segment.first) <= quarter
            ),
        )
        then = known._on_top(quarter + AHEAD)
        return then.value(quarter + AHEAD) if then and then.announced else self.value(quarter)

    def steps(self, start: Quarter, quarters: int) -> list[Point]:
        """The path as the points at which its value or its author changes."""
        steps: list[Point] = []
        for quarter in (start + t for t in range(quarters)):
            point = Point(quarter, self.value(quarter), self.origin(quarter))
            if not steps or steps[-1][1:] != point[1:]:
                steps.append(point)
        return steps
