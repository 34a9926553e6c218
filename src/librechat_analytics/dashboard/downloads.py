"""A view's rows as a table to take away, under the names that they have in the answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from librechat_analytics.exports import Column, Sheet

if TYPE_CHECKING:
    import pandas as pd


def sheet_of(name: str, rows: pd.DataFrame) -> Sheet:
    """Lay out rows as they are; unknown values become None, lists of values JSON."""
    columns = tuple(Column(str(column), "text") for column in rows.columns)
    laid_out = (tuple(_plain(value) for value in row) for row in rows.itertuples(index=False, name=None))
    return Sheet(name, columns, tuple(laid_out))


def _plain(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return None if value is None or value != value else value  # NaN is the one value that differs from itself
