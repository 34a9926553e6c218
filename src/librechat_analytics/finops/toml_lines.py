"""Finds the lines of a TOML text on which its tables and keys begin, for messages that name a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys from the outermost table inwards, and numbers from 0 for the tables of an array."""

_PART = r"(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')"
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_LONG_QUOTES = re.compile(r"\"\"\"|'''")


class TomlLines:
    """The line of each table and key that begins a line; others count as being on the line they are in."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}
        """How many tables each array has so far."""
        table: Path = ()
        in_long_string = False
        for number, line in enumerate(text.split("\n"), 1):
            if not in_long_string:
                if header := _HEADER.match(line):
                    table = self._open(_parts(header[2]), number, is_array=header[1] == "[[")
                elif key := _KEY.match(line):
                    self._lines.setdefault((*table, *_parts(key[1])), number)
            in_long_string ^= len(_LONG_QUOTES.findall(line)) % 2 == 1

    def of(self, path: Path) -> int | None:
        """Return the line of a key, or of the innermost table around it that has a line."""
        for length in range(len(path), 0, -1):
            if (line := self._lines.get(path[:length])) is not None:
                return line
        return None

    def _open(self, names: list[str], number: int, *, is_array: bool) -> Path:
        table: Path = ()
        for position, name in enumerate(names):
            table = (*table, name)
            self._lines.setdefault(table, number)
            if is_array and position == len(names) - 1:
                self._arrays[table] = self._arrays.get(table, 0) + 1
            if table in self._arrays:
                table = (*table, self._arrays[table] - 1)
                self._lines.setdefault(table, number)
        return table


def _parts(dotted: str) -> list[str]:
    return list(_unquoted(re.findall(_PART, dotted)))


def _unquoted(parts: list[str]) -> Iterator[str]:
    for part in parts:
        yield part[1:-1] if part[0] in "\"'" else part
