"""Calendar: quarters that can be counted, as ``2011Q1``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import overload


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year. ``Quarter.of("2011Q1") + 3`` is 2011Q4; two quarters differ by a number."""

    index: int  # quarters since the year 0

    @classmethod
    def of(cls, text: str | Quarter) -> Quarter:
        """Read ``2011Q1``. Raises ``ValueError`` for anything else."""
        if isinstance(text, Quarter):
            return text
        match = re.fullmatch(r"(\d{4})Q([1-4])", text) if isinstance(text, str) else None
        if match is None:
            raise ValueError("not a quarter, write it like 2013Q1")
        return cls(int(match[1]) * 4 + int(match[2]) - 1)

    @property
    def year(self) -> int:
        return self.index // 4

    @property
    def number(self) -> int:
        """1 to 4."""
        return self.index % 4 + 1

    def __add__(self, quarters: int) -> Quarter:
        return Quarter(self.index + quarters)

    @overload
    def __sub__(self, other: Quarter) -> int: ...
    @overload
    def __sub__(self, other: int) -> Quarter: ...
    def __sub__(self, other: Quarter | int) -> int | Quarter:
        return self.index - other.index if isinstance(other, Quarter) else Quarter(self.index - other)

    def __str__(self) -> str:
        return f"{self.year:04d}Q{self.number}"

    def __repr__(self) -> str:
        return f"Quarter({str(self)!r})"
