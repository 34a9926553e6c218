"""Stores of older programs and unsettled rows are completed."""

from __future__ import annotations

import itertools
import shutil
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from bson import ObjectId

from librechat_analytics.assembly.opening import open_store
from librechat_analytics.librechat.source import SourceUnreachableError
from librechat_analytics.settings import load_settings
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.store.unfinished import UnfinishedRows
from librechat_analytics.sync import mending
from librechat_analytics.sync.mending import mend_names, mend_providers, read_outdated
from tests.store.test_migration import DOCUMENTS, OF_VERSIONS, WAITING, write
from tests.support.agreement import api_of
from tests.support.documents import ANA, HELPER, NOON, OLD_AGENT, usage
from tests.support.in_memory import Clock, LibreChat
from tests.support.syncing import asked, syncer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from librechat_analytics.librechat.transactions import Refused, Transaction
    from tests.support.documents import Document

LATER = NOON + timedelta(hours=2)
OTHER_ROWS = (
    "SELECT other_token_type, credits_e6, contexts.id FROM transactions"
    " LEFT JOIN contexts ON contexts.key = context_key WHERE usage_type = 'other' ORDER BY ALL"
)
UNFILLED = [("credits", 0, None), ("image_count", 0, "message")]
FILLED = [("credits", -20_000_000_000_000, "autoRefill"), ("image_count", 3_000_000_000, "message")]
TENANTED_AGENTS = (
    "SELECT agents.id, agents.tenant, agents.name, tenants.id, count(*) FROM transactions"
    " JOIN agents ON agents.key = agent_key LEFT JOIN tenants ON tenants.key = tenant_key"
    " GROUP BY ALL ORDER BY ALL"
)


