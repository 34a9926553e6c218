"""Filters, which a reader chooses, and scopes, which limit what a key may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NONE = "(none)"
"""The value of a filter that selects rows without a user, a model, an agent, a role and so on."""

UNKNOWN = "(unknown)"
"""The value of the agent filter that selects rows whose agent no record shows."""

LONGEST_VALUE = 500
"""The longest value of a filter, in characters; no name in a list is longer."""

# A tab may be part of a name. A lone surrogate is half a character, which no encoding can represent.
UNREADABLE_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")


def is_readable(text: str) -> bool:
    """Say whether a text could be a name: it has no control characters other than tabs."""
    return UNREADABLE_CHARACTER.search(text) is None


@dataclass(frozen=True, slots=True)
class Scope:
    """The users whose usage a key may see: those of some e-mail domains (lower case) or of some groups.

    ``tenants`` limits both to the users of these tenants; without domains and groups it allows all of theirs.
    """

    domains: tuple[str, ...]
    groups: tuple[str, ...]
    tenants: tuple[str, ...] = ()

    def conditions(self) -> tuple[str, ...]:
        """Name the conditions that rows must meet; an empty scope allows nothing."""
        of_people = self.domains or self.groups or not self.tenants
        return (*(("scope_tenants",) if self.tenants else ()), *(("scope_people",) if of_people else ()))

    def parameters(self) -> dict[str, object]:
        """Return the values that the conditions compare with."""
        conditions = self.conditions()
        tenants: dict[str, object] = {"scope_tenants": list(self.tenants)}
        people: dict[str, object] = {"scope_domains": list(self.domains), "scope_groups": list(self.groups)}
        return (tenants if "scope_tenants" in conditions else {}) | (
            people if "scope_people" in conditions else {}
        )

    def parts(self) -> Iterator[tuple[str, str, Scope]]:
        """Yield each limit as the filter's name, its value, and the scope that it makes alone."""
        for tenant in self.tenants:
            yield "tenant", tenant, Scope((), (), (tenant,))
        for domain in self.domains:
            yield "domain", domain, Scope((domain,), (), self.tenants)
        for group in self.groups:
            yield "group", group, Scope((), (group,), self.tenants)


@dataclass(frozen=True, slots=True)
class Filters:
    """The conditions that rows must meet to count; all of them apply, and None means no condition.

    ``user``, ``agent``, ``group`` and ``tenant`` are ids; ``model`` and ``provider`` are names as in the
    lists; ``context`` is LibreChat's own word (message, title and so on); ``domain`` is the part of the
    e-mail address after the @. ``scope`` is not chosen by the reader; it applies to every request of a key.
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
        """Return the filters that the reader has chosen, by name."""
        values = ((name, getattr(self, name)) for name in FILTER_NAMES)
        return {name: value for name, value in values if value is not None}

    def conditions(self) -> tuple[str, ...]:
        """Name the conditions that rows must meet."""
        return (*self.chosen(), *(self.scope.conditions() if self.scope else ()))

    def parameters(self) -> dict[str, object]:
        """Return the values that the conditions compare with."""
        return {**self.chosen(), **(self.scope.parameters() if self.scope else {})}


EVERYTHING = Filters()
FILTER_NAMES = tuple(field.name for field in fields(Filters) if field.name != "scope")
