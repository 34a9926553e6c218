"""Reads receivers from the definitions file, with the secrets that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from librechat_analytics.finops.definitions import Receiver, ReceiverKind
from librechat_analytics.finops.receiver_addresses import why_refused
from librechat_analytics.plain_files import UnreadableFileError, read_text
from librechat_analytics.texts import trimmed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.finops.toml_table import Table

_QUIET = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where secrets are that the file names: in the environment, or in files beside it.

    ``files`` collects the files that were looked at, ``notes`` a sentence about each secret that is missing
    or written in the file itself.
    """

    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, table: Table, key: str) -> str:
        """Return the secret that a key names, ``env:NAME`` or ``file:PATH``; raises RefusalError."""
        text = table.text(key)
        kind, _, name = text.partition(":")
        if kind == "env":
            secret = self.environment.get(name, "")
            where = f"the environment has no {name}"
        elif kind == "file":
            secret, where = self._in_file(table, key, name)
        else:
            self.notes.append(
                f"{table.what}: {key} is written in the file, where everybody who can read the file sees it."
                f' Name it instead: {key} = "env:NAME" or "file:PATH".'
            )
            secret, where = text, ""
        if not trimmed(secret):
            raise table.refusal(key, f"{key}: {where}.")
        return trimmed(secret)

    def _in_file(self, table: Table, key: str, name: str) -> tuple[str, str]:
        path = self.folder / Path(name)
        self.files.append(path)
        try:
            return read_text(path), f"{path} is empty"
        except UnreadableFileError as error:
            raise table.refusal(key, f"{key}: {path} {error}") from None


def read_receiver(table: Table, secrets: Secrets) -> Receiver:
    """Read a table ``receiver``; raises RefusalError, which never shows a secret."""
    table.only("name", "url", "kind", "secret", "names", "quiet")
    name = table.name()
    kind = table.choice("kind", get_args(ReceiverKind), "apprise")
    address = secrets.of(table, "url")
    if reason := why_refused(kind, address):
        raise table.refusal("url", f"url: {reason}")
    if "secret" in table.values and kind != "json":
        raise table.refusal("secret", 'only kind = "json" has a secret, which signs what is sent.')
    secret = secrets.of(table, "secret") if "secret" in table.values else None
    if kind == "json" and secret is None:
        secrets.notes.append(f"{table.what}: without a secret, nobody can tell that a message is from here.")
    return Receiver(name, kind, address, secret, names=table.yes("names"), quiet=_quiet(table))


def _quiet(table: Table) -> tuple[time, time] | None:
    if "quiet" not in table.values:
        return None
    found = _QUIET.fullmatch(table.text("quiet"))
    if found is None or found.group(1, 2) == found.group(3, 4):
        raise table.refusal("quiet", 'quiet must be two times of day such as "19:00-07:00".')
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
