"""Periods and time zones that cannot be used, in words for the reader of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import plain_text
from librechat_analytics.usage.periods import MAX_BUCKETS
from librechat_analytics.zones import similar_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.usage.periods import BadPeriodError, Fault

LONGEST_QUOTED = 40
"""How many characters of the address a sentence repeats."""

SENTENCES: Mapping[Fault, str] = {
    "unknown name": "This link has an unknown period (“{value}”).",
    "missing": "Choose {article} {parameter} date.",
    "unreadable": "The {parameter} date cannot be read. Choose a day, or write one such as 2026-03-01.",
    "space instead of plus": "The {parameter} date cannot be read. In an address, write + as %2B.",
    "no such day": "The {parameter} date is not a day of the calendar.",
    "out of bounds": "The {parameter} date must be between 1 Jan 2000 and 1 Jan 2100.",
    "end not after start": "The end of the period must be after its start.",
    "last day before first": "The last day is before the first day.",
    "too many buckets": f"The period has more than {MAX_BUCKETS:,} {{unit}}s. Choose a shorter period.",
}


def period_sentence(error: BadPeriodError, value: str = "") -> str:
    """Return the sentence that says what is wrong with the period; ``value``: its name in the address."""
    article = "an" if error.parameter == "end" else "a"
    quoted = plain_text(value[:LONGEST_QUOTED])
    return SENTENCES[error.fault].format(
        parameter=error.parameter, article=article, unit=error.unit, value=quoted
    )


def unknown_zone(text: str) -> str:
    """Say that there is no zone of that name, and which one may be meant."""
    similar = similar_zone(text)
    meant = f" Did you mean {similar}?" if similar else ""
    return f"No time zone “{plain_text(text[:LONGEST_QUOTED])}”.{meant}"
