"""A field with a list of choices, which ``combobox.js`` fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.dash_seams.plain_input import plain_input

if TYPE_CHECKING:
    from dash.development.base_component import Component


def combobox(field_id: str, list_id: str, label: str, placeholder: str = "", **data: str) -> list[Component]:
    """Make the label, the field and its empty list; ``data``: further attributes of the field."""
    field = plain_input(
        field_id,
        role="combobox",
        placeholder=placeholder,
        **{"aria-expanded": "false", "aria-controls": list_id, "aria-autocomplete": "list"},
        **data,
    )
    choices = html.Div(id=list_id, className="choices", role="listbox", hidden=True, **{"aria-label": label})
    return [html.Label(label, htmlFor=field_id), html.Div([field, choices], className="combobox")]
