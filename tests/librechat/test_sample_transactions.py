"""The sample database: amounts and kinds of transactions."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import pytest

from tests.support.sample_database import COUNT, Sample, created, is_minus_zero, is_sentinel, is_since


class TestAmounts:
    def test_plain_rows_are_tokens_times_rate(self, sample: Sample) -> None:
        for row in sample.usage:
            if "inputTokens" not in row and row["context"] != "incomplete":
                assert row["tokenValue"] == row["rawAmount"] * row["rate"]

    def test_interrupted_completions_cost_fifteen_percent_more_rounded_up(self, sample: Sample) -> None:
        rows = sample.rows(tokenType="completion", context="incomplete")
        assert rows
        for row in rows:
            full_rate = round(row["rate"] / 1.15, 9)
            assert row["rate"] == full_rate * 1.15
            assert row["tokenValue"] == math.ceil(row["rawAmount"] * full_rate * 1.15)

    def test_cached_prompts_add_up_and_carry_their_mean_rate(self, sample: Sample) -> None:
        rows = [row for row in sample.usage if "inputTokens" in row]
        assert rows
        for row in rows:
            parts = (row["inputTokens"], row["writeTokens"], row["readTokens"])
            assert row["tokenType"] == "prompt"
            assert max(parts) <= 0
            assert row["rawAmount"] == sum(parts)
            assert row["rate"] == -row["tokenValue"] / -row["rawAmount"]

    def test_cached_prompts_are_priced_part_by_part(self, sample: Sample) -> None:
        rows = [row for row in sample.rows(model="claude-sonnet-4-6") if "inputTokens" in row]
        assert rows
        for row in rows:
            cost = 3 * row["inputTokens"] + 3.75 * row["writeTokens"] + 0.3 * row["readTokens"]
            assert row["tokenValue"] == pytest.approx(cost)

    def test_before_cache_rates_existed_cached_tokens_cost_as_much_as_others(self, sample: Sample) -> None:
        rows = [row for row in sample.rows(model="gpt-5") if "inputTokens" in row]
        early, late = (
            [row for row in rows if ("messageId" in row) is new_era and row["readTokens"]]
            for new_era in (False, True)
        )
        assert {row["rate"] for row in early} == {1.25}
        assert all(row["rate"] < 1.25 for row in late)
        assert late

    def test_no_empty_part_of_a_cached_prompt_is_a_positive_zero(self, sample: Sample) -> None:
        zeros = [
            row[part]
            for row in sample.usage
            for part in ("inputTokens", "writeTokens", "readTokens")
            if row.get(part) == 0
        ]
        assert zeros
        assert all(is_minus_zero(zero) for zero in zeros)

    def test_whole_numbers_are_stored_as_integers(self, sample: Sample) -> None:
        for row in sample.transactions:
            for name in ("rawAmount", "rate", "tokenValue"):
                number = row[name]
                assert isinstance(number, int) or is_minus_zero(number) or not number.is_integer()

    def test_a_free_model_has_tokens_and_a_negated_zero_as_value(self, sample: Sample) -> None:
        rows = sample.rows(model="local-llama")
        assert rows
        assert all(row["rate"] == 0 and is_minus_zero(row["tokenValue"]) for row in rows)
        assert sum(row["rawAmount"] for row in rows) < 0

    def test_an_unpriced_model_is_charged_at_the_default_rate(self, sample: Sample) -> None:
        rows = sample.rows(model="acme-internal-70b", tokenType="prompt")
        assert rows
        assert {row["rate"] for row in rows} == {6}

    def test_very_long_prompts_have_their_own_rate(self, sample: Sample) -> None:
        rates = defaultdict(set)
        for row in sample.rows(tokenType="prompt", context="message"):
            if row.get("model") in {"gpt-5.4", "claude-sonnet-4-6"} and "inputTokens" not in row:
                tier = 272_000 if row["model"] == "gpt-5.4" else 200_000
                begun = is_since(row, (0, 8, 7)) is (row["model"] == "gpt-5.4")
                rates[row["model"], begun and -row["rawAmount"] > tier].add(row["rate"])
        assert rates["gpt-5.4", False] == {2.5}
        assert rates["claude-sonnet-4-6", False] == {3}
        assert rates["gpt-5.4", True] | rates["claude-sonnet-4-6", True] == {5, 6}


class TestKinds:
    @pytest.mark.parametrize(
        "context",
        [
            "message",
            "title",
            "incomplete",
            "abort",
            "image_generation",
            "summarization",
            "subagent",
            "sequential",
        ],
    )
    def test_each_kind_of_call_has_as_many_prompts_as_completions(self, sample: Sample, context: str) -> None:
        plain = [row for row in sample.rows(context=context) if row["tokenType"] in {"prompt", "completion"}]
        kinds = Counter(row["tokenType"] for row in plain)
        cached_without_answer = kinds["prompt"] - kinds["completion"]
        assert kinds["completion"] > 3
        assert 0 <= cached_without_answer <= (COUNT / 500 if context == "message" else 0)

    def test_reasoning_is_a_completion_only(self, sample: Sample) -> None:
        assert {row["tokenType"] for row in sample.rows(context="reasoning")} == {"completion"}

    def test_prompt_and_completion_of_a_call_agree(self, sample: Sample) -> None:
        calls = defaultdict(set)
        for row in sample.usage:
            if row["context"] != "reasoning":
                key = (row["conversationId"], created(row), row["context"], row.get("model"))
                calls[key].add(row["tokenType"])
        alone = [key for key, types in calls.items() if types == {"completion"}]
        assert not alone

    def test_credits_are_positive_and_belong_to_no_conversation(self, sample: Sample) -> None:
        rows = sample.rows(tokenType="credits")
        assert {row["context"] for row in rows} == {"autoRefill", "admin"}
        assert {row["tokenValue"] for row in rows} == {20_000_000}
        assert all("model" not in row and "conversationId" not in row for row in rows)

    def test_there_are_token_types_no_release_has_yet(self, sample: Sample) -> None:
        assert sample.rows(tokenType="image_count")

    def test_agent_ids_as_models_end_with_the_release_that_stores_message_ids(self, sample: Sample) -> None:
        rows = [row for row in sample.usage if row.get("model", "").startswith("agent_")]
        assert len(rows) > 20
        assert {row["rate"] for row in rows} == {6}
        assert not any("messageId" in row for row in rows)

    def test_interrupted_rows_without_model_are_old_and_priced_at_one(self, sample: Sample) -> None:
        rows = [row for row in sample.usage if "model" not in row]
        assert {row["rate"] for row in rows} == {1, 1.15}
        assert {row["context"] for row in rows} == {"incomplete"}
        assert not any(is_since(row, (0, 8, 2)) for row in rows)

    def test_later_interrupted_rows_have_their_model(self, sample: Sample) -> None:
        assert [row for row in sample.rows(context="incomplete") if "model" in row and "messageId" in row]

    def test_sentinel_prices_are_positive_and_rare(self, sample: Sample) -> None:
        rows = [row for row in sample.usage if is_sentinel(row)]
        assert len(rows) == 2
        assert {row["model"] for row in rows} == {"openrouter/auto"}
        assert all(row["tokenValue"] > 0 for row in rows)

    def test_the_oldest_rows_have_no_date_of_their_own(self, sample: Sample) -> None:
        undated = [row for row in sample.transactions if "createdAt" not in row]
        assert sample.transactions[: len(undated)] == undated
        assert {row["_id"].generation_time.year for row in undated} == {2023}

    def test_a_structured_call_without_answer_has_no_completion(self, sample: Sample) -> None:
        turns = defaultdict(list)
        for row in sample.rows(context="message"):
            if "messageId" in row:
                turns[row["messageId"]].append(row)
        lonely = [rows for rows in turns.values() if len(rows) == 1]
        assert lonely
        assert all("inputTokens" in row for [row] in lonely)

    def test_a_plain_call_without_answer_has_an_empty_completion(self, sample: Sample) -> None:
        empty = [row for row in sample.rows(tokenType="completion") if row["rawAmount"] == 0]
        assert empty
        assert all(is_minus_zero(row["rawAmount"]) and is_minus_zero(row["tokenValue"]) for row in empty)

    def test_assistants_answer_without_message_id_and_agents_api_leaves_nothing_else(
        self, sample: Sample
    ) -> None:
        assistants = {c["conversationId"] for c in sample.conversations if "assistant_id" in c}
        rows = [row for row in sample.usage if row["conversationId"] in assistants]
        assert rows
        assert not any("messageId" in row for row in rows)
        remote = [row for row in sample.usage if row.get("messageId", "").startswith("chatcmpl-")]
        assert remote
        saved = {c["conversationId"] for c in sample.conversations}
        assert not any(row["conversationId"] in saved or row["messageId"] in sample.answers for row in remote)

    def test_titles_come_from_cheap_models_after_the_answer(self, sample: Sample) -> None:
        rows = sample.rows(context="title")
        assert {row["model"] for row in rows} <= {"gpt-4o-mini", "gpt-4.1-mini", "gpt-5-nano"}
        late = [
            row["createdAt"] > sample.answers[row["messageId"]]["createdAt"]
            for row in rows
            if row.get("messageId") in sample.answers
        ]
        assert late
        assert all(late)
