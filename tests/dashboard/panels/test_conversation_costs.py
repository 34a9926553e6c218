"""What conversations cost, band by band."""

from __future__ import annotations

from typing import Any

import pytest

from librechat_analytics.dashboard.panels import conversation_costs as panel
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.words import captions
from librechat_analytics.usage.answers import ConversationBand
from tests.dashboard.ready_answers import conversation_costs, page_data


def test_bands_without_a_conversation_are_there_between_the_others() -> None:
    bands = panel.all_bands(conversation_costs((0.1, 5), (0.5, 1)))

    assert bands == [
        ConversationBand(0.1, 5, 5.0),
        ConversationBand(0.2, 0, 0.0),
        ConversationBand(0.5, 1, 1.0),
    ]


def test_conversations_above_the_last_edge_are_in_the_last_band() -> None:
    assert panel.all_bands(conversation_costs((None, 2))) == [ConversationBand(None, 2, 2.0)]


@pytest.mark.parametrize(
    ("upper", "words"),
    [
        (0.0001, "below $0.0001"),
        (0.002, "$0.001 to $0.002"),
        (0.2, "$0.10 to $0.20"),
        (5.0, "$2 to $5"),
        (None, "$500 and more"),
    ],
)
def test_a_band_is_named_by_its_edges(upper: float | None, words: str) -> None:
    assert panel.band_words(upper) == words


def test_the_median_is_within_its_band() -> None:
    bands = panel.all_bands(conversation_costs((0.02, 3), (0.05, 5), (0.1, 1)))

    assert panel.position_of(0.02, bands) == 0.5
    assert panel.position_of(0.035, bands) == pytest.approx(1.0)
    assert panel.position_of(99.0, bands) == 2.5


def test_the_sentence_has_all_three_figures() -> None:
    assert captions.conversation_costs(conversation_costs((0.1, 2000))) == (
        "Half of 2,000 conversations cost at most $0.04, nine of ten at most $0.21;"
        " the highest cost was $1.71."
    )


def test_a_single_conversation_is_not_halved() -> None:
    assert captions.conversation_costs(conversation_costs((0.1, 1))) == "The only conversation cost $1.71."


@pytest.mark.parametrize(
    ("bands", "named"),
    [
        (((0.2, 3), (0.5, 1)), ["$0.20", "$0.50"]),
        (((0.2, 3), (None, 1)), ["$1", "$10", "$100"]),
        (((0.05, 3), (0.2, 1)), ["$0.10"]),
    ],
)
def test_all_edges_of_a_few_bands_are_named_if_none_is_round(bands: Any, named: list[str]) -> None:
    data = page_data(conversation_costs=conversation_costs(*bands))
    _, stored = answer_panels([panel.PANEL], data)

    figure: Any = stored["conversation-costs-chart"]
    assert figure["layout"]["xaxis"]["ticktext"] == named
