"""Lists: their order, the part of them that is asked for, and what they cost in the previous period."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.support.oracle.figures import Body, calls, cost_of, distinct, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.support.oracle.rows import Row


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list: what tells it from others, the rows that it is about, and how it appears."""

    key: object
    rows: list[Row]
    body: Body

    @property
    def rank(self) -> tuple[bool, str]:
        """Where it stands among equals: by id or name, the one without last."""
        name = next(self.body[field] for field in ("id", "model", "key") if field in self.body)
        return name is None, name or ""

    @property
    def name(self) -> str | None:
        """What it is called, case folded."""
        field = next(field for field in ("name", "label", "model") if field in self.body)
        name: str | None = self.body[field]
        return None if name is None else name.casefold()


def listed(
    name: str,
    entries_of: Callable[[list[Row]], Sequence[Entry]],
    now: list[Row],
    before: list[Row] | None,
    parameters: dict[str, Any],
) -> Body:
    """The part of a list that the parameters ask for."""
    entries = [*entries_of(now)]
    costs = {entry.key: cost_of(entry.rows) for entry in entries_of(before or [])}
    sort = parameters.get("sort", "cost")
    if sort == "change" and before is None:
        sort = "cost"
    if sort == "change":
        known = {entry.key for entry in entries}
        gone = (entry for entry in entries_of(before or []) if entry.key not in known)
        entries += [Entry(entry.key, [], _emptied(entry.body)) for entry in gone if costs[entry.key]]
    for entry in entries:
        entry.body["previousCost"] = None if before is None else costs.get(entry.key, Fraction(0))

    def place(entry: Entry) -> tuple[Any, ...]:
        if sort == "name":
            return (entry.name is None, entry.name or "", *entry.rank)
        figure = {
            "cost": cost_of(entry.rows),
            "tokens": tokens(entry.rows),
            "calls": calls(entry.rows),
            "conversations": distinct(row.conversation for row in entry.rows),
            "change": abs(cost_of(entry.rows) - costs.get(entry.key, Fraction(0))),
        }[sort]
        return (-figure, *entry.rank)

    offset, limit = int(parameters.get("offset", "0")), int(parameters.get("limit", "10"))
    shown = sorted(entries, key=place)[offset : offset + limit]
    return {name: [entry.body for entry in shown], "total": len(entries)}


def _emptied(body: Body) -> Body:
    """What an entry shows that has no usage in the period: its labels, and nothing else."""
    kept = ("id", "name", "email", "deleted", "model", "key", "label", "lastEver")
    empty: dict[type, Any] = {int: 0, Fraction: Fraction(0), list: [], dict: {}}
    return {
        field: value if field in kept else empty.get(type(value)) if not field.endswith("Rate") else None
        for field, value in body.items()
    }
