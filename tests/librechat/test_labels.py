"""The names behind the ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Int64, ObjectId

from librechat_analytics.librechat.documents import LONGEST_LABEL
from librechat_analytics.librechat.labels import (
    AgentLabel,
    AgentVersion,
    Balance,
    Group,
    read_agent,
    read_balance,
    read_group,
    read_user,
)
from tests.support.documents import ANA, BOB, HELPER, example_collections


def test_the_examples_users_and_agents_are_read() -> None:
    documents = example_collections()
    users = [read_user(document) for document in documents["users"]]
    assert [(user.id, user.name, user.email, user.role) for user in users if user] == [
        (str(ANA), "Ana Kovac", "ana@example.com", "ADMIN"),
        (str(BOB), "Bob Li", "bob@example.com", "USER"),
    ]
    assert [read_agent(document) for document in documents["agents"]] == [
        AgentLabel(
            HELPER,
            "Research Helper",
            "claude-sonnet-4-6",
            "anthropic",
            (
                AgentVersion(datetime(2025, 8, 1, 10, tzinfo=UTC), "claude-sonnet-4-5", "anthropic"),
                AgentVersion(datetime(2026, 3, 2, 8, tzinfo=UTC), "claude-sonnet-4-6", "anthropic"),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ({"name": "Ana", "username": "ana"}, "Ana"),
        ({"name": "", "username": "ana"}, "ana"),
        ({"username": "ana"}, "ana"),
        ({"name": None, "username": ""}, None),
        ({"name": {"$gt": ""}, "username": 7}, None),
        ({}, None),
    ],
)
def test_a_user_is_called_by_name_else_by_username(names: dict[str, Any], name: str | None) -> None:
    label = read_user({"_id": ANA, **names})
    assert label is not None
    assert label.name == name


def test_a_user_without_an_id_and_an_agent_without_one_are_none() -> None:
    assert read_user({"_id": "admin", "name": "Ana"}) is None
    assert read_agent({"_id": ObjectId(), "name": "Helper"}) is None


def test_a_name_of_a_megabyte_is_cut() -> None:
    label = read_user({"_id": ANA, "name": "é" * 1_000_000})
    assert label is not None
    assert label.name == "é" * LONGEST_LABEL


@pytest.mark.parametrize("versions", [None, "none", {"0": 1}, [None, "v1", 5, []], [{"model": "m"}]])
def test_versions_that_cannot_be_read_are_left_out(versions: object) -> None:
    assert read_agent({"id": HELPER, "versions": versions}) == AgentLabel(HELPER, None, None, None, ())


def test_versions_come_oldest_first_whatever_their_order() -> None:
    early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    versions = [{"model": "new", "updatedAt": late}, {"model": "old", "createdAt": early}]
    label = read_agent({"id": HELPER, "versions": versions})
    assert label is not None
    assert label.versions == (AgentVersion(early, "old", None), AgentVersion(late, "new", None))


def test_the_examples_balance_is_read() -> None:
    (document,) = example_collections()["balances"]
    assert read_balance(document) == Balance(
        id=str(BOB),
        user=str(BOB),
        credits_e6=19_990_000_500_000,
        reserved_e6=None,
        debt_e6=None,
        refill_enabled=True,
        refill_e6=20 * 10**12,
        refill_every=30,
        refill_unit="days",
        refilled_at=datetime(2026, 9, 16, 0, 0, 3, 4000, tzinfo=UTC),
    )


def test_what_is_reserved_and_owed_is_read() -> None:
    balance = read_balance(
        {"user": ANA, "tokenCredits": -5, "reservedCredits": 3.5, "mediaDebtCredits": Int64(1_500_000)}
    )
    assert balance is not None
    assert (balance.credits_e6, balance.reserved_e6, balance.debt_e6) == (-5 * 10**6, 3_500_000, 15 * 10**11)


@pytest.mark.parametrize(
    "odd",
    [
        {"reservedCredits": "3"},
        {"reservedCredits": -3},
        {"mediaDebtCredits": -3},
        {"mediaDebtCredits": float("nan")},
        {"refillAmount": 10**30},
        {"refillIntervalValue": -1},
        {"refillIntervalValue": 10**12},
        {"refillIntervalUnit": "fortnights"},
        {"refillIntervalUnit": ["days"]},
        {"lastRefill": "yesterday"},
        {"autoRefillEnabled": "yes"},
    ],
)
def test_what_cannot_be_read_of_a_balance_takes_nothing_else_with_it(odd: dict[str, Any]) -> None:
    plain = {"_id": ANA, "user": ANA, "tokenCredits": 7}
    assert read_balance(plain | odd) == read_balance(plain)


@pytest.mark.parametrize(
    "document", [{"tokenCredits": 7}, {"user": ANA}, {"user": ANA, "tokenCredits": 10**13}]
)
def test_a_balance_of_nobody_or_of_no_amount_is_none(document: dict[str, Any]) -> None:
    assert read_balance(document) is None


def test_a_groups_members_are_ids_as_text_or_as_object_ids() -> None:
    document = {
        "_id": ANA,
        "name": "Finance",
        "memberIds": [BOB, str(BOB).upper(), "u-1", "", None, 7, {"a": 1}],
    }
    assert read_group(document) == Group(str(ANA), "Finance", (str(BOB), str(BOB).upper(), "u-1"))
