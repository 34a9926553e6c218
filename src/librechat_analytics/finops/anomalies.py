"""Days that cost far more than was to be expected, and what made up the excess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from librechat_analytics.finops.unusual_costs import (
    COMPARED,
    ENOUGH_DAYS,
    LEAD,
    LEAST_DAYS,
    LEAST_FLOOR_USD,
    NEW_FLOORS,
    READ,
    expected,
    floors,
    unusual_days,
)
from librechat_analytics.usage.cost_center_rules import NO_RULES, UNASSIGNED
from librechat_analytics.usage.daily_costs import Days
from librechat_analytics.usage.daily_parts import PART_KINDS, Inside
from librechat_analytics.usage.filters import UNKNOWN, Filters
from librechat_analytics.usage.wall_clock import DAY, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.daily_costs import DailyCosts, Subject
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import Repository

AnomalyKind = Literal["total", "user", "model", "agent", "cost_center", "provider"]
"""What a day's cost is judged of: of all usage, or of one user, model and so on."""

DriverKind = Literal["user", "model"]

ANOMALY_KINDS: Final[tuple[AnomalyKind, ...]] = get_args(AnomalyKind)

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
    return anomalies_since(repository, repository.first_usage(filters.scope), days, filters, kinds)


def anomalies_since(
    repository: Repository,
    first_usage: datetime | None,
    days: Days,
    filters: Filters,
    kinds: tuple[AnomalyKind, ...],
) -> tuple[Anomaly, ...]:
    """Find what ``anomalies`` finds, given the time of the first usage that the reader may see."""
    history = _history(first_usage, days)
    if history is None:
        return ()
    # Days before the first one say which anomalies are too soon after another one.
    since = max(history.first, days.first - LEAD * DAY)
    large = repository.large_daily_costs(history, since, LEAST_FLOOR_USD, filters)
    if not large["total"].subjects:
        return ()
    whole = repository.daily_costs(history, None, Filters(scope=filters.scope)) if filters.given() else None
    floors_usd = floors((whole or large["total"]).costs_usd[0])
    judged: dict[AnomalyKind, DailyCosts] = {kind: large[kind] for kind in PART_KINDS}
    if "cost_center" in kinds:
        judged["cost_center"] = repository.daily_costs(history, "cost_center", filters)
    found, first = [], (days.first - history.first).days
    for kind in kinds:
        costs = judged[kind]
        for unusual in unusual_days(costs.costs_usd, floors_usd, first):
            subject = costs.subjects[unusual.row]
            if kind == "total" or subject.key not in NO_SUBJECTS:
                actual_usd = float(costs.costs_usd[unusual.row, unusual.day])
                day = history.first + unusual.day * DAY
                found.append(_Found(day, kind, subject, unusual.expected_usd, actual_usd))
    explained = map(_explained, found, _costs_inside(repository, history, found, filters))
    return tuple(sorted(explained, key=lambda one: (-one.day.toordinal(), *_by_size(one))))


@dataclass(frozen=True, slots=True)
class _Found:
    """An anomaly whose drivers are not known yet."""

    day: date
    kind: AnomalyKind
    subject: Subject
    expected_usd: float
    actual_usd: float


def _costs_inside(
    repository: Repository, history: Days, found: list[_Found], filters: Filters
) -> list[DailyCosts]:
    """Return for each anomaly the daily costs of its parts, up to the anomaly's day."""

    def days_before(one: _Found) -> Days:
        return Days(history.zone, max(history.first, one.day - COMPARED * DAY), one.day + DAY)

    wanted = tuple(
        Inside(one.kind, one.subject.key, days_before(one)) for one in found if one.kind != "cost_center"
    )
    inside = iter(repository.daily_costs_inside(wanted, filters))

    def of_center(one: _Found) -> DailyCosts:
        paid_by = filters.replacing("cost_center", one.subject.key or UNASSIGNED)
        return repository.daily_costs(days_before(one), driven_by(one.kind), paid_by)

    return [of_center(one) if one.kind == "cost_center" else next(inside) for one in found]


