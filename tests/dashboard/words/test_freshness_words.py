"""How fresh the figures are, in the sheet behind their age."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from librechat_analytics.dashboard.words.freshness_words import SOURCES, freshness_facts, freshness_sheet
from librechat_analytics.usage.answers import Freshness, SourceStatus
from tests.dashboard.ready_answers import BERLIN, NOW, page_data, texts

FIRST = NOW - timedelta(days=400)
LIVE = Freshness(
    NOW - timedelta(seconds=12),
    "ok",
    NOW - timedelta(seconds=40),
    None,
    last_row=NOW - timedelta(minutes=3),
    refused=1_200,
)


def facts(
    freshness: Freshness, *, first_usage: datetime | None = FIRST, sees_all: bool = True
) -> dict[str, str]:
    found = freshness_facts(freshness, BERLIN, NOW, first_usage=first_usage, sees_all=sees_all)
    return {fact.name: fact.value for fact in found if fact.value}


def test_every_status_has_words() -> None:
    assert set(SOURCES) == set(get_args(SourceStatus))


def test_it_says_last_row_last_look_lag_history_and_what_was_refused() -> None:
    assert facts(LIVE) == {
        "Source": "Live from LibreChat's MongoDB",
        "Figures up to": "24 Nov, 15:59",
        "Lag": "12 s",
        "Last look at MongoDB": "40 s ago (15:59)",
        "History": "Complete since 20 Oct 2025",
        "Last row": "24 Nov, 15:57",
        "Refused documents": "1,200, in no figure",
    }


def test_without_its_follower_the_source_is_since_when_it_is_silent() -> None:
    silent = replace(LIVE, status="unreachable", silent_since=NOW - timedelta(hours=2))

    assert facts(silent)["Source"] == "The follower, which has not reported since 14:00"


def test_before_any_follower_the_source_is_clickhouse() -> None:
    unfollowed = replace(LIVE, status="unreachable", lacks_follower=True)

    assert facts(unfollowed)["Source"] == "ClickHouse; no follower has reported yet"


def test_a_reader_with_a_scope_learns_nothing_about_all_usage() -> None:
    assert not facts(LIVE, sees_all=False).keys() & {"Last row", "Refused documents", "Agents"}


def test_a_file_has_no_look_at_mongodb() -> None:
    said = facts(replace(LIVE, status="offline", unattributed=5))

    assert "Last look at MongoDB" not in said
    assert "Agents" not in said


def test_a_history_that_is_being_read_says_how_far_it_is() -> None:
    assert facts(replace(LIVE, status="importing", progress=0.437))["History"] == "43% read, newest first"
    assert facts(replace(LIVE, status="importing"))["History"] == "Being read, newest first"


def test_before_the_first_usage_nothing_is_invented() -> None:
    said = facts(Freshness(None, "unreachable", None, None), first_usage=None)

    assert said["History"] == "No usage yet"
    assert "Lag" not in said


def test_the_sheet_lists_them() -> None:
    assert "Refused documents None" in texts(freshness_sheet(page_data()))
