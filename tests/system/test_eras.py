"""What each era of LibreChat left in its ledger, and the figures that are right for it, by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import pytest
from bson import ObjectId

from librechat_analytics.store.store import FILE_NAME
from tests.support.agreement import assert_answers_agree, imported
from tests.support.documents import (
    ANA,
    BOB,
    HELPER,
    NOON,
    OLD_AGENT,
    example,
    example_collections,
    usage,
    write_dump,
)
from tests.support.oracle import Ledger, Oracle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.agreement import Ask

    Document = dict[str, Any]
    Body = dict[str, Any]


READ_AT = NOON + timedelta(hours=1)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    folder = tmp_path_factory.mktemp("examples")
    write_dump(folder / "dump", **example_collections())
    with imported(folder / "dump", folder / "store", READ_AT) as ask:
        yield ask


def all_of(ask: Ask, endpoint: str) -> Body:
    status, body = ask(endpoint, {"period": "all"})
    assert status == 200, body
    return body


def figures(body: Body, *names: str) -> tuple[Any, ...]:
    return tuple(body[name] for name in names)


class TestTheFifteenExamples:
    def test_the_total_is_what_librechat_charged(self, examples: Ask) -> None:
        # 45,702 + 12,180 + 5,202 + 61.8 + 5,200 + 14,400 + 116 + 7,750 + 58,800 + 15,000 + 0 + 0 + 1,500,000
        # + 134,400 credits; the 20,000,000 of the refill and the 14,000,000 of the sentinel are none.
        body = all_of(examples, "summary")
        assert figures(body, "cost", "promptTokens", "completionTokens", "totalTokens") == (
            1.7988118,
            352_094,
            2_283,
            354_377,
        )
        assert figures(body, "cacheReadTokens", "cacheWriteTokens", "calls") == (15_000, 0, 10)
        assert figures(body, "activeUsers", "conversations") == (2, 7)
        assert body["period"]["start"] == "2023-10-12T18:30:00Z"
        assert body["previous"] is None

    def test_each_doubt_is_counted_apart(self, examples: Ask) -> None:
        assert all_of(examples, "summary")["quality"] == {
            "defaultRateCost": 0.0588,
            "noModelCost": 0.000116,
            "agentModelCost": 0.0144,
            "incompleteCost": 0.000116,
            "sentinelRows": 1,
            "positiveValueRows": 1,
            "otherTokenTypes": {},
            "rejectedDocuments": 0,
            "spentCreditsRows": 0,
            "spentCreditsCost": 0.0,
        }

    def test_both_users_have_their_part(self, examples: Ask) -> None:
        ana, bob = all_of(examples, "top-users")["users"]
        names = ("id", "name", "email", "deleted", "cost", "calls", "conversations", "lastActive")
        assert figures(ana, *names) == (
            str(ANA), "Ana Kovac", "ana@example.com", False, 1.7177458, 6, 3, "2026-09-18T15:10:22Z",
        )  # fmt: skip
        assert figures(bob, *names) == (
            str(BOB), "Bob Li", "bob@example.com", False, 0.081066, 4, 4, "2026-09-17T07:45:12.900Z",
        )  # fmt: skip
        assert ana["share"] + bob["share"] == pytest.approx(1)

    def test_models_are_in_order_of_cost(self, examples: Ask) -> None:
        body = all_of(examples, "top-models")
        assert body["total"] == 12
        assert [(entry["model"], entry["cost"]) for entry in body["models"]] == [
            ("gpt-5.4", 1.5),
            ("gemini-3-pro-image-preview", 0.1344),
            ("claude-sonnet-4-6", 0.063084),
            ("acme-internal-70b", 0.0588),
            ("gpt-4", 0.015),
            (OLD_AGENT, 0.0144),
            ("gpt-4o", 0.00775),
            ("claude-haiku-4-5", 0.0052),
            (None, 0.000116),
            ("gpt-4o-mini", 0.0000618),
        ]

    def test_an_agent_has_its_titles_and_subagents(self, examples: Ask) -> None:
        helper, old = all_of(examples, "top-agents")["agents"]
        names = ("id", "name", "model", "provider", "deleted", "cost", "calls", "attribution")
        assert figures(helper, *names) == (
            HELPER, "Research Helper", "claude-sonnet-4-6", "anthropic", False, 1.7027458, 5, {"exact": 1.0},
        )  # fmt: skip
        assert [(ran["model"], ran["cost"]) for ran in helper["models"]] == [
            ("gpt-5.4", 1.5),
            ("gemini-3-pro-image-preview", 0.1344),
            ("claude-sonnet-4-6", 0.063084),
            ("claude-haiku-4-5", 0.0052),
            ("gpt-4o-mini", 0.0000618),
        ]
        assert figures(old, *names) == (OLD_AGENT, "Old Agent", None, None, True, 0.0144, 1, {"exact": 1.0})

    def test_plain_chats_are_without_agent_and_lost_conversations_unknown(self, examples: Ask) -> None:
        body = all_of(examples, "top-agents")
        assert figures(body["withoutAgent"], "cost", "calls", "users", "conversations") == (0.0588, 2, 1, 1)
        assert figures(body["unknown"], "cost", "calls", "users", "conversations") == (0.022866, 2, 2, 4)

    def test_a_cached_prompt_has_an_effective_rate_but_no_stored_one(self, examples: Ask) -> None:
        models = {entry["model"]: entry for entry in all_of(examples, "cost-breakdown")["models"]}
        sonnet = models["claude-sonnet-4-6"]
        assert sonnet["rates"] == [3, 15]
        assert sonnet["promptRate"] == pytest.approx((45_702 + 5_202) / (2 * 15_234))
        assert figures(sonnet, "promptCost", "completionCost", "completionRate") == (0.050904, 0.01218, 15)
        assert models["gpt-5.4"]["rates"] == [5]
        assert figures(models["gpt-4"], "promptRate", "completionRate") == (None, 60)

    def test_the_oracle_says_the_same(self, examples: Ask) -> None:
        oracle = Oracle(Ledger(**{k: v for k, v in example_collections().items() if k in Ledger.__slots__}))
        for period in ("all", "12m", "90d", "this-year", "last-month"):
            assert_answers_agree(examples, oracle, READ_AT, {"period": period, "limit": "1000"})


def summary_of(folder: Path, *transactions: Document, **others: list[Document]) -> Body:
    return answer_of(folder, "summary", *transactions, **others)


def answer_of(folder: Path, endpoint: str, *transactions: Document, **others: list[Document]) -> Body:
    write_dump(folder / "dump", transactions=transactions, **others)
    with imported(folder / "dump", folder / "store", READ_AT) as ask:
        return all_of(ask, endpoint)


class TestWorkedExample:
    def test_15234_tokens_at_3_dollars_a_million_are_4_5702_cents(self, tmp_path: Path) -> None:
        body = summary_of(tmp_path, example(1))
        assert figures(body, "cost", "promptTokens", "calls") == (0.045702, 15_234, 1)


class TestLedgerErrorsByVersion:
    """The table of LibreChat's known errors, as far as a row shows it."""

    def test_a_row_of_0_6_0_without_a_date_is_dated_by_its_id(self, tmp_path: Path) -> None:
        body = summary_of(tmp_path, example(11))
        assert body["period"]["start"] == body["asOf"] == "2023-10-12T18:30:00Z"
        assert figures(body, "cost", "completionTokens", "calls") == (0.015, 250, 0)

    def test_a_sentinel_price_of_0_6_9_costs_nothing_but_its_tokens_count(self, tmp_path: Path) -> None:
        body = summary_of(tmp_path, example(12))
        assert figures(body, "cost", "promptTokens", "calls") == (0, 14, 1)
        assert figures(body["quality"], "sentinelRows", "positiveValueRows") == (1, 1)

    def test_a_sentinel_price_costs_nothing_even_where_its_value_is_negative(self, tmp_path: Path) -> None:
        body = summary_of(tmp_path, usage(rate=-1_000_000, tokenValue=-14_000_000), usage(number=1))
        assert body["cost"] == 0.003
        assert figures(body["quality"], "sentinelRows", "positiveValueRows") == (1, 0)

    def test_the_rate_1000_is_a_price_and_1001_is_none(self, tmp_path: Path) -> None:
        dear, mark = (
            usage(rate=1000, tokenValue=-1_000_000),
            usage(number=1, rate=1001, tokenValue=-1_001_000),
        )
        body = summary_of(tmp_path, dear, mark)
        assert (body["cost"], body["quality"]["sentinelRows"]) == (1, 1)

    def test_rows_that_0_7_7_wrote_twice_count_as_they_are_recorded(self, tmp_path: Path) -> None:
        structured = example(3)
        plain = structured | {
            "_id": ObjectId("6aa7bada9f3b21c7d4a1ffff"),
            "rawAmount": -234,
            "rate": 3,
            "tokenValue": -702,
        }
        for part in ("inputTokens", "writeTokens", "readTokens"):
            del plain[part]
        body = summary_of(tmp_path, structured, plain)
        assert figures(body, "cost", "promptTokens", "cacheReadTokens") == (0.005904, 15_468, 15_000)

    def test_what_0_7_7_wrote_twice_is_known_with_its_completion(self, tmp_path: Path) -> None:
        structured = example(3)
        plain = structured | {"_id": ObjectId(), "rawAmount": -234, "rate": 3, "tokenValue": -702}
        for part in ("inputTokens", "writeTokens", "readTokens"):
            del plain[part]
        at = structured["createdAt"]
        said = {"tokenType": "completion", "rawAmount": -800, "rate": 15, "tokenValue": -12_000}
        call = {name: structured[name] for name in ("conversationId", "model", "user", "context")} | said
        completions = [usage(at, number, **call) for number in (1, 2)]
        others = [
            usage(at, 3, **call | {"rawAmount": -801}),  # another answer, in the same second
            *(usage(at, number, **call | {"conversationId": "another"}) for number in (4, 5)),
        ]
        write_dump(tmp_path / "dump", transactions=[structured, plain, *completions, *others])
        with imported(tmp_path / "dump", tmp_path / "store", READ_AT) as ask:
            findings = {finding["code"]: finding for finding in all_of(ask, "quality")["findings"]}
        assert figures(findings["recorded-twice"], "rows", "tokens", "cost") == (2, 1_034, 0.012702)

    def test_an_agent_id_as_model_is_the_model_of_that_time_and_keeps_its_price(self, tmp_path: Path) -> None:
        first, second = datetime(2025, 8, 1, 10, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)
        agent = {
            "_id": ObjectId(),
            "id": HELPER,
            "model": "today",
            "versions": [{"model": "later", "updatedAt": second}, {"model": "earlier", "updatedAt": first}],
        }
        tick = timedelta(milliseconds=1)
        rows = [
            usage(at, number, model=HELPER, rate=6, tokenValue=-6000)
            for number, at in enumerate([first - tick, first, second - tick, second, NOON])
        ]
        write_dump(tmp_path / "dump", transactions=rows, agents=[agent])
        with imported(tmp_path / "dump", tmp_path / "store", READ_AT) as ask:
            # The row from before the first version runs on today's model.
            expected = {"today": 0.006, "earlier": 0.012, "later": 0.012}
            assert {
                entry["model"]: entry["cost"] for entry in all_of(ask, "top-models")["models"]
            } == expected
            assert all_of(ask, "summary")["quality"]["agentModelCost"] == 0.03
            (found,) = all_of(ask, "top-agents")["agents"]
            assert figures(found, "id", "model", "attribution") == (HELPER, "today", {"exact": 1.0})
            assert {ran["model"]: ran["cost"] for ran in found["models"]} == expected

    def test_a_parallel_agents_suffix_is_no_part_of_its_id(self, tmp_path: Path) -> None:
        write_dump(
            tmp_path / "dump",
            transactions=[usage(model=f"{OLD_AGENT}____1"), usage(number=1, model=OLD_AGENT)],
        )
        with imported(tmp_path / "dump", tmp_path / "store", READ_AT) as ask:
            (agent,) = all_of(ask, "top-agents")["agents"]
            assert figures(agent, "id", "calls") == (OLD_AGENT, 2)
            (model,) = all_of(ask, "top-models")["models"]
            assert figures(model, "model", "calls") == (OLD_AGENT, 2)

    def test_a_stopped_turn_of_0_7_8_has_no_model_and_is_known_as_such(self, tmp_path: Path) -> None:
        body = summary_of(tmp_path, example(7))
        assert body["cost"] == 0.000116
        assert figures(body["quality"], "noModelCost", "incompleteCost") == (0.000116, 0.000116)
        assert figures(body["quality"], "defaultRateCost", "agentModelCost") == (0, 0)

    def test_the_estimate_on_top_of_real_rows_shows_by_its_agent_model(self, tmp_path: Path) -> None:
        body = summary_of(tmp_path, usage(), usage(number=1, model=OLD_AGENT, rate=6, tokenValue=-6000))
        assert (body["cost"], body["quality"]["agentModelCost"]) == (0.009, 0.006)

    def test_positive_cache_parts_of_august_2024_count_as_stored_and_their_value_costs_nothing(
        self, tmp_path: Path
    ) -> None:
        structured = usage(rawAmount=-1000, tokenValue=900, inputTokens=100, writeTokens=200, readTokens=700)
        body = summary_of(tmp_path, structured)
        assert figures(body, "cost", "promptTokens", "cacheReadTokens", "cacheWriteTokens") == (
            0,
            1000,
            -700,
            -200,
        )

    def test_a_free_model_costs_a_plain_zero(self, tmp_path: Path) -> None:
        body = summary_of(tmp_path, example(13))
        assert figures(body, "cost", "promptTokens") == (0, 700)
        assert str(body["cost"]) == "0.0"

    def test_token_types_to_come_are_counted_apart(self, tmp_path: Path) -> None:
        images = usage(number=1, tokenType="image_count", rawAmount=-3, tokenValue=-120_000)
        nameless = usage(number=2, tokenType=None)
        body = summary_of(tmp_path, usage(), images, nameless, example(10))
        assert figures(body, "cost", "promptTokens", "calls") == (0.003, 1000, 1)
        assert body["quality"]["otherTokenTypes"] == {"image_count": 1, "(missing)": 1}

    def test_a_model_is_unpriced_by_its_plain_prompts_at_6_anywhere_in_the_ledger(
        self, tmp_path: Path
    ) -> None:
        long_ago = NOON - timedelta(days=400)
        evidence = usage(long_ago, model="acme", rate=6, tokenValue=-6000)
        completion = usage(number=1, model="acme", tokenType="completion", rate=6, tokenValue=-6000)
        stopped = completion | {
            "_id": usage(number=2)["_id"],
            "context": "incomplete",
            "rate": 6 * 1.15,
            "tokenValue": -6900,
        }
        priced_later = usage(number=3, model="acme")
        mistral = usage(number=4, model="mistral-large", tokenType="completion", rate=6, tokenValue=-6000)
        write_dump(tmp_path / "dump", transactions=[evidence, completion, stopped, priced_later, mistral])
        with imported(tmp_path / "dump", tmp_path / "store", READ_AT) as ask:
            _, body = ask("summary", {"period": "30d"})
        assert body["cost"] == pytest.approx(0.0219)
        assert body["quality"]["defaultRateCost"] == pytest.approx(0.0129)

    @pytest.mark.parametrize(("tokens", "cost"), [(200_000, 1.2), (200_001, 0)])
    def test_long_prompts_of_sonnet_4_6_had_the_price_6(
        self, tmp_path: Path, tokens: int, cost: float
    ) -> None:
        row = usage(model="claude-sonnet-4-6-20260201", rawAmount=-tokens, rate=6, tokenValue=-6 * tokens)
        assert summary_of(tmp_path, row)["quality"]["defaultRateCost"] == cost


