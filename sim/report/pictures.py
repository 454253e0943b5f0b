"""Pictures: matplotlib figures as drawings inside the page, with a text for those who cannot see them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any

import matplotlib.pyplot as plt

from sim.figures.style import in_style
from sim.report.tables import Table

GLYPH = r'<path id="((?:DejaVu|Noto)[\w-]+-[0-9a-f]+)" d="([^"]*)"([^>]*)/>'
NOTHING = dict.fromkeys(("Creator", "Date", "Format", "Type"))  # no metadata: it would name addresses


@dataclass(frozen=True)
class Picture:
    """A drawing, what it shows in words, and the numbers behind it."""

    name: str
    svg: str
    title: str
    about: str
    tables: list[Table] = field(default_factory=list)
    wide: bool = False


class Gallery:
    """Makes the pictures of one page. Glyphs that drawings share are kept once for all of them."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.glyphs: dict[str, str] = {}

    def picture(
        self,
        name: str,
        drawn: Any,
        tables: Iterable[Table] = (),
        title: str = "",
        about: str = "",
        wide: bool = False,
    ) -> Picture:
        """A picture of axes, whose title and note go over into text, or of a figure with these given. Closes the figure."""
        figure = drawn if hasattr(drawn, "savefig") else drawn.figure
        if not title:
            title, about = self._one_line(drawn.get_title(loc="left")), self._one_line(drawn.get_xlabel())
            drawn.set_title("", loc="left")
            drawn.set_xlabel("")
        buffer = io.StringIO()
        with in_style(self._language, **{"svg.hashsalt": name}):
            figure.savefig(buffer, format="svg", metadata=NOTHING)
        plt.close(figure)
        return Picture(name, self._inline(buffer.getvalue(), name, title), title, about, list(tables), wide)

    def _one_line(self, text: str) -> str:
        return text.replace("\n", "" if self._language == "zh" else " ")

    def _inline(self, svg: str, name: str, title: str) -> str:
        """An SVG document as an element of a page: no prologue, names of its own, numbers without idle digits."""
        svg = svg[svg.index("<svg") :].strip()
        svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.S)
        box = re.search(r'viewBox="([^"]+)"', svg)
        assert box is not None
        head = f'<svg viewBox="{box[1]}" role="img" aria-label="{escape(title, quote=True)}">'
        svg = re.sub(r"<svg[^>]*>", head, svg, count=1)
        for found in re.finditer(GLYPH, svg):
            self.glyphs.setdefault(
                found[1], f'<path id="{found[1]}" d="{_shorter(found[2])}"{found[3]}></path>'
            )
        svg = re.sub(GLYPH, "", svg)
        svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
        svg = re.sub(r'xlink:href="#([^"]+)"', lambda found: self._reference(found[1], name), svg)
        svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
        svg = re.sub(r' d="([^"]*)"', lambda found: f' d="{_shorter(found[1])}"', svg)
        return re.sub(r"\s*\n\s*", "\n", svg).replace("<defs>\n</defs>\n", "")

    def _reference(self, target: str, name: str) -> str:
        return f'href="#{target}"' if target in self.glyphs else f'href="#{name}-{target}"'


def _shorter(path: str) -> str:
    return " ".join(re.sub(r"(\d+\.\d\d)\d+", r"\1", path).split())
