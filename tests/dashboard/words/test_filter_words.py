"""The filters as the reader sees them."""

from __future__ import annotations

from typing import Any

from librechat_analytics.dashboard.words import filter_words
from librechat_analytics.formatting import FILTER_LABELS, NONE_LABELS
from librechat_analytics.usage.filters import FILTER_NAMES, NONE, UNKNOWN, Filters, Scope, value_of_none
from tests.dashboard.ready_answers import USER_ID, page_data, query, texts


def data(subject: Any = None, **filters: Any) -> Any:
    scope = filters.pop("scope", None)
    chosen = {name.replace("_", "-"): values for name, values in filters.items()}
    return page_data(query(filters=Filters.of(chosen, scope), subject=subject))


def chips(subject: Any = None, **filters: Any) -> list[str]:
    return [texts(chip) for chip in filter_words.chips(data(subject, **filters))]


def test_without_a_filter_there_is_no_chip() -> None:
    assert chips() == []


def test_a_user_is_called_by_name_and_not_by_id() -> None:
    assert chips(user=[USER_ID]) == ["User is Ada Byron ×"]  # noqa: RUF001


def test_an_unknown_user_is_called_by_the_id_in_the_address() -> None:
    unknown = page_data(query(filters=Filters(user=("nobody",))), user=None)

    assert "nobody" in texts(filter_words.chips(unknown))


def test_every_filter_has_its_words() -> None:
    assert set(FILTER_LABELS) == set(FILTER_NAMES), "formatting.py: FILTER_LABELS needs every filter"
    assert set(NONE_LABELS) == set(FILTER_NAMES), "formatting.py: NONE_LABELS needs every filter"


def test_missing_values_have_labels() -> None:
    words = [filter_words.value_in_words(name, value_of_none(name), data()) for name in NONE_LABELS]

    assert words == list(NONE_LABELS.values())
    assert filter_words.value_in_words("agent", UNKNOWN, data()) == "Unknown agent"


def test_each_value_has_a_chip_and_those_that_are_left_out_say_so() -> None:
    shown = chips(role=["ADMIN", "USER"], not_role=[NONE])

    assert shown[:3] == ["Role is ADMIN ×", "Role is USER ×", "Role is not Without a role ×"]  # noqa: RUF001


def test_only_several_filters_can_be_cleared_at_once() -> None:
    assert "Clear all" in chips(user=[USER_ID], role=["ADMIN"])
    assert "Clear all" not in chips(role=["ADMIN"])


def test_the_subject_of_the_page_has_no_chip() -> None:
    assert chips(subject="user", user=[USER_ID]) == []


def test_a_reader_with_a_scope_sees_the_scope() -> None:
    assert chips(scope=Scope(("example.org",), ("66b0",))) == [
        "Your key shows only @example.org and group 66b0"
    ]
    assert chips(scope=Scope((), (), ("acme", "globex"))) == [
        "Your key shows only tenant acme and tenant globex"
    ]
    assert chips(scope=Scope(("a.org", "b.org"), (), ("acme",))) == [
        "Your key shows only @a.org and @b.org of tenant acme"
    ]


def test_a_filter_without_values_offers_no_missing_value() -> None:
    offered = filter_words.choices(data())

    assert offered["tenant"] == offered["group"] == []
    assert offered["role"] == [("ADMIN", "ADMIN"), (NONE, "Without a role")]


def test_what_the_find_box_finds_is_offered_by_it_and_only_the_rest_here() -> None:
    grouped = filter_words.choices(page_data(filter_values={"group": [("66b0", "Engineering")]}))

    assert grouped["group"] == [(NONE, NONE_LABELS["group"])]
    assert [value for value, _ in grouped["user"]] == [NONE]
    assert [value for value, _ in grouped["agent"]] == [NONE, UNKNOWN]


def test_an_invisible_name_is_shown_as_its_code_points() -> None:
    hidden = page_data(filter_values={"role": [("\u200d", "\u200d")]})

    assert filter_words.choices(hidden)["role"][0] == ("\u200d", "U+200D")
    assert chips(role=[" "]) == ["Role is U+0020 ×"]  # noqa: RUF001


def test_a_chip_can_turn_its_value_from_chosen_to_left_out_and_back() -> None:
    shown: Any = filter_words.chips(data(role=["ADMIN"], not_role=["USER"]))
    turns = [chip[3][1] for chip in shown[:2]]

    assert [(one["data-action"], one["data-name"], one["value"]) for one in turns] == [
        ("turn-filter", "role", "ADMIN"),
        ("turn-filter", "not-role", "USER"),
    ]
    assert turns[0]["aria-label"] == "Role is ADMIN. Leave it out instead"
