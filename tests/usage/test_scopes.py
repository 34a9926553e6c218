"""Which limits of a key match nobody among LibreChat's users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.cells import forget_cells
from librechat_analytics.store.store import Store
from librechat_analytics.usage.filters import Scope
from librechat_analytics.usage.scopes import unmatched_parts
from tests.support.documents import ANA, BOB, NOON, object_id, usage, write_dump
from tests.support.imports import fill_store
from tests.support.stored_tenants import write_tenants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GROUP, EMPTY_GROUP = object_id(NOON, 1), object_id(NOON, 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in which Ana has used LibreChat, and Bob has not yet."""
    write_dump(
        tmp_path / "dump",
        users=[
            {"_id": ANA, "name": "Ana", "email": "ana@X.example"},
            {"_id": BOB, "name": "Bob", "email": "bob@y.example"},
        ],
        groups=[
            {"_id": GROUP, "name": "Team", "memberIds": [str(BOB)]},
            {"_id": EMPTY_GROUP, "name": "Nobody", "memberIds": []},
        ],
        transactions=[usage(NOON, 1)],
    )
    fill_store(tmp_path, now=NOON)
    write_tenants(tmp_path / "data", {str(ANA): "acme", str(BOB): "globex"})
    store = Store(tmp_path / "data")
    yield store
    store.close()


@pytest.mark.parametrize(
    ("scope", "unmatched"),
    [
        (Scope(("x.example",), ()), ()),
        (Scope(("y.example",), (str(GROUP),)), ()),
        (Scope(("example", "x.example", "z.example"), ()), ("domain=example", "domain=z.example")),
        (Scope(("x.example",), ("Team", str(EMPTY_GROUP))), ("group=Team", f"group={EMPTY_GROUP}")),
        (Scope((), (), ("acme", "globex")), ()),
        (Scope((), (), ("Acme", "globex")), ("tenant=Acme",)),
        (Scope(("x.example", "y.example"), (), ("acme",)), ("domain=y.example",)),
    ],
)
def test_each_limit_that_matches_nobody_is_named(
    store: Store, scope: Scope, unmatched: tuple[str, ...]
) -> None:
    assert unmatched_parts(store, scope) == unmatched


def test_a_tenant_is_somebody_as_soon_as_usage_is_recorded_with_it(store: Store) -> None:
    scope = Scope((), (), ("initech",))
    assert unmatched_parts(store, scope) == ("tenant=initech",)
    with store.committing() as cursor:
        cursor.execute("INSERT INTO tenants VALUES (9, 'initech'), (10, 'of-nobody')")
        cursor.execute("UPDATE transactions SET tenant_key = 9")
        forget_cells(cursor)
    assert unmatched_parts(store, scope) == ()
    assert unmatched_parts(store, Scope((), (), ("initech", "of-nobody"))) == ("tenant=of-nobody",)
    of_ana, of_bob = "x.example", "y.example"
    assert unmatched_parts(store, Scope((of_ana, of_bob), (), ("initech",))) == ("domain=y.example",)


def test_nothing_can_be_said_before_any_user_is_known(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    assert unmatched_parts(store, Scope(("x.example",), ())) is None
    store.close()
