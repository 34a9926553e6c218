"""Finds the folder of a dump from the path that an operator gave, or says what to give instead."""

from __future__ import annotations

import gzip
import os
import shlex
import stat
import zlib
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from librechat_analytics.librechat.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEDGER = "transactions"
GIVE_THE_FOLDER = "Give the folder that `mongodump --out` wrote."
NEW_DUMP = "`mongodump --db=LibreChat --out=FOLDER`"

GZIP_BEGINS, ZIP_BEGINS, ARCHIVE_BEGINS = b"\x1f\x8b", b"PK\x03\x04", b"\x6d\xe2\x99\x81"
TAR_MARK = slice(257, 262), b"ustar"
BYTES_LOOKED_AT = 512
EXPORT_SUFFIXES = (".json", ".jsonl", ".ndjson", ".csv", ".tsv")

DEEPEST = 5
MOST_FILES = 1_000
"""A limit, because a folder given by mistake may contain a whole disk."""

OTHER_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def database_folder(given: Path) -> Path:
    """Find the folder with LibreChat's collections.

    That is the given folder, the only database's folder in it, or the folder of a given file. Raises
    SourceError that says what is there instead, and what to do.
    """
    if given.is_dir():
        return _in_folder(given)
    if not given.exists():
        raise SourceError(f"{given} does not exist. {GIVE_THE_FOLDER}")
    require_file(given)
    if given.name.endswith((".bson", ".bson.gz", ".metadata.json", ".metadata.json.gz", "prelude.json.gz")):
        return _of_member(given)
    raise SourceError(_instead_of_dump(given) or f"{given} is not a folder. {GIVE_THE_FOLDER}")


def collection_file(folder: Path, collection: str) -> Path:
    """Return the file of a collection, plain or gzipped; it need not exist.

    Raises SourceError if it is something else, such as a pipe, on which reading would wait.
    """
    plain = folder / f"{collection}.bson"
    path = plain if plain.exists() else folder / f"{collection}.bson.gz"
    if path.exists():
        require_file(path)
    return path


def require_file(path: Path) -> None:
    """Raise SourceError unless it is a regular file, or a link to one."""
    if kind := OTHER_KINDS.get(stat.S_IFMT(path.stat().st_mode)):
        raise SourceError(f"{path} is {kind}, not a file. {GIVE_THE_FOLDER}")


def _of_member(file: Path) -> Path:
    """Find the folder of a file that belongs to a dump."""
    if LEDGER in file.name and not file.name.startswith(f"{LEDGER}."):
        raise SourceError(
            f"{file} must be called {LEDGER}.bson or {LEDGER}.bson.gz, in a folder of its own. Rename it."
        )
    folder = database_folder(file.parent)
    read = collection_file(folder, LEDGER)
    if file.name.startswith(f"{LEDGER}.bson") and not file.samefile(read):
        raise SourceError(
            f"{folder} also has {read.name}, which would be read instead. Move one of them away."
        )
    return folder


def _in_folder(folder: Path) -> Path:
    inner = sorted(path for path in folder.iterdir() if path.is_dir())
    candidates = [candidate for candidate in (folder, *inner) if _has_ledger(candidate)]
    if not candidates:
        raise SourceError(f"{folder} holds no {LEDGER}.bson or {LEDGER}.bson.gz, {_advice(folder)}")
    if candidates[0] == folder or len(candidates) == 1:
        return candidates[0]
    names = ", ".join(candidate.name for candidate in candidates)
    raise SourceError(f"{folder} holds several databases ({names}). Give one of these folders.")


def _has_ledger(folder: Path) -> bool:
    try:
        return (folder / f"{LEDGER}.bson").exists() or (folder / f"{LEDGER}.bson.gz").exists()
    except OSError:  # such as a folder without permission to read it
        return False


def _advice(folder: Path) -> str:
    """Finish the sentence that a folder has no ledger: say where one is, or what to do."""
    deeper = [path for path in _folders_below(folder) if _has_ledger(path)]
    if deeper:
        return f"but a folder further down does. Give {' or '.join(map(str, deeper))}."
    for path in islice(sorted(folder.iterdir()), MOST_FILES):
        with suppress(OSError):  # such as a file without permission to read it
            if path.is_file() and (advice := _instead_of_dump(path, only_for_sure=True)):
                return f"nor does a folder in it. {advice}"
    return f"nor does a folder in it. {GIVE_THE_FOLDER}"


def _folders_below(folder: Path) -> Iterator[Path]:
    walk = islice(os.walk(folder), MOST_FILES)
    for parent, names, _ in walk:
        path = folder.joinpath(parent)
        if len(path.parts) - len(folder.parts) >= DEEPEST:
            names.clear()
        yield path


def _instead_of_dump(file: Path, *, only_for_sure: bool = False) -> str | None:
    """Say how to get a dump's folder from another kind of file; None if the kind is not known.

    ``only_for_sure``: ignore text files whose name does not contain the ledger's.
    """
    begin, is_packed = _begin(file)
    if begin.startswith(ARCHIVE_BEGINS):
        return _from_archive(file, is_packed=is_packed)
    where, mark = TAR_MARK
    if begin[where] == mark or begin.startswith(ZIP_BEGINS):
        return f"{file} is compressed. Unpack it and give the folder that `mongodump --out` wrote."
    is_export = file.name.removesuffix(".gz").endswith(EXPORT_SUFFIXES)
    if is_export and (LEDGER in file.name or not only_for_sure) and ".metadata." not in file.name:
        return (
            f"{file} is a text as mongoexport writes it, which does not keep every value exactly."
            f" Make a dump with {NEW_DUMP} and import FOLDER."
        )
    return None


def _from_archive(file: Path, *, is_packed: bool) -> str:
    gzip_option = " --gzip" if is_packed else ""
    return (
        f"{file} is an archive (mongodump --archive), which only mongorestore can read. Make a dump with"
        f" {NEW_DUMP} and import FOLDER. If you have only the archive, restore it under another name with"
        f" `mongorestore{gzip_option} --archive={shlex.quote(str(file))} --nsInclude='LibreChat.*'"
        f" --nsFrom='LibreChat.*' --nsTo='scratch.*'`, then run `mongodump --db=scratch --out=FOLDER`."
    )


def _begin(file: Path) -> tuple[bytes, bool]:
    """Return the first bytes of a file, decompressed if it is gzipped, and whether it is."""
    with file.open("rb") as stream:
        begin = stream.read(BYTES_LOOKED_AT)
        if not begin.startswith(GZIP_BEGINS):
            return begin, False
        stream.seek(0)
        try:
            return gzip.GzipFile(fileobj=stream).read(BYTES_LOOKED_AT), True
        except (EOFError, OSError, zlib.error):
            return b"", True
