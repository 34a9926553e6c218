"""The body of the answer about cost centres."""

from __future__ import annotations

from pydantic import Field

from librechat_analytics.exports import columns
from librechat_analytics.web.answer_bodies import Limited
from librechat_analytics.web.body import Body, Count, RowBody, Share


class CostCenter(RowBody, of=columns.COST_CENTERS):
    """What one cost centre pays for; of usage that is split, its part."""

    name: str
    """The value of the filter that shows only this cost centre."""
    parent: str | None
    """A label for grouping, from the definitions file."""
    share: Share
    """Part of the period's cost."""
    assumed_cost_usd: float
    """What is assigned by groups, domains and roles that were there at the first reading, and before it are \
only assumed."""
    previous_cost_usd: float | None
    """What it cost in the previous period, 0 for what is new; null where there is no previous period."""


class KeptApart(Body):
    """The users in several groups whose usage the definitions keep apart; 0 where they do not."""

    users: Count
    cost_usd: float


class Unassigned(Body):
    """The usage that no cost centre pays for."""

    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: Count
    users: Count
    conversations: Count
    share: Share
    """Part of the period's cost."""
    assumed_cost_usd: float
    previous_cost_usd: float | None
    """What it cost in the previous period; null where there is no previous period."""
    in_several: KeptApart


class CostCentersAnswer(Limited):
    """The cost centres with usage; all of them and `unassigned` add up to the summary.

    Of a row that is split, calls, users and conversations count for the greatest share alone.
    """

    cost_centers: tuple[CostCenter, ...] = Field(validation_alias="rows")
    unassigned: Unassigned
