"""Time zones by their IANA names, such as Europe/Berlin."""

from __future__ import annotations

import zoneinfo
from functools import cache
from zoneinfo import ZoneInfo

# "localtime" is the machine's own setting, "Factory" the setting of a machine without one.
NOT_A_PLACE = frozenset({"localtime", "Factory"})


class UnknownZoneError(ValueError):
    """No time zone has this name."""


def parse_zone(name: str) -> ZoneInfo:
    """Return the zone of exactly that name; raises UnknownZoneError."""
    if name not in _names():
        raise UnknownZoneError(name)
    return ZoneInfo(name)


def zone_name(text: str) -> str:
    """Return the name of a zone that is written in any case; raises UnknownZoneError."""
    return parse_zone(_names_by_lower_case().get(text.lower(), text)).key


@cache
def _names_by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in _names()}


@cache
def _names() -> frozenset[str]:
    # A list, since opening a file would also accept other cases on some disks, and the folders posix/ and
    # right/ that some machines have beside the zones.
    return frozenset(zoneinfo.available_timezones() - NOT_A_PLACE)
