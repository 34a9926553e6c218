"""What the page says when its address cannot be read: why it shows no figures, and where to go next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.links import LIST_VIEWS
from librechat_analytics.dashboard.query import Unreadable
from librechat_analytics.formatting import FILTER_LABELS
from librechat_analytics.usage.filters import LEAVE_OUT, LONGEST_VALUE, MOST_VALUES

if TYPE_CHECKING:
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import Fault, PageQuery
    from librechat_analytics.dashboard.views.base import View

THINGS = {
    **{name: f"The filter {words}" for name, words in FILTER_LABELS.items()},
    **{LEAVE_OUT[name]: f"The filter {words} not" for name, words in FILTER_LABELS.items()},
    "view": "The view",
    "period": "The period",
    "start": "The first day",
    "end": "The last day",
    "compare": "The comparison",
    "tz": "The time zone",
    "bill": "The bill's amount",
    "bill_of": "The provider of the bill",
}
"""The name of each parameter in a sentence."""

SENTENCES: dict[Fault, str] = {
    "repeated": "{thing} is in the address more than once.",
    "empty": "{thing} in the address is empty.",
    "too long": f"{{thing}} in the address is longer than {LONGEST_VALUE} characters; no name is that long.",
    "control characters": "{thing} in the address has control characters; names have none.",
    "too many": f"The filters in the address have more than {MOST_VALUES} values.",
    "missing": "The address does not say which {name} this page is about.",
    "unknown": "No such {name} is known.",
    "unreadable": "The address cannot be read.",
    "too much": "The address is too long to be read.",
}


class UnreadableAddressError(ValueError):
    """A file would hold the wrong figures, because the address cannot be read; the text is for the reader."""


def unreadable_parts(query: PageQuery, view: View) -> tuple[Unreadable, ...]:
    """Give the parameters that keep a view from showing figures; none if it can show them."""
    if query.unreadable or query.subject or not view.about_one:
        return query.unreadable
    return (Unreadable("", "unreadable"),)


def refuse_unreadable(query: PageQuery, view: View | None = None) -> None:
    """Raise UnreadableAddressError if a file would hold the wrong figures."""
    parts = query.unreadable if view is None else unreadable_parts(query, view)
    if parts:
        raise UnreadableAddressError(f"{_sentence(parts[0], query)} No file was written.")


def page_title(query: PageQuery, view: View) -> str:
    """Give the heading of a page that is not about one user, model or agent, or not known which one."""
    if query.kind:
        return FILTER_LABELS[query.kind]
    return "Unreadable address" if view.about_one else view.title


def explanation(query: PageQuery, view: View) -> list[Markup]:
    """Say why there are no figures, and where to go next; nothing if there are figures."""
    parts = unreadable_parts(query, view)
    if not parts:
        return []
    return [
        element("h2", "No figures are shown"),
        *(element("p", sentence) for sentence in dict.fromkeys(_sentence(part, query) for part in parts)),
        element("p", *_ways_on(query, view, parts), class_name="ways"),
    ]


def _sentence(part: Unreadable, query: PageQuery) -> str:
    is_subject = part.name and part.name == query.kind
    thing = f"The {part.name}" if is_subject else THINGS.get(part.name, "")
    return SENTENCES[part.fault].format(thing=thing, name=part.name)


def _ways_on(query: PageQuery, view: View, parts: tuple[Unreadable, ...]) -> list[Markup]:
    if not all(part.name for part in parts):
        return [element("a", "Start again with the overview", href="?view=overview")]
    if query.kind and not query.subject:
        things = LIST_VIEWS[query.kind]
        is_unknown = all(part.fault == "unknown" for part in parts)
        words = f"Search {things}" if is_unknown else f"All {things}"
        return [element("a", words, href=query.link(things))]
    it = "it" if len(parts) == 1 else "them"
    here = query.kind or ("overview" if view.about_one else view.name)
    return [element("a", f"Show the page without {it}", href=query.link(here))]
