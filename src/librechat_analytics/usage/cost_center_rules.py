"""The rules that assign usage to cost centres; the definitions file holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

UNASSIGNED = "(unassigned)"
"""The value of the cost centre filter that selects what no rule assigns."""

Who = Literal["agent", "user", "email", "group", "domain", "role"]
"""What a rule is about, by id or name; e-mail addresses and domains are in lower case."""

SeveralGroups = Literal["first", "equal", "apart"]
"""What holds for a user in several listed groups: the first in the file, equal parts, or no cost centre."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Assigns everything of one agent, user, group, domain or role, from an instant on, to cost centres.

    ``since``: None for always; the newest rule of a ``name`` that has begun holds. ``shares``: cost centres
    with whole per cents that add up to 100. ``line``: where the rule is in the file.
    """

    who: Who
    name: str
    shares: tuple[tuple[str, int], ...]
    since: datetime | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class CostCenterRules:
    """All rules, in the order in which they count within a kind: the lines of the map, then the tables.

    ``mapped``: the rules of the map file. ``listed``: those of the tables; one counts where the map says
    nothing about the agent, user, group, domain or role. ``parents``: the parent of a cost centre, a label.
    """

    mapped: tuple[Rule, ...] = ()
    listed: tuple[Rule, ...] = ()
    several_groups: SeveralGroups = "first"
    parents: tuple[tuple[str, str], ...] = ()


NO_RULES = CostCenterRules()
