"""A panel: some components that are filled together, and that fail together without taking others down."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash import Output, html, no_update

from librechat_analytics.usage.periods import BadParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.questions import Questions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel fills, and the function that answers for it.

    ``outputs``: properties of components. ``places``: ids of elements whose children come as markup.
    ``answer`` gives one value for each output, then one list of children for each place.
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
    """All outputs of some panels, each panel's error slot last."""
    return [output for panel in panels for output in (*panel.outputs, Output(panel.error_id, "children"))]


def answer_panels(panels: Sequence[Panel], questions: Questions) -> tuple[list[object], dict[str, object]]:
    """Fill the panels: a value for each of their outputs, and the children of each place that has an answer.

    Where a panel fails its old figures stay, with a sentence over them.
    """
    values: list[object] = []
    places: dict[str, object] = {}
    for panel in panels:
        error: object = None
        try:
            answer = panel.answer(questions)
        except BadParameterError as refusal:
            error = error_sentence(str(refusal), None)
        except Exception:
            reference = error_reference()
            log.exception("panel %s could not be filled [%s]", panel.name, reference)
            error = error_sentence("These figures could not be read.", reference)
        else:
            filled = answer[: len(panel.outputs)]
            places.update(zip(panel.places, answer[len(panel.outputs) :], strict=True))
        values.extend([no_update] * len(panel.outputs) if error else filled)
        values.append(error)
    return values, places


def error_reference() -> str:
    """A short id that stands on screen and in the log."""
    return secrets.token_hex(4)


def error_sentence(text: str, reference: str | None) -> list[Any]:
    """What happened, where the details are, and a button to try again."""
    detail = [html.Span(f" The server's log has the reason under {reference}.")] if reference else []
    retry = html.Button("Try again", type="button", className="text-button", **{"data-action": "retry"})
    return [html.Span(text), *detail, " ", retry]
