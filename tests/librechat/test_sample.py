"""The sample database, read back the way a MongoDB tool would read it."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.sample.writer import MESSAGE_ID_DAYS, SPAN_DAYS, SampleCounts, write_sample

if TYPE_CHECKING:
    from pathlib import Path

    Document = dict[str, Any]

UNTIL = datetime(2026, 11, 24, 12, tzinfo=UTC)
COUNT = 20_000
COLLECTIONS = ("users", "agents", "conversations", "messages", "transactions", "balances", "groups")


def read(folder: Path, name: str, database: str = "LibreChat") -> list[Document]:
    data = (folder / database / f"{name}.bson").read_bytes()
    return bson.decode_all(data, bson.CodecOptions(tz_aware=True, tzinfo=UTC))


class Sample:
    """A written sample with its collections decoded."""

    def __init__(self, folder: Path, counts: SampleCounts) -> None:
        self.folder = folder
        self.counts = counts
        (
            self.users,
            self.agents,
            self.conversations,
            self.messages,
            self.transactions,
            self.balances,
            self.groups,
        ) = (read(folder, name) for name in COLLECTIONS)
        self.usage = [row for row in self.transactions if row["tokenType"] in {"prompt", "completion"}]
        self.answers = {m["messageId"]: m for m in self.messages if not m["isCreatedByUser"]}

    def rows(self, **fields: object) -> list[Document]:
        return [row for row in self.transactions if all(row.get(k) == v for k, v in fields.items())]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    return Sample(folder, write_sample(folder, transactions=COUNT, seed=7, until=UNTIL))


def created(row: Document) -> datetime:
    return row.get("createdAt") or row["_id"].generation_time


def is_minus_zero(number: object) -> bool:
    return isinstance(number, float) and number == 0 and math.copysign(1, number) < 0


def is_sentinel(row: Document) -> bool:
    return abs(row["rate"]) > 1_000


class TestFiles:
    def test_every_collection_is_counted_as_it_was_written(self, sample: Sample) -> None:
        assert asdict(sample.counts) == {name: len(getattr(sample, name)) for name in COLLECTIONS}

    def test_metadata_names_the_collection_and_its_indexes(self, sample: Sample) -> None:
        for name in COLLECTIONS:
            metadata = json.loads((sample.folder / "LibreChat" / f"{name}.metadata.json").read_text())
            assert metadata["collectionName"] == name
            assert metadata["indexes"][0]["name"] == "_id_"
            assert len(metadata["uuid"]) == 32

    def test_transactions_have_no_index_on_their_date(self, sample: Sample) -> None:
        metadata = json.loads((sample.folder / "LibreChat" / "transactions.metadata.json").read_text())
        assert [*metadata["indexes"][1]["key"]] == ["user"]
        assert "createdAt_1" not in {index["name"] for index in metadata["indexes"]}

    def test_the_same_arguments_give_the_same_bytes(self, tmp_path: Path) -> None:
        for folder in ("first", "second"):
            write_sample(tmp_path / folder, transactions=2_500, seed=3, until=UNTIL)
        first, second = (
            {path.name: path.read_bytes() for path in (tmp_path / folder / "LibreChat").iterdir()}
            for folder in ("first", "second")
        )
        assert len(first) == 2 * len(COLLECTIONS)
        assert first == second

    def test_another_seed_gives_another_database(self, tmp_path: Path) -> None:
        for seed in (3, 4):
            write_sample(tmp_path / str(seed), transactions=100, seed=seed, until=UNTIL)
        assert read(tmp_path / "3", "transactions") != read(tmp_path / "4", "transactions")

    def test_writing_again_replaces_the_files(self, tmp_path: Path) -> None:
        write_sample(tmp_path, transactions=300, seed=3, until=UNTIL)
        write_sample(tmp_path, transactions=20, seed=3, until=UNTIL)
        assert len(read(tmp_path, "transactions")) == 20

    def test_the_database_name_is_the_folder_name(self, tmp_path: Path) -> None:
        write_sample(tmp_path, transactions=20, seed=3, until=UNTIL, database="chat")
        assert len(read(tmp_path, "transactions", "chat")) == 20

    def test_progress_rises_to_the_number_of_transactions(self, tmp_path: Path) -> None:
        seen: list[int] = []
        write_sample(tmp_path, transactions=2_000, seed=3, until=UNTIL, progress=seen.append)
        assert seen == sorted(seen)
        assert len(set(seen)) > 100
        assert seen[-1] == 2_000


class TestSize:
    @settings(max_examples=25, deadline=None)
    @given(
        transactions=st.integers(0, 120) | st.integers(990, 1_010),
        seed=st.integers(0, 1_000),
        until=st.integers(1_700_000_000, 1_800_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
    )
    def test_exactly_so_many_transactions_none_younger_than_the_end(
        self, tmp_path_factory: pytest.TempPathFactory, transactions: int, seed: int, until: datetime
    ) -> None:
        folder = tmp_path_factory.mktemp("size")
        counts = write_sample(folder, transactions=transactions, seed=seed, until=until)
        rows = read(folder, "transactions")
        assert len(rows) == counts.transactions == transactions
        assert all(document["createdAt"] <= until for document in read(folder, "messages"))
        assert all(created(row) <= until for row in rows)

    def test_users_grow_with_the_transactions(self, sample: Sample, tmp_path: Path) -> None:
        write_sample(tmp_path, transactions=10, seed=7, until=UNTIL)
        everybody = {row["user"] for row in sample.transactions} | {user["_id"] for user in sample.users}
        assert len(everybody) == 50
        assert len(read(tmp_path, "users")) == 7

    def test_a_negative_number_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="negative"):
            write_sample(tmp_path, transactions=-1, seed=3, until=UNTIL)

    def test_an_end_without_timezone_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="timezone"):
            write_sample(tmp_path, transactions=1, seed=3, until=UNTIL.replace(tzinfo=None))


class TestIds:
    def test_transactions_lie_in_the_order_of_their_unique_ids(self, sample: Sample) -> None:
        ids = [row["_id"] for row in sample.transactions]
        assert ids == sorted(set(ids))

    def test_ids_are_as_old_as_their_rows_or_one_second_older(self, sample: Sample) -> None:
        seconds = Counter(
            int(row["createdAt"].timestamp()) - int(row["_id"].generation_time.timestamp())
            for row in sample.transactions
            if "createdAt" in row
        )
        assert set(seconds) == {0, 1}
        assert seconds[1] < COUNT / 100

    def test_every_collection_has_unique_ids(self, sample: Sample) -> None:
        for name in COLLECTIONS:
            ids = [document["_id"] for document in getattr(sample, name)]
            assert len(ids) == len(set(ids))

    def test_updated_at_equals_created_at(self, sample: Sample) -> None:
        assert all(row.get("updatedAt") == row.get("createdAt") for row in sample.transactions)


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


def is_since(row: Document, release: tuple[int, int, int]) -> bool:
    days = {(0, 8, 2): 304, (0, 8, 3): MESSAGE_ID_DAYS, (0, 8, 5): 170, (0, 8, 7): 105}[release]
    return created(row) > UNTIL - timedelta(days=days)


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


class TestAttribution:
    def test_message_ids_exist_only_since_their_release(self, sample: Sample) -> None:
        usage = [row for row in sample.usage if "messageId" in row]
        assert min(created(row) for row in usage) > UNTIL - timedelta(days=MESSAGE_ID_DAYS + 1)
        newer = [row for row in sample.usage if is_since(row, (0, 8, 3))]
        assert sum("messageId" in row for row in newer) > 0.95 * len(newer)

    def test_most_but_not_all_message_ids_lead_to_an_answer(self, sample: Sample) -> None:
        found = [row["messageId"] in sample.answers for row in sample.usage if "messageId" in row]
        assert 0.85 < sum(found) / len(found) < 0.97

    def test_about_a_third_of_the_conversations_are_with_agents(self, sample: Sample) -> None:
        agents = [c for c in sample.conversations if c.get("agent_id", "").startswith("agent_")]
        assert 0.28 < len(agents) / len(sample.conversations) < 0.45
        assert all(c["endpoint"] == "agents" for c in agents)

    def test_plain_chats_have_ephemeral_agent_ids(self, sample: Sample) -> None:
        ids = {
            c["agent_id"]
            for c in sample.conversations
            if not c.get("agent_id", "agent_").startswith("agent_")
        }
        assert "ephemeral" in ids
        assert "anthropic__claude-sonnet-4-6___Claude" in ids

    def test_older_rows_find_their_agent_through_the_conversation(self, sample: Sample) -> None:
        with_agents = {
            m["conversationId"] for m in sample.messages if m.get("model", "").startswith("agent_")
        }
        older = [row for row in sample.usage if "messageId" not in row]
        assert 0.2 < sum(row["conversationId"] in with_agents for row in older) / len(older) < 0.6

    def test_some_conversations_had_several_agents(self, sample: Sample) -> None:
        agents = defaultdict(set)
        for message in sample.answers.values():
            if message["model"].startswith("agent_"):
                agents[message["conversationId"]].add(message["model"])
        assert any(len(ids) > 1 for ids in agents.values())

    def test_deleted_agents_are_known_from_their_messages_only(self, sample: Sample) -> None:
        known = {agent["id"] for agent in sample.agents}
        deleted = {
            m["sender"]
            for m in sample.answers.values()
            if m["model"].startswith("agent_") and m["model"] not in known
        }
        assert deleted
        assert deleted <= {"Old Intranet Search", "Prototype Planner"}

    def test_agents_have_a_history_of_models_and_one_has_no_name(self, sample: Sample) -> None:
        assert 12 <= len(sample.agents) <= 20
        assert sum("name" not in agent for agent in sample.agents) == 1
        assert all(agent["versions"][-1]["model"] == agent["model"] for agent in sample.agents)
        assert any(len({v["model"] for v in agent["versions"]}) > 2 for agent in sample.agents)

    def test_messages_point_at_the_message_before(self, sample: Sample) -> None:
        ids = {message["messageId"] for message in sample.messages}
        questions = {m["messageId"] for m in sample.messages if m["isCreatedByUser"]}
        assert all(answer["parentMessageId"] in questions for answer in sample.answers.values())
        roots = [m for m in sample.messages if m["parentMessageId"].startswith("0000")]
        assert {m["conversationId"] for m in roots} == {m["conversationId"] for m in sample.messages}
        assert len(ids) == len(sample.messages)


class TestPeople:
    def test_deleted_users_have_spent_but_are_gone(self, sample: Sample) -> None:
        known = {user["_id"] for user in sample.users}
        gone = {row["user"] for row in sample.usage if row["user"] not in known}
        assert 1 <= len(gone) <= 5

    def test_some_users_lack_a_name_or_have_an_empty_username(self, sample: Sample) -> None:
        assert any("name" not in user for user in sample.users)
        assert any(user["username"] == "" for user in sample.users)
        assert any("name" not in user and user["username"] == "" for user in sample.users)
        assert {user["role"] for user in sample.users} == {"ADMIN", "USER"}
        assert {user["provider"] for user in sample.users} == {"local", "openid", "google"}

    def test_addresses_are_unique_and_at_domains_nobody_owns(self, tmp_path: Path) -> None:
        write_sample(tmp_path, transactions=80_000, seed=1, until=UNTIL)
        addresses = [user["email"] for user in read(tmp_path, "users")]
        assert len(set(addresses)) == len(addresses)
        assert all(address.isascii() and " " not in address for address in addresses)
        domains = {address.partition("@")[2] for address in addresses}
        assert domains == {"example.com", "example.org", "research.example", "plant.example"}

    def test_members_are_listed_by_their_id_in_the_directory_or_else_their_own(self, sample: Sample) -> None:
        ids = {user.get("idOnTheSource") or str(user["_id"]) for user in sample.users}
        foreign = {user["idOnTheSource"] for user in sample.users if "idOnTheSource" in user}
        assert foreign == {user["idOnTheSource"] for user in sample.users if user["provider"] == "openid"}
        for group in sample.groups:
            assert set(group["memberIds"]) <= (foreign if group["source"] == "entra" else ids)
            assert ("idOnTheSource" in group) == (group["source"] == "entra")

    def test_some_users_are_in_two_groups_some_in_none_and_one_group_is_empty(self, sample: Sample) -> None:
        memberships = Counter(member for group in sample.groups for member in group["memberIds"])
        assert max(memberships.values()) == 2
        assert 0 < len(memberships) < len(sample.users)
        sizes = {group["name"]: len(group["memberIds"]) for group in sample.groups}
        assert [name for name, size in sizes.items() if not size] == ["Works council"]

    def test_a_tenth_of_the_users_cause_half_of_the_cost(self, sample: Sample) -> None:
        cost: Counter[object] = Counter()
        for row in sample.usage:
            if not is_sentinel(row):
                cost[row["user"]] -= row["tokenValue"]
        heavy = sum(amount for _, amount in cost.most_common(round(len(cost) / 10)))
        assert 0.4 < heavy / cost.total() < 0.7

    def test_private_texts_can_be_searched_for(self, sample: Sample) -> None:
        assert all(message["text"].startswith("SECRET-TEXT") for message in sample.messages)
        assert all(c["title"].startswith("SECRET-TITLE") for c in sample.conversations)
        assert all(agent["instructions"].startswith("SECRET-INSTRUCTIONS") for agent in sample.agents)
        passwords = [user["password"] for user in sample.users if user["provider"] == "local"]
        assert passwords
        assert all(password.startswith("SECRET-PASSWORD") for password in passwords)


class TestRhythm:
    def test_the_ledger_spans_fourteen_months(self, sample: Sample) -> None:
        days = [created(row) for row in sample.transactions if created(row).year > 2024]
        assert UNTIL - timedelta(days=SPAN_DAYS + 1) < min(days) < UNTIL - timedelta(days=SPAN_DAYS - 7)
        assert max(days) > UNTIL - timedelta(hours=6)

    def test_usage_grows(self, sample: Sample) -> None:
        middle = UNTIL - timedelta(days=SPAN_DAYS / 2)
        assert sum(created(row) > middle for row in sample.transactions) > 0.6 * COUNT

    def test_weekends_and_nights_are_quiet_but_not_silent(self, sample: Sample) -> None:
        weekdays = Counter(created(row).weekday() for row in sample.transactions)
        assert 0.02 < (weekdays[5] + weekdays[6]) / weekdays.total() < 0.08
        hours = Counter(created(row).hour for row in sample.transactions)
        assert 0 < sum(hours[hour] for hour in (22, 23, 0, 1, 2, 3)) / hours.total() < 0.05
        assert hours[9] > 5 * hours[20]

    def test_christmas_is_quieter_than_the_weeks_around_it(self, sample: Sample) -> None:
        def rows_between(first: datetime, last: datetime) -> int:
            return sum(first <= created(row) < last for row in sample.transactions)

        before = rows_between(datetime(2025, 12, 8, tzinfo=UTC), datetime(2025, 12, 15, tzinfo=UTC))
        christmas = rows_between(datetime(2025, 12, 22, tzinfo=UTC), datetime(2025, 12, 29, tzinfo=UTC))
        assert christmas < before / 3

    def test_models_come_and_go(self, sample: Sample) -> None:
        def models_in(year: int, month: int) -> set[str]:
            return {
                row["model"]
                for row in sample.usage
                if (created(row).year, created(row).month) == (year, month) and "model" in row
            }

        first, last = models_in(2025, 10), models_in(2026, 11)
        assert {"gpt-4o", "claude-sonnet-4-20250514"} <= first - last
        assert {"gpt-5.4", "claude-sonnet-4-6"} <= last - first
