"""Time zones by their IANA names, such as Europe/Berlin."""

from __future__ import annotations

import difflib
import zoneinfo
from functools import cache
from zoneinfo import ZoneInfo

# "localtime" is the machine's own setting, "Factory" the setting of a machine without one.
NOT_A_PLACE = frozenset({"localtime", "Factory"})


LONGEST_NAME = 40
LEAST_SIMILARITY = 0.75
"""How alike two names must be, from 0 to 1, for one to be a typing mistake of the other."""


class UnknownZoneError(ValueError):
    """No time zone has this name."""


def parse_zone(name: str) -> ZoneInfo:
    """Return the zone of exactly that name; raises UnknownZoneError."""
    if name not in _names():
        raise UnknownZoneError(name)
    return ZoneInfo(name)


def similar_zone(text: str) -> str | None:
    """Return the name of the zone that a text probably means, such as Europe/Berlin for ``berlin``."""
    wanted = text.strip().replace(" ", "_").lower()
    if not wanted.isprintable() or len(wanted) > LONGEST_NAME:
        return None
    by_place = _names_by_place()
    found = difflib.get_close_matches(wanted, by_place, 1, LEAST_SIMILARITY)
    return by_place[found[0]] if found else None


def zone_name(text: str) -> str:
    """Return the name of a zone that is written in any case; raises UnknownZoneError."""
    return parse_zone(_names_by_lower_case().get(text.lower(), text)).key


@cache
def _names_by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in _names()}


@cache
def _names_by_place() -> dict[str, str]:
    """Return the zones by their names, and by the place that a name ends with, all in lower case."""
    by_place = {name.rpartition("/")[2].lower(): name for name in sorted(_names()) if "/" in name}
    return by_place | _names_by_lower_case()


@cache
def _names() -> frozenset[str]:
    # A list, since opening a file would also accept other cases on some disks, and the folders posix/ and
    # right/ that some machines have beside the zones.
    return frozenset(zoneinfo.available_timezones() - NOT_A_PLACE)
