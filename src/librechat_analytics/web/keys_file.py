"""The file of named keys: a key a line, and a wrong line shuts out its own key only."""

from __future__ import annotations

import hashlib
import re
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from librechat_analytics.errors import OperatorError
from librechat_analytics.key_strength import require_strong_key
from librechat_analytics.plain_files import (
    SAVE_AS_UTF_8,
    UNREADABLE_CHARACTER,
    UnreadableFileError,
    read_text,
)
from librechat_analytics.texts import trimmed
from librechat_analytics.usage.filters import NONE, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

AT_REST_SECONDS = 60
"""A file that has not changed for this long is no longer being written."""

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
HASHED = re.compile(r"sha256:([0-9a-fA-F]{64})")
HASH_ONLY_IN_PART = re.compile(r"sha-?\d+:", re.IGNORECASE)
"""If a mistyped hash were taken for a key, the hash itself would let people in."""

LIMIT_IN_KEY = re.compile(r"[,;](domain|group|tenant)=", re.IGNORECASE)
LIMIT = re.compile(r"\b(domain|group|tenant)\s*[=:]", re.IGNORECASE)
LIMITS = ("domain", "group", "tenant")
QUOTED = re.compile(r"([\"'`]).*\1")
DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*")
OBJECT_ID = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)


class KeysFileError(OperatorError):
    """The file of keys lets nobody in; the text names the line, never a key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its digest, under the name that the log knows, and the users that it may see."""

    name: str
    digest: bytes
    scope: Scope | None


@dataclass(frozen=True, slots=True)
class KeysFile:
    """What a file of keys says: the keys that hold, and a sentence about each line that is wrong.

    ``unreadable`` is a file of which nothing can be read; its only problem says why. ``last_line`` is about a
    last line without a line break, which may be half written: ``waits`` tells whether it is left out until
    the file has not changed for AT_REST_SECONDS.
    """

    keys: tuple[Key, ...] = ()
    problems: tuple[str, ...] = ()
    unreadable: bool = False
    last_line: str = ""
    waits: bool = False


class Stamp(NamedTuple):
    """What changes with a file.

    What puts secrets in place may give all files the same date, and new keys are as long as old ones.
    """

    changed_ns: int
    inode: int
    written_ns: int
    size_bytes: int


def stamp_of(path: Path) -> Stamp:
    """Give a file's stamp; raises OSError where there is none."""
    status = path.stat()
    return Stamp(status.st_ctime_ns, status.st_ino, status.st_mtime_ns, status.st_size)


def digest(key: str) -> bytes:
    """Give a key's digest: of one length whatever was sent, and comparable whatever it holds."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def read_keys_now(path: Path) -> KeysFile:
    """Read a file of keys once, with nothing known of it before."""
    try:
        unchanged_seconds = time.time() - stamp_of(path).changed_ns / 1e9
    except OSError:
        unchanged_seconds = 0.0
    return read_keys(path, at_rest=unchanged_seconds >= AT_REST_SECONDS)


def read_keys(path: Path, *, at_rest: bool, before: Collection[Key] = ()) -> KeysFile:
    """Read a file of keys, as far as it can be.

    A line is ``name:key`` or ``name:sha256:<64 hex digits>``, then any number of ``domain=example.com`` and
    ``group=<id>``, which limit the key to their users, and of ``tenant=<id>``, which limit it to these
    tenants. A key with its limits on another line is refused. Empty lines and lines that begin with # are
    ignored. A last line without a line break counts if the file is ``at_rest``, or if it says the same as
    one of the keys that count already (``before``).
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
    lines = _without_wrapped([_read_line(number, trimmed(line)) for number, line in written.items()], written)
    last_line, waits = "", False
    if lines and lines[-1].number == text.count("\n") + 1:
        waits = not at_rest and lines[-1].key not in before
        last_line = _about_last_line(where, lines[-1].number, waits=waits)
        lines = lines[:-1] if waits else lines
    lines = _without_twins(lines)
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


@dataclass(frozen=True, slots=True)
class _Line:
    """A line; a wrong one may still have a key, which must then not count in another line either."""

    number: int
    key: Key | None
    problem: str = ""


def _read_line(number: int, text: str) -> _Line:
    if UNREADABLE_CHARACTER in text:
        return _Line(number, None, f"is not UTF-8 text. {SAVE_AS_UTF_8}")
    named_key, *limits = text.split()
    name, colon, secret = named_key.partition(":")
    if not colon or not NAME.fullmatch(name):
        return _Line(number, None, "must be name:key, the name of letters, digits, dots and dashes.")
    try:
        key = Key(name, _read_secret(secret), None)
    except ValueError as error:
        return _Line(number, None, str(error))
    try:
        return _Line(number, Key(name, key.digest, _read_limits(limits)))
    except ValueError as error:
        return _Line(number, key, str(error))


