"""LibreChat's live MongoDB, read only."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from bson.errors import BSONError
from bson.objectid import ObjectId

from librechat_analytics.librechat.agents import (
    ASSISTANT_MESSAGE_PROJECTION,
    CONVERSATION_PROJECTION,
    AssistantMessage,
    Conversation,
    read_assistant_message,
    read_conversation,
)
from librechat_analytics.librechat.bson_stream import decoded
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
    read_balance,
    read_group,
    read_user,
)
from librechat_analytics.librechat.ledger import UNDECODED, Ledger, each_document
from librechat_analytics.librechat.mongo_errors import explained_failures
from librechat_analytics.librechat.mongo_uri import connect, names_user
from librechat_analytics.librechat.pieces import Piece
from librechat_analytics.librechat.reply_columns import AssistantMessageReader, ConversationReader
from librechat_analytics.librechat.source import (
    BATCH_DOCUMENTS,
    LOOK_UP_IDS,
    SourceBrokenError,
    SourceSlowError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bson.codec_options import CodecOptions
    from pymongo.database import Database

    from librechat_analytics.librechat.documents import Document
    from librechat_analytics.librechat.piece_reader import PieceReader, ReadRows

T = TypeVar("T")

DEFAULT_DATABASE = "test"
"""The database that MongoDB's drivers, and so LibreChat, use if the connection string names none."""

NOT_BY_A_USER: Document = {"isCreatedByUser": {"$ne": True}}
FEWEST_LOOK_UP_IDS = 50
LOOK_UP_SECONDS = 10
"""Less than the socket's timeout, so that MongoDB ends a long query instead of working on it in vain."""

COLLECTIONS = ("transactions", "users", "agents", "conversations", "messages", "balances", "groups")


class LookUp(NamedTuple):
    """Finds documents of a collection by the ids in one of their fields."""

    collection: str
    key: str
    projection: Sequence[str]
    besides: Document

    def query(self, ids: Sequence[str]) -> Document:
        """Return the query for these ids."""
        return {self.key: {"$in": list(ids)}} | self.besides


MESSAGES_BY_ID = LookUp("messages", "messageId", ASSISTANT_MESSAGE_PROJECTION, {})
MESSAGES_BY_CONVERSATION = LookUp("messages", "conversationId", ASSISTANT_MESSAGE_PROJECTION, NOT_BY_A_USER)
CONVERSATIONS_BY_ID = LookUp("conversations", "conversationId", CONVERSATION_PROJECTION, {})


