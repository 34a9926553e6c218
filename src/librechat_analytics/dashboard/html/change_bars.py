"""Lists of what rose and fell: each entry has a bar to the right for more, to the left for less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.cells import filter_buttons
from librechat_analytics.dashboard.html.markup import element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.html.markup import Markup


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """An entry of the list.

    ``value``: the difference, which the bar shows. ``amount``: the same in words. ``detail``: in smaller
    type beside it. ``exact``: the tooltip of the amount. ``href``: the address that the name leads to.
    ``filter``: the filter's name and the entry's value of it.
    """

    name: str
    value: float
    amount: str
    detail: str = ""
    exact: str = ""
    href: str | None = None
    filter: tuple[str, str] | None = None


def change_items(entries: Sequence[ChangeEntry]) -> list[Markup]:
    """Write the entries; the greatest difference, up or down, has a full bar."""
    greatest = max((abs(entry.value) for entry in entries), default=0.0)
    return [
        element(
            "li",
            _name(entry),
            _bar(entry.value, greatest),
            element(
                "span",
                element("span", entry.amount),
                *([element("span", entry.detail, class_name="detail")] if entry.detail else []),
                class_name="change-figure",
                title=entry.exact,
            ),
            class_name="changed",
        )
        for entry in entries
    ]


def _name(entry: ChangeEntry) -> Markup:
    named = element("a", entry.name, href=entry.href) if entry.href else entry.name
    name = element("span", named, class_name="name", title=entry.name)
    buttons = [filter_buttons(entry.name, *entry.filter, inline=True)] if entry.filter else []
    return element("span", name, *buttons, class_name="ranked-line change-name")


def _bar(value: float, greatest: float) -> Markup:
    width = 50 * abs(value) / greatest if greatest else 0.0
    direction = "rise" if value >= 0 else "fall"
    fill = element("span", class_name=f"change-fill {direction}", width=f"{width:.2f}%")
    return element("span", fill, class_name="change-bar", hidden_from_readers="true")
