"""What changed: what the panel says, and what its list adds up to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from librechat_analytics.dashboard.panels import what_changed
from librechat_analytics.dashboard.panels.base import answer_panels
from tests.dashboard.ready_answers import changed, changes, page_data, query, texts

NOTHING = replace(changes(), difference_usd=None, causes=None, rest_usd=None, before_usd=None, now_usd=1.0)


def shown(asked: Any = None, **answers: Any) -> tuple[bool, dict[str, Any]]:
    (hidden, error), stored = answer_panels([what_changed.PANEL], page_data(asked or query(), **answers))
    assert error is None
    return bool(hidden), stored


def bars(stored: dict[str, Any]) -> list[tuple[str, str]]:
    """The direction and the width of each bar."""
    fills = [entry[3][2][1] for entry in stored["what-changed-parts"]]
    return [
        (fill["class"].split()[-1], fill["style"] if "style" in fill else fill["width"]) for fill in fills
    ]


def test_the_sentence_says_how_much_and_where() -> None:
    _, stored = shown()

    assert texts(stored["what-changed-sentence"]) == (
        "$0.50 more than 10\N{EN DASH}17 Nov: claude-sonnet-4-6 +$4.50, gpt-5.2 \N{MINUS SIGN}$4.00."
    )


def test_each_part_leads_to_its_page_and_says_how_it_changed() -> None:
    _, stored = shown()

    first, second = stored["what-changed-parts"]
    assert first[2][2][2][1]["href"] == "?view=model&model=claude-sonnet-4-6"
    assert texts(first[2][2:3]) == "claude-sonnet-4-6"
    assert texts(first[4]).split() == ["+$4.50", "+56%"]
    assert texts(second[4]).split() == ["\N{MINUS SIGN}$4.00", "gone"]
    assert first[4][1]["title"] == "From $8.00 to $12.50: +$4.50 by quantity, $0.00 by price"


def test_each_part_can_be_chosen_or_left_out() -> None:
    _, stored = shown()

    buttons = stored["what-changed-parts"][0][2][3][2:]
    assert [button[1]["data-action"] for button in buttons] == ["filter-only", "filter-out"]
    assert {(button[1]["data-name"], button[1]["value"]) for button in buttons} == {
        ("model", "claude-sonnet-4-6")
    }


def test_the_largest_difference_has_half_of_the_width_up_or_down() -> None:
    _, stored = shown()

    assert bars(stored) == [("rise", "50.00%"), ("fall", "44.44%")]


def test_the_list_ends_with_what_it_leaves_out() -> None:
    _, stored = shown(changes=changes(changed("a", 1.0, 2.0), rest=-0.25, others=3))

    assert texts(stored["what-changed-parts"][-1]) == "3 other models \N{MINUS SIGN}$0.25"


def test_users_in_several_groups_are_taken_away_at_the_end() -> None:
    answer = changes(changed("6650", 1.0, 3.0, "Sales"), rest=-2.0, in_several=2)
    _, stored = shown(query(by="group"), changes=answer)

    assert texts(stored["what-changed-parts"][-1]) == (
        "Counted in several groups (2 users), and all others \N{MINUS SIGN}$2.00"
    )


def test_it_is_hidden_where_nothing_is_compared_or_nothing_was_spent() -> None:
    assert shown(changes=NOTHING)[0]
    assert shown(changes=changes())[0]
    assert not shown()[0]
