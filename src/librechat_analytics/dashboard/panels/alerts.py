"""Alerts: what was noticed, who was told, and how the receivers answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import number_cell
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.tables import Header, message_row
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Frame, Region, Table
from librechat_analytics.dashboard.words import alert_words
from librechat_analytics.exports.sheets import alerts_sheet, receivers_sheet
from librechat_analytics.formatting import integer, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.finops.alert_list import AlertRow, ReceiverRow

NAME = "alerts"
RECEIVERS_FILE = "alert-receivers"
LENGTH = 50
"""How many alerts each table has; the CSV has more."""

HEADERS = (Header("What", numeric=False),)
OPEN = Table("alerts-open", "Open alerts", HEADERS)
OVER_FRAME = Frame("alerts-over-frame")
OVER = Table("alerts-over", "Alerts that are over", HEADERS)
MORE = Region("alerts-more")
RECEIVERS_FRAME = Frame("alerts-receivers-frame")
RECEIVERS = Table(
    "alerts-receivers",
    "Receivers",
    (
        Header("Receiver", numeric=False),
        Header("Sent"),
        Header("Waiting"),
        Header("Given up"),
    ),
)


def layout() -> list[Component]:
    """Make the view before the first answer."""
    over = frames.box("Over", OVER.layout(), MORE.layout("list-foot"))
    receivers = frames.box(
        "Receivers", RECEIVERS.layout(), aside=frames.numbers_file(RECEIVERS_FILE, "Receivers")
    )
    return [
        frames.box(
            "Open",
            PANEL.error_slot(),
            OPEN.layout(),
            aside=frames.csv_button(NAME),
            class_name="own-period",
        ),
        html.Div(over, id=OVER_FRAME.id),
        html.Div(receivers, id=RECEIVERS_FRAME.id),
    ]


def _answer(data: PageData) -> Fills:
    rows = data.alerts.rows
    lasting = [row for row in rows if row.resolved_at is None]
    over = [row for row in rows if row.resolved_at is not None]
    left_out = data.alerts.total - min(len(lasting), LENGTH) - min(len(over), LENGTH)
    nothing = alert_words.NO_OPEN if over else alert_words.NO_ALERTS
    return (
        OPEN.fill(_rows(data, lasting) or message_row(len(HEADERS), nothing))
        + OVER_FRAME.fill(hidden=not over)
        + OVER.fill(_rows(data, over))
        + MORE.fill([alert_words.more(left_out)] if left_out else [])
        + RECEIVERS_FRAME.fill(hidden=data.filters.scope is not None)
        + RECEIVERS.fill(
            [_receiver(data, row) for row in data.receivers]
            or message_row(len(RECEIVERS.headers), alert_words.NO_RECEIVERS)
        )
    )


def _rows(data: PageData, alerts: Sequence[AlertRow]) -> list[Markup]:
    return [_row(data, alert) for alert in alerts[:LENGTH]]


def _row(data: PageData, alert: AlertRow) -> Markup:
    said = alert_words.in_short(alert, data.period.zone, is_told_who=data.filters.scope is None)
    return element("tr", _cell(element("a", one_line(alert.text), href=alert.page), said))


def _receiver(data: PageData, row: ReceiverRow) -> Markup:
    return element(
        "tr",
        _cell(
            element("span", one_line(row.name)),
            alert_words.receiver(row),
            alert_words.last_attempt(row, data.period.zone),
        ),
        number_cell(integer(row.sent)),
        number_cell(integer(row.waiting)),
        number_cell(integer(row.failed)),
    )


def _cell(name: Markup, *details: str) -> Markup:
    """Write a row's header whose lines are never cut off."""
    lines = [element("span", detail, class_name="detail") for detail in details]
    return element("th", name, *lines, scope="row", class_name="alert-cell")


def csv(data: PageData) -> Sheet:
    """Lay out all alerts that the reader may see."""
    return alerts_sheet(data.alerts.rows)


def csv_of_receivers(data: PageData) -> Sheet:
    """Lay out the receivers."""
    return receivers_sheet(data.receivers)


PANEL = Panel(NAME, (OPEN, OVER_FRAME, OVER, MORE, RECEIVERS_FRAME, RECEIVERS), _answer)
