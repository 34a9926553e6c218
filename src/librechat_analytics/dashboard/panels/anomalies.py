"""Unusual days: those that cost far more than expected, and what made up the difference."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Frame, Region
from librechat_analytics.dashboard.words import anomaly_words
from librechat_analytics.dashboard.words.change_words import signed
from librechat_analytics.exports.sheets import anomalies_sheet
from librechat_analytics.finops.anomalies import driven_by, folded
from librechat_analytics.usage.filters import NONE

if TYPE_CHECKING:
    from datetime import date

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.dashboard.query import PageQuery
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.finops.anomalies import Anomaly, Driver, Entry

LABEL = "Unusual days"
NAME = "anomalies"
LENGTH = 6
"""How many entries the page shows, newest first; the CSV has all."""

FRAME = Frame(f"{NAME}-frame")
LIST = Region(f"{NAME}-list")
REST = Region(f"{NAME}-rest")


def layout() -> Component:
    """Make the panel before the first answer."""
    box = frames.box(
        LABEL,
        PANEL.error_slot(),
        html.Ul(id=LIST.id, className="changes"),
        html.Div([html.Span(id=REST.id), frames.numbers_file(NAME, LABEL)], className="change-foot"),
    )
    return html.Div(box, id=FRAME.id)


def entries(anomalies: list[Anomaly]) -> list[Entry]:
    """Name each day's anomalies once: those that are a part of another one below it."""
    return [
        entry for _, of_day in groupby(anomalies, lambda one: one.day) for entry in folded(of_day).entries
    ]


def anomaly_remarks(data: PageData) -> dict[int, list[str]]:
    """Say for each day of the timeline that has anomalies which they are, by the day's index."""
    if data.timeline.unit != "day":
        return {}
    of_days: dict[date, list[Anomaly]] = {}
    for entry in entries([*data.anomalies]):
        of_days.setdefault(entry.anomaly.day, []).append(entry.anomaly)
    return {
        index: anomaly_words.in_tooltip(of_days[point.start.date()])
        for index, point in enumerate(data.timeline.points)
        if point.start.date() in of_days
    }


def _answer(data: PageData) -> Fills:
    found = entries([*data.anomalies])
    left_out = len(found) - LENGTH
    rest = f"The CSV has {left_out} more. " if left_out > 0 else ""
    return (
        FRAME.fill(hidden=not found)
        + LIST.fill([_item(data, entry) for entry in found[:LENGTH]])
        + REST.fill([rest] if rest else [])
    )


def _item(data: PageData, entry: Entry) -> Markup:
    one, query = entry.anomaly, data.query
    title = anomaly_words.title(one, data.now.astimezone(data.period.zone).date())
    name = element("span", element("a", title, href=_reasons(query, one)), class_name="name", title=title)
    causes = [
        [
            element("a", anomaly_words.name(driver), href=_page(query, driver, one.day)),
            f" {signed(driver.excess_usd)}",
        ]
        for driver in anomaly_words.notable(one)
    ]
    if rest := anomaly_words.rest(one):
        causes.append([rest])
    said: list[Markup] = [anomaly_words.instead(one)]
    if not anomaly_words.notable(one):
        causes = [[anomaly_words.nobody(one)]]
    for number, cause in enumerate(causes):
        said += [", " if number else ": ", *cause]
    said.append(".")
    if others := anomaly_words.also(entry):
        said.append(" Also unusual: ")
        for number, inside in enumerate(others):
            said += [
                ", " if number else "",
                element("a", anomaly_words.name(inside), href=_reasons(query, inside)),
            ]
        said.append(".")
    return element("li", name, element("span", *said), class_name="reasons")


def _reasons(query: PageQuery, anomaly: Anomaly) -> str:
    """Lead to what changed on that day, by user or by model."""
    by = None if driven_by(anomaly.kind) == "model" else "user"
    subject = {} if anomaly.subject is None else {anomaly.kind: anomaly.subject}
    return query.link("overview", **_on(anomaly.day), **subject, by=by)


def _page(query: PageQuery, driver: Driver, day: date) -> str:
    return query.link(driver.kind, **_on(day), **{driver.kind: driver.subject or NONE})


def _on(day: date) -> dict[str, str]:
    return {"period": "custom", "start": day.isoformat(), "end": day.isoformat()}


def csv(data: PageData) -> Sheet:
    """Lay out all anomalies, also those that the list names below others."""
    return anomalies_sheet(data.anomalies)


PANEL = Panel(NAME, (FRAME, LIST, REST), _answer)
