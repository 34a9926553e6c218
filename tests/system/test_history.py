"""Who belonged to which group, had which domain and which role, from when to when."""

from __future__ import annotations

import itertools
import logging
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.labels import Group, read_anonymous_user, read_user
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.sync.labels import write_labels
from librechat_analytics.sync.memberships import write_memberships
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.repository import Repository
from tests.store.test_store import asked, write
from tests.support.documents import ANA, BOB, NOON, object_id, usage, write_dump
from tests.support.in_memory import LibreChat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bson import ObjectId

    from tests.support.documents import Document

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FINANCE, SALES = object_id(NOON, 1), object_id(NOON, 2)
FOREVER = None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data")
    yield store
    store.close()


def group(identity: ObjectId, *members: object, name: str | None = None) -> Document:
    return {
        "_id": identity,
        "name": name or {FINANCE: "Finance", SALES: "Sales"}[identity],
        "memberIds": [*members],
    }


def person(
    identity: ObjectId, email: str | None = None, role: str | None = "USER", **fields: Any
) -> Document:
    return {"_id": identity, "name": "Somebody", "email": email, "role": role} | fields


ANA_AND_BOB = [person(ANA), person(BOB)]


def read(store: Store, at: datetime, groups: list[Document], users: list[Document] = ANA_AND_BOB) -> None:
    write_labels(store, LibreChat(users=users, groups=groups), at)


Row = tuple[str, str, "datetime", "datetime | None", bool]


def memberships(store: Store) -> list[Row]:
    """Each membership: whose, in which group, since and until when, and whether it may have held before."""
    names = {str(ANA): "Ana", str(BOB): "Bob"}
    rows = asked(
        store,
        "SELECT users.id, groups.name, since, until, assumed FROM memberships JOIN users ON key = user_key"
        " JOIN groups ON groups.id = group_id ORDER BY since, groups.name, users.id",
    )
    return [(names[user], *rest) for user, *rest in rows]  # type: ignore[misc]


def traits(store: Store, trait: str) -> list[tuple[Any, ...]]:
    return asked(
        store,
        f"SELECT value, since, until, assumed FROM user_traits WHERE trait = '{trait}' ORDER BY since, value",
    )


def naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def at(hours: float) -> datetime:
    return naive(NOON + hours * HOUR)


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


def groups_listed(store: Store, scope: Scope | None = None) -> list[str]:
    values = repository(store).filter_values(scope)
    return [label for _, label in values["group"]] if "group" in values else []


def repository(store: Store) -> Repository:
    return Repository(store, source=lambda: ("offline", None), clock=lambda: NOON + DAY)


def cost(store: Store, **filters: Any) -> float:
    now = NOON + DAY
    period = parse_period("all", None, None, "UTC", now=now, first_usage=NOON - DAY)
    return repository(store).summary(period, Filters(**filters)).totals.cost_usd


class TestQuestions:
    """What is asked of today goes by what holds today; what held before can be asked for."""

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


class TestDomainsAndRoles:
    def test_begin_and_end_with_the_readings_that_show_it(self, store: Store) -> None:
        for hours, email, role in (
            (0, "ana@Corp.Example", "USER"),
            (1, "Ana.Novak@corp.example", "ADMIN"),
            (2, '"a@b"@other.example', "ADMIN"),
            (3, None, None),
            (4, "ana@corp.example", "USER"),
        ):
            read(store, NOON + hours * HOUR, [], [person(ANA, email, role)])

        assert traits(store, "domain") == [
            ("corp.example", at(0), at(2), True),
            ("other.example", at(2), at(3), False),
            ("corp.example", at(4), FOREVER, False),
        ]
        assert traits(store, "role") == [
            ("USER", at(0), at(1), True),
            ("ADMIN", at(1), at(3), False),
            ("USER", at(4), FOREVER, False),
        ]

    @pytest.mark.parametrize("email", ["ana", "ana@", "", None])
    def test_an_address_without_a_domain_has_none(self, store: Store, email: str | None) -> None:
        read(store, NOON, [], [person(ANA, email)])

        assert traits(store, "domain") == []

    def test_who_is_deleted_keeps_them(self, store: Store) -> None:
        read(store, NOON, [], [person(ANA, "ana@corp.example")])
        read(store, NOON + HOUR, [], [])

        assert traits(store, "domain") == [("corp.example", at(0), FOREVER, True)]
        assert traits(store, "role") == [("USER", at(0), FOREVER, True)]

    def test_of_somebody_new_are_not_assumed(self, store: Store) -> None:
        read(store, NOON, [], [person(ANA, "ana@corp.example")])
        read(store, NOON + HOUR, [], [person(ANA, "ana@corp.example"), person(BOB, "bob@corp.example")])

        assert traits(store, "domain")[1] == ("corp.example", at(1), FOREVER, False)
        assert traits(store, "role")[1] == ("USER", at(1), FOREVER, False)

    def test_the_domain_of_somebody_forgotten_is_not_written_down_again(self, store: Store) -> None:
        read(store, NOON, [], [person(ANA, "ana@corp.example")])
        store.forget_user(str(ANA))
        read(store, NOON + HOUR, [], [person(ANA, "ana@corp.example")])

        assert traits(store, "domain") == []
        assert traits(store, "role") == [("USER", at(0), FOREVER, True)]

    def test_domains_that_were_not_read_for_a_while_are_assumed_again(self, store: Store) -> None:
        users = [person(ANA, "ana@corp.example")]
        anonymous = LibreChat()
        anonymous.users = lambda: map(read_anonymous_user, users)  # type: ignore[method-assign]
        read(store, NOON, [], users)
        store.erase_names()
        write_labels(store, anonymous, NOON + HOUR)
        assert traits(store, "domain") == []

        read(store, NOON + 2 * HOUR, [], users)
        assert traits(store, "domain") == [("corp.example", at(2), FOREVER, True)]
        assert traits(store, "role") == [("USER", at(0), FOREVER, True)]


