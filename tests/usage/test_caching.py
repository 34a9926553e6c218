"""What caches saved, against prices that can be worked out by hand."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.prices import read_price_list
from librechat_analytics.usage.repository import StoreRepository
from tests.support.documents import NOON, usage, write_dump
from tests.support.engines import reading
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from librechat_analytics.usage.timeline_answers import CachingPoint

pytestmark = pytest.mark.usefixtures("engine")

DAY = parse_period("custom", "2026-11-24", "2026-11-24", ZoneInfo("UTC"), now=NOON, first_usage=None)


def cached(number: int, **fields: Any) -> dict[str, Any]:
    """A prompt of 1,000 tokens, 800 of them read from a cache, for 840 credits at a mean rate."""
    parts = {"inputTokens": -200, "writeTokens": 0, "readTokens": -800, "rate": 0.84, "tokenValue": -840}
    return usage(number=number, **(parts | fields))


def plain(number: int, rate: float) -> dict[str, Any]:
    return usage(number=number, rate=rate, tokenValue=-1000 * rate)


def caching_of(folder: Path, *documents: dict[str, Any], prices: str = "") -> CachingPoint:
    store, source = Store(folder / "data"), DumpSource(write_dump(folder / "dump", transactions=documents))
    import_dump(store, source, now=NOON)
    listed = read_price_list(ROOT / "prices" / prices) if prices else None
    with closing(store), reading(store) as reader:
        repository = StoreRepository(reader, source=lambda: SourceReport("offline"), prices=listed)
        (point,) = repository.caching(DAY, "day").points
    return point


def test_a_saving_is_what_the_prompt_would_have_cost_at_the_models_plain_rate(tmp_path: Path) -> None:
    point = caching_of(tmp_path, plain(0, 3), cached(1))
    assert (point.prompt_tokens, point.cache_read_tokens, point.hit_rate) == (2000, 800, 0.4)
    assert point.saved_usd == pytest.approx((1000 * 3 - 840) / 1e6)


def test_the_commonest_plain_rate_counts(tmp_path: Path) -> None:
    point = caching_of(tmp_path, plain(0, 2), plain(1, 5), plain(2, 5), cached(3))
    assert point.saved_usd == pytest.approx((1000 * 5 - 840) / 1e6)


@pytest.mark.parametrize("rates", [(2, 5), (5, 2)])
def test_of_two_as_common_the_lower_one_counts_in_whatever_order(
    tmp_path: Path, rates: tuple[float, float]
) -> None:
    point = caching_of(tmp_path, *(plain(place, rate) for place, rate in enumerate(rates)), cached(2))
    assert point.saved_usd == pytest.approx((1000 * 2 - 840) / 1e6)


def test_without_a_plain_prompt_nothing_is_known_to_be_saved(tmp_path: Path) -> None:
    assert caching_of(tmp_path, cached(0)).saved_usd == 0


def astra(number: int, *, fresh: int, read: int = 0, write: int = 0, cost: int) -> dict[str, Any]:
    """A prompt of gpt-6-astra that cost ``cost`` credits: 10, 1 and 12.50 each, doubled above 272,000."""
    tokens = fresh + read + write
    parts = {"inputTokens": -fresh, "writeTokens": -write, "readTokens": -read} if read or write else {}
    return usage(
        number=number, model="gpt-6-astra", rawAmount=-tokens, rate=cost / tokens, tokenValue=-cost, **parts
    )


class TestLongPrompts:
    SHORT = astra(0, fresh=1_000, cost=10_000)
    LONG = astra(1, fresh=10_000, read=290_000, cost=780_000)
    AT_THE_RATE_OF_LONG, AT_THE_RATE_OF_SHORT = 5.22, 2.22

    def test_the_list_knows_what_they_cost_without_a_cache(self, tmp_path: Path) -> None:
        point = caching_of(tmp_path, self.SHORT, self.LONG, prices="2026-11.csv")

        assert point.saved_usd == pytest.approx(self.AT_THE_RATE_OF_LONG)
        assert point.unknown_rates == 0

    def test_plain_prompts_of_their_size_show_it(self, tmp_path: Path) -> None:
        shorter = (astra(at, fresh=1_000, cost=10_000) for at in range(2, 9))
        point = caching_of(tmp_path, self.LONG, *shorter, astra(9, fresh=280_000, cost=5_600_000))

        assert point.saved_usd == pytest.approx(self.AT_THE_RATE_OF_LONG)
        assert point.unknown_rates == 0

    def test_what_cached_tokens_cost_in_short_prompts_shows_it(self, tmp_path: Path) -> None:
        point = caching_of(tmp_path, self.SHORT, self.LONG, astra(2, fresh=100, read=900, cost=1_900))

        assert point.saved_usd == pytest.approx(self.AT_THE_RATE_OF_LONG + (10_000 - 1_900) / 1e6)
        assert point.unknown_rates == 0

    def test_tokens_written_to_the_cache_are_known_the_same_way(self, tmp_path: Path) -> None:
        point = caching_of(
            tmp_path,
            self.SHORT,
            astra(2, fresh=100, read=900, cost=1_900),
            astra(3, fresh=100, read=700, write=200, cost=4_200),
            astra(4, fresh=10_000, read=280_000, write=10_000, cost=1_010_000),
        )

        short = (10_000 - 1_900) + (10_000 - 4_200)
        assert point.saved_usd == pytest.approx((300_000 * 20 - 1_010_000 + short) / 1e6)
        assert point.unknown_rates == 0

    def test_where_nothing_shows_it_the_rate_of_short_ones_counts_and_that_is_said(
        self, tmp_path: Path
    ) -> None:
        point = caching_of(tmp_path, self.SHORT, self.LONG)

        assert point.saved_usd == pytest.approx(self.AT_THE_RATE_OF_SHORT)
        assert point.unknown_rates == 1

    def test_a_librechat_that_charged_no_more_for_them_saved_no_more(self, tmp_path: Path) -> None:
        row = astra(1, fresh=10_000, read=290_000, cost=390_000)
        point = caching_of(
            tmp_path, self.SHORT, row, astra(2, fresh=100, read=900, cost=1_900), prices="2026-11.csv"
        )

        assert point.saved_usd == pytest.approx((300_000 * 10 - 390_000 + 10_000 - 1_900) / 1e6)

    def test_a_list_that_is_not_what_librechat_charged_changes_nothing(self, tmp_path: Path) -> None:
        # LibreChat has no cache price for it and charges 15 for all: the list's 1.50 would say it saved.
        row = usage(model="claude-3-opus", inputTokens=-200, readTokens=-800, rate=15, tokenValue=-15_000)
        plain_row = usage(number=1, model="claude-3-opus", rate=15, tokenValue=-15_000)

        assert caching_of(tmp_path, row, plain_row, prices="2026-11.csv").saved_usd == pytest.approx(0)


def test_with_a_list_no_plain_prompt_is_needed(tmp_path: Path) -> None:
    assert caching_of(tmp_path, cached(0), prices="2026-11.csv").saved_usd == pytest.approx(
        (1000 * 3 - 840) / 1e6
    )
