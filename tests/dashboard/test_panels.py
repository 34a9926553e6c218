"""Panels that fill themselves, or say why not."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from dash import Output, no_update

from librechat_analytics.dashboard.panels.base import Panel, answer_panels, panel_outputs
from librechat_analytics.usage.periods import BadPeriodError
from tests.dashboard.ready_answers import component_texts, questions

if TYPE_CHECKING:
    import pytest

GOOD = Panel(
    "good",
    (Output("number", "children"), Output("chart", "figure")),
    ("list",),
    lambda _: ("12", {"data": []}, ["one"]),
)


def failing(error: Exception) -> Panel:
    def fail(_: object) -> tuple[object, ...]:
        raise error

    return Panel("bad", (Output("a", "children"), Output("b", "children")), ("rows",), fail)


def test_each_panel_gives_its_outputs_its_error_and_its_places_with_the_figures_among_them() -> None:
    values, places = answer_panels([GOOD], questions())

    assert values == ["12", None]
    assert places == {"list": ["one"], "chart": {"data": []}}
    assert [str(output) for output in panel_outputs([GOOD])] == ["number.children", "good-error.children"]


def test_one_that_fails_keeps_what_it_showed_and_leaves_the_others_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        values, places = answer_panels([failing(RuntimeError("secret at /home/x")), GOOD], questions())

    assert values[:2] == [no_update, no_update]
    assert values[3:] == ["12", None]
    assert places == {"list": ["one"], "chart": {"data": []}}


def test_the_sentence_has_a_number_that_the_log_has_too_and_no_details(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        values, _ = answer_panels([failing(RuntimeError("secret at /home/x"))], questions())

    words = component_texts(values[2])
    (number,) = re.findall(r"[0-9a-f]{8}", words)
    assert number in caplog.text
    assert "secret" not in words
    assert "Try again" in words


def test_a_question_that_cannot_be_answered_says_what_would_do(caplog: pytest.LogCaptureFixture) -> None:
    values, _ = answer_panels(
        [failing(BadPeriodError("too many buckets", "bucket", unit="month"))], questions()
    )

    assert "Choose a shorter period." in component_texts(values[2])
    assert not caplog.records
