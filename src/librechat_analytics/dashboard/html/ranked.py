"""Short lists with a bar for each entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.cells import filter_buttons, share_bar
from librechat_analytics.dashboard.html.markup import element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.html.markup import Markup


@dataclass(frozen=True, slots=True)
class RankedEntry:
    """An entry of a short list.

    ``exact``: the tooltip of the amount. ``share``: its part of the whole, 0 to 1. ``href`` and
    ``detail_href``: the addresses that the name and the detail lead to. ``filter``: the filter's name and the
    entry's value of it.
    """

    name: str
    detail: str
    amount: str
    exact: str
    share: float
    href: str | None = None
    detail_href: str | None = None
    filter: tuple[str, str] | None = None


def ranked_items(entries: Sequence[RankedEntry]) -> list[Markup]:
    """Write the entries; the one with the greatest share has a full bar."""
    greatest = max((entry.share for entry in entries), default=0.0)
    items = []
    for entry in entries:
        named = element("a", entry.name, href=entry.href) if entry.href else entry.name
        name = [element("span", named, class_name="name", title=entry.name)]
        if entry.detail:
            more = element("a", entry.detail, href=entry.detail_href) if entry.detail_href else entry.detail
            name.append(element("span", more, class_name="detail"))
        line = element(
            "div",
            element("span", *name, class_name="ranked-name"),
            *([filter_buttons(entry.name, *entry.filter, inline=True)] if entry.filter else []),
            element("span", entry.amount, class_name="ranked-amount", title=entry.exact),
            class_name="ranked-line",
        )
        items.append(element("li", line, share_bar(entry.share, greatest), class_name="ranked"))
    return items
