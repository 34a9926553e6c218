"""Lists of users, models and agents, highest cost first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.answers import (
    AgentRanking,
    AgentRow,
    ModelCost,
    ModelCostRow,
    ModelRow,
    Part,
    Ranking,
    TopRow,
    UserModelRow,
    UserRow,
)
from librechat_analytics.usage.rows import (
    answer_row,
    range_rows,
    rate,
    share_of_all,
    total_tokens,
    usd,
)

if TYPE_CHECKING:
    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import TimeRange
    from librechat_analytics.usage.questions import Dimension

WITHOUT_AGENT_KEY, AGENT_UNKNOWN_KEY = 0, -1  # the keys of agents begin with 1
NO_PART = Part(0.0, 0, 0, 0, 0, 0, 0.0)


def top_users(snapshot: Snapshot, time_range: TimeRange, limit: int, filters: Filters) -> Ranking[UserRow]:
    """Rank users; rows without a readable user are one entry with the id None."""
    rows = range_rows(snapshot, "top_users", time_range, filters, {"limit": limit})
    return Ranking(
        tuple(
            answer_row(UserRow, row, total_tokens=total_tokens(row), share=share_of_all(row)) for row in rows
        ),
        _total(rows),
    )


def top_models(snapshot: Snapshot, time_range: TimeRange, limit: int, filters: Filters) -> Ranking[ModelRow]:
    """Rank the models that really ran."""
    rows = range_rows(
        snapshot,
        "top_models",
        time_range,
        filters,
        {"limit": limit},
        groups=snapshot.extent.last_model_key + 1,
    )
    return Ranking(
        tuple(
            answer_row(ModelRow, row, total_tokens=total_tokens(row), share=share_of_all(row)) for row in rows
        ),
        _total(rows),
    )


def cost_breakdown(
    snapshot: Snapshot, time_range: TimeRange, limit: int, filters: Filters
) -> Ranking[ModelCostRow]:
    """Rank models, their cost split into prompts and completions, with rates."""
    rows = range_rows(snapshot, "cost_breakdown", time_range, filters, {"limit": limit})
    return Ranking(
        tuple(
            answer_row(
                ModelCostRow,
                row,
                prompt_rate=rate(row["prompt_cost_e6"], row["prompt_tokens"]),
                completion_rate=rate(row["completion_cost_e6"], row["completion_tokens"]),
                rates=tuple(row["rates"]),
            )
            for row in rows
        ),
        _total(rows),
    )


def top_agents(snapshot: Snapshot, time_range: TimeRange, limit: int, filters: Filters) -> AgentRanking:
    """Rank agents, beside the usage without an agent and the usage whose agent is not known."""
    rows = range_rows(
        snapshot,
        "top_agents",
        time_range,
        filters,
        {"limit": limit},
        groups=snapshot.extent.last_agent_key + 2,
    )
    by_key = {row["part_key"]: row for row in rows}
    without, unknown = by_key.pop(WITHOUT_AGENT_KEY, None), by_key.pop(AGENT_UNKNOWN_KEY, None)
    return AgentRanking(
        tuple(_agent_row(row) for row in by_key.values()), _total(rows), _part(without), _part(unknown)
    )


def top(
    snapshot: Snapshot, time_range: TimeRange, dimension: Dimension, limit: int, filters: Filters
) -> Ranking[TopRow]:
    """Rank users, models or agents with the few columns of a short list, for a third of the work."""
    rows = range_rows(snapshot, "top", time_range, filters, {"dimension": dimension, "limit": limit})
    return Ranking(tuple(answer_row(TopRow, row, share=share_of_all(row)) for row in rows), _total(rows))


def user_models(snapshot: Snapshot, time_range: TimeRange, filters: Filters) -> tuple[UserModelRow, ...]:
    """Split a range of time by user and model."""
    rows = range_rows(snapshot, "user_models", time_range, filters)
    return tuple(answer_row(UserModelRow, row, total_tokens=total_tokens(row)) for row in rows)


def _total(rows: list[SqlRow]) -> int:
    return rows[0]["total"] if rows else 0


def _agent_row(row: SqlRow) -> AgentRow:
    costs_e6: dict[str | None, int] = {}
    rows_by_certainty: dict[str, int] = {}
    for model, certainty, cost_e6, rows in row["ways"]:
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
        attribution={certainty: rows / count for certainty, rows in sorted(rows_by_certainty.items())},
    )


def _part(row: SqlRow | None) -> Part:
    return NO_PART if row is None else answer_row(Part, row, share=share_of_all(row))
