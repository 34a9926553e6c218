"""Filters, which a reader chooses, and scopes, which limit what a key may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from librechat_analytics.usage.cost_center_rules import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NONE = "(none)"
"""The value of a filter that selects rows without a user, a model, an agent, a role and so on."""

UNKNOWN = "(unknown)"
"""The value of the agent filter that selects rows whose agent no record shows."""

LONGEST_VALUE = 500
"""The longest value of a filter, in characters; no name in a list is longer."""

MOST_VALUES = 100
"""How many values the filters of a request may have in all."""

# A tab may be part of a name. A lone surrogate is half a character, which no encoding can represent.
UNREADABLE_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")


def value_of_none(name: str) -> str:
    """Return the value of a filter that selects what has no such thing."""
    return UNASSIGNED if name == "cost_center" else NONE


def is_readable(text: str) -> bool:
    """Say whether a text could be a name: it has no control characters other than tabs."""
    return UNREADABLE_CHARACTER.search(text) is None


@dataclass(frozen=True, slots=True)
class Scope:
    """The usage that a key may see: of the users of some e-mail domains (lower case) or groups, or by id.

    ``tenants`` limits it to the users of these tenants, ``cost_centers`` to what these cost centres pay for.
    Without domains, groups and users each of them allows all of theirs.
    """

    domains: tuple[str, ...]
    groups: tuple[str, ...]
    tenants: tuple[str, ...] = ()
    cost_centers: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def conditions(self) -> tuple[str, ...]:
        """Name the conditions that rows must meet; an empty scope allows nothing."""
        of_people = self.domains or self.groups or self.users or not (self.tenants or self.cost_centers)
        return (
            *(("scope_tenants",) if self.tenants else ()),
            *(("scope_people",) if of_people else ()),
            *(("scope_cost_centers",) if self.cost_centers else ()),
        )

    def parameters(self) -> dict[str, object]:
        """Return the values that the conditions compare with."""
        compared = {
            "scope_tenants": {"scope_tenants": self.tenants},
            "scope_people": {
                "scope_domains": self.domains,
                "scope_groups": self.groups,
                "scope_users": self.users,
            },
            "scope_cost_centers": {"scope_cost_centers": self.cost_centers},
        }
        return {
            name: list(values)
            for condition in self.conditions()
            for name, values in compared[condition].items()
        }

    def parts(self) -> Iterator[tuple[str, str, Scope]]:
        """Yield each limit as the filter's name, its value, and the scope that it makes alone."""
        for tenant in self.tenants:
            yield "tenant", tenant, Scope((), (), (tenant,))
        for center in self.cost_centers:
            yield "cost_center", center, Scope((), (), self.tenants, (center,))
        of_both = replace(self, domains=(), groups=(), users=())
        for domain in self.domains:
            yield "domain", domain, replace(of_both, domains=(domain,))
        for group in self.groups:
            yield "group", group, replace(of_both, groups=(group,))
        for user in self.users:
            yield "user", user, replace(of_both, users=(user,))


@dataclass(frozen=True, slots=True)
class FilterValues:
    """The values of each filter.

    ``user``, ``agent``, ``group`` and ``tenant`` are ids; ``model`` and ``provider`` are names as in the
    lists; ``context`` is LibreChat's own word (message, title and so on); ``domain`` is the part of the
    e-mail address after the @; ``cost_center`` is the name of the cost centre that pays.
    """

    user: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    tenant: tuple[str, ...] = ()
    cost_center: tuple[str, ...] = ()


NOTHING = FilterValues()
FILTER_NAMES = tuple(field.name for field in fields(FilterValues))
LEAVE_OUT = {name: f"not-{name}" for name in FILTER_NAMES}
"""By filter, the parameter of an address that names values to leave out."""

FILTER_PARAMETERS = (*FILTER_NAMES, *LEAVE_OUT.values())


def filter_of(parameter: str) -> str:
    """Return the filter that a parameter is about, of ``not-model`` the filter ``model``."""
    return parameter.removeprefix("not-")


@dataclass(frozen=True, slots=True)
class Filters(FilterValues):
    """The conditions that rows must meet to count; all of them apply.

    A filter with values lets through rows that have any of them; one without values lets everything through.
    ``leave_out`` has the same names, and takes away rows that have any of its values. ``scope`` is not chosen
    by the reader; it applies to every request of a key.
    """

    leave_out: FilterValues = NOTHING
    scope: Scope | None = None

    @classmethod
    def of(cls, values: Mapping[str, Iterable[str]], scope: Scope | None = None) -> Filters:
        """Make filters from the values of each parameter, such as ``model`` and ``not-model``.

        A value that comes twice counts once. Other parameters are ignored.
        """

        def named(name: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(values.get(name, ())))

        return cls(
            **{name: named(name) for name in FILTER_NAMES},
            leave_out=FilterValues(**{name: named(parameter) for name, parameter in LEAVE_OUT.items()}),
            scope=scope,
        )

    def chosen(self) -> dict[str, tuple[str, ...]]:
        """Return the values that rows must have any of, by the filters' names."""
        return _with_values(self)

    def left_out(self) -> dict[str, tuple[str, ...]]:
        """Return the values that rows must not have, by the filters' names."""
        return _with_values(self.leave_out)

    def given(self) -> dict[str, tuple[str, ...]]:
        """Return all values by the parameters that name them, such as ``model`` and ``not-model``."""
        return self.chosen() | {LEAVE_OUT[name]: values for name, values in self.left_out().items()}

    def only(self, name: str) -> str | None:
        """Return the one value of a filter that rows can have; None if there may be several or none."""
        values = self.chosen().get(name, ())
        return values[0] if len(values) == 1 and values[0] not in self.left_out().get(name, ()) else None

    def replacing(self, name: str, *values: str) -> Filters:
        """Return the same filters with other values for one of them; without values it chooses nothing."""
        return Filters.of(self.given() | {name: values}, self.scope)

    def alone(self, name: str) -> Filters:
        """Return the values that one filter chooses, and the scope; all other filters are gone."""
        return Filters.of({name: self.chosen().get(name, ())}, self.scope)

    def conditions(self) -> tuple[str, ...]:
        """Name the conditions that rows must meet."""
        of_the_scope = self.scope.conditions() if self.scope else ()
        return (*self.chosen(), *(LEAVE_OUT[name] for name in self.left_out()), *of_the_scope)

    def parameters(self) -> dict[str, object]:
        """Return the values that the conditions compare with."""
        of_the_scope = self.scope.parameters() if self.scope else {}
        left_out = {f"not_{name}": as_stored(name, values) for name, values in self.left_out().items()}
        return (
            {name: as_stored(name, values) for name, values in self.chosen().items()}
            | left_out
            | of_the_scope
        )


EVERYTHING = Filters()


def _with_values(filters: FilterValues) -> dict[str, tuple[str, ...]]:
    values = ((name, getattr(filters, name)) for name in FILTER_NAMES)
    return {name: value for name, value in values if value}


def as_stored(name: str, values: tuple[str, ...]) -> list[str]:
    """Return values as the store has them: domains are in lower case there."""
    return [value.lower() for value in values] if name == "domain" else list(values)
