"""The sync: names that it keeps and agents that it finds."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.documents import (
    ANA,
    BOB,
    HELPER,
    NOON,
    OLD_AGENT,
    example_collections,
    object_id,
    usage,
    usages,
)
from tests.support.in_memory import Clock, LibreChat
from tests.support.syncing import ANSWER, asked, naive, syncer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from librechat_analytics.store.store import Store


class TestNames:
    def people(self, store: Store) -> dict[str, tuple[str | None, bool]]:
        rows = asked(store, "SELECT id, name, deleted_at IS NOT NULL FROM users")
        return {identity: (name, deleted) for identity, name, deleted in rows}

    def test_a_deleted_users_name_is_kept_and_marked(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage()], users=[{"_id": ANA, "name": "Ana"}])
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): ("Ana", False)}
        librechat.collections["users"].clear()
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): ("Ana", True)}

    def test_a_user_that_comes_back_is_not_deleted_any_more(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage()], users=[])
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): (None, True)}
        librechat.collections["users"].append({"_id": ANA, "name": "Ana"})
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): ("Ana", False)}

    def test_a_new_user_is_named_at_the_next_pass_although_names_are_fresh(
        self, store: Store, clock: Clock
    ) -> None:
        librechat = LibreChat(transactions=[usage()], users=[{"_id": ANA, "name": "Ana"}])
        sync = syncer(store, librechat, clock)
        sync.run_once()
        librechat.collections["users"].append({"_id": BOB, "name": "Bob"})
        sync.run_once()
        assert str(BOB) not in self.people(store)
        librechat.collections["transactions"].append(usage(number=1, user=BOB))
        sync.run_once()
        assert self.people(store)[str(BOB)] == ("Bob", False)

    def test_who_appears_while_names_are_read_is_not_deleted(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage()], users=[{"_id": ANA, "name": "Ana"}])
        other = syncer(store, librechat, clock)
        read_users = librechat.users

        def users_before_somebody_comes() -> Iterable[Any]:
            found = read_users()
            librechat.users = read_users  # type: ignore[method-assign]
            librechat.collections["users"].append({"_id": BOB, "name": "Bob"})
            librechat.collections["transactions"].append(usage(number=1, user=BOB))
            other._read_new()
            return found

        librechat.users = users_before_somebody_comes  # type: ignore[method-assign]
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): ("Ana", False), str(BOB): ("Bob", False)}

    @pytest.mark.parametrize("oldest_first", [True, False])
    def test_of_several_balances_of_a_user_the_oldest_counts_wherever_it_stands(
        self, store: Store, clock: Clock, *, oldest_first: bool
    ) -> None:
        balances = [
            {"_id": object_id(NOON - timedelta(days=days)), "user": ANA, "tokenCredits": credit}
            | {"reservedCredits": 2, "refillAmount": days, "lastRefill": NOON}
            for days, credit in ((9, 5), (3, 6), (1, 7))
        ]
        librechat = LibreChat(
            users=[{"_id": ANA, "name": "Ana"}, {"_id": BOB, "name": "Bob"}],
            balances=balances if oldest_first else balances[::-1],
        )
        syncer(store, librechat, clock).run_once()
        columns = "balance_e6, reserved_e6, refill_enabled, refill_e6, refill_every, refilled_at"
        assert asked(store, f"SELECT {columns} FROM users ORDER BY name") == [
            (5_000_000, 2_000_000, False, 9_000_000, None, naive(NOON)),
            (None, None, None, None, None, None),
        ]
        balances[0] |= {"reservedCredits": 0, "autoRefillEnabled": True}
        syncer(store, librechat, clock).run_once()
        assert asked(store, "SELECT reserved_e6, refill_enabled FROM users WHERE name = 'Ana'") == [(0, True)]

    def test_a_deleted_agent_keeps_its_last_name(self, store: Store, clock: Clock) -> None:
        agent = {"id": HELPER, "name": "Helper", "model": "gpt-4o", "provider": "openAI"}
        librechat = LibreChat(transactions=[usage(model=HELPER)], agents=[agent])
        syncer(store, librechat, clock).run_once()
        librechat.collections["agents"].clear()
        syncer(store, librechat, clock).run_once()
        kept = asked(store, "SELECT id, name, model, deleted_at IS NOT NULL FROM agents")
        assert kept == [(HELPER, "Helper", "gpt-4o", True)]

    def test_an_agent_that_was_deleted_before_has_the_name_it_answered_under(
        self, store: Store, clock: Clock
    ) -> None:
        syncer(store, LibreChat(**example_collections()), clock).run_once()
        assert (OLD_AGENT, "Old Agent") in asked(store, "SELECT id, name FROM agents")

    @pytest.mark.parametrize("collection", ["users", "agents", "balances", "groups"])
    def test_a_collection_that_may_not_be_read_keeps_no_other_from_being_read(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture, collection: str
    ) -> None:
        librechat = LibreChat(
            transactions=[usage(model=HELPER)],
            users=[{"_id": ANA, "name": "Ana"}],
            agents=[{"id": HELPER, "name": "Helper"}],
        )
        librechat.forbidden = {collection}
        sync = syncer(store, librechat, clock)
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                sync.run_once()
        users = asked(store, "SELECT name FROM users")
        agents = asked(store, "SELECT name FROM agents")
        assert users == [(None if collection == "users" else "Ana",)]
        assert agents == [(None if collection == "agents" else "Helper",)]
        assert store.count_transactions() == 1
        assert sync.source_state.status == "ok"
        assert len(caplog.records) == 1

    def test_messages_that_may_not_be_read_leave_agents_unknown(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        librechat = LibreChat(transactions=usages(3))
        librechat.forbidden = {"messages"}
        sync = syncer(store, librechat, clock)
        sync.run_once()
        assert "Agents cannot be found" in caplog.text
        assert store.count_unattributed() == 3
        assert sync.source_state.status == "ok"


class TestAgents:
    def test_the_examples_rows_are_attributed(self, store: Store, clock: Clock) -> None:
        syncer(store, LibreChat(**example_collections()), clock).run_once()
        found = asked(
            store,
            "SELECT agents.id, certainty, count(*) FROM transactions"
            " LEFT JOIN agents ON agents.key = agent_key WHERE usage_type <> 'other'"
            " GROUP BY ALL ORDER BY ALL",
        )
        assert sorted(found, key=str) == sorted(
            [
                (HELPER, "exact", 7),  # examples 1 to 5, 14 and 15
                (OLD_AGENT, "exact", 1),  # 6
                (None, "exact", 2),  # 9 and 13
                (None, "unknown", 4),  # 7, 8, 11 and 12
            ],
            key=str,
        )

    def test_a_row_waits_for_its_answer_to_be_saved(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage(messageId="m")])
        sync = syncer(store, librechat, clock)
        sync.run_once()
        assert store.count_unattributed() == 1
        librechat.collections["messages"].append(ANSWER)
        sync.run_once()
        assert store.count_unattributed() == 0
        assert asked(store, "SELECT certainty FROM transactions") == [("exact",)]

    def test_after_ten_minutes_no_answer_is_expected_any_more(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage(messageId="m")])
        sync = syncer(store, librechat, clock)
        sync.run_once()
        clock.now = NOON + timedelta(minutes=11)
        sync.run_once()
        assert store.count_unattributed() == 0
        assert asked(store, "SELECT certainty FROM transactions") == [("unknown",)]
