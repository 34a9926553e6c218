"""Daily costs of days that are over, kept for a while: each evaluation of alerts asks for the same ones."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
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
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.prices import PriceList

KEPT_SECONDS: Final = 900.0
"""Only rows that come late change a day that is over, so that its cost may be so old."""

MOST_KEPT: Final = 50


@dataclass(slots=True)
class KeptDays:
    """Daily costs by what was asked; other rules of cost centres make other costs."""

    seconds: Callable[[], float] = time.monotonic
    _since: float | None = None
    _rules: CostCenterRules | None = None
    _kept: dict[tuple[str, date, date, DailyBy | None, Filters], DailyCosts] = field(default_factory=dict)

    def get(
        self,
        days: Days,
        by: DailyBy | None,
        filters: Filters,
        rules: CostCenterRules | None,
        compute: Callable[[], DailyCosts],
    ) -> DailyCosts:
        """Return what is kept, or compute it."""
        now = self.seconds()
        is_old = self._since is None or now - self._since >= KEPT_SECONDS or rules is not self._rules
        if is_old or len(self._kept) >= MOST_KEPT:
            self._kept, self._since, self._rules = {}, now, rules
        key = (days.zone.key, days.first, days.end, by, filters)
        if key not in self._kept:
            self._kept[key] = compute()
        return self._kept[key]


class EvaluatedRepository(StoreRepository):
    """A repository that reads daily costs of earlier days once in a while, and those of today each time."""

    def __init__(
        self,
        kept: KeptDays,
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

    def daily_costs(self, days: Days, by: DailyBy | None = None, filters: Filters = EVERYTHING) -> DailyCosts:
        today = self.now().astimezone(days.zone).date()
        over = Days(days.zone, days.first, min(days.end, today))
        if not len(over):
            return super().daily_costs(days, by, filters)
        compute = partial(super().daily_costs, over, by, filters)
        earlier = self._kept.get(over, by, filters, self._rules(), compute)
        if over.end == days.end:
            return earlier
        return joined(earlier, super().daily_costs(Days(days.zone, over.end, days.end), by, filters))


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
