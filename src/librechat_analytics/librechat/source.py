"""Where LibreChat's documents come from: its MongoDB, read only, or a folder that ``mongodump`` wrote."""

from __future__ import annotations

import gzip
import hashlib
import re
import sqlite3
import tempfile
import zlib
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)
from pymongo.uri_parser import split_options

from librechat_analytics.errors import OperatorError
from librechat_analytics.librechat.agents import (
    ANSWER_PROJECTION,
    CONVERSATION_PROJECTION,
    Answer,
    Conversation,
    read_answer,
    read_conversation,
)
from librechat_analytics.librechat.documents import CODEC, EPOCH
from librechat_analytics.librechat.labels import (
    AGENT_PROJECTION,
    ANONYMOUS_USER_PROJECTION,
    BALANCE_PROJECTION,
    GROUP_PROJECTION,
    USER_PROJECTION,
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
from librechat_analytics.librechat.transactions import (
    PROJECTION,
    Refusal,
    Refused,
    Transaction,
    read_transaction,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bson.objectid import ObjectId
    from pymongo.collection import Collection
    from pymongo.database import Database

    from librechat_analytics.librechat.documents import Document

T = TypeVar("T")

DEFAULT_DATABASE = "test"
"""What MongoDB's drivers, and so LibreChat, use for a connection string without a database's name."""

BY_AN_ASSISTANT: Document = {"isCreatedByUser": {"$ne": True}}
BATCH_DOCUMENTS = 10_000
SMALLEST_BATCH_DOCUMENTS = 100
LOOK_UP_IDS = 1_000
FEWEST_LOOK_UP_IDS = 50
LOOK_UP_SECONDS = 10
"""Less than a socket waits: MongoDB itself ends what takes longer, and does not go on for nobody."""

COLLECTIONS = ("transactions", "users", "agents", "conversations", "messages", "balances", "groups")
AUTHENTICATION_FAILED, UNAUTHORIZED, TIME_EXPIRED = 18, 13, 50
OBJECT_ID_TYPE = "objectId"
OTHER_ID_TYPES = ("number", "string", "object", "binData", "bool", "date", "timestamp", "null")
"""Not ``decimal``, which ``number`` comprises: other servers than MongoDB may not know it."""

NODE_OPTIONS = frozenset(
    {
        "usenewurlparser",
        "useunifiedtopology",
        "keepalive",
        "keepaliveinitialdelay",
        "autoreconnect",
        "poolsize",
    }
)
"""What a connection string that was LibreChat's for years may still hold, in lower case."""

# Documents arrive undecoded, so that one that cannot be decoded does not take its batch with it.
UNDECODED: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


MAY_WANT_TLS = "If it never answered, it may want TLS: add tls=true to MONGO_URI."
WHAT_MAY_HELP = {
    "CERTIFICATE_VERIFY_FAILED": (
        "Its certificate must be for the host in MONGO_URI and signed by an authority in tlsCAFile."
    ),
    "SSL handshake failed": "If it does not use TLS, leave tls out of MONGO_URI.",
    "No servers found yet": "Check host, port and tls in MONGO_URI.",
    "connection closed": MAY_WANT_TLS,
    "Connection reset": MAY_WANT_TLS,
    "No replica set members": "Check replicaSet in MONGO_URI.",
    "timed out": "A firewall may be in between.",
    "": "Check host and port in MONGO_URI, and that both containers share a network.",
}
"""What to do, by what the driver says where it finds no server; the first that fits counts."""


class SourceError(OperatorError):
    """LibreChat's data cannot be read; the text says why and what to do."""


class SourceUnreachableError(SourceError):
    """MongoDB does not answer; trying again later may help."""


class SourceSlowError(SourceUnreachableError):
    """MongoDB ended what took too long."""


class SourceForbiddenError(SourceUnreachableError):
    """The user of the connection string may not read a collection."""


class Source(Protocol):
    """What the sync asks of LibreChat's data besides the ledger."""

    def users(self) -> Iterable[UserLabel] | None:
        """Give all users; None where they cannot be had."""
        ...

    def agents(self) -> Iterable[AgentLabel] | None:
        """Give all agents; None where they cannot be had."""
        ...

    def balances(self) -> Iterable[Balance] | None:
        """Give all balances, the oldest of a user first; None where they cannot be had."""
        ...

    def groups(self) -> Iterable[Group] | None:
        """Give all groups; None where they cannot be had."""
        ...

    def answers(self, messages: Sequence[str]) -> list[Answer]:
        """Look up assistants' messages by their ids."""
        ...

    def conversation_answers(self, conversations: Sequence[str]) -> list[Answer]:
        """Look up all assistants' messages of conversations."""
        ...

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        """Look up conversations by their ids."""
        ...


def connect(uri: str, **options: Any) -> MongoClient[Any]:
    """Make a client that gives up soon and never writes; connects on first use.

    What else the connection string says about is as it says there. Raises SourceError for one that cannot be
    used, never showing its password.
    """
    settings: dict[str, Any] = {
        "connect": False,
        "serverSelectionTimeoutMS": 2000,
        "connectTimeoutMS": 5000,
        "socketTimeoutMS": 15000,
        "waitQueueTimeoutMS": 2000,
        "retryWrites": False,
    }
    unless_given = {
        "appName": "librechat-analytics",
        "maxPoolSize": 4,
        "maxIdleTimeMS": 300_000,
        "retryReads": True,
        "readPreference": "secondaryPreferred",
    }
    address = _known_options_only(uri)
    given = {option.partition("=")[0].lower() for option in re.split("[?&;]", address)[1:]}
    settings |= {name: value for name, value in unless_given.items() if name.lower() not in given}
    try:
        return MongoClient(address, **(settings | options))
    except (InvalidURI, ConfigurationError, ValueError, TypeError) as error:
        raise SourceError(f"MONGO_URI cannot be used: {error}") from None


def _known_options_only(uri: str) -> str:
    """Leave out what only LibreChat's own driver knows, and refuse what this one would pass over.

    The driver warns of an option that it cannot read and does without, be it the one for TLS.
    """
    address, mark, given = uri.partition("?")
    if "@" in given:  # what looks like options may then be the end of a password
        raise SourceError(
            "MONGO_URI cannot be used: special characters of user, password and options must be"
            " percent-encoded (@ is %40, ? is %3F)."
        )
    kept = []
    seen: set[str] = set()
    for option in filter(None, re.split("[&;]", given)):
        name = option.partition("=")[0]
        if name.lower() in NODE_OPTIONS:
            continue
        try:
            split_options(option)
        except (OSError, ConfigurationError, ValueError, TypeError) as error:
            reason = getattr(error, "strerror", None) or str(error).partition(". ")[0]
            raise SourceError(
                f"MONGO_URI cannot be used: {name}: {reason.rstrip('.')}. Correct it or leave it out."
            ) from None
        if name.lower() in seen - {"readpreferencetags"}:
            raise SourceError(f"MONGO_URI cannot be used: {name} is there twice.")
        seen.add(name.lower())
        kept.append(option)
    return address + (mark if kept else "") + "&".join(kept)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OperationFailure as error:
        if error.code == AUTHENTICATION_FAILED:
            raise SourceUnreachableError(
                "MongoDB does not accept the user or password in MONGO_URI. Check both, and authSource."
            ) from error
        if error.code == UNAUTHORIZED:
            raise SourceForbiddenError(
                "The MongoDB user may not read LibreChat's collections. Give it the role `read`."
            ) from error
        if error.code == TIME_EXPIRED:
            raise SourceSlowError(f"MongoDB takes too long: {_first_sentence(error)}.") from error
        raise SourceUnreachableError(f"MongoDB refused to answer: {_first_sentence(error)}.") from error
    except PyMongoError as error:
        reason, advice = _first_sentence(error), ""
        if isinstance(error, ServerSelectionTimeoutError):
            advice = next(f" {advice}" for said, advice in WHAT_MAY_HELP.items() if said in reason)
        raise SourceUnreachableError(f"MongoDB does not answer: {reason}.{advice}") from error


def _first_sentence(error: PyMongoError) -> str:
    """Give what happened without pymongo's own settings and topology."""
    text = str(error)
    for boring in (" (configured timeouts:", ", Timeout:", ", full error:"):
        text = text.partition(boring)[0]
    return text[:300].rstrip(".")


class MongoSource:
    """LibreChat's live database, asked with nothing but find, getMore, count and ping."""

    def __init__(
        self,
        database: Database[Any],
        *,
        anonymous: bool = False,
        codec_options: CodecOptions[Any] | None = UNDECODED,
    ) -> None:
        self._database = database
        self._anonymous = anonymous
        self._codec_options = codec_options
        self._batch_documents = BATCH_DOCUMENTS
        self._look_up_ids = LOOK_UP_IDS

    @classmethod
    def at(cls, uri: str, *, anonymous: bool = False) -> MongoSource:
        """Make the source for a connection string; connects on first use. ``anonymous``: without names."""
        return cls(connect(uri).get_default_database(DEFAULT_DATABASE), anonymous=anonymous)

    def close(self) -> None:
        """Close the connections."""
        self._database.client.close()

    @property
    def database_name(self) -> str:
        return self._database.name

    def ping(self) -> None:
        """Raise SourceUnreachableError unless MongoDB answers."""
        with _reading():
            self._database.command("ping")

    def estimated_transactions(self) -> int:
        with _reading():
            return self._collection("transactions").estimated_document_count()

    def collection_sizes(self) -> dict[str, int]:
        """Count the documents of the collections that are read, roughly."""
        with _reading():
            return {name: self._collection(name).estimated_document_count() for name in COLLECTIONS}

    def require_readable(self, collection: str) -> None:
        """Raise SourceForbiddenError unless a document of the collection may be read."""
        with _reading():
            list(self._collection(collection).find({}, {"_id": 1}).limit(1))

    def newer_transactions(self, since: ObjectId) -> Iterator[Transaction | Refused]:
        """Read the documents with ids from ``since`` on, oldest first."""
        return self._transactions({"_id": {"$gte": since}}, 1)

    def older_transactions(self, before: ObjectId | None) -> Iterator[Transaction | Refused]:
        """Read the documents with ids below ``before``, all of them for None, newest first."""
        bound = {"_id": {"$lt": before}} if before is not None else {"_id": {"$type": OBJECT_ID_TYPE}}
        return self._transactions(bound, -1)

    def stray_transactions(self) -> Iterator[Transaction | Refused]:
        """Read the documents whose id is no ObjectId; ranges of ids never meet them."""
        return self._transactions({"_id": {"$type": list(OTHER_ID_TYPES)}}, None)

    def users(self) -> Iterator[UserLabel]:
        projection = ANONYMOUS_USER_PROJECTION if self._anonymous else USER_PROJECTION
        return self._each("users", {}, projection, read_user)

    def agents(self) -> Iterator[AgentLabel]:
        return self._each("agents", {}, AGENT_PROJECTION, read_agent)

    def balances(self) -> Iterator[Balance]:
        return self._each("balances", {}, BALANCE_PROJECTION, read_balance)

    def groups(self) -> Iterator[Group]:
        return self._each("groups", {}, GROUP_PROJECTION, read_group)

    def answers(self, messages: Sequence[str]) -> list[Answer]:
        return self._looked_up("messages", "messageId", messages, ANSWER_PROJECTION, read_answer)

    def conversation_answers(self, conversations: Sequence[str]) -> list[Answer]:
        return self._looked_up(
            "messages", "conversationId", conversations, ANSWER_PROJECTION, read_answer, BY_AN_ASSISTANT
        )

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        return self._looked_up(
            "conversations", "conversationId", conversations, CONVERSATION_PROJECTION, read_conversation
        )

    def _collection(self, name: str) -> Collection[Any]:
        return self._database.get_collection(name, codec_options=self._codec_options)

    def _transactions(self, bound: Document, order: int | None) -> Iterator[Transaction | Refused]:
        with _reading():
            for document in self._found("transactions", bound, PROJECTION, order):
                yield _read_undecoded(document)

    def _found(
        self,
        collection: str,
        query: Document,
        projection: Sequence[str],
        order: int | None = None,
        longest_seconds: int | None = None,
    ) -> Iterator[Mapping[str, Any]]:
        cursor = self._collection(collection).find(
            query,
            dict.fromkeys(projection, 1),
            batch_size=self._batch_documents,
            max_time_ms=longest_seconds and 1000 * longest_seconds,
        )
        try:
            yield from cursor.sort("_id", order) if order is not None else cursor
        except ConnectionFailure:
            # Each batch must be there within the socket's time; on a narrow line the next try asks for less.
            self._batch_documents = max(SMALLEST_BATCH_DOCUMENTS, self._batch_documents // 4)
            raise

    def _each(
        self,
        collection: str,
        query: Document,
        projection: Sequence[str],
        read: Callable[[Mapping[str, Any]], T | None],
        longest_seconds: int | None = None,
    ) -> Iterator[T]:
        with _reading():
            for document in self._found(collection, query, projection, longest_seconds=longest_seconds):
                try:
                    label = read(_decoded(document))
                except BSONError:
                    continue
                if label is not None:
                    yield label

    def _looked_up(
        self,
        collection: str,
        key: str,
        ids: Sequence[str],
        projection: Sequence[str],
        read: Callable[[Mapping[str, Any]], T | None],
        besides: Document | None = None,
    ) -> list[T]:
        size = self._look_up_ids
        try:
            return [
                label
                for start in range(0, len(ids), size)
                for label in self._each(
                    collection,
                    {key: {"$in": list(ids[start : start + size])}} | (besides or {}),
                    projection,
                    read,
                    LOOK_UP_SECONDS,
                )
            ]
        except SourceSlowError as error:
            self._look_up_ids = max(FEWEST_LOOK_UP_IDS, size // 4)  # for the next try
            raise SourceSlowError(
                f"MongoDB needs more than {LOOK_UP_SECONDS} s for {size:,} look-ups. LibreChat's indexes of"
                f" {collection} may be missing (MONGO_AUTO_INDEX)."
            ) from error


def _decoded(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return bson.decode(document.raw, CODEC) if isinstance(document, RawBSONDocument) else document


def _read_undecoded(document: Mapping[str, Any]) -> Transaction | Refused:
    try:
        return read_transaction(_decoded(document))
    except BSONError:
        raw = document.raw if isinstance(document, RawBSONDocument) else b""
        return _undecodable(raw)


def _undecodable(raw: bytes | memoryview) -> Refused:
    return Refused(f"sha256:{hashlib.sha256(raw).hexdigest()[:24]}", Refusal.BSON)


class DumpSource:
    """A folder with one database's collections as ``mongodump`` writes them, plain or with ``--gzip``.

    Collections are streamed; assistants' messages and conversations are indexed in a temporary file
    on their first look-up. ``broken`` names the files that broke off, each with where.
    """

    def __init__(self, folder: Path, *, anonymous: bool = False) -> None:
        self._folder = database_folder(folder)
        self._anonymous = anonymous
        self.broken: set[str] = set()
        self._index: sqlite3.Connection | None = None

    @property
    def folder(self) -> Path:
        return self._folder

    def close(self) -> None:
        """Close the temporary index."""
        if self._index is not None:
            self._index.close()

    def size_bytes(self) -> int:
        """Give the size of the ledger's file as it lies on disk."""
        return self._file("transactions").stat().st_size

    def transactions(self, progress: Callable[[int], None]) -> Iterator[Transaction | Refused]:
        """Read the whole ledger as it lies there; ``progress`` is told the file's position in bytes."""
        for raw in self._documents("transactions", progress):
            if isinstance(raw, Refused):
                yield raw
                continue
            try:
                yield read_transaction(bson.decode(raw, CODEC))
            except BSONError:
                yield _undecodable(raw)

    def users(self) -> Iterable[UserLabel] | None:
        return self._labels("users", read_anonymous_user if self._anonymous else read_user)

    def agents(self) -> Iterable[AgentLabel] | None:
        return self._labels("agents", read_agent)

    def balances(self) -> Iterable[Balance] | None:
        return self._labels("balances", read_balance)

    def groups(self) -> Iterable[Group] | None:
        return self._labels("groups", read_group)

    def answers(self, messages: Sequence[str]) -> list[Answer]:
        return self._indexed_answers("message", messages)

    def conversation_answers(self, conversations: Sequence[str]) -> list[Answer]:
        return self._indexed_answers("conversation", conversations)

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        rows = self._select("SELECT * FROM conversations WHERE id IN ({})", conversations)
        return [Conversation(*row) for row in rows]

    def _file(self, collection: str) -> Path:
        plain = self._folder / f"{collection}.bson"
        return plain if plain.exists() else self._folder / f"{collection}.bson.gz"

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

    def _labels(self, collection: str, read: Callable[[Mapping[str, Any]], T | None]) -> list[T] | None:
        """Read a whole collection; None where a part is missing, which would count as deleted."""
        if not self._file(collection).exists():
            return None
        documents = list(self._documents(collection))
        is_whole = not any(isinstance(document, Refused) for document in documents)
        return list(_read_each(documents, read)) if is_whole else None

    def _indexed_answers(self, key: str, ids: Sequence[str]) -> list[Answer]:
        rows = self._select(f"SELECT * FROM answers WHERE {key} IN ({{}})", ids)  # noqa: S608 one of our two columns
        return [
            Answer(message, conversation, agent, endpoint, datetime.fromtimestamp(at, EPOCH.tzinfo), sender)
            for message, conversation, agent, endpoint, at, sender in rows
        ]

    def _select(self, query: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        if self._index is None:
            self._index = self._build_index()
        for start in range(0, len(ids), LOOK_UP_IDS):
            some = ids[start : start + LOOK_UP_IDS]
            yield from self._index.execute(query.format(",".join("?" * len(some))), some)

    def _build_index(self) -> sqlite3.Connection:
        # Gone from the folder as soon as it is open, so that nothing stays behind however this ends.
        with tempfile.TemporaryDirectory(prefix="librechat-analytics-") as folder:
            index = sqlite3.connect(Path(folder) / "answers.sqlite", check_same_thread=False)
            index.executescript(
                """
                PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                CREATE TABLE answers (message, conversation, agent, endpoint, created_at, sender);
                CREATE TABLE conversations (id, endpoint, initial_agent, last_agent);
                """
            )
        if self._file("messages").exists():
            index.executemany(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)",
                (
                    answer._replace(created_at=answer.created_at.timestamp())  # type: ignore[arg-type]
                    for answer in _read_each(self._documents("messages"), read_answer)
                ),
            )
        if self._file("conversations").exists():
            index.executemany(
                "INSERT INTO conversations VALUES (?, ?, ?, ?)",
                _read_each(self._documents("conversations"), read_conversation),
            )
        index.executescript(
            """
            CREATE INDEX by_message ON answers (message);
            CREATE INDEX by_conversation ON answers (conversation);
            CREATE INDEX by_id ON conversations (id);
            """
        )
        index.commit()
        return index


def _read_each(
    documents: Iterable[bytes | Refused], read: Callable[[Mapping[str, Any]], T | None]
) -> Iterator[T]:
    """Read documents but those that cannot be."""
    for raw in documents:
        if isinstance(raw, Refused):
            continue
        try:
            label = read(bson.decode(raw, CODEC))
        except BSONError:
            continue
        if label is not None:
            yield label


LARGEST_DOCUMENT = 48 * 1024 * 1024
SMALLEST_DOCUMENT = 5


def frames(stream: BinaryIO | gzip.GzipFile, name: str) -> Iterator[bytes | Refused]:
    """Cut a stream of BSON documents into single ones; where it breaks off, the last item says so."""
    position = 0
    while True:
        try:
            header = stream.read(4)
            if not header:
                return
            size = int.from_bytes(header, "little")
            whole = len(header) == 4 and SMALLEST_DOCUMENT <= size <= LARGEST_DOCUMENT
            body = stream.read(size - 4) if whole else b""
        except (EOFError, OSError, zlib.error):
            yield Refused(f"{name} from byte {position}", Refusal.BSON)
            return
        if not whole or len(body) < size - 4:
            yield Refused(f"{name} from byte {position}", Refusal.BSON)
            return
        yield header + body
        position += size


def database_folder(folder: Path) -> Path:
    """Find the folder with LibreChat's collections: the one given, or the only database's in it.

    Raises SourceError that says what was looked for.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder. Give the folder that `mongodump --out` wrote.")
    candidates = [
        candidate
        for candidate in (folder, *sorted(path for path in folder.iterdir() if path.is_dir()))
        if (candidate / "transactions.bson").exists() or (candidate / "transactions.bson.gz").exists()
    ]
    if not candidates:
        raise SourceError(
            f"{folder} holds no transactions.bson or transactions.bson.gz, nor does a folder in it."
            " Give the folder that `mongodump --out` wrote."
        )
    if candidates[0] == folder or len(candidates) == 1:
        return candidates[0]
    names = ", ".join(candidate.name for candidate in candidates)
    raise SourceError(f"{folder} holds several databases ({names}). Give one of these folders.")
