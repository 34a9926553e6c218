"""The cost column of a table once more, in the currency of the definitions file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from librechat_analytics.exports.columns import Column, Heading
from librechat_analytics.finops.currency import rate_on

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from librechat_analytics.exports.columns import Cell
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.finops.currency import Converted
    from librechat_analytics.finops.definitions import Currency

COST = "cost_usd"
START = "start"


def with_currency(sheet: Sheet, currency: Currency | None, whole: Converted | None) -> Sheet:
    """Add a column ``Cost (EUR)`` after the cost of a table that has one.

    Rows with a time are converted at the rate of their month; others at the average rate of ``whole``, the
    cost of the period. Without that there is no such column.
    """
    fields = [column.field if isinstance(column, Column) else "" for column in sheet.columns]
    if currency is None or whole is None or COST not in fields:
        return sheet
    at = fields.index(COST) + 1
    start = fields.index(START) if START in fields else None
    cell = _of_month(currency, start, at - 1) if start is not None else _of_whole(whole, at - 1)
    heading = Heading(f"Cost ({currency.code})", "currency")
    columns = (*sheet.columns[:at], heading, *sheet.columns[at:])
    rows = tuple((*row[:at], cell(row), *row[at:]) for row in sheet.rows)
    return replace(sheet, columns=columns, rows=rows)


def _of_whole(whole: Converted, cost: int) -> Callable[[Sequence[Cell]], Cell]:
    def cell(row: Sequence[Cell]) -> Cell:
        value = row[cost]
        return whole.of(value) if isinstance(value, int | float) else None

    return cell


def _of_month(currency: Currency, start: int, cost: int) -> Callable[[Sequence[Cell]], Cell]:
    def cell(row: Sequence[Cell]) -> Cell:
        begins, value = row[start], row[cost]
        rate = rate_on(currency, begins.date()) if isinstance(begins, datetime) else None
        return value * float(rate.per_dollar) if rate and isinstance(value, int | float) else None

    return cell
