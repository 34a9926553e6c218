"""The cost in another currency, as the page shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from librechat_analytics.dashboard.data import PageData
from librechat_analytics.dashboard.words.currency_words import beside_cost, of_total
from librechat_analytics.finops.definitions import Currency, Definitions
from librechat_analytics.usage.timeline_answers import Timeline, TimelinePoint
from tests.dashboard.ready_answers import NOW, ReadyRepository, query, texts

OCTOBER, NOVEMBER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
EUR = Currency("EUR", ((date(2026, 10, 1), Fraction("0.9")), (date(2026, 11, 1), Fraction("0.8"))))


def page(*months: tuple[datetime, float], currency: Currency | None = EUR) -> PageData:
    points = tuple(
        TimelinePoint(
            start,
            start + timedelta(days=30),
            partial=False,
            cost_usd=cost,
            prompt_tokens=1,
            completion_tokens=1,
            total_tokens=2,
            calls=1,
        )
        for start, cost in months
    )
    repository = ReadyRepository(timeline=Timeline("month", points))
    definitions = Definitions("sha", ZoneInfo("UTC"), currency=currency)
    return PageData(repository, query(), now=NOW, definitions=definitions)  # type: ignore[arg-type]


def test_the_amount_of_one_month_has_its_rate() -> None:
    data = page((NOVEMBER, 10.0))
    assert texts(beside_cost(data)) == "EUR 8.00 at 0.8 per dollar (Nov 2026)"
    assert of_total(data) == "EUR 8.00"


def test_the_rates_of_several_months_are_in_the_tooltip() -> None:
    (line,) = beside_cost(page((OCTOBER, 10.0), (NOVEMBER, 10.0)))
    assert texts(line) == "EUR 17.00 at monthly rates"
    assert line[1]["title"].startswith("EUR per dollar. Oct 2026: 0.9, Nov 2026: 0.8.")


def test_without_a_currency_or_a_rate_nothing_is_shown() -> None:
    early = replace(EUR, rates=EUR.rates[1:])
    for data in (page((NOVEMBER, 10.0), currency=None), page((OCTOBER, 10.0), currency=early)):
        assert (beside_cost(data), of_total(data)) == ([], "")
