"""Style: the look that all figures share, and the canvas they are drawn on.

The palette (Okabe and Ito 2008) reads without colour vision and the greys of a print; lines also differ in dashes, so
colour alone never carries a meaning. Nothing global is touched: fonts and sizes hold while a figure is drawn.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib

matplotlib.use("Agg", force=False)
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager
from matplotlib.text import Text

from sim.problems import InputError, Problem
from sim.words import MINUS, Words

if TYPE_CHECKING:
    from sim.compare import Comparison

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (1.5, 1)),
    (0, (6, 1.5, 1.5, 1.5)),
    (0, (9, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
)
GREY = "#595959"
PALE = "#d9d9d9"
CHINESE_FONT = "NotoSansCJKsc-Regular.otf"
CLOSING = "，。、；：）”？！"
SETTINGS = {
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.unicode_minus": True,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "svg.fonttype": "path",
}


@cache
def chinese_family() -> str:
    """The font that shows Chinese. Raises :class:`InputError` that says what to install when there is none."""
    found = find_spec("mplfonts")
    if found is None or not found.submodule_search_locations:
        problem = "figures in Chinese need a font: pip install 'cluster-sim[chinese]'"
        raise InputError([Problem("", None, "language", "zh", problem)])
    path = Path(found.submodule_search_locations[0]) / "fonts" / CHINESE_FONT
    font_manager.fontManager.addfont(str(path))  # known from now on, used only where it is named
    return font_manager.FontProperties(fname=str(path)).get_name()


def family(language: str) -> list[str]:
    """The fonts of a language, each for what the one before does not have."""
    return [chinese_family(), "DejaVu Sans"] if language == "zh" else ["DejaVu Sans"]


def in_style(language: str, **more: Any) -> Any:
    """A context in which figures in this language are drawn and saved."""
    settings: Any = {**SETTINGS, "font.family": family(language), **more}
    return plt.rc_context(settings)


@contextmanager
def canvas(
    ax: Any = None, language: str = "en", size: tuple[float, float] = (5.2, 3.2)
) -> Iterator[tuple[Any, Words]]:
    """Axes to draw on, the given ones or new ones of this size (inches), and the words to write on them."""
    words = Words(language)
    with in_style(language):
        if ax is None:
            ax = plt.figure(figsize=size, layout="constrained").add_subplot()
        yield ax, words
        ax.tick_params(labelfontfamily=family(language))
        for text in ax.findobj(Text):  # some are older than this context
            text.set_fontfamily(family(language))


def dates_of(start: Any, quarters: int) -> Any:
    """The dates of quarters as numbers of years."""
    first = int(str(start)[:4]) + (int(str(start)[-1]) - 1) / 4.0
    return first + np.arange(quarters) / 4.0


def years_of(comparison: Comparison) -> Any:
    """The years of a comparison as numbers."""
    return np.array([int(year) for year in comparison.years])


def colour_of(place: int) -> str:
    """The colour of a scenario: the baseline is black, the others take the palette in turn."""
    return "#000000" if place == 0 else PALETTE[(place - 1) % (len(PALETTE) - 1)]


def dashes_of(place: int) -> Any:
    """Its dashes."""
    return "-" if place == 0 else DASHES[place % len(DASHES)]


def dash_array(place: int) -> str:
    """The same as SVG writes it; empty for a solid line."""
    dashes = dashes_of(place)
    return "" if isinstance(dashes, str) else " ".join(f"{1.6 * length:g}" for length in dashes[1])


def coinciding(lines: Sequence[Any]) -> list[tuple[int, int]]:
    """Pairs of lines that cannot be told apart: nowhere further apart than 1 % of what is shown."""
    known = [np.asarray(line, float) for line in lines]
    stacked = np.concatenate(known) if known else np.zeros(1)
    span = float(np.nanmax(stacked) - np.nanmin(stacked)) if np.isfinite(stacked).any() else 0.0
    pairs = []
    for one in range(len(known)):
        for other in range(one + 1, len(known)):
            gap = np.abs(known[one] - known[other])
            if np.isfinite(gap).any() and np.nanmax(gap) <= 0.01 * span:
                pairs.append((one, other))
    return pairs


def wrapped(text: str, words: Words, width: int = 28) -> str:
    """A label in lines of this width. Chinese characters count twice and break anywhere, but not before a full stop."""
    if words.language != "zh":
        return textwrap.fill(text, width)
    lines = -(-len(text) // (width // 2))
    width = -(-len(text) // max(1, lines))
    pieces = [text[at : at + width] for at in range(0, len(text), width)]
    for at in range(1, len(pieces)):
        while pieces[at] and pieces[at][0] in CLOSING:
            pieces[at - 1] += pieces[at][0]
            pieces[at] = pieces[at][1:]
    return "\n".join(piece for piece in pieces if piece)


def note(ax: Any, words: Words, text: str) -> None:
    """What a reader has to know to read the figure: what is drawn, how many runs, which years."""
    width = int(ax.figure.get_figwidth() * (17 if words.language == "zh" else 13.5))
    lines = [wrapped(line, words, width) for line in text.split("\n")]
    ax.set_xlabel("\n".join(lines), fontsize=8, color=GREY, loc="right", multialignment="left")


def legend_below(ax: Any, columns: int = 2, handles: Sequence[Any] | None = None) -> Any:
    """A legend that hides nothing: under a figure of one panel, else in the panel."""
    handles = ax.get_legend_handles_labels()[0] if handles is None else handles
    if ax.figure.axes == [ax] and ax.figure.get_layout_engine() is not None:
        return ax.figure.legend(handles=handles, loc="outside lower center", ncols=columns)
    return ax.legend(handles=handles)


def thousands(axis: Any) -> None:
    """Tick labels with grouped thousands."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(6))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", MINUS)))
