"""What all charts have in common.

A figure is a plain dict for plotly without a template: building one takes much less time than plotly's own
objects, and the page's stylesheet colours it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from librechat_analytics.dashboard.charts.colours import BLUE, CLEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# A period without usage would otherwise get an axis from -1 to 1.
LEAST_COST_AXIS_USD = 0.01
LEAST_TOKENS_AXIS = 10

TIME_HEIGHT = 260
WIDE_HEIGHT = 300
ROW_HEIGHT = 34
RANKED_MARGIN = 12
TALL_HEIGHT = 10 * ROW_HEIGHT + RANKED_MARGIN
"""In pixels, as are the other heights: the height of ten ranked bars."""
CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": "autosize", "showTips": False}

Figure = dict[str, Any]

Rows = list[tuple[str, str]]
"""What a tooltip says about one point: names and texts; a row without a text is a sentence."""
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Series:
    """One set of bars: its name, its values, and the text of each value.

    ``line``: draw a line over the bars instead, such as the previous period. ``notes``: what the tooltip of
    each value also says, a name and a text.
    """

    name: str
    values: Sequence[float]
    texts: Sequence[str]
    color: str = BLUE
    line: bool = False
    notes: Sequence[tuple[str, str]] = ()

    def rows(self) -> list[Rows]:
        """Give the rows of each value's tooltip."""
        rows: list[Rows] = [[(self.name, text)] for text in self.texts]
        for row, note in zip(rows, self.notes, strict=False):
            row.append(note)
        return rows


def series(
    name: str, values: Sequence[Number], as_text: Callable[[Number], str], color: str = BLUE
) -> Series:
    """Make a series of bars whose texts ``as_text`` writes."""
    return Series(name, values, [as_text(value) for value in values], color)


def tooltips(points: Sequence[Rows]) -> Figure:
    """Give what a trace says about each of its points; the page's own tooltips show it, not plotly's."""
    return {"customdata": points, "hoverinfo": "none"}


def blank_figure() -> Figure:
    """Make an empty figure, which a chart shows before the first answer."""
    hidden = {"visible": False, "fixedrange": True}
    return {"data": [], "layout": {**base_layout(""), "xaxis": hidden, "yaxis": hidden}}


def base_layout(revision: str) -> Figure:
    """Give the layout that all charts share; ``revision`` is the same as long as the chart is the same."""
    return {
        "uirevision": revision,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "font": {"family": "inherit", "size": 12},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
    }
