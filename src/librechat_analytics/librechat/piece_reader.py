"""Reads pieces of a collection into columns: the usual documents together, and the others one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, TypeVar

import bson
import numpy as np
from bson.errors import BSONError

from librechat_analytics.columns import Table, take
from librechat_analytics.librechat.documents import CODEC
from librechat_analytics.librechat.source import SourceUnreachableError
from librechat_analytics.librechat.transactions import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from librechat_analytics.columns import Array, Columns
    from librechat_analytics.librechat.pieces import Piece

Row = TypeVar("Row")

POSITION = "position"
"""The column that says at which place of the collection a row was read, from 0."""


class ReadRows(NamedTuple):
    """Documents that were read together; ``read_alone`` counts those that were not usual."""

    rows: Table
    refused: list[Refused]
    documents: int
    read_alone: int


class UsualRows(NamedTuple):
    """The usual documents of a piece, by their numbers: rows with their columns, and what is left out."""

    documents: Array
    columns: Columns
    left_out: Array

    def only(self, usual: Array) -> UsualRows:
        """Leave the others of these rows to be read one by one."""
        if usual.all():
            return self
        kept = np.flatnonzero(usual)
        return self._replace(documents=self.documents[kept], columns=take(self.columns, kept))


class PieceReader(ABC, Generic[Row]):
    """Reads pieces of one collection, and remembers what names mean from one piece to the next.

    Every document that is not usual goes to the function that defines what a document means.
    ``each_alone``: all documents go there, to compare both ways.
    """

    kinds: ClassVar[Mapping[str, str]]
    """The columns without POSITION, and what they hold."""

    def __init__(self, *, each_alone: bool = False) -> None:
        self._each_alone = each_alone
        self._position = 0
        self._begin()

    def _begin(self) -> None:
        self._rows = Table({**self.kinds, POSITION: "int64"})
        self._refused: list[Refused] = []
        self._documents = self._read_alone = 0

    def __len__(self) -> int:
        """Return how many documents were read since the last call of ``take``."""
        return self._documents

    def take(self) -> ReadRows:
        """Return what was read since the last call."""
        read = ReadRows(self._rows, self._refused, self._documents, self._read_alone)
        self._begin()
        return read

    def refuse(self, refused: Refused) -> None:
        """Add a document that was refused before it reached the reader."""
        self._refused.append(refused)
        self._documents += 1

    def read(self, piece: Piece) -> None:
        """Read all documents of a piece."""
        is_usual = np.zeros(len(piece), dtype=bool)
        if not self._each_alone:
            documents, columns, left_out = self._usual_rows(piece)
            is_usual[documents] = is_usual[left_out] = True
            self._rows.add({**columns, POSITION: documents + self._position})
        others = np.flatnonzero(~is_usual)
        if len(others):
            self._read_each(piece, others)
        self._position += len(piece)
        self._documents += len(piece)
        self._read_alone += len(others)

    def _read_each(self, piece: Piece, documents: Array) -> None:
        rows, positions = [], []
        for number in documents.tolist():
            row = self._read_one(piece.document(number))
            if isinstance(row, Refused):
                self._refused.append(row)
            elif row is not None:
                rows.append(row)
                positions.append(number + self._position)
        self._rows.add({**self._columns(rows), POSITION: np.array(positions, dtype="int64")})

    def _read_one(self, document: bytes) -> Row | Refused | None:
        try:
            return self._row(bson.decode(document, CODEC))
        except BSONError:
            return self._undecodable(document)

    @abstractmethod
    def _usual_rows(self, piece: Piece) -> UsualRows:
        """Read the usual documents of a piece."""

    @abstractmethod
    def _row(self, document: Mapping[str, object]) -> Row | Refused | None:
        """Read one document; None if it is not a row."""

    @abstractmethod
    def _columns(self, rows: list[Row]) -> Columns:
        """Return rows in columns."""

    @abstractmethod
    def _undecodable(self, document: bytes) -> Refused | None:
        """Return what is known of a document that cannot be decoded; None if it is left out."""


def read_in_batches(
    pieces: Iterable[Piece | Refused], reader: PieceReader[Row], documents: int
) -> Iterator[ReadRows]:
    """Read pieces, and return their rows when at least this many documents are read, and at the end.

    What was read before an error is returned before the error is raised.
    """
    error = None
    try:
        for piece in pieces:
            if isinstance(piece, Refused):
                reader.refuse(piece)
            else:
                reader.read(piece)
            if len(reader) >= documents:
                yield reader.take()
    except SourceUnreachableError as unreachable:
        error = unreachable
    if len(reader):
        yield reader.take()
    if error is not None:
        raise error
