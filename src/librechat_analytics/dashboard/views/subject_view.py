"""The views that list all users, models or agents: a table, and charts below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.views.base import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.list_table import ListTable
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.list_answers import Compared

Row = TypeVar("Row", bound="Compared")


@dataclass(frozen=True, slots=True)
class SubjectList(Generic[Row]):
    """What differs between the views of users, models and agents.

    ``table``: the list. ``sheet``: what the search has found of it, as a file. ``whole``: all of it, as a
    file. ``charts``: makes the charts below the table, which ``panels`` fill. ``files``: the numbers of each
    chart as a file, by the chart's id.
    """

    table: ListTable[Row]
    sheet: Callable[[PageData], Sheet]
    whole: Callable[[PageData], Sheet]
    charts: Callable[[], list[Component]]
    panels: tuple[Panel, ...]
    files: Mapping[str, Callable[[PageData], Sheet]] = field(default_factory=dict)


def subject_view(listed: SubjectList[Row]) -> View:
    """Make the view of a list."""
    things = listed.table.things
    panel = Panel(f"{things}-table", (listed.table,), listed.table.fill)
    return View(
        name=things,
        layout=lambda: [listed.table.layout(panel.error_slot()), *listed.charts()],
        panels=(panel, *listed.panels),
        table=listed.sheet,
        charts={f"{things}-all": listed.whole, **listed.files},
    )
