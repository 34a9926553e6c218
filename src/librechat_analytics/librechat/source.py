"""The protocol by which the sync reads LibreChat's data, and the ways in which reading can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from librechat_analytics.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from librechat_analytics.librechat.agents import AssistantMessage, Conversation
    from librechat_analytics.librechat.labels import AgentLabel, Balance, Group, UserLabel

BATCH_DOCUMENTS = 10_000
LOOK_UP_IDS = 1_000


class SourceError(OperatorError):
    """LibreChat's data cannot be read; the message says why and what to do."""


class SourceUnreachableError(SourceError):
    """MongoDB does not answer. If ``may_pass`` is true, the problem may end without the operator."""

    may_pass = True


class SourceSlowError(SourceUnreachableError):
    """MongoDB stopped a query that took too long."""


class SourceRefusedError(SourceUnreachableError):
    """MongoDB rejects the user of the connection string, or has a version that is not supported."""

    may_pass = False


class SourceForbiddenError(SourceUnreachableError):
    """The user of the connection string may not read a collection."""

    may_pass = False


class SourceBrokenError(SourceUnreachableError):
    """A document that is not valid BSON makes MongoDB's reply for a collection unreadable."""

    may_pass = False


class SourceForeignError(SourceUnreachableError):
    """The database belongs to another LibreChat than the one in the store."""

    may_pass = False


class ReplySource(Protocol):
    """What shows which agent a row belongs to."""

    def assistant_messages(self, messages: Sequence[str]) -> list[AssistantMessage]:
        """Look up assistant messages by their ids."""
        ...

    def conversation_messages(self, conversations: Sequence[str]) -> list[AssistantMessage]:
        """Look up all assistant messages of conversations."""
        ...

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        """Look up conversations by their ids."""
        ...


class LabelSource(Protocol):
    """The labels that the sync reads.

    A method for a whole collection returns None if the collection is absent or incomplete, and an empty
    iterable if it is there and empty. The difference matters: None means that nothing is known, and the store
    keeps what it has. An empty collection means that LibreChat has deleted everything in it, and the store
    marks it as deleted. Keep to this when you add a collection.
    """

    def users(self) -> Iterable[UserLabel] | None:
        """Return all users; None if the collection is absent."""
        ...

    def agents(self) -> Iterable[AgentLabel] | None:
        """Return all agents; None if the collection is absent."""
        ...

    def balances(self) -> Iterable[Balance] | None:
        """Return all balances, in any order; a user may have several. None if the collection is absent."""
        ...

    def groups(self) -> Iterable[Group] | None:
        """Return all groups; None if the collection is absent."""
        ...


class Source(LabelSource, ReplySource, Protocol):
    """What the sync reads of LibreChat besides the ledger."""
