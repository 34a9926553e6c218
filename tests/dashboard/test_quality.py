"""How sure the figures are, in sentences; and how they stand beside list prices and a bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from librechat_analytics.dashboard.views import quality
from librechat_analytics.dashboard.words import uncertainty
from librechat_analytics.usage.answers import PriceCheck, SourcePriceCheck, Summary
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.quality import KINDS, Detail, Finding, QualityReport, Refusals
from tests.dashboard.ready_answers import CERTAIN_QUALITY, NOTHING, NOW, query, questions, texts

DEFAULT_RATE = Finding(
    code="default-rate",
    documents=1386,
    tokens=3_700_000,
    cost_usd=2.5,
    first=NOW - timedelta(days=20),
    last=NOW - timedelta(days=2),
    details=tuple(Detail(f"acme-{number}", 198, 1000, 0.35, f"acme-{number}") for number in range(7)),
)
REPORT = QualityReport((DEFAULT_RATE,), (), 2.5)
REFUSED = Refusals("tokenValue is not a number", 12, ("65f0", "65f1"), NOW)


def prices(
    *rows: tuple[str, float, float, float | None],
    sources: tuple[SourcePriceCheck, ...] = (),
    unpaired: int = 0,
) -> PriceCheck:
    table = pd.DataFrame(
        {
            "provider": ["anthropic"] * len(rows),
            "model": [model for model, *_ in rows],
            "cost_usd": [cost for _, cost, _, _ in rows],
            "listed_cost_usd": [listed for _, _, listed, _ in rows],
            "list_price_usd": pd.Series([price for *_, price in rows], dtype="object"),
            "difference_usd": pd.Series(
                [None if price is None else listed - price for _, _, listed, price in rows], dtype="object"
            ),
            "price_sources": [[part.source for part in sources if part.source]] * len(rows),
            "unpaired_completions": [0] * len(rows),
        }
    )
    cost, listed, at_list = (
        sum(cost for _, cost, _, _ in rows),
        sum(listed for _, _, listed, _ in rows),
        sum(price or 0 for *_, price in rows),
    )
    return PriceCheck(
        list_name="2026-03",
        rows=table,
        cost_usd=cost,
        listed_cost_usd=listed,
        list_price_usd=at_list,
        difference_usd=listed - at_list,
        unlisted_cost_usd=cost - listed,
        unpaired_completions=unpaired,
        sources=sources,
    )


def test_every_kind_of_finding_can_be_shown() -> None:
    for code in KINDS:
        words = texts(quality.finding_card(replace(DEFAULT_RATE, code=code), 12.5, questions()))

        assert KINDS[code].title in words
        assert KINDS[code].advice in words


def test_a_finding_says_how_much_since_when_and_what_to_do() -> None:
    words = texts(quality.finding_card(DEFAULT_RATE, 12.5, questions()))

    for part in ("$2.50 (20.0 %)", "1,386", "3.7M", "4–22 Nov 2026", "every version", "2 more"):  # noqa: RUF001
        assert part in words


def test_a_models_name_in_it_leads_to_the_model() -> None:
    card = str(quality.finding_card(DEFAULT_RATE, 12.5, questions()))

    assert "?view=model&model=acme-0" in card


class TestLead:
    def words(self, report: QualityReport, **answers: Any) -> str:
        return texts(quality.lead(questions(report=report, **answers)))

    def test_nothing_to_doubt_is_said(self) -> None:
        assert self.words(QualityReport((), (), 0.0)).startswith("Nothing to doubt.")

    def test_doubtful_cost_is_held_against_the_whole(self) -> None:
        assert self.words(REPORT).startswith("$2.50 of $12.50 (20.0 %)")

    def test_remarks_without_cost_are_no_doubt(self) -> None:
        assert self.words(replace(REPORT, doubtful_cost_usd=0.0)).startswith("No cost in doubt.")

    def test_a_period_of_nothing_has_nothing_to_doubt(self) -> None:
        words = self.words(QualityReport((), (), 0.0), summary=Summary(NOTHING, None, CERTAIN_QUALITY))

        assert words.startswith("No usage in this period.")


class TestRefused:
    def test_ids_stand_there_to_look_up(self) -> None:
        words = texts(quality.refused((REFUSED,), questions()))

        assert "65f0 ,  65f1  and 10 more" in words
        assert "12 documents, whatever the period," in words

    def test_whoever_sees_some_users_only_sees_none(self) -> None:
        limited = questions(query(filters=Filters(scope=Scope(("example.org",), ()))))

        assert quality.refused((REFUSED,), limited) == []


class TestPrices:
    def test_without_a_list_it_says_how_to_have_one(self) -> None:
        assert "PRICES_FILE" in texts(quality.price_lead(None))

    def test_both_figures_are_named_and_what_is_not_listed_stands_apart(self) -> None:
        words = texts(quality.price_lead(prices(("a", 10.0, 10.0, 8.0), ("b", 3.0, 0.0, None))))

        assert "recorded  $10.00  for models on the list 2026-03" in words
        assert "cost  $8.00 : $2.00 (25.0 %) more than the list" in words
        assert "Another $3.00 went to models that are not on the list." in words

    def test_it_says_which_prices_were_compared_with_the_provider(self) -> None:
        parts = (
            SourcePriceCheck("both", 5.0, 5.0, 0.0),
            SourcePriceCheck("librechat", 3.0, 2.0, 1.0),
            SourcePriceCheck("provider", 1.0, 0.9, 0.1),
            SourcePriceCheck(None, 1.0, 0.1, 0.9),
        )
        words = texts(quality.price_lead(prices(("a", 10.0, 10.0, 8.0), sources=parts)))

        assert (
            "Of the list price, $5.00 was compared with the provider's page, $2.00 is from LibreChat's"
            in words
        )
        assert "table only (which cannot show that LibreChat's price is wrong)" in words
        assert "$0.90 is from the provider's page only, $0.10 has no source on the list." in words

    def test_a_list_without_sources_says_nothing_of_them(self) -> None:
        own = prices(("a", 1.0, 1.0, 1.0), sources=(SourcePriceCheck(None, 1.0, 1.0, 0.0),))

        assert "Of the list price" not in texts(quality.price_lead(own))

    def test_completions_without_their_prompt_are_counted_where_there_are_any(self) -> None:
        words = texts(quality.price_lead(prices(("a", 1.0, 1.0, 1.0), unpaired=1234)))

        assert "1,234 completions of models that cost more after long prompts could not be matched" in words
        assert "could not be matched" not in texts(quality.price_lead(prices(("a", 1.0, 1.0, 1.0))))

    @pytest.mark.parametrize(
        ("recorded", "words"),
        [(8.0, "the same as the list"), (8.004, "the same as the list"), (8.006, "more than the list")],
    )
    def test_the_same_to_the_cent_is_the_same(self, recorded: float, words: str) -> None:
        assert words in texts(quality.price_lead(prices(("a", recorded, recorded, 8.0))))

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
        assert quality.signed(usd) == text


class TestBill:
    def words(self, **changes: Any) -> str:
        name = changes.pop("name", "7d")
        check = changes.pop("check", None)
        return texts(quality.bill_in_words(questions(query(name, **changes), price_check=check)))

    def test_until_there_is_one_it_says_how(self) -> None:
        assert "choose last month" in self.words()
        assert self.words(name="last-month") == "Type the amount of last month's bill."

    def test_it_is_held_against_what_was_recorded(self) -> None:
        words = self.words(bill_usd=10.0)

        assert words.startswith("All providers together: the bill says  $10.00")
        assert "recorded  $12.50 , $2.50 (25.0 %) more than the bill" in words
        assert "list price" not in words

    def test_and_against_the_list_where_there_is_one(self) -> None:
        words = self.words(
            bill_usd=10.0,
            bill_of="anthropic",
            check=prices(("a", 10.0, 10.0, 8.0), ("b", 2.5, 0.0, None)),
        )

        assert "At list price it is  $8.00 , $2.00 (20.0 %) less than the bill" in words
        assert "without $2.50 of models not listed" in words

    def test_a_provider_of_whom_nothing_is_known_is_no_error(self) -> None:
        words = self.words(bill_usd=10.0, bill_of="<b>", check=prices(("a", 1.0, 1.0, 1.0)))

        assert words.startswith("<b>: the bill says")
        assert "None of these models is on the price list." in words


class TestMark:
    def test_a_total_of_known_prices_has_none(self) -> None:
        assert uncertainty.of_cost(questions()) == []

    def test_a_doubtful_one_leads_to_the_reasons_and_says_what_it_is(self) -> None:
        summary = Summary(NOTHING, None, replace(CERTAIN_QUALITY, default_rate_cost_usd=2.5))
        ((tag, attributes, sign),) = uncertainty.of_cost(questions(summary=summary))

        assert (tag, sign) == ("a", "≈")
        assert attributes["href"] == "?view=quality"  # type: ignore[index,call-overload]
        assert attributes["aria-label"].startswith("$2.50 of it was not computed")  # type: ignore[index,call-overload]

    def test_models_without_a_price_are_known_by_name(self) -> None:
        assert "acme-3" in uncertainty.unpriced_models(questions(report=REPORT))
