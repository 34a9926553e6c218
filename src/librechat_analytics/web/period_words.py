"""Periods, zones and buckets that cannot be used, in the words of the API: they name its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.periods import MAX_BUCKETS, PERIODS
from librechat_analytics.zones import similar_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.usage.periods import BadPeriodError, Fault


SENTENCES: Mapping[Fault, str] = {
    "unknown name": f"{{parameter}} must be one of {', '.join(PERIODS)}.",
    "missing": "period=custom needs {parameter}, such as 2026-03-01.",
    "unreadable": (
        "{parameter} must be a date such as 2026-03-01 or an instant such as 2026-03-01T12:00:00Z "
        "or 2026-03-01T12:00:00.000+01:00."
    ),
    "space instead of plus": (
        "{parameter} has a space where a + was; write the + of the offset as %2B in a URL."
    ),
    "no such day": "{parameter} is not a day of the calendar; write one such as 2026-03-01.",
    "out of bounds": "{parameter} must be between 2000-01-01 and 2100-01-01.",
    "end not after start": "{parameter} is not part of the range and must be later than start.",
    "last day before first": "{parameter} must not be a day before start.",
    "too many buckets": f"The range has more than {MAX_BUCKETS:,} {{unit}}s; choose {{advice}}.",
}


def unknown_zone(text: str) -> str:
    """Say that there is no zone of that name, and which one may be meant."""
    similar = similar_zone(text)
    if similar is None:
        return "tz must be an IANA time zone such as Europe/Berlin or UTC."
    return f"There is no time zone “{text}”; write {similar} if you mean that."


def period_sentence(error: BadPeriodError) -> str:
    """Return the sentence that says what is wrong and what to write instead."""
    advice = f"bucket={error.coarser} or a shorter range" if error.coarser else "a shorter range"
    return SENTENCES[error.fault].format(parameter=error.parameter, unit=error.unit, advice=advice)
