"""LibreChat's live ledger, read by ranges of ids: rows in pages, ids alone, and counts."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.errors import ConnectionFailure

from librechat_analytics.librechat.bson_stream import decoded, leading_id, undecodable
from librechat_analytics.librechat.mongo_errors import explained_failures
from librechat_analytics.librechat.piece_reader import ReadRows, read_in_batches
from librechat_analytics.librechat.pieces import Piece
from librechat_analytics.librechat.source import BATCH_DOCUMENTS, SourceSlowError, SourceUnreachableError
from librechat_analytics.librechat.transaction_columns import TransactionReader
from librechat_analytics.librechat.transactions import (
    PROJECTION,
    Refusal,
    Refused,
    Transaction,
    read_transaction,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymongo.collection import Collection
    from pymongo.database import Database

    from librechat_analytics.librechat.documents import Document

T = TypeVar("T", covariant=True)
Found = TypeVar("Found", "Mapping[str, Any]", Piece)

FEWEST_PAGE_DOCUMENTS = 100
PAGE_SECONDS = 10
"""Less than the socket's timeout, so that MongoDB ends a long query instead of working on it in vain."""

PAGE_IDS = 20_000
FEWEST_PAGE_IDS = 1_000
STRAYS_AT_ONCE = 100
EMPTY_BATCHES = 100
"""A server may send empty batches before more documents; after this many in a row we give up."""

FIRST_ID, LAST_ID = ObjectId("0" * 24), ObjectId("f" * 24)

# A document {"_id": ObjectId} in a reply: 22 bytes, of which only the twelve of the id differ.
ID_DOCUMENT = np.dtype([("before", "V9"), ("head", ">u8"), ("tail", ">u4"), ("after", "V1")])
ID_DOCUMENT_START = (ID_DOCUMENT.itemsize).to_bytes(4, "little") + b"\x07_id\0"

# Documents arrive undecoded, so that one that cannot be decoded does not fail its whole batch.
UNDECODED: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


class Batched(Protocol[T]):
    """The part of a cursor that iteration needs."""

    @property
    def alive(self) -> bool:
        """Whether the server may have more documents."""
        ...

    def __iter__(self) -> Iterator[T]: ...

    def close(self) -> None:
        """Close the cursor on the server."""
        ...


class Find(Protocol[T]):
    """Finds documents of the ledger, one by one or in pieces."""

    def __call__(
        self, query: Document, projection: Sequence[str], *, order: int | None = None, limit: int = 0
    ) -> Iterator[T]: ...


class IdPage(NamedTuple):
    """Ids of a range in order, each as its first eight and its last four bytes; ``end`` is the last one."""

    heads: np.ndarray[Any, np.dtype[np.uint64]]
    tails: np.ndarray[Any, np.dtype[np.uint32]]
    end: ObjectId


