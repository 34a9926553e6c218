"""How fresh the figures are: what the sheet behind their age says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.words.notices import audit_words, clock, dated_clock
from librechat_analytics.formatting import UNKNOWN, ago, counted, integer
from librechat_analytics.usage.period_words import day_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.answers import Freshness, SourceStatus

SOURCES: Mapping[SourceStatus, str] = {
    "ok": "Live from LibreChat's MongoDB",
    "importing": "Live from LibreChat's MongoDB; its history is still being read",
    "unreachable": "LibreChat's MongoDB, which does not answer at the moment",
    "offline": "An imported file: no MONGO_URI is set",
}


class Fact(NamedTuple):
    """A line of the sheet; an empty value is not shown."""

    name: str
    value: str


def freshness_sheet(data: PageData) -> list[Markup]:
    """List how fresh the figures are, and what is not in them."""
    facts = freshness_facts(
        data.freshness,
        data.period.zone,
        data.now,
        first_usage=data.first_usage,
        sees_all=data.filters.scope is None,
    )
    lines = (element("div", element("dt", name), element("dd", value)) for name, value in facts if value)
    return [element("dl", *lines, class_name="fresh-facts")]


def state(data: PageData) -> str:
    """Say in one line where the figures come from, how far they reach and when somebody last looked."""
    freshness, zone = data.freshness, data.period.zone
    reach = _instant(freshness.as_of, zone, data.now)
    look = _look(freshness, zone, data.now)
    parts = [
        _source(freshness, zone, data.now),
        f"figures up to {reach}" if reach else "no figures yet",
        f"last look {look}" if look else "",
    ]
    return f"{'; '.join(part for part in parts if part)}."


def freshness_facts(
    freshness: Freshness,
    zone: ZoneInfo,
    now: datetime,
    *,
    first_usage: datetime | None,
    sees_all: bool,
) -> list[Fact]:
    """Say how fresh the figures are, in the times of a zone.

    ``first_usage``: of what the reader may see. ``sees_all``: they may see all usage; only then they learn
    what concerns all of it.
    """
    facts = [
        Fact("Source", _source(freshness, zone, now)),
        Fact("Figures up to", _instant(freshness.as_of, zone, now) or UNKNOWN),
        Fact("Lag", _lag(freshness, now)),
        Fact("Last look at MongoDB", _look(freshness, zone, now)),
        Fact("History", _history(freshness, first_usage, zone)),
    ]
    if not sees_all:
        return facts
    waiting = freshness.unattributed if freshness.status != "offline" else 0
    refused = f"{integer(freshness.refused)}, in no figure" if freshness.refused else "None"
    return [
        *facts,
        Fact("Last row", _instant(freshness.last_row, zone, now)),
        Fact("Refused documents", refused),
        Fact("Agents", f"Being looked up for {counted(waiting, 'row')}" if waiting else ""),
        Fact("Comparison with MongoDB", audit_words(freshness, zone, now)),
    ]


def _source(freshness: Freshness, zone: ZoneInfo, now: datetime) -> str:
    if freshness.lacks_follower:
        return "ClickHouse; no follower has reported yet"
    if freshness.silent_since is None:
        return SOURCES[freshness.status]
    return f"The follower, which has not reported since {clock(freshness.silent_since, zone, now)}"


def _instant(instant: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    return "" if instant is None else dated_clock(instant, zone, now)


def _lag(freshness: Freshness, now: datetime) -> str:
    """Say how far the figures are behind; ``just now`` reads as none."""
    if freshness.as_of is None:
        return ""
    age = ago(max(0.0, (now - freshness.as_of).total_seconds()))
    return "Less than 5 s" if age == "just now" else age.removesuffix(" ago")


def _look(freshness: Freshness, zone: ZoneInfo, now: datetime) -> str:
    if freshness.status == "offline" or freshness.last_sync is None:
        return ""
    seconds = max(0.0, (now - freshness.last_sync).total_seconds())
    return f"{ago(seconds)} ({clock(freshness.last_sync, zone, now)})"


def _history(freshness: Freshness, first_usage: datetime | None, zone: ZoneInfo) -> str:
    if freshness.status == "importing":
        if freshness.progress is None:
            return "Being read, newest first"
        return f"{int(freshness.progress * 100)}% read, newest first"
    if first_usage is None:
        return "No usage yet"
    return f"Complete since {day_in_words(first_usage.astimezone(zone))}"
