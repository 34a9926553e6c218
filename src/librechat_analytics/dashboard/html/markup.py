"""Rows and lists as plain data, which the page's own script turns into elements.

Mounting Dash components costs time that grows with the square of their number: 300 table rows take half a
minute in a browser (Dash 4.4). So whatever may be long goes to the browser as nested lists, and ``fill.js``
patches it into place: text stays text there, only known attributes are set, and what has not changed is not
touched.
"""

from __future__ import annotations

from typing import TypeAlias

Markup: TypeAlias = "list[str | dict[str, str] | Markup] | str"
"""A text, or a list of a tag's name, its attributes, and its children."""

# What fill.js knows as well; anything else never reaches the page.
ATTRIBUTES = {
    "class_name": "class",
    "title": "title",
    "scope": "scope",
    "col_span": "colspan",
    "width": "width",
    "hidden_from_readers": "aria-hidden",
    "action": "data-action",
    "period": "data-period",
    "href": "href",
    "value": "value",
    "name": "data-name",
    "label": "aria-label",
    "set": "data-set",
    "bars": "data-bars",
    "disabled": "aria-disabled",
}


def element(tag: str, *children: Markup, **attributes: str | None) -> Markup:
    """An element; attributes without a value are left out.

    ``width`` is a CSS length that becomes the element's style.
    """
    # Only the value of a choice may be empty: it stands for none.
    given = {
        ATTRIBUTES[name]: value
        for name, value in attributes.items()
        if value is not None and (value or name == "value")
    }
    return [tag, given, *children]


def button(label: str, **attributes: str) -> Markup:
    """A button that looks like a link; what it does is in its attributes."""
    return element("button", label, class_name="text-button", **attributes)
