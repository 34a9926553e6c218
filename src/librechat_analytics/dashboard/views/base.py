"""A view: what it looks like, which panels fill it, and the table that can be taken away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.panels.base import Panel
    from librechat_analytics.exports.sheets import Sheet


@dataclass(frozen=True, slots=True)
class View:
    """One of the page's views; its name is what ``?view=`` holds.

    ``table``: its table for a CSV file, laid out as in a workbook; None without one.
    ``charts``: the same for each of its charts, by the chart's id. ``label``: its title, if not its name.
    ``in_menu``: it stands in the navigation. ``about_one``: it is about one user, model or agent.
    """

    name: str
    layout: Callable[[], list[Component]]
    panels: tuple[Panel, ...]
    table: Callable[[Questions], Sheet] | None = None
    charts: Mapping[str, Callable[[Questions], Sheet]] = field(default_factory=dict)
    label: str = ""
    in_menu: bool = True
    about_one: bool = False

    @property
    def title(self) -> str:
        return self.label or self.name.capitalize()
