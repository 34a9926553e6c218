"""Values as people write them: trimmed, split, with units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.texts import listed, parse_bytes, parse_seconds, trimmed

INVISIBLE = " \t\r\n\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}"
UNITS = {"": 1, "B": 1, "kB": 1000, "M": 1000**2, "GB": 1000**3, "KiB": 1024, "Mi": 1024**2, "gib": 1024**3}


@given(st.text(INVISIBLE), st.text("ab \n-"), st.text(INVISIBLE))
def test_what_stands_around_a_text_is_taken_away_and_nothing_within(
    before: str, text: str, after: str
) -> None:
    assert trimmed(f"{before}{text}{after}") == text.strip()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a b", ("a", "b")),
        ("a,b", ("a", "b")),
        (" a ,\n b,, ", ("a", "b")),
        ("a", ("a",)),
        (" , ", ()),
        ("", ()),
    ],
)
def test_a_list_is_split_at_blanks_and_commas(text: str, parts: tuple[str, ...]) -> None:
    assert listed(text) == parts


@given(
    st.integers(0, 10**12), st.sampled_from(sorted(UNITS)), st.sampled_from(["", " ", "\N{NO-BREAK SPACE}"])
)
def test_a_size_is_its_number_times_its_unit(number: int, unit: str, gap: str) -> None:
    assert parse_bytes(f"{number}{gap}{unit}") == number * UNITS[unit]
    assert parse_bytes(f"{number}{gap}{unit.lower()}") == number * UNITS[unit]
    assert parse_bytes(f"{number}.5{gap}{unit}") == (2 * number + 1) * UNITS[unit] // 2


@pytest.mark.parametrize(
    "text", ["", "GB", "1KKB", "1 iB", "-1GB", "1,5GB", "1e9", "0x10", "1GBps", "80%", "1 2"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a size such as 512MB or 2GiB"):
        parse_bytes(text)


FLOATS = [
    ("1e1", 10),
    ("3E+2", 300),
    ("+15", 15),
    ("+1.5e1 s", 15),
    (".5 min", 30),
    ("1500e-2", 15),
    ("1_0", 10),
]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15", 15), ("1.5", 1.5), ("15s", 15), ("5 Min", 300), ("1h", 3600), ("1 day", 86_400), *FLOATS],
)
def test_a_time_is_in_seconds_unless_it_says_otherwise(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s",
        "nan",
        "inf",
        "-1",
        "5 fortnights",
        "1:30",
        "1h30m",
        "+",
        ".",
        "1e",
        "e1",
        "1_",
        "1e999",
        "++1",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a number of seconds"):
        parse_seconds(text)
