"""A folder that ``mongodump`` wrote."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any, TypeVar

import bson
from bson.errors import BSONError

from librechat_analytics.librechat.bson_stream import frames, undecodable
from librechat_analytics.librechat.documents import CODEC
from librechat_analytics.librechat.dump_folder import LEDGER, collection_file, database_folder
from librechat_analytics.librechat.labels import (
    AgentLabel,
    Balance,
    Group,
    UserLabel,
    read_agent,
    read_anonymous_user,
    read_balance,
    read_group,
    read_user,
)
from librechat_analytics.librechat.mongo import COLLECTIONS
from librechat_analytics.librechat.piece_reader import read_in_batches
from librechat_analytics.librechat.pieces import read_pieces
from librechat_analytics.librechat.reply_columns import AssistantMessageReader, ConversationReader
from librechat_analytics.librechat.transaction_columns import TransactionReader
from librechat_analytics.librechat.transactions import Refused, Transaction, read_transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from librechat_analytics.librechat.piece_reader import ReadRows
    from librechat_analytics.librechat.pieces import Piece

T = TypeVar("T")


class DumpSource:
    """A folder with one database's collections as ``mongodump`` writes them, plain or with ``--gzip``.

    ``folder`` may also be the folder above it, or a file in it; raises SourceError if it is not a dump.
    Collections are streamed. ``broken`` names the truncated files, each with the byte from which it is
    unreadable.
    """

    def __init__(self, folder: Path, *, anonymous: bool = False) -> None:
        self._folder = database_folder(folder)
        for collection in COLLECTIONS:
            self._file(collection)
        self._anonymous = anonymous
        self.broken: set[str] = set()

    @property
    def folder(self) -> Path:
        return self._folder

    def size_bytes(self) -> int:
        """Return the size of the ledger's file on disk."""
        return self._file(LEDGER).stat().st_size

    def transactions(self, progress: Callable[[int], None]) -> Iterator[Transaction | Refused]:
        """Read the whole ledger in the file's order; ``progress`` is called with the position in bytes."""
        for raw in self._documents(LEDGER, progress):
            if isinstance(raw, Refused):
                yield raw
                continue
            try:
                yield read_transaction(bson.decode(raw, CODEC))
            except BSONError:
                yield undecodable(raw)

    def transaction_batches(
        self, progress: Callable[[int], None], *, documents: int, each_alone: bool = False
    ) -> Iterator[ReadRows]:
        """Read the whole ledger in batches of at least this many documents, into the columns of LEDGER.

        ``progress`` is called with the position in bytes. ``each_alone`` is as in PieceReader.
        """
        reader = TransactionReader(each_alone=each_alone)
        return read_in_batches(self._pieces(LEDGER, progress), reader, documents)

    def assistant_message_batches(self, *, documents: int, each_alone: bool = False) -> Iterator[ReadRows]:
        """Read all assistant messages, if they were dumped, into the columns of ASSISTANT_MESSAGES."""
        reader = AssistantMessageReader(each_alone=each_alone)
        return read_in_batches(self._pieces("messages"), reader, documents)

    def conversation_batches(self, *, documents: int, each_alone: bool = False) -> Iterator[ReadRows]:
        """Read all conversations, if they were dumped, into the columns of CONVERSATIONS."""
        reader = ConversationReader(each_alone=each_alone)
        return read_in_batches(self._pieces("conversations"), reader, documents)

    def users(self) -> Iterable[UserLabel] | None:
        return self._labels("users", read_anonymous_user if self._anonymous else read_user)

    def agents(self) -> Iterable[AgentLabel] | None:
        return self._labels("agents", read_agent)

    def balances(self) -> Iterable[Balance] | None:
        return self._labels("balances", read_balance)

    def groups(self) -> Iterable[Group] | None:
        return self._labels("groups", read_group)

    def _file(self, collection: str) -> Path:
        return collection_file(self._folder, collection)

    def _documents(
        self, collection: str, progress: Callable[[int], None] | None = None
    ) -> Iterator[bytes | Refused]:
        path = self._file(collection)
        with path.open("rb") as file:
            stream = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
            for count, document in enumerate(frames(stream, path.name)):
                if progress is not None and count % 2000 == 0:
                    progress(file.tell())
                if isinstance(document, Refused):
                    self.broken.add(document.id)
                yield document

    def _pieces(
        self, collection: str, progress: Callable[[int], None] = lambda _: None
    ) -> Iterator[Piece | Refused]:
        path = self._file(collection)
        if not path.exists():
            return
        with path.open("rb", buffering=0) as file:
            stream = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
            for piece in read_pieces(stream, path.name):
                progress(file.tell())
                if isinstance(piece, Refused):
                    self.broken.add(piece.id)
                yield piece

    def _labels(self, collection: str, read: Callable[[Mapping[str, Any]], T | None]) -> list[T] | None:
        """Read a whole collection; None if any of it is missing, because that would count as deleted."""
        if not self._file(collection).exists():
            return None
        documents = list(self._documents(collection))
        is_whole = not any(isinstance(document, Refused) for document in documents)
        return list(_read_each(documents, read)) if is_whole else None


def _read_each(
    documents: Iterable[bytes | Refused], read: Callable[[Mapping[str, Any]], T | None]
) -> Iterator[T]:
    """Read the documents that can be read and skip the others."""
    for raw in documents:
        if isinstance(raw, Refused):
            continue
        try:
            label = read(bson.decode(raw, CODEC))
        except BSONError:
            continue
        if label is not None:
            yield label
