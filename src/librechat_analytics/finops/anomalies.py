"""Days that cost far more than was to be expected, and what made up the excess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from librechat_analytics.finops.unusual_costs import (
    COMPARED,
    ENOUGH_DAYS,
    LEAST_DAYS,
    NEW_FLOORS,
    READ,
    expected,
    floors,
    unusual_days,
)
from librechat_analytics.usage.cost_center_rules import NO_RULES, UNASSIGNED
from librechat_analytics.usage.daily_costs import Days
from librechat_analytics.usage.filters import EVERYTHING, UNKNOWN, Filters
from librechat_analytics.usage.wall_clock import DAY, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.finops.unusual_costs import UnusualDay
    from librechat_analytics.usage.daily_costs import DailyBy, DailyCosts, Subject
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import Repository

AnomalyKind = Literal["total", "user", "model", "agent", "cost_center", "provider"]
"""What a day's cost is judged of: of all usage, or of one user, model and so on."""

DriverKind = Literal["user", "model"]

ANOMALY_KINDS: Final[tuple[AnomalyKind, ...]] = get_args(AnomalyKind)

BY: Final[Mapping[AnomalyKind, DailyBy | None]] = {
    "total": None,
    "user": "user",
    "model": "model",
    "agent": "agent",
    "cost_center": "cost_center",
    "provider": "provider",
}
NO_SUBJECTS: Final = (None, UNKNOWN, UNASSIGNED)
"""What is no user, model and so on: the usage without one is judged as part of the total only."""

TOTAL: Final = "Total"
MOST_DRIVERS: Final = 3
RUNAWAY: Final = 3
"""How many times the greatest of the 56 days before a runaway day costs."""

INSIDE: Final = 0.7
"""A message names an anomaly below another one that holds at least this part of its excess."""

