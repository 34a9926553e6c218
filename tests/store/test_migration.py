"""Stores that an older program wrote are migrated in one step, and every figure stays as it was."""

from __future__ import annotations

import logging
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from bson import ObjectId

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store import schema
from librechat_analytics.store.schema import PROGRAM_VERSION, SCHEMA_VERSION
from librechat_analytics.store.store import FILE_NAME, Store, StoreError
from librechat_analytics.store.unfinished import UnfinishedRows
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.sync.mending import mend_providers
from tests.store.test_store import asked, write
from tests.support.agreement import api_of, assert_answers_agree
from tests.support.documents import ANA, BOB, NOON, example_collections, object_id, usage, usages, write_dump
from tests.support.oracle import ENDPOINTS, Ledger, Oracle

if TYPE_CHECKING:
    from tests.support.documents import Document

OF_VERSIONS = {number: Path(__file__).with_name(f"store_{number}.sql") for number in (1, 2, 3, 4)}
"""By a release with that schema: ``DOCUMENTS`` twice, with the users of ``LABELLED``, then ``WAITING``."""

FORGOTTEN, GONE = ObjectId("68aa11bbccddeeff00112244"), ObjectId("68aa11bbccddeeff00112255")
DOCUMENTS: dict[str, list[Document]] = example_collections() | {
    "transactions": [
        *example_collections()["transactions"],
        usage(number=1, user=FORGOTTEN, conversationId="c-2"),
        usage(number=2, user=GONE, conversationId="c-2", tokenType="completion", context="title"),
        usage(number=3, user="nobody", conversationId=None, model=None, context=None),
        usage(number=4, tokenType="image_count", rawAmount=-2),
        usage(number=5, rawAmount="many"),
    ],
    "groups": [{"_id": object_id(NOON, 6), "name": "Finance", "memberIds": [str(ANA), str(BOB)]}],
}
KEPT_USERS = [*example_collections()["users"], {"_id": FORGOTTEN, "name": "Fay", "email": "fay@example.com"}]
LABELLED: list[dict[str, list[Document]]] = [
    {"users": [*KEPT_USERS, {"_id": GONE, "name": "Gus", "email": "gus@example.com"}]},
    {"users": KEPT_USERS},
]
WAITING = usages(3, until=NOON + timedelta(minutes=30))