@pytest.fixture(scope="module", params=[1, 2])
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store of an older program that this one has opened once."""
    folder = tmp_path_factory.mktemp("old")
    with duckdb.connect(folder / FILE_NAME) as connection:
        connection.execute(OF_VERSIONS[request.param].read_text("utf-8"))
    Store(folder).close()
    return folder / FILE_NAME


@pytest.fixture
def old(migrated: Path, tmp_path: Path) -> Iterator[Store]:
    """A store of an older program, opened by this one."""
    shutil.copy(migrated, tmp_path)
    with closing(Store(tmp_path)) as store:
        yield store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "data")) as store:
        yield store


def librechat(transactions: list[Document] | None = None, **others: list[Document]) -> LibreChat:
    ledger = [*DOCUMENTS["transactions"], *WAITING] if transactions is None else transactions
    return LibreChat(**(DOCUMENTS | {"transactions": ledger} | others))


def outdated(store: Store) -> int:
    return len(UnfinishedRows(store).outdated(None, 1_000))


class TestAmounts:
    def test_a_sync_fills_in_what_was_given_and_taken(self, old: Store) -> None:
        before = asked(old, "SELECT sum(cost_e6), sum(tokens), count(*) FROM usage")
        assert asked(old, OTHER_ROWS) == UNFILLED
        syncer(old, librechat(), Clock(LATER)).run_once()
        assert (asked(old, OTHER_ROWS), outdated(old)) == (FILLED, 0)
        assert asked(old, "SELECT sum(cost_e6), sum(tokens), count(*) FROM usage") == before

    def test_rows_that_librechat_has_deleted_stay_as_they_are(self, old: Store) -> None:
        left = [row for row in DOCUMENTS["transactions"] if row["tokenType"] != "credits"]
        read_outdated(old, librechat(left), LATER)  # type: ignore[arg-type]
        assert (asked(old, OTHER_ROWS), outdated(old)) == ([UNFILLED[0], FILLED[1]], 0)

    def test_pages_are_read_until_mongodb_fails_and_from_there_the_next_time(
        self, old: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Failing(LibreChat):
            pages = 0

            def transactions_by_id(self, ids: Sequence[ObjectId]) -> Iterator[Transaction | Refused]:
                assert len(ids) == 1
                self.pages += 1
                if self.pages == 2:
                    raise SourceUnreachableError("MongoDB does not answer: timed out")
                return super().transactions_by_id(ids)

        monkeypatch.setattr(mending, "READ_AT_ONCE", 1)
        source = Failing(**DOCUMENTS)
        with pytest.raises(SourceUnreachableError):
            read_outdated(old, source, LATER)  # type: ignore[arg-type]
        assert outdated(old) == 1
        read_outdated(old, source, LATER)  # type: ignore[arg-type]
        assert (asked(old, OTHER_ROWS), outdated(old), source.pages) == (FILLED, 0, 3)

    @pytest.mark.parametrize(("taken", "rest"), [(0.5, 0.5), (60.0, 2.0)])
    def test_after_each_page_mongodb_rests_as_long_as_that_took_but_not_long(
        self, old: Store, monkeypatch: pytest.MonkeyPatch, taken: float, rest: float
    ) -> None:
        steps: list[float | str] = []

        class Slow(LibreChat):
            def transactions_by_id(self, ids: Sequence[ObjectId]) -> Iterator[Transaction | Refused]:
                steps.append("page")
                return super().transactions_by_id(ids)

        ticks = itertools.count(0.0, taken)
        monkeypatch.setattr(mending, "READ_AT_ONCE", 1)
        monkeypatch.setattr(mending, "monotonic", lambda: next(ticks))
        read_outdated(old, Slow(**DOCUMENTS), LATER, rest=steps.append)  # type: ignore[arg-type]
        assert steps == ["page", rest, "page", rest]

    def test_a_program_that_ends_reads_no_further_page(self, old: Store) -> None:
        read_outdated(old, librechat(), LATER, is_stopped=lambda: True)  # type: ignore[arg-type]
        assert outdated(old) == 2

    def test_a_row_that_belongs_to_an_answer_is_then_asked_for_its_agent(self, old: Store) -> None:
        image = usage(number=4, tokenType="image_count", rawAmount=-2)
        answer = {
            "messageId": "m",
            "conversationId": image["conversationId"],
            "model": HELPER,
            "endpoint": "agents",
            "createdAt": NOON,
        }
        syncer(old, librechat(messages=[answer]), Clock(LATER)).run_once()
        found = asked(
            old,
            "SELECT agents.id, certainty FROM transactions JOIN agents ON agents.key = agent_key"
            " WHERE other_token_type = 'image_count'",
        )
        assert found == [(HELPER, "conversation")]


MEDIA = {
    "tokenType": "credits",
    "context": "image_generation",
    "model": "gpt-image-2",
    "rawAmount": -134_400,
    "tokenValue": -134_400,
    "rate": 1,
}


class TestRowsThatAreNotSettled:
    def test_count_from_when_they_are(self, store: Store) -> None:
        pending = usage(number=1, **MEDIA, mediaAccountPending=True)
        source = LibreChat(transactions=[usage(), pending])
        syncer(store, source, Clock(LATER)).run_once()
        assert (asked(store, OTHER_ROWS), outdated(store)) == ([("credits", 0, "image_generation")], 1)
        source.collections["transactions"][1] = usage(number=1, **MEDIA | {"tokenValue": -100_000})
        syncer(store, source, Clock(LATER)).run_once()
        assert asked(store, OTHER_ROWS) == [("credits", 100_000_000_000, "image_generation")]
        assert outdated(store) == 0

    @pytest.mark.parametrize("identity", ["0" * 24, "f" * 16 + "0" * 8, "f" * 24])
    def test_are_read_whatever_their_ids_are(self, store: Store, identity: str) -> None:
        pending = usage(_id=ObjectId(identity), **MEDIA, mediaAccountPending=True)
        source = LibreChat(transactions=[pending])
        syncer(store, source, Clock(LATER)).run_once()
        del pending["mediaAccountPending"]
        read_outdated(store, source, LATER)  # type: ignore[arg-type]
        assert (asked(store, OTHER_ROWS), outdated(store)) == (
            [("credits", 134_400_000_000, "image_generation")],
            0,
        )

    def test_cost_nothing_where_librechat_deletes_them(self, store: Store) -> None:
        source = LibreChat(transactions=[usage(), usage(number=1, **MEDIA, mediaAccountPending=True)])
        syncer(store, source, Clock(LATER)).run_once()
        source.collections["transactions"].pop()
        syncer(store, source, Clock(LATER)).run_once()
        assert (asked(store, OTHER_ROWS), outdated(store)) == ([("credits", 0, "image_generation")], 0)


class TestTenants:
    """Rows of an older program get their tenants, once there are any."""

    @staticmethod
    def stamped(tenants: dict[str, str], document: Document, key: str) -> Document:
        tenant = tenants.get(str(document.get(key)))
        return document if tenant is None else document | {"tenantId": tenant}

    def test_are_read_of_all_rows_and_their_agents_are_those_of_the_tenant(self, old: Store) -> None:
        assert asked(old, TENANTED_AGENTS) == [
            (HELPER, None, "Research Helper", None, 7),
            (OLD_AGENT, None, "Old Agent", None, 1),
        ]
        ledger = [
            self.stamped({str(ANA): "acme"}, row, "user") for row in librechat().collections["transactions"]
        ]
        (helper,) = DOCUMENTS["agents"]
        agents = [
            helper | {"tenantId": "acme", "name": "Acme's Helper"},
            helper | {"_id": ObjectId(), "tenantId": "other", "name": "Another's Helper"},
        ]
        syncer(old, librechat(ledger, agents=agents), Clock(LATER)).run_once()
        assert asked(old, TENANTED_AGENTS) == [
            (HELPER, "acme", "Acme's Helper", "acme", 7),
            (OLD_AGENT, None, "Old Agent", None, 1),
        ]
        assert asked(old, "SELECT count(*) FROM transactions WHERE tenant_key IS NOT NULL") == [
            (sum("tenantId" in row for row in ledger if row.get("rawAmount") != "many"),)
        ]
        assert (outdated(old), asked(old, "SELECT tenants_read FROM sync_state")) == (0, [(True,)])

    def test_are_looked_for_once_and_never_where_there_are_none(self, old: Store) -> None:
        syncer(old, librechat(), Clock(LATER)).run_once()
        assert (outdated(old), asked(old, "SELECT tenants_read FROM sync_state")) == (0, [(False,)])
        asked_ids: list[ObjectId] = []

        class Counting(LibreChat):
            def transactions_by_id(self, ids: Sequence[ObjectId]) -> Iterator[Transaction | Refused]:
                asked_ids.extend(ids)
                return super().transactions_by_id(ids)

        users = [document | {"tenantId": "acme"} for document in DOCUMENTS["users"]]
        source = Counting(
            **DOCUMENTS | {"users": users, "transactions": librechat().collections["transactions"]}
        )
        syncer(old, source, Clock(LATER)).run_once()
        assert len(asked_ids) == old.count_transactions()
        syncer(old, source, Clock(LATER)).run_once()
        assert len(asked_ids) == old.count_transactions()

    def test_an_agent_that_moves_into_a_tenant_is_the_same(self, old: Store) -> None:
        (helper,) = DOCUMENTS["agents"]
        syncer(old, librechat(agents=[helper | {"tenantId": "acme"}]), Clock(LATER)).run_once()
        assert asked(old, TENANTED_AGENTS)[0] == (HELPER, "acme", "Research Helper", None, 7)
        assert asked(old, f"SELECT count(*), max(deleted_at) FROM agents WHERE id = '{HELPER}'") == [
            (1, None)
        ]


def test_a_row_without_a_tenant_keeps_its_model_when_another_tenant_gets_such_an_agent(store: Store) -> None:
    ours = {"id": HELPER, "tenantId": "acme", "model": "model-of-acme"}
    row = usage(model=HELPER, rate=6)
    syncer(store, LibreChat(transactions=[row], agents=[ours]), Clock(LATER)).run_once()
    theirs = {"id": HELPER, "tenantId": "other", "model": "model-of-another"}
    syncer(store, LibreChat(transactions=[row], agents=[theirs, ours]), Clock(LATER)).run_once()
    _, body = api_of(store, LATER)("top-models", {"period": "all"})
    assert [entry["model"] for entry in body["models"]] == ["model-of-acme"]


PROVIDERS = (
    "SELECT providers.id FROM transactions LEFT JOIN providers ON providers.key = provider_key"
    " ORDER BY id_head, id_tail"
)


class TestProviders:
    def test_are_written_though_nothing_tells_who_answered(self, store: Store) -> None:
        models = [
            "claude-sonnet-4-6",
            "gpt-6-sol",
            "gemini-3.8-flash",
            "us.anthropic.claude-x",
            "mistral-large",
        ]
        rows = [usage(number=number, model=model) for number, model in enumerate(models)]
        syncer(store, LibreChat(transactions=rows), Clock(LATER)).run_once()
        assert asked(store, PROVIDERS) == [("anthropic",), ("openAI",), ("google",), ("bedrock",), (None,)]

    def test_are_written_where_nobody_may_be_asked(self, store: Store) -> None:
        source = LibreChat(transactions=[usage()])
        source.forbidden = {"messages", "conversations"}
        syncer(store, source, Clock(LATER)).run_once()
        assert asked(store, PROVIDERS) == [("anthropic",)]

    @pytest.mark.parametrize(
        ("endpoint", "provider"),
        [
            ("OpenRouter", "OpenRouter"),
            ("azureOpenAI", "azureOpenAI"),
            ("agents", "openAI"),
            (None, "openAI"),
        ],
    )
    def test_are_the_endpoints_where_a_conversation_without_answers_names_one(
        self, store: Store, endpoint: str | None, provider: str
    ) -> None:
        source = LibreChat(transactions=[usage(model="gpt-6-sol")])
        sync = syncer(store, source, Clock(NOON))
        sync.run_once()
        assert asked(store, PROVIDERS) == [("openAI",)]
        source.collections["conversations"] = [{"conversationId": "conversation-1", "endpoint": endpoint}]
        sync.run_once()
        assert asked(store, PROVIDERS) == [(provider,)]
        source.collections["conversations"] = []
        sync.run_once()
        assert asked(store, PROVIDERS) == [(provider,)], "what was known once stays known"

    def test_of_a_subagents_run_are_where_that_agent_runs(self, store: Store) -> None:
        agents = [
            {"id": HELPER, "provider": "anthropic", "model": "claude-sonnet-4-6"},
            {"id": OLD_AGENT, "provider": "bedrock", "model": "claude-sonnet-4-6"},
        ]
        rows = [
            usage(number=1, agentId=OLD_AGENT, rootAgentId=HELPER),
            usage(number=2, agentId=OLD_AGENT, rootAgentId="openAI__gpt-6-sol"),
            usage(number=3, agentId=HELPER, rootAgentId=HELPER),
        ]
        syncer(store, LibreChat(transactions=rows, agents=agents), Clock(LATER)).run_once()
        assert asked(store, PROVIDERS) == [("bedrock",), ("bedrock",), ("anthropic",)]

    def test_are_written_when_a_store_is_opened(self, tmp_path: Path) -> None:
        with duckdb.connect(tmp_path / FILE_NAME) as connection:
            connection.execute(OF_VERSIONS[2].read_text("utf-8"))
            before = connection.execute("SELECT count(provider_key) FROM transactions").fetchall()
        with closing(open_store(load_settings(env_file=None, data_dir=tmp_path))) as store:
            assert asked(store, "SELECT count(provider_key) FROM transactions") > before

    def test_of_the_waiting_rows_of_an_old_store_give_way_to_the_endpoint(self, old: Store) -> None:
        mend_providers(old)
        waiting = (
            "SELECT DISTINCT providers.id FROM transactions JOIN unattributed USING (id_head, id_tail)"
            " LEFT JOIN providers ON providers.key = provider_key"
        )
        assert asked(old, waiting) == [("anthropic",)]
        conversations: list[dict[str, Any]] = [{"conversationId": "conversation-1", "endpoint": "OpenRouter"}]
        syncer(old, librechat(conversations=conversations), Clock(NOON + timedelta(minutes=31))).run_once()
        assert asked(old, waiting) == [("OpenRouter",)]


SPLIT = "gpt\a6"
LISTED = "gpt\N{REPLACEMENT CHARACTER}6"
NAMED_TABLES = {"models": "model_key", "contexts": "context_key", "providers": "provider_key"}


class TestNamesWithControlCharacters:
    """An older program kept names as they were recorded; this one keeps them without such characters."""

    @pytest.fixture(params=[True, False], ids=["split", "not split"])
    def named(self, request: pytest.FixtureRequest, old: Store) -> Store:
        """An old store with such names; ``split``: new rows have come under the listed ones."""
        mend_providers(old)
        with old.committing() as cursor:
            for table, column in NAMED_TABLES.items():
                ((most, key),) = cursor.execute(
                    f"SELECT count(*), {column} FROM transactions WHERE {column} IS NOT NULL"
                    " GROUP BY ALL ORDER BY ALL DESC LIMIT 1"
                ).fetchall()
                assert most > 1
                cursor.execute(f"UPDATE {table} SET id = ? WHERE key = ?", [SPLIT, key])
                if request.param:
                    cursor.execute(f"INSERT INTO {table} (key, id) VALUES (9999, ?)", [LISTED])
                    cursor.execute(
                        f"UPDATE transactions SET {column} = 9999 WHERE {column} = ? AND id_tail % 2 = 0",
                        [key],
                    )
            cursor.execute("UPDATE models SET unpriced = id = ?", [LISTED if request.param else SPLIT])
            cursor.execute("UPDATE users SET role = 'AD\x1bMIN' WHERE role = 'ADMIN'")
            cursor.execute("UPDATE user_traits SET value = 'AD\x1bMIN' WHERE value = 'ADMIN'")
            cursor.execute("UPDATE unattributed SET model = ?", [SPLIT])
            ((agent, agent_key),) = cursor.execute(
                "SELECT id, key FROM agents ORDER BY key LIMIT 1"
            ).fetchall()
            cursor.execute("UPDATE agents SET id = id || chr(127), model = ?, provider = ?", [SPLIT, SPLIT])
            cursor.execute("UPDATE agent_versions SET provider = ?", [SPLIT])
            if request.param:
                cursor.execute(
                    "INSERT INTO agents (key, id) VALUES (9999, ?)", [f"{agent}\N{REPLACEMENT CHARACTER}"]
                )
                cursor.execute("UPDATE transactions SET agent_key = 9999 WHERE agent_key = ?", [agent_key])
                cursor.execute(
                    "INSERT INTO agent_versions SELECT * REPLACE (9999 AS agent_key) FROM agent_versions"
                    " WHERE agent_key = ?",
                    [agent_key],
                )
                cursor.execute(
                    "UPDATE agent_versions SET model_key = 9999"
                    " WHERE model_key = (SELECT key FROM models WHERE id = ?)",
                    [SPLIT],
                )
        return old

    def test_are_listed_ones_once_a_store_was_opened(self, named: Store) -> None:
        totals = "SELECT count(*), sum(cost_e6), sum(tokens), count(agent_key) FROM usage"
        before = asked(named, totals)
        mend_names(named)
        assert asked(named, totals) == before
        for table, column in NAMED_TABLES.items():
            names = [name for (name,) in asked(named, f"SELECT id FROM {table}")]
            assert LISTED in names
            assert len(names) == len(set(names))
            assert SPLIT not in names
            assert asked(
                named,
                f"SELECT count(*) FROM transactions ANTI JOIN {table} ON key = {column}"
                f" WHERE {column} IS NOT NULL",
            ) == [(0,)]
        for column in ("model_key", "agent_key"):
            table = column.removesuffix("_key") + "s"
            assert asked(
                named,
                f"SELECT count(*) FROM agent_versions ANTI JOIN {table} ON key = {column}"
                f" WHERE {column} IS NOT NULL",
            ) == [(0,)]
        assert asked(named, "SELECT id FROM models WHERE unpriced") == [(LISTED,)]
        assert asked(named, "SELECT count(*) - count(DISTINCT id) FROM agents") == [(0,)]
        assert asked(named, "SELECT count(*) FROM transactions JOIN agents ON key = agent_key") == [
            (before[0][3],)
        ]
        assert asked(named, "SELECT count(*) - count(DISTINCT (agent_key, since)) FROM agent_versions") == [
            (0,)
        ]
        assert asked(named, "SELECT DISTINCT model, provider FROM agents") == [(LISTED, LISTED)]
        assert asked(named, "SELECT DISTINCT model FROM unattributed") == [(LISTED,)]
        role = "AD\N{REPLACEMENT CHARACTER}MIN"
        assert asked(named, "SELECT DISTINCT role FROM users WHERE role LIKE 'AD%'") == [(role,)]
        assert asked(named, "SELECT DISTINCT value FROM user_traits WHERE value LIKE 'AD%'") == [(role,)]

    def test_can_all_be_asked_for_and_hold_what_comes_later_too(self, named: Store) -> None:
        mend_names(named)
        assert write(named, usage(number=40, model=SPLIT, context=SPLIT)) == 1
        ask, everything = api_of(named, LATER), {"period": "all", "limit": "1000"}
        calls = {model["model"]: model["calls"] for model in ask("top-models", everything)[1]["models"]}
        assert LISTED in calls
        for model, count in calls.items():
            status, answer = ask("summary", {"period": "all", "model": model or "(none)"})
            assert (status, answer["calls"]) == (200, count)

    def test_are_looked_for_at_the_start_and_never_again(self, named: Store, tmp_path: Path) -> None:
        named.close()
        with closing(open_store(load_settings(_env_file=None, data_dir=tmp_path))) as store:
            assert (SPLIT,) not in asked(store, "SELECT id FROM models")
            edition = store.version
            mend_names(store)
            assert store.version == edition, "there is nothing to do a second time"
