"""Rows and lists as plain data, which the page's own script turns into elements.

The time to mount Dash components grows with the square of their number: 300 table rows take half a minute in
a browser (Dash 4.4). So everything that may be long goes to the browser as nested lists, and ``markup.js``
patches it into the page: text stays text, only known attributes are set, and unchanged elements stay as they
are.
"""

from __future__ import annotations

from typing import TypeAlias

Markup: TypeAlias = "list[str | dict[str, str] | Markup] | str"
"""A text, or a list of a tag's name, its attributes, and its children."""

TAGS = frozenset(
    {
        *("a", "button", "code", "dd", "details", "div", "dl", "dt", "h2", "h3", "li", "ol", "option", "p"),
        *("span", "strong", "summary", "td", "th", "tr", "ul"),
    }
)
"""The only tags that markup may have. The contract gives them to the scripts, as it does the attributes."""

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
    """Write an element, without the attributes that have no value.

    ``width`` is a CSS length that becomes the element's style. Raises ValueError for an unknown tag.
    """
    if tag not in TAGS:
        raise ValueError(f"markup.TAGS does not have the tag {tag!r}.")
    # Only ``value`` may be empty: that is the option that chooses nothing.
    given = {
        ATTRIBUTES[name]: value
        for name, value in attributes.items()
        if value is not None and (value or name == "value")
    }
    return [tag, given, *children]


def button(label: str, **attributes: str) -> Markup:
    """Write a button that looks like a link; its attributes say what it does."""
    return element("button", label, class_name="text-button", **attributes)
