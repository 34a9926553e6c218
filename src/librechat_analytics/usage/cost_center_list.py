"""What each cost centre pays for, and what none does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from librechat_analytics.usage.list_answers import InSeveral, WithChange, WithCostPerUser
from librechat_analytics.usage.listing import listed
from librechat_analytics.usage.rows import answer_row, share_of_all, total_tokens, usd

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.interface import Snapshot
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.listing import Listing
    from librechat_analytics.usage.periods import Period

NOBODY = InSeveral(0, 0.0)


@dataclass(frozen=True, slots=True)
class CostCenterRow(WithChange, WithCostPerUser):
    """What one cost centre pays for.

    Of usage that is split, calls, users and conversations count for the greatest share alone.
    ``assumed_cost_usd``: what is assigned by groups, domains and roles that are only taken to have held.
    """

    name: str
    parent: str | None
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: int
    users: int
    conversations: int
    share: float
    assumed_cost_usd: float
    previous_cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Unassigned(WithChange, WithCostPerUser):
    """The usage that no cost centre pays for.

    ``in_several``: the part of users in several groups, where the rules keep these apart; else nothing.
    """

    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: int
    users: int
    conversations: int
    share: float
    assumed_cost_usd: float
    previous_cost_usd: float | None
    in_several: InSeveral


@dataclass(frozen=True, slots=True)
class CostCenters:
    """Some cost centres, see ``Ranking``; all of them and ``unassigned`` add up to the whole."""

    rows: tuple[CostCenterRow, ...]
    total: int
    matched: int
    highest_share: float
    unassigned: Unassigned


NOTHING_UNASSIGNED = Unassigned(0.0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, None, NOBODY)
NO_COST_CENTERS = CostCenters((), 0, 0, 0.0, NOTHING_UNASSIGNED)


def cost_centers(
    snapshot: Snapshot, period: Period, listing: Listing, filters: Filters, *, now: datetime
) -> CostCenters:
    """List the cost centres with usage, beside the usage that none of them pays for."""
    found = listed(snapshot, "cost_centers", period, listing, filters, now=now)
    none = next((row for row in found.rows if row["center"] is None), None)
    return CostCenters(
        tuple(
            answer_row(
                CostCenterRow,
                row,
                name=row["center"],
                total_tokens=total_tokens(row),
                share=share_of_all(row),
            )
            for row in found.rows
            if row["center"] is not None
        ),
        found.total,
        found.matched,
        found.highest_share,
        replace(NOTHING_UNASSIGNED, previous_cost_usd=0.0 if listing.says_before(period) else None)
        if none is None
        else answer_row(
            Unassigned,
            none,
            total_tokens=total_tokens(none),
            share=share_of_all(none),
            in_several=InSeveral(none["several_users"], usd(none["several_cost_e6"])),
        ),
    )
