"""Who pays: from rules, and from who was in which group, domain and role when, to cost centres over time.

Instants are whole microseconds since 1970. A span is half-open: from its beginning to before its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING

from librechat_analytics.usage.wall_clock import EPOCH, SLOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule, Who

ALWAYS = 0
"""The beginning of a span that has none: no usage is older than the year 2000."""

FOREVER = 7_258_118_400_000_000
"""The end of a span that has none, in the year 2200: no usage is younger than 2100."""


def microseconds(at: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970."""
    return _whole(at - EPOCH)


def _whole(duration: timedelta) -> int:
    return (duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds


SLOT_MICROSECONDS = _whole(SLOT)


@dataclass(frozen=True, slots=True)
class Part:
    """One cost centre's part of a row: ``share`` of ``whole``, rounded down.

    The main part also gets what the others leave; ``others`` are their shares. It alone counts calls, users
    and conversations.
    """

    center: str
    share: int
    others: tuple[int, ...]
    is_main: bool


@dataclass(frozen=True, slots=True)
class Assignment:
    """How a row is assigned: the shares of cost centres by name, which add up to ``whole``.

    Without shares the user is in several groups at once and the rules keep such usage apart.
    """

    shares: tuple[tuple[str, int], ...]

    @property
    def whole(self) -> int:
        return sum(share for _, share in self.shares)

    @property
    def is_split(self) -> bool:
        return len(self.shares) > 1

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts; the main one has the greatest share, and of equal ones the first by name."""
        main, _ = min(self.shares, key=lambda each: (-each[1], each[0]), default=("", 0))
        others = tuple(share for center, share in self.shares if center != main)
        return tuple(
            Part(center, share, others if center == main else (), center == main)
            for center, share in self.shares
        )


APART = Assignment(())
"""Of a user in several groups that the rules do not choose between."""


def assignment_of(shares: Iterable[tuple[str, int]]) -> Assignment:
    """Make an assignment from shares in any order; a cost centre that comes twice gets both."""
    summed: dict[str, int] = {}
    for center, share in shares:
        summed[center] = summed.get(center, 0) + share
    divisor = gcd(*summed.values())
    return Assignment(tuple(sorted((center, share // divisor) for center, share in summed.items() if share)))


@dataclass(frozen=True, slots=True)
class Held:
    """A group, domain or role that a user had from ``since`` to before ``until``.

    ``assumed``: the first reading, at ``since``, already had it, so it is taken to have held before.
    """

    name: str
    since: int
    until: int = FOREVER
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules can say something about: a user's id, e-mail address, groups, domains and roles."""

    identity: str | None = None
    email: str | None = None
    groups: tuple[Held, ...] = ()
    domains: tuple[Held, ...] = ()
    roles: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """How rows are assigned from ``since`` to before ``until``.

    ``assumed``: because of a group, domain or role that is only taken to have held then.
    """

    since: int
    until: int
    assignment: Assignment
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class SlotRange:
    """Quarters of an hour whose rows are assigned alike, or which have to be read row by row (``singly``).

    They are read row by row where a row is split, because each share of each row is rounded, and where the
    assignment changes within the quarter.
    """

    first: int
    end: int
    span: Span | None
    singly: bool


@dataclass(frozen=True, slots=True)
class _Beginning:
    """From when a rule holds for its name, and its place among all rules."""

    since: int
    place: int
    assignment: Assignment


@dataclass(frozen=True)
class Assigner:
    """Applies rules to agents and users."""

    rules: CostCenterRules
    _known: dict[Person, tuple[Span, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def _beginnings(self) -> dict[tuple[Who, str], list[_Beginning]]:
        """Return when rules begin to hold, ascending, by what they are about."""
        found: dict[tuple[Who, str], list[_Beginning]] = {}
        for place, rule in enumerate(self.rules.mapped):
            found.setdefault(_about(rule), []).append(_beginning(rule, place))
        mapped_always = {about for about, of_one in found.items() if any(not each.since for each in of_one)}
        for place, rule in enumerate(self.rules.listed, len(self.rules.mapped)):
            # The map comes before the tables: where it speaks, from whenever on, the tables do not.
            if _about(rule) not in mapped_always:
                found.setdefault(_about(rule), []).append(_beginning(rule, place))
        return {about: sorted(of_one, key=lambda each: each.since) for about, of_one in found.items()}

    @cached_property
    def centers(self) -> tuple[str, ...]:
        """Return the names of all cost centres, in order."""
        rules = (*self.rules.mapped, *self.rules.listed)
        return tuple(sorted({center for rule in rules for center, _ in rule.shares}))

    @property
    def subjects(self) -> tuple[tuple[Who, str], ...]:
        """Return what the rules are about, each once."""
        return tuple(self._beginnings)

    def of_agent(self, identity: str) -> tuple[Span, ...]:
        """Return how an agent's rows are assigned, whoever uses it; without a span its users decide."""
        beginnings = self._beginnings.get(("agent", identity), [])
        edges = [*(each.since for each in beginnings), FOREVER]
        return _joined(
            Span(since, until, begun.assignment)
            for begun, (since, until) in zip(beginnings, pairwise(edges), strict=True)
        )

    def of_person(self, person: Person) -> tuple[Span, ...]:
        """Return how a user's rows are assigned; what lies in no span has no cost centre.

        Many users are alike to the rules, so what was found once is kept.
        """
        known = self._known.get(person)
        if known is None:
            known = self._known[person] = _joined(self._spans(person))
        return known

    def _spans(self, person: Person) -> Iterator[Span]:
        for since, until in pairwise(sorted(self._edges(person))):
            found = self._at(person, since)
            if found is not None:
                yield Span(since, until, *found)

    def _edges(self, person: Person) -> set[int]:
        """Return all instants at which the assignment of a user may change."""
        about: set[tuple[Who, str | None]] = {("user", person.identity), ("email", person.email)}
        edges = {ALWAYS, FOREVER}
        kinds: tuple[tuple[Who, tuple[Held, ...]], ...] = (
            ("group", person.groups),
            ("domain", person.domains),
            ("role", person.roles),
        )
        for who, held in kinds:
            for each in held:
                about.add((who, each.name))
                edges |= {each.since, each.until}
        for who, name in about:
            if name is not None:
                edges |= {begun.since for begun in self._beginnings.get((who, name), ())}
        return edges

    def _at(self, person: Person, at: int) -> tuple[Assignment, bool] | None:
        """Return the assignment at an instant, and whether it is assumed."""
        of_user = self._begun("user", person.identity, at) or self._begun("email", person.email, at)
        if of_user:
            return of_user.assignment, False
        return (
            self._of_groups(person.groups, at)
            or self._of_trait("domain", person.domains, at)
            or self._of_trait("role", person.roles, at)
        )

    def _of_groups(self, groups: Sequence[Held], at: int) -> tuple[Assignment, bool] | None:
        assumed: dict[Assignment, bool] = {}
        for begun, is_assumed in sorted(self._speaking("group", groups, at), key=lambda each: each[0].place):
            # Groups of the same cost centre count once; one that is known to have held is enough.
            assumed[begun.assignment] = assumed.get(begun.assignment, True) and is_assumed
        if not assumed:
            return None
        if len(assumed) == 1 or self.rules.several_groups == "first":
            return next(iter(assumed.items()))
        if self.rules.several_groups == "apart":
            return APART, any(assumed.values())
        whole = 1
        for each in assumed:
            whole *= each.whole
        shares = (
            (center, share * (whole // each.whole)) for each in assumed for center, share in each.shares
        )
        return assignment_of(shares), any(assumed.values())

    def _of_trait(self, who: Who, traits: Sequence[Held], at: int) -> tuple[Assignment, bool] | None:
        found = next(self._speaking(who, traits, at), None)
        return None if found is None else (found[0].assignment, found[1])

    def _speaking(self, who: Who, held: Sequence[Held], at: int) -> Iterator[tuple[_Beginning, bool]]:
        """Yield the rules that hold for what a user had at an instant, and whether that is assumed."""
        for each in held:
            is_assumed = each.assumed and at < each.since
            if is_assumed or each.since <= at < each.until:
                begun = self._begun(who, each.name, at)
                if begun:
                    yield begun, is_assumed

    def _begun(self, who: Who, name: str | None, at: int) -> _Beginning | None:
        if name is None:
            return None
        begun = [each for each in self._beginnings.get((who, name), ()) if each.since <= at]
        return begun[-1] if begun else None


def _about(rule: Rule) -> tuple[Who, str]:
    in_any_case = rule.who in ("user", "email", "domain")
    return rule.who, rule.name.lower() if in_any_case else rule.name


def _beginning(rule: Rule, place: int) -> _Beginning:
    since = ALWAYS if rule.since is None else microseconds(rule.since)
    return _Beginning(since, place, assignment_of(rule.shares))


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans without the borders at which nothing changes."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if (
            last
            and last.until == span.since
            and (last.assignment, last.assumed)
            == (
                span.assignment,
                span.assumed,
            )
        ):
            joined[-1] = Span(last.since, span.until, span.assignment, span.assumed)
        elif span.since < span.until:
            joined.append(span)
    return tuple(joined)


def slot_ranges(spans: Sequence[Span]) -> tuple[SlotRange, ...]:
    """Return which quarters of an hour are assigned alike, ascending."""
    ranges: dict[int, SlotRange] = {}
    for span in spans:
        first, end = -(-span.since // SLOT_MICROSECONDS), span.until // SLOT_MICROSECONDS
        edges = ((first - 1, span.since), (end, span.until))
        for slot in (slot for slot, at in edges if at % SLOT_MICROSECONDS):
            ranges[slot] = SlotRange(slot, slot + 1, None, singly=True)
        if first < end:
            ranges[first] = SlotRange(first, end, span, singly=span.assignment.is_split)
    return tuple(ranges[first] for first in sorted(ranges))