def answered(
    conversation: str, at: datetime, model: str, endpoint: str = "agents", **fields: Any
) -> Document:
    return {
        "_id": ObjectId(),
        "messageId": f"message-{at.isoformat()}",
        "conversationId": conversation,
        "isCreatedByUser": False,
        "endpoint": endpoint,
        "model": model,
        "sender": f"sender of {model}",
        "createdAt": at,
        **fields,
    }


class TestWhoAnswered:
    """Attribution, step by step."""

    def agents(self, folder: Path, transactions: list[Document], **others: list[Document]) -> Body:
        body = answer_of(folder, "top-agents", *transactions, **others)
        summary = sum(entry["cost"] for entry in (*body["agents"], body["withoutAgent"], body["unknown"]))
        assert summary == pytest.approx(0.003 * len(transactions))
        return body

    def test_an_agent_named_on_the_row_wins(self, tmp_path: Path) -> None:
        message = answered("c", NOON, "gpt-4o", "openAI", messageId="m")
        body = self.agents(tmp_path, [usage(agentId=HELPER, messageId="m")], messages=[message])
        assert figures(body["agents"][0], "id", "attribution") == (HELPER, {"exact": 1.0})

    def test_the_root_agent_of_the_row_wins(self, tmp_path: Path) -> None:
        rows = [
            usage(agentId=OLD_AGENT, rootAgentId=HELPER, context="subagent", messageId="m"),
            usage(number=1, rootAgentId=f"{HELPER}____1"),
            usage(number=2, agentId=HELPER, model=OLD_AGENT),
        ]
        message = answered("c", NOON, "gpt-4o", "openAI", messageId="m")
        (agent,) = self.agents(tmp_path, rows, messages=[message])["agents"]
        assert figures(agent, "id", "calls", "attribution") == (HELPER, 3, {"exact": 1.0})

    @pytest.mark.parametrize(
        "ids",
        [
            {"agentId": "openAI__gpt-6-sol"},
            {"agentId": "ephemeral"},
            {"rootAgentId": "openAI__gpt-6-sol___GPT____1"},
            {"agentId": OLD_AGENT, "rootAgentId": "ephemeral"},
        ],
    )
    def test_an_ephemeral_agent_is_none_for_certain(self, tmp_path: Path, ids: Document) -> None:
        answers = [answered("c", NOON, HELPER)]
        body = self.agents(tmp_path, [usage(conversationId="c", **ids)], messages=answers)
        assert (body["agents"], body["withoutAgent"]["calls"], body["unknown"]["calls"]) == ([], 1, 0)

    def test_the_message_of_the_row_is_exact_either_way(self, tmp_path: Path) -> None:
        messages = [
            answered("c", NOON, HELPER, messageId="m1"),
            answered("c", NOON, "gpt-4o", "openAI", messageId="m2"),
        ]
        rows = [usage(messageId="m1"), usage(number=1, messageId="m2", conversationId="other")]
        body = self.agents(tmp_path, rows, messages=messages)
        assert [entry["id"] for entry in body["agents"]] == [HELPER]
        assert body["withoutAgent"]["calls"] == 1

    def test_one_agent_in_the_whole_conversation_is_known_by_it(self, tmp_path: Path) -> None:
        messages = [
            answered("c", NOON - timedelta(hours=1), HELPER),
            answered("c", NOON, HELPER),
            answered("c", NOON + timedelta(hours=1), "claude-sonnet-4-6"),  # a stopped turn does not tell
            answered("c", NOON + timedelta(hours=2), "gpt-4o", "openAI", isCreatedByUser=True),
        ]
        body = self.agents(tmp_path, [usage(conversationId="c")], messages=messages)
        assert figures(body["agents"][0], "id", "attribution") == (HELPER, {"conversation": 1.0})

    def test_of_several_agents_it_is_the_answer_saved_next_or_the_last(self, tmp_path: Path) -> None:
        messages = [
            answered("c", NOON + timedelta(seconds=40), OLD_AGENT),
            answered("c", NOON, HELPER),
            answered("c", NOON + timedelta(seconds=20), "gpt-4o", "openAI"),
        ]
        rows = [
            usage(NOON + timedelta(seconds=seconds), number=seconds + 5, conversationId="c")
            for seconds in (-5, 0, 1, 21, 41)
        ]
        body = self.agents(tmp_path, rows, messages=messages)
        assert {(entry["id"], entry["calls"]) for entry in body["agents"]} == {(HELPER, 2), (OLD_AGENT, 2)}
        assert all(entry["attribution"] == {"nearest": 1.0} for entry in body["agents"])
        assert body["withoutAgent"]["calls"] == 1

    @pytest.mark.parametrize(
        ("conversation", "agent"),
        [
            ({"initial_agent_id": HELPER, "agent_id": OLD_AGENT}, HELPER),
            ({"initial_agent_id": None, "agent_id": f"{OLD_AGENT}____1"}, OLD_AGENT),
            ({"initial_agent_id": "ephemeral", "agent_id": OLD_AGENT}, OLD_AGENT),
            ({"agent_id": "openAI__gpt-4o___GPT"}, None),
            ({}, None),
        ],
    )
    @pytest.mark.parametrize("left", ["nothing", "a user's message", "a stopped turn"])
    def test_without_an_answer_that_tells_the_conversation_is_weak_evidence(
        self, tmp_path: Path, conversation: Document, agent: str | None, left: str
    ) -> None:
        messages = {
            "nothing": [],
            "a user's message": [answered("c", NOON, "gpt-4o", isCreatedByUser=True)],
            "a stopped turn": [answered("c", NOON, "claude-sonnet-4-6", messageId="m")],
        }[left]
        document = {"_id": ObjectId(), "conversationId": "c", "endpoint": "agents", **conversation}
        body = self.agents(
            tmp_path, [usage(conversationId="c", messageId="m")], messages=messages, conversations=[document]
        )
        if agent is None:
            assert body["agents"] == []
            assert body["unknown"]["calls"] == 1
        else:
            assert figures(body["agents"][0], "id", "attribution") == (agent, {"weak": 1.0})

    def test_nothing_left_is_unknown_and_not_without_agent(self, tmp_path: Path) -> None:
        body = self.agents(tmp_path, [usage(), usage(number=1, conversationId=None)])
        assert (body["agents"], body["withoutAgent"]["calls"], body["unknown"]["calls"]) == ([], 0, 2)

    def test_a_deleted_agent_goes_by_the_sender_of_its_answers(self, tmp_path: Path) -> None:
        message = answered("c", NOON, OLD_AGENT)
        body = self.agents(tmp_path, [usage(conversationId="c")], messages=[message], agents=[])
        assert figures(body["agents"][0], "name", "model", "provider", "deleted") == (
            f"sender of {OLD_AGENT}",
            None,
            None,
            True,
        )


