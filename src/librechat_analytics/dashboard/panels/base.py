"""A panel: some components that are filled together, and that fail together without taking others down."""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash import Output, html, no_update

from librechat_analytics.dashboard.words.period_words import period_sentence
from librechat_analytics.usage.periods import BadPeriodError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions

log = logging.getLogger(__name__)

PANELS_AT_ONCE = 4
"""The store answers on all cores, but a short question keeps only one of them busy."""

_answering = ThreadPoolExecutor(PANELS_AT_ONCE, thread_name_prefix="panel")


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel fills, and the function that answers for it.

    ``outputs``: properties of components. ``places``: ids of elements whose children come as markup.
    ``answer`` gives one value for each output, then one list of children for each place. A chart's figure is
    an output here; on its way it is a place, because Dash holds back a whole answer with a figure in it until
    the browser has plotly.
    """

    name: str
    outputs: tuple[Output, ...]
    places: tuple[str, ...]
    answer: Callable[[Questions], tuple[object, ...]]

    @property
    def error_id(self) -> str:
        return f"{self.name}-error"

    def error_slot(self) -> Component:
        """Where the sentence stands that says why a panel's figures are old or missing."""
        return html.Div(id=self.error_id, className="panel-error", role="status")


def panel_outputs(panels: Sequence[Panel]) -> list[Output]:
    """The outputs of some panels but their figures, each panel's error slot last."""
    return [
        output
        for panel in panels
        for output in (*panel.outputs, Output(panel.error_id, "children"))
        if not _is_figure(output)
    ]


def answer_panels(panels: Sequence[Panel], questions: Questions) -> tuple[list[object], dict[str, object]]:
    """Fill the panels: a value for each of their outputs, and what comes into each place that has an answer.

    Where a panel fails its old figures stay, with a sentence over them.
    """
    values: list[object] = []
    places: dict[str, object] = {}
    answers = _answering.map(lambda panel: _answer(panel, questions), panels)
    for panel, answer in zip(panels, answers, strict=True):
        error = None
        if isinstance(answer, _Failure):
            error = answer.sentence
            values.extend(no_update for output in panel.outputs if not _is_figure(output))
        else:
            for output, value in zip(panel.outputs, answer, strict=False):
                if _is_figure(output):
                    places[output.component_id] = value
                else:
                    values.append(value)
            places.update(zip(panel.places, answer[len(panel.outputs) :], strict=True))
        values.append(error)
    return values, places


@dataclass(frozen=True, slots=True)
class _Failure:
    sentence: list[Any]


def _answer(panel: Panel, questions: Questions) -> tuple[object, ...] | _Failure:
    try:
        return panel.answer(questions)
    except BadPeriodError as error:
        return _Failure(error_sentence(period_sentence(error), None))
    except Exception:
        reference = error_reference()
        log.exception("panel %s could not be filled [%s]", panel.name, reference)
        return _Failure(error_sentence("These figures could not be read.", reference))


def _is_figure(output: Output) -> bool:
    return bool(output.component_property == "figure")


def error_reference() -> str:
    """A short id that stands on screen and in the log."""
    return secrets.token_hex(4)


def error_sentence(text: str, reference: str | None) -> list[Any]:
    """What happened, where the details are, and a button to try again."""
    detail = [html.Span(f" The server's log has the reason under {reference}.")] if reference else []
    retry = html.Button("Try again", type="button", className="text-button", **{"data-action": "retry"})
    return [html.Span(text), *detail, " ", retry]
