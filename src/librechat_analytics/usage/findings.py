"""The findings of a period: why some of its figures are less certain, and which rows are concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.quality import (
    KINDS,
    UNCERTAIN_COST,
    Detail,
    Finding,
    QualityReport,
    Refusals,
    UnpricedModel,
)
from librechat_analytics.usage.queries import of_store
from librechat_analytics.usage.rows import answer_row, range_rows, rows_after, usd

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import TimeRange

QUERIES = ("findings", "recorded_twice", "family_rate")


def quality_report(
    snapshot: Snapshot, time_range: TimeRange, filters: Filters, *, now: datetime
) -> QualityReport:
    """Collect the findings of a range of time, and all refused rows.

    Refused rows belong to no known user, so a key with a scope does not see them.
    """
    rows = [row for name in QUERIES for row in range_rows(snapshot, name, time_range, filters)]
    rows += map(_with_rates, range_rows(snapshot, "several_rates", time_range, filters))
    rows += range_rows(snapshot, "other_rows", time_range, filters, rows="plain_other_rows")
    rows += rows_after(snapshot, "future_usage", now, filters)
    refused = snapshot.rows(of_store("refusals")) if filters.scope is None else []
    by_code = {code: [row for row in rows if row["code"] == code] for code in KINDS}
    return QualityReport(
        findings=tuple(_finding(code, found) for code, found in by_code.items() if found),
        refusals=tuple(
            answer_row(Refusals, row, ids=tuple(identity for _, identity in row["noticed"]))
            for row in refused
        ),
        doubtful_cost_usd=usd(sum(row["cost_e6"] for row in rows if row["code"] in UNCERTAIN_COST)),
    )


def unpriced_models(snapshot: Snapshot, time_range: TimeRange) -> tuple[UnpricedModel, ...]:
    """List the models of a range of time that LibreChat had no price for."""
    rows = range_rows(snapshot, "unpriced_models", time_range, EVERYTHING)
    return tuple(answer_row(UnpricedModel, row) for row in rows)


def _with_rates(row: SqlRow) -> SqlRow:
    rates = ", ".join(f"${rate}" for rate in row["rates"])
    return row | {"detail": f"{row['detail']} ({rates})"}


def _finding(code: str, rows: list[SqlRow]) -> Finding:
    return Finding(
        code=code,
        documents=sum(row["documents"] for row in rows),
        tokens=sum(row["tokens"] for row in rows),
        cost_usd=usd(sum(row["cost_e6"] for row in rows)),
        first=min(row["first"] for row in rows),
        last=max(row["last"] for row in rows),
        details=tuple(
            answer_row(Detail, row, name=row["detail"]) for row in rows if row["detail"] is not None
        ),
    )
