"""Buckets in words and on the axis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.dashboard.charts.time_axis import axis_ticks, bucket_bounds, bucket_labels

BERLIN = ZoneInfo("Europe/Berlin")


def days(count: int, first: datetime) -> list[datetime]:
    return [first + timedelta(days=index) for index in range(count)]


def test_each_unit_is_named_as_people_say_it() -> None:
    start = datetime(2026, 11, 2, 14, tzinfo=BERLIN)

    assert bucket_labels([start], [False], "hour") == ["Mon 2 Nov, 14:00"]
    assert bucket_labels([start], [False], "day") == ["Mon 2 Nov 2026"]
    assert bucket_labels([start], [False], "week") == ["Week from 2 Nov 2026"]
    assert bucket_labels([start], [False], "month") == ["November 2026"]


def test_a_bucket_that_is_cut_says_so() -> None:
    labels = bucket_labels(days(3, datetime(2026, 11, 2, tzinfo=BERLIN)), [True, False, True], "day")

    assert labels == ["Mon 2 Nov 2026, in part", "Tue 3 Nov 2026", "Wed 4 Nov 2026, in part"]


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 24, 23, tzinfo=UTC)
    starts = [(first + timedelta(hours=index)).astimezone(BERLIN) for index in range(4)]

    labels = bucket_labels(starts, [False] * 4, "hour")

    assert labels[1:3] == ["Sun 25 Oct, 02:00 CEST", "Sun 25 Oct, 02:00 CET"]
    assert len(set(labels)) == 4


def test_a_week_of_days_is_named_day_by_day() -> None:
    ticks, texts = axis_ticks(days(7, datetime(2026, 10, 28, tzinfo=BERLIN)), "day")

    assert ticks == [0, 1, 2, 3, 4, 5, 6]
    assert texts[0] == "Wed<br>28 Oct"
    assert texts[1] == "Thu<br>29"
    assert texts[4] == "Sun<br>1 Nov"


def test_a_month_of_days_is_named_by_its_mondays() -> None:
    starts = days(31, datetime(2026, 10, 25, tzinfo=BERLIN))

    ticks, texts = axis_ticks(starts, "day")

    assert {starts[tick].weekday() for tick in ticks} == {0}
    assert texts == ["26 Oct", "2 Nov", "9 Nov", "16 Nov", "23 Nov"]


def test_hours_are_named_on_round_ones_with_the_day_where_it_changes() -> None:
    first = datetime(2026, 11, 23, 16, tzinfo=BERLIN)

    ticks, texts = axis_ticks([first + timedelta(hours=index) for index in range(24)], "hour")

    assert texts == ["16:00<br>23 Nov", "20:00", "00:00<br>24 Nov", "04:00", "08:00", "12:00"]
    assert ticks == [0, 4, 8, 12, 16, 20]


def test_months_name_the_year_where_it_changes() -> None:
    starts = [
        datetime(2025 + (10 + index) // 12, (10 + index) % 12 + 1, 1, tzinfo=BERLIN) for index in range(4)
    ]

    assert axis_ticks(starts, "month")[1] == ["Nov<br>2025", "Dec", "Jan<br>2026", "Feb"]


@pytest.mark.parametrize("count", [0, 1, 9, 40, 92])
def test_an_axis_of_days_has_at_most_eight_names(count: int) -> None:
    ticks, texts = axis_ticks(days(count, datetime(2026, 1, 1, tzinfo=BERLIN)), "day")

    assert len(ticks) == len(texts) <= 8


class TestBounds:
    """A bucket as a period of its own, both ends as the address has them."""

    def test_a_day_is_its_date(self) -> None:
        start = datetime(2026, 11, 2, tzinfo=BERLIN)

        assert bucket_bounds([start], [start + timedelta(days=1)], "day") == [("2026-11-02", "2026-11-02")]

    def test_a_month_ends_with_its_last_day(self) -> None:
        bounds = bucket_bounds(
            [datetime(2026, 10, 1, tzinfo=BERLIN)], [datetime(2026, 11, 1, tzinfo=BERLIN)], "month"
        )

        assert bounds == [("2026-10-01", "2026-10-31")]

    def test_the_hour_that_comes_twice_is_two_hours(self) -> None:
        first = datetime(2026, 10, 25, 0, tzinfo=UTC)
        edges = [(first + timedelta(hours=index)).astimezone(BERLIN) for index in range(3)]

        assert bucket_bounds(edges[:-1], edges[1:], "hour") == [
            ("2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"),
            ("2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"),
        ]
