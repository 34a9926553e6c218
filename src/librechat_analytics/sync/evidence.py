"""The messages and conversations that show which agent a row belongs to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from librechat_analytics.librechat.agents import Certainty, UnattributedRow, attribute
from librechat_analytics.librechat.source import LOOK_UP_IDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from librechat_analytics.librechat.agents import AssistantMessage, Attribution, Conversation
    from librechat_analytics.librechat.source import ReplySource

T = TypeVar("T", "AssistantMessage", "Conversation")
ByTenant = dict[str | None, list[T]]

DEEPEST_THREAD = 20
"""How far a chain of conversations, each begun in the next, is followed."""


class WaitingRow(NamedTuple):
    """A row without an agent yet; ``root`` is the conversation that its own counts with, if known."""

    id_head: int
    id_tail: int
    created_at: datetime
    message: str | None
    conversation: str | None
    model: str | None
    recorded_agent: str | None
    tenant: str | None
    spender: str | None
    root: str | None


class Evidence:
    """What LibreChat's messages and conversations say about rows, each looked up once.

    Ids are unique within a tenant only. If several documents have one id, those of the row's tenant count.
    """

    def __init__(self, source: ReplySource) -> None:
        self._source = source
        self._messages: dict[str, ByTenant[AssistantMessage]] = {}
        self._threads: dict[str, ByTenant[AssistantMessage]] = {}
        self._conversations: dict[str, ByTenant[Conversation]] = {}

    def look_up(self, rows: list[WaitingRow]) -> None:
        """Look up what is needed for these rows, and no more.

        It looks up the messages that rows name; then, for rows without a conclusive one, the messages of the
        conversation; then, if these are not conclusive either or the root is not known, the conversation and
        its root.

        Many rows of few conversations are looked up by conversation first: that takes fewer look-ups.
        """
        messages = _distinct(row.message for row in rows)
        threads = _distinct(row.conversation for row in rows)
        if len(messages) > LOOK_UP_IDS and 2 * len(threads) <= len(messages):
            self._look_up_threads(threads)
            for thread in self._threads.values():
                for found in thread.values():
                    self._add_messages(found)
        missing = [message for message in messages if message not in self._messages]
        self._add_messages(self._source.assistant_messages(missing))
        open_rows = [row for row in rows if not self._has_conclusive_message(row)]
        self._look_up_threads(row.conversation for row in open_rows)
        silent = [row for row in open_rows if not self._has_conclusive_thread(row)]
        without_root = (row for row in rows if row.root is None)
        self._look_up_conversations(row.conversation for row in (*without_root, *silent))
        self._look_up_roots(rows)
        below = [row for row in silent if self.root_of(row) not in (None, row.conversation)]
        self._look_up_threads(self.root_of(row) for row in below)
        self._look_up_conversations(self.root_of(row) for row in below)

    def look_up_everything(self, rows: list[WaitingRow]) -> None:
        """Look up all that the source has about these rows, where look-ups cost a live LibreChat nothing."""
        self._add_messages(self._source.assistant_messages(_distinct(row.message for row in rows)))
        self._look_up_threads(row.conversation for row in rows)
        self._look_up_conversations(row.conversation for row in rows)
        self._look_up_roots(rows)
        roots = [self.root_of(row) for row in rows]
        self._look_up_threads(roots)
        self._look_up_conversations(roots)

    def attribute(self, row: WaitingRow) -> Attribution:
        """Find the row's agent; if nothing else is conclusive, by the root of the row's conversation."""
        unattributed = UnattributedRow(row.created_at.replace(tzinfo=UTC), row.recorded_agent)

        def attributed_by(conversation: str | None) -> Attribution:
            return attribute(
                unattributed,
                self.message_of(row),
                self.messages_in(row, conversation),
                self.conversation(row, conversation),
            )

        found, root = attributed_by(row.conversation), self.root_of(row)
        if found.certainty is not Certainty.UNKNOWN or root is None or root == row.conversation:
            return found
        at_root = attributed_by(root)
        return at_root if at_root.endpoint else at_root._replace(endpoint=found.endpoint)

    def message_of(self, row: WaitingRow) -> AssistantMessage | None:
        """Return the message that a row names."""
        found = _of_tenant(self._messages.get(row.message or ""), row.tenant)
        return found[-1] if found else None

    def messages_in(self, row: WaitingRow, conversation: str | None) -> list[AssistantMessage]:
        """Return the assistant messages of a conversation, oldest first."""
        return _of_tenant(self._threads.get(conversation or ""), row.tenant)

    def conversation(self, row: WaitingRow, conversation: str | None) -> Conversation | None:
        """Return a conversation, as the row's tenant has it."""
        found = _of_tenant(self._conversations.get(conversation or ""), row.tenant)
        return found[-1] if found else None

    def root_of(self, row: WaitingRow) -> str | None:
        """Return the conversation that a row's own counts with; None if that is unknown."""
        if row.root is not None:
            return row.root
        path: list[str] = []
        found = self.conversation(row, row.conversation)
        while found is not None:
            path.append(found.id)
            above = found.root or found.id
            if above == found.id:
                return above
            if above in path:  # in a circle every row gets the same conversation
                return min(path[path.index(above) :])
            found = self.conversation(row, above)
            if found is None:
                return above
        return None

    def _has_conclusive_message(self, row: WaitingRow) -> bool:
        message = self.message_of(row)
        return message is not None and message.is_conclusive

    def _has_conclusive_thread(self, row: WaitingRow) -> bool:
        return any(message.is_conclusive for message in self.messages_in(row, row.conversation))

    def _add_messages(self, messages: Iterable[AssistantMessage]) -> None:
        for message in messages:
            self._messages.setdefault(message.id, {}).setdefault(message.tenant, []).append(message)

    def _look_up_threads(self, conversations: Iterable[str | None]) -> None:
        missing = [each for each in _distinct(conversations) if each not in self._threads]
        self._threads |= {each: {} for each in missing}
        messages = self._source.conversation_messages(missing)
        for message in sorted(messages, key=lambda message: message.created_at):
            if message.conversation in self._threads:
                self._threads[message.conversation].setdefault(message.tenant, []).append(message)

    def _look_up_conversations(self, conversations: Iterable[str | None]) -> None:
        missing = [each for each in _distinct(conversations) if each not in self._conversations]
        self._conversations |= {each: {} for each in missing}
        for found in self._source.conversations(missing):
            if found.id in self._conversations:
                self._conversations[found.id].setdefault(found.tenant, []).append(found)

    def _look_up_roots(self, rows: list[WaitingRow]) -> None:
        """Look up the conversations at the roots, which may have a root themselves."""
        for _ in range(DEEPEST_THREAD):
            roots = {root for row in rows if row.root is None and (root := self.root_of(row))}
            if roots <= self._conversations.keys():
                return
            self._look_up_conversations(sorted(roots))


def _of_tenant(found: ByTenant[T] | None, tenant: str | None) -> list[T]:
    """Return a tenant's documents, else those without a tenant; for a row without a tenant, else all."""
    if not found:
        return []
    own = found.get(tenant) or found.get(None)
    if own is None and tenant is None:
        return [each for of_one in found.values() for each in of_one]
    return own or []


def _distinct(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(identity for identity in ids if identity))
