"""What imports of dumps say about memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.sync.imports import import_dump
from tests.store.test_store import asked
from tests.support.directory import (
    DAY,
    FINANCE,
    FOREVER,
    HOUR,
    SALES,
    at,
    group,
    members,
    memberships,
    person,
    staff,
    traits,
)
from tests.support.documents import ANA, BOB, NOON, usage, write_dump

if TYPE_CHECKING:
    from pathlib import Path

    from librechat_analytics.store.store import Store
    from tests.support.documents import Document


class TestImports:
    def imported(self, store: Store, folder: Path, **collections: list[Document]) -> None:
        import_dump(store, DumpSource(write_dump(folder, **collections)), now=NOON + 30 * DAY)

    def test_a_dump_shows_the_instant_of_its_newest_row(self, store: Store, tmp_path: Path) -> None:
        future = usage(NOON + 90 * DAY, 7)
        for hours, inside in ((0, [str(ANA)]), (1, [])):
            self.imported(
                store,
                tmp_path / str(hours),
                transactions=[usage(NOON + hours * HOUR, hours), future],
                users=[person(ANA, f"ana@{hours}.example")],
                groups=[group(FINANCE, *inside)],
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
        for name, domain, inside in (("first", "old", [str(ANA)]), ("second", "new", [])):
            self.imported(
                store,
                tmp_path / name,
                transactions=[usage()],
                users=[person(ANA, f"ana@{domain}.example")],
                groups=[group(FINANCE, *inside)],
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
