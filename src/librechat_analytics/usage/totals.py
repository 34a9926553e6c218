"""The totals of a period, and how certain they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.answers import CounterRow, Counters, Quality, Summary, Totals
from librechat_analytics.usage.queries import of_store
from librechat_analytics.usage.rows import all_time_rows, answer_row, range_rows, usd

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters, Scope
    from librechat_analytics.usage.periods import Period, TimeRange

COUNTED_MODELS = 1000


def summary(snapshot: Snapshot, period: Period, filters: Filters) -> Summary:
    """Add up a period and the previous one, and say how certain the figures are."""
    (row,) = range_rows(snapshot, "totals", period.range, filters, groups=1)
    before = (
        [] if period.previous is None else range_rows(snapshot, "totals", period.previous, filters, groups=1)
    )
    return Summary(
        answer_row(Totals, row),
        answer_row(Totals, before[0]) if before else None,
        _quality(snapshot, row, period.range, filters),
    )


def _quality(snapshot: Snapshot, totals: SqlRow, time_range: TimeRange, filters: Filters) -> Quality:
    beside = range_rows(snapshot, "other_rows", time_range, filters, rows="plain_other_rows")
    spent = [row for row in beside if row["code"] == "spent-credits"]
    refused = snapshot.rows(of_store("count_refused")) if filters.scope is None else []
    return answer_row(
        Quality,
        totals,
        other_token_types={
            row["detail"]: row["documents"] for row in beside if row["code"] == "other-token-type"
        },
        rejected_documents=sum(row["refused"] for row in refused),
        spent_credits_rows=sum(row["documents"] for row in spent),
        spent_credits_cost_usd=usd(sum(row["cost_e6"] for row in spent)),
    )


def first_usage(snapshot: Snapshot, scope: Scope | None) -> datetime | None:
    """Return the time of the first usage row; None without any."""
    (row,) = all_time_rows(snapshot, "first_usage", scope)
    first: datetime | None = row["first_usage"]
    return first


def counters(snapshot: Snapshot) -> Counters:
    """Count everything ever by model, token type and context, and what is in no figure."""
    rows = all_time_rows(snapshot, "counters", None, {"models": COUNTED_MODELS})
    refused = snapshot.rows(of_store("refusals"))
    uncounted = snapshot.rows(of_store("uncounted_credits"))
    return Counters(
        tuple(answer_row(CounterRow, row) for row in rows),
        {row["reason"]: row["documents"] for row in refused},
        {row["context"]: usd(row["cost_e6"]) for row in uncounted},
    )
