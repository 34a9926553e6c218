"""What a panel says when it has nothing to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import button, element
from librechat_analytics.dashboard.html.tables import message_row
from librechat_analytics.formatting import plain_text

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup


def nothing_in(data: PageData, nothing: str) -> list[Markup]:
    """Say why a panel is empty, and offer a way to figures; ``nothing``: such as "No users"."""
    if data.first_usage is None:
        return [element("span", f"{nothing} yet.")]
    if data.filters.given().keys() - {data.query.subject}:
        clear = button("Clear the filters", action="clear-filters")
        return [element("span", f"{nothing} in this period with these filters."), " ", clear]
    words: list[Markup] = [element("span", f"{nothing} in this period.")]
    if data.period.name == "30d":
        words += [" ", button("Show all time", period="all")]
    elif data.period.name != "all":
        words += [" ", button("Show the last 30 days", period="30d")]
    return words


def no_match(columns: int, data: PageData, things: str) -> list[Markup]:
    """Say that a search found nothing in the period, and offer to search all time or to clear it."""
    nothing = (
        "Nobody active in this period matches" if things == "users" else f"No {things} of this period match"
    )
    words: list[Markup] = [f"{nothing} “{plain_text(data.query.search)}”. "]
    if data.period.name != "all":
        words += [button("Search all time", period="all"), " · "]
    return message_row(columns, *words, button("Clear the search", action="clear-search"))


def empty_state(data: PageData) -> list[Markup]:
    """Say once for a whole view that its period has no usage, and offer a way to figures."""
    return [element("p", *nothing_in(data, "No usage"))]
