"""Leaves out of a query's first steps what nothing reads: an engine plans few columns faster than many.

A column counts as read if a text that reads its step has its name as a word. So a column may stay in vain,
but none goes that is read by its name. ``*`` hands on what is there: a query names what it reads by ``*``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

WORD = re.compile(r"\w+")
COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)
PARAMETER = re.compile(r"\$(\w+)")
LAST_WORD = re.compile(r"(\w+)$")
MARK = re.compile(r"'[^']*'|\b(?:SELECT|FROM)\b|[][(),]")
"""Where a list of columns begins, goes on or ends, and what must not be taken for that."""
REPLACING = re.compile(r"(?P<star>.*\*) REPLACE \((?P<columns>.+)\)", re.DOTALL)

Span = tuple[int, int]


def pruned(steps: Iterable[tuple[str, str]], query: str) -> list[tuple[str, str]]:
    """Return the steps that a query reads, each a name and a SELECT, with the columns that are read.

    A step comes after those that it reads. Its rows must not depend on which columns it has, as with
    DISTINCT, and no column of it may name another by an alias. The first SELECT of a UNION ALL names the
    columns.
    """
    given = [*steps]
    read: dict[str, set[str]] = {}

    def note(text: str, handed_on: Collection[str]) -> None:
        words = set(WORD.findall(text))
        for name, _ in given:
            if name in words:
                read.setdefault(name, set()).update(words, handed_on if "*" in text else ())

    note(query, ())
    kept = []
    for name, text in reversed(given):
        if name in read:
            shorter = with_columns(text, read[name])
            note(shorter, read[name])
            kept.append((name, shorter))
    return kept[::-1]


def with_columns(text: str, words: Collection[str]) -> str:
    """Return a SELECT, or several of a UNION ALL, without the columns whose names are not among the words.

    One column stays at least.
    """
    lists = [*_lists(text)]
    # A condition may name a column that its own SELECT makes.
    wanted = {*words, *WORD.findall(_cut(text, [(spans, "") for spans in lists]))}
    names: list[str | None] = []
    shorter = []
    for spans in lists:
        columns = [text[start:end].strip() for start, end in spans]
        if len(names) != len(columns):
            names = [_name(column) for column in columns]
        stay = [
            _replacing_less(column, wanted)
            for name, column in zip(names, columns, strict=True)
            if name is None or name in wanted
        ]
        shorter.append((spans, f" {', '.join(stay or columns[:1])} "))
    return _cut(text, shorter).strip()


def _lists(text: str) -> Iterator[list[Span]]:
    """Yield where the columns of each SELECT begin and end; a SELECT in brackets is left alone."""
    depth = 0
    edges: list[int] = []
    for mark in MARK.finditer(text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(mark[0], 0)
        if depth:
            continue
        if mark[0] == "SELECT":
            edges = [mark.end() - 1]
        elif mark[0] == "," and edges:
            edges.append(mark.start())
        elif mark[0] == "FROM" and edges:
            yield _between(edges, mark.start())
            edges = []
    if edges:
        yield _between(edges, len(text))


def _between(edges: list[int], end: int) -> list[Span]:
    return [(one + 1, other) for one, other in zip(edges, [*edges[1:], end], strict=True)]


def _cut(text: str, replaced: list[tuple[list[Span], str]]) -> str:
    """Replace whole lists of columns."""
    for spans, columns in reversed(replaced):
        text = f"{text[: spans[0][0]]}{columns}{text[spans[-1][1] :]}"
    return text


def _name(column: str) -> str | None:
    """Return the name of a column, None of ``*``."""
    found = LAST_WORD.search(column)
    return found[1] if found else None


def _replacing_less(column: str, words: Collection[str]) -> str:
    """Return a ``*`` that replaces only columns that are read; any other column as it is."""
    found = REPLACING.fullmatch(column)
    if found is None:
        return column
    text = f"SELECT {found['columns']}"
    (spans,) = _lists(text)
    replaced = [text[start:end].strip() for start, end in spans]
    stay = [each for each in replaced if _name(each) in words]
    return f"{found['star']} REPLACE ({', '.join(stay)})" if stay else found["star"]
