"""What each era of LibreChat left in its ledger, and the figures that are right for it, by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from bson import ObjectId

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
from tests.support.eras import READ_AT, all_of, answer_of, figures, summary_of
from tests.support.oracle import Ledger, Oracle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.agreement import Ask

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    folder = tmp_path_factory.mktemp("examples")
    write_dump(folder / "dump", **example_collections())
    with imported(folder / "dump", folder / "store", READ_AT) as ask:
        yield ask


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
