"""The findings of a period: why some of its figures are less certain, and which rows are concerned."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
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
from librechat_analytics.usage.rate_findings import rate_findings
from librechat_analytics.usage.rows import answer_row, range_rows, rows_after, total_tokens, usd
from librechat_analytics.usage.wall_clock import EPOCH

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import TimeRange

NAMES_MODELS = ("default-rate", "agent-as-model", "sentinel-rate", "positive-value")
"""The findings whose details are models as recorded."""


def quality_report(
    snapshot: Snapshot, time_range: TimeRange, filters: Filters, *, now: datetime
) -> QualityReport:
    """Collect the findings of a range of time, and all refused rows.

    Refused rows belong to no known user, so a key with a scope does not see them.
    """
    groups = range_rows(snapshot, "findings", time_range, filters)
    rows = _of_groups(groups)
    rows += rate_findings(snapshot, time_range, filters, groups)
    rows += range_rows(snapshot, "other_rows", time_range, filters, rows="plain_other_rows")
    (odd,) = snapshot.rows(
        of_store("odd_rows"), {"start": time_range.start, "end": time_range.end, "now": now}
    )
    if odd["any_paired"]:
        rows += range_rows(snapshot, "recorded_twice", time_range, filters)
    if odd["any_later"]:
        rows += rows_after(snapshot, "future_usage", now, filters)
    refused = snapshot.rows(of_store("refusals")) if filters.scope is None else []
    rows.sort(key=lambda row: (-row["cost_e6"], row["detail"] or ""))
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


def _of_groups(groups: list[SqlRow]) -> list[SqlRow]:
    """Add up the groups of usage that have the same finding and detail."""
    together: dict[tuple[str, str | None, str | None], list[SqlRow]] = defaultdict(list)
    for row in groups:
        for code in _codes(row):
            detail = row["model"] if code in NAMES_MODELS else None
            # The recorded model of parallel agents has a suffix that their page does not know.
            subject = {"default-rate": row["model"], "agent-as-model": row["agent"]}.get(code)
            together[code, detail, subject].append(row)
    return [
        {
            "code": code,
            "detail": detail,
            "subject": subject,
            "documents": sum(row["documents"] for row in rows),
            "tokens": sum(map(total_tokens, rows)),
            "cost_e6": sum(row["cost_e6"] for row in rows),
            "first": _instant(min(row["first_at"] for row in rows)),
            "last": _instant(max(row["last_at"] for row in rows)),
        }
        for (code, detail, subject), rows in together.items()
    ]


def _codes(row: SqlRow) -> list[str]:
    """Return the findings of a group of usage that concern each of its rows."""
    found = {
        "default-rate": row["unpriced"],
        "agent-as-model": row["agent_model"],
        "no-model": row["model_key"] is None,
        "incomplete": row["incomplete"],
        "sentinel-rate": row["sentinel"],
        "positive-value": row["positive_value"] and not row["sentinel"],
        "no-user": row["no_user"],
        "unknown-agent": row["certainty"] == "unknown",
        "likely-agent": row["certainty"] in ("nearest", "weak"),
    }
    return [code for code, is_found in found.items() if is_found]


def _instant(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


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
