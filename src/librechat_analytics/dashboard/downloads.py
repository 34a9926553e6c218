"""A view's table as a CSV file: raw numbers, ISO dates, no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from librechat_analytics.dashboard.time_axis import first_and_last_day
from librechat_analytics.formatting import defuse

if TYPE_CHECKING:
    import pandas as pd

    from librechat_analytics.usage.periods import Period


def csv_text(rows: pd.DataFrame) -> str:
    """The rows as CSV with a header; unknown is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows.columns)
    writer.writerows([_cell(value) for value in row] for row in rows.itertuples(index=False, name=None))
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return defuse(value)
    if isinstance(value, list | dict):
        return defuse(json.dumps(value, ensure_ascii=False))
    if value is None or value != value:  # NaN is the one value that differs from itself
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def csv_name(view: str, period: Period) -> str:
    """A file name that says what is in it: ``librechat-users-30d-2026-10-25-2026-11-24.csv``."""
    first, last = first_and_last_day(period)
    return f"librechat-{view}-{period.name}-{first}-{last}.csv"
