"""Many memberships that seem to end at once."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.store.store import Store
from tests.store.test_store import asked
from tests.support.directory import (
    FINANCE,
    HOUR,
    SALES,
    at,
    group,
    groups_listed,
    members,
    person,
    read,
    staff,
)
from tests.support.documents import NOON

if TYPE_CHECKING:
    from pathlib import Path


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [re.sub(r"\d+", "N", record.getMessage()).partition(" ")[2] for record in caplog.records]


class TestManyEndsAtOnce:
    """More than a fifth, and at least ten, of all memberships."""

    def read(self, store: Store, minutes: float, present: int, everybody: int = 40) -> set[str]:
        """Read a group that has the first ``present`` users; returns its members afterwards."""
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
