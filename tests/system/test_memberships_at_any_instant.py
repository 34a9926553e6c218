"""Memberships after any readings of groups."""

from __future__ import annotations

import itertools
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.labels import Group, read_user
from librechat_analytics.store.store import Store
from librechat_analytics.sync.memberships import write_memberships
from tests.store.test_store import asked
from tests.support.directory import FINANCE, members, naive, person, read, staff
from tests.support.documents import NOON, object_id
from tests.support.examples import examples

if TYPE_CHECKING:
    from bson import ObjectId


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


@settings(max_examples=examples(6))
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


@settings(max_examples=examples(6))
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
