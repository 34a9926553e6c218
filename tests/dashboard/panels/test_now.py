"""Now: what today and the last hour cost, whether that is usual, and how the sync is doing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from librechat_analytics.dashboard.panels import now
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.usage.answers import Freshness
from librechat_analytics.usage.usual import Usual
from tests.dashboard.ready_answers import NOW, USER, page_data, query, texts, timeline, users_of

A_DAY = timeline(name="today")


def shown(**answers: Any) -> dict[str, Any]:
    (error,), stored = answer_panels([now.PANEL], page_data(query("90d"), timeline=A_DAY, **answers))
    assert error is None
    return stored


def test_a_cost_that_is_usual_has_the_band_beside_it() -> None:
    stored = shown(usual=(Usual(0.5, 1.0, 1.5, 2.5, 3.0, 0.1),))

    assert texts(stored["now-figures"]).split(" usual ") == [
        "Today $2.00",
        "$1.00\N{EN DASH}$2.50 Last hour $2.00",
        "$1.00\N{EN DASH}$2.50",
    ]


def test_a_cost_that_is_unusual_says_how_much() -> None:
    stored = shown(usual=(Usual(0.1, 0.1, 0.1, 0.2, 0.3, 0.1),))

    assert "$2.00 20 times the usual for a Tuesday" in texts(stored["now-figures"])


def test_nothing_is_said_where_the_history_is_too_short() -> None:
    assert texts(shown()["now-figures"]) == "Today $2.00 Last hour $2.00"


def test_figures_that_are_behind_say_up_to_when_they_go() -> None:
    behind = Freshness(NOW - timedelta(hours=3), "offline", None, None)

    stored = shown(freshness=behind, users=users_of())

    until = f"{(NOW - timedelta(hours=3)).astimezone(query().period.zone):%H:%M}"
    assert texts(stored["now-figures"]) == f"Today until {until} $2.00 Hour to {until} $2.00"
    assert texts(stored["now-top"]) == f"Nobody has used LibreChat today until {until}."


def test_figures_that_end_before_today_do_not_say_that_today_was_free() -> None:
    behind = Freshness(NOW - timedelta(days=6), "offline", None, None)

    stored = shown(freshness=behind, users=users_of())

    assert texts(stored["now-figures"]).startswith("Today No figures of today yet. Hour to ")
    assert texts(stored["now-top"]) == "No figures of today yet."


def test_the_top_three_lead_to_their_pages_of_today() -> None:
    stored = shown(users=users_of(USER, USER, USER, USER))

    assert len(stored["now-top"]) == 3
    assert f"?view=user&period=today&user={USER.id}" in str(stored["now-top"][0])


def test_the_state_of_the_sync_is_one_line() -> None:
    assert texts(shown()["now-state"]).startswith("Live from LibreChat's MongoDB; figures up to ")
