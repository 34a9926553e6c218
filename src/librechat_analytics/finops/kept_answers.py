"""What each evaluation of alerts asks for and what only late rows change, kept for a while.

These are the costs of days that are over, when limits of budgets were reached, and when the first usage was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from librechat_analytics.usage.daily_costs import DailyCosts, Days
from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.repository import StoreRepository, no_rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from librechat_analytics.store.interface import Reader
    from librechat_analytics.usage.answers import SourceReport
    from librechat_analytics.usage.assigned_snapshot import Assignments
    from librechat_analytics.usage.cost_center_rules import CostCenterRules
    from librechat_analytics.usage.daily_costs import DailyBy
    from librechat_analytics.usage.filters import Filters, Scope
    from librechat_analytics.usage.prices import PriceList
    from librechat_analytics.usage.subject_costs import Edges, Limit, SubjectBy

    # The zone, the first day and the day after the last, what is told apart, and the filters.
    Question = tuple[str, date, date, DailyBy | None, Filters]
    # Where the range begins, what is told apart, the filters, the subject, and its limit.
    Crossing = tuple[datetime, SubjectBy | None, Filters, str | None, int]

KEPT_SECONDS: Final = 900.0
"""Only rows that come late change a day that is over, so that its cost may be so old."""

MOST_DAYS_KEPT: Final = 50
"""How many answers about days to keep."""

MOST_CROSSINGS_KEPT: Final = 50_000


@dataclass(slots=True)
class KeptAnswers:
    """Answers by what was asked; other rules of cost centres make other answers."""

    seconds: Callable[[], float] = time.monotonic
    days: dict[Question, DailyCosts] = field(default_factory=dict)
    crossings: dict[Crossing, datetime] = field(default_factory=dict)
    first_usage: datetime | None = None
    _since: float | None = None
    _rules: CostCenterRules | None = None

    def drop_old(self, rules: CostCenterRules | None) -> None:
        """Drop the answers if they are old or are about other rules, and those that have become too many."""
        now = self.seconds()
        is_old = self._since is None or now - self._since >= KEPT_SECONDS or rules is not self._rules
        if is_old:
            self._since, self._rules, self.first_usage = now, rules, None
        if is_old or len(self.days) >= MOST_DAYS_KEPT:
            self.days = {}
        if is_old or len(self.crossings) >= MOST_CROSSINGS_KEPT:
            self.crossings = {}


class EvaluatedRepository(StoreRepository):
    """A repository that reads what is kept once in a while, and the costs of today once for each present."""

    def __init__(
        self,
        kept: KeptAnswers,
        store: Reader,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None = None,
        fixed_now: datetime | None = None,
        rules: Callable[[], CostCenterRules | None] = no_rules,
        assignments: Assignments | None = None,
    ) -> None:
        """Read from a store as any repository does; repositories of several instants share ``kept``."""
        super().__init__(
            store, source=source, prices=prices, fixed_now=fixed_now, rules=rules, assignments=assignments
        )
        self._kept = kept
        self._present: datetime | None = None
        self._of_today: dict[Question, DailyCosts] = {}

    def first_usage(self, scope: Scope | None = None) -> datetime | None:
        if scope is not None:
            return super().first_usage(scope)
        self._kept.drop_old(self._rules())
        if self._kept.first_usage is None:
            self._kept.first_usage = super().first_usage()
        return self._kept.first_usage

    def daily_costs(self, days: Days, by: DailyBy | None = None, filters: Filters = EVERYTHING) -> DailyCosts:
        now = self.now()
        if now != self._present:
            self._present, self._of_today = now, {}
        self._kept.drop_old(self._rules())
        today = min(days.end, max(days.first, now.astimezone(days.zone).date()))
        over, later = Days(days.zone, days.first, today), Days(days.zone, today, days.end)
        if not len(over):
            return self._once(self._of_today, later, by, filters)
        earlier = self._once(self._kept.days, over, by, filters)
        return joined(earlier, self._once(self._of_today, later, by, filters)) if len(later) else earlier

    def _once(
        self, kept: dict[Question, DailyCosts], days: Days, by: DailyBy | None, filters: Filters
    ) -> DailyCosts:
        """Return what is kept, or read it."""
        question = (days.zone.key, days.first, days.end, by, filters)
        if question not in kept:
            kept[question] = super().daily_costs(days, by, filters)
        return kept[question]

    def crossings(
        self, edges: Edges, by: SubjectBy | None, limits: tuple[Limit, ...], filters: Filters = EVERYTHING
    ) -> tuple[datetime | None, ...]:
        self._kept.drop_old(self._rules())
        kept = self._kept.crossings
        asked: list[Crossing] = [
            (edges[limit.number], by, filters, limit.key, limit.cost_e6) for limit in limits
        ]
        unknown = [number for number, crossing in enumerate(asked) if crossing not in kept]
        read = super().crossings(edges, by, tuple(limits[number] for number in unknown), filters)
        for number, crossed_at in zip(unknown, read, strict=True):
            if crossed_at is not None:
                kept[asked[number]] = crossed_at
        # A longer range may begin at the same time, and reach the limit later than this one ends.
        return tuple(
            at if (at := kept.get(crossing)) and at < edges[limit.number + 1] else None
            for crossing, limit in zip(asked, limits, strict=True)
        )


def joined(earlier: DailyCosts, later: DailyCosts) -> DailyCosts:
    """Join the costs of days and of those that follow them; the subjects with the highest cost come first."""
    subjects = list(later.subjects) + [one for one in earlier.subjects if one.key not in later.rows]
    costs_usd = np.zeros((len(subjects), len(earlier.days) + len(later.days)))
    costs_usd[: len(later.subjects), len(earlier.days) :] = later.costs_usd
    places = {subject.key: place for place, subject in enumerate(subjects)}
    rows = [places[subject.key] for subject in earlier.subjects]
    costs_usd[rows, : len(earlier.days)] = earlier.costs_usd
    order = np.argsort(-costs_usd.sum(axis=1), kind="stable")
    days = Days(earlier.days.zone, earlier.days.first, later.days.end)
    return DailyCosts(days, tuple(subjects[place] for place in order.tolist()), costs_usd[order])
