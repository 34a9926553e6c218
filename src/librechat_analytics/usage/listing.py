"""Which part of a list a reader wants, in which order, and what it says beyond the period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from librechat_analytics.usage.list_answers import ALL_ENTRIES
from librechat_analytics.usage.matching import folded_words
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.rows import range_rows, share
from librechat_analytics.usage.wall_clock import EPOCH

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import Period

Sort = Literal[
    "cost",
    "tokens",
    "prompt_tokens",
    "completion_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "calls",
    "conversations",
    "users",
    "cost_per_user",
    "prompt_rate",
    "completion_rate",
    "attribution",
    "last_active",
    "last_ever",
    "before",
    "change",
    "name",
    "provider",
]
"""What a list can be ordered by; an order that a list does not have is the order by cost."""

NOTHING = "no_cells"
NO_RANGE = TimeRange(EPOCH, EPOCH)
OF_RANGE_BEFORE: frozenset[Sort] = frozenset({"before", "change"})


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list.

    Attributes:
        limit: How many entries, at least 1.
        offset: How many entries to leave out before the first.
        sort: What the entries are ordered by; equal ones by id or name. ``change`` is the absolute difference
            to the previous period, and that list includes what had cost in the previous period alone.
        descending: Whether the highest comes first; names usually begin with A.
        search: Only entries whose name, e-mail address or id has each of these words.
        beyond_period: Whether the entries say what they cost in the previous period, and when users were last
            active at all. This reads more than the period.
    """

    limit: int
    offset: int = 0
    sort: Sort = "cost"
    descending: bool = True
    search: str = ""
    beyond_period: bool = False

    def says_before(self, period: Period) -> bool:
        """Say whether the entries of a period have their cost in the previous period."""
        return self.beyond_period and period.previous is not None


WHOLE_LIST = Listing(ALL_ENTRIES, beyond_period=True)


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a query about a list, and what the query says about the whole list.

    ``total``: how many entries there are. ``matched``: how many of them a search found, or
    all. ``highest_share``: the share of the entry with the highest cost, from 0 to 1.
    """

    rows: list[SqlRow]
    total: int
    matched: int
    highest_share: float


def listed(
    snapshot: Snapshot,
    name: str,
    period: Period,
    listing: Listing,
    filters: Filters,
    *,
    now: datetime,
    groups: int | None = None,
    more_sources: tuple[tuple[str, str], ...] = (),
) -> Listed:
    """Run the query of that name about a list, in the order of ``listing``.

    Its rows have ``all_cost_e6``, ``highest_cost_e6``, ``total`` and ``matched``, which are about the whole
    list, and ``previous_cost_e6``, which becomes None where it was not asked for or there is none.
    """
    sort = listing.sort
    if period.previous is None and sort in OF_RANGE_BEFORE:
        sort = "cost"
    if sort == "last_ever" and period.range.end == now:
        sort = "last_active"
    words = folded_words(snapshot, listing.search)
    sources = (*sources_of(sort, beyond_period=listing.beyond_period), *more_sources)

    def ask(limit: int, offset: int, words: list[str]) -> list[SqlRow]:
        own = {
            "descending": listing.descending,
            "limit": limit,
            "offset": offset,
            "sort": sort,
            "words": words,
        }
        return range_rows(
            snapshot,
            name,
            period.range,
            filters,
            own,
            groups=groups,
            before=period.previous or NO_RANGE,
            now=now,
            sources=sources,
        )

    rows = ask(listing.limit, listing.offset, words)
    # A page beyond the last one, or a search that finds nothing, has no row that knows how long the list is.
    found = rows or (ask(1, 0, words) if listing.offset else [])
    known = found or (ask(1, 0, []) if words else [])
    if not listing.says_before(period):
        rows = [row | {"previous_cost_e6": None} for row in rows]
    return Listed(
        rows,
        total=known[0]["total"] if known else 0,
        matched=found[0]["matched"] if found else 0,
        highest_share=share(known[0]["highest_cost_e6"] or 0, known[0]["all_cost_e6"]) if known else 0.0,
    )


def sources_of(sort: Sort, *, beyond_period: bool) -> tuple[tuple[str, str], ...]:
    """Return what the queries about lists read, by the names that they have for it in braces."""
    reads_before = beyond_period or sort in OF_RANGE_BEFORE
    return (
        ("range_before", "selected_before" if reads_before else NOTHING),
        ("order_before", "selected_before" if sort in OF_RANGE_BEFORE else NOTHING),
        ("order_counts", "selected" if sort in ("calls", "conversations") else NOTHING),
        ("order_rates", "selected" if sort in ("prompt_rate", "completion_rate") else NOTHING),
        ("order_users", {"conversations": "selected", "last_ever": "selected_ever"}.get(sort, NOTHING)),
    )
