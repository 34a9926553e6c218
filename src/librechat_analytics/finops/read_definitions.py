"""Reads the definitions file, or says by line and name why it cannot be used."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.finops.definitions import Definitions
from librechat_analytics.plain_files import UnreadableFileError, read_text
from librechat_analytics.zones import parse_zone

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reading:
    """What a definitions file says; None if it cannot be used, and then a sentence about each problem.

    ``files``: every file that was read or that is missing; a change of any of them is a change of this.
    """

    definitions: Definitions | None
    problems: tuple[str, ...]
    files: tuple[Path, ...]


def read_definitions(path: Path, default_zone: str) -> Reading:
    """Read the definitions file; ``default_zone`` is the name of its time zone if it names none."""
    try:
        text = read_text(path)
        said = tomllib.loads(text)
    except (UnreadableFileError, tomllib.TOMLDecodeError) as error:
        return Reading(None, (f"FINOPS_FILE {path} {error}",), (path,))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Reading(Definitions(sha256, parse_zone(said.get("zone", default_zone))), (), (path,))
