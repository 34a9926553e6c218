"""When deliveries are tried: first, again, and after quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.finops.delivery_rules import (
    PAUSES,
    TRIED_FOR,
    day_of,
    first_tries,
    outcome,
    quiet_until,
)
from librechat_analytics.finops.messages import Answer
from librechat_analytics.store.outbox_items import Outcome
from tests.finops.alert_worlds import DAY, MINUTE, NOW, delivery, person, program, told
from tests.finops.budget_worlds import BERLIN

BUSY = Answer("500", is_taken=False)
OVERNIGHT = (time(19), time(7))


def test_programs_are_sent_alerts_at_once_and_people_after_a_minute() -> None:
    assert first_tries(told(person(), program()), NOW) == {"finance": NOW + MINUTE, "ops": NOW}


def test_attempts_become_rarer_and_end_after_three_days() -> None:
    now, pauses = NOW, []
    for attempts in range(100):
        ended = outcome(delivery(attempts), BUSY, now)
        if ended.next_try is None:
            assert ended.state == "failed"
            break
        pauses.append(ended.next_try - now)
        now = ended.next_try
    hours = [timedelta(hours=hour) for hour in (2, 6, 6)]
    assert pauses[:6] == [MINUTE, 5 * MINUTE, 30 * MINUTE, *hours]
    assert TRIED_FOR - timedelta(hours=6) < now - NOW <= TRIED_FOR


def test_what_is_taken_is_sent_and_what_is_refused_for_good_is_not_tried_again() -> None:
    assert outcome(delivery(), Answer("200 OK", is_taken=True), NOW) == Outcome("sent", "200 OK")
    refused = Answer("404 Not Found", is_taken=False, is_final=True)
    assert outcome(delivery(), refused, NOW) == Outcome("failed", "404 Not Found")


@pytest.mark.parametrize(
    ("attempts", "wanted", "pause"),
    [
        (0, timedelta(seconds=7), timedelta(seconds=7)),
        (0, timedelta(0), timedelta(seconds=1)),
        (0, timedelta(hours=2), timedelta(hours=2)),
        (0, timedelta(days=30), DAY),
        (4, timedelta(seconds=1), timedelta(seconds=1)),
        (5, timedelta(seconds=1), timedelta(minutes=1)),
        (29, timedelta(minutes=2), timedelta(minutes=2)),
        (30, timedelta(seconds=1), PAUSES[-1]),
    ],
)
def test_a_receiver_may_say_when_to_try_again(attempts: int, wanted: timedelta, pause: timedelta) -> None:
    ended = outcome(delivery(attempts), Answer("429", is_taken=False, retry_after=wanted), NOW)
    assert ended == Outcome("waiting", "429", NOW + pause)


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ("2026-11-24 18:59", None),
        ("2026-11-24 19:00", "2026-11-25 07:00"),
        ("2026-11-25 00:30", "2026-11-25 07:00"),
        ("2026-11-25 06:59", "2026-11-25 07:00"),
        ("2026-11-25 07:00", None),
        ("2026-10-24 22:00", "2026-10-25 07:00"),  # an hour more in that night
    ],
)
def test_quiet_hours_are_those_of_the_zone(local: str, ends: str | None) -> None:
    now, end = (
        each and datetime.fromisoformat(each).replace(tzinfo=BERLIN).astimezone(UTC) for each in (local, ends)
    )
    assert now
    assert quiet_until(OVERNIGHT, now, BERLIN) == end


def test_quiet_hours_within_a_day_end_on_that_day() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=BERLIN)
    assert quiet_until((time(11), time(13)), noon, BERLIN) == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert quiet_until(None, noon, BERLIN) is None


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    begins=st.times(),
    ends=st.times(),
)
def test_after_quiet_hours_it_is_not_quiet(now: datetime, begins: time, ends: time) -> None:
    until = quiet_until((begins, ends), now, BERLIN)
    if until is not None:
        assert now < until < now + timedelta(hours=25, minutes=1)


def test_a_day_has_its_own_length() -> None:
    begins, ends = day_of(datetime(2026, 10, 25, 12, tzinfo=UTC), BERLIN)
    assert ends - begins == timedelta(hours=25)
