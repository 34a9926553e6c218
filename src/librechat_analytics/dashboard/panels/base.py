"""Panels: parts of a view that are filled together, and that can fail without taking others down.

A panel lists its parts (``parts.py``); each part knows the targets that it fills. Only this module knows how
the values get to the page:

- Markup and figures go into the view's store of targets; ``fill.js`` puts them into the page. Figures take
  this way because Dash holds back an answer with a figure until the browser has plotly.
- All other properties are outputs of Dash.

``callbacks.py`` needs two functions: ``panel_outputs`` gives the outputs of a view's callback,
``answer_panels`` their values in the same order and the content of the view's store.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dash import Output, html, no_update
from flask import g

from librechat_analytics.dashboard.panels.targets import MismatchError
from librechat_analytics.dashboard.words.period_words import period_sentence
from librechat_analytics.usage.periods import BadPeriodError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.targets import Fills, Target

log = logging.getLogger(__name__)

PANELS_AT_ONCE = 4
"""The panels that are answered at the same time, for all requests of this process together.

The store runs a long query on all cores, but a short query keeps only one of them busy. Four panels at once
use the cores of a usual machine; more would wait for the same cores and for the store's connections.
"""

_answering = ThreadPoolExecutor(PANELS_AT_ONCE, thread_name_prefix="panel")


class Part(Protocol):
    """A part of a panel, such as a chart."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Give what the part fills with every answer."""
        ...


@dataclass(frozen=True, slots=True)
class Panel:
    """Some parts of a view, and the function that fills them.

    ``answer`` runs on a thread of its own, outside the request: it can use nothing but its argument, neither
    ``flask.g`` nor ``flask.request``.

    Raises MismatchError if two parts have the same target.
    """

    name: str
    parts: tuple[Part, ...]
    answer: Callable[[PageData], Fills]

    def __post_init__(self) -> None:
        targets = self.targets
        for target in targets:
            if targets.count(target) > 1:
                raise MismatchError(f"The panel {self.name} has the target {target} twice.")

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(target for part in self.parts for target in part.targets)

    def fills(self, data: PageData) -> Fills:
        """Answer with a value for each target; raises MismatchError if the answer has others or too few."""
        try:
            fills = self.answer(data)
        except MismatchError as error:
            raise MismatchError(f"The panel {self.name} {error}.") from error
        targets = self.targets
        for target in targets:
            if target not in fills:
                raise MismatchError(f"The panel {self.name} does not fill {target}.")
        for target in fills:
            if target not in targets:
                raise MismatchError(f"The panel {self.name} fills {target}, which is no target of its parts.")
        return fills

    @property
    def error_id(self) -> str:
        return f"{self.name}-error"

    def error_slot(self) -> Component:
        """Make the element for the sentence that says why the panel's figures are old or missing."""
        return html.Div(id=self.error_id, className="panel-error", role="status")


def panel_outputs(panels: Sequence[Panel]) -> list[Output]:
    """Give the outputs of some panels; the last output of each panel is for its error."""
    return [
        output
        for panel in panels
        for output in (
            *(Output(target.id, target.kind) for target in _dash_targets(panel)),
            Output(panel.error_id, "children"),
        )
    ]


def answer_panels(panels: Sequence[Panel], data: PageData) -> tuple[list[object], dict[str, object]]:
    """Fill some panels: a value for each of their outputs, and what goes into the view's store of targets.

    A panel that fails keeps its old figures and shows a sentence above them.
    """
    values: list[object] = []
    stored: dict[str, object] = {}
    answers = _answering.map(lambda panel: _answer(panel, data), panels)
    for panel, answer in zip(panels, answers, strict=True):
        if isinstance(answer, Exception):
            values += [*(no_update for _ in _dash_targets(panel)), _failure(panel, answer)]
            continue
        values += [*(answer[target] for target in _dash_targets(panel)), None]
        stored |= {target.id: answer[target] for target in answer if target.is_stored}
    return values, stored


def _dash_targets(panel: Panel) -> list[Target]:
    return [target for target in panel.targets if not target.is_stored]


def _answer(panel: Panel, data: PageData) -> Fills | Exception:
    try:
        return panel.fills(data)
    except Exception as error:  # the request's own thread logs it, with the request's id
        return error


def _failure(panel: Panel, error: Exception) -> list[Component | str]:
    """Say why a panel could not be filled, and log it; runs on the request's own thread."""
    if isinstance(error, BadPeriodError):
        return error_sentence(period_sentence(error), None)
    reference = error_reference()
    log.error("Panel %s could not be filled (request %s)", panel.name, reference, exc_info=error)
    return error_sentence("These figures could not be read.", reference)


def error_reference() -> str:
    """Return the request's id, which joins the sentence on screen with the lines of the log."""
    return str(g.request_id)


def error_sentence(text: str, reference: str | None) -> list[Component | str]:
    """Say what happened and where the details are, with a button to try again."""
    detail = [html.Span(f" See the server log, reference {reference}.")] if reference else []
    retry = html.Button("Try again", type="button", className="text-button", **{"data-action": "retry"})
    return [html.Span(text), *detail, " ", retry]
