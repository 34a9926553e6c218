"""Rows with the largest accepted amounts break no query: their sums need more than 64 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.prices import read_price_list
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.usage.rows import usd
from tests.support.documents import NOON, usage, write_dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.engines import Engine

MOST = 2**63 - 1
DAY = parse_period("custom", "2026-11-24", "2026-11-24", ZoneInfo("UTC"), now=NOON, first_usage=None)


@pytest.fixture(scope="module")
def repository(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreRepository]:
    """A prompt of very many tokens and cached parts of the other sign, and a call that was recorded twice."""
    folder = tmp_path_factory.mktemp("largest")
    row = usage(model="a", rawAmount=-MOST, tokenValue=0, inputTokens=0, readTokens=MOST, writeTokens=MOST)
    (folder / "own.csv").write_text(
        "model,prompt,completion,cache_write,cache_read,valid_from\na,1000,1000,999,998,\n"
    )
    plain = usage(number=2, model="b")
    cached = usage(number=3, model="b", inputTokens=plain["rawAmount"], readTokens=0, writeTokens=0)
    completions = [
        usage(number=number, model="b", tokenType="completion", rawAmount=-MOST, tokenValue=0, rate=0)
        for number in range(4, 8)
    ]
    rows = [row, usage(number=1, model="a"), plain, cached, *completions]
    dump = write_dump(folder / "dump", transactions=rows)
    store, source = Store(folder / "data"), DumpSource(dump)
    import_dump(store, source, now=NOON)
    prices = read_price_list(folder / "own.csv")
    with engine.reading(store) as reader:
        yield StoreRepository(reader, source=lambda: SourceReport("offline"), prices=prices)
    store.close()


def test_the_list_price_is_exact(repository: StoreRepository) -> None:
    check = repository.price_check(DAY)

    assert check is not None
    assert check.list_price_usd == usd((3 * MOST * 1000 - MOST * 999 - MOST * 998 + 1000 * 1000) * 10**6)


def test_savings_are_estimated(repository: StoreRepository) -> None:
    assert repository.caching(DAY, "day").points[0].saved_usd == pytest.approx(MOST * 3 / 1e6)


def test_findings_are_made(repository: StoreRepository) -> None:
    findings = {finding.code: finding for finding in repository.quality(DAY).findings}

    assert findings["recorded-twice"].tokens == 1000 + 2 * MOST
