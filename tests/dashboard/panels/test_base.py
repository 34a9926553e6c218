"""Panels fill themselves by name, or say why not."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from dash import no_update
from flask import Flask, g

from librechat_analytics.dashboard.panels.base import Panel, answer_panels, panel_outputs
from librechat_analytics.dashboard.panels.parts import Chart, Frame, Region
from librechat_analytics.dashboard.panels.targets import Fills, MismatchError, Target
from librechat_analytics.usage.periods import BadPeriodError
from tests.dashboard.ready_answers import component_texts, page_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHART, LIST, FRAME = Chart("cost", "Cost"), Region("list"), Frame("frame")
CHART_FILLS = CHART.fill({"data": []}, caption="A lot.", empty=[])
GOOD = Panel(
    "good", (CHART, LIST, FRAME), lambda _: FRAME.fill(hidden=False) + LIST.fill(["one"]) + CHART_FILLS
)
STORED = {"list": ["one"], "cost-chart": {"data": []}, "cost-empty": []}


def failing(error: Exception) -> Panel:
    def fail(_: object) -> Fills:
        raise error

    return Panel("bad", (FRAME, LIST), fail)


def test_each_panel_gives_its_outputs_and_its_error_and_stores_markup_and_figures() -> None:
    values, stored = answer_panels([GOOD], page_data())

    assert [str(output) for output in panel_outputs([GOOD])] == [
        "cost-caption.children",
        "frame.hidden",
        "good-error.children",
    ]
    assert values == ["A lot.", False, None]
    assert stored == STORED


class TestMismatch:
    """A wrong target is refused, in a sentence that names the panel and the target."""

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            (lambda: LIST.fill([]), "The panel mine does not fill frame.hidden."),
            (
                lambda: LIST.fill([]) + FRAME.fill(hidden=True) + Region("other").fill([]),
                "The panel mine fills other, which is no target of its parts.",
            ),
            (
                lambda: LIST.fill([]) + FRAME.fill(hidden=True) + LIST.fill([]),
                "The panel mine fills list twice.",
            ),
        ],
    )
    def test_an_answer_fills_each_target_once(self, answer: Callable[[], Fills], sentence: str) -> None:
        panel = Panel("mine", (LIST, FRAME), lambda _: answer())

        with pytest.raises(MismatchError, match=f"^{re.escape(sentence)}$"):
            panel.fills(page_data())

    def test_a_chart_has_the_numbers_that_it_declares(self) -> None:
        chart = Chart("tokens", "Tokens", numbers=("Time", "Tokens"))
        panel = Panel("mine", (chart,), lambda _: chart.fill({}, caption="", empty=[]))

        with pytest.raises(MismatchError, match=r"^The panel mine does not fill tokens-numbers\.$"):
            panel.fills(page_data())

    def test_two_parts_of_a_panel_have_different_targets(self) -> None:
        with pytest.raises(MismatchError, match=r"^The panel mine has the target list twice\.$"):
            Panel("mine", (LIST, Region("list")), lambda _: LIST.fill([]))


@pytest.fixture
def request_id() -> Iterator[str]:
    """The id of a request that runs now."""
    with Flask("panels").app_context():
        g.request_id = "from-the-proxy-42"
        yield g.request_id


@pytest.mark.usefixtures("request_id")
class TestFailure:
    def test_it_keeps_the_old_figures_and_leaves_the_other_panels_alone(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR):
            values, stored = answer_panels([failing(RuntimeError("secret at /home/x")), GOOD], page_data())

        assert values[0] is no_update
        assert values[2:] == ["A lot.", False, None]
        assert stored == STORED

    def test_the_sentence_and_the_log_have_the_id_of_the_request_and_the_page_has_no_details(
        self, caplog: pytest.LogCaptureFixture, request_id: str
    ) -> None:
        with caplog.at_level(logging.ERROR):
            values, _ = answer_panels([failing(RuntimeError("secret at /home/x"))], page_data())

        words = component_texts(values[1])
        assert f"See the server log, reference {request_id}." in words
        assert [record.getMessage() for record in caplog.records] == [
            f"Panel bad could not be filled (request {request_id})"
        ]
        assert "secret at /home/x" in caplog.text
        assert "secret" not in words
        assert "Try again" in words

    def test_a_period_that_is_too_long_has_a_sentence_of_its_own(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        error = BadPeriodError("too many buckets", "bucket", unit="hour")
        values, _ = answer_panels([failing(error)], page_data())

        assert "Choose a shorter period." in component_texts(values[1])
        assert not caplog.records


def test_targets_say_what_of_an_element_they_fill() -> None:
    assert str(Target("list")) == "list"
    assert str(Target("frame", "hidden")) == "frame.hidden"
