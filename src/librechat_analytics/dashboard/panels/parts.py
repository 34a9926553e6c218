"""The parts that panels are made of: each makes its elements, knows its targets and fills them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from dash import dcc, html

from librechat_analytics.dashboard.charts.figure import (
    CONFIG,
    TALL_HEIGHT,
    TIME_HEIGHT,
    WIDE_HEIGHT,
    blank_figure,
)
from librechat_analytics.dashboard.charts.ranked import ranked_height
from librechat_analytics.dashboard.html import cards as card_html
from librechat_analytics.dashboard.html import frames, tables
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.ranked import ranked_items
from librechat_analytics.dashboard.panels.targets import Fills, Target
from librechat_analytics.formatting import change

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.charts.figure import Figure
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.html.ranked import RankedEntry
    from librechat_analytics.usage.answers import Summary, Totals

    Number = TypeVar("Number", int, float)

Shape = Literal["time", "wide", "tall", "ranked"]

FIRST_BARS = 10
"""The bars that a ranked chart has room for before the first answer."""

HEIGHTS: dict[Shape, int] = {
    "time": TIME_HEIGHT,
    "wide": WIDE_HEIGHT,
    "tall": TALL_HEIGHT,
    "ranked": ranked_height(FIRST_BARS),
}


@dataclass(frozen=True, slots=True)
class Region:
    """An element with children that come as markup."""

    id: str

    @property
    def targets(self) -> tuple[Target, ...]:
        return (Target(self.id),)

    def layout(self, class_name: str | None = None, *, label: str | None = None) -> Component:
        """Make an empty element; with a ``label`` it is a region for screen readers."""
        named = {} if label is None else {"role": "region", "aria-label": label}
        return html.Div(id=self.id, className=class_name, **named)

    def fill(self, children: list[Markup]) -> Fills:
        return Fills({Target(self.id): children})


@dataclass(frozen=True, slots=True)
class Components:
    """An element with children that come as a few Dash components."""

    id: str

    @property
    def targets(self) -> tuple[Target, ...]:
        return (Target(self.id, "children"),)

    def fill(self, children: list[Component]) -> Fills:
        return Fills({Target(self.id, "children"): children})


@dataclass(frozen=True, slots=True)
class Frame:
    """An element around others that is sometimes hidden."""

    id: str

    @property
    def targets(self) -> tuple[Target, ...]:
        return (Target(self.id, "hidden"),)

    def fill(self, *, hidden: bool) -> Fills:
        return Fills({Target(self.id, "hidden"): hidden})


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, the sentence below it, and its numbers as a table.

    ``label``: what it shows, for readers who cannot see it. ``shape``: its height; the height of ranked bars
    depends on their number. ``numbers``: the headers of the table; None if they come with the answer; empty
    without a table, because the view has one anyway.
    """

    id: str
    label: str
    shape: Shape = "time"
    numbers: tuple[str, ...] | None = ()

    @property
    def targets(self) -> tuple[Target, ...]:
        return (
            *((self._style,) if self.shape == "ranked" else ()),
            self._caption,
            self._figure,
            self._empty,
            *((self._head,) if self.numbers is None else ()),
            *((self._rows,) if self.has_numbers else ()),
        )

    def fill(
        self,
        figure: Figure,
        *,
        caption: str,
        empty: list[Markup],
        rows: Sequence[Sequence[Markup]] | None = None,
        head: Sequence[str] | None = None,
    ) -> Fills:
        """Fill the chart.

        Args:
            figure: What plotly draws.
            caption: The sentence below it.
            empty: What the chart says if there is nothing to draw, else nothing.
            rows: The rows of the table; None for a chart without one.
            head: The headers of the table if they come with the answer.
        """
        values: dict[Target, object] = {
            self._caption: caption,
            self._figure: figure,
            self._empty: empty,
        }
        if self.shape == "ranked":
            values[self._style] = {"height": figure["layout"]["height"]}
        if head is not None:
            values[self._head] = tables.number_head(head)
        if rows is not None:
            values[self._rows] = tables.number_rows(rows)
        return Fills(values)

    def fill_blank(self) -> Fills:
        """Fill the chart with nothing, for a panel that is hidden."""
        return self.fill(blank_figure(), caption="", empty=[], rows=() if self.has_numbers else None)

    def layout(self) -> Component:
        """Make the chart before the first answer."""
        is_ranked = self.shape == "ranked"
        frame = html.Div(
            [
                dcc.Graph(
                    id=self._figure.id,
                    figure=blank_figure(),
                    config=CONFIG,
                    responsive=True,
                    className="chart ranked-chart" if is_ranked else "chart",
                    style={"height": HEIGHTS[self.shape]},
                ),
                html.Div(id=self._empty.id, className="chart-empty"),
            ],
            className="chart-frame" if self.shape == "time" else f"chart-frame {self.shape}-frame",
        )
        foot = [self._numbers_table()] if self.has_numbers else []
        foot.append(frames.chart_files(self.id, self.label, self._figure.id))
        return html.Figure(
            [
                frame,
                html.Figcaption(id=self._caption.id),
                html.Div(foot, className="chart-foot" if self.has_numbers else "chart-foot bare"),
            ],
            role="group",
            className="chart-figure",
            **{"aria-label": self.label},
        )

    @property
    def has_numbers(self) -> bool:
        return self.numbers is None or bool(self.numbers)

    @property
    def _figure(self) -> Target:
        return Target(f"{self.id}-chart", "figure")

    @property
    def _style(self) -> Target:
        return Target(f"{self.id}-chart", "style")

    @property
    def _caption(self) -> Target:
        return Target(f"{self.id}-caption", "children")

    @property
    def _empty(self) -> Target:
        return Target(f"{self.id}-empty")

    @property
    def _head(self) -> Target:
        return Target(f"{self.id}-numbers-head")

    @property
    def _rows(self) -> Target:
        return Target(f"{self.id}-numbers")

    def _numbers_table(self) -> Component:
        head = html.Tr(
            [
                html.Th(name, scope="col", className="number" if index else None)
                for index, name in enumerate(self.numbers or ())
            ],
            id=self._head.id,
        )
        table = html.Table(
            [
                html.Caption(self.label, className="visually-hidden"),
                html.Thead(head),
                html.Tbody(id=self._rows.id, className="rows"),
            ],
            className="data-table plain",
        )
        scroll = html.Div(
            table,
            className="table-scroll numbers-scroll",
            tabIndex=0,
            role="region",
            **{"aria-label": f"{self.label}, as numbers"},
        )
        return html.Details([html.Summary("Show as table"), scroll], className="numbers")


