"""The answers that one rendering of a view shares."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.dashboard.data import PageData
from librechat_analytics.dashboard.list_query import PAGE_ROWS
from librechat_analytics.usage.list_answers import ALL_ENTRIES
from tests.dashboard.ready_answers import NOW, ReadyRepository, many_users, page_data, query

if TYPE_CHECKING:
    from librechat_analytics.usage.listing import Listing


class CountingRepository(ReadyRepository):
    """Notes the limits of lists; a summary waits until it may go on."""

    def __init__(self, **answers: Any) -> None:
        super().__init__(**answers)
        self.limits: list[int] = []
        self.summaries = 0
        self.may_go_on = Event()

    def top_users(self, _: object, listing: Listing, *__: object) -> Any:
        self.limits.append(listing.limit)
        return super().top_users(_, listing)

    def summary(self, *_: object) -> Any:
        self.summaries += 1
        self.may_go_on.wait(120)
        return super().summary()


def data_of(repository: ReadyRepository, search: str = "", *, is_for_file: bool = False) -> PageData:
    asked = replace(query(), search=search)
    return PageData(repository, asked, now=NOW, is_for_file=is_for_file)  # type: ignore[arg-type]


def test_panels_that_need_an_answer_at_the_same_time_share_one_query() -> None:
    repository = CountingRepository()
    data = data_of(repository)
    ready = Barrier(5)

    def need_the_summary(_: int) -> object:
        ready.wait(120)
        return data.summary

    with ThreadPoolExecutor(4) as panels:
        answers = panels.map(need_the_summary, range(4))
        ready.wait(120)
        repository.may_go_on.set()

    assert len({id(answer) for answer in answers}) == 1
    assert repository.summaries == 1


def test_different_answers_do_not_wait_for_each_other() -> None:
    repository = CountingRepository()
    data = data_of(repository)
    with ThreadPoolExecutor(1) as panels:
        summary = panels.submit(lambda: data.summary)

        assert data.users.total == 1
        assert not summary.done()
        repository.may_go_on.set()


def test_a_query_that_failed_runs_again() -> None:
    data = page_data(timeline=RuntimeError("busy"))

    for _ in range(2):
        with pytest.raises(RuntimeError, match="busy"):
            _ = data.timeline


@pytest.mark.parametrize(
    ("is_for_file", "limit"),
    [(False, PAGE_ROWS), (True, ALL_ENTRIES)],
)
def test_a_page_has_some_users_and_a_file_all(limit: int, *, is_for_file: bool) -> None:
    repository = CountingRepository()

    assert data_of(repository, is_for_file=is_for_file).users.total == 1
    assert repository.limits == [limit]


def test_a_page_beyond_the_last_is_the_last() -> None:
    repository = CountingRepository(users=many_users(80))
    data = PageData(repository, query(page=9), now=NOW)  # type: ignore[arg-type]

    assert data.users.rows[0].name == "User 50"
