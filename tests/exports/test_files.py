"""Tables as files: CSV and xlsx that a spreadsheet reads as they are meant."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.exports.columns import Heading
from librechat_analytics.exports.files import csv_text, file_name, xlsx_bytes
from librechat_analytics.exports.sheets import Sheet
from librechat_analytics.usage.periods import Period, parse_period

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def part_of(book: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return parts.read(f"xl/{name}.xml").decode()


def period(name: str, start: str | None = None, end: str | None = None) -> Period:
    return parse_period(name, start, end, ZoneInfo("Europe/Berlin"), now=NOW, first_usage=NOW)


def test_a_csv_has_raw_numbers_iso_dates_and_empty_cells_for_unknown_values() -> None:
    headings = (Heading("Cost (USD)", "money"), Heading("Last (UTC)", "time"), Heading("Name", "text"))
    lines = csv_text(Sheet("table", headings, ((-1234.5, NOW, None),)))

    assert lines == "\ufeffCost (USD),Last (UTC),Name\r\n-1234.5,2026-11-24T15:00:00Z,\r\n"


def test_a_workbook_has_real_numbers_in_the_format_of_their_kind() -> None:
    headings = (Heading("Share", "share"), Heading("Tokens", "tokens"), Heading("More", "tokens"))
    book = xlsx_bytes([Sheet("table", headings, ((0.123, 12, 2**60),))])
    cells = part_of(book, "worksheets/sheet1")

    assert re.search(r'<c r="A2" s="\d+"><v>0.123</v>', cells)
    assert re.search(r'<c r="B2" s="\d+"><v>12</v>', cells)
    assert re.search(r'<c r="C2" t="s">', cells), "a double would lose digits"
    assert {"0.0%"} <= set(re.findall(r'formatCode="([^"]+)"', part_of(book, "styles")))
    assert str(2**60) in part_of(book, "sharedStrings")


def test_no_name_becomes_a_formula_not_even_as_a_heading() -> None:
    evil = '=HYPERLINK("http://e","x")'
    heading, cells = read(csv_text(Sheet("table", (Heading(evil, "text"),), ((evil,),))))

    assert heading == cells == [f"'{evil}"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_whatever_a_name_holds_it_is_one_cell(names: list[str]) -> None:
    lines = tuple((name, place) for place, name in enumerate(names))
    table = read(csv_text(Sheet("table", (Heading("Name", "text"), Heading("Place", "count")), lines)))

    assert [row[1] for row in table[1:]] == [str(index) for index in range(len(names))]


def test_the_files_name_says_whose_and_when() -> None:
    assert file_name("users", period("7d")) == "librechat-users-7d-2026-11-17-2026-11-24"


def test_the_last_day_in_the_name_is_part_of_the_period() -> None:
    november = period("custom", "2026-11-01", "2026-11-10")

    assert file_name("users", november) == "librechat-users-custom-2026-11-01-2026-11-10"
