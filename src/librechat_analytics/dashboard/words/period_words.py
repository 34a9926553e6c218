"""Periods and time zones that cannot be used, in words for the reader of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.periods import MAX_BUCKETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.usage.periods import BadPeriodError, Fault

UNKNOWN_ZONE = "The time zone in the address is not known."

SENTENCES: Mapping[Fault, str] = {
    "unknown name": "The period in the address is not known.",
    "missing": "Choose {article} {parameter} date.",
    "unreadable": "The {parameter} date cannot be read. Choose a day, or write one such as 2026-03-01.",
    "space instead of plus": "The {parameter} date cannot be read. In an address, write + as %2B.",
    "no such day": "The {parameter} date is not a day of the calendar.",
    "out of bounds": "The {parameter} date must be between 1 Jan 2000 and 1 Jan 2100.",
    "end not after start": "The end of the period must be after its start.",
    "too many buckets": f"The period has more than {MAX_BUCKETS:,} {{unit}}s. Choose a shorter period.",
}


def period_sentence(error: BadPeriodError) -> str:
    """Return the sentence that says what is wrong with the period that the reader chose."""
    article = "an" if error.parameter == "end" else "a"
    return SENTENCES[error.fault].format(parameter=error.parameter, article=article, unit=error.unit)
