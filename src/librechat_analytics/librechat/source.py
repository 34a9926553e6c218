"""What the sync asks of LibreChat's data, and how that can fail."""

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
    """LibreChat's data cannot be read; the text says why and what to do."""


class SourceUnreachableError(SourceError):
    """MongoDB does not answer; trying again later helps where it ``may_pass`` by itself."""

    may_pass = True


class SourceSlowError(SourceUnreachableError):
    """MongoDB ended what took too long."""


class SourceRefusedError(SourceUnreachableError):
    """MongoDB accepts no user from the connection string, or is of a version that cannot be read."""

    may_pass = False


class SourceForbiddenError(SourceUnreachableError):
    """The user of the connection string may not read a collection."""

    may_pass = False


class SourceBrokenError(SourceUnreachableError):
    """A document that is no valid BSON spoils what MongoDB answers for a collection."""

    may_pass = False


class SourceForeignError(SourceUnreachableError):
    """Another LibreChat answers than the one whose ledger is in the store."""

    may_pass = False


class Source(Protocol):
    """What the sync asks of LibreChat's data besides the ledger."""

    def users(self) -> Iterable[UserLabel] | None:
        """Give all users; None where they cannot be had."""
        ...

    def agents(self) -> Iterable[AgentLabel] | None:
        """Give all agents; None where they cannot be had."""
        ...

    def balances(self) -> Iterable[Balance] | None:
        """Give all balances, several of a user in any order; None where they cannot be had."""
        ...

    def groups(self) -> Iterable[Group] | None:
        """Give all groups; None where they cannot be had."""
        ...

    def assistant_messages(self, messages: Sequence[str]) -> list[AssistantMessage]:
        """Look up assistants' messages by their ids."""
        ...

    def conversation_messages(self, conversations: Sequence[str]) -> list[AssistantMessage]:
        """Look up all assistants' messages of conversations."""
        ...

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        """Look up conversations by their ids."""
        ...