class TestImports:
    def imported(self, store: Store, folder: Path, **collections: list[Document]) -> None:
        with closing(DumpSource(write_dump(folder, **collections))) as source:
            import_dump(store, source, now=NOON + 30 * DAY)

    def test_a_dump_shows_the_instant_of_its_newest_row(self, store: Store, tmp_path: Path) -> None:
        future = usage(NOON + 90 * DAY, 7)
        for hours, members in ((0, [str(ANA)]), (1, [])):
            self.imported(
                store,
                tmp_path / str(hours),
                transactions=[usage(NOON + hours * HOUR, hours), future],
                users=[person(ANA, f"ana@{hours}.example")],
                groups=[group(FINANCE, *members)],
            )

        assert memberships(store) == [("Ana", "Finance", at(0), at(1), True)]
        assert traits(store, "domain") == [
            ("0.example", at(0), at(1), True),
            ("1.example", at(1), FOREVER, False),
        ]

    def test_an_older_dump_changes_nothing(self, store: Store, tmp_path: Path) -> None:
        self.imported(
            store,
            tmp_path / "new",
            transactions=[usage()],
            users=[person(ANA, "ana@new.example")],
            groups=[group(FINANCE, str(ANA))],
        )
        self.imported(
            store,
            tmp_path / "old",
            transactions=[usage(NOON - DAY)],
            users=[person(ANA, "ana@old.example", "ADMIN"), person(BOB, "bob@old.example")],
            groups=[group(SALES, str(ANA), str(BOB))],
        )

        assert memberships(store) == [("Ana", "Finance", at(0), FOREVER, True)]
        assert traits(store, "domain") == [("new.example", at(0), FOREVER, True)]
        assert traits(store, "role") == [("USER", at(0), FOREVER, True)]

    def test_what_may_have_held_before_is_kept_though_it_ends_at_the_same_instant(
        self, store: Store, tmp_path: Path
    ) -> None:
        for name, domain, members in (("first", "old", [str(ANA)]), ("second", "new", [])):
            self.imported(
                store,
                tmp_path / name,
                transactions=[usage()],
                users=[person(ANA, f"ana@{domain}.example")],
                groups=[group(FINANCE, *members)],
            )

        assert memberships(store) == [("Ana", "Finance", at(0), at(0), True)]
        assert traits(store, "domain") == [
            ("new.example", at(0), FOREVER, False),
            ("old.example", at(0), at(0), True),
        ]

    def test_the_same_dump_again_is_no_other_reading(self, store: Store, tmp_path: Path) -> None:
        everybody = [person(identity) for identity in staff(30)]
        whole = group(FINANCE, *map(str, staff(30)))
        part = group(FINANCE, *map(str, staff(10)))
        for name, row, of in (("whole", usage(), whole), ("part", usage(NOON + HOUR, 1), part)):
            for _ in range(5):
                self.imported(store, tmp_path / name, transactions=[row], users=everybody, groups=[of])

        assert members(store) == set(map(str, staff(30)))
        assert asked(store, "SELECT DISTINCT readings FROM waiting_ends") == [(1,)]


