"""The forecast below the cards: what is expected of the running period, or why that is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from librechat_analytics.dashboard.panels import forecast
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.finops.period_forecast import PastPeriods
from tests.dashboard.ready_answers import forecast_of, page_data, query, texts

ERRORS = (
    "Forecasts of a month 7 days before its end were off by 3% on average;"
    " 10 of 11 months ended in the range."
)


def shown(period: str, **answers: Any) -> str:
    (error,), stored = answer_panels([forecast.PANEL], page_data(query(period), **answers))
    assert error is None
    return texts(stored["forecast"])


def test_below_this_months_cost_is_what_is_expected_of_it() -> None:
    assert shown("this-month") == f"Expected by 30 Nov: about $590, likely $572 to $627. {ERRORS}"


@pytest.mark.parametrize("period", ["30d", "12m", "all", "24h", "today"])
def test_a_period_without_an_end_says_what_is_expected_of_this_month(period: str) -> None:
    expected = "This month: $467.42 so far, about $590 expected by 30 Nov, likely $572 to $627."
    assert shown(period) == f"{expected} {ERRORS}"


@pytest.mark.parametrize("period", ["yesterday", "last-month", "last-year"])
def test_a_period_that_is_over_has_no_forecast(period: str) -> None:
    assert shown(period, forecast=RuntimeError("no need to ask")) == ""


def test_small_amounts_have_cents_and_a_certain_one_has_no_range() -> None:
    assert shown("this-month", forecast=forecast_of(12.345, 11.0, 13.0)).startswith(
        "Expected by 30 Nov: about $12.35, likely $11.00 to $13.00."
    )
    assert shown("this-month", forecast=forecast_of(590.1, 590.0, 590.2)).startswith(
        "Expected by 30 Nov: about $590. "
    )


def test_a_quarter_speaks_of_quarters_and_a_last_day_of_one_day() -> None:
    found = forecast_of(590.4, 571.5, 627.0, days=1, past=PastPeriods(1, 0.104, 1))
    assert shown("this-quarter", forecast=found).endswith(
        "Forecasts of a quarter on its last day were off by 10% on average;"
        " 1 of 1 quarter ended in the range."
    )


def test_too_early_is_an_answer() -> None:
    reason = "Too early for a forecast: it needs eight weeks of usage, and there are 20 days."
    early = forecast_of(None, None, None, reason=reason)
    assert shown("30d", forecast=early) == f"This month: $467.42 so far. {reason}"
    assert shown("this-month", forecast=early) == reason
    assert shown("30d", forecast=replace(early, actual_usd=0.0)) == ""


def test_errors_that_are_not_known_are_not_mentioned() -> None:
    found = forecast_of(590.4, 571.5, 627.0, past=PastPeriods(0, None, 0))
    assert shown("this-month", forecast=found) == "Expected by 30 Nov: about $590, likely $572 to $627."