class TestTenants:
    """A deployment for several: ids are unique within each of them."""

    TENANTS = ("a", "b")

    def ask(self, folder: Path, rows: list[Document], **others: list[Document]) -> Body:
        agents = [
            {
                "_id": ObjectId(),
                "id": HELPER,
                "tenantId": tenant,
                "name": f"Helper of {tenant}",
                "model": f"model-of-{tenant}",
                "provider": f"provider-of-{tenant}",
                "versions": [{"model": f"past-of-{tenant}", "updatedAt": NOON - timedelta(days=9)}],
            }
            for tenant in self.TENANTS
        ]
        return answer_of(folder, "top-agents", *rows, agents=agents, **others)

    def test_an_agent_is_that_of_the_rows_tenant(self, tmp_path: Path) -> None:
        rows = [usage(number=number, agentId=HELPER, tenantId=tenant) for number, tenant in enumerate("abb")]
        found = self.ask(tmp_path, rows)["agents"]
        assert [figures(agent, "id", "name", "model", "provider", "deleted", "calls") for agent in found] == [
            (HELPER, "Helper of b", "model-of-b", "provider-of-b", False, 2),
            (HELPER, "Helper of a", "model-of-a", "provider-of-a", False, 1),
        ]

    def test_an_agents_id_as_model_is_the_model_in_the_rows_tenant(self, tmp_path: Path) -> None:
        rows = [usage(number=number, model=HELPER, tenantId=tenant) for number, tenant in enumerate("abb")]
        found = self.ask(tmp_path, rows)["agents"]
        assert [agent["models"] for agent in found] == [
            [{"model": "past-of-b", "cost": 0.006}],
            [{"model": "past-of-a", "cost": 0.003}],
        ]

    def test_the_answer_and_the_conversation_are_those_of_the_rows_tenant(self, tmp_path: Path) -> None:
        rows = [
            usage(number=number, conversationId="c", messageId=message, tenantId=tenant)
            for number, (tenant, message) in enumerate([("a", "m"), ("b", "m"), ("a", None), ("b", None)])
        ]
        messages = [
            answered("c", NOON, model, endpoint, messageId="m", tenantId=tenant)
            for tenant, model, endpoint in [("b", HELPER, "agents"), ("a", "gpt-4o", "openAI")]
        ]
        body = self.ask(tmp_path, rows, messages=messages)
        (agent,) = body["agents"]
        assert figures(agent, "name", "calls", "attribution") == (
            "Helper of b",
            2,
            {"exact": 0.5, "conversation": 0.5},
        )
        assert body["withoutAgent"]["calls"] == 2

    def test_a_row_from_before_there_were_tenants_is_of_the_only_agent_of_that_id(
        self, tmp_path: Path
    ) -> None:
        agent = {"_id": ObjectId(), "id": HELPER, "tenantId": "a", "name": "Helper of a"}
        rows = [usage(agentId=HELPER), usage(number=1, agentId=HELPER, tenantId="a")]
        (found,) = answer_of(tmp_path, "top-agents", *rows, agents=[agent])["agents"]
        assert figures(found, "name", "deleted", "calls") == ("Helper of a", False, 2)

    def test_an_agent_from_before_there_were_tenants_is_any_tenants(self, tmp_path: Path) -> None:
        agent = {"_id": ObjectId(), "id": HELPER, "name": "Helper"}
        rows = [usage(number=number, agentId=HELPER, tenantId=tenant) for number, tenant in enumerate("ab")]
        (found,) = answer_of(tmp_path, "top-agents", *rows, agents=[agent])["agents"]
        assert figures(found, "name", "deleted", "calls") == ("Helper", False, 2)

    def test_deleted_agents_of_two_tenants_are_two(self, tmp_path: Path) -> None:
        rows = [
            usage(number=number, agentId=OLD_AGENT, tenantId=tenant) for number, tenant in enumerate("ab")
        ]
        found = self.ask(tmp_path, rows)["agents"]
        assert [figures(agent, "id", "calls", "deleted") for agent in found] == 2 * [(OLD_AGENT, 1, True)]

    def test_users_and_rows_keep_theirs(self, tmp_path: Path) -> None:
        users = [{"_id": ANA, "name": "Ana", "tenantId": "a"}, {"_id": BOB, "name": "Bob"}]
        answer_of(tmp_path, "summary", usage(tenantId="a"), usage(number=1), users=users)
        with duckdb.connect(tmp_path / "store" / FILE_NAME, read_only=True) as store:
            assert store.execute("SELECT name, tenant FROM users ORDER BY name").fetchall() == [
                ("Ana", "a"),
                ("Bob", None),
            ]
            kept = store.execute(
                "SELECT id FROM transactions LEFT JOIN tenants ON key = tenant_key ORDER BY id_tail"
            )
            assert kept.fetchall() == [("a",), (None,)]


