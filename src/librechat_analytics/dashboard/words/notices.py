"""Sentences about the page as a whole: how the source is doing, and what could not be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import dash_bootstrap_components as dbc
from dash import html

from librechat_analytics.dashboard.words.period_words import LONGEST_QUOTED, period_sentence, unknown_zone
from librechat_analytics.formatting import counted, one_line, plain_text
from librechat_analytics.usage.period_words import day_in_words, describe_before

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.query import Replaced
    from librechat_analytics.usage.answers import Freshness

FOLDERS = re.compile(r"\AFINOPS_FILE (?:\S*/)?|\A\S*/")
"""What a problem begins with before the name of the file; the log has it."""

IMPORTING = "Reading LibreChat's history, newest first. The figures on screen are final; earlier days follow."


def replaced_parameter(replaced: Replaced) -> str:
    """Say which parameter could not be read, and what the page shows instead."""
    if replaced.name == "tz":
        return f"{unknown_zone(replaced.value)} Times are shown in {replaced.default}."
    sentence = f"{period_sentence(replaced.error, replaced.value)} " if replaced.error is not None else ""
    return f"{sentence}Showing the last 30 days."


def unknown_view(name: str, *, shown: str) -> str:
    """Say that the address names no view of this page, and which one is shown instead."""
    return f"This link has an unknown view (“{plain_text(name[:LONGEST_QUOTED])}”). Showing {shown}."


def range_before(data: PageData) -> str:
    """Name the range that a period is compared with, without this year, so that it fits on one line."""
    this_year = data.now.astimezone(data.period.zone).year
    return describe_before(data.period).replace(f" {this_year}", "")


def clock(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Write a time of day in the zone, with the date unless it is of today."""
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    return f"{local:%H:%M}" if local.date() == today else dated_clock(instant, zone, now)


def dated_clock(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Write a date and a time of day in the zone; in another year than now the date alone."""
    local = instant.astimezone(zone)
    if local.year != now.astimezone(zone).year:
        return day_in_words(local)
    return f"{day_in_words(local, with_year=False)}, {local:%H:%M}"


def clock_in_full(instant: datetime, zone: ZoneInfo) -> str:
    """Write a date with its year and a time of day in the zone, as paper needs it."""
    local = instant.astimezone(zone)
    return f"{day_in_words(local)}, {local:%H:%M} {zone.key}"


def audit_words(freshness: Freshness, zone: ZoneInfo, now: datetime) -> str:
    """Say what the last audit found, or how far a running one is; empty before the first."""
    if freshness.audit_kind is not None:
        percent = int(100 * (freshness.audit_progress or 0.0))
        return f"Comparing all rows with LibreChat's database: {percent}%."
    if not freshness.audits:
        return ""
    last = freshness.audits[0]
    found = f"{counted(last.added, 'missing row')} added" if last.added else "none was missing"
    ended = clock(last.ended_at, zone, now)
    return f"Last comparison of all rows with LibreChat's database: {ended}, {found}."


def source_banner(
    freshness: Freshness,
    zone: ZoneInfo,
    now: datetime,
    *,
    sees_all: bool = True,
    is_empty: bool = False,
    has_users: bool = False,
) -> list[Component]:
    """Make a banner about the source, or nothing where all is well.

    Args:
        freshness: How the source is doing.
        zone: The zone of the times.
        now: The present.
        sees_all: The reader may see all usage.
        is_empty: The store has no usage.
        has_users: The store knows users.
    """
    if freshness.status == "importing":
        return _importing(freshness)
    if freshness.status == "unreachable":
        return _unreachable(freshness, zone, now)
    if is_empty:
        return [html.Div(_nothing_recorded(has_users=has_users), className="banner")]
    if freshness.unattributed and freshness.status != "offline":
        waiting = counted(freshness.unattributed, "row") if sees_all else "some rows"
        words = f"Agents are still being looked up for {waiting}; costs and tokens are final."
        return [html.Div(words, className="banner quiet-banner")]
    return []


def definitions_banner(problem: str | None) -> list[Component]:
    """Make a banner that says why a changed definitions file is not in force, or nothing if it is."""
    if problem is None:
        return []
    first, *others = problem.splitlines()
    first = FOLDERS.sub("", first)
    more = f" {counted(len(others), 'more problem')}: see the server log." if others else ""
    what = "The definitions file has a mistake, so the definitions before its last change stay in force. "
    return [html.Div([what, one_line(first), more], className="banner warning")]


def _importing(freshness: Freshness) -> list[Component]:
    if freshness.progress is None:
        return [html.Div(IMPORTING, className="banner")]
    percent = int(freshness.progress * 100)
    return [
        html.Div(
            [
                html.Div([IMPORTING, html.Span(f" {percent}%", className="banner-number")]),
                dbc.Progress(value=percent, class_name="banner-progress"),
            ],
            className="banner",
        )
    ]


def _unreachable(freshness: Freshness, zone: ZoneInfo, now: datetime) -> list[Component]:
    as_of = freshness.as_of
    figures = (
        "No figures have been read yet."
        if as_of is None
        else f"The figures are as of {as_of.astimezone(zone):%Y-%m-%d %H:%M}."
    )
    if freshness.silent_since is not None:
        since = clock(freshness.silent_since, zone, now)
        what = f"The follower has not reported since {since}. "
        return [html.Div([what, figures, " They update when it runs again."], className="banner warning")]
    if freshness.lacks_follower:
        what = "No follower has reported yet. "
        then = " They update once one runs: librechat-analytics sync --follow."
        return [html.Div([what, figures, then], className="banner warning")]
    what, then = (
        (
            "Another LibreChat's database answers, so nothing is read from it. ",
            " See the server log for what to do.",
        )
        if freshness.is_foreign
        else ("MongoDB cannot be reached. ", " They update automatically when it returns.")
    )
    return [html.Div([what, figures, then], className="banner warning")]


def _nothing_recorded(*, has_users: bool) -> list[Component | str]:
    if has_users:
        return [
            html.Strong("No transactions. "),
            "LibreChat has users, but no usage is recorded yet. If people do chat, look for ",
            html.Code("transactions.enabled: false"),
            " in librechat.yaml: with this setting LibreChat records no usage, and this page stays empty.",
        ]
    return [
        html.Strong("No usage yet. "),
        "LibreChat records a transaction for each answer of a model, unless ",
        html.Code("transactions.enabled: false"),
        " is set in librechat.yaml. Ask a model something, and its cost appears here.",
    ]