class MongoSource(Ledger):
    """LibreChat's live database; sends it only find, getMore, count and ping.

    A live database always has its collections: MongoDB returns nothing for one that does not exist, and here
    that counts as empty.
    """

    def __init__(
        self,
        database: Database[Any],
        *,
        anonymous: bool = False,
        names_user: bool = True,
        codec_options: CodecOptions[Any] | None = UNDECODED,
    ) -> None:
        super().__init__(database, codec_options=codec_options)
        self._names_user = names_user
        self._anonymous = anonymous
        self._look_up_ids = LOOK_UP_IDS

    @classmethod
    def at(cls, uri: str, *, anonymous: bool = False) -> MongoSource:
        """Make the source for a connection string; connects on first use. ``anonymous``: read no names."""
        database = connect(uri).get_default_database(DEFAULT_DATABASE)
        return cls(database, anonymous=anonymous, names_user=names_user(uri))

    def close(self) -> None:
        """Close the connections."""
        self._database.client.close()

    @property
    def database_name(self) -> str:
        return self._database.name

    @property
    def name(self) -> str:
        """The hosts and the database, without user and password."""
        described = self._database.client.topology_description.server_descriptions()
        hosts = ",".join(sorted(f"{host}:{port}" for host, port in described))
        return f"{hosts}/{self._database.name}"

    def ping(self) -> None:
        """Raise SourceUnreachableError unless MongoDB answers."""
        with explained_failures(names_user=self._names_user):
            self._database.command("ping")

    def estimated_transactions(self) -> int:
        with explained_failures():
            return self._collection("transactions").estimated_document_count()

    def collection_sizes(self) -> dict[str, int]:
        """Count the documents of each collection that is read, approximately."""
        with explained_failures(names_user=self._names_user):
            return {name: self._collection(name).estimated_document_count() for name in COLLECTIONS}

    def require_readable(self, collection: str) -> None:
        """Raise SourceForbiddenError unless the user may read the collection."""
        with explained_failures(names_user=self._names_user):
            list(self._collection(collection).find({}, {"_id": 1}).limit(1))

    def users(self) -> Iterator[UserLabel]:
        projection = ANONYMOUS_USER_PROJECTION if self._anonymous else USER_PROJECTION
        return self._each("users", {}, projection, read_user)

    def has_any_user(self, ids: Sequence[str]) -> bool:
        """Say whether the database has one of these users."""
        chunks = (ids[start : start + LOOK_UP_IDS] for start in range(0, len(ids), LOOK_UP_IDS))
        return any(self._has_user({"_id": {"$in": [ObjectId(each) for each in some]}}) for some in chunks)

    def has_users(self) -> bool:
        """Say whether the database has any user."""
        return self._has_user({})

    def _has_user(self, query: Document) -> bool:
        with explained_failures():
            return bool(list(self._collection("users").find(query, {"_id": 1}).limit(1)))

    def agents(self) -> Iterator[AgentLabel]:
        return self._each("agents", {}, AGENT_PROJECTION, read_agent)

    def balances(self) -> Iterator[Balance]:
        return self._each("balances", {}, BALANCE_PROJECTION, read_balance)

    def groups(self) -> Iterator[Group]:
        return self._each("groups", {}, GROUP_PROJECTION, read_group)

    def assistant_messages(self, messages: Sequence[str]) -> list[AssistantMessage]:
        return self._read(MESSAGES_BY_ID, messages, read_assistant_message)

    def conversation_messages(self, conversations: Sequence[str]) -> list[AssistantMessage]:
        return self._read(MESSAGES_BY_CONVERSATION, conversations, read_assistant_message)

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        return self._read(CONVERSATIONS_BY_ID, conversations, read_conversation)

    def assistant_message_columns(self, messages: Sequence[str]) -> ReadRows:
        """Look up assistant messages by their ids, into the columns of ASSISTANT_MESSAGES."""
        return self._read_pieces(MESSAGES_BY_ID, messages, AssistantMessageReader())

    def conversation_message_columns(self, conversations: Sequence[str]) -> ReadRows:
        """Look up all assistant messages of conversations, into the columns of ASSISTANT_MESSAGES."""
        return self._read_pieces(MESSAGES_BY_CONVERSATION, conversations, AssistantMessageReader())

    def conversation_columns(self, conversations: Sequence[str]) -> ReadRows:
        """Look up conversations by their ids, into the columns of CONVERSATIONS."""
        return self._read_pieces(CONVERSATIONS_BY_ID, conversations, ConversationReader())

    def _read(
        self, look_up: LookUp, ids: Sequence[str], read: Callable[[Mapping[str, Any]], T | None]
    ) -> list[T]:
        def found(some: Sequence[str]) -> Iterator[T]:
            return self._each(
                look_up.collection, look_up.query(some), look_up.projection, read, LOOK_UP_SECONDS
            )

        return self._looked_up(look_up.collection, ids, found)

    def _read_pieces(self, look_up: LookUp, ids: Sequence[str], reader: PieceReader[T]) -> ReadRows:
        def found(some: Sequence[str]) -> Iterator[Piece]:
            with _whole_replies(look_up.collection):
                cursor = self._collection(look_up.collection).find_raw_batches(
                    look_up.query(some), **_asked(look_up.projection, LOOK_UP_SECONDS)
                )
                for reply in each_document(cursor):
                    yield Piece.of(reply)

        for piece in self._looked_up(look_up.collection, ids, found):
            reader.read(piece)
        return reader.take()

    def _each(
        self,
        collection: str,
        query: Document,
        projection: Sequence[str],
        read: Callable[[Mapping[str, Any]], T | None],
        longest_seconds: int | None = None,
    ) -> Iterator[T]:
        with _whole_replies(collection):
            cursor = self._collection(collection).find(query, **_asked(projection, longest_seconds))
            for document in each_document(cursor):
                with suppress(BSONError):
                    label = read(decoded(document))
                    if label is not None:
                        yield label

    def _looked_up(
        self, collection: str, ids: Sequence[str], found: Callable[[Sequence[str]], Iterator[T]]
    ) -> list[T]:
        size, labels = self._look_up_ids, []
        try:
            for start in range(0, len(ids), size):
                some = ids[start : start + size]
                try:
                    labels += list(found(some))
                except SourceBrokenError:  # one document makes the reply for all of them unreadable
                    for identity in some:
                        with suppress(SourceBrokenError):
                            labels += list(found([identity]))
            return labels
        except SourceSlowError as error:
            self._look_up_ids = max(FEWEST_LOOK_UP_IDS, size // 4)  # at the next try
            raise SourceSlowError(
                f"MongoDB needs more than {LOOK_UP_SECONDS} s for {size:,} look-ups. LibreChat's indexes of"
                f" {collection} may be missing (MONGO_AUTO_INDEX)."
            ) from error


def _asked(projection: Sequence[str], longest_seconds: int | None) -> Document:
    return {
        "projection": dict.fromkeys(projection, 1),
        "batch_size": BATCH_DOCUMENTS,
        "max_time_ms": longest_seconds and 1000 * longest_seconds,
    }


@contextmanager
def _whole_replies(collection: str) -> Iterator[None]:
    """Explain failures of MongoDB, and replies that are not valid BSON."""
    try:
        with explained_failures():
            yield
    except BSONError:
        raise SourceBrokenError(
            f"A document of {collection} is not valid BSON and makes MongoDB's reply unreadable."
            f" Run `db.{collection}.validate()` in mongosh."
        ) from None
