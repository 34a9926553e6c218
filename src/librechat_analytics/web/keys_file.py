"""The file of named keys, read line by line; a wrong line refuses only its own key."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from librechat_analytics.errors import OperatorError
from librechat_analytics.plain_files import UnreadableFileError, read_text, stamp_of
from librechat_analytics.texts import trimmed
from librechat_analytics.web.key_line import LIMITS, Key, Line, names_a_key, read_line

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

AT_REST_SECONDS = 60
"""A file that has not changed for so long is no longer being written."""

LIMIT = re.compile(rf"\b({'|'.join(LIMITS)}|may)\s*[=:]", re.IGNORECASE)


class KeysFileError(OperatorError):
    """No key of the file can be used; the text names the line, never a key."""


@dataclass(frozen=True, slots=True)
class KeysFile:
    """The keys of a file that count, and a sentence about each wrong line.

    ``unreadable``: nothing of the file can be read; its only problem says why. ``last_line``: a sentence
    about a last line without a line break, which may be half written. ``waits``: that line does not count
    until the file has not changed for AT_REST_SECONDS.
    """

    keys: tuple[Key, ...] = ()
    problems: tuple[str, ...] = ()
    unreadable: bool = False
    last_line: str = ""
    waits: bool = False


def read_keys_now(path: Path) -> KeysFile:
    """Read a file of keys for the first time."""
    try:
        unchanged_seconds = time.time() - stamp_of(path).changed_ns / 1e9
    except OSError:
        unchanged_seconds = 0.0
    return read_keys(path, at_rest=unchanged_seconds >= AT_REST_SECONDS)


def read_keys(path: Path, *, at_rest: bool, before: Collection[Key] = ()) -> KeysFile:
    """Read all lines of a file of keys that can be read.

    A line is ``name:key`` or ``name:sha256:<64 hex digits>``, then any number of limits:
    ``domain=example.com``, ``group=<id>`` and ``user=<id>`` limit the key to their users, ``tenant=<id>`` and
    ``cost_center=<name>`` to that tenant or cost centre.
    ``may=manage`` lets the key change something. A key whose limits are on another line is refused. Empty
    lines and lines that begin with # are ignored. A last line without a line break counts if the file is
    ``at_rest``, or if it is the same as a key that counts already (``before``).
    """
    where = f"DASHBOARD_API_KEYS_FILE {path}"
    try:
        text = read_text(path, keep_going=True)
    except UnreadableFileError as error:
        return KeysFile(problems=(f"{where} {error} None of its keys is let in.",), unreadable=True)
    written = {
        number: line
        for number, line in enumerate(text.split("\n"), 1)
        if trimmed(line) and not trimmed(line).startswith("#")
    }
    lines = _without_continued(
        [read_line(number, trimmed(line)) for number, line in written.items()], written
    )
    last_line, waits = "", False
    if lines and lines[-1].number == text.count("\n") + 1:
        waits = not at_rest and lines[-1].key not in before
        last_line = _about_last_line(where, lines[-1].number, waits=waits)
        lines = lines[:-1] if waits else lines
    lines = _without_duplicates(lines)
    return KeysFile(
        keys=tuple(line.key for line in lines if line.key and not line.problem),
        problems=tuple(
            f"{where}, line {line.number}: {line.problem} This line lets nobody in."
            for line in lines
            if line.problem
        ),
        last_line=last_line,
        waits=waits,
    )


def _about_last_line(where: str, number: int, *, waits: bool) -> str:
    consequence = (
        f"it may be half written, so it counts once the file has not changed for {AT_REST_SECONDS} seconds"
        if waits
        else f"a change in it counts only after {AT_REST_SECONDS} seconds"
    )
    return f"{where}, line {number} does not end in a line break: {consequence}. Add a line break."


def _without_continued(lines: list[Line], written: Mapping[int, str]) -> list[Line]:
    """Mark the keys whose line continues on the next one: without their limits they would see everything."""
    marked: list[Line] = []
    latest = None
    for line in lines:
        text = written[line.number]
        if latest is not None and _continues(line, text, after=written[marked[latest].number]):
            begun = marked[latest]
            marked[latest] = replace(
                begun,
                problem=begun.problem
                or f"line {line.number} seems to continue it. A key and its limits must be on one line.",
            )
            line = replace(line, problem=line.problem or f"it seems to continue line {begun.number}.")
        elif line.key or names_a_key(text):
            latest = len(marked)
        marked.append(line)
    return marked


def _continues(line: Line, text: str, *, after: str) -> bool:
    """Return whether a line seems to continue the line of a key before it, whose text is ``after``."""
    is_indented = trimmed(text[0]) == ""
    if line.key and not line.problem:
        return is_indented and not names_a_key(text)
    if is_indented or trimmed(after).endswith("\\"):
        return True
    return not names_a_key(text) and LIMIT.search(text) is not None


def _without_duplicates(lines: list[Line]) -> list[Line]:
    """Mark lines whose key or name is also on another line.

    Lines with the same key but other limits are all refused: it is not clear which limits count.
    """
    by_digest: dict[bytes, list[Line]] = defaultdict(list)
    for line in lines:
        if line.key:
            by_digest[line.key.digest].append(line)
    numbers: dict[str, int] = {}
    marked = []
    for line in lines:
        if line.key and not line.problem:
            problem = _about_duplicates(line.key, line.number, by_digest[line.key.digest], numbers)
            marked.append(Line(line.number, line.key, problem))
        else:
            marked.append(line)
    return marked


def _allow_the_same(one: Key, other: Key) -> bool:
    return (one.scope, one.may_manage) == (other.scope, other.may_manage)


def _about_duplicates(key: Key, number: int, same_key: list[Line], numbers: dict[str, int]) -> str:
    """Return what is wrong; ``numbers`` has the lines of the names so far, and a good line is added."""
    first = same_key[0].number
    if any(other.problem or other.key is None or not _allow_the_same(other.key, key) for other in same_key):
        others = " and ".join(str(other.number) for other in same_key if other.number != number)
        return f"line {others} has the same key with other limits or a mistake. Keep one of them."
    if first != number:
        return f"line {first} already has the same key. Remove one of them."
    if key.name in numbers:
        return f"line {numbers[key.name]} already has the name {key.name}. Choose another name."
    numbers[key.name] = number
    return ""
