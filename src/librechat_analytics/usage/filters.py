"""What narrows a question down: whose usage, of which model, through which agent."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NONE = "(none)"
"""Stands for rows that have no such thing: no readable user, no model, no agent, no role."""

UNKNOWN = "(unknown)"
"""Stands for rows of which it is not known whether an agent answered."""

LONGEST_VALUE = 500
"""Characters of what can be asked for; no list names anything longer."""

# A tab may be part of a name. A lone surrogate is half a character, which no encoding can carry.
UNREADABLE_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")


def is_readable(text: str) -> bool:
    """Say whether a text has nothing in it that no name has: control characters other than tabs."""
    return UNREADABLE_CHARACTER.search(text) is None


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: the usage of users of some e-mail domains, in lower case, or of some groups.

    ``tenants``: of these only, whatever else is given, and of all their users where nothing else is.
    """

    domains: tuple[str, ...]
    groups: tuple[str, ...]
    tenants: tuple[str, ...] = ()

    def conditions(self) -> tuple[str, ...]:
        """Name the conditions that rows must meet; a scope of nothing at all lets nothing be seen."""
        of_people = self.domains or self.groups or not self.tenants
        return (*(("scope_tenants",) if self.tenants else ()), *(("scope_people",) if of_people else ()))

    def parameters(self) -> dict[str, object]:
        """Give the values that the conditions compare with."""
        conditions = self.conditions()
        tenants: dict[str, object] = {"scope_tenants": list(self.tenants)}
        people: dict[str, object] = {"scope_domains": list(self.domains), "scope_groups": list(self.groups)}
        return (tenants if "scope_tenants" in conditions else {}) | (
            people if "scope_people" in conditions else {}
        )

    def parts(self) -> Iterator[tuple[str, str, Scope]]:
        """Give each limit as the filter's name, the value, and what it lets be seen by itself."""
        for tenant in self.tenants:
            yield "tenant", tenant, Scope((), (), (tenant,))
        for domain in self.domains:
            yield "domain", domain, Scope((domain,), (), self.tenants)
        for group in self.groups:
            yield "group", group, Scope((), (group,), self.tenants)


@dataclass(frozen=True, slots=True)
class Filters:
    """The parts of the usage that count, all of them for None everywhere; filters combine by AND.

    ``user`` is a user's id, ``agent`` an agent's, ``group`` a group's; ``model`` and ``provider`` are names
    as the lists have them, ``context`` is LibreChat's own word (message, title ...), ``role`` a role, and
    ``domain`` the part of the e-mail address after the @; ``tenant`` is one of those that share a LibreChat.
    ``scope`` is no choice of the reader's: it holds in whatever is asked.
    """

    user: str | None = None
    model: str | None = None
    provider: str | None = None
    agent: str | None = None
    context: str | None = None
    role: str | None = None
    domain: str | None = None
    group: str | None = None
    tenant: str | None = None
    scope: Scope | None = None

    def chosen(self) -> dict[str, str]:
        """Give the filters that the reader has chosen, by name."""
        values = ((name, getattr(self, name)) for name in FILTER_NAMES)
        return {name: value for name, value in values if value is not None}

    def conditions(self) -> tuple[str, ...]:
        """Name the conditions that rows must meet."""
        return (*self.chosen(), *(self.scope.conditions() if self.scope else ()))

    def parameters(self) -> dict[str, object]:
        """Give the values that the conditions compare with."""
        return {**self.chosen(), **(self.scope.parameters() if self.scope else {})}


EVERYTHING = Filters()
FILTER_NAMES = tuple(field.name for field in fields(Filters) if field.name != "scope")
