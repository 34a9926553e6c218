"""How busy the imaginary company is: from day to day, and from hour to hour."""

from __future__ import annotations

import math
from bisect import bisect
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from librechat_analytics.librechat.sample.eras import RELEASES, SPAN_DAYS, Release, midnight_ms, newest
from librechat_analytics.librechat.sample.models import (
    MODELS,
    TASTES,
    TITLE_LINE,
    Model,
    chat_weights,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from librechat_analytics.librechat.sample.chance import Chance
    from librechat_analytics.librechat.sample.people import User

_HOURS = (2, 1, 1, 1, 1, 3, 12, 38, 80, 108, 112, 96, 62, 88, 104, 100, 86, 58, 30, 20, 16, 14, 9, 4)
"""How busy each hour of the company's day is."""
_BUSY_UNTIL = [0.0, *(total / sum(_HOURS) for total in accumulate(_HOURS))]


def time_of_day(usage: float) -> float:
    """Return the part of the day by which a part of its usage has happened, both from 0 to 1."""
    hour = bisect(_BUSY_UNTIL, usage) - 1
    if hour >= 24:
        return 1.0
    before, after = _BUSY_UNTIL[hour], _BUSY_UNTIL[hour + 1]
    return (hour + (usage - before) / (after - before)) / 24


def usage_until(at: float) -> float:
    """Return the part of the day's usage that has happened at a part of the day, both from 0 to 1."""
    hours = min(max(at, 0.0), 1.0) * 24
    hour = min(int(hours), 23)
    return _BUSY_UNTIL[hour] + (hours - hour) * (_BUSY_UNTIL[hour + 1] - _BUSY_UNTIL[hour])


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the company: who can write, and which release and models there are."""

    number: int
    days_left: int
    release: Release
    start_ms: int
    end_ms: int
    users: list[User]
    user_weights: list[float]
    owls: list[User]
    owl_weights: list[float]
    chat_models: list[list[float]]
    agent_share: float
    title_model: Model

    @property
    def has_message_ids(self) -> bool:
        return self.release >= (0, 8, 3)


def day_bounds(day: date) -> tuple[int, int]:
    """Return when a day begins and ends, in milliseconds since 1970."""
    return midnight_ms(day), midnight_ms(day + timedelta(days=1))


def day_weights(chance: Chance, dates: Sequence[date], closing_ms: int) -> list[float]:
    """Return how busy each day is relative to the others; the last day ends at ``closing_ms``."""
    weights = []
    for number, date in enumerate(dates):
        growth = 0.22 + 0.78 / (1 + math.exp(-(number / SPAN_DAYS - 0.45) * 7))
        week = (1.0, 1.08, 1.1, 1.04, 0.86, 0.13, 0.1)[date.weekday()]
        season = 0.75 if date.month == 8 else 1.0
        if (date.month, date.day) >= (12, 22) or (date.month, date.day) <= (1, 3):
            season = 0.15
        weights.append(growth * week * season * chance.uniform(0.85, 1.15))
    start_ms, end_ms = day_bounds(dates[-1])
    weights[-1] *= usage_until((closing_ms - start_ms) / (end_ms - start_ms))
    return weights


def plan_day(number: int, date: date, users: Sequence[User]) -> Day:
    """Return what does not change during a day; ``number`` counts the days of the span."""
    days_left = SPAN_DAYS - number
    start_ms, end_ms = day_bounds(date)
    present = [user for user in users if user.joined <= number < user.left]
    owls = [user for user in present if user.night_owl] or present
    return Day(
        number=number,
        days_left=days_left,
        release=newest(RELEASES, days_left),
        start_ms=start_ms,
        end_ms=end_ms,
        users=present,
        user_weights=list(accumulate(user.weight for user in present)),
        owls=owls,
        owl_weights=list(accumulate(user.weight for user in owls)),
        chat_models=[list(accumulate(chat_weights(days_left, taste))) for taste in TASTES],
        agent_share=0.24 + 0.16 * number / SPAN_DAYS,
        title_model=MODELS[newest(TITLE_LINE, days_left)],
    )