@dataclass(frozen=True, slots=True)
class Card:
    """A single figure of a period's totals.

    ``text`` writes it for people, ``exact`` with all its digits for the tooltip. ``has_trust``: a line below
    it says how certain it is.
    """

    id: str
    label: str
    value: Callable[[Totals], float]
    text: Callable[[Totals], str]
    exact: Callable[[Totals], str]
    has_trust: bool = False

    @property
    def targets(self) -> tuple[Target, ...]:
        trust = (Target(f"{self.id}-trust"),) if self.has_trust else ()
        return (
            Target(f"{self.id}-value", "children"),
            Target(f"{self.id}-value", "title"),
            Target(f"{self.id}-change", "children"),
            Target(f"{self.id}-change", "title"),
            *trust,
        )

    def fill(self, summary: Summary, before_range: str, rule: str, trust: list[Markup]) -> Fills:
        """Fill the card.

        ``before_range``: the previous period in words. ``rule``: why it is that range, for the tooltip.
        """
        now, before = summary.totals, summary.previous
        changed = change(self.value(now), None if before is None else self.value(before))
        compared = "" if before is None or changed.direction == "none" else self.text(before)
        values: dict[Target, object] = {
            Target(f"{self.id}-value", "children"): self.text(now),
            Target(f"{self.id}-value", "title"): self.exact(now),
            Target(f"{self.id}-change", "children"): card_html.change_words(changed, before_range),
            Target(f"{self.id}-change", "title"): f"{compared} in {before_range}. {rule}" if compared else "",
        }
        if self.has_trust:
            values[Target(f"{self.id}-trust")] = trust
        return Fills(values)


def card(
    card_id: str,
    label: str,
    value: Callable[[Totals], Number],
    text: Callable[[Number], str],
    exact: Callable[[Number], str],
    *,
    has_trust: bool = False,
) -> Card:
    """Declare a card: the figure, and how its text and its tooltip write it."""
    return Card(
        card_id,
        label,
        value,
        lambda totals: text(value(totals)),
        lambda totals: exact(value(totals)),
        has_trust,
    )


@dataclass(frozen=True, slots=True)
class Cards:
    """A row of cards."""

    cards: tuple[Card, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(target for card in self.cards for target in card.targets)

    def layout(self) -> Component:
        return html.Dl(
            [card_html.figure_card(card.id, card.label, has_trust=card.has_trust) for card in self.cards],
            className="cards",
        )

    def fill(self, summary: Summary, *, before_range: str, rule: str, trust: list[Markup]) -> Fills:
        """Fill the cards; ``trust``: how certain the card that says so is."""
        fills = Fills({})
        for card in self.cards:
            fills += card.fill(summary, before_range, rule, trust)
        return fills


@dataclass(frozen=True, slots=True)
class RankedList:
    """A short list with a bar for each entry."""

    id: str

    @property
    def targets(self) -> tuple[Target, ...]:
        return (Target(self.id),)

    def layout(self) -> Component:
        return html.Ol(id=self.id, className="ranked-list")

    def fill(self, entries: Sequence[RankedEntry], *, empty: list[Markup]) -> Fills:
        """Fill the list; ``empty``: what it says if it has no entries, else nothing."""
        message = [element("li", *empty, class_name="table-message")] if empty else []
        return Fills({Target(self.id): ranked_items(entries) or message})


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows come with the answer."""

    id: str
    caption: str
    headers: tuple[tables.Header, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        return (Target(f"{self.id}-rows"),)

    def layout(self) -> Component:
        return tables.data_table(self.id, self.caption, self.headers)

    def fill(self, rows: list[Markup]) -> Fills:
        return Fills({Target(f"{self.id}-rows"): rows})
