"""How rows travel between DuckDB and ClickHouse: as CSV that both read and write alike."""

from __future__ import annotations

NULL = r"\N"

READ_BY_CLICKHOUSE: dict[str, object] = {
    "format_csv_null_representation": NULL,
    "input_format_csv_empty_as_default": 0,
    "input_format_csv_use_best_effort_in_schema_inference": 0,
    "input_format_csv_trim_whitespaces": 0,
    "input_format_null_as_default": 0,
    "date_time_input_format": "basic",
}
"""Settings with which ClickHouse reads the rows of an insert."""
