"""What the store derives from its rows, computed once more in Python."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]

ALIKE = (
    "slot",
    "user_key",
    "conversation_key",
    "model_key",
    "ran_key",
    "context_key",
    "agent_key",
    "certainty",
    "provider_key",
    "tenant_key",
    "sentinel",
    "positive_value",
    "default_rate",
    "agent_model",
)


def rows_of(cursor: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    cursor.execute(query)
    names = [name for name, *_ in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def assert_derived_is_right(cursor: duckdb.DuckDBPyConnection) -> None:
    """Compare cells, models that ran and marks of pairs with what the rows say."""
    usage = rows_of(cursor, "FROM usage ORDER BY id_head, id_tail")
    ((summed_until,),) = cursor.execute("SELECT summed_until FROM sync_state").fetchall()
    summed = [row for row in usage if summed_until is not None and row["slot"] < summed_until]
    held = Counter(tuple(cell.items()) for cell in rows_of(cursor, "FROM cells"))
    assert held == Counter(tuple(cell.items()) for cell in cells_of(summed))
    rows = rows_of(cursor, "FROM transactions ORDER BY id_head, id_tail")
    assert [row["ran_key"] for row in rows] == keys_that_ran(cursor, rows)
    assert all(row["paired"] for row in rows_recorded_twice(usage)), "a pair is not marked"


def cells_of(rows: list[Row]) -> list[Row]:
    """The cells of these rows, each with its columns in the order of the table."""
    plain_rates = defaultdict(set)
    for row in rows:
        if row["usage_type"] == "completion" or not row["structured"]:
            plain_rates[_model_in_slot(row), row["usage_type"]].add(_plain_rate(row))
    groups = defaultdict(list)
    for row in rows:
        rates = [plain_rates[_model_in_slot(row), usage_type] for usage_type in ("prompt", "completion")]
        is_split = any(len(several) > 1 for several in rates)
        split = (row["usage_type"], _plain_rate(row)) if is_split and _plain_rate(row) is not None else None
        is_apart = row["usage_type"] == "completion" and row["structured"]
        groups[*(row[name] for name in ALIKE), row["tokens"] <= 0, split, is_apart].append(row)
    return [_cell(dict(zip((*ALIKE, "blank"), key, strict=False)), group) for key, group in groups.items()]


def _model_in_slot(row: Row) -> tuple[Any, ...]:
    return row["slot"], row["conversation_key"], row["model_key"]


def _plain_rate(row: Row) -> float | None:
    has_rate = not row["structured"] and row["rate"] is not None and math.isfinite(row["rate"])
    return row["rate"] if has_rate else None


def _cell(alike: Row, rows: list[Row]) -> Row:
    prompts = [row for row in rows if row["usage_type"] == "prompt"]
    completions = [row for row in rows if row["usage_type"] == "completion"]
    cached = [row for row in prompts if row["structured"]]

    def total(name: str, some: list[Row]) -> int:
        return sum(row[name] for row in some)

    def only_rate(some: list[Row]) -> float | None:
        (rate,) = {_plain_rate(row) for row in some} or {None}
        return rate

    into_slot = [
        row["created_at"].replace(minute=row["created_at"].minute // 15 * 15, second=0, microsecond=0)
        for row in rows
    ]
    milliseconds = [
        (row["created_at"] - start) // timedelta(milliseconds=1)
        for row, start in zip(rows, into_slot, strict=True)
    ]
    return alike | {
        "prompt_rate": only_rate([row for row in prompts if not row["structured"]]),
        "completion_rate": only_rate(completions),
        "documents": len(rows),
        "calls": len(prompts),
        "cached_calls": len(cached),
        "cost_e6": total("cost_e6", rows),
        "prompt_cost_e6": total("cost_e6", prompts),
        "cached_cost_e6": total("cost_e6", cached),
        "prompt_tokens": total("tokens", prompts),
        "completion_tokens": total("tokens", completions),
        "cached_tokens": total("tokens", cached),
        "cache_read_tokens": total("cache_read_tokens", rows),
        "cache_write_tokens": total("cache_write_tokens", rows),
        "first_ms": min(milliseconds),
        "last_ms": max(milliseconds),
    }


def keys_that_ran(cursor: duckdb.DuckDBPyConnection, rows: list[Row]) -> list[Any]:
    """The model that ran for each row: the agent's, if an agent's id was recorded as the model."""
    models = {model["key"]: model for model in rows_of(cursor, "FROM models")}
    key_of = {model["id"]: model["key"] for model in models.values()}
    agents = rows_of(cursor, "FROM agents")
    versions = rows_of(cursor, "FROM agent_versions")
    tenants = {tenant["key"]: tenant["id"] for tenant in rows_of(cursor, "FROM tenants")}

    def agent_of(row: Row, agent_id: str) -> Row | None:
        same = [agent for agent in agents if agent["id"] == agent_id]
        tenant = tenants.get(row["tenant_key"])
        present = [agent for agent in same if agent["labelled"] and agent["deleted_at"] is None]
        found = [agent for agent in same if agent["key"] == row["agent_key"]]
        own = [agent for agent in same if agent["tenant"] == tenant]
        if tenant is None:
            others = present if len(present) == 1 else []
        else:
            others = [agent for agent in present if agent["tenant"] is None]
        return next(iter([*found, *own, *others]), None)

    def ran(row: Row) -> Any:
        if not row["agent_model"]:
            return row["model_key"]
        agent_id = models[row["model_key"]]["agent"]
        agent = agent_of(row, agent_id)
        then = [
            version["model_key"]
            for version in versions
            if agent
            and version["agent_key"] == agent["key"]
            and version["since"] <= row["created_at"] < version["until"]
        ]
        known = [*then, agent and agent["model_key"], key_of[agent_id]]
        return next(key for key in known if key is not None)

    return [ran(row) for row in rows]


def rows_recorded_twice(usage: list[Row]) -> list[Row]:
    """The rows that take part in a pair, as ``recorded_twice.sql`` finds them."""
    named = [row for row in usage if row["conversation_key"] is not None and row["model_key"] is not None]

    def call(row: Row) -> tuple[Any, ...]:
        return row["conversation_key"], row["model_key"], _nearest_second(row)

    cached = {
        (call(row), row["tokens"] - row["cache_read_tokens"] - row["cache_write_tokens"])
        for row in named
        if row["structured"]
    }
    plain = [
        row
        for row in named
        if row["usage_type"] == "prompt"
        and not row["structured"]
        and row["tokens"] > 0
        and (call(row), row["tokens"]) in cached
    ]
    calls = {call(row) for row in plain}
    return [row for row in named if call(row) in calls and (row["structured"] or row["tokens"] > 0)]


def _nearest_second(row: Row) -> Any:
    return round(row["created_at"].timestamp())
