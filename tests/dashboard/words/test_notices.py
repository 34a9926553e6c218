"""Sentences about the page as a whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from librechat_analytics.dashboard.query import Replaced
from librechat_analytics.dashboard.words.notices import (
    clock,
    dated_clock,
    definitions_banner,
    replaced_parameter,
    source_banner,
)
from librechat_analytics.usage.answers import Freshness
from librechat_analytics.usage.periods import BadPeriodError
from tests.dashboard.ready_answers import BERLIN, NOW, component_texts


def banner(status: Any, *, progress: float | None = None, is_empty: bool = False) -> str:
    freshness = Freshness(NOW - timedelta(hours=2), status, NOW, progress)
    return component_texts(source_banner(freshness, BERLIN, NOW, is_empty=is_empty))


def test_a_source_without_trouble_needs_no_words() -> None:
    assert banner("ok") == ""
    assert banner("offline") == ""


def test_only_readers_who_see_all_usage_learn_how_many_rows_wait_for_agents() -> None:
    freshness = Freshness(NOW, "ok", NOW, None, unattributed=8_420)

    assert "for 8,420 rows;" in component_texts(source_banner(freshness, BERLIN, NOW))
    assert "for some rows;" in component_texts(source_banner(freshness, BERLIN, NOW, sees_all=False))


def test_a_first_read_says_how_far_it_is() -> None:
    assert banner("importing", progress=0.437).endswith("43%")


def test_a_first_read_of_unknown_length_has_no_number() -> None:
    assert "%" not in banner("importing")


def test_without_mongodb_it_says_how_old_the_figures_are() -> None:
    assert "The figures are as of 2026-11-24 14:00." in banner("unreachable")


def test_without_its_follower_it_says_since_when() -> None:
    freshness = Freshness(NOW, "unreachable", NOW, None, silent_since=NOW - timedelta(hours=2))
    words = component_texts(source_banner(freshness, BERLIN, NOW))

    assert words.startswith("The follower has not reported since 14:00.")
    assert "MongoDB" not in words


def test_where_no_follower_has_reported_it_says_how_to_start_one() -> None:
    freshness = Freshness(NOW, "unreachable", NOW, None, lacks_follower=True)
    words = component_texts(source_banner(freshness, BERLIN, NOW))

    assert words.startswith("No follower has reported yet. The figures are as of 2026-11-24 16:00.")
    assert "sync --follow" in words
    assert "MongoDB" not in words


def test_an_empty_store_says_what_librechat_must_record() -> None:
    assert "transactions.enabled: false" in banner("ok", is_empty=True)


def test_definitions_with_a_mistake_say_where_it_is_and_what_holds() -> None:
    assert definitions_banner(None) == []
    words = component_texts(definitions_banner("FINOPS_FILE /etc/a.toml, line 3: first.\nsecond.\nthird."))
    assert "stay in force" in words
    assert "in force. a.toml, line 3: first. 2 more problems: see the server log." in words
    assert "in force. people.csv, line 2: who" in component_texts(
        definitions_banner("/e/people.csv, line 2: who")
    )
    assert "second" not in words


@pytest.mark.parametrize(
    ("hours_ago", "text"),
    [(11, "05:00"), (15.5, "00:30"), (16.5, "23 Nov, 23:30"), (9999, "4 Oct 2025")],
)
def test_a_time_of_an_earlier_day_has_its_date(hours_ago: float, text: str) -> None:
    assert clock(NOW - timedelta(hours=hours_ago), BERLIN, NOW) == text


def test_a_time_of_last_night_has_its_date() -> None:
    night = NOW.replace(hour=1)

    assert clock(night - timedelta(hours=4), BERLIN, night) == "23 Nov, 22:00"


def test_a_time_of_today_can_have_its_date_too() -> None:
    assert dated_clock(NOW, BERLIN, NOW) == "24 Nov, 16:00"


@pytest.mark.parametrize(
    ("replaced", "sentence"),
    [
        (Replaced("tz", "mars", "UTC"), "No time zone “mars”. Times are shown in UTC."),
        (
            Replaced("tz", "berlin", "UTC"),
            "No time zone “berlin”. Did you mean Europe/Berlin? Times are shown in UTC.",
        ),
        (
            Replaced("period", "eons", error=BadPeriodError("unknown name", "period")),
            "This link has an unknown period (“eons”). Showing the last 30 days.",
        ),
        (
            Replaced("period", "custom", error=BadPeriodError("last day before first", "end")),
            "The last day is before the first day. Showing the last 30 days.",
        ),
    ],
)
def test_a_replaced_parameter_has_a_sentence(replaced: Replaced, sentence: str) -> None:
    assert replaced_parameter(replaced) == sentence
