"""What stands around every view: the range in words, how the source is doing, what could not be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import Output, html

from librechat_analytics.dashboard import ids, unreadable
from librechat_analytics.dashboard.period_arrows import step_buttons
from librechat_analytics.dashboard.views import detail
from librechat_analytics.dashboard.words import filter_words
from librechat_analytics.formatting import counted
from librechat_analytics.usage.periods import day_in_words, describe

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.views.base import View
    from librechat_analytics.usage.answers import Freshness
    from librechat_analytics.usage.periods import Period

HALF_A_DAY = timedelta(hours=12)


def page_outputs() -> list[Output]:
    """What ``page_values`` answers; every view's callback fills it, so each output is shared."""
    return [
        Output(ids.RANGE_WORDS, "children", allow_duplicate=True),
        Output(ids.SOURCE, "children", allow_duplicate=True),
        Output(ids.FRESHNESS, "data", allow_duplicate=True),
        Output(ids.NOTICE, "children", allow_duplicate=True),
        Output(ids.NOTICE, "is_open", allow_duplicate=True),
        Output(ids.TITLE, "children", allow_duplicate=True),
    ]


def page_values(questions: Questions, view: View) -> list[object]:
    """Answer ``page_outputs`` for a view; the page of one user, model or agent has that one's name."""
    freshness, period, now = questions.freshness, questions.period, questions.now
    notices = questions.query.notices
    if questions.query.subject is not None:
        title = filter_words.value_in_words(questions.query.subject, questions)
    else:
        title = unreadable.page_title(questions.query, view)
    # What to do about an empty ledger, and how much of it waits for agents, is for those who see all of it.
    sees_all = questions.filters.scope is None
    is_empty = sees_all and questions.first_usage is None
    has_users = is_empty and bool(questions.filter_values.get("role"))
    return [
        describe(period, now),
        source_words(freshness, period.zone, sees_all=sees_all, is_empty=is_empty, has_users=has_users),
        freshness_data(freshness, period, now) | {"title": title},
        [html.Div(notice) for notice in notices],
        bool(notices),
        title,
    ]


def page_places(questions: Questions, view: View) -> dict[str, list[Markup]]:
    """Answer what stands around every view and may be long or hold names."""
    return {
        ids.UNREADABLE: unreadable.explanation(questions.query, view),
        ids.CHIPS: filter_words.chips(questions),
        ids.CRUMBS: detail.crumbs(questions),
        **step_buttons(questions),
    }


def freshness_data(freshness: Freshness, period: Period, now: datetime) -> dict[str, Any]:
    """What the browser needs to say how old the figures are, and where "Custom" begins.

    The age comes along because the reader's clock may be wrong.
    """
    as_of = freshness.as_of
    first_day, last_day = period.range.days(period.zone)
    return {
        "status": freshness.status,
        "as_of_age_seconds": None if as_of is None else max(0.0, (now - as_of).total_seconds()),
        "as_of_words": None if as_of is None else clock(as_of, period.zone, now),
        "audit_words": _audit_words(freshness, period.zone, now),
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
    }


def _audit_words(freshness: Freshness, zone: ZoneInfo, now: datetime) -> str:
    """What the last audit found, or the progress of a running one; empty if there was none."""
    if freshness.audit_kind is not None:
        percent = int(100 * (freshness.audit_progress or 0.0))
        return f"Comparing all transactions with LibreChat's database: {percent}\N{NO-BREAK SPACE}%."
    if not freshness.audits:
        return ""
    last = freshness.audits[0]
    found = f"{counted(last.added, 'missing transaction')} added" if last.added else "none was missing"
    ended = clock(last.ended_at, zone, now)
    return f"Last comparison of all transactions with LibreChat's database: {ended}, {found}."


def clock(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A time of day in the zone, with the date unless that is clear; the date alone in another year."""
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today or now - instant < HALF_A_DAY:
        return f"{local:%H:%M}"
    if local.year != today.year:
        return day_in_words(local)
    return f"{day_in_words(local, with_year=False)} {local:%H:%M}"


def source_words(
    freshness: Freshness,
    zone: ZoneInfo,
    *,
    sees_all: bool = True,
    is_empty: bool = False,
    has_users: bool = False,
) -> list[Any]:
    """A banner about the source, or nothing where all is well."""
    if freshness.status == "importing":
        return _importing(freshness)
    if freshness.status == "unreachable":
        as_of = freshness.as_of
        standing = (
            "No figures were read before."
            if as_of is None
            else f"The figures stand as of {as_of.astimezone(zone):%Y-%m-%d %H:%M}."
        )
        return [
            html.Div(
                [
                    "Another LibreChat's database answers, so nothing is read from it. "
                    if freshness.is_foreign
                    else "MongoDB cannot be reached. ",
                    standing,
                    " The server's log says what to do."
                    if freshness.is_foreign
                    else " They go on by themselves when it is back.",
                ],
                className="banner warning",
            )
        ]
    if is_empty:
        return [html.Div(_nothing_recorded(has_users=has_users), className="banner")]
    if freshness.unattributed and freshness.status != "offline":
        waiting = counted(freshness.unattributed, "transaction") if sees_all else "some transactions"
        words = f"Agents are still being looked up for {waiting}; costs and tokens already stand."
        return [html.Div(words, className="banner quiet-banner")]
    return []


def _importing(freshness: Freshness) -> list[Any]:
    words = (
        "Reading LibreChat's history, newest first. What is on screen already stands; earlier days follow."
    )
    if freshness.progress is None:
        return [html.Div(words, className="banner")]
    percent = int(freshness.progress * 100)
    return [
        html.Div(
            [
                html.Div([words, html.Span(f" {percent} %", className="banner-number")]),
                dbc.Progress(value=percent, class_name="banner-progress"),
            ],
            className="banner",
        )
    ]


def _nothing_recorded(*, has_users: bool) -> list[Any]:
    if has_users:
        return [
            html.Strong("No transactions. "),
            "LibreChat has users, but no usage is recorded yet. If people do chat, look for ",
            html.Code("transactions.enabled: false"),
            " in its librechat.yaml: with it nothing is written down, and nothing can be shown here.",
        ]
    return [
        html.Strong("No usage yet. "),
        "LibreChat records a transaction for each answer of a model, unless ",
        html.Code("transactions.enabled: false"),
        " is set in its librechat.yaml. Ask a model something, and its cost appears here.",
    ]
