"""The repository that keeps answers: it answers like the one behind it, with less reading."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from bson import ObjectId

from librechat_analytics.answer_cache.repository import CachedRepository
from librechat_analytics.store.store import StoreError
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.questions import Repository
from librechat_analytics.usage.repository import StoreRepository
from tests.answer_cache.conftest import days
from tests.support.documents import NOON, usage

if TYPE_CHECKING:
    from tests.answer_cache.conftest import CountingStore

METHODS = sorted(name for name in vars(Repository) if not name.startswith("_"))


@pytest.mark.parametrize("name", METHODS)
def test_both_repositories_have_the_methods_of_the_protocol(name: str) -> None:
    parameters = inspect.signature(getattr(Repository, name)).parameters
    for repository in (StoreRepository, CachedRepository):
        assert inspect.signature(getattr(repository, name)).parameters == parameters


def test_the_same_request_is_answered_from_the_store_once(
    store: CountingStore, answers: CachedRepository
) -> None:
    store.add(usage())
    first = answers.summary(days(7))
    before = store.reads
    assert answers.summary(days(7)) == first
    assert store.reads == before


def test_another_period_is_another_request(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage(), usage(NOON - timedelta(days=20)))
    assert answers.summary(days(7)).totals.calls == 1
    assert answers.summary(days(30)).totals.calls == 2


def test_another_limit_is_another_request(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage(), usage(number=1, model="gpt-4o"))
    assert len(answers.top_models(days(7), Listing(1)).rows) == 1
    assert len(answers.top_models(days(7), Listing(2)).rows) == 2


def test_a_list_of_very_many_users_is_not_kept(store: CountingStore, answers: CachedRepository) -> None:
    many = [usage(number=number, user=ObjectId(number.to_bytes(12))) for number in range(1, 12_001)]
    store.add(*many)
    answers.now()
    for limit, reads in ((1_000, 1), (1_000_000, 2)):
        store.reads = 0
        for _ in range(2):
            assert len(answers.top_users(days(7), Listing(limit)).rows) == min(limit, 12_000)
        assert store.reads == reads


def test_no_usage_yet_is_an_answer_too(store: CountingStore, answers: CachedRepository) -> None:
    store.reads = 0
    assert [answers.first_usage() for _ in range(3)] == [None] * 3
    assert store.reads == 1
    store.add(usage())
    assert answers.first_usage() == datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_failure_is_not_kept(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage())

    def fail() -> None:
        raise StoreError("The store is away.")

    store.before_read = fail
    with pytest.raises(StoreError):
        answers.summary(days(7))
    store.before_read = lambda: None
    assert answers.summary(days(7)).totals.calls == 1
