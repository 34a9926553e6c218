"""What caches saved, against prices that can be worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.repository import Repository
from tests.documents import NOON, usage, write_dump

if TYPE_CHECKING:
    from pathlib import Path

DAY = parse_period("custom", "2026-11-24", "2026-11-24", ZoneInfo("UTC"), now=NOON, first_usage=None)


def cached(number: int, **fields: Any) -> dict[str, Any]:
    """A prompt of 1,000 tokens, 800 of them read from a cache, for 840 credits at a mean rate."""
    parts = {"inputTokens": -200, "writeTokens": 0, "readTokens": -800, "rate": 0.84, "tokenValue": -840}
    return usage(number=number, **(parts | fields))


def plain(number: int, rate: float) -> dict[str, Any]:
    return usage(number=number, rate=rate, tokenValue=-1000 * rate)


def caching_of(folder: Path, *documents: dict[str, Any]) -> dict[str, Any]:
    store, source = Store(folder / "data"), DumpSource(write_dump(folder / "dump", transactions=documents))
    import_dump(store, source, now=NOON)
    points = Repository(store, source=lambda: SourceReport("offline")).caching(DAY, "day").points
    store.close()
    (point,) = points.to_dict("records")
    return dict(point)


def test_a_saving_is_what_the_prompt_would_have_cost_at_the_models_plain_rate(tmp_path: Path) -> None:
    point = caching_of(tmp_path, plain(0, 3), cached(1))
    assert (point["prompt_tokens"], point["cache_read_tokens"], point["hit_rate"]) == (2000, 800, 0.4)
    assert point["saved_usd"] == pytest.approx((1000 * 3 - 840) / 1e6)


def test_the_commonest_plain_rate_counts(tmp_path: Path) -> None:
    point = caching_of(tmp_path, plain(0, 2), plain(1, 5), plain(2, 5), cached(3))
    assert point["saved_usd"] == pytest.approx((1000 * 5 - 840) / 1e6)


@pytest.mark.parametrize("rates", [(2, 5), (5, 2)])
def test_of_two_as_common_the_lower_one_counts_in_whatever_order(
    tmp_path: Path, rates: tuple[float, float]
) -> None:
    point = caching_of(tmp_path, *(plain(place, rate) for place, rate in enumerate(rates)), cached(2))
    assert point["saved_usd"] == pytest.approx((1000 * 2 - 840) / 1e6)


def test_without_a_plain_prompt_nothing_is_known_to_be_saved(tmp_path: Path) -> None:
    assert caching_of(tmp_path, cached(0))["saved_usd"] == 0
