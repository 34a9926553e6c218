"""From rows of SQL to rows of answers: the only place where money leaves the integers.

Queries give money as whole millionths of a LibreChat credit, in columns that end in ``_e6``; answers give US
dollars, in fields that end in ``_usd``.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from librechat_analytics.store.interface import NO_FRAMES, NO_PARAMETERS
from librechat_analytics.store.pruning import PARAMETER
from librechat_analytics.usage.filters import Filters
from librechat_analytics.usage.queries import of_all_time, of_period
from librechat_analytics.usage.queries.dialect import dialect_of
from librechat_analytics.usage.wall_clock import EPOCH, SLOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import Field
    from datetime import datetime
    from typing import Any, ClassVar

    import pandas as pd

    from librechat_analytics.store.interface import Snapshot, SqlColumns, SqlRow
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.usage.periods import TimeRange
    from librechat_analytics.usage.queries import Rows


class Dataclass(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=Dataclass)

MOST_BYTES_OF_BITS = 32_000_000
"""Bits take memory beside the store's memory limit, for each of its threads."""

E6_PER_USD = 10**12
"""Millionths of a credit in a US dollar."""


def usd(credits_e6: int) -> float:
    """Convert millionths of a LibreChat credit to US dollars, rounded once, to the nearest double."""
    return credits_e6 / E6_PER_USD


def answer_row(kind: type[T], row: SqlRow, **computed: object) -> T:
    """Build a row of an answer from the columns of the same names, and from what is computed from them.

    A field that ends in ``_usd`` is read from the column that ends in ``_e6``. Raises TypeError where the row
    lacks a column.
    """
    for field, column_e6 in _columns(kind):
        if field in computed:
            continue
        try:
            value = row[column_e6 or field]
        except KeyError as error:
            raise TypeError(
                f"{kind.__name__}.{field} is not computed, and the query selects no column {error}: it has"
                f" {', '.join(row)}"
            ) from error
        computed[field] = value if column_e6 is None or value is None else usd(value)
    build: Callable[..., T] = kind
    return build(**computed)


@cache
def _columns(kind: type[Dataclass]) -> tuple[tuple[str, str | None], ...]:
    names = (field.name for field in fields(kind))
    return tuple(
        (name, f"{name.removesuffix('_usd')}_e6" if name.endswith("_usd") else None) for name in names
    )


def total_tokens(row: SqlRow) -> int:
    """Add up the prompt and completion tokens of a row."""
    total: int = row["prompt_tokens"] + row["completion_tokens"]
    return total


def share_of_all(row: SqlRow) -> float:
    """Return a row's share of the whole cost, from 0 to 1."""
    return share(row["cost_e6"], row["all_cost_e6"])


def share(cost_e6: int, whole_e6: int) -> float:
    """Return the part that a cost is of the whole, 0 where the whole is nothing."""
    return cost_e6 / whole_e6 if whole_e6 else 0.0


def rate(cost_e6: int, tokens: int) -> float | None:
    """Return dollars for a million tokens; None without tokens."""
    return cost_e6 / (tokens * 10**6) if tokens else None


def range_rows(
    snapshot: Snapshot,
    name: str,
    time_range: TimeRange,
    filters: Filters,
    parameters: Mapping[str, object] = NO_PARAMETERS,
    *,
    rows: Rows = "plain_rows",
    frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    groups: int | None = None,
    before: TimeRange | None = None,
    now: datetime | None = None,
    sources: tuple[tuple[str, str], ...] = (),
    by_center: bool = False,
) -> list[SqlRow]:
    """Run the query of that name about the usage of a range of time that the filters let through.

    ``before`` is the range that a query compares it with; ``now`` is the end of all time for it;
    ``sources`` says what it reads; ``by_center``, whether it tells cost centres apart.
    ``groups`` is for how many groups the query counts distinct users and conversations. If they are few, it
    counts them in bits, which takes a third of the time.
    """
    query, bound = _range_query(
        snapshot, name, time_range, filters, rows, groups, before, now, sources, by_center
    )
    return snapshot.rows(query, {**bound, **parameters}, frames)


