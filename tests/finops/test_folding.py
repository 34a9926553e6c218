"""Messages name an anomaly that is a part of another one below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from librechat_analytics.finops.anomalies import MOST_NAMED, Anomaly, Driver, folded, worth_telling

DAY = date(2026, 11, 20)
TOTAL = Anomaly(DAY, "total", None, "Total", 40.0, 350.0, 310.0, (Driver("user", "u1", "Ann", 273.0),), 37.0)
ANN = Anomaly(DAY, "user", "u1", "Ann", 2.0, 275.0, 273.0, (Driver("model", "opus", "opus", 250.0),), 23.0)
OPUS = Anomaly(DAY, "model", "opus", "opus", 10.0, 270.0, 260.0, (Driver("user", "u1", "Ann", 250.0),), 10.0)
BOB = Anomaly(DAY, "user", "u2", "Bob", 1.0, 31.0, 30.0, (Driver("model", "haiku", "haiku", 30.0),), 0.0)


def test_everything_is_inside_the_total_of_its_day() -> None:
    (entry,) = folded([OPUS, ANN, TOTAL, BOB]).entries
    assert entry.anomaly == TOTAL
    assert entry.inside == (ANN, OPUS, BOB)


def test_an_anomaly_of_another_day_is_not_inside() -> None:
    later = replace(ANN, day=date(2026, 11, 21))
    assert [entry.inside for entry in folded([TOTAL, later]).entries] == [(), ()]


def test_a_model_is_inside_the_user_who_caused_most_of_it() -> None:
    entries = folded([OPUS, BOB, ANN]).entries
    assert [(entry.anomaly, entry.inside) for entry in entries] == [(ANN, (OPUS,)), (BOB, ())]


def test_what_is_inside_a_part_is_below_the_same_anomaly() -> None:
    provider = Anomaly(
        DAY, "provider", "p", "p", 10.0, 275.0, 265.0, (Driver("model", "opus", "opus", 245.0),), 20.0
    )
    (entry,) = folded([provider, OPUS, ANN]).entries
    assert (entry.anomaly, entry.inside) == (ANN, (OPUS, provider))


def test_a_model_that_many_share_has_an_entry_of_its_own() -> None:
    shared = replace(OPUS, excess_usd=500.0, drivers=(Driver("user", "u1", "Ann", 100.0),), rest_usd=400.0)
    separate = replace(ANN, drivers=(Driver("model", "opus", "opus", 100.0),), rest_usd=173.0)
    assert [entry.anomaly for entry in folded([separate, shared]).entries] == [shared, separate]


def test_messages_say_nothing_of_the_first_eight_weeks() -> None:
    first = datetime(2026, 9, 25, 22, 30, tzinfo=UTC)  # 26 September in Berlin
    berlin = ZoneInfo("Europe/Berlin")
    days = [replace(ANN, day=date(2026, 11, 20)), replace(ANN, day=date(2026, 11, 21))]
    assert worth_telling(days, first, berlin) == (days[1],)
    assert worth_telling(days, None, berlin) == ()


def test_a_message_has_ten_entries_and_says_how_many_more_there_are() -> None:
    many = [replace(BOB, subject=f"u{n}", excess_usd=30.0 + n) for n in range(14)]
    found = folded(many)
    assert [entry.anomaly.excess_usd for entry in found.entries] == [30.0 + n for n in range(13, 3, -1)]
    assert (len(found.entries), found.left_out) == (MOST_NAMED, 4)
