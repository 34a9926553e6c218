"""The filters in words: what each is called, what the chosen ones mean, and what they can be set to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import agent_label, model_label, name_label, plain_text, user_label
from librechat_analytics.usage.filters import NONE, UNKNOWN

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import Questions
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
"""Every filter, in the order in which they are offered and shown."""

WITHOUT = {
    "user": "Unknown user",
    "model": "No model recorded",
    "agent": "Without agent",
    "provider": "Provider unknown",
    "context": "No context recorded",
    "role": "Without a role",
    "domain": "Without an e-mail domain",
    "group": "In no group",
    "tenant": "Without a tenant",
}
"""What ``(none)`` means for each filter."""


def value_in_words(name: str, questions: Questions) -> str:
    """Give what a filter is set to as people call it: a name where its value is an id."""
    value = questions.filters.chosen()[name]
    if value == UNKNOWN and name == "agent":
        return "Agent unknown"
    if value == NONE and name in WITHOUT:
        return WITHOUT[name]
    if name == "user":
        user = questions.user
        if user is None:
            return name_label(value)
        return user_label(user.name, user.email, user.id, deleted=user.deleted)
    if name == "agent":
        agent = questions.agent
        return agent_label(agent.name, agent.id, deleted=agent.deleted) if agent else name_label(value)
    if name == "group":
        return name_label(dict(questions.filter_values.get("group", ())).get(value, value))
    return name_label(value)


def chips(questions: Questions) -> list[Markup]:
    """Show the chosen filters, each with a button that takes it away.

    What the page is about by itself is none of them.
    """
    query = questions.query
    words = {name: value_in_words(name, questions) for name in questions.filters.chosen()}
    words |= {part.name: "cannot be read" for part in query.unreadable}
    chosen = [name for name in NAMES if name in words and name != query.kind]
    items = [_chip(name, words[name]) for name in chosen]
    if len(chosen) > 1:
        items.append(
            element("li", element("button", "Clear all", class_name="text-button", action="clear-filters"))
        )
    scope = questions.filters.scope
    if scope is not None:
        items.insert(0, element("li", scope_in_words(scope, questions), class_name="chip fixed"))
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


def scope_in_words(scope: Scope, questions: Questions) -> str:
    """Say whose usage somebody sees who may see some users only."""
    groups = dict(questions.filter_values.get("group", ()))
    people = [f"@{domain}" for domain in scope.domains]
    people += [f"group {name_label(groups.get(group, group))}" for group in scope.groups]
    tenants = [f"tenant {name_label(tenant)}" for tenant in scope.tenants]
    parts = [" and ".join(each) for each in (people, tenants) if each]
    return f"Your key shows {' of '.join(parts)} only"


def choices(questions: Questions) -> dict[str, list[Markup]]:
    """Give the options of each filter's list, a chosen value that is no longer among them included."""
    listed = {"user": _users(questions), "model": _models(questions), "agent": _agents(questions)}
    listed |= {name: _recorded(name, questions) for name in NAMES if name not in listed}
    chosen = questions.filters.chosen()
    options = {}
    for name, known in listed.items():
        is_missing = name in chosen and chosen[name] not in dict(known)
        values = [(chosen[name], value_in_words(name, questions)), *known] if is_missing else known
        options[f"filter-{name}"] = [
            element("option", f"Any {NAMES[name].lower()}", value=""),
            *(element("option", name_label(label), value=value) for value, label in values),
        ]
    return options


def _recorded(name: str, questions: Questions) -> list[tuple[str, str]]:
    """List what was recorded, and last what stands for none of it, unless there is nothing to choose from."""
    known = questions.filter_values.get(name, [])
    return [*known, (NONE, WITHOUT[name])] if known else []


def _users(questions: Questions) -> list[tuple[str, str]]:
    rows = questions.whatever_is_filtered("user").to_dict("records")
    labels = [user_label(row["name"], row["email"], row["id"], deleted=bool(row["deleted"])) for row in rows]
    twice = {label for label, count in Counter(labels).items() if count > 1}
    values = []
    for row, label in zip(rows, labels, strict=True):
        email = plain_text(row["email"])
        told_apart = f"{label} ({email})" if label in twice and email and email != label else label
        values.append((row["id"] or NONE, told_apart))
    return sorted(values, key=lambda item: (item[0] == NONE, item[1].casefold()))


def _models(questions: Questions) -> list[tuple[str, str]]:
    values = [
        (model or NONE, model_label(model)) for model in questions.whatever_is_filtered("model")["model"]
    ]
    return sorted(values, key=lambda item: (item[0] == NONE, item[1].casefold()))


def _agents(questions: Questions) -> list[tuple[str, str]]:
    rows = questions.whatever_is_filtered("agent").to_dict("records")
    values = [(row["id"], agent_label(row["name"], row["id"], deleted=bool(row["deleted"]))) for row in rows]
    ends = [(NONE, WITHOUT["agent"]), (UNKNOWN, "Agent unknown")]
    return sorted(values, key=lambda item: item[1].casefold()) + ends
