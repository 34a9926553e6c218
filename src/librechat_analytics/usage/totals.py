"""The totals of a period, and how certain they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.answers import CounterRow, Counters, Quality, Summary, Totals
from librechat_analytics.usage.filters import Filters
from librechat_analytics.usage.queries import of_all_time, of_store
from librechat_analytics.usage.rows import answer_row, range_rows, usd

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.interface import Snapshot
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.usage.periods import Period, TimeRange

COUNTED_MODELS = 1000


def summary(snapshot: Snapshot, period: Period, filters: Filters) -> Summary:
    """Add up a period and the range before it, and say how certain the figures are."""
    return Summary(
        _totals(snapshot, period.range, filters),
        None if period.previous is None else _totals(snapshot, period.previous, filters),
        _quality(snapshot, period.range, filters),
    )


def _totals(snapshot: Snapshot, time_range: TimeRange, filters: Filters) -> Totals:
    (row,) = range_rows(snapshot, "totals", time_range, filters)
    return answer_row(Totals, row)


def _quality(snapshot: Snapshot, time_range: TimeRange, filters: Filters) -> Quality:
    (judged,) = range_rows(snapshot, "quality", time_range, filters)
    beside = range_rows(snapshot, "other_rows", time_range, filters, rows="not_usage")
    spent = [row for row in beside if row["code"] == "spent-credits"]
    refused = snapshot.rows(of_store("count_refused")) if filters.scope is None else []
    return answer_row(
        Quality,
        judged,
        other_token_types={
            row["detail"]: row["documents"] for row in beside if row["code"] == "other-token-type"
        },
        rejected_documents=sum(row["refused"] for row in refused),
        spent_credits_rows=sum(row["documents"] for row in spent),
        spent_credits_cost_usd=usd(sum(row["cost_e6"] for row in spent)),
    )


def first_usage(snapshot: Snapshot, scope: Scope | None) -> datetime | None:
    """Return the time of the first usage row; None without any."""
    (row,) = snapshot.rows(of_all_time("first_usage", scope), Filters(scope=scope).parameters())
    first: datetime | None = row["first_usage"]
    return first


def counters(snapshot: Snapshot) -> Counters:
    """Count everything ever by model, token type and context, and what is in no figure."""
    rows = snapshot.rows(of_store("counters"), {"models": COUNTED_MODELS})
    refused = snapshot.rows(of_store("refusals"))
    uncounted = snapshot.rows(of_store("uncounted_credits"))
    return Counters(
        tuple(answer_row(CounterRow, row) for row in rows),
        {row["reason"]: row["documents"] for row in refused},
        {row["context"]: usd(row["cost_e6"]) for row in uncounted},
    )