class TestConversationsOfSubagents:
    """A conversation that a subagent began counts with the one at its root."""

    CONVERSATIONS: ClassVar[list[Document]] = [
        {"_id": ObjectId(), "conversationId": "root", "endpoint": "agents"},
        {
            "_id": ObjectId(),
            "conversationId": "child",
            "endpoint": "agents",
            "subagentThread": {"rootConversationId": "root"},
        },
    ]
    ROWS = (
        usage(conversationId="root"),
        usage(number=1, conversationId="child", messageId="n"),
        usage(number=2, conversationId="child"),
        usage(number=3, conversationId="another"),
    )

    def test_is_no_conversation_of_its_own(self, tmp_path: Path) -> None:
        body = answer_of(tmp_path, "summary", *self.ROWS, conversations=self.CONVERSATIONS)
        assert figures(body, "conversations", "calls") == (2, 4)

    def test_is_one_where_nothing_says_that_it_belongs_elsewhere(self, tmp_path: Path) -> None:
        body = answer_of(tmp_path, "summary", *self.ROWS, conversations=self.CONVERSATIONS[:1])
        assert body["conversations"] == 3

    def test_is_by_the_roots_agent_unless_it_tells_itself(self, tmp_path: Path) -> None:
        messages = [answered("root", NOON, HELPER)]
        body = answer_of(
            tmp_path / "root", "top-agents", *self.ROWS, conversations=self.CONVERSATIONS, messages=messages
        )
        (agent,) = body["agents"]
        assert figures(agent, "id", "calls", "conversations") == (HELPER, 3, 1)
        messages.append(answered("child", NOON, OLD_AGENT, messageId="n"))
        body = answer_of(
            tmp_path / "own", "top-agents", *self.ROWS, conversations=self.CONVERSATIONS, messages=messages
        )
        assert {(agent["id"], agent["calls"]) for agent in body["agents"]} == {(HELPER, 1), (OLD_AGENT, 2)}


