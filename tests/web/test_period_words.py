"""The API's sentences about periods that cannot be used."""

from __future__ import annotations

import pytest

from librechat_analytics.usage.periods import BadPeriodError
from librechat_analytics.web.period_words import period_sentence


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            BadPeriodError("unknown name", "period"),
            (
                "period must be one of 24h, 7d, 30d, 90d, 12m, today, yesterday, this-week, this-month,"
                " last-month, this-quarter, last-quarter, this-year, last-year, all, custom."
            ),
        ),
        (BadPeriodError("missing", "start"), "period=custom needs start, such as 2026-03-01."),
        (
            BadPeriodError("unreadable", "end"),
            (
                "end must be a date such as 2026-03-01 or an instant such as 2026-03-01T12:00:00Z"
                " or 2026-03-01T12:00:00.000+01:00."
            ),
        ),
        (
            BadPeriodError("space instead of plus", "start"),
            "start has a space where a + was; write the + of the offset as %2B in a URL.",
        ),
        (
            BadPeriodError("no such day", "start"),
            "start is not a day of the calendar; write one such as 2026-03-01.",
        ),
        (BadPeriodError("out of bounds", "end"), "end must be between 2000-01-01 and 2100-01-01."),
        (
            BadPeriodError("end not after start", "end"),
            "end is not part of the range and must be later than start.",
        ),
        (BadPeriodError("last day before first", "end"), "end must not be a day before start."),
        (
            BadPeriodError("too many buckets", "bucket", unit="hour", coarser="day"),
            "The range has more than 1,000 hours; choose bucket=day or a shorter range.",
        ),
        (
            BadPeriodError("too many buckets", "bucket", unit="month"),
            "The range has more than 1,000 months; choose a shorter range.",
        ),
    ],
    ids=lambda value: value.fault if isinstance(value, BadPeriodError) else "",
)
def test_each_fault_has_its_sentence(error: BadPeriodError, sentence: str) -> None:
    assert period_sentence(error) == sentence
