"""Tables as files: CSV and xlsx that a spreadsheet reads as they are meant."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.exports import columns
from librechat_analytics.exports.columns import Heading
from librechat_analytics.exports.files import csv_text, file_name, xlsx_bytes
from librechat_analytics.exports.sheets import Sheet, sheet
from librechat_analytics.usage.periods import Period, parse_period
from tests.dashboard.ready_answers import MODEL, USER

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
    assert re.search(r'<c r="C2" s="\d+" t="s">', cells), "a double would lose digits"
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


def test_a_file_is_named_by_what_it_holds_and_when() -> None:
    october = period("custom", "2026-10-01", "2026-10-31")

    assert file_name("usage", october, "engineering") == "librechat-usage-2026-10-engineering"
    assert file_name("usage", period("last-month")) == "librechat-usage-2026-10"
    assert file_name("usage", period("last-year")) == "librechat-usage-2025"
    assert file_name("users", period("7d")) == "librechat-users-2026-11-17-to-2026-11-24"
    assert file_name("users", period("yesterday")) == "librechat-users-2026-11-23"


class TestAWorkbook:
    USERS = sheet(
        "Users",
        columns.USERS,
        [replace(USER, name=name, cost_usd=cost) for name, cost in (("Ada", 1.23456789), ("Bo", 2.0))],
        adds_up=True,
    )

    def test_it_shows_cents_and_has_every_digit_at_the_end(self) -> None:
        book = xlsx_bytes([self.USERS])
        formats = re.findall(r'formatCode="([^"]+)"', part_of(book, "styles"))

        assert {"$#,##0.00", "0.00##########"} <= {html.unescape(each) for each in formats}
        assert "Cost (USD), exact" in part_of(book, "sharedStrings")
        assert part_of(book, "worksheets/sheet1").count("<v>1.23456789</v>") == 2

    def test_a_total_stands_below_rows_that_add_up_and_outside_the_filter(self) -> None:
        cells = part_of(xlsx_bytes([self.USERS]), "worksheets/sheet1")

        assert re.search(r'<c r="D4" s="\d+"><v>3.23456789</v>', cells)
        assert '<autoFilter ref="A1:P3"/>' in cells
        assert '<c r="D4"' not in part_of(
            xlsx_bytes([replace(self.USERS, adds_up=False)]), "worksheets/sheet1"
        )

    def test_users_shares_and_what_was_before_have_no_total(self) -> None:
        total = cells_of_line(xlsx_bytes([sheet("Models", columns.MODELS, [MODEL, MODEL], adds_up=True)]), 4)

        without = 6  # provider, users, conversations, share, before, change
        assert len(total) == len(columns.MODELS.columns) + 1 - without

    def test_it_prints_on_pages_that_say_what_they_are(self) -> None:
        page = part_of(xlsx_bytes([self.USERS], "October 2026 · R&D"), "worksheets/sheet1")

        assert 'orientation="landscape"' in page
        assert 'fitToHeight="0"' in page
        assert "October 2026 · R&amp;&amp;D&amp;RPage &amp;P of &amp;N" in page
        assert "_xlnm.Print_Titles" in part_of(xlsx_bytes([self.USERS]), "workbook")

    def test_a_long_sentence_is_whole(self) -> None:
        sentence = "Nothing to do. " * 20
        book = xlsx_bytes([Sheet("table", (Heading("What to do", "text"),), ((sentence,),))])

        assert sentence.strip() in part_of(book, "sharedStrings")


def cells_of_line(book: bytes, line: int) -> list[str]:
    return re.findall(rf'<c r="[A-Z]+{line}"', part_of(book, "worksheets/sheet1"))
