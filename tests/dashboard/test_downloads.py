"""Tables as files."""

from __future__ import annotations

import csv
import io

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.dashboard.downloads import sheet_of
from librechat_analytics.exports import csv_text, file_name
from tests.dashboard.ready_answers import USER, period, rows


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def written(frame: pd.DataFrame) -> list[list[str]]:
    return read(csv_text(sheet_of("table", frame)))


def test_numbers_are_raw_and_dates_are_iso() -> None:
    header, row = written(rows(USER, {}))
    cells = dict(zip(header, row, strict=True))

    assert cells["prompt_tokens"] == "1500000"
    assert cells["cost_usd"] == "12.5"
    assert cells["last_active"] == "2026-11-24T12:00:00Z"


def test_unknown_is_an_empty_cell() -> None:
    _, row = written(pd.DataFrame({"name": [None, "x"], "rate": [float("nan"), 1.0]}))[:2]

    assert row == ["", ""]


def test_no_name_becomes_a_formula() -> None:
    _, row = written(pd.DataFrame({"name": ['=HYPERLINK("http://e","x")']}))

    assert row[0].startswith("'=")


def test_negative_numbers_stay_numbers() -> None:
    assert written(pd.DataFrame({"n": [-1.5]}))[1] == ["-1.5"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_whatever_a_name_holds_it_is_one_cell(names: list[str]) -> None:
    table = written(pd.DataFrame({"name": names, "n": range(len(names))}))

    assert [row[1] for row in table[1:]] == [str(index) for index in range(len(names))]


def test_the_files_name_says_whose_and_when() -> None:
    assert file_name("users", period("7d")) == "librechat-users-7d-2026-11-17-2026-11-24"


def test_the_last_day_in_the_name_is_part_of_the_period() -> None:
    november = period("custom", "2026-11-01", "2026-11-10")

    assert file_name("users", november) == "librechat-users-custom-2026-11-01-2026-11-10"
