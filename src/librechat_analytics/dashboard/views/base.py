"""A view: its layout, the panels that fill it, and the tables that the reader can download."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.base import Panel
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.periods import Period


@dataclass(frozen=True, slots=True)
class View:
    """One of the page's views; its name is the value of ``?view=``.

    ``table``: the view's table for a file; None without one. ``charts``: the numbers of each chart for a
    file, by the chart's id. ``label``: its title, if that is not its name. ``in_menu``: the menu has it.
    ``about_one``: it is about one user, model or agent. ``shown_without_usage``: it has something to say even
    where the period has no usage. ``period``: the period in the names of its files. ``place``: the names and
    addresses of the way from the view to the part of it that the page is about; empty on the view's own page.
    """

    name: str
    layout: Callable[[], list[Component]]
    panels: tuple[Panel, ...]
    table: Callable[[PageData], Sheet] | None = None
    charts: Mapping[str, Callable[[PageData], Sheet]] = field(default_factory=dict)
    label: str = ""
    in_menu: bool = True
    about_one: bool = False
    shown_without_usage: bool = False
    period: Callable[[PageData], Period] = lambda data: data.period
    place: Callable[[PageData], Sequence[tuple[str, str]]] = lambda _: ()

    @property
    def title(self) -> str:
        return self.label or self.name.capitalize()

    @property
    def files(self) -> dict[str, Callable[[PageData], Sheet]]:
        """Give everything of the view that a reader can download as CSV, by its name."""
        return {**({self.name: self.table} if self.table else {}), **self.charts}
