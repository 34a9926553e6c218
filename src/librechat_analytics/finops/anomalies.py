"""Days that cost far more than was to be expected, and what made up the excess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

AnomalyKind = Literal["total", "user", "model", "agent", "cost_center", "provider"]
"""What a day's cost is judged of: of all usage, or of one user, model and so on."""

ANOMALY_KINDS: Final[tuple[AnomalyKind, ...]] = get_args(AnomalyKind)

INSIDE: Final = 0.7
"""A message names an anomaly below another one that holds at least this part of its excess."""

MOST_NAMED: Final = 10
"""A message has at most so many entries."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A part of an anomaly's excess: what one user or model cost beyond what was expected of it."""

    kind: AnomalyKind
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


def folded(anomalies: Iterable[Anomaly]) -> Folded:
    """Put each anomaly below the larger one that it is a part of, and keep the ten with the most excess."""
    entries: list[tuple[Anomaly, list[Anomaly]]] = []
    for one in sorted(anomalies, key=_by_size):
        parts = next((parts for whole, parts in entries if share_inside(one, whole) >= INSIDE), None)
        if parts is None:
            entries.append((one, []))
        else:
            parts.append(one)
    entries.sort(key=lambda entry: -entry[0].excess_usd)
    named = tuple(Entry(whole, tuple(parts)) for whole, parts in entries[:MOST_NAMED])
    return Folded(named, max(0, len(entries) - MOST_NAMED))


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
