"""The audit as operators meet it: the running program, its commands, a ledger that was restored or moved."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from pymongo import MongoClient

from tests.support.documents import usage, usages
from tests.support.served import over_http, rows_held, status_of, summary
from tests.support.servers import API_KEY, run_program, serve
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

    from tests.support.documents import Document
    from tests.support.servers import Running

LONG_AGO = timedelta(days=200)


def settings_for(uri: str) -> dict[str, str]:
    return {"MONGO_URI": uri, "SYNC_SECONDS": "1", "LABELS_SECONDS": "5"}


def asked(server: Running, path: str, method: str = "GET") -> Any:
    with urlopen(Request(server.base_url + path, headers={"x-api-key": API_KEY}, method=method)) as response:
        text = response.read().decode()
    return json.loads(text) if path.startswith("/api") else text


def recent(count: int) -> list[Document]:
    now = datetime.now(UTC)
    return [usage(now - timedelta(minutes=minute), 1_000 - minute) for minute in range(1, count + 1)]


class TestARestoredHistory:
    def test_it_is_read_while_serving_and_as_of_promises_no_more_than_is_so(
        self, mongo_database: Database[Document], mongo_uri: str, tmp_path: Path
    ) -> None:
        mongo_database.transactions.insert_many(recent(50))
        with serve(tmp_path / "store", **settings_for(mongo_uri)) as server:
            ask = over_http(server)
            wait_until(lambda: rows_held(ask) == 50 and status_of(ask) == "ok")
            mongo_database.transactions.insert_many(usages(300, until=datetime.now(UTC) - LONG_AGO))
            restored_at = datetime.now(UTC)

            def is_promised() -> bool:
                body = summary(ask)
                complete = datetime.fromisoformat(body["asOf"]) >= restored_at
                assert not complete or body["calls"] == 350
                return complete

            wait_until(is_promised)

    def test_it_is_read_after_a_restart(
        self, mongo_database: Database[Document], mongo_uri: str, tmp_path: Path
    ) -> None:
        mongo_database.transactions.insert_many(recent(20))
        code, written = run_program(tmp_path, "sync", MONGO_URI=mongo_uri)
        assert (code, "holds 20 transactions" in written) == (0, True), written
        mongo_database.transactions.insert_many(usages(30, until=datetime.now(UTC) - LONG_AGO))
        code, written = run_program(tmp_path, "check", MONGO_URI=mongo_uri)
        assert code == 1
        assert "About 30 transactions of the database are not in the store." in written
        code, written = run_program(tmp_path, "sync", MONGO_URI=mongo_uri)
        assert (code, "holds 50 transactions" in written) == (0, True), written
        code, written = run_program(tmp_path, "check", MONGO_URI=mongo_uri)
        assert code == 0, written
        assert "The last audit by every id ended" in written
        assert "of 50 transactions 30 were missing and have been read." in written


def test_a_refused_document_without_an_object_id_is_not_missing(
    mongo_database: Database[Document], mongo_uri: str, tmp_path: Path
) -> None:
    mongo_database.transactions.insert_many([*recent(20), {**recent(1)[0], "_id": "written by hand"}])
    code, written = run_program(tmp_path, "sync", MONGO_URI=mongo_uri)
    assert code == 0, written
    code, written = run_program(tmp_path, "check", MONGO_URI=mongo_uri)
    assert code == 0, written


def test_the_command_has_the_running_server_compare_every_id(
    mongo_database: Database[Document], mongo_uri: str, tmp_path: Path
) -> None:
    mongo_database.transactions.insert_many(recent(40))
    folder = tmp_path / "store"
    with serve(folder, **settings_for(mongo_uri)) as server:
        ask = over_http(server)
        wait_until(lambda: asked(server, "/api/audit")["audits"])
        # What a deletion hides from counts only ids show.
        mongo_database.transactions.delete_one({"_id": recent(1)[0]["_id"]})
        hidden = usage(datetime.now(UTC) - timedelta(days=3), number=5)
        settled = {"createdAt": {"$lt": datetime.now(UTC) - timedelta(minutes=20)}}
        assert mongo_database.transactions.find_one_and_delete(settled)
        mongo_database.transactions.insert_one(hidden)
        port = server.base_url.rpartition(":")[2]
        code, written = run_program(folder, "audit", MONGO_URI=mongo_uri, PORT=port)
        assert code == 0, written
        assert "1 that the store keeps" in written
        wait_until(lambda: rows_held(ask) == 41)
        ids = next(audit for audit in asked(server, "/api/audit")["audits"] if audit["kind"] == "ids")
        assert (ids["documents"], ids["gone"]) == (40, 1)
        metrics = asked(server, "/metrics")
        assert 'librechat_analytics_audit_added{kind="ids"}' in metrics
        assert "librechat_analytics_transactions_gone 1.0" in metrics
        code, written = run_program(folder, "check", MONGO_URI=mongo_uri, PORT=port)
        assert code == 0, written
        assert "The last audit by every id ended" in written


@pytest.fixture
def production(mongo_uri: str) -> Any:
    """Another LibreChat's database on the same server, with 100 rows of its own users."""
    uri = f"{mongo_uri.rpartition('/')[0]}/Production-{uuid4().hex}"
    with MongoClient[Any](uri) as client:
        database = client.get_default_database()
        now = datetime.now(UTC)
        database.transactions.insert_many(
            usage(now - timedelta(hours=hour), 5_000 + hour) for hour in range(100)
        )
        yield uri
        client.drop_database(database.name)


class TestAnotherDatabase:
    def test_staging_and_production_are_never_mixed(
        self, mongo_database: Database[Document], mongo_uri: str, production: str, tmp_path: Path
    ) -> None:
        mongo_database.transactions.insert_many(recent(5))
        assert run_program(tmp_path, "sync", MONGO_URI=mongo_uri)[0] == 0
        staging = mongo_database.name
        for name in ("sync", "check", "audit"):
            code, written = run_program(tmp_path, name, MONGO_URI=production)
            assert code == 1, name
            assert "which has none of the transactions in the store" in written
            assert staging in written
            assert "librechat-analytics reset" in written
        code, written = run_program(tmp_path, "reset")
        assert code == 0
        (kept,) = tmp_path.glob("usage-until-*.duckdb")
        assert kept.name in written
        code, written = run_program(tmp_path, "sync", MONGO_URI=production)
        assert (code, "holds 100 transactions" in written) == (0, True), written
        # The backup is a store.
        kept.rename(tmp_path / "usage.duckdb")
        assert "holds 5 transactions" in run_program(tmp_path, "check", MONGO_URI=mongo_uri)[1]

    def test_a_server_says_so_and_goes_on_when_the_right_one_answers(
        self, mongo_database: Database[Document], mongo_uri: str, production: str, tmp_path: Path
    ) -> None:
        mongo_database.transactions.insert_many(recent(5))
        folder = tmp_path / "store"
        folder.mkdir()
        assert run_program(folder, "sync", MONGO_URI=mongo_uri)[0] == 0
        with serve(folder, **settings_for(production)) as server:
            ask = over_http(server)
            wait_until(lambda: status_of(ask) == "unreachable")
            assert rows_held(ask) == 5
            assert "which has none of the transactions in the store" in server.log()

    def test_the_store_must_not_be_in_use_to_begin_anew(
        self, mongo_database: Database[Document], mongo_uri: str, tmp_path: Path
    ) -> None:
        mongo_database.transactions.insert_many(recent(5))
        folder = tmp_path / "store"
        with serve(folder, **settings_for(mongo_uri)):
            code, written = run_program(folder, "reset")
        assert code == 1
        assert "in use" in written
