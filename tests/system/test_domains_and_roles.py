"""Who had which domain and which role, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.librechat.labels import read_anonymous_user
from librechat_analytics.sync.labels import write_labels
from tests.support.directory import FOREVER, HOUR, at, person, read, traits
from tests.support.documents import ANA, BOB, NOON
from tests.support.in_memory import LibreChat

if TYPE_CHECKING:
    from librechat_analytics.store.store import Store


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
