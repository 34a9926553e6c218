"""How rows travel between DuckDB and ClickHouse: as CSV that both write and read alike.

A text is always in quotes and NULL never is, so no text is taken for NULL and none loses a space.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

NULL = r"\N"

_CSV = f"FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '{NULL}'"

READ_BY_DUCKDB = (
    f"{_CSV}, ALLOW_QUOTED_NULLS false, AUTO_DETECT false, NEW_LINE '\\n', MAX_LINE_SIZE 33554432"
)
"""Options of DuckDB's ``COPY ... FROM`` for rows that ClickHouse has written."""

READ_BY_CLICKHOUSE: dict[str, object] = {
    "format_csv_null_representation": NULL,
    "format_csv_delimiter": ",",
    "format_csv_allow_single_quotes": 0,
    "input_format_csv_empty_as_default": 0,
    "input_format_csv_trim_whitespaces": 0,
    "input_format_null_as_default": 0,
    "input_format_defaults_for_omitted_fields": 1,
    "input_format_allow_errors_num": 0,
    "date_time_input_format": "basic",
    "date_time_output_format": "simple",
    "precise_float_parsing": 1,
}
"""Settings with which ClickHouse reads and writes rows."""


def written_by_duckdb(texts: Collection[str]) -> str:
    """Return the options of DuckDB's ``COPY ... TO``; ``texts`` are the columns of type VARCHAR."""
    quoted = ", ".join(f'"{name}"' for name in texts)
    return f"{_CSV}, FORCE_QUOTE ({quoted})" if texts else _CSV
