"""The sample database: agents, people, and when they are at work."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from librechat_analytics.librechat.sample.eras import MESSAGE_ID_DAYS, SPAN_DAYS
from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.sample_database import COUNT, UNTIL, Sample, created, is_sentinel, is_since, read

if TYPE_CHECKING:
    from pathlib import Path


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
