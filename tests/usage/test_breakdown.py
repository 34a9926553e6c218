"""What groups, e-mail domains, roles, providers, contexts and tenants cost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from bson import ObjectId

from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.filters import EVERYTHING, Filters, Scope
from librechat_analytics.usage.list_answers import InSeveral
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.repository import StoreRepository
from tests.support.documents import NOON, object_id, usage, write_dump
from tests.support.imports import fill_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.usage.list_answers import Breakdown
    from librechat_analytics.usage.questions import Attribute
    from tests.support.engines import Engine

ANA, BOB, CEM, DIA = (ObjectId(f"65010c00c2d3e4f50102030{number}") for number in range(4))
RED, BLUE, OLD = (object_id(NOON, number) for number in range(1, 4))
PERIOD = parse_period("30d", None, None, ZoneInfo("UTC"), now=NOON, first_usage=None)
COMPARED = Listing(10, beyond_period=True)
BEFORE = NOON - timedelta(days=40)


@pytest.fixture(scope="module")
def repository(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreRepository]:
    """Ana is in two groups and spent 1 dollar, Bob is in one and spent 2, Cem is in none and spent 4.

    In the previous period Ana spent 8 dollars, and Dia, whose group nobody else is in, 16.
    """
    folder = tmp_path_factory.mktemp("breakdown")
    spent = [
        (ANA, NOON - timedelta(days=1), 1, "message", "gpt-5.4"),
        (BOB, NOON - timedelta(days=2), 2, "title", "claude-sonnet-4-6"),
        (CEM, NOON - timedelta(days=3), 4, None, "gpt-5.4"),
        (ANA, BEFORE, 8, "message", "gpt-5.4"),
        (DIA, BEFORE, 16, "summary", "gpt-5.4"),
    ]
    write_dump(
        folder / "dump",
        users=[
            {"_id": ANA, "name": "Ana", "email": "ana@x.example", "role": "ADMIN"},
            {"_id": BOB, "name": "Bob", "email": "bob@X.example", "role": "USER"},
            {"_id": CEM, "name": "Cem", "role": "USER"},
            {"_id": DIA, "name": "Dia", "email": "dia@y.example", "role": "GUEST"},
        ],
        groups=[
            {"_id": RED, "name": "Red", "memberIds": [str(ANA), str(BOB)]},
            {"_id": BLUE, "name": "Blue", "memberIds": [str(ANA)]},
            {"_id": OLD, "name": "Zoo", "memberIds": [str(DIA)]},
        ],
        transactions=[
            usage(at, number, user=user, tokenValue=-dollars * 1_000_000, context=context, model=model)
            for number, (user, at, dollars, context, model) in enumerate(spent)
        ],
    )
    fill_store(folder, now=NOON)
    store = Store(folder / "data")
    with engine.reading(store) as reader:
        yield StoreRepository(reader, source=lambda: SourceReport("offline"), clock=lambda: NOON)
    store.close()


def costs(found: Breakdown) -> list[tuple[str, float, float | None]]:
    return [(row.label, row.cost_usd, row.previous_cost_usd) for row in found.rows]


def asked(
    repository: StoreRepository,
    by: Attribute,
    listing: Listing = COMPARED,
    filters: Filters = EVERYTHING,
) -> Breakdown:
    return repository.breakdown(PERIOD, by, listing, filters)


class TestGroups:
    def test_a_user_counts_in_each_of_their_groups(self, repository: StoreRepository) -> None:
        found = asked(repository, "group")

        assert costs(found) == [("Red", 3.0, 8.0), ("Blue", 1.0, 8.0)]
        assert (found.none.cost_usd, found.none.previous_cost_usd) == (4.0, 0.0)
        assert found.in_several == InSeveral(users=1, cost_usd=1.0)
        assert found.total == 2

    def test_a_group_has_its_people_their_cost_per_head_and_its_top_model(
        self, repository: StoreRepository
    ) -> None:
        red = asked(repository, "group").rows[0]

        assert (red.key, red.users, red.cost_per_user_usd, red.share) == (str(RED), 2, 1.5, 3 / 7)
        assert red.top_model == "claude-sonnet-4-6"
        assert red.last_active == NOON - timedelta(days=1)

    def test_by_change_the_groups_that_spent_only_before_are_listed_too(
        self, repository: StoreRepository
    ) -> None:
        found = asked(repository, "group", Listing(10, sort="change", beyond_period=True))

        assert costs(found) == [("Zoo", 0.0, 16.0), ("Blue", 1.0, 8.0), ("Red", 3.0, 8.0)]
        assert (found.rows[0].last_active, found.rows[0].top_model, found.rows[0].users) == (None, None, 0)
        assert found.total == 3

    def test_they_can_be_searched_and_ordered_by_name(self, repository: StoreRepository) -> None:
        by_name = asked(repository, "group", Listing(10, sort="name", descending=False))
        found = asked(repository, "group", Listing(10, search="RÉD"))

        assert [row.label for row in by_name.rows] == ["Blue", "Red"]
        assert ([row.label for row in found.rows], found.matched, found.total) == (["Red"], 1, 2)

    def test_a_reader_sees_only_the_groups_of_their_scope(self, repository: StoreRepository) -> None:
        scope = Scope((), (str(BLUE),))
        found = asked(repository, "group", filters=Filters(scope=scope))

        assert costs(found) == [("Blue", 1.0, 8.0)]
        assert (found.none.cost_usd, found.in_several) == (0.0, InSeveral(0, 0.0))

    def test_a_filter_limits_them(self, repository: StoreRepository) -> None:
        assert costs(asked(repository, "group", filters=Filters(user=(str(BOB),)))) == [("Red", 2.0, 0.0)]


def test_a_user_has_the_groups_that_the_reader_may_see(repository: StoreRepository) -> None:
    whole, limited = repository.user(str(ANA)), repository.user(str(ANA), Scope((), (str(BLUE),)))
    alone = repository.user(str(CEM))

    assert [user and user.groups for user in (whole, limited, alone)] == [("Blue", "Red"), ("Blue",), ()]
    assert whole is not None
    assert whole.last_active == NOON - timedelta(days=1)


@pytest.mark.parametrize(
    ("scope", "groups"),
    [
        (None, {"Ana": ("Blue", "Red"), "Bob": ("Red",), "Cem": ()}),
        (Scope((), (str(RED),)), {"Ana": ("Red",), "Bob": ("Red",)}),
    ],
)
def test_lists_of_users_name_the_groups_that_the_reader_may_see(
    repository: StoreRepository, scope: Scope | None, groups: dict[str, tuple[str, ...]]
) -> None:
    rows = repository.top_users(PERIOD, COMPARED, Filters(scope=scope)).rows
    assert {row.name: row.groups for row in rows} == groups


@pytest.mark.parametrize(
    ("by", "parts", "none"),
    [
        ("domain", [("x.example", 3.0, 8.0)], 4.0),
        ("role", [("USER", 6.0, 0.0), ("ADMIN", 1.0, 8.0)], 0.0),
        ("context", [("title", 2.0, 0.0), ("message", 1.0, 8.0)], 4.0),
        ("tenant", [], 7.0),
    ],
)
def test_other_attributes_add_up_to_the_whole(
    repository: StoreRepository, by: Attribute, parts: list[tuple[str, float, float]], none: float
) -> None:
    found = asked(repository, by)

    assert costs(found) == parts
    assert found.none.cost_usd == none
    assert found.in_several is None
    assert sum(row.cost_usd for row in found.rows) + found.none.cost_usd == 7.0


def test_providers_add_up_to_the_whole(repository: StoreRepository) -> None:
    found = asked(repository, "provider")

    assert sum(row.cost_usd for row in found.rows) + found.none.cost_usd == 7.0


def test_without_a_range_before_nothing_is_known_of_it(repository: StoreRepository) -> None:
    whole = parse_period("all", None, None, ZoneInfo("UTC"), now=NOON, first_usage=BEFORE)
    found = repository.breakdown(whole, "group", Listing(10, sort="change", beyond_period=True))

    assert costs(found) == [("Zoo", 16.0, None), ("Red", 11.0, None), ("Blue", 9.0, None)]
    assert found.none.previous_cost_usd is None
