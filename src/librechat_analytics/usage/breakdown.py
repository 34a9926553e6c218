"""What groups, e-mail domains, roles, providers, contexts and tenants cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from librechat_analytics.usage.list_answers import Breakdown, BreakdownRow, InSeveral
from librechat_analytics.usage.listed_subjects import known_subjects
from librechat_analytics.usage.listing import listed
from librechat_analytics.usage.rankings import NO_PART, part
from librechat_analytics.usage.rows import answer_row, range_rows, share_of_all, total_tokens

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.interface import Snapshot
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.listing import Listing
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import Attribute


def breakdown(
    snapshot: Snapshot, period: Period, by: Attribute, listing: Listing, filters: Filters, *, now: datetime
) -> Breakdown:
    """List the parts of a period's usage by an attribute, beside the usage without it."""
    found = listed(snapshot, "breakdown", period, listing, filters, now=now, more_sources=known_subjects(by))
    absent = replace(NO_PART, previous_cost_usd=0.0 if listing.says_before(period) else None)
    without = next((row for row in found.rows if row["key"] is None), None)
    return Breakdown(
        tuple(
            answer_row(BreakdownRow, row, total_tokens=total_tokens(row), share=share_of_all(row))
            for row in found.rows
            if row["key"] is not None
        ),
        found.total,
        found.matched,
        found.highest_share,
        part(without, absent),
        _in_several(snapshot, period, filters) if by == "group" else None,
    )


def _in_several(snapshot: Snapshot, period: Period, filters: Filters) -> InSeveral:
    (row,) = range_rows(snapshot, "in_several_groups", period.range, filters)
    return answer_row(InSeveral, row)
