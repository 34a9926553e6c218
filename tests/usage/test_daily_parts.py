"""Daily costs of all kinds at once, and inside some subjects: the same as one question for each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from librechat_analytics.usage.daily_costs import Days
from librechat_analytics.usage.daily_parts import PART_KINDS, Inside
from librechat_analytics.usage.filters import EVERYTHING, UNKNOWN, Filters, Scope
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from librechat_analytics.usage.daily_costs import DailyBy, DailyCosts
    from librechat_analytics.usage.daily_parts import PartKind
    from librechat_analytics.usage.repository import StoreRepository

TODAY = NOW.date()
DAYS = Days(ZoneInfo("America/New_York"), TODAY - timedelta(days=90), TODAY + timedelta(days=1))
SINCE = TODAY - timedelta(days=40)
OF_TITLES = Filters.of({"not-context": ("title",)})


def by(kind: PartKind) -> DailyBy | None:
    return None if kind == "total" else kind


def costs_of(found: DailyCosts) -> dict[tuple[str | None, str], list[float]]:
    return {
        (subject.key, subject.label): [round(cost, 9) for cost in costs]
        for subject, costs in zip(found.subjects, found.costs_usd.tolist(), strict=True)
    }


@pytest.mark.parametrize("filters", [EVERYTHING, OF_TITLES, Filters(scope=Scope(("nobody.example",), ()))])
def test_all_kinds_at_once_are_as_each_alone(repository: StoreRepository, filters: Filters) -> None:
    large = repository.large_daily_costs(DAYS, SINCE, 0.02, filters)
    assert tuple(large) == PART_KINDS
    for kind in PART_KINDS:
        alone = repository.daily_costs(DAYS, by(kind), filters)
        is_large = alone.costs_usd[:, (SINCE - DAYS.first).days :].max(axis=1, initial=0) > 0.02
        expected = {
            (key, label if kind != "total" else "(none)"): costs
            for ((key, label), costs), large_enough in zip(costs_of(alone).items(), is_large, strict=True)
            if large_enough and (kind == "total" or key not in (None, UNKNOWN))
        }
        assert costs_of(large[kind]) == expected


def test_what_is_inside_a_subject_is_as_with_its_filter(repository: StoreRepository) -> None:
    part = Days(DAYS.zone, SINCE, TODAY - timedelta(days=3))
    wanted = [Inside("total", None, part)]
    for kind in ("user", "model", "agent", "provider"):
        subjects = repository.daily_costs(DAYS, kind).subjects
        keys = [one.key for one in subjects if one.key not in (None, UNKNOWN)]
        wanted += [Inside(kind, keys[0], DAYS), Inside(kind, keys[1], part)]
    found = repository.daily_costs_inside(tuple(wanted), OF_TITLES)
    for one, costs in zip(wanted, found, strict=True):
        parts: DailyBy = "model" if one.kind in ("user", "provider") else "user"
        filters = OF_TITLES if one.subject is None else OF_TITLES.replacing(one.kind, one.subject)
        assert costs.days == one.days
        assert costs_of(costs) == costs_of(repository.daily_costs(one.days, parts, filters))
        assert np.all(costs.costs_usd >= 0)


def test_nothing_is_inside_nothing(repository: StoreRepository) -> None:
    assert repository.daily_costs_inside(()) == ()
    (unknown,) = repository.daily_costs_inside((Inside("user", "nobody", DAYS),))
    assert (unknown.subjects, unknown.costs_usd.shape) == ((), (0, len(DAYS)))
