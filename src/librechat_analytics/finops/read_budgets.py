"""Reads budgets from the definitions file."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, get_args

from librechat_analytics.finops.definitions import Amount, Budget, BudgetUnit, Carry, Each
from librechat_analytics.finops.toml_table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

E6_PER_DOLLAR = 10**12
MOST_DOLLARS = Decimal(1_000_000_000)
LEAST_DOLLARS = Decimal("0.000001")


def read_budget(table: Table, receivers: Sequence[str]) -> Budget:
    """Read a table ``budget``; ``receivers`` are the names that ``to`` can have. Raises RefusalError."""
    table.only("name", "where", "each", "period", "amount", "thresholds", "forecast", "carry", "to")
    return Budget(
        name=table.name(),
        where=table.filters("where"),
        period=table.choice("period", get_args(BudgetUnit)),
        amounts=_amounts(table),
        each=table.choice("each", get_args(Each)) if "each" in table.values else None,
        thresholds=table.per_cents("thresholds"),
        forecast=table.per_cents("forecast"),
        carry=table.choice("carry", get_args(Carry), "none"),
        to=table.receivers("to", receivers),
    )


def _amounts(table: Table) -> tuple[Amount, ...]:
    table.required("amount")
    written = table.values["amount"]
    if not isinstance(written, list) or not written or not all(isinstance(each, dict) for each in written):
        raise table.refusal("amount", 'amount must be a list such as [ { from = "2026-01", usd = 2000 } ].')
    amounts = [
        _amount(Table(each, (*table.path, "amount", number), table.lines, f"{table.what}, amount"))
        for number, each in enumerate(written)
    ]
    if any(after.since <= before.since for before, after in pairwise(amounts)):
        raise table.refusal("amount", "the amounts must be in the order of from, each later than the last.")
    return tuple(amounts)


def _amount(table: Table) -> Amount:
    table.only("from", "usd")
    table.required("usd")
    dollars = table.number("usd", LEAST_DOLLARS, MOST_DOLLARS)
    if dollars is None:
        raise table.refusal("usd", "usd must be more than 0 and at most 1,000,000,000 dollars.")
    return Amount(table.day("from"), int(dollars * E6_PER_DOLLAR))
