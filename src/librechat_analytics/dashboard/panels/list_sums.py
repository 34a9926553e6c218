"""The lines below the rows of a list: usage that is no row, the rows on other pages, and the total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from librechat_analytics.dashboard.html.cells import empty_cell, name_cell, trend_cell
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.list_columns import cell, compared_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.list_columns import ListColumn
    from librechat_analytics.usage.answers import Summary
    from librechat_analytics.usage.cost_center_list import Unassigned
    from librechat_analytics.usage.list_answers import Part

    Sums = Mapping[str, float | None]

Row = TypeVar("Row")

FIELDS = (
    "cost_usd",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "calls",
)
"""The fields that the rows of a list add up to a total in, unlike users or conversations."""


@dataclass(frozen=True, slots=True)
class RestLine:
    """A line below the rows for usage that belongs to none of them, so that all lines add up to the total."""

    label: str
    detail: str
    href: str
    part: Part | Unassigned


def sums_of_part(part: Part | Unassigned) -> Sums:
    """Give the figures of usage that is no row."""
    names = (*FIELDS, "users", "conversations", "share", "previous_cost_usd")
    return {name: getattr(part, name, None) for name in names}


def sums_of_whole(summary: Summary) -> Sums:
    """Give the figures of the whole period."""
    totals, before = summary.totals, summary.previous
    return {
        **{name: getattr(totals, name) for name in FIELDS},
        "users": totals.active_users,
        "conversations": totals.conversations,
        "previous_cost_usd": before.cost_usd if before else None,
    }


def sums_of_others(whole: Sums, rows: Sequence[object], rest: Sequence[Part | Unassigned]) -> Sums:
    """Give what is left of the whole without some rows and parts, in the fields that add up."""
    lines = [*rows, *rest]
    left: dict[str, float | None] = {}
    for name in (*FIELDS, "previous_cost_usd"):
        amount, parts = whole.get(name), [getattr(line, name, None) or 0 for line in lines]
        # Rounded, because the difference of doubles has digits that none of them has.
        left[name] = None if amount is None else round(amount - sum(parts), 12)
    cost, other = whole.get("cost_usd"), left["cost_usd"]
    left["share"] = other / cost if cost and other is not None else 0.0
    return left


def sum_line(
    columns: Sequence[ListColumn[Row]],
    sums: Sums,
    label: str,
    detail: str = "",
    *,
    href: str | None = None,
    kind: str,
    highest_share: float = 0.0,
    now: datetime,
) -> Markup:
    """Write a line of sums; a cell is empty where there is no such sum."""
    cells = (_cell(column, sums, highest_share, now) for column in columns[1:])
    return element("tr", name_cell(label, detail, href=href), *cells, class_name=kind)


def _cell(column: ListColumn[Row], sums: Sums, highest_share: float, now: datetime) -> Markup:
    field = column.declared.field
    if column.is_trend:
        return trend_cell()
    if field == "change_usd":
        return compared_cell(sums.get("cost_usd") or 0.0, sums.get("previous_cost_usd"))
    if field == "previous_cost_usd":
        return cell(column.declared, sums.get(field), greatest_share=highest_share, now=now)
    value = sums.get(field)
    if value is None:
        return empty_cell()
    return cell(column.declared, value, greatest_share=highest_share, now=now)
