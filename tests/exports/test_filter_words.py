"""Filters in words, inside files and in their names."""

from __future__ import annotations

import pytest

from librechat_analytics.exports.filter_words import filters_in_file_name, filters_in_words
from librechat_analytics.usage.filters import EVERYTHING, NONE, Filters
from tests.dashboard.ready_answers import AGENT, USER_ID, page_data

NAMES = page_data(filter_values={"group": [("66b0", "Engineering"), ("66b1", "Forschung & Prüfung")]})


@pytest.mark.parametrize(
    ("given", "words", "in_name"),
    [
        ({}, "", ""),
        ({"group": ["66b0"]}, "Group = Engineering", "engineering"),
        (
            {"group": ["66b0", "66b1"], "not-model": ["gpt-4o"]},
            "Model is not gpt-4o; Group = Engineering or Forschung & Prüfung",
            "not-gpt-4o-engineering-forschung-prüfung",
        ),
        (
            {"user": [USER_ID], "agent": [AGENT.id]},
            "User = Ada Byron; Agent = Contract Reviewer",
            "ada-byron-contract-reviewer",
        ),
        ({"domain": ["example.org"]}, "E-mail domain = example.org", "example.org"),
        ({"role": [NONE]}, "Role = Without a role", "without-a-role"),
        ({"model": ["Модель/1"]}, "Model = Модель/1", "модель-1"),
        ({"model": ["../../etc"]}, "Model = ../../etc", "etc"),
    ],
)
def test_filters_have_names_where_addresses_have_ids(
    given: dict[str, list[str]], words: str, in_name: str
) -> None:
    filters = Filters.of(given)

    assert (filters_in_words(filters, NAMES), filters_in_file_name(filters, NAMES)) == (words, in_name)


def test_a_name_of_a_file_stays_short() -> None:
    many = Filters(model=tuple(f"model-{number}" for number in range(100)))

    assert len(filters_in_file_name(many, NAMES)) <= 60
    assert filters_in_file_name(EVERYTHING, NAMES) == ""
