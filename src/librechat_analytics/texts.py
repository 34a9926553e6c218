"""How values are read that people have written: trimmed, in any case, with the usual units."""

from __future__ import annotations

import re
from decimal import Decimal

_AROUND = r"[\s\ufeff\u200b\u2060]+"
"""Spaces, and the invisible characters that copied text often has."""
_EDGES = re.compile(rf"\A{_AROUND}|{_AROUND}\Z")
_BETWEEN = re.compile(r"[\s,]+")
_NUMBER = r"(?P<number>[0-9]{1,15}(?:\.[0-9]{0,9})?)"
_SIZE = re.compile(rf"{_NUMBER}\s*(?:(?P<prefix>[kmgtp])(?P<binary>i?))?(?:b|bytes?)?", re.IGNORECASE)
_DIGITS = r"[0-9](?:_?[0-9]){0,14}"
_FLOAT = rf"(?P<number>\+?(?:{_DIGITS}(?:\.[0-9]{{0,9}})?|\.[0-9]{{1,9}})(?:e[+-]?[0-9]{{1,2}})?)"
"""A float that is not negative, as Python writes it."""
_DURATION = re.compile(rf"{_FLOAT}\s*(?P<unit>[a-z]*)", re.IGNORECASE)
_SECONDS = {
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
}


def trimmed(text: str) -> str:
    """Remove spaces, line breaks and invisible characters at both ends."""
    return _EDGES.sub("", text)


def listed(text: str) -> tuple[str, ...]:
    """Split a list at spaces, line breaks and commas."""
    return tuple(part for part in _BETWEEN.split(text) if part)


def parse_bytes(text: str) -> int:
    """Read a size such as ``512MB``, ``1.5 GiB``, ``1g`` or ``1073741824``, in bytes.

    K, M, G, T and P are powers of 1000, Ki, Mi, Gi, Ti and Pi powers of 1024. Raises ValueError for other
    texts.
    """
    size = _SIZE.fullmatch(text)
    if size is None:
        raise ValueError("must be a size such as 512MB or 2GiB")
    thousand = 1024 if size["binary"] else 1000
    exponent = " KMGTP".index(size["prefix"].upper()) if size["prefix"] else 0
    return int(Decimal(size["number"]) * thousand**exponent)


def parse_seconds(text: str) -> float:
    """Read a time such as ``15``, ``15s``, ``5 min`` or ``1h``, in seconds.

    The number may be a float such as ``+1.5e1``. Raises ValueError for other texts.
    """
    duration = _DURATION.fullmatch(text)
    if duration is None or duration["unit"].lower() not in _SECONDS:
        raise ValueError("must be a number of seconds such as 15, or a time such as 15s or 5min")
    return float(Decimal(duration["number"]) * _SECONDS[duration["unit"].lower()])