@pytest.fixture(params=OF_VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    """The schema that the old store has."""
    number: int = request.param
    return number


@pytest.fixture
def old(tmp_path: Path, version: int) -> Path:
    """A folder with a store of an older program."""
    with duckdb.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(OF_VERSIONS[version].read_text("utf-8"))
    return tmp_path


def schema_of(folder: Path) -> list[tuple[Any, ...]]:
    """All that a store is made of: columns with types and defaults, enums, views."""
    with duckdb.connect(folder / FILE_NAME, read_only=True) as connection:
        queries = (
            "SELECT * EXCLUDE (database_oid, schema_oid, table_oid) FROM duckdb_columns() WHERE NOT internal",
            "SELECT type_name, logical_type, labels FROM duckdb_types() WHERE NOT internal",
            "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal",
            "SELECT table_name, constraint_text FROM duckdb_constraints()",
            "SELECT index_name, sql FROM duckdb_indexes()",
        )
        return [row for query in queries for row in sorted(connection.execute(query).fetchall(), key=repr)]


def version_in(folder: Path) -> tuple[Any, ...]:
    with duckdb.connect(folder / FILE_NAME, read_only=True) as connection:
        (row,) = connection.execute("SELECT COLUMNS('schema_version|written_by') FROM sync_state").fetchall()
    return row


def test_the_steps_lead_to_the_schema_that_a_new_store_has(old: Path, tmp_path: Path) -> None:
    Store(old).close()
    Store(tmp_path / "new").close()
    assert schema_of(old) == schema_of(tmp_path / "new"), (
        "schema.sql was changed: raise SCHEMA_VERSION and write the same change as a step in migrations/"
    )


def test_each_version_has_its_step_and_a_store_to_try_it_on() -> None:
    steps = Path(schema.__file__).with_name("migrations")
    wanted = [f"{version}.sql" for version in range(2, SCHEMA_VERSION + 1)]
    assert sorted(path.name for path in steps.glob("*.sql")) == wanted, "store/migrations needs these"
    assert [*OF_VERSIONS] == [*range(1, SCHEMA_VERSION)], (
        "OF_VERSIONS: add tests/store/store_N.sql, a store as the program before this change writes it"
    )


def test_every_figure_is_as_it_was(old: Path, version: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    now = NOON + timedelta(hours=1)
    known = DOCUMENTS | {"transactions": [*DOCUMENTS["transactions"], *WAITING]} | LABELLED[0]
    oracle = Oracle(Ledger(**{name: known[name] for name in Ledger.__dataclass_fields__}))
    with closing(Store(old)) as store:
        ask, everything = api_of(store, now), {"period": "all", "limit": "1000"}
        assert_answers_agree(ask, oracle, now, everything, tuple({*ENDPOINTS} - {"top-users"}))
        found = ask("top-users", everything)[1]["users"]
        names = {str(GONE): ("Gus", True), str(FORGOTTEN): (None, False)}
        for user, right in zip(found, oracle.answer("top-users", now, everything)["users"], strict=True):
            name = names.get(user["id"], (right["name"], right["deleted"]))
            assert (user["id"], user["calls"], user["name"], user["deleted"]) == (
                right["id"],
                right["calls"],
                *name,
            )
            assert user["cost"] == float(right["cost"])
        assert store.refusals() == [("rawAmount is no finite number", 1)]
        assert (store.count_unattributed(), store.state().history_complete) == (3, True)
        read_at = store.state().last_sync
        assert asked(
            store,
            "SELECT id, since, until, assumed FROM memberships JOIN users ON key = user_key ORDER BY id",
        ) == [(str(ANA), read_at, None, True), (str(BOB), read_at, None, True)]
        assert asked(
            store, "SELECT id, trait, value FROM user_traits JOIN users ON key = user_key ORDER BY ALL"
        ) == [
            (str(ANA), "domain", "example.com"),
            (str(ANA), "role", "ADMIN"),
            (str(BOB), "domain", "example.com"),
            (str(BOB), "role", "USER"),
            (str(GONE), "domain", "example.com"),
        ]
        assert asked(store, "SELECT DISTINCT since, until, assumed FROM user_traits") == [
            (read_at, None, True)
        ]
        assert asked(store, "SELECT memberships_since, domains_since, roles_since FROM sync_state") == [
            (read_at, read_at, read_at)
        ]
        assert write(store, *WAITING, usage(number=9)) == 1
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"The store in {old} was brought from schema {version} to {SCHEMA_VERSION} in ")
    Store(old).close()
    assert len(caplog.records) == 1, "and not again"


UNKNOWN_PROVIDERS = (
    "SELECT DISTINCT models.id FROM transactions LEFT JOIN models ON models.key = model_key"
    " WHERE provider_key IS NULL AND usage_type <> 'other' AND models.agent IS NULL ORDER BY ALL NULLS LAST"
)


@pytest.mark.parametrize("version", [1, 2])
def test_the_providers_that_a_models_name_gives_away_are_written(old: Path) -> None:
    with closing(Store(old)) as store:
        named = "SELECT id_head, id_tail, provider_key FROM transactions WHERE provider_key IS NOT NULL"
        before = asked(store, named)
        mend_providers(store)
        assert asked(store, UNKNOWN_PROVIDERS) == [("openrouter/auto",), (None,)]
        assert set(before) < set(asked(store, named)), "those that were known stay"
        edition = store.version
        mend_providers(store)
        assert store.version == edition, "there is nothing to do a second time"


@pytest.mark.parametrize("version", [1, 2])
def test_an_import_fills_in_what_was_given_and_taken(old: Path, tmp_path: Path) -> None:
    amounts = (
        "SELECT other_token_type, credits_e6, contexts.id FROM transactions"
        " LEFT JOIN contexts ON contexts.key = context_key WHERE usage_type = 'other' ORDER BY ALL"
    )
    usage_rows = "SELECT * EXCLUDE (provider_key) FROM usage ORDER BY id_head, id_tail"
    dump = write_dump(tmp_path / "dump", transactions=DOCUMENTS["transactions"])
    with closing(Store(old)) as store:
        before = asked(store, usage_rows)
        assert asked(store, amounts) == [("credits", 0, None), ("image_count", 0, "message")]
        assert len(UnfinishedRows(store).outdated(None, 10)) == 2
        assert import_dump(store, DumpSource(dump), now=NOON + timedelta(hours=2)) == 0
        assert asked(store, amounts) == [
            ("credits", -20_000_000_000_000, "autoRefill"),
            ("image_count", 3_000_000_000, "message"),
        ]
        assert UnfinishedRows(store).outdated(None, 10) == []
        assert asked(store, usage_rows) == before


def test_a_step_that_fails_leaves_the_old_store(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (schema_of(old), version_in(old))
    monkeypatch.setattr(schema, "SCHEMA_VERSION", SCHEMA_VERSION + 1)  # whose step there is not
    with pytest.raises(FileNotFoundError, match=f"{SCHEMA_VERSION + 1}.sql"):
        Store(old)
    assert (schema_of(old), version_in(old)) == before


KILLED = """
import os, sys
from pathlib import Path
from librechat_analytics.store import schema, store

def run_and_die(cursor, name, *parameters):
    run(cursor, name, *parameters)
    print(name, flush=True)
    os.kill(os.getpid(), 9)

run, schema.run = schema.run, run_and_die
store.Store(Path(sys.argv[1]))
"""


def test_a_power_cut_amid_the_steps_leaves_the_old_store(old: Path, version: int) -> None:
    before = (schema_of(old), version_in(old))
    cut = subprocess.run(
        [sys.executable, "-c", KILLED, str(old)], capture_output=True, text=True, timeout=120
    )
    assert (cut.returncode, cut.stdout) == (-9, f"migrations/{version + 1}\n"), cut.stderr
    assert (schema_of(old), version_in(old)) == before
    Store(old).close()
    assert version_in(old)[0] == SCHEMA_VERSION


def test_a_backup_of_an_older_version_is_a_store(old: Path, tmp_path: Path) -> None:
    copied = tmp_path / "restored"
    copied.mkdir()
    (old / FILE_NAME).rename(copied / FILE_NAME)
    with closing(Store(copied)) as store:
        store.copy_to(tmp_path / FILE_NAME)
    assert version_in(tmp_path) == version_in(copied)
    assert schema_of(tmp_path) == schema_of(copied)


def test_a_newer_store_is_refused_by_the_name_of_who_has_it(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with duckdb.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(
            "UPDATE sync_state SET schema_version = ?, written_by = '9.1.0'", [SCHEMA_VERSION + 1]
        )
        connection.execute("ALTER TABLE sync_state ADD COLUMN unheard_of INTEGER")
    with pytest.raises(
        StoreError, match=rf"written by version 9\.1\.0 of this program; this is {PROGRAM_VERSION}\."
    ):
        Store(tmp_path)
    assert version_in(tmp_path)[0] == SCHEMA_VERSION + 1


def test_a_store_says_which_version_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path).close()
    assert version_in(tmp_path)[-1] == PROGRAM_VERSION
    monkeypatch.setattr(schema, "PROGRAM_VERSION", "1.99.0")
    Store(tmp_path).close()
    assert version_in(tmp_path)[-1] == "1.99.0"
