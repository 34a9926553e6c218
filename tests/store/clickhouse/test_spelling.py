"""The functions of the queries give the same on ClickHouse as on DuckDB."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.store.store import Store
from tests.support.clickhouse import new_database, published
from tests.support.examples import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.interface import Reader, SqlRow

pytestmark = pytest.mark.clickhouse

FEW = settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
LETTERS = "aZäÖéÉßẞσςΣΆЖёłŁøØđıİæŒñ文ａ 1-_.@+'\\\t"  # noqa: RUF001
BLOCKS = (range(0x20, 0x530), range(0x1E00, 0x2000), range(0x3040, 0x3100))
"""Latin, Greek, Cyrillic and their additions, and kana, which have marks too."""

OF_TEXTS = """
SELECT
    text, fold(text) AS folded, caseFold(text) AS case_folded, lower(text) AS lowered,
    spaced(text) AS with_spaces
FROM (SELECT arrayJoin($texts) AS text) AS typed
"""
OF_WORDS = """
SELECT toBool(hasWords(fold($text), $words)) AS has, toBool(hasWordStarts(fold($text), $words)) AS starts
"""
OF_DOMAINS = "SELECT id, domain FROM people ORDER BY id"
OF_PARTS = """
SELECT
    partOf(toInt128($amount), $share, $whole, $others) AS part,
    floorDiv(toInt128($amount), $whole) AS quotient, intDiv(toInt128($amount), $whole) AS cut
"""
OF_NUMBERS = """
SELECT
    quantileDisc(number, 50) AS half, quantileDisc(number, 90) AS most,
    firstAbove($edges, min(number)) AS edge,
    sum(toInt128(number)) AS total, arraySlice(arraySort(groupArray(number)), 1, 3) AS least
FROM (SELECT arrayJoin($numbers) AS number) AS given
"""
ADDRESSES = [
    "a@B.example",
    "a@b@c.example",
    "@x",
    "a@",
    "none",
    "ÄÖ@Straße.Example",
    "a@line\nbreak",
    "a@ΟΔΟΣ",
]


@pytest.fixture(scope="module")
def engines(
    clickhouse: StoreAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Reader, Reader]]:
    folder = tmp_path_factory.mktemp("spelling")
    with closing(Store(folder / "data")) as store, new_database(clickhouse) as address:
        with store.committing() as cursor:
            for key, email in enumerate([*ADDRESSES, None], 1):
                cursor.execute("INSERT INTO users (key, id, email) VALUES (?, ?, ?)", [key, f"{key}", email])
        with published(store, address) as reader:
            yield store, reader


def answers(engines: tuple[Reader, Reader], query: str, parameters: dict[str, Any]) -> list[list[SqlRow]]:
    found = []
    for reader in engines:
        with reader.snapshot() as snapshot:
            found.append(snapshot.rows(query, parameters))
    return found


def test_every_letter_is_folded_alike(engines: tuple[Reader, Reader]) -> None:
    letters = [chr(code) for block in BLOCKS for code in block if chr(code).isalpha() or chr(code) == "-"]
    duckdb, clickhouse = answers(engines, OF_TEXTS, {"texts": letters})
    assert [row for row in clickhouse if row not in duckdb] == []
    assert len(clickhouse) == len(duckdb)


@FEW
@given(texts=st.lists(st.text(LETTERS, max_size=8), min_size=1, max_size=20))
def test_texts_are_folded_alike(engines: tuple[Reader, Reader], texts: list[str]) -> None:
    duckdb, clickhouse = answers(engines, OF_TEXTS, {"texts": texts})
    assert sorted(clickhouse, key=repr) == sorted(duckdb, key=repr)


@FEW
@given(text=st.text("ab-É .", max_size=8), words=st.lists(st.text("abe-", max_size=2), max_size=3))
def test_words_are_found_alike(engines: tuple[Reader, Reader], text: str, words: list[str]) -> None:
    duckdb, clickhouse = answers(engines, OF_WORDS, {"text": text, "words": words})
    assert clickhouse == duckdb


def test_the_domains_of_addresses_are_alike(engines: tuple[Reader, Reader]) -> None:
    duckdb, clickhouse = answers(engines, OF_DOMAINS, {})
    assert clickhouse == duckdb
    assert [row["domain"] for row in duckdb][:2] == ["b.example", "c.example"]


@FEW
@given(
    amount=st.integers(-(10**30), 10**30) | st.integers(-10, 10),
    shares=st.lists(st.integers(1, 60), min_size=1, max_size=4),
    rest=st.integers(0, 100),
    is_main=st.booleans(),
)
def test_parts_of_amounts_are_alike(
    engines: tuple[Reader, Reader], amount: int, shares: list[int], rest: int, is_main: bool
) -> None:
    share, *others = shares
    parameters = {
        "amount": amount,
        "share": share,
        "whole": sum(shares) + rest,
        "others": others if is_main else [],
    }
    duckdb, clickhouse = answers(engines, OF_PARTS, parameters)
    assert clickhouse == duckdb


@FEW
@given(
    numbers=st.lists(st.integers(-(2**62), 2**62) | st.integers(0, 9), min_size=1, max_size=30),
    edges=st.lists(st.integers(-10, 10), min_size=1, max_size=4).map(sorted),
)
def test_quantiles_and_sums_are_alike(
    engines: tuple[Reader, Reader], numbers: list[int], edges: list[int]
) -> None:
    duckdb, clickhouse = answers(engines, OF_NUMBERS, {"numbers": numbers, "edges": edges})
    assert clickhouse == duckdb
    assert duckdb[0]["total"] == sum(numbers)
