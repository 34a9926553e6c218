"""Reading a price list, and which of its prices is a model's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.usage.prices import Price, PriceList, PriceListError, fits, read_price_list
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

OLD = "model,prompt,completion,cache_write,cache_read,valid_from"
TIERED = f"{OLD},above_tokens"
FULL = f"{OLD},source,above_tokens"
SHIPPED = read_price_list(ROOT / "prices" / "2026-11.csv")


def read(folder: Path, *lines: str) -> PriceList:
    path = folder / "own.csv"
    path.write_text("\n".join(lines), "utf-8")
    return read_price_list(path)


def listing(*patterns: str) -> PriceList:
    """Prices of which only the patterns matter."""
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    return PriceList("own", {each: (Price(each, 1, 1, 1, 1, begin, None, 0),) for each in patterns})


def found(prices: PriceList, model: str) -> str | None:
    return next((price.pattern for price in prices.of(model)), None)


class TestReading:
    def test_a_list_of_six_columns_has_one_price_for_all_sizes(self, tmp_path: Path) -> None:
        (price,) = read(tmp_path, OLD, "a,1,2,,0.5,").of("a")

        assert (price.prompt, price.completion, price.cache_write, price.cache_read) == (
            1_000_000,
            2_000_000,
            1_000_000,
            500_000,
        )
        assert (price.above_tokens, price.source) == (0, None)

    @pytest.mark.parametrize("row", ["a,1,2,,,,", "a,1,2,,,,0", "a,1,2,,,"])
    def test_an_empty_threshold_is_zero(self, tmp_path: Path, row: str) -> None:
        assert [price.above_tokens for price in read(tmp_path, TIERED, row).of("a")] == [0]

    def test_prices_of_one_model_and_day_are_sorted_by_size(self, tmp_path: Path) -> None:
        prices = read(tmp_path, TIERED, "a,4,5,,,,400000", "a,2,3,,,,200000", "a,1,2,,,,").of("a")

        assert [(price.above_tokens, price.prompt) for price in prices] == [
            (0, 1_000_000),
            (200_000, 2_000_000),
            (400_000, 4_000_000),
        ]

    def test_each_size_has_one_price_and_a_later_day_has_its_own_sizes(self, tmp_path: Path) -> None:
        prices = read(tmp_path, TIERED, "a,1,2,,,,", "a,2,3,,,,1000", "a,3,4,,,2026-01-01,")
        rows = prices.frame(["a", "unlisted"])

        assert list(rows["prompt"]) == [1_000_000, 2_000_000, 3_000_000]
        assert list(rows["most"])[:2] == [1000, 2**63 - 1]
        assert list(rows["above"])[:2] == [-(2**63), 1000]
        assert list(rows["tiered"]) == [True, True, False]
        assert list(rows["until"])[:2] == [datetime(2026, 1, 1)] * 2  # noqa: DTZ001 as DuckDB has it

    def test_sources_are_read_in_whatever_place(self, tmp_path: Path) -> None:
        one = read(tmp_path, FULL, "a,1,2,,,,both", "b,1,2,,,,provider,", "c,1,2,,,")
        other = read(
            tmp_path, f"{OLD},above_tokens,source", "a,1,2,,,,,both", "b,1,2,,,,,provider", "c,1,2,,,"
        )

        for prices in (one, other):
            assert [price.source for name in "abc" for price in prices.of(name)] == ["both", "provider", None]

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            (["model,prompt"], "the first line must be model,prompt,completion"),
            ([f"{OLD},tier"], "source and above_tokens may follow"),
            ([f"{TIERED},above_tokens"], "a column is named twice"),
            ([TIERED, "# nothing", "a,1,2,,,,many"], "line 3: above_tokens must be a number of tokens"),
            ([TIERED, "a,1,2,,,,-1"], "line 2: above_tokens"),
            ([TIERED, "a,1,2,,,,272000.5"], "line 2: above_tokens"),
            ([TIERED, "a,1,2,,,,²"], "line 2: above_tokens"),
            ([TIERED, "a,1,2,,,,1000000001"], "line 2: above_tokens"),
            ([TIERED, "a,1,2,,,,", "a,1,3,,,,0"], "line 3: a has a price from that date already"),
            ([TIERED, "a,1,2,,,,", "a,1,2,,,,9", "a,1,2,,,,9"], "line 4: a has a price above 9 tokens from"),
            (
                [TIERED, "a,1,2,,,,9"],
                "line 2: a has a price above 9 tokens, but none from that date for shorter",
            ),
            ([TIERED, "a,1,2,,,,", "a,1,2,,,2026-01-01,9"], "line 3: a has a price above 9 tokens, but none"),
            ([FULL, "a,1,2,,,,me"], "line 2: source must be both, librechat, provider or empty"),
            ([FULL, "a,1,2,,"], "line 2: 6 to 8 columns are needed, 5 are there"),
            ([OLD, "a,1,2,,,,272000"], "line 2: 6 columns are needed, 7 are there"),
        ],
    )
    def test_what_cannot_be_meant_is_refused_by_line(
        self, tmp_path: Path, lines: list[str], message: str
    ) -> None:
        with pytest.raises(PriceListError, match=re.escape(message)):
            read(tmp_path, *lines)


class TestPatterns:
    @pytest.mark.parametrize("name", ["[free]gpt-4o", "what?", "a.b", "a[!b]c", "(x)|y", "back\\slash"])
    def test_only_the_star_is_special(self, name: str) -> None:
        assert fits(name, name)
        assert fits(f"*{name}*", f"1{name}2")
        assert not fits(name, "gpt-4o")
        assert not fits(name, "f")

    def test_a_bracket_or_question_mark_stands_for_itself_in_a_file(self, tmp_path: Path) -> None:
        prices = read(tmp_path, OLD, '"[free]gpt-4o",10,20,,,', "gpt-?,1,2,,,")

        assert found(prices, "[free]gpt-4o") == "[free]gpt-4o"
        assert found(prices, "fgpt-4o") is None
        assert found(prices, "gpt-5") is None
        assert found(prices, "gpt-?") == "gpt-?"

    @given(
        st.text("ab*?[.", max_size=8),
        st.text("ab?[.", max_size=12),
    )
    def test_a_star_stands_for_any_text(self, pattern: str, name: str) -> None:
        by_regex = ".*".join(re.escape(part) for part in pattern.split("*"))

        assert fits(pattern, name) is (re.fullmatch(by_regex, name, re.DOTALL) is not None)


class TestModels:
    @pytest.mark.parametrize(
        ("model", "pattern"),
        [
            ("gpt-5.2-pro-2025-12-11", "gpt-5.2-pro"),
            ("gpt-5.2-codex", "gpt-5.2*"),
            ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
            ("gpt-4o-2024-11-20", "gpt-4o"),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "*amazon.nova-pro*"),
            ("claude-sonnet-4-5@20260922", "claude-sonnet-4-5"),
            ("anthropic/claude-opus-4.5", "claude-opus-4-5"),
            ("openai/gpt-6-astra", "gpt-6-astra"),
            ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6", None),
            ("deepseek/deepseek-r1:free", None),
            ("acme-internal-70b", None),
        ],
    )
    def test_a_model_finds_its_price_on_the_list_that_is_shipped(
        self, model: str, pattern: str | None
    ) -> None:
        assert found(SHIPPED, model) == pattern

    def test_what_is_listed_for_a_region_counts_there_only(self) -> None:
        prices = listing(
            "claude-sonnet-4-5", "eu.anthropic.*", "anthropic.claude-opus-4-5*", "claude-opus-4-5"
        )

        assert found(prices, "eu.anthropic.claude-sonnet-4-5-20250929-v1:0") == "eu.anthropic.*"
        assert found(prices, "us.anthropic.claude-sonnet-4-5-20250929-v1:0") == "claude-sonnet-4-5"
        assert found(prices, "us.anthropic.claude-opus-4-5-20251101-v1:0") == "anthropic.claude-opus-4-5*"
        assert found(prices, "claude-opus-4-5") == "claude-opus-4-5"

    @pytest.mark.parametrize(
        "model", ["claude-sonnet-4-5-20250929", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"]
    )
    def test_a_pattern_for_everything_else_takes_nothing_away(self, model: str) -> None:
        assert found(listing("*", "*claude*", "claude-sonnet-4-5"), model) == "claude-sonnet-4-5"

    @given(st.data())
    def test_a_name_that_is_listed_never_loses_its_price(self, data: st.DataObject) -> None:
        pieces = st.sampled_from(
            [
                "us.",
                "anthropic.",
                "openai/",
                "claude-",
                "x-4",
                ".5",
                "-v1:0",
                "@20260922",
                "-20250929",
                "*",
                "?",
            ]
        )
        names = st.lists(pieces, min_size=1, max_size=6).map("".join)
        name = data.draw(names.filter(lambda each: "*" not in each))
        others = data.draw(st.lists(names, max_size=8))

        assert found(listing(*others, name), name) == name


class TestTheListThatIsShipped:
    def test_it_says_of_every_price_where_it_comes_from(self) -> None:
        assert {price.source for prices in SHIPPED.prices.values() for price in prices} == {
            "both",
            "librechat",
            "provider",
        }

    def test_long_prompts_have_their_own_prices(self) -> None:
        short, long = SHIPPED.of("gpt-6-astra")

        assert (short.prompt, short.completion, short.cache_read) == (10_000_000, 50_000_000, 1_000_000)
        assert (long.prompt, long.completion, long.cache_read) == (20_000_000, 75_000_000, 2_000_000)
        assert long.above_tokens == 272_000

    @pytest.mark.parametrize("model", ["gemini-3.6-flash", "gemini-3.7-flash", "gemini-3.8-flash"])
    def test_the_reduced_price_of_gemini_flash_ends_with_the_year(self, model: str) -> None:
        *_, before, after = SHIPPED.of(model)

        assert after.valid_from == datetime(2027, 1, 1, tzinfo=UTC)
        assert (after.prompt, after.completion, after.cache_read) == (
            2 * before.prompt,
            2 * before.completion,
            2 * before.cache_read,
        )

    def test_all_of_march_still_holds(self) -> None:
        march = read_price_list(ROOT / "prices" / "2026-03.csv")

        for model, (price,) in march.prices.items():
            now = SHIPPED.of(model)[0]
            assert (now.prompt, now.completion, now.cache_write, now.cache_read) == (
                price.prompt,
                price.completion,
                price.cache_write,
                price.cache_read,
            ), model
