"""What narrows a question down: whose usage, of which model, through which agent."""

from __future__ import annotations

from dataclasses import dataclass, fields

NONE = "(none)"
"""Stands for rows that have no such thing: no readable user, no model, no agent."""

UNKNOWN = "(unknown)"
"""Stands for rows of which it is not known whether an agent answered."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The parts of the usage that count, all of them for None everywhere; filters combine by AND.

    ``user`` is a user's id, ``agent`` an agent's, ``group`` a group's; ``model`` and ``provider`` are names
    as the lists have them, ``context`` is LibreChat's own word (message, title ...), ``role`` a role, and
    ``domain`` the part of the e-mail address after the @.
    """

    user: str | None = None
    model: str | None = None
    provider: str | None = None
    agent: str | None = None
    context: str | None = None
    role: str | None = None
    domain: str | None = None
    group: str | None = None

    def given(self) -> dict[str, str]:
        """Give the filters that narrow anything down, by name."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in values if value is not None}


EVERYTHING = Filters()
FILTER_NAMES = tuple(field.name for field in fields(Filters))
