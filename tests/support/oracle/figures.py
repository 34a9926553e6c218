"""Sums and counts over rows, and the order of lists."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.support.oracle.rows import Row


Body = dict[str, Any]


def grouped(rows: Iterable[Row], key: Callable[[Row], str | None]) -> dict[str | None, list[Row]]:
    groups: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def cost_of(rows: Iterable[Row]) -> Fraction:
    return sum((row.cost for row in rows), Fraction(0))


def tokens(rows: Iterable[Row]) -> int:
    return sum(row.tokens for row in rows)


def calls(rows: Iterable[Row]) -> int:
    return sum(row.is_prompt for row in rows)


def distinct(values: Iterable[str | None]) -> int:
    return len(set(values) - {None})


def share(own: Fraction, total: Fraction) -> Fraction:
    return own / total if total else Fraction(0)


def effective_rate(rows: list[Row]) -> Fraction | None:
    """US dollars per million tokens."""
    return cost_of(rows) * 1_000_000 / tokens(rows) if tokens(rows) else None


def tokens_and_cost(rows: list[Row]) -> Body:
    return {
        "cost": cost_of(rows),
        "promptTokens": tokens(row for row in rows if row.is_prompt),
        "completionTokens": tokens(row for row in rows if not row.is_prompt),
        "totalTokens": tokens(rows),
    }


def figures(rows: list[Row]) -> Body:
    return {
        **tokens_and_cost(rows),
        "cacheReadTokens": sum(row.cache_read for row in rows),
        "cacheWriteTokens": sum(row.cache_write for row in rows),
        "calls": calls(rows),
        "activeUsers": distinct(row.user for row in rows),
        "conversations": distinct(row.conversation for row in rows),
    }


def reach(rows: list[Row], total: Fraction) -> Body:
    return {
        "calls": calls(rows),
        "users": distinct(row.user for row in rows),
        "conversations": distinct(row.conversation for row in rows),
        "share": share(cost_of(rows), total),
    }


def part(rows: list[Row], total: Fraction) -> Body:
    return {**tokens_and_cost(rows), **reach(rows, total)}


def in_order(entries: list[Body]) -> list[Body]:
    """Highest cost first, then by id or model; the one without a name last."""

    def rank(entry: Body) -> tuple[Fraction, bool, str]:
        name = entry["id"] if "id" in entry else entry["model"]
        return -entry["cost"], name is None, name or ""

    return sorted(entries, key=rank)
