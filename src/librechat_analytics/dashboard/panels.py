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
    """The properties that a panel fills, and the function that answers one value for each."""

    name: str
    outputs: tuple[Output, ...]
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


def answer_panels(panels: Sequence[Panel], questions: Questions) -> list[object]:
    """Fill the panels; where one fails its old figures stay, with a sentence over them."""
    values: list[object] = []
    for panel in panels:
        try:
            values.extend(panel.answer(questions))
            values.append(None)
        except BadParameterError as error:
            values.extend([no_update] * len(panel.outputs))
            values.append(error_sentence(str(error), None))
        except Exception:
            reference = error_reference()
            log.exception("panel %s could not be filled [%s]", panel.name, reference)
            values.extend([no_update] * len(panel.outputs))
            values.append(error_sentence("These figures could not be read.", reference))
    return values


def error_reference() -> str:
    """A short id that stands on screen and in the log."""
    return secrets.token_hex(4)


def error_sentence(text: str, reference: str | None) -> list[Any]:
    """What happened, where the details are, and a button to try again."""
    detail = [html.Span(f" The server's log has the reason under {reference}.")] if reference else []
    retry = html.Button("Try again", type="button", className="text-button", **{"data-action": "retry"})
    return [html.Span(text), *detail, " ", retry]
