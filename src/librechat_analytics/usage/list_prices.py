"""Answers that need list prices: the price check, and what prompt caches saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from librechat_analytics.usage.answers import PriceCheck, PriceRow, SourcePriceCheck
from librechat_analytics.usage.over_time import slot_frame
from librechat_analytics.usage.prices import SOURCES, PriceList
from librechat_analytics.usage.queries import of_store
from librechat_analytics.usage.rows import answer_row, range_rows, usd
from librechat_analytics.usage.timeline_answers import Caching, CachingPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import Bucket, BucketUnit, TimeRange

LONG_TOKENS = (200_000, 272_000)
"""Some versions of LibreChat charge other rates for prompts with more tokens than one of these."""

NO_PRICES = PriceList("", {})
NO_PROMPTS: SqlRow = {
    "prompt_tokens": 0,
    "cache_read_tokens": 0,
    "cache_write_tokens": 0,
    "unknown_rates": 0,
    "saved_usd": 0.0,
}
PLAIN_RATE_TYPES = {
    "model_key": "uint32",
    "size": "int32",
    "rate": "float64",
    "is_own": "bool",
    "read_part": "float64",
    "write_part": "float64",
}


def price_check(snapshot: Snapshot, time_range: TimeRange, prices: PriceList, filters: Filters) -> PriceCheck:
    """Compare the recorded cost with what the same rows would have cost at list price."""
    frames = {"listed": _listed(snapshot, prices)}
    rows = range_rows(snapshot, "price_check", time_range, filters, frames=frames)
    cost_e6 = sum(row["cost_e6"] for row in rows)
    listed_e6 = sum(row["listed_cost_e6"] for row in rows)
    list_price_e6 = sum(row["list_price_e6"] for row in rows)
    return PriceCheck(
        list_name=prices.name,
        rows=tuple(_price_row(row) for row in rows),
        cost_usd=usd(cost_e6),
        listed_cost_usd=usd(listed_e6),
        list_price_usd=usd(list_price_e6),
        difference_usd=usd(listed_e6 - list_price_e6),
        unlisted_cost_usd=usd(cost_e6 - listed_e6),
        unpaired_completions=sum(row["unpaired"] for row in rows),
        sources=_by_source([part for row in rows for part in row["sources"]]),
    )


def _price_row(row: SqlRow) -> PriceRow:
    is_listed, listed_e6, list_price_e6 = row["is_listed"], row["listed_cost_e6"], row["list_price_e6"]
    return answer_row(
        PriceRow,
        row,
        list_price_usd=usd(list_price_e6) if is_listed else None,
        difference_usd=usd(listed_e6 - list_price_e6) if is_listed else None,
        price_sources=tuple(source for source, *_ in row["sources"] if source),
        unpaired_completions=row["unpaired"],
    )


def _by_source(parts: list[tuple[str | None, int, int]]) -> tuple[SourcePriceCheck, ...]:
    found = []
    for source in (*SOURCES, None):
        own = [costs for part_source, *costs in parts if part_source == source]
        if own:
            listed_e6 = sum(cost_e6 for cost_e6, _ in own)
            list_price_e6 = sum(price_e6 for _, price_e6 in own)
            found.append(
                SourcePriceCheck(source, usd(listed_e6), usd(list_price_e6), usd(listed_e6 - list_price_e6))
            )
    return tuple(found)


def caching(
    snapshot: Snapshot,
    time_range: TimeRange,
    unit: BucketUnit,
    buckets: Sequence[Bucket],
    prices: PriceList | None,
    filters: Filters,
) -> Caching:
    """Return how many prompt tokens came from caches in each bucket, and what that saved."""
    rows = _caching_rows(snapshot, time_range, buckets, prices or NO_PRICES, filters)
    by_bucket = {row["bucket"]: row for row in rows}
    return Caching(
        unit,
        tuple(_point(bucket, by_bucket.get(number, NO_PROMPTS)) for number, bucket in enumerate(buckets)),
    )


def _point(bucket: Bucket, row: SqlRow) -> CachingPoint:
    prompts = row["prompt_tokens"]
    return CachingPoint(
        start=bucket.start,
        end=bucket.end,
        prompt_tokens=prompts,
        cache_read_tokens=row["cache_read_tokens"],
        cache_write_tokens=row["cache_write_tokens"],
        hit_rate=row["cache_read_tokens"] / prompts if prompts else None,
        saved_usd=row["saved_usd"],
        unknown_rates=row["unknown_rates"],
    )


def _caching_rows(
    snapshot: Snapshot, time_range: TimeRange, buckets: Sequence[Bucket], prices: PriceList, filters: Filters
) -> list[SqlRow]:
    if not buckets:
        return []
    parameters: dict[str, object] = {"long_tokens": list(LONG_TOKENS)}
    frames = {
        "slots": slot_frame(buckets),
        "listed": _listed(snapshot, prices),
        "plain_rates": _plain_rates(snapshot, time_range, filters, parameters),
    }
    return range_rows(snapshot, "caching", time_range, filters, parameters, frames=frames)


def _plain_rates(
    snapshot: Snapshot, time_range: TimeRange, filters: Filters, parameters: dict[str, object]
) -> pd.DataFrame:
    """Return the rates of plain prompts, and of cached tokens where the rate of long prompts is unknown."""
    rates = range_rows(snapshot, "plain_rates", time_range, filters, parameters)
    unknown = {row["model_key"] for row in rates if row["has_cached"] and not row["is_own"]}
    parts: dict[int, SqlRow] = {}
    if unknown:
        found = range_rows(
            snapshot,
            "cache_parts",
            time_range,
            filters,
            parameters | {"model_keys": sorted(unknown)},
            frames={"plain_rates": _rate_frame(rates)},
        )
        parts = {row["model_key"]: row for row in found}
    return _rate_frame([row | parts.get(row["model_key"], {}) for row in rates])


def _rate_frame(rates: list[SqlRow]) -> pd.DataFrame:
    return pd.DataFrame(rates, columns=list(PLAIN_RATE_TYPES)).astype(PLAIN_RATE_TYPES)


def _listed(snapshot: Snapshot, prices: PriceList) -> pd.DataFrame:
    """Return the list prices of all models in the store; a list without prices gives no rows."""
    return prices.frame(row["id"] for row in snapshot.rows(of_store("model_names")))
