"""Rows as the data frames that the store takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from librechat_analytics.columns import Table
from librechat_analytics.librechat.documents import EPOCH
from librechat_analytics.librechat.transaction_columns import LEDGER, ledger_columns
from librechat_analytics.librechat.transactions import Refused, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def ledger_table(rows: list[Transaction | Refused]) -> Table:
    """Return rows as the store takes them; a document that was read twice is one row."""
    table = Table(LEDGER)
    table.add(ledger_columns(list({row.id: row for row in rows if isinstance(row, Transaction)}.values())))
    return table


def refusal_frame(rows: Sequence[Transaction | Refused]) -> pd.DataFrame:
    """Return refused rows as the store takes them, each once."""
    refused = {row.id: row.reason.value for row in rows if isinstance(row, Refused)}
    return texts_frame(refused.items(), ("id", "reason"))


def newest_date(rows: Table, now: datetime) -> datetime | None:
    """Return the newest date of rows that is not after ``now``, as the store keeps it."""
    dates = rows.array("created_at")
    past = dates[dates <= (now - EPOCH) // timedelta(microseconds=1)]
    if not len(past):
        return None
    newest: datetime = past.max().astype("datetime64[us]").item()
    return newest


def texts_frame(rows: Iterable[tuple[str | None, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return rows of texts as a frame with these columns."""
    listed = list(rows)
    return pd.DataFrame(
        {name: pd.Series([row[at] for row in listed], dtype="str") for at, name in enumerate(columns)}
    )


def instants(instants: Iterable[datetime]) -> np.ndarray[Any, Any]:
    """Return instants as DuckDB stores them: in microseconds, although LibreChat stores milliseconds."""
    return np.array(
        [round(instant.timestamp() * 1000) * 1000 for instant in instants], dtype="datetime64[us]"
    )


def naive(instant: datetime) -> datetime:
    """Return an aware instant as the store keeps it: in UTC, without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)
