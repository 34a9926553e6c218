"""What changed, by group and by provider, and what splits a timeline by group: of a small ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.changes import InSeveralGroups
from librechat_analytics.usage.filters import NONE, Filters, Scope
from librechat_analytics.usage.periods import Period, TimeRange
from librechat_analytics.usage.repository import StoreRepository
from tests.support.documents import ANA, BOB, NOON, object_id, usage, write_dump
from tests.support.imports import fill_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engines import Engine

SALES, LEGAL, EMPTY = (object_id(NOON, number) for number in (1, 2, 3))
CARL = object_id(NOON, 4)
DAY = timedelta(days=1)
PERIOD = Period("custom", TimeRange(NOON, NOON + DAY), TimeRange(NOON - DAY, NOON), ZoneInfo("Europe/Berlin"))


@pytest.fixture(scope="module")
def repository(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreRepository]:
    """Ana (Sales, Legal) rises by $3, Bob (Legal) falls by $1, Carl (no group) is new with $5."""
    folder = tmp_path_factory.mktemp("changes")
    spent = [
        (ANA, -DAY, 1, "gpt-5.4"),
        (ANA, timedelta(), 4, "gpt-5.4"),
        (BOB, -DAY, 2, "claude-sonnet-4-6"),
        (BOB, timedelta(), 1, "claude-sonnet-4-6"),
        (CARL, timedelta(), 5, "some-model"),
    ]
    write_dump(
        folder / "dump",
        users=[{"_id": user, "name": name} for user, name in ((ANA, "Ana"), (BOB, "Bob"), (CARL, "Carl"))],
        groups=[
            {"_id": SALES, "name": "Sales", "memberIds": [str(ANA)]},
            {"_id": LEGAL, "name": "Legal", "memberIds": [str(ANA), str(BOB)]},
            {"_id": EMPTY, "name": "Nobody", "memberIds": []},
        ],
        transactions=[
            usage(
                NOON + at,
                number,
                user=user,
                model=model,
                rawAmount=-1_000_000 * cost,
                tokenValue=-1_000_000 * cost,
                rate=1,
            )
            for number, (user, at, cost, model) in enumerate(spent)
        ],
    )
    fill_store(folder, now=NOON + DAY)
    store = Store(folder / "data")
    with engine.reading(store) as reader:
        yield StoreRepository(reader, source=lambda: SourceReport("offline"), clock=lambda: NOON + DAY)
    store.close()


def differences(repository: StoreRepository, scope: Scope | None = None) -> dict[str | None, float]:
    changed = repository.what_changed(PERIOD, "group", 10, Filters(scope=scope))
    return {part.subject: part.difference_usd for part in changed.rows}


def test_a_user_counts_in_each_of_their_groups_and_the_rest_takes_it_away(
    repository: StoreRepository,
) -> None:
    changed = repository.what_changed(PERIOD, "group", 10)
    assert differences(repository) == {None: 5.0, str(SALES): 3.0, str(LEGAL): 2.0}
    assert (changed.difference_usd, changed.rest_usd) == (7.0, -3.0)
    assert changed.in_several == InSeveralGroups(1, 3.0)
    assert [part.label for part in changed.rows] == [NONE, "Sales", "Legal"]


def test_a_reader_sees_only_the_groups_of_their_scope(repository: StoreRepository) -> None:
    assert differences(repository, Scope((), (str(SALES),))) == {str(SALES): 3.0}


def test_a_user_whose_groups_the_reader_may_not_see_is_in_the_rest(tmp_path: Path) -> None:
    write_dump(
        tmp_path / "dump",
        users=[{"_id": ANA, "email": "ana@x.example"}],
        groups=[{"_id": SALES, "name": "Secret", "memberIds": [str(ANA)]}],
        transactions=[usage(NOON, 1)],
    )
    fill_store(tmp_path, now=NOON + DAY)
    store = Store(tmp_path / "data")
    repository = StoreRepository(store, source=lambda: SourceReport("offline"), clock=lambda: NOON + DAY)
    of_a_domain = Filters(scope=Scope(("x.example",), ()))
    changed = repository.what_changed(PERIOD, "group", 10, of_a_domain)
    split = repository.split_over_time(PERIOD, "day", "group", of_a_domain)
    store.close()
    assert (changed.rows, changed.rest_usd) == ((), changed.difference_usd)
    assert {row.part for row in split.rows} == {None}


def test_a_limit_leaves_the_rest_of_the_difference(repository: StoreRepository) -> None:
    changed = repository.what_changed(PERIOD, "user", 1)
    assert [(part.label, part.state) for part in changed.rows] == [("Carl", "new")]
    assert (changed.total, changed.rest_usd) == (3, 2.0)


def test_a_filter_applies_to_both_ranges(repository: StoreRepository) -> None:
    changed = repository.what_changed(PERIOD, "model", 10, Filters(user=(str(BOB),)))
    assert (changed.before_usd, changed.now_usd) == (2.0, 1.0)
    assert [part.subject for part in changed.rows] == ["claude-sonnet-4-6"]


def test_nothing_is_compared_where_there_is_no_previous_period(repository: StoreRepository) -> None:
    changed = repository.what_changed(Period("all", PERIOD.range, None, PERIOD.zone), "user", 10)
    assert (changed.before_usd, changed.now_usd, changed.difference_usd) == (None, 10.0, None)
    assert (changed.rows, changed.rest_usd, changed.causes) == ((), None, None)


def test_a_timeline_by_group_counts_a_user_in_each_group_and_others_are_in_none_shown(
    repository: StoreRepository,
) -> None:
    whole = repository.usage_over_time(PERIOD, "month", split="group")
    assert whole.legend is not None
    assert [(part.label, part.cost_usd) for part in whole.legend] == [
        ("Legal", 5.0),
        (NONE, 5.0),
        ("Sales", 4.0),
    ]
    (point,) = whole.points
    assert point.parts == {str(LEGAL): 5.0, NONE: 5.0, str(SALES): 4.0}
    assert (point.cost_usd, point.others_usd) == (10.0, 0.0)


@pytest.mark.parametrize("by", ["model", "user", "provider"])
def test_the_parts_of_a_timeline_add_up(repository: StoreRepository, by: str) -> None:
    for point in repository.usage_over_time(PERIOD, "hour", split=by).points:  # type: ignore[arg-type]
        assert sum((point.parts or {}).values()) + (point.others_usd or 0) == point.cost_usd
