"""The filters as the reader sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from librechat_analytics.dashboard.words import filter_words
from librechat_analytics.formatting import NONE_LABELS
from librechat_analytics.usage.filters import NONE, UNKNOWN, Filters, Scope
from tests.dashboard.ready_answers import AGENT, USER, USER_ID, page_data, query, texts, users_of


def asked(subject: Any = None, **filters: Any) -> Any:
    return page_data(query(filters=Filters(**filters), subject=subject))


def chips(subject: Any = None, **filters: Any) -> list[str]:
    return [texts(chip) for chip in filter_words.chips(asked(subject, **filters))]


def test_without_a_filter_there_is_no_chip() -> None:
    assert chips() == []


def test_a_user_goes_by_name_and_not_by_id() -> None:
    assert chips(user=USER_ID) == ["User  Ada Byron ×"]  # noqa: RUF001


def test_who_is_not_known_goes_by_what_the_address_says() -> None:
    unknown = page_data(query(filters=Filters(user="nobody")), user=None)

    assert "nobody" in texts(filter_words.chips(unknown))


def test_usage_of_no_user_model_or_agent_has_words_of_its_own() -> None:
    words = [filter_words.value_in_words(name, asked(**{name: NONE})) for name in NONE_LABELS]

    assert words == list(NONE_LABELS.values())
    assert filter_words.value_in_words("agent", asked(agent=UNKNOWN)) == "Unknown agent"


def test_several_can_be_cleared_at_once_and_one_alone_by_itself() -> None:
    assert "Clear all" in chips(user=USER_ID, role="ADMIN")
    assert "Clear all" not in chips(role="ADMIN")


def test_what_the_page_is_about_is_no_chip() -> None:
    assert chips(subject="user", user=USER_ID) == []


def test_a_limited_key_is_told_that_it_is() -> None:
    assert chips(scope=Scope(("example.org",), ("66b0",))) == [
        "Your key shows @example.org and group 66b0 only"
    ]
    assert chips(scope=Scope((), (), ("acme", "globex"))) == [
        "Your key shows tenant acme and tenant globex only"
    ]
    assert chips(scope=Scope(("a.org", "b.org"), (), ("acme",))) == [
        "Your key shows @a.org and @b.org of tenant acme only"
    ]


def test_each_filter_can_be_set_to_anything_again() -> None:
    for options in filter_words.choices(asked()).values():
        tag, attributes, words = options[0]
        assert (tag, attributes) == ("option", {"value": ""})
        assert str(words).startswith("Any ")


def test_a_value_that_is_gone_can_still_be_seen_in_its_list() -> None:
    options = filter_words.choices(asked(role="VISITOR"))["filter-role"]

    assert [option[1]["value"] for option in options] == ["", "VISITOR", "ADMIN", NONE]  # type: ignore[index,call-overload]


def test_what_nobody_has_cannot_be_missing_either() -> None:
    options = filter_words.choices(asked())

    assert [texts(option) for option in options["filter-tenant"]] == ["Any tenant"]
    assert [texts(option) for option in options["filter-group"]] == ["Any group"]
    assert [texts(option) for option in options["filter-role"]] == ["Any role", "ADMIN", "Without a role"]


def test_a_name_that_nobody_could_see_is_told_by_its_code_points() -> None:
    hidden = page_data(filter_values={"role": [("\u200d", "\u200d")]})

    assert texts(filter_words.choices(hidden)["filter-role"][1]) == "U+200D"
    assert chips(role=" ") == ["Role  U+0020 ×"]  # noqa: RUF001


def test_names_that_two_share_are_told_apart_by_address() -> None:
    two = users_of(USER, replace(USER, id="2", email="ada@example.net"))
    options = filter_words.choices(page_data(users=two))["filter-user"]

    assert [texts(option) for option in options[1:]] == [
        "Ada Byron (ada@example.net)",
        "Ada Byron (ada@example.org)",
    ]


def test_agents_end_with_what_no_agent_answered() -> None:
    options = filter_words.choices(asked())["filter-agent"]

    assert [option[1]["value"] for option in options] == ["", AGENT.id, NONE, UNKNOWN]  # type: ignore[index,call-overload]
