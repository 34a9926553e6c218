"""Reads the map of people to cost centres (CSV), or says by line why it cannot be used."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Final

from librechat_analytics.finops.toml_table import LONGEST_NAME
from librechat_analytics.texts import trimmed
from librechat_analytics.usage.cost_center_rules import Rule, Who
from librechat_analytics.usage.filters import LONGEST_VALUE, is_readable
from librechat_analytics.usage.wall_clock import midnight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

COLUMNS: Final = ("who", "cost_center", "valid_from", "share")
NEEDED: Final = COLUMNS[:2]
MOST_LINES: Final = 100_000
MOST_KEPT: Final = 10_000
"""How many cells to keep what was read from them: a map has few cost centres and days, many times each."""

ALL: Final = 100
"""Per cent."""

_PREFIXES: Final[Mapping[str, Who]] = {
    "domain": "domain",
    "group": "group",
    "role": "role",
    "agent": "agent",
}
_OBJECT_ID: Final = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)
_DAY: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_RESERVED: Final = re.compile(r"\(.*\)")


class MapError(ValueError):
    """The map cannot be used; each text begins with the line, ``line 3: …``, where there is one."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that can be read: to which cost centre someone or something belongs from when on."""

    number: int
    who: Who
    name: str
    center: str
    since: datetime | None
    day: str
    share: int


def read_map(text: str, zone: ZoneInfo) -> tuple[Rule, ...]:
    """Read the rules of a map in the order of its lines; raises MapError, which names up to all wrong lines.

    The first line names the columns who, cost_center, valid_from and share; the last two may be missing.
    Cells are separated by commas or semicolons. Empty lines and lines that begin with # are ignored.
    ``valid_from`` is a day in ``zone``.
    """
    lines: list[_Line] = []
    problems: list[str] = []
    for number, cells in _rows(text):
        try:
            lines.append(_line(number, cells, zone))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    rules = _rules(lines, problems)
    if problems:
        raise MapError(*problems)
    return rules


@lru_cache(MOST_KEPT)
def center_name(text: str) -> str:
    """Return the name of a cost centre; raises ValueError for one that cannot be used."""
    name = trimmed(text)
    if not name:
        raise ValueError("the name of the cost centre is missing.")
    if _RESERVED.fullmatch(name):
        raise ValueError("a cost centre's name must not be in parentheses.")
    if len(name) > LONGEST_NAME or not is_readable(name):
        raise ValueError(
            f"a cost centre's name has at most {LONGEST_NAME} characters, none of them invisible."
        )
    return name


def rule_name(who: Who, text: str) -> str:
    """Return an id or name as LibreChat has it: domains and addresses in lower case; raises ValueError."""
    name = trimmed(text)
    if who == "domain":
        name = name.removeprefix("@").removesuffix(".").lower()
    elif who == "email" or _OBJECT_ID.fullmatch(name):
        name = name.lower()
    if not name or len(name) > LONGEST_VALUE or not is_readable(name):
        raise ValueError("who is missing, or is no id or name.")
    if who == "domain" and ("@" in name or " " in name):
        raise ValueError("a domain is the part after the @ of e-mail addresses, such as example.com.")
    return name


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the cells of each line below the first; raises MapError."""
    first = next((line for line in text.split("\n") if _says_something(line)), "")
    reader = csv.reader(StringIO(text), delimiter=";" if ";" in first else ",", strict=True)
    columns: list[str] = []
    read, before = 0, 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if not _says_something("".join(cells)):
                continue
            if not columns:
                columns = _columns(cells)
                continue
            read += 1
            if read > MOST_LINES:
                raise MapError(f"line {number}: a map has at most {MOST_LINES:,} lines.")
            yield number, _by_column(number, columns, cells)
    except csv.Error as error:
        raise MapError(f"line {before + 1}: {error}.") from None
    if not columns:
        raise MapError(f"the first line must be {','.join(COLUMNS)}.")


def _says_something(line: str) -> bool:
    return bool(trimmed(line)) and not trimmed(line).startswith("#")


def _columns(cells: list[str]) -> list[str]:
    columns = [trimmed(cell).lower() for cell in cells]
    are_known = set(columns) <= set(COLUMNS) and len(set(columns)) == len(columns)
    if not are_known or not set(NEEDED) <= set(columns):
        raise MapError(f"the first line must be {','.join(COLUMNS)}; the last two columns may be missing.")
    return columns


def _by_column(number: int, columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) > len(columns) and any(trimmed(cell) for cell in cells[len(columns) :]):
        raise MapError(f"line {number}: there are {len(cells)} cells, but {len(columns)} columns.")
    return dict.fromkeys(COLUMNS, "") | {
        column: trimmed(cell) for column, cell in zip(columns, cells, strict=False)
    }


def _line(number: int, cells: dict[str, str], zone: ZoneInfo) -> _Line:
    who, name = _who(cells["who"])
    since = _since(cells["valid_from"], zone)
    center, share = center_name(cells["cost_center"]), _share(cells["share"])
    return _Line(number, who, name, center, since, cells["valid_from"], share)


def _who(text: str) -> tuple[Who, str]:
    prefix, colon, rest = text.partition(":")
    if colon and prefix.lower() in _PREFIXES:
        who = _PREFIXES[prefix.lower()]
        return who, rule_name(who, rest)
    if colon:
        kinds = ", ".join(f"{kind}:" for kind in _PREFIXES)
        raise ValueError(f"who must be a user's id, an e-mail address, or begin with one of {kinds}.")
    if text.startswith("@"):
        raise ValueError(f"write domain:{text[1:]} for everybody with this domain.")
    who = "email" if "@" in text else "user"
    return who, rule_name(who, text)


@lru_cache(MOST_KEPT)
def _since(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return midnight(date.fromisoformat(text), zone)
    except ValueError:
        raise ValueError(
            "valid_from must be a day from 2000 to 2099 such as 2026-03-01, or empty for always."
        ) from None


def _share(text: str) -> int:
    digits = text.removesuffix("%").rstrip()
    if not text:
        return ALL
    if not re.fullmatch(r"[0-9]{1,3}", digits) or not 1 <= int(digits) <= ALL:
        raise ValueError("share must be whole per cents from 1 to 100, or empty for 100.")
    return int(digits)


def _rules(lines: list[_Line], problems: list[str]) -> tuple[Rule, ...]:
    """Make a rule of the lines about the same day of the same who, and add what is wrong to the problems."""
    together: dict[tuple[Who, str, datetime | None], list[_Line]] = {}
    for line in lines:
        together.setdefault((line.who, line.name, line.since), []).append(line)
    for same in together.values():
        total, last = sum(line.share for line in same), same[-1]
        numbers = " and ".join(str(line.number) for line in same)
        if len({line.center for line in same}) < len(same):
            problems.append(
                f"line {last.number}: {last.name} has the same cost centre twice (lines {numbers})."
            )
        elif total != ALL:
            begins = f" from {last.day}" if last.day else ""
            problems.append(
                f"line {last.number}: the shares of {last.name}{begins} add up to {total}, not to 100"
                f" (line{'s' if len(same) > 1 else ''} {numbers})."
            )
    return tuple(
        Rule(who, name, tuple((line.center, line.share) for line in same), since, same[0].number)
        for (who, name, since), same in together.items()
    )