def _without_wrapped(lines: list[_Line], written: Mapping[int, str]) -> list[_Line]:
    """Mark the keys whose line another one goes on with: without its limits they would see everything."""
    marked: list[_Line] = []
    latest = None
    for line in lines:
        text = written[line.number]
        if latest is not None and _goes_on(line, text, after=written[marked[latest].number]):
            begun = marked[latest]
            marked[latest] = replace(
                begun,
                problem=begun.problem
                or f"line {line.number} seems to go on with it. A key and its limits must stand in one line.",
            )
            line = replace(line, problem=line.problem or f"it seems to go on with line {begun.number}.")
        elif line.key or _names_a_key(text):
            latest = len(marked)
        marked.append(line)
    return marked


def _goes_on(line: _Line, text: str, *, after: str) -> bool:
    """Say whether a line seems to belong to the key line before it, which reads ``after``."""
    is_indented = trimmed(text[0]) == ""
    if line.key and not line.problem:
        return is_indented and not _names_a_key(text)
    if is_indented or trimmed(after).endswith("\\"):
        return True
    return not _names_a_key(text) and LIMIT.search(text) is not None


def _names_a_key(text: str) -> bool:
    name, colon, _ = trimmed(text).partition(":")
    return bool(colon) and NAME.fullmatch(name) is not None and name.lower() not in LIMITS


def _read_secret(secret: str) -> bytes:
    if not secret:
        raise ValueError("the key must follow the colon without a blank.")
    if hashed := HASHED.fullmatch(secret):
        key = bytes.fromhex(hashed[1])
        if key == digest(""):  # an unset variable was hashed; everybody without a key would be let in
            raise ValueError("this is the hash of nothing, not of a key.")
        return key
    if HASH_ONLY_IN_PART.match(secret):
        raise ValueError("a hash must be sha256: and its 64 hex digits.")
    if LIMIT_IN_KEY.search(secret):
        raise ValueError("separate the key from domain=, group= or tenant= by a blank, not a comma.")
    if secret.endswith((",", ";")):
        raise ValueError("separate what follows the key by a blank only.")
    if QUOTED.fullmatch(secret):
        raise ValueError("write the key without quotes.")
    try:
        require_strong_key(secret)
    except ValueError as error:
        raise ValueError(f"the key {error}") from None
    return digest(secret)


def _read_limits(limits: list[str]) -> Scope | None:
    readers = {"domain": _read_domain, "group": _read_group, "tenant": _read_tenant}
    read: dict[str, list[str]] = {kind: [] for kind in readers}
    for limit in limits:
        named, equals, values = limit.partition("=")
        kind = named.lower()
        if kind not in readers or not equals:
            raise ValueError(
                "only domain=example.com, group=ID and tenant=ID may follow the key, separated by blanks;"
                " a comment needs a line of its own."
            )
        for value in values.split(","):
            if value.lower() == NONE:
                raise ValueError(f"a key can only be limited to what there is: {NONE} cannot be named.")
            read[kind].append(readers[kind](value))
    if not limits:
        return None
    return Scope(tuple(read["domain"]), tuple(read["group"]), tuple(read["tenant"]))


def _read_domain(text: str) -> str:
    domain = text.removeprefix("@").removesuffix(".").lower()
    if not DOMAIN.fullmatch(domain):
        raise ValueError(
            "domain= must be the part after the @ of e-mail addresses, such as domain=example.com;"
            " several are separated by commas without blanks."
        )
    return domain


def _read_group(text: str) -> str:
    if not _is_plain(text):
        raise ValueError(
            "group= must be the _id of a LibreChat group, such as group=66b0c1d2e3f4a5b6c7d8e9f0;"
            " several are separated by commas without blanks."
        )
    return text.lower() if OBJECT_ID.fullmatch(text) else text


def _read_tenant(text: str) -> str:
    if not _is_plain(text):
        raise ValueError(
            "tenant= must be a tenantId of LibreChat, such as tenant=acme;"
            " several are separated by commas without blanks."
        )
    return text


def _is_plain(text: str) -> bool:
    return bool(text) and text.isprintable() and text.strip("\"'`") == text


def _without_twins(lines: list[_Line]) -> list[_Line]:
    """Mark lines whose key or name another line has.

    Lines with the same key that do not say the same all let nobody in: it is not clear which limits count.
    """
    by_digest: dict[bytes, list[_Line]] = defaultdict(list)
    for line in lines:
        if line.key:
            by_digest[line.key.digest].append(line)
    numbers: dict[str, int] = {}
    marked = []
    for line in lines:
        if line.key and not line.problem:
            problem = _about_twins(line.key, line.number, by_digest[line.key.digest], numbers)
            marked.append(_Line(line.number, line.key, problem))
        else:
            marked.append(line)
    return marked


def _about_twins(key: Key, number: int, same_key: list[_Line], numbers: dict[str, int]) -> str:
    """Say what is wrong; ``numbers`` are the lines of the names before, to which a good one is added."""
    first = same_key[0].number
    if any(other.problem or other.key is None or other.key.scope != key.scope for other in same_key):
        others = " and ".join(str(other.number) for other in same_key if other.number != number)
        return f"line {others} has the same key with other limits or a mistake. Keep one of them."
    if first != number:
        return f"line {first} already has the same key. Remove one of them."
    if key.name in numbers:
        return f"line {numbers[key.name]} already has the name {key.name}. Choose another name."
    numbers[key.name] = number
    return ""
