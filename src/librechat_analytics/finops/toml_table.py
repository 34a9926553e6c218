"""A table of the definitions file: its values by type, or a refusal that names the line and the key."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeGuard, TypeVar

from librechat_analytics.texts import trimmed
from librechat_analytics.usage.filters import (
    FILTER_PARAMETERS,
    LONGEST_VALUE,
    MOST_VALUES,
    Filters,
    is_readable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from librechat_analytics.finops.toml_lines import Path, TomlLines

Choice = TypeVar("Choice", bound=str)

LONGEST_NAME = 100
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


class RefusalError(ValueError):
    """A part of the file cannot be used; the text says why, ``line`` is where it is, None if unknown."""

    def __init__(self, line: int | None, text: str) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file; ``what`` names it in messages, such as ``budget "Sales"``, empty for the file."""

    values: Mapping[str, object]
    path: Path
    lines: TomlLines
    what: str = ""

    def line(self, key: str = "") -> int | None:
        """Return the line of a key, or of the table."""
        return self.lines.of((*self.path, key) if key else self.path)

    def refusal(self, key: str, text: str) -> RefusalError:
        """Make the refusal of a key; ``text`` continues a sentence that begins with what it is about."""
        return RefusalError(self.line(key), f"{self.what}: {text}" if self.what else text)

    def named(self, what: str) -> Table:
        """Return the same table with another name in messages."""
        return Table(self.values, self.path, self.lines, what)

    def only(self, *known: str) -> None:
        """Raise RefusalError for a key that is not among those known."""
        for key in self.values:
            if key not in known:
                similar = difflib.get_close_matches(key, known, 1)
                meant = f" Did you mean {similar[0]}?" if similar else f" Known are: {', '.join(known)}."
                raise self.refusal(key, f"the key {key} is not known.{meant}")

    def required(self, key: str) -> None:
        """Raise RefusalError where a key is missing."""
        if key not in self.values:
            raise self.refusal("", f"{key} is missing.")

    def text(self, key: str) -> str:
        """Return a text of at least one character, without spaces around it."""
        self.required(key)
        return self._text(key, self.values[key])

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not trimmed(value):
            raise self.refusal(key, f'{key} must be a text in quotes, such as {key} = "…".')
        if not is_readable(value):
            raise self.refusal(key, f"{key} has control characters.")
        return trimmed(value)

    def name(self, key: str = "name") -> str:
        """Return a name: a text of at most LONGEST_NAME characters."""
        return self.as_name(key, self.text(key))

    def as_name(self, key: str, name: str) -> str:
        """Return a text that is a name; raises RefusalError for one that is too long."""
        if len(name) > LONGEST_NAME:
            raise self.refusal(key, f"a name has at most {LONGEST_NAME} characters.")
        return name

    def choice(self, key: str, choices: Sequence[Choice], default: Choice | None = None) -> Choice:
        """Return one of some words."""
        if key not in self.values and default is not None:
            return default
        self.required(key)
        for choice in choices:
            if self.values[key] == choice:
                return choice
        raise self.refusal(key, f"{key} must be one of {', '.join(choices)}.")

    def yes(self, key: str) -> bool:
        """Return whether a key is true; false without it."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.refusal(key, f"{key} must be true or false.")
        return value

    def whole_number(self, key: str, least: int, most: int, default: int) -> int:
        """Return a whole number within bounds."""
        value = self.values.get(key, default)
        if not _is_whole(value, least, most):
            raise self.refusal(key, f"{key} must be a whole number from {least} to {most}.")
        return value

    def per_cents(self, key: str) -> tuple[int, ...]:
        """Return whole per cents from 1 to 1000, ascending."""
        found = []
        for value in self._list(key, "such as [ 80, 100 ]"):
            if not _is_whole(value, 1, 1000):
                raise self.refusal(key, f"{key} must be whole per cents from 1 to 1000, such as [ 80, 100 ].")
            found.append(value)
        return tuple(sorted(set(found)))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, each once; empty without the key."""
        return tuple(dict.fromkeys(self._text(key, value) for value in self._list(key, 'such as [ "…" ]')))

    def receivers(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        """Return names of receivers; raises RefusalError for one that is not among those known."""
        names = self.texts(key)
        for name in names:
            if name not in known:
                there = f"The receivers are: {', '.join(known)}." if known else "The file has no receivers."
                raise self.refusal(key, f"there is no receiver {quoted(name)}. {there}")
        return names

    def number(self, key: str, least: Decimal, most: Decimal) -> Decimal | None:
        """Return a number within bounds; None if the value is no such number."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        number = Decimal(value)
        return number if number.is_finite() and least <= number <= most else None

    def day(self, key: str) -> date:
        """Return a day; of a month it is the first."""
        self.required(key)
        found = month_or_day(self.values[key])
        if found is None:
            raise self.refusal(
                key, f'{key} must be a month such as "2026-01", or a day such as "2026-01-15".'
            )
        return found

    def tables(self, key: str, what: str) -> list[Table]:
        """Return the tables of an array, named ``what`` and their names; none without the key."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.refusal(key, f"write each {what} as a table that begins with [[{key}]].")
        return [
            Table(each, (*self.path, key, number), self.lines, _called(what, each, number))
            for number, each in enumerate(value)
        ]

    def table(self, key: str, what: str = "") -> Table:
        """Return a table within this one; an empty one without the key."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.refusal(key, f"{key} must be a table.")
        return Table(value, (*self.path, key), self.lines, what or self.what)

    def filters(self, key: str) -> Filters:
        """Return the API's filters by their names, each with a value or a list of values."""
        table = self.table(key)
        found: dict[str, tuple[str, ...]] = {}
        for name in table.values:
            if name not in FILTER_PARAMETERS:
                raise table.refusal(
                    name, f"there is no filter {name}. The filters are: {', '.join(FILTER_PARAMETERS)}."
                )
            found[name] = table.texts(name) if isinstance(table.values[name], list) else (table.text(name),)
            if not found[name] or any(len(value) > LONGEST_VALUE for value in found[name]):
                raise table.refusal(name, f"{name} must be a name or id, or a list of them.")
        if sum(map(len, found.values())) > MOST_VALUES:
            raise self.refusal(key, f"{key} has more than {MOST_VALUES} values.")
        return Filters.of(found)

    def _list(self, key: str, example: str) -> list[object]:
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.refusal(key, f"{key} must be a list, {example}.")
        return value


def quoted(name: str) -> str:
    """Put a name into quotes for a message."""
    return f'"{name}"'


def month_or_day(value: object) -> date | None:
    """Return the day that a month or a day from 2000 to 2099 begins with; None for other values."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value if 2000 <= value.year <= 2099 else None
    if not isinstance(value, str):
        return None
    if month := _MONTH.fullmatch(value):
        return date(int(month[1]), int(month[2]), 1)
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _called(what: str, values: Mapping[str, object], number: int) -> str:
    name = values.get("name")
    return f"{what} {quoted(name) if isinstance(name, str) else number + 1}"


def _is_whole(value: object, least: int, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
