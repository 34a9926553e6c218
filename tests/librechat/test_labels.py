"""The names behind the ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from librechat_analytics.librechat.labels import (
    LONGEST_LABEL,
    AgentLabel,
    AgentVersion,
    read_agent,
    read_user,
)
from tests.documents import ANA, BOB, HELPER, example_collections


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
