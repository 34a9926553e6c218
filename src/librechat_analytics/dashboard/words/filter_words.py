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
from librechat_analytics.usage.filters import NONE, UNKNOWN

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.filters import Scope

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


def value_in_words(name: str, data: PageData) -> str:
    """Give the label of a filter's value: a name where the value is an id."""
    value = data.filters.chosen()[name]
    if value == UNKNOWN and name == "agent":
        return UNKNOWN_AGENT
    if value == NONE and name in NONE_LABELS:
        return NONE_LABELS[name]
    if name == "user":
        user = data.user
        if user is None:
            return name_label(value)
        return user_label(user.name, user.email, user.id, deleted=user.deleted)
    if name == "agent":
        agent = data.agent
        return agent_label(agent.name, agent.id, deleted=agent.deleted) if agent else name_label(value)
    if name == "group":
        return name_label(dict(data.filter_values.get("group", ())).get(value, value))
    return name_label(value)


def chips(data: PageData) -> list[Markup]:
    """Show the chosen filters, each with a button that removes it.

    The subject of the page has no chip.
    """
    query = data.query
    words = {name: value_in_words(name, data) for name in data.filters.chosen()}
    words |= {part.name: "cannot be read" for part in query.unreadable}
    chosen = [name for name in NAMES if name in words and name != query.kind]
    items = [_chip(name, words[name]) for name in chosen]
    if len(chosen) > 1:
        items.append(
            element("li", element("button", "Clear all", class_name="text-button", action="clear-filters"))
        )
    scope = data.filters.scope
    if scope is not None:
        items.insert(0, element("li", scope_in_words(scope, data), class_name="chip fixed"))
    return items


def _chip(name: str, words: str) -> Markup:
    cross = element("span", "\N{MULTIPLICATION SIGN}", hidden_from_readers="true")
    remove = element(
        "button",
        cross,
        class_name="chip-remove",
        action="remove-filter",
        name=name,
        label=f"Remove the filter {NAMES[name]}: {words}",
    )
    what = element("span", f"{NAMES[name]} ", class_name="chip-name")
    return element(
        "li", what, element("span", words, class_name="chip-value", title=words), remove, class_name="chip"
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
        is_missing = name in chosen and chosen[name] not in dict(known)
        values = [(chosen[name], value_in_words(name, data)), *known] if is_missing else known
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
