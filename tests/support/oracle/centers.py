"""Who pays for a row, computed a second time: one row after the other, by what held at its date."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from librechat_analytics.usage.cost_center_rules import Who

Shares = dict[str, int]
"""Per cents by cost centre."""


@dataclass(frozen=True)
class Line:
    """A line of the map or of a table: who it is about, from when on, and whose the usage is."""

    who: Who
    name: str
    shares: Shares
    since: datetime | None = None


@dataclass(frozen=True)
class Stay:
    """A user in a group, a domain or a role, as the readings of LibreChat show it."""

    who: str
    name: str
    since: datetime
    until: datetime | None
    at_first_reading: bool


@dataclass(frozen=True)
class Centers:
    """The lines of the file, and what was read about the users, by their ids."""

    mapped: Sequence[Line]
    listed: Sequence[Line]
    several_groups: str
    emails: dict[str, str] = field(default_factory=dict)
    stays: dict[str, list[Stay]] = field(default_factory=dict)

    def speaking(self, who: str, name: str | None, at: datetime) -> tuple[int, Shares] | None:
        """The line that holds at a date, and its place: of the map the newest, else a table's."""
        begun = [
            (line.since is not None, line.since, place)
            for place, line in enumerate(self.mapped)
            if (line.who, line.name) == (who, name) and (line.since is None or line.since <= at)
        ]
        if begun:
            place = max(begun, key=lambda each: each[:2] if each[0] else (False,))[2]
            return place, self.mapped[place].shares
        for place, line in enumerate(self.listed):
            if (line.who, line.name) == (who, name):
                return 1000 + place, line.shares
        return None

    def of_row(self, user: str | None, agent: str | None, at: datetime) -> tuple[Shares | None, bool, bool]:
        """Whose a row is (None for nobody's), whether it is kept apart, and whether that is assumed."""
        found = self.speaking("agent", agent, at)
        if found is None and user is not None:
            found = self.speaking("user", user, at) or self.speaking("email", self.emails.get(user), at)
        if found:
            return found[1], False, False
        if user is None:
            return None, False, False
        for who in ("group", "domain", "role"):
            said = []
            for stay in self.stays.get(user, []):
                early = stay.at_first_reading and at < stay.since
                during = stay.since <= at and (stay.until is None or at < stay.until)
                line = self.speaking(who, stay.name, at)
                if stay.who == who and (early or during) and line:
                    said.append((line[0], line[1], early))
            if said:
                return self.of_several(sorted(said, key=lambda each: each[0]))
        return None, False, False

    def of_several(self, said: list[tuple[int, Shares, bool]]) -> tuple[Shares | None, bool, bool]:
        different: list[tuple[Shares, list[bool]]] = []
        for _, shares, early in said:
            for known, earlies in different:
                if known == shares:
                    earlies.append(early)
                    break
            else:
                different.append((shares, [early]))
        if self.several_groups == "first" or len(different) == 1:
            return different[0][0], False, all(different[0][1])
        assumed = any(all(earlies) for _, earlies in different)
        if self.several_groups == "apart":
            return None, True, assumed
        parts: dict[str, Fraction] = {}
        for shares, _ in different:
            for center, percent in shares.items():
                part = Fraction(percent, 100 * len(different))
                parts[center] = parts.get(center, Fraction(0)) + part
        common = 1
        for part in parts.values():
            common *= part.denominator
        return {center: int(part * common) for center, part in parts.items()}, False, assumed


def parts_of(shares: Shares | None, amount: int) -> dict[str | None, int]:
    """What each cost centre gets of an amount."""
    if shares is None:
        return {None: amount}
    whole = sum(shares.values())
    parts: dict[str | None, int] = {center: amount * share // whole for center, share in shares.items()}
    parts[main_of(shares)] += amount - sum(parts.values())
    return parts


def main_of(shares: Shares | None) -> str | None:
    """The cost centre that counts the call, its user and its conversation."""
    if shares is None:
        return None
    most = max(shares.values())
    return min(center for center, share in shares.items() if share == most)


def totals_by_center(centers: Centers, rows: Sequence[dict[str, Any]]) -> dict[str | None, dict[str, int]]:
    """The figures of each cost centre, None for what nobody pays for."""
    found: dict[str | None, dict[str, Any]] = {}
    for row in rows:
        shares, apart, assumed = centers.of_row(row["user"], row["agent"], row["at"])
        for name in ("cost_e6", "prompt_tokens", "completion_tokens"):
            for center, part in parts_of(shares, row[name]).items():
                of_center = found.setdefault(center, no_figures())
                of_center[name] += part
                if name == "cost_e6" and assumed:
                    of_center["assumed_e6"] += part
                if name == "cost_e6" and apart:
                    of_center["apart_e6"] += part
        main = found[main_of(shares)]
        main["calls"] += row["is_prompt"]
        main["users"].add(row["user"])
        main["conversations"].add(row["conversation"])
        if apart:
            main["apart_users"].add(row["user"])
    return {
        center: {
            name: len(value - {None}) if isinstance(value, set) else value for name, value in each.items()
        }
        for center, each in found.items()
    }


def no_figures() -> dict[str, Any]:
    amounts = ("cost_e6", "prompt_tokens", "completion_tokens", "assumed_e6", "apart_e6", "calls")
    return dict.fromkeys(amounts, 0) | {name: set() for name in ("users", "conversations", "apart_users")}
