"""Memberships over time, and their effect on figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.sync.labels import write_labels
from librechat_analytics.usage.filters import Scope
from tests.store.test_store import asked, write
from tests.support.directory import (
    ANA_AND_BOB,
    FINANCE,
    FOREVER,
    HOUR,
    SALES,
    at,
    cost,
    group,
    groups_listed,
    memberships,
    person,
    read,
    repository,
)
from tests.support.documents import ANA, BOB, NOON, usage
from tests.support.in_memory import LibreChat

if TYPE_CHECKING:
    from librechat_analytics.store.store import Store


class TestMemberships:
    def test_begin_and_end_with_the_readings_that_show_it_and_may_begin_again(self, store: Store) -> None:
        read(store, NOON, [group(FINANCE, str(BOB))])
        read(store, NOON + 1 * HOUR, [group(FINANCE, str(ANA), str(BOB))])
        read(store, NOON + 2 * HOUR, [group(FINANCE, str(ANA), str(BOB))])
        read(store, NOON + 3 * HOUR, [group(FINANCE, str(BOB))])
        read(store, NOON + 4 * HOUR, [group(FINANCE, str(ANA), str(BOB))])

        assert memberships(store) == [
            ("Bob", "Finance", at(0), FOREVER, True),
            ("Ana", "Finance", at(1), at(3), False),
            ("Ana", "Finance", at(4), FOREVER, False),
        ]

    def test_of_a_first_reading_without_any_group_none_is_assumed_later(self, store: Store) -> None:
        read(store, NOON, [])
        read(store, NOON + HOUR, [group(FINANCE, str(ANA))])

        assert memberships(store) == [("Ana", "Finance", at(1), FOREVER, False)]

    def test_groups_that_could_not_be_read_at_first_are_assumed_when_they_can(self, store: Store) -> None:
        librechat = LibreChat(users=ANA_AND_BOB, groups=[group(FINANCE, str(ANA))])
        librechat.forbidden = {"groups"}
        write_labels(store, librechat, NOON)
        librechat.forbidden = set()
        write_labels(store, librechat, NOON + HOUR)

        assert memberships(store) == [("Ana", "Finance", at(1), FOREVER, True)]

    def test_stay_as_they_are_while_groups_or_users_cannot_be_read(self, store: Store) -> None:
        read(store, NOON, [group(FINANCE, str(ANA))])
        for collection in ("groups", "users"):
            librechat = LibreChat(users=ANA_AND_BOB)
            librechat.forbidden = {collection}
            write_labels(store, librechat, NOON + HOUR)

        assert memberships(store) == [("Ana", "Finance", at(0), FOREVER, True)]

    def test_end_with_their_group_whose_name_is_kept(self, store: Store) -> None:
        read(store, NOON, [group(FINANCE, str(ANA)), group(SALES)])
        read(store, NOON + HOUR, [group(SALES, name="Sales and Marketing")])

        assert memberships(store) == [("Ana", "Finance", at(0), at(1), True)]
        assert groups_listed(store) == ["Sales and Marketing"]

        read(store, NOON + 2 * HOUR, [group(FINANCE, str(ANA))])
        assert groups_listed(store) == ["Finance"]

    def test_of_somebody_who_is_deleted_stay_until_their_group_is(self, store: Store) -> None:
        read(store, NOON, [group(FINANCE, str(ANA), str(BOB))])
        read(store, NOON + HOUR, [group(FINANCE, str(ANA))], users=[person(ANA)])
        assert memberships(store)[1] == ("Bob", "Finance", at(0), FOREVER, True)

        read(store, NOON + 2 * HOUR, [group(SALES, str(ANA))], users=[person(ANA)])
        assert memberships(store)[1] == ("Bob", "Finance", at(0), at(2), True)

    def test_of_somebody_who_was_deleted_before_count_where_the_group_still_has_them(
        self, store: Store
    ) -> None:
        write(store, usage(user=BOB))
        read(store, NOON, [group(FINANCE, str(BOB))], users=[person(ANA)])

        assert memberships(store) == [("Bob", "Finance", at(0), FOREVER, True)]

    def test_never_overlap_though_the_clock_is_set_back(self, store: Store) -> None:
        for hours, members in ((0, [ANA]), (5, []), (1, [ANA]), (2, []), (3, [ANA])):
            read(store, NOON + hours * HOUR, [group(FINANCE, *map(str, members))])

        assert memberships(store) == [
            ("Ana", "Finance", at(0), at(5), True),
            ("Ana", "Finance", at(5), FOREVER, False),
        ]

    @pytest.mark.parametrize(
        ("in_directory", "member"),
        [
            (None, ANA),
            (None, str(ANA)),
            (None, str(ANA).upper()),
            ("8D2F0A1C-6f5e", "8D2F0A1C-6f5e"),
            ("8D2F0A1C-6f5e", "8d2f0a1c-6F5E"),
            ("Ana.Müller@Example.COM", "ana.MÜLLER@example.com"),
            (str(BOB).upper() + "0", str(BOB) + "0"),
            ("8D2F0A1C-6f5e", ANA),
        ],
    )
    def test_are_found_by_either_id_however_it_is_written(
        self, store: Store, in_directory: str | None, member: object
    ) -> None:
        users = [person(BOB, idOnTheSource="another"), person(ANA, idOnTheSource=in_directory)]
        read(store, NOON, [group(FINANCE, "unknown", member, member, None, 7)], users)

        assert memberships(store) == [("Ana", "Finance", at(0), FOREVER, True)]

    def test_go_to_the_exact_id_first_and_to_nobody_where_two_differ_by_their_case_only(
        self, store: Store
    ) -> None:
        users = [person(BOB, idOnTheSource="u-1"), person(ANA, idOnTheSource="U-1")]
        read(store, NOON, [group(FINANCE, "u-1")], users)
        assert memberships(store) == [("Bob", "Finance", at(0), FOREVER, True)]

        for other in ([group(FINANCE, "U-1")], [group(FINANCE)]):
            read(store, NOON + HOUR, other, users)
        users[0]["idOnTheSource"] = "u-1a"
        users[1]["idOnTheSource"] = "U-1A"
        read(store, NOON + 2 * HOUR, [group(SALES, "u-1A")], users)
        assert [row for row in memberships(store) if row[1] == "Sales"] == []


class TestQuestions:
    """Filters use today's groups; the store also keeps the earlier ones."""

    @pytest.fixture(autouse=True)
    def moved(self, store: Store) -> None:
        """Ana moves from Finance to Sales, her role and her address change, and Finance is given up."""
        write(store, usage(NOON + HOUR, 1), usage(NOON + 3 * HOUR, 2), usage(NOON + 3 * HOUR, 3, user=BOB))
        read(store, NOON, [group(FINANCE, str(ANA)), group(SALES)], [person(ANA, "ana@Old.example", "USER")])
        read(store, NOON + 2 * HOUR, [group(SALES, str(ANA))], [person(ANA, "ana@new.example", "ADMIN")])

    def test_filters_go_by_today(self, store: Store) -> None:
        assert cost(store, group=str(FINANCE)) == 0
        assert cost(store, group=str(SALES)) == 0.006
        assert cost(store, domain="old.example") == cost(store, role="USER") == 0
        assert cost(store, domain="new.example") == cost(store, role="ADMIN") == 0.006

    def test_keys_see_who_belongs_to_their_group_today(self, store: Store) -> None:
        former, present = Scope((), (str(FINANCE),)), Scope((), (str(SALES),))

        assert (cost(store, scope=former), cost(store, scope=present)) == (0, 0.006)
        assert repository(store).user(str(ANA), former) is None
        assert repository(store).user(str(ANA), present) is not None
        assert (groups_listed(store, former), groups_listed(store, present)) == ([], ["Sales"])
        assert groups_listed(store) == ["Sales"]

    def test_what_a_group_cost_while_somebody_belonged_to_it_can_be_asked(self, store: Store) -> None:
        by_group = asked(
            store,
            """
            SELECT groups.name, count(*), sum(cost_e6)::BIGINT
            FROM usage
            JOIN memberships ON memberships.user_key = usage.user_key
                AND created_at >= since AND (until IS NULL OR created_at < until)
            JOIN groups ON groups.id = group_id
            GROUP BY groups.name ORDER BY groups.name
            """,
        )
        assert by_group == [("Finance", 1, 3 * 10**9), ("Sales", 1, 3 * 10**9)]

    def test_what_a_domain_and_a_role_cost_can_be_asked(self, store: Store) -> None:
        by_trait = asked(
            store,
            """
            SELECT value, count(*) FROM usage
            JOIN user_traits ON user_traits.user_key = usage.user_key
                AND created_at >= since AND (until IS NULL OR created_at < until)
            GROUP BY value ORDER BY value
            """,
        )
        assert by_trait == [("ADMIN", 1), ("USER", 1), ("new.example", 1), ("old.example", 1)]
