"""Single figures and how they changed."""

from __future__ import annotations

import pytest

from librechat_analytics.dashboard.html import cards
from librechat_analytics.formatting import change
from tests.dashboard.ready_answers import component_texts

BEFORE = "10\N{EN DASH}17 Nov"


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (112.0, 100.0, f"↑up 12% from {BEFORE}"),
        (88.0, 100.0, f"↓down 12% from {BEFORE}"),
        (100.4, 100.0, f"about the same as {BEFORE}"),
        (99.6, 100.0, f"about the same as {BEFORE}"),
        (0.1, 100.0, f"↓almost nothing against {BEFORE}"),
        (100.0, 100.0, f"→no change from {BEFORE}"),
        (5.0, 0.0, f"↑new, nothing before ({BEFORE})"),
        (5000.0, 1.0, f"↑up >999% from {BEFORE}"),
        (0.0, 0.0, ""),
        (5.0, None, ""),
    ],
)
def test_a_change_has_an_arrow_and_words(now: float, before: float | None, expected: str) -> None:
    words = component_texts(cards.change_words(change(now, before), BEFORE))

    assert words.replace("\N{NO-BREAK SPACE}", " ") == expected


def test_a_line_breaks_between_two_days_and_not_within_one() -> None:
    words = component_texts(cards.change_words(change(112.0, 100.0), "25 Sep 2025 \N{EN DASH} 25 Oct 2026"))

    assert "25\N{NO-BREAK SPACE}Sep\N{NO-BREAK SPACE}2025 \N{EN DASH} 25\N{NO-BREAK SPACE}Oct" in words


def test_more_is_neither_good_nor_bad() -> None:
    up, down = (cards.change_words(change(now, 100.0), BEFORE) for now in (112.0, 88.0))

    assert [part.className for part in up] == [part.className for part in down]


def test_the_arrow_is_not_read_aloud() -> None:
    arrow = cards.change_words(change(112.0, 100.0), BEFORE)[0]

    assert getattr(arrow, "aria-hidden") == "true"


def test_a_card_has_its_label_before_its_figure() -> None:
    card = cards.figure_card("cost", "Cost")

    assert [type(part).__name__ for part in card.children] == ["Dt", "Dd"]
    assert [part.id for part in card.children[1].children] == ["cost-value", "cost-change"]
