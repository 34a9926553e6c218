"""The filters in words: their names, their chosen values, and the values that they can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.exports.filter_words import value_in_words
from librechat_analytics.formatting import (
    FILTER_LABELS,
    NONE_LABELS,
    UNKNOWN_AGENT,
    name_label,
)
from librechat_analytics.usage.filters import LEAVE_OUT, NONE, UNKNOWN, value_of_none

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.usage.questions import Dimension

Choice = tuple[str, str]
"""A value that a filter can have, and its label."""


def subject_in_words(subject: Dimension, data: PageData) -> str:
    """Give the label of the user, model or agent that the page is about."""
    return value_in_words(subject, data.filters.chosen()[subject][0], data)


def chips(data: PageData) -> list[Markup]:
    """Show the values of the filters, each with a button that removes it.

    The subject of the page has no chip.
    """
    given, unreadable = data.filters.given(), {part.name for part in data.query.unreadable}
    items = []
    for name, label in FILTER_LABELS.items():
        for parameter, verb in ((name, "is"), (LEAVE_OUT[name], "is not")):
            if parameter == data.query.kind:
                continue
            if parameter in unreadable:
                items.append(_chip(parameter, None, label, "", "cannot be read"))
            items += [
                _chip(parameter, value, label, verb, value_in_words(name, value, data))
                for value in given.get(parameter, ())
            ]
    if len(items) > 1:
        items.append(
            element("li", element("button", "Clear all", class_name="text-button", action="clear-filters"))
        )
    scope = data.filters.scope
    if scope is not None:
        items.insert(0, element("li", scope_in_words(scope, data), class_name="chip fixed"))
    return items


def _chip(parameter: str, value: str | None, label: str, verb: str, words: str) -> Markup:
    """Show one value of a filter; the verb is a button that turns it from chosen to left out and back.

    Without a value, the chip is about the filter as a whole, and its button removes all values.
    """
    said = " ".join(filter(None, (label, verb, words)))
    other = "Leave it out instead" if verb == "is" else "Choose it instead"
    turn = element(
        "button",
        verb,
        class_name="chip-turn",
        action="turn-filter",
        name=parameter,
        value=value,
        title=other,
        label=f"{said}. {other}",
    )
    remove = element(
        "button",
        element("span", "\N{MULTIPLICATION SIGN}", hidden_from_readers="true"),
        class_name="chip-remove",
        action="remove-filter",
        name=parameter,
        value=value,
        label=f"Remove the filter {said}",
    )
    return element(
        "li",
        element("span", label, class_name="chip-name"),
        *([turn] if verb else []),
        element("span", words, class_name="chip-value", title=words),
        remove,
        class_name="chip",
    )


def scope_in_words(scope: Scope, data: PageData) -> str:
    """Say which usage a key with a scope shows."""
    groups = dict(data.filter_values.get("group", ()))
    people = [f"@{domain}" for domain in scope.domains]
    people += [f"group {name_label(groups.get(group, group))}" for group in scope.groups]
    people += [value_in_words("user", user, data) for user in scope.users]
    tenants = [f"tenant {name_label(tenant)}" for tenant in scope.tenants]
    centers = [f"cost centre {name_label(center)}" for center in scope.cost_centers]
    parts = [" and ".join(each) for each in (people, tenants, centers) if each]
    return f"Your key shows only {' of '.join(parts)}"


def choices(data: PageData) -> dict[str, list[Choice]]:
    """Give what each filter offers beside the users, agents, models and groups that the find box finds."""
    listed = {name: _recorded(name, data) for name in FILTER_LABELS}
    without = {name: [(NONE, NONE_LABELS[name])] for name in ("user", "model", "agent")}
    group = [choice for choice in listed["group"] if choice[0] == NONE]
    return listed | without | {"agent": [*without["agent"], (UNKNOWN, UNKNOWN_AGENT)], "group": group}


def _recorded(name: str, data: PageData) -> list[Choice]:
    """List the recorded values and then ``(none)``; nothing if no value is recorded."""
    known = [(value, name_label(label)) for value, label in data.filter_values.get(name, ())]
    return [*known, (value_of_none(name), NONE_LABELS[name])] if known else []
