"""Amounts of money as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.dashboard.amounts import parse_amount

CENTS = st.integers(min_value=0, max_value=10**13)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("1,23", 1.23),
        ("$1,234.56", 1234.56),
        ("1.234,56", 1234.56),
        ("1 234,56", 1234.56),
        ("1'234.56", 1234.56),
        ("1.234.567", 1234567.0),
        ("1,234", 1234.0),
        ("1.234", 1234.0),
        ("0.123", 0.123),
        (" 0 ", 0.0),
    ],
)
def test_they_are_read_in_english_and_in_european_notation(text: str, amount: float) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", "abc", "-5", "1e9", "nan", "1.2.3", "1,2,3", "1.234.56", "1,234,56", "1,2345,678", "٣", "1" * 13],
)
def test_anything_else_is_no_amount(text: str) -> None:
    assert parse_amount(text) is None


@given(CENTS, st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]))
def test_what_a_program_writes_is_read_back(cents: int, signs: tuple[str, str]) -> None:
    thousands, point = signs
    text = f"{cents // 100:,}".replace(",", thousands) + f"{point}{cents % 100:02}"

    assert parse_amount(text) == cents / 100
