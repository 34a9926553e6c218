"""Text files from operators: regular files only, read in one way."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path
from typing import NamedTuple

MOST_BYTES = 10_000_000
"""No list of keys, settings or prices is larger; a larger file was named by mistake."""

SAVE_AS_UTF_8 = "Save it as UTF-8."
UNREADABLE_CHARACTER = "\N{REPLACEMENT CHARACTER}"

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class UnreadableFileError(Exception):
    """A file cannot be read; the text continues a sentence that begins with the file's name."""


class Stamp(NamedTuple):
    """What shows that a file has changed.

    Date and size are not enough: programs that write secrets may set a fixed date, and a new key is as long
    as the old one.
    """

    changed_ns: int
    inode: int
    written_ns: int
    size_bytes: int


def stamp_of(path: Path) -> Stamp:
    """Return a file's stamp; raises OSError without a file."""
    status = path.stat()
    return Stamp(status.st_ctime_ns, status.st_ino, status.st_mtime_ns, status.st_size)


class MissingFileError(UnreadableFileError):
    """There is no such file."""


def other_kind(path: Path) -> str | None:
    """Return what is there instead of a file, such as ``a folder``.

    None for a file, and where the path cannot be looked at: opening it then gives the reason.
    """
    try:
        return _KINDS.get(stat.S_IFMT(path.stat().st_mode))
    except OSError:
        return None


def stands_for_none(path: Path) -> bool:
    """Return whether a path means that there is no file: it is the null device or a folder.

    Docker makes a folder where a file to mount is missing.
    """
    try:
        return path.is_dir() or path.stat().st_rdev == Path(os.devnull).stat().st_rdev
    except OSError:
        return False


def read_text(path: Path, *, keep_going: bool = False) -> str:
    """Read a text file: UTF-8 with or without a byte order mark, every line ending in ``\\n``.

    Raises UnreadableFileError for anything else, or a file larger than MOST_BYTES. With ``keep_going`` a
    character that cannot be read becomes UNREADABLE_CHARACTER, for callers that can skip some lines.
    """
    if kind := other_kind(path):
        raise UnreadableFileError(f"is {kind}, not a file.")
    try:
        # Without O_NONBLOCK, opening a pipe that has just appeared would wait for a writer.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise MissingFileError(f"cannot be read: {error.strerror}.") from None
    except OSError as error:
        raise UnreadableFileError(f"cannot be read: {error.strerror}.") from None
    if len(content) > MOST_BYTES:
        raise UnreadableFileError(f"is larger than {MOST_BYTES // 1_000_000} MB. Name another file.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableFileError(f"is UTF-16 text. {SAVE_AS_UTF_8}")
    return _decoded(content.removeprefix(codecs.BOM_UTF8), keep_going=keep_going)


def _decoded(content: bytes, *, keep_going: bool) -> str:
    try:
        text = content.decode("utf-8", "replace" if keep_going else "strict")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(f"is not UTF-8 text: see line {line}. {SAVE_AS_UTF_8}") from None
    if "\0" in text and not keep_going:
        raise UnreadableFileError(f"contains NUL characters, as UTF-16 text does. {SAVE_AS_UTF_8}")
    return text.replace("\0", UNREADABLE_CHARACTER).replace("\r\n", "\n").replace("\r", "\n")