class Ledger:
    """The collection ``transactions`` of a live database; sends only find, getMore and count."""

    def __init__(self, database: Database[Any], *, codec_options: CodecOptions[Any] | None) -> None:
        self._database = database
        self._codec_options = codec_options
        self._page_documents = BATCH_DOCUMENTS
        self._page_ids = PAGE_IDS

    def newer_transactions(self, since: ObjectId) -> Iterator[Transaction | Refused]:
        """Read the rows with ids from ``since``, oldest first."""
        return _read_each(self._paged(self._found, {"$gte": since}, "$gt", 1, to_the_last=False))

    def older_transactions(self, before: ObjectId | None) -> Iterator[Transaction | Refused]:
        """Read the rows with ids below ``before``, newest first; all of them for None."""
        return _read_each(self._paged(self._found, _below(before), "$lt", -1, to_the_last=True))

    def transactions_by_id(self, ids: Sequence[ObjectId]) -> Iterator[Transaction | Refused]:
        """Read the rows with these ids that the database has."""
        for start in range(0, len(ids), FEWEST_PAGE_IDS):
            some = list(ids[start : start + FEWEST_PAGE_IDS])
            try:
                with explained_failures():
                    found = list(self._found({"_id": {"$in": some}}, PROJECTION))
            except BSONError:
                for identity in some:
                    yield from self._one(identity)
            else:
                yield from map(_read, found)

    def newer_batches(self, since: ObjectId, *, each_alone: bool = False) -> Iterator[ReadRows]:
        """Read the rows of ``newer_transactions`` in batches, into the columns of LEDGER.

        ``each_alone`` is as in PieceReader.
        """
        found = self._paged(self._found_pieces, {"$gte": since}, "$gt", 1, to_the_last=False)
        return _in_batches(found, each_alone=each_alone)

    def older_batches(self, before: ObjectId | None, *, each_alone: bool = False) -> Iterator[ReadRows]:
        """Read the rows of ``older_transactions`` in batches, into the columns of LEDGER."""
        found = self._paged(self._found_pieces, _below(before), "$lt", -1, to_the_last=True)
        return _in_batches(found, each_alone=each_alone)

    def _one(self, identity: ObjectId) -> Iterator[Transaction | Refused]:
        try:
            with explained_failures():
                found = list(self._found({"_id": identity}, PROJECTION))
        except BSONError:
            yield Refused(str(identity), Refusal.BSON)
        else:
            yield from map(_read, found)

    def stray_transactions(self) -> Iterator[Refused]:
        """Read the documents whose id is not an ObjectId; such ids sort below or above all ObjectIds."""
        for order in (1, -1):
            met = 0
            while True:
                with explained_failures():
                    page = list(self._found({}, ("_id",), order=order, limit=STRAYS_AT_ONCE, skip=met))
                strays = list(takewhile(lambda raw: _id_of(raw) is None, page))
                for raw in strays:
                    refused = _read(raw)
                    if isinstance(refused, Refused):
                        yield refused
                met += len(page)
                if len(strays) < len(page):
                    break
                if len(page) < STRAYS_AT_ONCE:
                    return

    def count_ids(self, low: ObjectId, high: ObjectId | None) -> int:
        """Count the rows with ids from ``low`` and below ``high``; None means no upper end."""
        with explained_failures():
            answer = self._database.command(
                "count",
                "transactions",
                query={"_id": _range(low, high)},
                maxTimeMS=1000 * PAGE_SECONDS,
                read_preference=self._database.read_preference,
            )
        return int(answer["n"])

    def id_pages(self, low: ObjectId, high: ObjectId | None) -> Iterator[IdPage]:
        """Read the ids from ``low`` and below ``high``, ascending; MongoDB reads only its index for this."""
        bound = _range(low, high)
        while True:
            limit = self._page_ids
            try:
                with explained_failures():
                    page = self._id_page(bound, limit)
            except SourceUnreachableError:
                self._page_ids = max(FEWEST_PAGE_IDS, limit // 4)
                raise
            if page is None:
                return
            yield page
            self._page_ids = min(PAGE_IDS, 2 * limit)
            bound = {"$gt": page.end} | ({"$lt": high} if high is not None else {})

    def has(self, identity: ObjectId) -> bool:
        """Say whether the ledger has this id."""
        return bool(self.known_ids([identity]))

    def known_ids(self, ids: Sequence[ObjectId]) -> set[ObjectId]:
        """Return which of these ids the ledger has."""
        with explained_failures():
            wanted = ids[0] if len(ids) == 1 else {"$in": list(ids)}
            found = list(self._found({"_id": wanted}, ("_id",)))
        return {identity for raw in found if (identity := _id_of(raw)) is not None}

    def _collection(self, name: str) -> Collection[Any]:
        return self._database.get_collection(name, codec_options=self._codec_options)

    def _found(
        self,
        query: Document,
        projection: Sequence[str],
        *,
        order: int | None = None,
        limit: int = 0,
        skip: int = 0,
    ) -> Iterator[Mapping[str, Any]]:
        asked = self._asked(projection, order, limit)
        return each_document(self._collection("transactions").find(query, skip=skip, **asked))

    def _found_pieces(
        self, query: Document, projection: Sequence[str], *, order: int | None = None, limit: int = 0
    ) -> Iterator[Piece]:
        """Find the same as ``_found``, in pieces."""
        asked = self._asked(projection, order, limit)
        replies = each_document(self._collection("transactions").find_raw_batches(query, **asked))
        return (Piece.of(reply) for reply in replies)

    def _asked(self, projection: Sequence[str], order: int | None, limit: int) -> Document:
        return {
            "projection": dict.fromkeys(projection, 1),
            "limit": limit,
            "batch_size": limit or self._page_documents,
            "max_time_ms": 1000 * PAGE_SECONDS,
            "sort": None if order is None else [("_id", order)],
        }

    def _paged(
        self, find: Find[Found], bound: Document, beyond: str, order: int, *, to_the_last: bool
    ) -> Iterator[Found | Refused]:
        """Read page after page, in smaller pages after one took too long.

        ``to_the_last``: read until a page is empty, because a short page may have been cut off.
        """
        while True:
            size, met, last = self._page_documents, 0, None
            try:
                with explained_failures():
                    for found in find({"_id": bound}, PROJECTION, order=order, limit=size):
                        met += len(found) if isinstance(found, Piece) else 1
                        last = _last_id_of(found) or last
                        yield found
            except (BSONError, SourceUnreachableError) as error:
                self._shrink_pages(error, size)
                is_slow = isinstance(error, SourceSlowError) and size > FEWEST_PAGE_DOCUMENTS
                if not isinstance(error, BSONError) and not is_slow:
                    raise
                if last is None and size == 1:
                    last = self._next_id(bound, order)
                    yield Refused(str(last), Refusal.BSON)
            else:
                if not met or (met < size and not to_the_last):
                    return
                self._page_documents = min(BATCH_DOCUMENTS, 2 * size)
            if last is None and met:  # no id of the page can be read, so skip one document
                last = self._next_id(bound, order)
            if last is not None:
                bound = {beyond: last}

    def _shrink_pages(self, error: Exception, size: int) -> None:
        if isinstance(error, BSONError):
            # One wrong length makes the whole reply unreadable: narrow it down to that document.
            self._page_documents = max(1, size // 8)
        elif isinstance(error, SourceSlowError) or isinstance(error.__cause__, ConnectionFailure):
            # A page must arrive before the socket's timeout: a slow server or network needs smaller ones.
            self._page_documents = max(FEWEST_PAGE_DOCUMENTS, size // 4)

    def _next_id(self, bound: Document, order: int) -> ObjectId:
        """Return the next id of a range, for a document of which nothing else can be read."""
        try:
            with explained_failures():
                found = [_id_of(raw) for raw in self._found({"_id": bound}, ("_id",), order=order, limit=1)]
        except BSONError:
            found = []
        if not found or found[0] is None:
            raise SourceUnreachableError(
                "MongoDB's reply is not valid BSON. Run `db.transactions.validate()` in mongosh."
            )
        return found[0]

    def _id_page(self, bound: Document, limit: int) -> IdPage | None:
        cursor = self._database.get_collection("transactions").find_raw_batches(
            {"_id": bound},
            {"_id": 1},
            limit=limit,
            batch_size=limit,
            max_time_ms=1000 * PAGE_SECONDS,
            sort=[("_id", 1)],
        )
        parts = [_ids_in(batch) for batch in each_document(cursor) if batch]
        heads = np.concatenate([part["head"] for part in parts]) if parts else np.array([], dtype=">u8")
        tails = np.concatenate([part["tail"] for part in parts]) if parts else np.array([], dtype=">u4")
        if not len(heads):
            return None
        end = ObjectId(int(heads[-1]).to_bytes(8) + int(tails[-1]).to_bytes(4))
        return IdPage(heads.astype("uint64"), tails.astype("uint32"), end)


def each_document(cursor: Batched[T]) -> Iterator[T]:
    """Yield all documents of a cursor; the driver's own iteration would end at an empty batch."""
    empty = 0
    while empty < EMPTY_BATCHES:
        met = False
        for document in cursor:
            met = True
            yield document
        if not cursor.alive:
            return
        empty = 0 if met else empty + 1
    cursor.close()
    raise SourceUnreachableError("MongoDB keeps a query open without answering it.")


def _ids_in(batch: bytes) -> np.ndarray[Any, np.dtype[np.void]]:
    """Read the ids of a raw batch without decoding each document."""
    if len(batch) % ID_DOCUMENT.itemsize == 0:
        found = np.frombuffer(batch, dtype=ID_DOCUMENT)
        if (found["before"] == np.void(ID_DOCUMENT_START)).all():
            return found
    raise SourceUnreachableError("MongoDB's reply does not contain the ids that were requested.")


def _range(low: ObjectId, high: ObjectId | None) -> Document:
    return {"$gte": low} | ({"$lt": high} if high is not None else {})


def _in_batches(pieces: Iterator[Piece | Refused], *, each_alone: bool) -> Iterator[ReadRows]:
    return read_in_batches(pieces, TransactionReader(each_alone=each_alone), BATCH_DOCUMENTS)


def _below(before: ObjectId | None) -> Document:
    return {"$lt": before} if before is not None else {"$lte": LAST_ID}


def _read_each(found: Iterator[Mapping[str, Any] | Refused]) -> Iterator[Transaction | Refused]:
    return (each if isinstance(each, Refused) else _read(each) for each in found)


def _read(document: Mapping[str, Any]) -> Transaction | Refused:
    try:
        return read_transaction(decoded(document))
    except BSONError:
        return undecodable(document.raw if isinstance(document, RawBSONDocument) else b"")


def _id_of(document: Mapping[str, Any]) -> ObjectId | None:
    if isinstance(document, RawBSONDocument):
        return leading_id(document.raw)
    identity = document.get("_id")
    return identity if isinstance(identity, ObjectId) else None


def _last_id_of(found: Mapping[str, Any] | Piece) -> ObjectId | None:
    """Return the last id that can be read; None if there is none."""
    if not isinstance(found, Piece):
        return _id_of(found)
    ids = (leading_id(found.document(number)) for number in reversed(range(len(found))))
    return next((identity for identity in ids if identity is not None), None)
