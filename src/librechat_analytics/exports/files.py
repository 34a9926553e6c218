"""Tables as files for a spreadsheet: CSV for one table, xlsx for one or several."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import xlsxwriter

from librechat_analytics.exports.columns import Column, Heading
from librechat_analytics.formatting import defuse, one_line
from librechat_analytics.usage.wall_clock import day_that_begins, whole_months

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from librechat_analytics.exports.columns import Cell, Kind
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.periods import Period

LARGEST_EXACT_INTEGER = 2**53
"""A spreadsheet's numbers are doubles; a larger integer is written as text, so that no digit is lost."""

LONGEST_CELL = 32_000
NUMBER_FORMATS = {
    "money": "$#,##0.00",
    "currency": "#,##0.00",
    "exact": "0.00##########",
    "rate": "$#,##0.00####",
    "tokens": "#,##0",
    "count": "#,##0",
    "share": "0.0%",
    "time": "yyyy-mm-dd hh:mm",
    "text": "General",
}
COLUMN_WIDTHS = {
    "text": 28,
    "money": 14,
    "currency": 14,
    "exact": 18,
    "rate": 14,
    "tokens": 14,
    "count": 14,
    "share": 9,
    "time": 17,
}


LONGEST_FOOT = 200
LONG_TEXT = 60
"""From so many characters on a text gets a wide column and several lines."""

A4 = 9

EXACT = "cost_usd"
"""The field that a workbook shows in cents, and with all its digits in one more column at the end."""

ALSO_ADD_UP = frozenset({"calls", "documents"})
"""The fields of counts that no two rows share, unlike users or conversations."""

DO_NOT_ADD_UP = frozenset({"previous_cost_usd", "change_usd", "cost_per_user_usd"})
"""The fields of money that do not: a list lacks what had cost only in the previous period."""


def file_name(what: str, period: Period, filters: str = "") -> str:
    """Name a file by what it holds, without its suffix: ``librechat-usage-2026-10-engineering``."""
    return "-".join(filter(None, ("librechat", what, _days(period), filters)))


def _days(period: Period) -> str:
    """Write a month as ``2026-10``, a year as ``2026``, other ranges by their first and last day."""
    first, last = period.range.days(period.zone)
    start, end = (day_that_begins(edge, period.zone) for edge in (period.range.start, period.range.end))
    months = whole_months(start, end) if start and end else 0
    if months == 1:
        return f"{first:%Y-%m}"
    if months == 12 and first.month == 1:
        return f"{first:%Y}"
    return f"{first}" if first == last else f"{first}-to-{last}"


def csv_text(sheet: Sheet) -> str:
    """Write a table as CSV: raw numbers, ISO dates, and the mark by which spreadsheets recognise UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_csv_cell(column.title) for column in sheet.columns)
    writer.writerows([_csv_cell(value) for value in row] for row in sheet.rows)
    return "\ufeff" + out.getvalue()


def xlsx_bytes(sheets: Sequence[Sheet], caption: str = "") -> bytes:
    """Write tables as one xlsx file: real numbers and dates, fixed headings, totals, no formulas.

    ``caption`` is on the foot of each printed page.
    """
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats, totals = _formats(book), _formats(book, bold=True, top=1)
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            _set_up_paper(page, caption)
            _write_sheet(page, _with_exact_cost(sheet), heading, formats, totals)
    return out.getvalue()


def _formats(book: Workbook, **look: object) -> dict[str, Format]:
    """Make the format of each kind of value, and one for texts of several lines."""
    by_kind = {
        kind: book.add_format({"num_format": number, "valign": "top", **look})
        for kind, number in NUMBER_FORMATS.items()
    }
    return by_kind | {"long text": book.add_format({"text_wrap": True, "valign": "top", **look})}


def _set_up_paper(page: Worksheet, caption: str) -> None:
    """Print a sheet as wide as a page, with its headings and a foot on each page."""
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer(f"&L{one_line(caption)[:LONGEST_FOOT].replace('&', '&&')}&RPage &P of &N")


def _with_exact_cost(sheet: Sheet) -> Sheet:
    """Repeat the cost at the end with all its digits, because the other columns round it to cents."""
    at = next((at for at, column in enumerate(sheet.columns) if _field_of(column) == EXACT), None)
    if at is None:
        return sheet
    exact = Heading(f"{sheet.columns[at].title}, exact", "exact")
    rows = tuple((*row, row[at]) for row in sheet.rows)
    return replace(sheet, columns=(*sheet.columns, exact), rows=rows)


def _field_of(column: Heading) -> str:
    return column.field if isinstance(column, Column) else ""


def _write_sheet(
    page: Worksheet, sheet: Sheet, heading: Format, formats: dict[str, Format], totals: dict[str, Format]
) -> None:
    page.freeze_panes(1, 1)
    for at, column in enumerate(sheet.columns):
        is_long = any(isinstance(row[at], str) and len(str(row[at])) > LONG_TEXT for row in sheet.rows)
        page.set_column(at, at, LONG_TEXT if is_long else COLUMN_WIDTHS[column.kind])
        page.write_string(0, at, column.title, heading)
    for line, row in enumerate(sheet.rows, 1):
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_cell(page, line, at, value, formats, column.kind)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    if sheet.adds_up and len(sheet.rows) > 1:
        for at, (column, value) in enumerate(zip(sheet.columns, _totals(sheet), strict=True)):
            _write_cell(page, len(sheet.rows) + 1, at, value, totals, column.kind)


def _totals(sheet: Sheet) -> list[Cell]:
    """Add up the columns that add up; the others have no total."""
    cells: list[Cell] = ["Total"]
    for at, column in enumerate(sheet.columns[1:], 1):
        values = [row[at] for row in sheet.rows]
        numbers = [value for value in values if isinstance(value, int | float)]
        field = _field_of(column)
        adds_up = column.kind in ("money", "currency", "exact", "tokens") or field in ALSO_ADD_UP
        adds_up = adds_up and field not in DO_NOT_ADD_UP
        whole = all(isinstance(number, int) for number in numbers)
        cells.append((sum(numbers) if whole else math.fsum(numbers)) if adds_up and numbers else None)
    return cells


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
        text = defuse(one_line(str(value)))[:LONGEST_CELL]
        page.write_string(line, at, text, formats["long text" if len(text) > LONG_TEXT else "text"])


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo is not UTC else value.isoformat().replace("+00:00", "Z")
    return defuse(value) if isinstance(value, str) else str(value)