def driven_by(kind: AnomalyKind) -> DriverKind:
    """Return what the excess of an anomaly is taken apart by."""
    return "model" if kind in ("user", "provider") else "user"


def _explained(found: _Found, parts: DailyCosts) -> Anomaly:
    """Name what cost most beyond what was expected of it on the last of the days."""
    last = np.full(len(parts.subjects), len(parts.days) - 1)
    beyond_usd = parts.costs_usd[:, -1] - expected(parts.costs_usd, last)
    largest = np.argsort(-beyond_usd, kind="stable")[:MOST_DRIVERS]
    drivers = tuple(
        Driver(
            driven_by(found.kind), parts.subjects[row].key, parts.subjects[row].label, float(beyond_usd[row])
        )
        for row in largest.tolist()
        if beyond_usd[row] > 0
    )
    excess_usd = found.actual_usd - found.expected_usd
    return Anomaly(
        found.day,
        found.kind,
        found.subject.key,
        TOTAL if found.kind == "total" else found.subject.label,
        found.expected_usd,
        found.actual_usd,
        excess_usd,
        drivers,
        excess_usd - sum(driver.excess_usd for driver in drivers),
    )


def anomalies_of(
    repository: Repository, period: Period, filters: Filters, definitions: Definitions | None
) -> tuple[Anomaly, ...]:
    """Find the anomalies of a period; none as long as the history before it is being read."""
    as_of = repository.freshness().as_of
    if as_of is None:
        return ()
    days = days_of(period, min(as_of, repository.now()))
    # The first usage is asked for apart, because other answers share it.
    first_usage = repository.first_usage(filters.scope)
    return repository.ask(anomalies_since, first_usage, days, filters, kinds_judged(definitions))


def _history(first_usage: datetime | None, days: Days) -> Days | None:
    """Return the days to read in order to judge some days; None where there is nothing to judge."""
    if first_usage is None:
        return None
    first_known = first_usage.astimezone(days.zone).date()
    first = max(first_known, days.first - (READ + LEAD) * DAY)
    return Days(days.zone, first, days.end) if first < days.end and len(days) else None


def runaways(repository: Repository, zone: ZoneInfo, now: datetime) -> tuple[Runaway, ...]:
    """Find what has cost more than three times as much today as on any of the 56 days before, and a floor.

    The floor is that of anomalies; five times as much while there are fewer than 28 days before.
    """
    today = now.astimezone(zone).date()
    history = _history(repository.first_usage(), Days(zone, today, today + DAY))
    if history is None or len(history) <= LEAST_DAYS:
        return ()
    days = Days(zone, max(history.first, today - COMPARED * DAY), history.end)
    total = repository.daily_costs(days)
    floor_usd = floors(total.costs_usd[0])[-1] * (1 if len(days) > ENOUGH_DAYS else NEW_FLOORS)
    if total.costs_usd[0, -1] <= floor_usd:
        return ()
    return (
        *_running_away("total", total, floor_usd),
        *_running_away("user", repository.daily_costs(days, "user"), floor_usd),
    )


def _running_away(kind: Literal["total", "user"], costs: DailyCosts, floor_usd: float) -> Iterable[Runaway]:
    today = costs.costs_usd[:, -1]
    greatest = costs.costs_usd[:, :-1].max(axis=1)
    for row in np.flatnonzero((today > RUNAWAY * greatest) & (today > floor_usd)).tolist():
        subject: Subject = costs.subjects[row]
        if kind == "total" or subject.key is not None:
            label = TOTAL if kind == "total" else subject.label
            yield Runaway(kind, subject.key, label, float(today[row]), float(greatest[row]))


def worth_telling(
    anomalies: Iterable[Anomaly], first_usage: datetime | None, zone: ZoneInfo
) -> tuple[Anomaly, ...]:
    """Return the anomalies for messages: none of the first eight weeks, when little is known to be usual."""
    if first_usage is None:
        return ()
    first = first_usage.astimezone(zone).date() + COMPARED * DAY
    return tuple(one for one in anomalies if one.day >= first)


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