MOST_NAMED: Final = 10
"""A message has at most so many entries."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A part of an anomaly's excess: what one user or model cost beyond what was expected of it."""

    kind: DriverKind
    subject: str | None
    label: str
    excess_usd: float


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A day on which something cost far more than expected, in US dollars.

    ``subject``: an id, or a model's or provider's name; None for the total. ``excess_usd``: actual less
    expected; ``drivers``, the largest first, and ``rest_usd`` add up to it.
    """

    day: date
    kind: AnomalyKind
    subject: str | None
    label: str
    expected_usd: float
    actual_usd: float
    excess_usd: float
    drivers: tuple[Driver, ...]
    rest_usd: float


@dataclass(frozen=True, slots=True)
class Runaway:
    """The total, or a user, that has cost more than three times as much today as on any of 56 days before."""

    kind: Literal["total", "user"]
    subject: str | None
    label: str
    today_usd: float
    greatest_usd: float


@dataclass(frozen=True, slots=True)
class Entry:
    """An anomaly as a message names it, with the anomalies of the same day that are inside it."""

    anomaly: Anomaly
    inside: tuple[Anomaly, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """The entries of a message, by excess, and how many more there are."""

    entries: tuple[Entry, ...]
    left_out: int


def kinds_judged(definitions: Definitions | None) -> tuple[AnomalyKind, ...]:
    """Return what is judged; cost centres only where there are rules for them."""
    has_centers = definitions is not None and definitions.cost_centers != NO_RULES
    return tuple(kind for kind in ANOMALY_KINDS if has_centers or kind != "cost_center")


def days_of(period: Period, known_until: datetime) -> Days:
    """Return the days that are over by an instant and lie wholly in a period, in its zone."""
    start, end = period.range.start, min(period.range.end, known_until)
    first = start.astimezone(period.zone).date()
    if midnight(first, period.zone) < start:
        first += DAY
    last = end.astimezone(period.zone).date()
    return Days(period.zone, first, max(first, last))


def anomalies(
    repository: Repository, days: Days, filters: Filters, kinds: tuple[AnomalyKind, ...]
) -> tuple[Anomaly, ...]:
    """Find the anomalies of some days that are over: newest first, of a day the total and then by excess.

    The floor comes from all usage that the reader may see, whatever the filters.
    """
    history = _history(repository, days, filters.scope)
    if history is None:
        return ()
    floors_usd = floors(repository.daily_costs(history, None, Filters(scope=filters.scope)).costs_usd[0])
    first = (days.first - history.first).days
    found: list[Anomaly] = []
    for kind in kinds:
        costs = repository.daily_costs(history, BY[kind], filters)
        for unusual in unusual_days(costs.costs_usd, floors_usd, first):
            subject = costs.subjects[unusual.row]
            if kind == "total" or subject.key not in NO_SUBJECTS:
                found.append(_anomaly(repository, history, kind, costs, unusual, filters))
    return tuple(sorted(found, key=lambda one: (-one.day.toordinal(), *_by_size(one))))


def anomalies_of(
    repository: Repository, period: Period, filters: Filters, definitions: Definitions | None
) -> tuple[Anomaly, ...]:
    """Find the anomalies of a period; none as long as the history before it is being read."""
    as_of = repository.freshness().as_of
    if as_of is None:
        return ()
    days = days_of(period, min(as_of, repository.now()))
    return repository.ask(anomalies, days, filters, kinds_judged(definitions))


def _history(repository: Repository, days: Days, scope: Scope | None) -> Days | None:
    """Return the days to read in order to judge some days; None where there is nothing to judge."""
    first_usage = repository.first_usage(scope)
    if first_usage is None:
        return None
    first_known = first_usage.astimezone(days.zone).date()
    # Days before the first one say which anomalies are too soon after another one.
    first = max(first_known, days.first - (READ + COMPARED) * DAY)
    return Days(days.zone, first, days.end) if first < days.end and len(days) else None


def _anomaly(
    repository: Repository,
    history: Days,
    kind: AnomalyKind,
    costs: DailyCosts,
    unusual: UnusualDay,
    filters: Filters,
) -> Anomaly:
    day, subject = history.first + unusual.day * DAY, costs.subjects[unusual.row]
    actual_usd = float(costs.costs_usd[unusual.row, unusual.day])
    excess_usd = actual_usd - unusual.expected_usd
    of_subject = filters if subject.key is None else filters.replacing(kind, subject.key)
    days = Days(history.zone, max(history.first, day - COMPARED * DAY), day + DAY)
    drivers = _drivers(repository, days, driven_by(kind), of_subject)
    return Anomaly(
        day,
        kind,
        subject.key,
        TOTAL if kind == "total" else subject.label,
        unusual.expected_usd,
        actual_usd,
        excess_usd,
        drivers,
        excess_usd - sum(driver.excess_usd for driver in drivers),
    )


def driven_by(kind: AnomalyKind) -> DriverKind:
    """Return what the excess of an anomaly is taken apart by."""
    return "model" if kind in ("user", "provider") else "user"


def _drivers(repository: Repository, days: Days, kind: DriverKind, filters: Filters) -> tuple[Driver, ...]:
    """Return what cost most beyond what was expected of it on the last of some days."""
    costs = repository.daily_costs(days, kind, filters)
    last = np.full(len(costs.subjects), len(days) - 1)
    excess_usd = costs.costs_usd[:, -1] - expected(costs.costs_usd, last)
    largest = np.argsort(-excess_usd, kind="stable")[:MOST_DRIVERS]
    return tuple(
        Driver(kind, costs.subjects[row].key, costs.subjects[row].label, float(excess_usd[row]))
        for row in largest.tolist()
        if excess_usd[row] > 0
    )


def runaways(repository: Repository, zone: ZoneInfo, now: datetime) -> tuple[Runaway, ...]:
    """Find what has cost more than three times as much today as on any of the 56 days before, and a floor.

    The floor is that of anomalies; five times as much while there are fewer than 28 days before.
    """
    today = now.astimezone(zone).date()
    history = _history(repository, Days(zone, today, today + DAY), None)
    if history is None or len(history) <= LEAST_DAYS:
        return ()
    days = Days(zone, max(history.first, today - COMPARED * DAY), history.end)
    total = repository.daily_costs(days, None, EVERYTHING)
    floor_usd = floors(total.costs_usd[0])[-1] * (1 if len(days) > ENOUGH_DAYS else NEW_FLOORS)
    users = repository.daily_costs(days, "user", EVERYTHING)
    return (
        *_running_away("total", total, floor_usd),
        *_running_away("user", users, floor_usd),
    )


def _running_away(kind: Literal["total", "user"], costs: DailyCosts, floor_usd: float) -> Iterable[Runaway]:
    today = costs.costs_usd[:, -1]
    greatest = costs.costs_usd[:, :-1].max(axis=1)
    for row in np.flatnonzero((today > RUNAWAY * greatest) & (today > floor_usd)).tolist():
        subject: Subject = costs.subjects[row]
        if kind == "total" or subject.key is not None:
            label = TOTAL if kind == "total" else subject.label
            yield Runaway(kind, subject.key, label, float(today[row]), float(greatest[row]))


def folded(anomalies: Iterable[Anomaly]) -> Folded:
    """Put each anomaly below the larger one that it is a part of, and keep the ten with the most excess.

    What is inside a part is below the same one.
    """
    waiting = sorted(anomalies, key=_by_size)
    entries: list[Entry] = []
    while waiting:
        members = [waiting.pop(0)]
        while inside := [one for one in waiting if _is_inside(one, members)]:
            members += inside
            waiting = [one for one in waiting if one not in inside]
        entries.append(Entry(members[0], tuple(members[1:])))
    entries.sort(key=lambda entry: -entry.anomaly.excess_usd)
    return Folded(tuple(entries[:MOST_NAMED]), max(0, len(entries) - MOST_NAMED))


def _is_inside(one: Anomaly, members: Iterable[Anomaly]) -> bool:
    return any(share_inside(one, member) >= INSIDE for member in members)


def _by_size(anomaly: Anomaly) -> tuple[bool, float, AnomalyKind, str]:
    return anomaly.kind != "total", -anomaly.excess_usd, anomaly.kind, anomaly.subject or ""


def share_inside(part: Anomaly, whole: Anomaly) -> float:
    """Return how much of one anomaly's excess is known to be inside another one, from 0 to 1."""
    if part.day != whole.day:
        return 0.0
    if whole.kind == "total":
        return 1.0
    shared_usd = max(_excess_of(part, whole), _excess_of(whole, part))
    return min(1.0, shared_usd / part.excess_usd)


def _excess_of(driver: Anomaly, of: Anomaly) -> float:
    """Return what one anomaly's subject adds to another one as its driver."""
    found = (one for one in of.drivers if (one.kind, one.subject) == (driver.kind, driver.subject))
    return next((one.excess_usd for one in found), 0.0)
