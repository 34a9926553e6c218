"""The functions and the view that the queries use: in memory while the store is open, never in its file."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from librechat_analytics.store.store import FILE_NAME, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "data")) as store:
        yield store


def value(store: Store, expression: str) -> Any:
    with store.reading() as cursor:
        ((found,),) = cursor.execute(f"SELECT {expression}").fetchall()
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("arraySlice([1, 2, 3, 4], 2, 2)", [2, 3]),
        ("arraySort([3, 1, 2])", [1, 2, 3]),
        ("(SELECT groupArray(x) FROM (SELECT arrayJoin([1, NULL]) AS x))", [1, None]),
        ("(SELECT arraySort(groupUniqArray(x)) FROM (SELECT arrayJoin([2, NULL, 1, 2]) AS x))", [1, 2]),
        ("has(['a', 'b'], 'b')", True),
        ("has([], 'b')", False),
        ("caseFold('ÉCLAIR Straße')", "éclair strasse"),
        ("fold('ÉCLAIR Straße')", "eclair strasse"),
        ("hasWords('one two', ['wo', 'on'])", True),
        ("hasWords('one two', ['one', 'three'])", False),
        ("hasWords('one', [])", True),
        ("hasWords('one', NULL)", True),
        ("hasWordStarts('gpt-5.4 mini', ['5.4', 'm'])", True),
        ("hasWordStarts('gpt-5.4 mini', ['pt'])", False),
        ("intDiv(-7, 2)", -3),
        ("roundBankers(2.5::DOUBLE)", 2.0),
        ("toInt128(9223372036854775807) * 10", 92233720368547758070),
        ("toString('prompt'::usage_type)", "prompt"),
        ("toUnixTimestamp64Milli(TIMESTAMP '1970-01-01 00:00:01.5')", 1500),
        ("tuple(1, 'a', NULL)", (1, "a", None)),
        ("tuple(1, 'a', NULL, 2)", (1, "a", None, 2)),
        ("spaced('gpt-5.4 (new)')", " gpt 5 4 new "),
    ],
)
def test_a_function_gives_what_its_name_means(store: Store, expression: str, expected: object) -> None:
    assert value(store, expression) == expected


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("Ana@Example.COM", "example.com"),
        ("ana@first@second.org", "second.org"),
        ("nobody", None),
        ("nobody@", None),
        ("ana@exam\x07ple.com", None),
        (None, None),
    ],
)
def test_people_have_the_domain_of_their_address(store: Store, email: str | None, domain: str | None) -> None:
    with store.committing() as cursor:
        cursor.execute("INSERT INTO users (key, id, email) VALUES (1, 'a', $email)", {"email": email})
    assert value(store, "domain FROM people") == domain


def test_they_are_there_again_after_the_file_was_rewritten(store: Store) -> None:
    store.forget_user("a" * 24)
    assert value(store, "arraySort([2, 1])") == [1, 2]


def test_neither_the_file_nor_a_copy_of_it_has_them(store: Store, tmp_path: Path) -> None:
    store.copy_to(tmp_path / "copy.duckdb")
    store.close()
    for path in (tmp_path / "data" / FILE_NAME, tmp_path / "copy.duckdb"):
        with duckdb.connect(path, read_only=True) as connection:
            views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
            functions = connection.execute(
                "SELECT function_name FROM duckdb_functions() WHERE NOT internal"
            ).fetchall()
        assert (views, functions) == ([("usage",)], [])
