"""The cost column once more, in the currency of the definitions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

from librechat_analytics.exports import columns
from librechat_analytics.exports.columns import Heading
from librechat_analytics.exports.currency import with_currency
from librechat_analytics.exports.sheets import Sheet
from librechat_analytics.finops.currency import converted
from librechat_analytics.finops.definitions import Currency

EUR = Currency("EUR", ((date(2026, 3, 1), Fraction("0.5")), (date(2026, 4, 1), Fraction("0.75"))))
WHOLE = converted(EUR, [(date(2026, 3, 1), 100.0), (date(2026, 4, 1), 100.0)], date(2026, 4, 30))
NAME, COST = Heading("Name", "text"), columns.COST
USERS = Sheet(
    "Users", (NAME, COST, columns.CALLS), (("ada", 150.0, 3), ("bob", 50.0, 1), ("c", None, 0)), adds_up=True
)


def test_rows_are_converted_at_the_periods_average_rate_so_that_they_add_up() -> None:
    found = with_currency(USERS, EUR, WHOLE)
    assert [column.title for column in found.columns] == ["Name", "Cost (USD)", "Cost (EUR)", "Calls"]
    assert found.rows == (("ada", 150.0, 93.75, 3), ("bob", 50.0, 31.25, 1), ("c", None, None, 0))
    assert WHOLE is not None
    assert WHOLE.amount == 93.75 + 31.25
    assert found.adds_up


def test_rows_with_a_time_are_converted_at_the_rate_of_their_month() -> None:
    start = columns.BUCKET[0]
    days = (
        datetime(2026, 3, 31, tzinfo=UTC),
        datetime(2026, 4, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    sheet = Sheet("By day", (start, COST), tuple((day, 10.0) for day in days))
    assert [row[2] for row in with_currency(sheet, EUR, WHOLE).rows] == [5.0, 7.5, None]


def test_without_a_currency_a_rate_or_a_cost_nothing_changes() -> None:
    assert with_currency(USERS, None, WHOLE) is USERS
    assert with_currency(USERS, EUR, None) is USERS
    names = Sheet("Names", (NAME,), (("ada",),))
    assert with_currency(names, EUR, WHOLE) is names
