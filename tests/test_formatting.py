"""Figures and names as people read them, at every boundary where the form changes."""

# ruff: noqa: RUF001 - full-width signs and dashes are what is tested

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from librechat_analytics.formatting import (
    MAX_NAME_LENGTH,
    UNKNOWN,
    Change,
    agent_label,
    ago,
    change,
    counted,
    defuse,
    figure_text,
    integer,
    model_label,
    money,
    money_exact,
    plain_text,
    rate,
    share,
    tokens,
    user_label,
)

NOT_FINITE = [None, float("nan"), float("inf"), float("-inf")]


class TestMoney:
    @pytest.mark.parametrize(
        ("usd", "text"),
        [
            (0, "$0.00"),
            (-0.0, "$0.00"),
            (1e-12, "<$0.01"),
            (0.00999, "<$0.01"),
            (0.01, "$0.01"),
            (0.99, "$0.99"),
            (999.99, "$999.99"),
            (1234.56, "$1,234.56"),
            (1234567.894, "$1,234,567.89"),
            (-1234.56, "-$1,234.56"),
            (-0.01, "-$0.01"),
            (-0.00999, ">-$0.01"),
        ],
    )
    def test_to_the_cent(self, usd, text):
        assert money(usd) == text

    @pytest.mark.parametrize(
        ("usd", "text"),
        [
            (0, "$0.000000"),
            (-0.0, "$0.000000"),
            (0.0000009, "<$0.000001"),
            (-0.0000009, ">-$0.000001"),
            (0.000001, "$0.000001"),
            (12.345678, "$12.345678"),
            (-1234.5, "-$1,234.500000"),
        ],
    )
    def test_to_the_millionth(self, usd, text):
        assert money_exact(usd) == text

    @pytest.mark.parametrize(
        ("usd_per_million", "text"),
        [
            (0, "$0.00"),
            (3, "$3.00"),
            (18.75, "$18.75"),
            (1000, "$1,000.00"),
            (0.3, "$0.30"),
            (0.075, "$0.075"),
            (0.0375, "$0.0375"),
            (0.0714285714, "$0.0714"),
            (0.9999, "$1.00"),
            (0.1, "$0.10"),
            (0.00005, "$0.00005"),
            (2.857142857, "$2.86"),
        ],
    )
    def test_rates_keep_the_digits_that_count(self, usd_per_million, text):
        assert rate(usd_per_million) == text

    @pytest.mark.parametrize("unknown", NOT_FINITE)
    def test_unknown_is_a_dash_and_not_zero(self, unknown):
        assert {form(unknown) for form in (money, money_exact, rate, share)} == {UNKNOWN}

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_only_a_true_zero_reads_as_zero(self, usd):
        assert (money(usd) == "$0.00") == (usd == 0)
        assert (money_exact(usd) == "$0.000000") == (usd == 0)
        assert (rate(usd) == "$0.00") == (usd == 0)
        assert "-$0.00" not in {money(usd), rate(usd)}


class TestCounts:
    @pytest.mark.parametrize(
        ("n", "text"),
        [
            (0, "0"),
            (1, "1"),
            (999, "999"),
            (1_000, "1k"),
            (1_099, "1k"),
            (1_100, "1.1k"),
            (9_999, "9.9k"),
            (10_000, "10k"),
            (99_999, "99.9k"),
            (100_000, "100k"),
            (999_999, "999k"),
            (1_000_000, "1M"),
            (1_234_567, "1.2M"),
            (12_345_678, "12.3M"),
            (999_999_999, "999M"),
            (1_000_000_000, "1B"),
            (1_200_000_000, "1.2B"),
            (999_999_999_999, "999B"),
            (1_000_000_000_000, "1T"),
            (999_999_999_999_999, "999T"),
            (1_234_000_000_000_000, "1,234T"),
            (-12_345_678, "-12.3M"),
        ],
    )
    def test_tokens_are_compact_and_cut(self, n, text):
        assert tokens(n) == text

    @pytest.mark.parametrize(
        ("n", "text"),
        [(0, "0"), (999, "999"), (12_345_678, "12,345,678"), (-1_000, "-1,000"), (None, UNKNOWN)],
    )
    def test_integers_show_every_digit(self, n, text):
        assert integer(n) == text

    def test_a_noun_is_in_the_plural_unless_there_is_one(self):
        assert counted(1, "user") == "1 user"
        assert counted(1200, "user") == "1,200 users"
        assert counted(0, "query", "queries") == "0 queries"

    def test_unknown_tokens_are_a_dash(self):
        assert tokens(None) == UNKNOWN

    @given(st.integers(0, 10**15 - 1))
    def test_compact_tokens_are_short_and_less_than_a_tenth_too_small(self, n):
        number, unit = re.fullmatch(r"([0-9.]+)([kMBT]?)", tokens(n)).groups()
        shown = float(number) * 1000 ** " kMBT".index(unit or " ")
        assert len(number) <= 4
        assert n * 0.9 < shown + 0.5
        assert shown <= n * (1 + 1e-12)


