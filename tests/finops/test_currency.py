"""Dollars in the currency of the definitions: by month, exact, and named with the rate."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.currency import (
    Converted,
    Rate,
    converted,
    each_rate_in_words,
    in_words,
    rate_on,
)
from librechat_analytics.finops.definitions import Currency
from librechat_analytics.formatting import money_in
from tests.support.examples import examples

MARCH, MAY, JULY = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)
EUR = Currency("EUR", ((MARCH, Fraction("0.9")), (MAY, Fraction("0.92"))))


def euros(*costs_usd: tuple[date, float], last: date = JULY) -> Converted:
    found = converted(EUR, costs_usd, last)
    assert found is not None
    return found


def test_the_newest_earlier_month_holds() -> None:
    assert rate_on(EUR, date(2026, 4, 30)) == Rate(MARCH, Fraction("0.9"))
    assert rate_on(EUR, MAY) == rate_on(EUR, JULY) == Rate(MAY, Fraction("0.92"))
    assert rate_on(EUR, date(2026, 2, 28)) is None


def test_each_month_is_converted_at_its_own_rate() -> None:
    found = euros((MARCH, 100.0), (MAY, 100.0), (JULY, 100.0))
    assert found.amount == pytest.approx(90 + 92 + 92)
    assert [rate.month for rate in found.rates] == [MARCH, MAY]
    assert in_words(found) == "EUR 274.00 at 0.9133 per dollar on average, each month at its own rate"
    assert each_rate_in_words(found).startswith("EUR per dollar. Mar 2026: 0.9, May 2026: 0.92.")


def test_one_rate_is_named_with_the_month_that_it_is_of() -> None:
    assert in_words(euros((JULY, 12.0))) == "EUR 11.04 at 0.92 per dollar (May 2026)"


def test_without_cost_the_rate_of_the_last_day_is_named() -> None:
    assert in_words(euros()) == "EUR 0.00 at 0.92 per dollar (May 2026)"
    assert euros().of(2.0) == 1.84


def test_a_month_with_cost_before_the_first_rate_cannot_be_converted() -> None:
    february = date(2026, 2, 1)
    assert converted(EUR, [(february, 1.0), (MAY, 1.0)], MAY) is None
    assert converted(EUR, [], february) is None
    assert euros((february, 0.0), (MAY, 1.0)).amount == 0.92


@settings(max_examples=examples(25))
@given(
    st.lists(
        st.tuples(st.dates(MARCH, date(2027, 1, 1)), st.floats(0, 1e6, allow_subnormal=False)), max_size=8
    )
)
def test_parts_at_the_average_rate_add_up_to_the_whole(costs_usd: list[tuple[date, float]]) -> None:
    found = euros(*costs_usd)
    assert sum(found.of(cost) for _, cost in costs_usd) == pytest.approx(found.amount, abs=1e-6)
    assert 0.9 * (1 - 1e-12) <= found.average <= 0.92 * (1 + 1e-12)


@pytest.mark.parametrize(
    ("code", "amount", "text"),
    [
        ("EUR", 1234.5, "EUR 1,234.50"),
        ("EUR", 0.001, "<EUR 0.01"),
        ("EUR", -3.0, "-EUR 3.00"),
        ("JPY", 165_000.4, "JPY 165,000"),
        ("JPY", 0.4, "<JPY 1"),
        ("EUR", 0.0, "EUR 0.00"),
    ],
)
def test_an_amount_has_the_code_of_its_currency(code: str, amount: float, text: str) -> None:
    assert money_in(code, amount) == text
