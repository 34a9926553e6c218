"""The store that the benches measure looks like one ledger, and holds its sample a whole number of times."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bench.long_store import UNTIL, long_store
from bench.questions import period_named, repository_of
from librechat_analytics.usage.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.store.store import Store

SAMPLE_ROWS = 2_000
COPIES = 6
"""More than five, because every fifth copy ends early."""


@dataclass(frozen=True, slots=True)
class Stores:
    """The sample alone, and several copies of it."""

    sample: Store
    long: Store


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    folder = tmp_path_factory.mktemp("stores")
    with (
        closing(long_store(folder / "sample", rows=SAMPLE_ROWS, sample_rows=SAMPLE_ROWS)) as sample,
        closing(long_store(folder / "long", rows=COPIES * SAMPLE_ROWS, sample_rows=SAMPLE_ROWS)) as long,
    ):
        yield Stores(sample, long)


def only_row(store: Store, query: str) -> tuple[Any, ...]:
    with store.reading() as cursor:
        (row,) = cursor.execute(query).fetchall()
    return row


def sums(store: Store) -> list[tuple[Any, ...]]:
    """What the rows of each kind hold together; a copy changes none of it."""
    query = """
        SELECT
            usage_type, models.id, agents.id, certainty, contexts.id, sum(credits_e6), sum(tokens), count(*),
            count(DISTINCT user_key), count(DISTINCT conversation_key)
        FROM transactions
        LEFT JOIN models ON models.key = model_key
        LEFT JOIN agents ON agents.key = agent_key
        LEFT JOIN contexts ON contexts.key = context_key
        GROUP BY ALL ORDER BY ALL
    """
    with store.reading() as cursor:
        return cursor.execute(query).fetchall()


def test_rows_are_in_order_of_time_and_none_is_younger_than_the_end(stores: Stores) -> None:
    with stores.long.reading() as cursor:
        dates = [date for (date,) in cursor.execute("SELECT created_at FROM transactions").fetchall()]

    assert dates == sorted(dates)
    assert dates[-1] <= UNTIL.replace(tzinfo=None)


def test_every_row_has_an_id_of_its_own_from_the_second_of_its_date(stores: Stores) -> None:
    query = """
        SELECT
            count(DISTINCT (id_head, id_tail)), count(*),
            max(abs((id_head >> 32)::BIGINT - epoch_ms(created_at) // 1000)),
            count(*) FILTER (slot <> epoch_ms(created_at) // 900000)
        FROM transactions
    """
    different, rows, farthest, wrong_slots = only_row(stores.long, query)

    assert different == rows == COPIES * SAMPLE_ROWS
    assert farthest <= 1
    assert wrong_slots == 0


def test_each_copy_has_the_sums_of_the_sample_and_users_and_conversations_of_its_own(stores: Stores) -> None:
    assert sums(stores.long) == [
        (*key, *(COPIES * amount for amount in amounts))
        for *key, amounts in ((*row[:5], row[5:]) for row in sums(stores.sample))
    ]


@pytest.mark.parametrize("table", ["users", "conversations", "memberships", "user_traits"])
def test_each_copy_has_labels_of_its_own(stores: Stores, table: str) -> None:
    query = f"SELECT count(*), count(DISTINCT {table}) FROM {table}"
    (of_sample, _), (held, different) = only_row(stores.sample, query), only_row(stores.long, query)

    assert held == different == COPIES * of_sample


def test_conversations_are_as_dense_as_in_the_sample_and_usage_grows(stores: Stores) -> None:
    dense = """
        SELECT list(length ORDER BY length) FROM (
            SELECT date_diff('milliseconds', min(created_at), max(created_at)) AS length
            FROM transactions WHERE conversation_key IS NOT NULL GROUP BY conversation_key
        )
    """
    ((of_sample,), (of_copies,)) = only_row(stores.sample, dense), only_row(stores.long, dense)
    assert of_copies == sorted(COPIES * of_sample)

    repository = repository_of(stores.long)
    months = repository.usage_over_time(period_named(repository, "12m"), "month").points
    assert months[0].cost_usd < months[-2].cost_usd


def test_each_answer_about_all_time_is_the_sample_s_times_the_copies(stores: Stores) -> None:
    answers = []
    for store in (stores.sample, stores.long):
        repository = repository_of(store)
        period = period_named(repository, "all")
        models = repository.top_models(period, Listing(1000)).rows
        answers.append({row.model: (row.calls, row.prompt_tokens, row.users) for row in models})
    of_sample, of_copies = answers

    assert of_copies == {model: tuple(COPIES * each for each in row) for model, row in of_sample.items()}


def test_a_store_that_is_there_is_opened_and_not_made_again(tmp_path: Path) -> None:
    long_store(tmp_path, rows=8, sample_rows=8).close()
    with closing(long_store(tmp_path, rows=1_000_000)) as store:
        assert store.count_transactions() == 8