class TestShare:
    @pytest.mark.parametrize(
        ("x", "text"),
        [
            (0, "0.0%"),
            (-0.0, "0.0%"),
            (1e-9, "<0.1%"),
            (0.00099, "<0.1%"),
            (0.001, "0.1%"),
            (0.123, "12.3%"),
            (0.5, "50.0%"),
            (0.999, "99.9%"),
            (0.99951, ">99.9%"),
            (1, "100.0%"),
        ],
    )
    def test_one_decimal_and_never_wrongly_nothing_or_everything(self, x, text):
        assert share(x) == text


class TestChange:
    @pytest.mark.parametrize(
        ("current", "previous", "expected"),
        [
            (5, None, Change("none", "")),
            (0, None, Change("none", "")),
            (0, 0, Change("none", "")),
            (0.0, 0, Change("none", "")),
            (5, 0, Change("new", "new")),
            (1e-12, 0, Change("new", "new")),
            (5, 5, Change("same", "no change")),
            (112, 100, Change("up", "12% more")),
            (88, 100, Change("down", "12% less")),
            (0, 100, Change("down", "100% less")),
            (0.4, 100, Change("down", ">99% less")),
            (1, 100, Change("down", "99% less")),
            (100.4, 100, Change("up", "<1% more")),
            (99.6, 100, Change("down", "<1% less")),
            (101, 100, Change("up", "1% more")),
            (200, 100, Change("up", "100% more")),
            (1099, 100, Change("up", "999% more")),
            (1100, 100, Change("up", ">999% more")),
            (1e300, 1e-300, Change("up", ">999% more")),
        ],
    )
    def test_direction_and_words(self, current, previous, expected):
        assert change(current, previous) == expected

    @given(st.floats(0, 1e12), st.none() | st.floats(0, 1e12))
    def test_the_words_agree_with_the_direction(self, current, previous):
        found = change(current, previous)
        words = {"up": r"(<1|>999|[1-9][0-9]{0,2})% more", "down": r"(<1|>99|100|[1-9][0-9]?)% less"}
        assert re.fullmatch(words.get(found.direction, "no change|new|"), found.text)
        assert (found.direction == "up") == (previous is not None and current > previous > 0)
        assert (found.direction == "down") == (previous is not None and current < previous)


class TestAgo:
    @pytest.mark.parametrize(
        ("seconds", "text"),
        [
            (-3600, "just now"),
            (0.9, "just now"),
            (4.9, "just now"),
            (5, "5 s ago"),
            (12.7, "12 s ago"),
            (59.9, "59 s ago"),
            (60, "1 min ago"),
            (3599, "59 min ago"),
            (3600, "1 h ago"),
            (86_399, "23 h ago"),
            (86_400, "1 day ago"),
            (2 * 86_400 - 1, "1 day ago"),
            (2 * 86_400, "2 days ago"),
            (1_234 * 86_400, "1,234 days ago"),
        ],
    )
    def test_the_largest_unit_that_is_full(self, seconds, text):
        assert ago(seconds) == text