def staff(count: int) -> list[ObjectId]:
    return [object_id(NOON, 100 + number) for number in range(count)]


def members(store: Store) -> set[str]:
    rows = asked(store, "SELECT users.id FROM memberships JOIN users ON key = user_key WHERE until IS NULL")
    return {user for (user,) in rows}


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [re.sub(r"\d+", "N", record.getMessage()).partition(" ")[2] for record in caplog.records]


class TestManyEndsAtOnce:
    """More than a fifth, and at least ten, of all memberships."""

    def read(self, store: Store, minutes: float, present: int, everybody: int = 40) -> set[str]:
        """Read a group of the first so many of everybody; gives its members then."""
        users = [person(identity) for identity in staff(everybody)]
        inside = map(str, staff(everybody)[:present])
        read(store, NOON + timedelta(minutes=minutes), [group(FINANCE, *inside)], users)
        return members(store)

    def ended(self, store: Store) -> list[tuple[Any, ...]]:
        """Count the memberships that have ended, by when."""
        return asked(
            store,
            "SELECT until, count(*) FROM memberships WHERE until IS NOT NULL GROUP BY until ORDER BY until",
        )

    @pytest.mark.parametrize(
        ("everybody", "present", "waits"),
        [
            (50, 40, False),
            (49, 39, True),
            (10, 0, True),
            (9, 0, False),
            (40, 31, False),
            (40, 30, True),
            (40, 0, True),
        ],
    )
    def test_wait(self, store: Store, everybody: int, present: int, *, waits: bool) -> None:
        self.read(store, 0, everybody, everybody)

        assert len(self.read(store, 60, present, everybody)) == (everybody if waits else present)

    def test_take_effect_when_three_readings_over_an_hour_agree(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.read(store, 0, 40)
        with caplog.at_level(logging.INFO):
            for minutes in (5, 10, 15, 64.9):
                assert len(self.read(store, minutes, 20)) == 40
            assert len(self.read(store, 65, 20)) == 20
            self.read(store, 70, 20)

        assert self.ended(store) == [(at(5 / 60), 20)], "with the first of them"
        begun, done = messages(caplog)
        assert begun.startswith("of N memberships are missing in LibreChat's groups at once. They stay until")
        assert done.startswith("memberships have ended: three readings")

    def test_take_two_readings_for_too_few(self, store: Store) -> None:
        self.read(store, 0, 40)

        assert [len(self.read(store, minutes, 0)) for minutes in (60, 600, 601)] == [40, 40, 0]

    def test_are_forgotten_when_the_members_are_back(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.read(store, 0, 40)
        with caplog.at_level(logging.INFO):
            for minutes, present in ((5, 20), (60, 20), (65, 40), (70, 20), (90, 20), (110, 20)):
                assert len(self.read(store, minutes, present)) == 40

        assert self.ended(store) == []
        assert [text.partition(" at once")[0] for text in messages(caplog)] == [
            "of N memberships are missing in LibreChat's groups",
            "groups have most of their members again.",
            "of N memberships are missing in LibreChat's groups",
        ]

    def test_end_at_once_those_that_are_few_when_the_others_are_back(self, store: Store) -> None:
        self.read(store, 0, 40)
        self.read(store, 5, 0)

        assert len(self.read(store, 10, 37)) == 37
        assert self.ended(store) == [(at(5 / 60), 3)]

    def test_are_each_agreed_upon_by_itself(self, store: Store) -> None:
        self.read(store, 0, 40)
        for minutes, present in ((5, 25), (35, 12), (50, 12)):
            assert len(self.read(store, minutes, present)) == 40
        assert len(self.read(store, 65, 12)) == 25, "those that three readings miss since minute 5"
        assert len(self.read(store, 95, 12)) == 12

        assert self.ended(store) == [(at(5 / 60), 15), (at(35 / 60), 13)]

    def test_keep_waiting_over_restarts(
        self, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.read(store, 0, 40)
        with caplog.at_level(logging.INFO):
            self.read(store, 5, 20)
            for minutes in range(10, 65, 5):
                store.close()
                store = Store(tmp_path / "data")
                assert len(self.read(store, minutes, 20)) == 40
            assert len(self.read(store, 65, 20)) == 20
        store.close()
        assert len(messages(caplog)) == 2

    def test_keep_no_new_membership_waiting(self, store: Store) -> None:
        self.read(store, 0, 20)
        new = staff(40)[20:]
        read(
            store,
            NOON + HOUR,
            [group(SALES, *map(str, new))],
            [person(identity) for identity in staff(40)],
        )

        assert members(store) == set(map(str, staff(40)))
        assert groups_listed(store) == ["Finance", "Sales"], "no group is given up while its members wait"

    def test_of_users_who_are_deleted_are_none(self, store: Store, caplog: pytest.LogCaptureFixture) -> None:
        self.read(store, 0, 40)
        with caplog.at_level(logging.INFO):
            read(store, NOON + HOUR, [group(FINANCE)], [])

        assert (len(members(store)), messages(caplog)) == (40, [])

    def test_wait_also_while_a_restored_backup_has_neither_users_nor_groups_yet(self, store: Store) -> None:
        self.read(store, 0, 40)
        for minutes in (30, 50, 70):
            read(store, NOON + timedelta(minutes=minutes), [], [])
            assert len(members(store)) == 40
        self.read(store, 80, 40)

        assert self.ended(store) == []
        for minutes in (100, 130, 160):
            read(store, NOON + timedelta(minutes=minutes), [], [])
        assert self.ended(store) == [(at(100 / 60), 40)]
        assert groups_listed(store) == []

    def test_wait_longer_after_the_clock_was_set_back(self, store: Store) -> None:
        self.read(store, 0, 40)
        for minutes in (6000, 6010, 60, 90):
            assert len(self.read(store, minutes, 20)) == 40
        assert len(self.read(store, 120, 20)) == 20


PEOPLE, MANY = staff(4), staff(16)
GROUPS = [object_id(NOON, 50 + number) for number in range(2)]
READINGS = st.lists(
    st.tuples(
        st.integers(1, 90),
        st.dictionaries(st.sampled_from(GROUPS), st.sets(st.sampled_from(PEOPLE))),
    ),
    max_size=8,
)
"""Minutes since the reading before, and the groups with their members: never ten memberships."""
MANY_READINGS = st.lists(st.tuples(st.integers(0, 45), st.sets(st.sampled_from(MANY))), max_size=8)


class Company:
    """A store that knows some people, and what their groups look like from reading to reading."""

    def __init__(self, folder: str, people: list[ObjectId]) -> None:
        self.store = Store(Path(folder))
        self.now = NOON
        self._people = [user for identity in people if (user := read_user(person(identity)))]
        read(self.store, NOON, [], [person(identity) for identity in people])

    def close(self) -> None:
        self.store.close()

    def read(self, minutes: int, groups: dict[ObjectId, set[ObjectId]]) -> None:
        self.now += timedelta(minutes=minutes)
        shown = [Group(str(one), "A group", tuple(map(str, inside))) for one, inside in groups.items()]
        write_memberships(self.store, shown, self._people, self.now)


@settings(deadline=None, max_examples=25)
@given(READINGS)
def test_at_any_instant_those_belong_that_the_last_reading_until_then_shows(
    readings: list[tuple[int, dict[ObjectId, set[ObjectId]]]],
) -> None:
    right = {}
    with TemporaryDirectory() as folder, closing(Company(folder, PEOPLE)) as company:
        for minutes, groups in readings:
            company.read(minutes, groups)
            right[naive(company.now)] = sorted(
                (str(one), str(member)) for one, inside in groups.items() for member in inside
            )
        for instant, pairs in right.items():
            held = asked(
                company.store,
                "SELECT group_id, id FROM memberships JOIN users ON key = user_key"
                f" WHERE since <= '{instant}' AND (until IS NULL OR until > '{instant}') ORDER BY ALL",
            )
            assert held == pairs


@settings(deadline=None, max_examples=25)
@given(MANY_READINGS, st.sets(st.sampled_from(MANY)))
def test_however_many_end_at_once_no_two_overlap_and_the_last_state_is_reached(
    readings: list[tuple[int, set[ObjectId]]], at_last: set[ObjectId]
) -> None:
    with TemporaryDirectory() as folder, closing(Company(folder, MANY)) as company:
        for minutes, inside in ((0, set(MANY)), *readings, *[(30, at_last)] * 3):
            company.read(minutes, {FINANCE: inside})
            assert set(map(str, inside)) <= members(company.store)
        assert members(company.store) == set(map(str, at_last))
        rows = asked(company.store, "SELECT user_key, since, until FROM memberships ORDER BY user_key, since")
        for (user, _, until), (next_user, since, _) in itertools.pairwise(rows):
            assert user != next_user or (until is not None and until <= since)
