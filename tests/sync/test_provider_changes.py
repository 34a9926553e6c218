"""Providers of rows that are newer than what was last read of their agents."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.store.store import Store
from tests.support.documents import ANA, HELPER, NOON, OLD_AGENT, usage, usages
from tests.support.in_memory import Clock, LibreChat
from tests.support.syncing import asked, syncer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.sync.loop import Syncer
    from tests.support.documents import Document

PROVIDERS = (
    "SELECT providers.id FROM transactions LEFT JOIN providers ON providers.key = provider_key"
    " ORDER BY id_head, id_tail"
)
LONG_AGO = NOON - timedelta(days=90)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "data")) as store:
        yield store


def agent(provider: str, *, model: str = "gpt-6-sol", **fields: Any) -> Document:
    return {"id": HELPER, "name": "Helper", "model": model, "provider": provider, "createdAt": NOON} | fields


def answer(conversation: str, **fields: Any) -> Document:
    return {
        "messageId": f"answer in {conversation}",
        "conversationId": conversation,
        "model": HELPER,
        "endpoint": "agents",
        "isCreatedByUser": False,
        "createdAt": NOON,
    } | fields


def look(sync: Syncer) -> None:
    """Do what one look of the sync does, its work aside too."""
    sync._read()
    sync._attribute_in_background()


def read_labels_again(sync: Syncer, clock: Clock) -> None:
    clock.now += timedelta(minutes=5)
    sync._labels._read_at = float("-inf")
    look(sync)


@pytest.mark.parametrize(
    ("model", "provider"), [("deepseek/deepseek-r2", "openrouter"), ("gpt-6-sol", "azureOpenAI")]
)
@pytest.mark.parametrize("says", ["the row", "the answer", "the conversation's answers"])
def test_a_new_agents_rows_have_its_provider(store: Store, model: str, provider: str, says: str) -> None:
    librechat, clock = LibreChat(transactions=usages(1), users=[{"_id": ANA}]), Clock()
    sync = syncer(store, librechat, clock)
    sync.run_once()
    clock.now += timedelta(minutes=5)
    names = {"the row": {"agentId": HELPER}, "the answer": {"messageId": "answer in c"}}.get(says, {})
    librechat.collections["agents"].append(agent(provider, model=model))
    librechat.collections["messages"].append(answer("c"))
    librechat.collections["transactions"].append(usage(clock.now, conversationId="c", model=model, **names))
    clock.now += timedelta(minutes=11)
    look(sync)
    assert store.count_unattributed() == 0
    look(sync)
    assert asked(store, PROVIDERS)[-1] == (provider,)


@pytest.mark.parametrize("history", ["versions", "no versions"])
def test_rows_after_a_change_of_provider_have_the_new_one(store: Store, history: str) -> None:
    def versions(*kept: tuple[str, Any]) -> Document:
        found = [{"model": "gpt-6-sol", "provider": p, "createdAt": t, "updatedAt": t} for p, t in kept]
        return {"versions": found} if history == "versions" else {}

    before = agent("openAI", **versions(("openAI", LONG_AGO)))
    librechat, clock = LibreChat(transactions=usages(1), agents=[before], users=[{"_id": ANA}]), Clock()
    sync = syncer(store, librechat, clock)
    sync.run_once()

    def answered(number: int) -> None:
        row = usage(clock.now, number, conversationId="c", agentId=HELPER, model="gpt-6-sol")
        librechat.collections["transactions"].append(row)

    clock.now += timedelta(minutes=1)
    if history == "versions":
        answered(1)
    clock.now += timedelta(minutes=1)
    after = agent("azureOpenAI", **versions(("openAI", LONG_AGO), ("azureOpenAI", clock.now)))
    librechat.collections["agents"] = [after]
    clock.now += timedelta(minutes=1)
    answered(2)
    look(sync)
    assert store.count_unattributed() == 1, "the row of the beginning only"
    read_labels_again(sync, clock)
    expected = [("openAI",), ("azureOpenAI",)] if history == "versions" else [("azureOpenAI",)]
    assert asked(store, PROVIDERS)[1:] == expected


def test_rows_that_a_new_agent_spent_for_another_have_its_provider(store: Store) -> None:
    root = agent("anthropic", id=OLD_AGENT)
    librechat, clock = LibreChat(transactions=usages(1), agents=[root], users=[{"_id": ANA}]), Clock()
    sync = syncer(store, librechat, clock)
    sync.run_once()
    librechat.collections["agents"].append(agent("bedrock", model="a-model"))
    clock.now += timedelta(minutes=1)
    row = usage(clock.now, conversationId="c", agentId=HELPER, rootAgentId=OLD_AGENT, model="a-model")
    librechat.collections["transactions"].append(row)
    look(sync)
    read_labels_again(sync, clock)
    assert asked(store, PROVIDERS)[-1] == ("bedrock",)


def test_the_endpoint_of_the_answer_goes_on_to_decide(store: Store) -> None:
    librechat, clock = LibreChat(transactions=usages(1), users=[{"_id": ANA}]), Clock()
    sync = syncer(store, librechat, clock)
    sync.run_once()
    clock.now += timedelta(minutes=1)
    librechat.collections["messages"].append(answer("c", endpoint="MyRouter"))
    row = usage(clock.now, conversationId="c", messageId="answer in c", model="gpt-6-sol")
    librechat.collections["transactions"].append(row)
    look(sync)
    librechat.collections["messages"].clear()
    librechat.collections["agents"].append(agent("azureOpenAI"))
    read_labels_again(sync, clock)
    assert asked(store, PROVIDERS)[-1] == ("MyRouter",)


def test_rows_are_named_anew_once_and_nothing_is_written_without_a_change(store: Store) -> None:
    librechat = LibreChat(transactions=usages(1), agents=[agent("openAI")], users=[{"_id": ANA}])
    clock = Clock()
    sync = syncer(store, librechat, clock)
    sync.run_once()
    clock.now += timedelta(minutes=1)
    row = usage(clock.now, conversationId="c", agentId=HELPER, model="gpt-6-sol")
    librechat.collections["transactions"].append(row)
    look(sync)
    held = "SELECT count(*) FROM told_early"
    assert asked(store, held) == [(1,)]
    clock.now += timedelta(minutes=10)
    read_labels_again(sync, clock)
    assert asked(store, held) == [(0,)]


def test_agents_that_cannot_be_read_keep_no_row_for_more_than_a_day(store: Store) -> None:
    librechat = LibreChat(transactions=usages(1), agents=[agent("openAI")], users=[{"_id": ANA}])
    clock = Clock()
    sync = syncer(store, librechat, clock)
    sync.run_once()
    clock.now += timedelta(minutes=1)
    row = usage(clock.now, conversationId="c", agentId=HELPER, model="gpt-6-sol")
    librechat.collections["transactions"].append(row)
    look(sync)
    librechat.forbidden = {"agents"}
    read_labels_again(sync, clock)
    assert asked(store, "SELECT count(*) FROM told_early") == [(1,)]
    clock.now += timedelta(days=1)
    read_labels_again(sync, clock)
    assert asked(store, "SELECT count(*) FROM told_early") == [(0,)]
    assert asked(store, PROVIDERS)[-1] == ("openAI",)


class TestTenants:
    @pytest.mark.parametrize("spends_for", [None, OLD_AGENT])
    def test_a_row_that_gets_its_tenant_has_the_provider_of_that_tenants_agent(
        self, store: Store, spends_for: str | None
    ) -> None:
        """As a store of an older program is mended, at once and with nothing left on the list."""
        row = usage(LONG_AGO, agentId=HELPER, rootAgentId=spends_for, model="a-model")
        ours = agent("openrouter", model="a-model", tenantId="acme")
        theirs = agent("bedrock", model="a-model")
        root = agent("anthropic", id=OLD_AGENT, tenantId="acme")
        librechat, clock = LibreChat(transactions=[row], agents=[theirs, root]), Clock()
        syncer(store, librechat, clock).run_once()
        assert asked(store, PROVIDERS) == [("bedrock",)]
        with store.committing() as cursor:
            cursor.execute("UPDATE sync_state SET tenants_read = false")
        librechat.collections["transactions"] = [row | {"tenantId": "acme"}]
        librechat.collections["agents"] = [ours, root, theirs | {"tenantId": "other"}]
        clock.now += timedelta(hours=1)
        syncer(store, librechat, clock).run_once()
        assert asked(store, PROVIDERS) == [("openrouter",)]
        assert asked(store, "SELECT count(*) FROM told_early") == [(0,)]
