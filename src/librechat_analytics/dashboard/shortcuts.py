"""The sheet that lists the keyboard shortcuts; the page's script reads from it what each key does."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Line = tuple[str, str, str]
"""A key, its label, and the attribute that makes the page's script act."""

SECTIONS: tuple[tuple[str, tuple[Line, ...]], ...] = (
    (
        "Period",
        (
            ("D", "Last 24 hours", 'data-period="24h"'),
            ("W", "Last 7 days", 'data-period="7d"'),
            ("M", "Last 30 days", 'data-period="30d"'),
            ("E", "Earlier", 'data-click=".step.earlier"'),
            ("L", "Later", 'data-click=".step.later"'),
            ("P", "Choose a period", 'data-click="#period"'),
        ),
    ),
    (
        "Page",
        (
            ("/", "Find anything", 'data-click="#find-open"'),
            ("S", "Search the table", 'data-focus=".view:not([hidden]) [type=search]"'),
            ("F", "Filter", 'data-click="#filter-toggle"'),
            ("R", "Refresh", 'data-action="retry"'),
            ("?", "This sheet", "data-sheet"),
        ),
    ),
)


def sections_of(menu: Mapping[str, str]) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """Give each section's name and lines; ``menu`` is the title of each view by its link's id."""
    views = ((str(key), title, f'data-click="#{link}"') for key, (link, title) in enumerate(menu.items(), 1))
    return ("Views", tuple(views)), *SECTIONS


def sheet_html(menu: Mapping[str, str]) -> str:
    """Make the sheet as a dialog; each line is a button that does the same."""
    sections = "".join(
        f"<section><h3>{escape(name)}</h3>{''.join(_line(*line) for line in lines)}</section>"
        for name, lines in sections_of(menu)
    )
    return (
        '<dialog id="shortcuts" class="shortcuts" closedby="any" aria-labelledby="shortcuts-title">'
        '<div class="shortcuts-head"><h2 id="shortcuts-title">Keyboard shortcuts</h2>'
        '<button type="button" class="icon-button" data-close aria-label="Close">'
        "\N{MULTIPLICATION SIGN}</button></div>"
        f'<div class="shortcuts-lists">{sections}</div>'
        '<label><input type="checkbox" id="shortcuts-on" checked> Enable keyboard shortcuts</label>'
        "</dialog>"
    )


def _line(key: str, words: str, effect: str) -> str:
    return (
        f'<button type="button" data-key="{escape(key.lower())}" {effect}>'
        f"{escape(words)}<kbd>{escape(key)}</kbd></button>"
    )
