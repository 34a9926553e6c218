"""The ledger, read by ranges of ids from a server that is slow, pauses or holds broken documents."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import bson
import pytest
from bson import ObjectId

from librechat_analytics.librechat import ledger as ledger_module
from librechat_analytics.librechat.documents import shown_id
from librechat_analytics.librechat.ledger import FIRST_ID
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.source import SourceBrokenError, SourceSlowError, SourceUnreachableError
from librechat_analytics.librechat.transactions import Refusal, Refused, Transaction
from tests.support.documents import ANA, BOB, usages
from tests.support.wire_server import failure, wire_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.librechat.piece_reader import ReadRows
    from tests.support.documents import Document

SPOILED_LENGTH = (999_999).to_bytes(4, "little")


class Server:
    """A MongoDB with one collection of rows and one of users, that can misbehave."""

    def __init__(self, rows: list[Document], users: list[Document] | None = None) -> None:
        self.collections = {"transactions": sorted(rows, key=lambda row: row["_id"]), "users": users or []}
        self.asked: list[Document] = []
        self.pauses = 0
        """Empty batches before each that is not."""
        self.batch_documents = 1_000_000
        self.cut_off_documents: int | None = None
        """A page never has more documents than this, whatever the request says."""
        self.most_documents: int | None = None
        """A page of more takes too long."""
        self.spoiled: set[ObjectId] = set()
        self._cursors: dict[int, list[Document]] = {}
        self._paused = 0

    def answer(self, command: Document) -> Document | bytes:
        self.asked.append(command)
        match next(iter(command)):
            case "find":
                limit = command.get("limit", 0)
                if self.most_documents is not None and (not limit or limit > self.most_documents):
                    return failure(50, "operation exceeded time limit")
                return self._batch("firstBatch", len(self._cursors) + 1, self._found(command))
            case "getMore":
                return self._batch(
                    "nextBatch", int(command["getMore"]), self._cursors[int(command["getMore"])]
                )
            case "count":
                return {"ok": 1.0, "n": len(self._found(command | {"filter": command.get("query", {})}))}
        return {"ok": 1.0}

    def _found(self, command: Document) -> list[Document]:
        rows = self.collections[command.get("find") or command["count"]]
        bound = command["filter"].get("_id", {})
        compare = {
            "$gte": lambda a, b: a >= b,
            "$gt": lambda a, b: a > b,
            "$lt": lambda a, b: a < b,
            "$lte": lambda a, b: a <= b,
            "$in": lambda a, b: a in b,
        }
        if isinstance(bound, ObjectId):
            bound = {"$in": [bound]}
        found = [
            row for row in rows if all(compare[name](row["_id"], value) for name, value in bound.items())
        ]
        if command.get("sort") == {"_id": -1}:
            found.reverse()
        fields = {"_id", *command.get("projection", {})}
        found = [{name: value for name, value in row.items() if name in fields} for row in found]
        return found[: self.cut_off_documents or command.get("limit") or None]

    def _batch(self, name: str, cursor: int, rest: list[Document]) -> bytes:
        given: list[Document] = []
        if self._paused < self.pauses and rest:
            self._paused += 1
        else:
            self._paused = 0
            given, rest = rest[: self.batch_documents], rest[self.batch_documents :]
        self._cursors[cursor] = rest
        reply = bson.encode(
            {
                "ok": 1.0,
                "cursor": {"id": bson.Int64(cursor if rest else 0), "ns": "LibreChat.x", name: given},
            }
        )
        for document in given:
            if document["_id"] in self.spoiled and len(document) > 1:
                raw = bson.encode(document)
                reply = reply.replace(raw, SPOILED_LENGTH + raw[4:])
        return reply


@contextmanager
def source_of(server: Server) -> Iterator[MongoSource]:
    with wire_server(server.answer) as uri, closing(MongoSource.at(uri)) as source:
        yield source


def ids_of(server: Server) -> list[ObjectId]:
    return [row["_id"] for row in server.collections["transactions"]]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "BATCH_DOCUMENTS", 64)
    monkeypatch.setattr(ledger_module, "PAGE_IDS", 64)
    monkeypatch.setattr(ledger_module, "FEWEST_PAGE_DOCUMENTS", 4)


@pytest.mark.usefixtures("small_pages")
class TestPages:
    def test_history_and_news_come_in_limited_pages_by_id(self) -> None:
        server = Server(usages(200))
        with source_of(server) as source:
            assert [row.id for row in source.older_transactions(None)] == ids_of(server)[::-1]
            middle = ids_of(server)[100]
            assert [row.id for row in source.newer_transactions(middle)] == ids_of(server)[100:]
            assert [row.id for row in source.older_transactions(middle)] == ids_of(server)[:100][::-1]
        finds = [command for command in server.asked if "find" in command]
        assert len(finds) == 5 + 2 + 3
        assert all(command["limit"] == 64 and command["maxTimeMS"] for command in finds)
        assert "$type" not in repr(finds)

    def test_a_page_that_takes_too_long_is_asked_for_in_smaller_ones(self) -> None:
        server = Server(usages(200))
        server.most_documents = 10
        with source_of(server) as source:
            assert [row.id for row in source.older_transactions(None)] == ids_of(server)[::-1]
            server.most_documents = 3  # less than the smallest page
            with pytest.raises(SourceSlowError):
                list(source.older_transactions(None))

    def test_a_page_that_was_cut_off_is_no_end(self) -> None:
        server = Server(usages(200))
        server.cut_off_documents = 23
        with source_of(server) as source:
            assert len(list(source.older_transactions(None))) == 200
            assert sum(len(page.heads) for page in source.id_pages(FIRST_ID, None)) == 200

    def test_ids_are_read_and_counted_by_range(self) -> None:
        server = Server(usages(200))
        low, high = ids_of(server)[10], ids_of(server)[190]
        with source_of(server) as source:
            assert source.count_ids(low, high) == 180
            assert source.count_ids(FIRST_ID, None) == 200
            found = [
                ObjectId(int(head).to_bytes(8) + int(tail).to_bytes(4))
                for page in source.id_pages(low, high)
                for head, tail in zip(page.heads, page.tails, strict=True)
            ]
            assert found == ids_of(server)[10:190]
            assert [row.id for row in source.transactions_by_id([low, high, ObjectId()])] == [low, high]
        pages = [command for command in server.asked if command.get("projection") == {"_id": 1}]
        assert all(command["limit"] <= 64 for command in pages)


@pytest.mark.usefixtures("small_pages")
class TestBatches:
    """Rows in columns come in the same pages, with the same refusals, as rows one by one."""

    def test_history_and_news_come_in_limited_pages_by_id(self) -> None:
        server = Server(usages(200))
        with source_of(server) as source:
            middle = ids_of(server)[100]
            assert ids_in(source.older_batches(None)) == ids_of(server)
            assert ids_in(source.newer_batches(middle)) == ids_of(server)[100:]
            assert ids_in(source.older_batches(middle)) == ids_of(server)[:100]
            by_rows = len(server.asked)
            assert [len(batch.rows) for batch in source.older_batches(None)][:3] == [64, 64, 64]
        one_by_one, in_columns = Server(usages(200)), server.asked[:by_rows]
        with source_of(one_by_one) as source:
            for rows in (
                source.older_transactions(None),
                source.newer_transactions(middle),
                source.older_transactions(middle),
            ):
                list(rows)
        assert finds(in_columns) == finds(one_by_one.asked)

    def test_a_page_that_takes_too_long_is_read_in_smaller_ones_and_nothing_read_is_lost(self) -> None:
        server = Server(usages(200))
        server.most_documents = 10
        with source_of(server) as source:
            assert ids_in(source.older_batches(None)) == ids_of(server)
            server.most_documents = 16
            read: list[ReadRows] = []

            def read_on() -> None:
                for batch in source.older_batches(None):
                    read.append(batch)
                    server.most_documents = 3

            with pytest.raises(SourceSlowError):
                read_on()
        assert ids_in(iter(read)) == ids_of(server)[-sum(len(batch.rows) for batch in read) :]
        assert 64 <= sum(len(batch.rows) for batch in read) < 200

    def test_each_document_can_be_read_alone_to_compare(self) -> None:
        server = Server(usages(100))
        with source_of(server) as source:
            for each_alone, read_alone in ((False, 0), (True, 100)):
                batches = list(source.older_batches(None, each_alone=each_alone))
                assert sum(batch.read_alone for batch in batches) == read_alone
                assert ids_in(iter(batches)) == ids_of(server)

    def test_reading_goes_on_past_empty_replies(self) -> None:
        server = Server(usages(300))
        server.pauses, server.batch_documents = 3, 40
        with source_of(server) as source:
            assert len(ids_in(source.older_batches(None))) == 300

    @pytest.mark.parametrize("places", [[0], [299], [10, 11, 12], [0, 100, 299]])
    def test_one_wrong_length_refuses_its_document_alone(self, places: list[int]) -> None:
        server = Server(usages(300))
        server.spoiled = {ids_of(server)[place] for place in places}
        broken = {Refused(str(identity), Refusal.BSON) for identity in server.spoiled}
        whole = [identity for identity in ids_of(server) if identity not in server.spoiled]
        with source_of(server) as source:
            for read in (source.older_batches, source.newer_batches):
                batches = list(read(FIRST_ID if read == source.newer_batches else None))
                assert {refused for batch in batches for refused in batch.refused} == broken
                assert ids_in(iter(batches)) == whole
            again = list(source.transactions_by_id(ids_of(server)))
            assert {row for row in again if isinstance(row, Refused)} == broken
            assert [row.id for row in again if isinstance(row, Transaction)] == whole


def finds(commands: list[Document]) -> list[Document]:
    """What the finds among commands say, without what differs between two connections."""
    return [
        {name: value for name, value in command.items() if name not in ("lsid", "$db", "$clusterTime")}
        for command in commands
        if "find" in command
    ]


def ids_in(batches: Iterator[ReadRows]) -> list[ObjectId]:
    heads_and_tails = [
        (head, tail)
        for batch in batches
        for head, tail in zip(batch.rows.array("id_head"), batch.rows.array("id_tail"), strict=True)
    ]
    return sorted(ObjectId(int(head).to_bytes(8) + int(tail).to_bytes(4)) for head, tail in heads_and_tails)


class TestPauses:
    """A server may answer with an empty batch while its cursor lives; that is no end."""

    def test_reading_goes_on_past_empty_batches(self) -> None:
        users = [{"_id": ANA, "name": "Ana"}, {"_id": BOB, "name": "Bob"}]
        server = Server(usages(300), users)
        server.pauses, server.batch_documents = 3, 40
        with source_of(server) as source:
            assert len(list(source.older_transactions(None))) == 300
            assert sum(len(page.heads) for page in source.id_pages(FIRST_ID, None)) == 300
            server.batch_documents = 1
            assert [user.name for user in source.users()] == ["Ana", "Bob"]

    def test_a_server_that_pauses_for_ever_is_left(self) -> None:
        server = Server(usages(3))
        server.pauses = 1_000_000
        with source_of(server) as source, pytest.raises(SourceUnreachableError, match="without answering"):
            list(source.older_transactions(None))


class TestBrokenDocuments:
    @pytest.mark.parametrize("places", [[0], [299], [150], [10, 11, 12], [0, 100, 299]])
    def test_one_wrong_length_refuses_its_document_alone(self, places: list[int]) -> None:
        server = Server(usages(300))
        server.spoiled = {ids_of(server)[place] for place in places}
        broken = {Refused(str(identity), Refusal.BSON) for identity in server.spoiled}
        with source_of(server) as source:
            for rows in (source.older_transactions(None), source.newer_transactions(FIRST_ID)):
                read = list(rows)
                assert {row for row in read if isinstance(row, Refused)} == broken
                assert {ObjectId(row.id) for row in read} == {*ids_of(server)}
            again = list(source.transactions_by_id(ids_of(server)))
            assert {row for row in again if isinstance(row, Refused)} == broken
            assert len(again) == 300

    def test_a_broken_user_is_said_and_stops_nothing_else(self) -> None:
        users = [{"_id": ANA, "name": "Ana"}, {"_id": BOB, "name": "Bob"}]
        server = Server(usages(3), users)
        server.spoiled = {BOB}
        with source_of(server) as source:
            with pytest.raises(SourceBrokenError, match=r"db\.users\.validate"):
                list(source.users())
            assert len(list(source.older_transactions(None))) == 3


@pytest.mark.parametrize("strays", [[], ["a", 7], [True, "b", 7.5]])
def test_ids_of_other_types_are_found_at_both_ends(
    mongo_database: Any, mongo_uri: str, strays: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "STRAYS_AT_ONCE", 2)
    mongo_database.transactions.insert_many([*usages(5), *({"_id": stray} for stray in strays)])
    with closing(MongoSource.at(mongo_uri)) as source:
        found = list(source.stray_transactions())
    assert sorted(refused.id for refused in found) == sorted(shown_id(stray) for stray in strays)
    assert {refused.reason for refused in found} <= {Refusal.ID}
