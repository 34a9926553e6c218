"""LibreChat's live MongoDB, read only."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

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

T = TypeVar("T")

DEFAULT_DATABASE = "test"
"""The database that MongoDB's drivers, and so LibreChat, use if the connection string names none."""

NOT_BY_A_USER: Document = {"isCreatedByUser": {"$ne": True}}
FEWEST_LOOK_UP_IDS = 50
LOOK_UP_SECONDS = 10
"""Less than the socket's timeout, so that MongoDB ends a long query instead of working on it in vain."""

COLLECTIONS = ("transactions", "users", "agents", "conversations", "messages", "balances", "groups")


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
        return self._assistant_messages("messageId", messages)

    def conversation_messages(self, conversations: Sequence[str]) -> list[AssistantMessage]:
        return self._assistant_messages("conversationId", conversations, NOT_BY_A_USER)

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        return self._looked_up(
            "conversations", "conversationId", conversations, CONVERSATION_PROJECTION, read_conversation
        )

    def _assistant_messages(
        self, key: str, ids: Sequence[str], besides: Document | None = None
    ) -> list[AssistantMessage]:
        projection = ASSISTANT_MESSAGE_PROJECTION
        return self._looked_up("messages", key, ids, projection, read_assistant_message, besides)

    def _each(
        self,
        collection: str,
        query: Document,
        projection: Sequence[str],
        read: Callable[[Mapping[str, Any]], T | None],
        longest_seconds: int | None = None,
    ) -> Iterator[T]:
        with explained_failures():
            cursor = self._collection(collection).find(
                query,
                dict.fromkeys(projection, 1),
                batch_size=BATCH_DOCUMENTS,
                max_time_ms=longest_seconds and 1000 * longest_seconds,
            )
            try:
                for document in each_document(cursor):
                    with suppress(BSONError):
                        label = read(decoded(document))
                        if label is not None:
                            yield label
            except BSONError:
                raise SourceBrokenError(
                    f"A document of {collection} is not valid BSON and makes MongoDB's reply unreadable."
                    f" Run `db.{collection}.validate()` in mongosh."
                ) from None

    def _looked_up(
        self,
        collection: str,
        key: str,
        ids: Sequence[object],
        projection: Sequence[str],
        read: Callable[[Mapping[str, Any]], T | None],
        besides: Document | None = None,
    ) -> list[T]:
        def found(some: Sequence[object]) -> Iterator[T]:
            query = {key: {"$in": list(some)}} | (besides or {})
            return self._each(collection, query, projection, read, LOOK_UP_SECONDS)

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
