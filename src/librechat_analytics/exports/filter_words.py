"""Filters in words: with the names of users, agents and groups, where their values are ids."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from librechat_analytics.formatting import (
    FILTER_LABELS,
    NONE_LABELS,
    UNKNOWN_AGENT,
    agent_label,
    name_label,
    user_label,
)
from librechat_analytics.usage.answers import Agent
from librechat_analytics.usage.filters import LEAVE_OUT, UNKNOWN, value_of_none

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from librechat_analytics.usage.answers import FilterValue, User
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.questions import Repository

LONGEST_PART: Final = 60
"""How many characters of a file's name say which filters were chosen."""


class Names(Protocol):
    """Knows the names behind ids, as far as the reader may see them."""

    def user_of(self, user: str) -> User | None:
        """Give a user; None if it is unknown."""
        ...

    def agent_of(self, agent: str) -> Agent | None:
        """Give an agent; None if it is unknown."""
        ...

    @property
    def filter_values(self) -> Mapping[str, Sequence[FilterValue]]:
        """Give the values that filters can have, with their labels."""
        ...


@dataclass(frozen=True, slots=True)
class RecordedNames:
    """The names that the repository knows, within the scope of some filters; without ``people`` no user's."""

    repository: Repository
    filters: Filters
    people: bool = True

    def user_of(self, user: str) -> User | None:
        if not self.people:
            return None
        return self.repository.user(user, self.filters.scope)

    def agent_of(self, agent: str) -> Agent | None:
        if self.filters.scope is None:
            return self.repository.agent(agent, self.filters.only("tenant"))
        hits = self.repository.find(agent, 1, self.filters.scope, ("agent",))
        return next(
            (Agent(hit.id, hit.label, None, None, hit.deleted) for hit in hits if hit.id == agent), None
        )

    @property
    def filter_values(self) -> Mapping[str, Sequence[FilterValue]]:
        return self.repository.filter_values(self.filters.scope)


def value_in_words(name: str, value: str, names: Names) -> str:
    """Give the label of a filter's value: a name where the value is an id."""
    if value == UNKNOWN and name == "agent":
        return UNKNOWN_AGENT
    if value == value_of_none(name) and name in NONE_LABELS:
        return NONE_LABELS[name]
    if name == "user":
        user = names.user_of(value)
        return user_label(user.name, user.email, user.id, deleted=user.deleted) if user else name_label(value)
    if name == "agent":
        agent = names.agent_of(value)
        return agent_label(agent.name, agent.id, deleted=agent.deleted) if agent else name_label(value)
    if name == "group":
        return name_label(dict(names.filter_values.get("group", ())).get(value, value))
    return name_label(value)


def filters_in_words(filters: Filters, names: Names) -> str:
    """Write filters as ``Group = Engineering or Research; Model is not gpt-4o``; empty without any."""
    parts = []
    for name, label in FILTER_LABELS.items():
        for values, verb in ((filters.chosen(), "="), (filters.left_out(), "is not")):
            if name in values:
                words = " or ".join(value_in_words(name, value, names) for value in values[name])
                parts.append(f"{label} {verb} {words}")
    return "; ".join(parts)


def filters_in_file_name(filters: Filters, names: Names) -> str:
    """Write filters for the name of a file, such as ``engineering-not-gpt-4o``; empty without any."""
    given = filters.given()
    words = [
        f"{'not ' if parameter != name else ''}{value_in_words(name, value, names)}"
        for name in FILTER_LABELS
        for parameter in (name, LEAVE_OUT[name])
        for value in given.get(parameter, ())
    ]
    text = unicodedata.normalize("NFC", " ".join(words)).lower()
    return re.sub(r"\.{2,}|[^\w.@]+", "-", text)[:LONGEST_PART].strip("-.")
