"""Conversations of subagents count with the conversation that began them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import (
    HELPER,
    usage,
)
from tests.support.in_memory import Clock, LibreChat
from tests.support.syncing import ANSWER, asked, syncer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.librechat.agents import Conversation
    from librechat_analytics.store.store import Store
    from tests.support.documents import Document


class TestConversations:
    """With which conversation one counts is looked up once."""

    ROWS = (
        "SELECT conversations.id FROM transactions JOIN conversations ON key = conversation_key"
        " ORDER BY id_tail"
    )

    def thread(self, root: str | None) -> Document:
        return {
            "conversationId": "child",
            "endpoint": "agents",
            "subagentThread": {"rootConversationId": root},
        }

    def test_what_is_written_later_counts_with_the_root_too(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(
            transactions=[usage(conversationId="child", agentId=HELPER)], conversations=[self.thread("root")]
        )
        sync = syncer(store, librechat, clock)
        sync.run_once()
        librechat.collections["transactions"].append(usage(number=1, conversationId="child"))
        librechat.collections["transactions"].append(usage(number=2, conversationId="root"))
        sync.run_once()
        assert asked(store, self.ROWS) == 3 * [("root",)]

    def test_a_root_that_has_one_itself_leads_there(self, store: Store, clock: Clock) -> None:
        middle = {"conversationId": "middle", "subagentThread": {"rootConversationId": "root"}}
        librechat = LibreChat(
            transactions=[usage(conversationId="child")], conversations=[self.thread("middle"), middle]
        )
        sync = syncer(store, librechat, clock)
        sync.run_once()
        assert asked(store, self.ROWS) == [("root",)]
        librechat.collections["transactions"].append(usage(number=1, conversationId="middle"))
        sync.run_once()
        librechat.collections["transactions"].append(usage(number=2, conversationId="child"))
        sync.run_once()
        assert asked(store, self.ROWS) == 3 * [("root",)]

    @pytest.mark.parametrize("written", [(0, 1, 2, 3), (3, 2, 1, 0), (0, 3), (1, 2), (0,)])
    @pytest.mark.parametrize("at_once", [True, False])
    def test_threads_within_threads_count_once_however_they_come(
        self, store: Store, clock: Clock, written: tuple[int, ...], at_once: bool
    ) -> None:
        names = ["root", "c-1", "c-2", "c-3"]
        threads = [
            {"conversationId": child, "subagentThread": {"rootConversationId": parent}}
            for parent, child in itertools.pairwise(names)
        ]
        librechat = LibreChat(conversations=[{"conversationId": "root"}, *threads])
        sync = syncer(store, librechat, clock)
        for number in written:
            row = usage(number=number, conversationId=names[number])
            librechat.collections["transactions"].append(row)
            if not at_once:
                sync.run_once()
        sync.run_once()
        assert asked(store, self.ROWS) == len(written) * [("root",)]

    def test_threads_in_a_circle_count_as_one_conversation(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(
            transactions=[usage(number=number, conversationId=f"c-{number}") for number in range(4)],
            conversations=[
                {"conversationId": child, "subagentThread": {"rootConversationId": parent}}
                for child, parent in (("c-0", "c-1"), ("c-1", "c-2"), ("c-2", "c-3"), ("c-3", "c-1"))
            ],
        )
        syncer(store, librechat, clock).run_once()
        assert len({*asked(store, self.ROWS)}) == 1

    def test_a_conversation_is_asked_for_once_in_its_life(self, store: Store, clock: Clock) -> None:
        looked_up: list[str] = []

        class Counting(LibreChat):
            def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
                looked_up.extend(conversations)
                return super().conversations(conversations)

        librechat = Counting(
            transactions=[usage(conversationId="child", messageId="m")],
            conversations=[self.thread(None)],
            messages=[ANSWER | {"conversationId": "child"}],
        )
        sync = syncer(store, librechat, clock)
        for number in range(1, 4):
            sync.run_once()
            librechat.collections["transactions"].append(
                usage(number=number, conversationId="child", messageId="m")
            )
        assert looked_up == ["child"]
        assert asked(store, self.ROWS) == 3 * [("child",)]
