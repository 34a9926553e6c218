"""Takes the parts of the page that never change out of Dash's hands.

Dash watches each component for changes, which costs the browser time at the start and with every answer. Half
of the page's components are headings, table heads and buttons that no callback uses. They travel as markup
apart from the layout, and ``static_parts.js`` puts them into the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash.development.base_component import Component

if TYPE_CHECKING:
    from collections.abc import Collection

    from librechat_analytics.dashboard.html.markup import Markup

PLAIN_HTML = "dash_html_components"
ATTRIBUTES = {"className": "class", "htmlFor": "for"}  # the others differ only in their case


def take_out_static_parts(layout: Component, used_ids: Collection[str]) -> dict[str, list[Markup]]:
    """Empty each element whose whole content is static, and return that content by the element's id.

    Changes ``layout``: such an element gets an id if it has none. ``used_ids``: the ids that callbacks use.
    """
    parts: dict[str, list[Markup]] = {}

    def take_out(part: Component) -> None:
        children = _children(part)
        components = [child for child in children if isinstance(child, Component)]
        is_static = components and all(_is_static(child, used_ids) for child in components)
        if is_static and _is_plain(part) and getattr(part, "id", None) not in used_ids:
            part.id = getattr(part, "id", f"static-{len(parts)}")
            parts[part.id] = [_markup(child) for child in children]
            part.children = None
            return
        for component in components:
            take_out(component)

    take_out(layout)
    return parts


def _children(part: Component) -> list[Any]:
    children = getattr(part, "children", None)
    if children is None:
        return []
    return list(children) if isinstance(children, (list, tuple)) else [children]


def _is_plain(part: Component) -> bool:
    return bool(part.to_plotly_json()["namespace"] == PLAIN_HTML)


def _is_static(part: Component, used_ids: Collection[str]) -> bool:
    return (
        _is_plain(part)
        and getattr(part, "id", None) not in used_ids
        and all(_is_static(child, used_ids) for child in _children(part) if isinstance(child, Component))
    )


def _markup(part: object) -> Markup:
    if not isinstance(part, Component):
        return str(part)
    described = part.to_plotly_json()
    attributes = {
        ATTRIBUTES.get(name, name.lower()): "" if value is True else str(value)
        for name, value in described["props"].items()
        if name != "children" and value is not None and value is not False
    }
    return [described["type"].lower(), attributes, *(_markup(child) for child in _children(part))]