def range_columns(
    snapshot: Snapshot,
    name: str,
    time_range: TimeRange,
    filters: Filters,
    parameters: Mapping[str, object] = NO_PARAMETERS,
    *,
    frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    sources: tuple[tuple[str, str], ...] = (),
) -> SqlColumns:
    """Run a query as ``range_rows`` does, and return its columns."""
    query, bound = _range_query(snapshot, name, time_range, filters, sources=sources)
    return snapshot.columns(query, {**bound, **parameters}, frames)


def _range_query(
    snapshot: Snapshot,
    name: str,
    time_range: TimeRange,
    filters: Filters,
    rows: Rows = "plain_rows",
    groups: int | None = None,
    before: TimeRange | None = None,
    now: datetime | None = None,
    sources: tuple[tuple[str, str], ...] = (),
    by_center: bool = False,
) -> tuple[str, dict[str, object]]:
    """Return the text of a query about a range, and all its parameters but its own."""
    bounds = {"start": time_range.start, "end": time_range.end, **_slots_in_cells(snapshot, time_range)}
    in_bits = groups is not None and groups * _bytes_a_group(snapshot) <= MOST_BYTES_OF_BITS
    greatest = _greatest_keys(snapshot) if in_bits else {}
    query = of_period(
        name,
        filters,
        rows=rows,
        in_bits=in_bits,
        sources=sources,
        by_center=by_center,
        dialect=dialect_of(snapshot),
    )
    more = {**_bounds_before(snapshot, before), **_bounds_of_all_time(snapshot, now)}
    return query, _named(query, {**bounds, **more, **filters.parameters(), **greatest})


def _bounds_before(snapshot: Snapshot, before: TimeRange | None) -> dict[str, object]:
    if before is None:
        return {}
    bounds = {"start": before.start, "end": before.end, **_slots_in_cells(snapshot, before)}
    return {f"before_{name}": value for name, value in bounds.items()}


def _bounds_of_all_time(snapshot: Snapshot, now: datetime | None) -> dict[str, object]:
    if now is None:
        return {}
    return {"now": now, "now_slot": min((now - EPOCH) // SLOT, snapshot.extent.summed_until)}


def _greatest_keys(snapshot: Snapshot) -> dict[str, object]:
    extent = snapshot.extent
    return {
        "last_user_key": extent.last_user_key,
        "last_conversation_key": extent.last_conversation_key,
    }


def _bytes_a_group(snapshot: Snapshot) -> int:
    return (snapshot.extent.last_user_key + snapshot.extent.last_conversation_key) // 8


def _slots_in_cells(snapshot: Snapshot, time_range: TimeRange) -> dict[str, object]:
    """Return which whole slots of a range the store has summed up: the first, and the one after the last."""
    first = -((EPOCH - time_range.start) // SLOT)
    end = min((time_range.end - EPOCH) // SLOT, snapshot.extent.summed_until)
    return {"first_slot": first, "end_slot": max(first, end)}


def rows_after(snapshot: Snapshot, name: str, now: datetime, filters: Filters) -> list[SqlRow]:
    """Run the query of that name about the rows that are dated after ``now``."""
    query = of_period(name, filters, within="after_now", dialect=dialect_of(snapshot))
    bounds = {"now": now, "first_slot": 0, "end_slot": 0}
    return snapshot.rows(query, _named(query, {**bounds, **filters.parameters()}))


def all_time_rows(
    snapshot: Snapshot,
    name: str,
    scope: Scope | None,
    parameters: Mapping[str, object] = NO_PARAMETERS,
) -> list[SqlRow]:
    """Run the query of that name about everything that a scope may see."""
    bounds = {"end_slot": snapshot.extent.summed_until}
    query = of_all_time(name, scope, dialect=dialect_of(snapshot))
    return snapshot.rows(query, _named(query, {**bounds, **Filters(scope=scope).parameters(), **parameters}))


def _named(query: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that a query names, for it takes no others."""
    names = {*PARAMETER.findall(query)}
    return {name: value for name, value in parameters.items() if name in names}
