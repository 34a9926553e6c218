"""The filters in words: their names, their chosen values, and the values that they can have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import (
    NONE_LABELS,
    UNKNOWN_AGENT,
    agent_label,
    model_label,
    name_label,
    plain_text,
    user_label,
)
from librechat_analytics.usage.filters import LEAVE_OUT, NONE, UNKNOWN

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.usage.questions import Dimension

NAMES = {
    "user": "User",
    "model": "Model",
    "agent": "Agent",
    "provider": "Provider",
    "context": "Context",
    "role": "Role",
    "domain": "E-mail domain",
    "group": "Group",
    "tenant": "Tenant",
}
"""The name of each filter, in the order in which the page shows them."""

Choice = tuple[str, str]
"""A value that a filter can have, and its label."""


def subject_in_words(subject: Dimension, data: PageData) -> str:
    """Give the label of the user, model or agent that the page is about."""
    return value_in_words(subject, data.filters.chosen()[subject][0], data)


def value_in_words(name: str, value: str, data: PageData) -> str:
    """Give the label of a filter's value: a name where the value is an id."""
    if value == UNKNOWN and name == "agent":
        return UNKNOWN_AGENT
    if value == NONE and name in NONE_LABELS:
        return NONE_LABELS[name]
    if name == "user":
        user = data.user_of(value)
        if user is None:
            return name_label(value)
        return user_label(user.name, user.email, user.id, deleted=user.deleted)
    if name == "agent":
        agent = data.agent_of(value)
        return agent_label(agent.name, agent.id, deleted=agent.deleted) if agent else name_label(value)
    if name == "group":
        return name_label(dict(data.filter_values.get("group", ())).get(value, value))
    return name_label(value)


def chips(data: PageData) -> list[Markup]:
    """Show the values of the filters, each with a button that removes it.

    The subject of the page has no chip.
    """
    given, unreadable = data.filters.given(), {part.name for part in data.query.unreadable}
    items = []
    for name, label in NAMES.items():
        for parameter, what in ((name, label), (LEAVE_OUT[name], f"{label} not")):
            if parameter == data.query.kind:
                continue
            if parameter in unreadable:
                items.append(_chip(parameter, None, what, "cannot be read"))
            values = given.get(parameter, ())
            items += [_chip(parameter, value, what, value_in_words(name, value, data)) for value in values]
    if len(items) > 1:
        items.append(
            element("li", element("button", "Clear all", class_name="text-button", action="clear-filters"))
        )
    scope = data.filters.scope
    if scope is not None:
        items.insert(0, element("li", scope_in_words(scope, data), class_name="chip fixed"))
    return items


def _chip(parameter: str, value: str | None, what: str, words: str) -> Markup:
    """Show one value of a filter; without a value, the button removes the filter as a whole."""
    cross = element("span", "\N{MULTIPLICATION SIGN}", hidden_from_readers="true")
    remove = element(
        "button",
        cross,
        class_name="chip-remove",
        action="remove-filter",
        name=parameter,
        value=value,
        label=f"Remove the filter {what}: {words}",
    )
    return element(
        "li",
        element("span", f"{what} ", class_name="chip-name"),
        element("span", words, class_name="chip-value", title=words),
        remove,
        class_name="chip",
    )


def scope_in_words(scope: Scope, data: PageData) -> str:
    """Say which usage a key with a scope shows."""
    groups = dict(data.filter_values.get("group", ()))
    people = [f"@{domain}" for domain in scope.domains]
    people += [f"group {name_label(groups.get(group, group))}" for group in scope.groups]
    tenants = [f"tenant {name_label(tenant)}" for tenant in scope.tenants]
    parts = [" and ".join(each) for each in (people, tenants) if each]
    return f"Your key shows only {' of '.join(parts)}"


def choices(data: PageData) -> dict[str, list[Markup]]:
    """Give the options of each filter's list; a chosen value that is no longer recorded is one of them."""
    listed = {"user": _users(data), "model": _models(data), "agent": _agents(data)}
    listed |= {name: _recorded(name, data) for name in NAMES if name not in listed}
    chosen = data.filters.chosen()
    options = {}
    for name, known in listed.items():
        missing = [value for value in chosen.get(name, ()) if value not in dict(known)]
        values = [*((value, value_in_words(name, value, data)) for value in missing), *known]
        options[f"filter-{name}"] = [
            element("option", f"Any {NAMES[name].lower()}", value=""),
            *(element("option", name_label(label), value=value) for value, label in values),
        ]
    return options


def _recorded(name: str, data: PageData) -> list[Choice]:
    """List the recorded values and then ``(none)``; nothing if no value is recorded."""
    known = data.filter_values.get(name, ())
    return [*known, (NONE, NONE_LABELS[name])] if known else []


def _users(data: PageData) -> list[Choice]:
    rows = data.top_without_filters("user")
    labels = [user_label(row.name, row.email, row.id, deleted=row.deleted) for row in rows]
    twice = {label for label, count in Counter(labels).items() if count > 1}
    values = []
    for row, label in zip(rows, labels, strict=True):
        email = plain_text(row.email)
        unique = f"{label} ({email})" if label in twice and email and email != label else label
        values.append((row.id or NONE, unique))
    return sorted(values, key=lambda choice: (choice[0] == NONE, choice[1].casefold()))


def _models(data: PageData) -> list[Choice]:
    values = [(row.model or NONE, model_label(row.model)) for row in data.top_without_filters("model")]
    return sorted(values, key=lambda choice: (choice[0] == NONE, choice[1].casefold()))


def _agents(data: PageData) -> list[Choice]:
    values = [
        (row.id or NONE, agent_label(row.name, row.id, deleted=row.deleted))
        for row in data.top_without_filters("agent")
    ]
    ends = [(NONE, NONE_LABELS["agent"]), (UNKNOWN, UNKNOWN_AGENT)]
    return sorted(values, key=lambda choice: choice[1].casefold()) + ends
