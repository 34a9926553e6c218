"""Each bench runs on small data and measures what it says; no time is looked at."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import pytest

from bench.audit import BEGAN, FILL, ids
from bench.imports import measured_imports
from bench.long_store import UNTIL, long_store
from bench.measuring import Line, Section, Taken, in_words, short
from bench.peers import measured_peers
from bench.questions import (
    BY_HAND,
    measured_period,
    period_named,
    questions,
    questions_without_period,
    repository_of,
    run_sql,
)
from bench.report import PAGE, block, replaced
from librechat_analytics.store.store import Store
from librechat_analytics.usage.questions import Repository
from tests.support.markdown import tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


ROWS, FEW_ROWS = 2_000, 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[Store]:
    with closing(long_store(folder / "store", rows=ROWS, sample_rows=ROWS)) as store:
        yield store


class Recording:
    """A repository that notes which questions it gets."""

    def __init__(self, store: Store) -> None:
        self.asked: set[str] = set()
        self._repository = repository_of(store)

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        return getattr(self._repository, name)


def test_every_question_of_the_repository_is_measured(store: Store) -> None:
    period, recording = period_named(repository_of(store), "30d"), Recording(store)
    asking = cast("Repository", recording)
    for ask in {**questions(asking, period), **questions_without_period(asking, period)}.values():
        ask()

    methods = {name for name in vars(Repository) if not name.startswith("_")}
    assert recording.asked - {"now"} == methods - {"now", "ask"}


def test_the_sql_by_hand_counts_what_the_answers_count(store: Store) -> None:
    repository = repository_of(store)
    period = period_named(repository, "12m")
    (answer,) = run_sql(store, BY_HAND["summary"], [period.range])
    ((_, *figures),) = answer

    totals = repository.summary(period).totals
    assert figures == [
        totals.prompt_tokens,
        totals.completion_tokens,
        totals.calls,
        totals.cache_read_tokens,
        totals.cache_write_tokens,
        totals.active_users,
        totals.conversations,
    ]


def test_the_questions_of_a_period_and_their_yardsticks_become_lines(store: Store) -> None:
    section = measured_period(store, "30d", rounds=1)
    titles = [line.title for line in section.lines]

    assert section.title.startswith("30 days of 2,000 transactions")
    assert section.lines[0].to_yardstick == 1
    assert {title for title in titles if title.endswith(", by hand")} == {
        f"{one}, by hand" for one in BY_HAND
    }
    assert {line.title for line in section.lines if line.to_hand} == set(BY_HAND)


def test_an_import_is_compared_with_the_decoder_on_the_same_files(folder: Path) -> None:
    section = measured_imports(folder, rows=FEW_ROWS, memory=["256MB"], rounds=1)

    decoded, imported = section.lines
    assert decoded.to_yardstick == 1
    assert "`STORE_MEMORY_LIMIT=256MB`" in imported.title
    assert "rows a CPU second" in imported.title
    assert " MB" in imported.title


def test_peers_are_compared_without_a_server_too(folder: Path) -> None:
    section = measured_peers(folder, rows=FEW_ROWS, uri=None, rounds=1)

    assert "no aggregation was run" in section.title
    assert [line.title for line in section.lines][:2] == ["total, pandas", "total, this program"]


def test_aggregations_that_the_server_cannot_run_are_named(folder: Path, mongo_server: str) -> None:
    section = measured_peers(folder, rows=FEW_ROWS, uri=mongo_server, rounds=1)

    run = {line.title for line in section.lines}
    for name in ("total", "by user", "by model", "by day"):
        assert f"{name}, aggregation" in run or f"cannot aggregate {name} (" in section.title


def test_the_page_s_table_can_be_replaced_again_and_again() -> None:
    lines = (Line("summary", Taken(0.0042, 12.0), 1.25, 0.8), Line("aggregation", Taken(None, 0.5)))
    text = block([Section("30 days", lines)], measured_at=UNTIL)
    page = replaced(PAGE.read_text("utf-8"), text)

    assert replaced(page, text) == page
    assert "Measured on 24 November 2026" in page
    (measured,) = [table for table in tables(page) if table.header[0] == "Measured"]
    assert measured.rows == (
        ("**30 days**", "", "", "", ""),
        ("summary", "4.2 ms", "12.0 s", "1.2", "0.8"),
        ("aggregation", "", "500 ms", "", ""),
    )


def test_the_store_for_audits_has_rows_with_the_ids_of_the_server(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        with store.committing() as cursor:
            cursor.execute(FILL, {"rows": 1_000, "began": BEGAN})
        with store.reading() as cursor:
            held = cursor.execute("SELECT id_head, id_tail FROM transactions ORDER BY ALL").fetchall()

    heads, tails = ids(1_000)
    assert held == list(zip(heads.tolist(), tails.tolist(), strict=True))


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="must contain"):
        replaced("# Performance\n", "figures")


@pytest.mark.parametrize(
    ("rows", "words", "name"),
    [(10_000_000, "10 million", "10m"), (200_000, "200,000", "200k"), (1_500_000, "1,500,000", "1500k")],
)
def test_numbers_of_rows_are_readable(rows: int, words: str, name: str) -> None:
    assert (in_words(rows), short(rows)) == (words, name)
