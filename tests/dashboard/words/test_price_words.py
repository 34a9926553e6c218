"""Recorded cost, compared with list prices and with a provider's bill, in words."""

from __future__ import annotations

from typing import Any

import pytest

from librechat_analytics.dashboard.words import price_words
from librechat_analytics.usage.answers import PriceCheck, PriceRow, SourcePriceCheck
from tests.dashboard.ready_answers import page_data, query, texts


def price_row(model: str, cost: float, listed: float, price: float | None) -> PriceRow:
    difference = None if price is None else listed - price
    return PriceRow("anthropic", model, cost, listed, price, difference, (), 0)


def prices(
    *rows: tuple[str, float, float, float | None],
    sources: tuple[SourcePriceCheck, ...] = (),
    unpaired: int = 0,
) -> PriceCheck:
    """Models with their recorded cost, that of listed rows, and their list price."""
    found = tuple(price_row(*row) for row in rows)
    cost, listed = sum(row.cost_usd for row in found), sum(row.listed_cost_usd for row in found)
    at_list = sum(row.list_price_usd or 0 for row in found)
    return PriceCheck(
        list_name="2026-03",
        rows=found,
        cost_usd=cost,
        listed_cost_usd=listed,
        list_price_usd=at_list,
        difference_usd=listed - at_list,
        unlisted_cost_usd=cost - listed,
        unpaired_completions=unpaired,
        sources=sources,
    )


class TestPrices:
    def test_without_a_list_it_says_how_to_have_one(self) -> None:
        assert "PRICES_FILE" in texts(price_words.price_lead(None))

    def test_both_figures_are_named_and_what_is_not_listed_stands_apart(self) -> None:
        words = texts(price_words.price_lead(prices(("a", 10.0, 10.0, 8.0), ("b", 3.0, 0.0, None))))

        assert words.startswith("Checked $10.00 of $13.00 (76.9%)  with the list 2026-03.")
        assert "costs  $8.00 : LibreChat recorded $2.00 (25.0%) more than the list" in words
        assert "The other $3.00 went to models that are not on the list." in words

    def test_it_says_which_prices_were_compared_with_the_provider(self) -> None:
        parts = (
            SourcePriceCheck("both", 5.0, 5.0, 0.0),
            SourcePriceCheck("librechat", 3.0, 2.0, 1.0),
            SourcePriceCheck("provider", 1.0, 0.9, 0.1),
            SourcePriceCheck(None, 1.0, 0.1, 0.9),
        )
        words = texts(price_words.price_lead(prices(("a", 10.0, 10.0, 8.0), sources=parts)))

        assert (
            "Of the list price, $5.00 was compared with the provider's page, $2.00 is from LibreChat's"
            in words
        )
        assert "table only (which cannot show that LibreChat's price is wrong)" in words
        assert "$0.90 is from the provider's page only, $0.10 has no source on the list." in words

    def test_a_list_without_sources_says_nothing_of_them(self) -> None:
        own = prices(("a", 1.0, 1.0, 1.0), sources=(SourcePriceCheck(None, 1.0, 1.0, 0.0),))

        assert "Of the list price" not in texts(price_words.price_lead(own))

    def test_completions_without_their_prompt_are_counted_where_there_are_any(self) -> None:
        words = texts(price_words.price_lead(prices(("a", 1.0, 1.0, 1.0), unpaired=1234)))

        assert "1,234 completions of models that cost more after long prompts could not be matched" in words
        assert "could not be matched" not in texts(price_words.price_lead(prices(("a", 1.0, 1.0, 1.0))))

    @pytest.mark.parametrize(
        ("recorded", "words"),
        [(8.0, "the same as the list"), (8.004, "the same as the list"), (8.006, "more than the list")],
    )
    def test_the_same_to_the_cent_is_the_same(self, recorded: float, words: str) -> None:
        assert words in texts(price_words.price_lead(prices(("a", recorded, recorded, 8.0))))

    @pytest.mark.parametrize(
        ("usd", "text"),
        [
            (0.1 + 0.2 - 0.3, "$0.00"),
            (0.004, "<$0.01"),
            (-0.004, "<$0.01"),
            (0.01, "+$0.01"),
            (-1234.5, "\N{MINUS SIGN}$1,234.50"),
        ],
    )
    def test_a_difference_has_a_sign_unless_it_is_less_than_a_cent(self, usd: float, text: str) -> None:
        assert price_words.signed(usd) == text


class TestBill:
    def words(self, **changes: Any) -> str:
        name = changes.pop("name", "7d")
        check = changes.pop("check", None)
        return texts(price_words.bill_in_words(page_data(query(name, **changes), price_check=check)))

    def test_until_there_is_one_it_says_how(self) -> None:
        assert "choose last month" in self.words()
        assert self.words(name="last-month") == "Type the amount of last month's bill."

    def test_what_is_no_amount_is_said_to_be_none(self) -> None:
        assert self.words(unreadable_bill="abc").startswith("“abc” is not an amount.")

    def test_it_is_held_against_what_was_recorded(self) -> None:
        words = self.words(bill_usd=10.0)

        assert words.startswith("All providers together: the bill says  $10.00")
        assert "recorded  $12.50 , $2.50 (25.0%) more than the bill" in words
        assert "list price" not in words

    def test_and_against_the_list_where_there_is_one(self) -> None:
        words = self.words(
            bill_usd=10.0,
            bill_of="anthropic",
            check=prices(("a", 10.0, 10.0, 8.0), ("b", 2.5, 0.0, None)),
        )

        assert "At list price it is  $8.00 , $2.00 (20.0%) less than the bill" in words
        assert "not counting $2.50 for models that are not on the list" in words

    def test_a_provider_of_whom_nothing_is_known_is_no_error(self) -> None:
        words = self.words(bill_usd=10.0, bill_of="<b>", check=prices(("a", 1.0, 1.0, 1.0)))

        assert words.startswith("<b>: the bill says")
        assert "None of these models is on the price list." in words
