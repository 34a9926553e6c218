"""A plain ``input`` element, which Dash's own library of HTML does not have.

Dash sets the value of its own fields again whenever it draws them, so a field that a script fills must not be
among them. It works only among the static parts, which the page's scripts build (``static_parts.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

if TYPE_CHECKING:
    from dash.development.base_component import Component


def plain_input(field_id: str, **attributes: str) -> Component:
    """Make an ``input`` for a text that browsers neither fill in nor correct."""
    field = html.Textarea(
        id=field_id, className="form-control", autoComplete="off", spellCheck="false", **attributes
    )
    field._type = "Input"
    return field
