"""Tables as files for a spreadsheet: CSV for one table, xlsx for one or several."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import xlsxwriter

from librechat_analytics.formatting import defuse, plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from librechat_analytics.exports.columns import Cell, Kind
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.periods import Period

LARGEST_EXACT_INTEGER = 2**53
"""A spreadsheet's numbers are doubles; a larger integer is written as text, so that no digit is lost."""

LONGEST_CELL = 32_000
NUMBER_FORMATS = {
    "money": "$#,##0.00####",
    "rate": "$#,##0.00####",
    "tokens": "#,##0",
    "count": "#,##0",
    "share": "0.0%",
    "time": "yyyy-mm-dd hh:mm",
}
COLUMN_WIDTHS = {"text": 28, "money": 14, "rate": 14, "tokens": 14, "count": 14, "share": 9, "time": 17}


def file_name(what: str, period: Period) -> str:
    """Return a file's name without its suffix: ``librechat-users-30d-2026-10-25-2026-11-24``."""
    first, last = period.range.days(period.zone)
    return f"librechat-{what}-{period.name}-{first}-{last}"


def csv_text(sheet: Sheet) -> str:
    """Write a table as CSV: raw numbers, ISO dates, and the mark by which spreadsheets recognise UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_csv_cell(column.title) for column in sheet.columns)
    writer.writerows([_csv_cell(value) for value in row] for row in sheet.rows)
    return "\ufeff" + out.getvalue()


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Write tables as one xlsx file: real numbers and dates, fixed headings, no formulas."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats: dict[str, Format] = {
            kind: book.add_format({"num_format": number}) for kind, number in NUMBER_FORMATS.items()
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, heading, formats)
    return out.getvalue()


def _write_sheet(page: Worksheet, sheet: Sheet, heading: Format, formats: dict[str, Format]) -> None:
    page.freeze_panes(1, 1)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, COLUMN_WIDTHS[column.kind])
        page.write_string(0, at, column.title, heading)
    for line, row in enumerate(sheet.rows, 1):
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_cell(page, line, at, value, formats, column.kind)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)


def _write_cell(
    page: Worksheet, line: int, at: int, value: Cell, formats: dict[str, Format], kind: Kind
) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        page.write_datetime(line, at, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, int | float) and abs(value) <= LARGEST_EXACT_INTEGER:
        shown = kind if kind != "text" else "money" if isinstance(value, float) else "count"
        page.write_number(line, at, value, formats[shown])
    else:
        page.write_string(line, at, defuse(plain_text(str(value)))[:LONGEST_CELL])


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo is not UTC else value.isoformat().replace("+00:00", "Z")
    return defuse(value) if isinstance(value, str) else str(value)