class TestLabelsThatComeTwice:
    """Ids are unique within a tenant, and a cursor without a snapshot may give a document twice."""

    def test_two_agents_of_one_id_do_not_double_the_money(self, tmp_path: Path) -> None:
        version = {"model": "earlier", "updatedAt": NOON - timedelta(days=9)}
        agents = [
            {"_id": ObjectId(), "id": HELPER, "name": name, "model": "today", "versions": [version, version]}
            for name in ("Helper of one tenant", "Helper of another")
        ]
        rows = [usage(number=number, model=HELPER) for number in range(3)]
        ledger = Ledger(transactions=rows, agents=agents)
        ledger.write(tmp_path / "dump")
        with imported(tmp_path / "dump", tmp_path / "store", READ_AT) as ask:
            assert_answers_agree(ask, Oracle(ledger), READ_AT, {"period": "all"})
            (model,) = all_of(ask, "top-models")["models"]
        assert figures(model, "model", "cost", "share") == ("earlier", 0.009, 1)

    def test_a_user_who_comes_twice_is_one(self, tmp_path: Path) -> None:
        users = [{"_id": ANA, "name": "Ana"}, {"_id": str(ANA), "name": "Ana Kovac"}]
        body = answer_of(tmp_path, "top-users", usage(), usage(number=1, user=str(ANA)), users=users)
        (user,) = body["users"]
        assert figures(user, "id", "calls", "cost") == (str(ANA), 2, 0.006)
