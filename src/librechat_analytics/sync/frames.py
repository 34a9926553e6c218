"""Rows as the data frames that the store takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from librechat_analytics.librechat.providers import family_provider
from librechat_analytics.librechat.transactions import Refused, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable


LEDGER_TEXTS = (
    "user",
    "conversation",
    "message",
    "token_type",
    "model",
    "context",
    "recorded_agent",
    "spender",
    "tenant",
    "model_agent",
)
LEDGER_COUNTS = ("tokens", "cache_read_tokens", "cache_write_tokens")
LEDGER_FLAGS = (
    "structured",
    "sentinel",
    "positive_value",
    "default_rate",
    "unpriced",
    "attributable",
    "pending",
)


def ledger_frame(rows: list[Transaction | Refused]) -> pd.DataFrame:
    """Return rows as the store takes them; a document that was read twice is one row."""
    ledger = list({row.id: row for row in rows if isinstance(row, Transaction)}.values())
    high_low = [divmod(row.credits_e6, 10**18) for row in ledger]

    def texts(name: str) -> pd.Series[str]:
        return pd.Series([getattr(row, name) for row in ledger], dtype="str")

    def numbers(name: str, kind: str) -> np.ndarray[Any, Any]:
        return np.array([getattr(row, name) for row in ledger], dtype=kind)

    return pd.DataFrame(
        {
            "id_head": np.array([int.from_bytes(row.id.binary[:8]) for row in ledger], dtype="uint64"),
            "id_tail": np.array([int.from_bytes(row.id.binary[8:]) for row in ledger], dtype="uint32"),
            "created_at": instants(row.created_at for row in ledger),
            "rate": np.array([np.nan if row.rate is None else row.rate for row in ledger], dtype="float64"),
            "provider": pd.Series([family_provider(row.model) for row in ledger], dtype="str"),
            "credits_high": np.array([high for high, _ in high_low], dtype="int64"),
            "credits_low": np.array([low for _, low in high_low], dtype="int64"),
        }
        | {name: texts(name) for name in LEDGER_TEXTS}
        | {name: numbers(name, "int64") for name in LEDGER_COUNTS}
        | {name: numbers(name, "bool") for name in LEDGER_FLAGS}
    )


def refusal_frame(rows: list[Transaction | Refused]) -> pd.DataFrame:
    """Return refused rows as the store takes them, each once."""
    refused = {row.id: row.reason.value for row in rows if isinstance(row, Refused)}
    return texts_frame(refused.items(), ("id", "reason"))


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