class TestNames:
    @pytest.mark.parametrize(
        ("name", "text"),
        [
            (None, ""),
            ("", ""),
            (" \t\r\n ", ""),
            ("Ada  Lovelace\n", "Ada Lovelace"),
            ("a\x00b\x1bc\x7fd\x9fe", "abcde"),
            ("a \x00 b", "a b"),
            ("a\x85b\u2028c\u00a0d\x1ce", "a b c d e"),
            ("invoice\u202etxt.exe", "invoicetxt.exe"),
            ("\u2066a\u2069\u200f\ufeff", "a"),
            ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
            ("a\ud800b", "a\ufffdb"),
            ("x" * 120, "x" * 120),
            ("x" * 121, "x" * 119 + "…"),
            ("x" * 118 + " yz", "x" * 118 + "…"),
        ],
    )
    def test_plain_text_is_one_visible_line(self, name, text):
        assert plain_text(name) == text

    @given(st.text(st.characters(codec=None) | st.sampled_from("\x00\u202e\u2066 \n<&")))
    @example("\x00" * 500 + "a")
    def test_plain_text_is_short_printable_and_stays_as_it_is(self, name):
        text = plain_text(name)
        assert len(text) <= MAX_NAME_LENGTH
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|  |^ | $", text)
        assert plain_text(text) == text

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ('<a href="https://evil.example/">x</a>', '&lt;a href="https://evil.example/"&gt;x&lt;/a&gt;'),
            ("R&D\u202e", "R&amp;D"),
            ("O'Neil", "O'Neil"),
            (None, ""),
        ],
    )
    def test_figure_text_is_not_markup(self, name, text):
        assert figure_text(name) == text

    @given(st.text(st.sampled_from("<>&;\"'ab \n") | st.characters(codec="utf-8")))
    def test_figure_text_reads_as_the_plain_text(self, name):
        assert not set("<>") & set(figure_text(name))
        assert html.unescape(figure_text(name)) == plain_text(name)

    @pytest.mark.parametrize(
        ("name", "email", "user", "deleted", "label"),
        [
            ("Ada", "ada@example.com", "65a000000000000000a1b2", False, "Ada"),
            (None, "ada@example.com", "65a000000000000000a1b2", False, "ada@example.com"),
            ("\u202e ", "ada@example.com", "65a000000000000000a1b2", False, "ada@example.com"),
            ("\u200d\u3164", "\u2800", "65a000000000000000a1b2", False, "Unnamed user …a1b2"),
            (None, None, "65a000000000000000a1b2", False, "Unnamed user …a1b2"),
            (None, None, "65a000000000000000a1b2", True, "Deleted user …a1b2"),
            ("Ada", None, "65a000000000000000a1b2", True, "Ada (deleted)"),
            (None, None, None, False, "Unknown user"),
            ("Ada", None, None, True, "Unknown user"),
        ],
    )
    def test_users(self, name, email, user, deleted, label):
        assert user_label(name, email, user, deleted) == label

    @pytest.mark.parametrize(
        ("name", "agent", "deleted", "label"),
        [
            ("Support", "agent_V1StGXR8Z5jd", False, "Support"),
            ("Support", "agent_V1StGXR8Z5jd", True, "Support (deleted)"),
            (None, "agent_V1StGXR8Z5jd", True, "Deleted agent …Z5jd"),
            ("", "agent_V1StGXR8Z5jd", False, "Unnamed agent …Z5jd"),
            ("\u00ad", "agent_V1StGXR8Z5jd", False, "Unnamed agent …Z5jd"),
            (None, None, False, "Unknown agent"),
        ],
    )
    def test_agents(self, name, agent, deleted, label):
        assert agent_label(name, agent, deleted) == label

    @pytest.mark.parametrize(
        ("model", "label"),
        [
            ("gpt-5", "gpt-5"),
            (None, "No model recorded"),
            ("", "No model recorded"),
            ("a\nb", "a b"),
            (" ", "U+0020"),
            ("\u200d\u200f", "U+200D U+200F"),
            ("\t" * 5, "U+0009 U+0009 U+0009 U+0009 …"),
            ("\u2800\ufe0f", "U+2800 U+FE0F"),
        ],
    )
    def test_models(self, model, label):
        assert model_label(model) == label


class TestDefuse:
    @pytest.mark.parametrize(
        "cell",
        [
            *(
                '=HYPERLINK("http://e","x")',
                "+1",
                "-1",
                "@SUM(1)",
                "\t=1",
                "\r=1",
                "\n=1",
                "\tx",
                "\rx",
                "\nx",
            ),
            *(
                " =1",
                "\u00a0=1",
                "\u3000@x",
                "\ufeff=1",
                "\u200b=1",
                "\x00=1",
                "＝1",
                "＋1",
                "－1",
                "＠x",
                " ＝1",
            ),
        ],
    )
    def test_formulas_get_an_apostrophe(self, cell):
        assert defuse(cell) == f"'{cell}"

    @pytest.mark.parametrize("cell", ["", "Ada", "a=b", "1-2", " x", "'=1", "x\t=1", "gpt-5", "–"])
    def test_other_cells_stay_as_they_are(self, cell):
        assert defuse(cell) == cell

    @given(st.text(st.sampled_from("=+-@\t\r ＝'x") | st.characters(codec=None)))
    def test_no_cell_begins_like_a_formula_and_nothing_is_lost(self, cell):
        safe = defuse(cell)
        assert safe in {cell, f"'{cell}"}
        assert not safe.startswith(("\t", "\r"))
        assert not safe.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
