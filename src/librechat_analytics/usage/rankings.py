"""Lists of users, models and agents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from librechat_analytics.usage.list_answers import (
    AgentRanking,
    AgentRow,
    ModelCost,
    ModelCostRow,
    ModelRow,
    Part,
    Ranking,
    Row,
    TopRow,
    UserModelRow,
    UserRow,
)
from librechat_analytics.usage.listing import listed
from librechat_analytics.usage.rows import (
    answer_row,
    range_rows,
    rate,
    share_of_all,
    total_tokens,
    usd,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.listing import Listed, Listing
    from librechat_analytics.usage.periods import Period, TimeRange
    from librechat_analytics.usage.questions import Dimension

WITHOUT_AGENT_KEY, AGENT_UNKNOWN_KEY = 0, -1  # the keys of agents begin with 1
NO_PART = Part(0.0, 0, 0, 0, 0, 0, 0.0, None)


def top_users(
    snapshot: Snapshot, period: Period, listing: Listing, filters: Filters, *, now: datetime
) -> Ranking[UserRow]:
    """List users; rows without a readable user are one entry with the id None."""
    found = listed(snapshot, "top_users", period, listing, filters, now=now)
    last_ever = _last_ever(snapshot, period, found, filters, now) if listing.beyond_period else {}
    return _ranking(
        found,
        (
            answer_row(
                UserRow,
                row,
                total_tokens=total_tokens(row),
                share=share_of_all(row),
                last_ever=last_ever.get(row["user_key"]),
                groups=tuple(row["groups"] or ()),
            )
            for row in found.rows
        ),
    )


def _last_ever(
    snapshot: Snapshot, period: Period, found: Listed, filters: Filters, now: datetime
) -> dict[int, datetime]:
    """Return when the users on a list were last active, by their keys."""
    last: dict[int, datetime] = {}
    if period.range.end == now:
        last = {row["user_key"]: row["last_active"] for row in found.rows if row["last_active"] is not None}
    others = [row["user_key"] for row in found.rows if row["user_key"] not in last]
    if others:
        rows = range_rows(snapshot, "last_ever", period.range, filters, {"user_keys": others}, now=now)
        last |= {row["user_key"]: row["last_ever"] for row in rows}
    return last


def top_models(
    snapshot: Snapshot, period: Period, listing: Listing, filters: Filters, *, now: datetime
) -> Ranking[ModelRow]:
    """List the models that really ran."""
    groups = snapshot.extent.last_model_key + 1
    found = listed(snapshot, "top_models", period, listing, filters, now=now, groups=groups)
    return _ranking(
        found,
        (
            answer_row(ModelRow, row, total_tokens=total_tokens(row), share=share_of_all(row))
            for row in found.rows
        ),
    )


def cost_breakdown(
    snapshot: Snapshot, period: Period, listing: Listing, filters: Filters, *, now: datetime
) -> Ranking[ModelCostRow]:
    """List models, their cost split into prompts and completions, with rates."""
    found = listed(snapshot, "cost_breakdown", period, listing, filters, now=now)
    return _ranking(
        found,
        (
            answer_row(
                ModelCostRow,
                row,
                prompt_rate=rate(row["prompt_cost_e6"], row["prompt_tokens"]),
                completion_rate=rate(row["completion_cost_e6"], row["completion_tokens"]),
                rates=tuple(row["rates"]),
                prompt_rates=tuple(row["prompt_rates"]),
                completion_rates=tuple(row["completion_rates"]),
            )
            for row in found.rows
        ),
    )


def top_agents(
    snapshot: Snapshot, period: Period, listing: Listing, filters: Filters, *, now: datetime
) -> AgentRanking:
    """List agents, beside the usage without an agent and the usage whose agent is not known."""
    groups = snapshot.extent.last_agent_key + 2
    found = listed(snapshot, "top_agents", period, listing, filters, now=now, groups=groups)
    by_key = {row["part_key"]: row for row in found.rows}
    without, unknown = by_key.pop(WITHOUT_AGENT_KEY, None), by_key.pop(AGENT_UNKNOWN_KEY, None)
    no_part = replace(NO_PART, previous_cost_usd=0.0 if listing.says_before(period) else None)
    return AgentRanking(
        tuple(_agent_row(row) for row in by_key.values()),
        found.total,
        found.matched,
        found.highest_share,
        part(without, no_part),
        part(unknown, no_part),
    )


def top(
    snapshot: Snapshot, time_range: TimeRange, dimension: Dimension, limit: int, filters: Filters
) -> Ranking[TopRow]:
    """Rank users, models or agents with the few columns of a short list, for a third of the work."""
    rows = range_rows(snapshot, "top", time_range, filters, {"dimension": dimension, "limit": limit})
    total = rows[0]["total"] if rows else 0
    found = tuple(answer_row(TopRow, row, share=share_of_all(row)) for row in rows)
    return Ranking(found, total, total, found[0].share if found else 0.0)


def user_models(snapshot: Snapshot, time_range: TimeRange, filters: Filters) -> tuple[UserModelRow, ...]:
    """Split a range of time by user and model."""
    rows = range_rows(snapshot, "user_models", time_range, filters)
    return tuple(answer_row(UserModelRow, row, total_tokens=total_tokens(row)) for row in rows)


def _ranking(found: Listed, rows: Iterable[Row]) -> Ranking[Row]:
    return Ranking(tuple(rows), found.total, found.matched, found.highest_share)


def _agent_row(row: SqlRow) -> AgentRow:
    costs_e6: dict[str | None, int] = {}
    rows_by_certainty: dict[str, int] = {}
    for model, certainty, cost_e6, rows in row["ways"] or ():  # none for agents of the previous period alone
        costs_e6[model] = costs_e6.get(model, 0) + cost_e6
        rows_by_certainty[certainty] = rows_by_certainty.get(certainty, 0) + rows
    models = sorted(costs_e6.items(), key=lambda item: (-item[1], item[0] is None, item[0] or ""))
    count = sum(rows_by_certainty.values())
    return answer_row(
        AgentRow,
        row,
        total_tokens=total_tokens(row),
        share=share_of_all(row),
        models=tuple(ModelCost(model, usd(cost_e6)) for model, cost_e6 in models),
        # Rows of which a cost centre pays only a smaller part count elsewhere, so there may be none.
        attribution={
            certainty: rows / count for certainty, rows in sorted(rows_by_certainty.items()) if rows
        },
    )


def part(row: SqlRow | None, absent: Part) -> Part:
    """Return the usage that is no entry of a list; ``absent`` where there is none."""
    return absent if row is None else answer_row(Part, row, share=share_of_all(row))
