"""Reads many documents of ``transactions`` at once, into the columns that the store takes.

``read_transaction`` defines what a document means. Here, the usual rows are read with a few operations of
numpy for each field. A row is usual if every field that matters has a type and a value for which these
operations say the same as ``read_transaction``. All other documents, a few in a thousand, are read by
``read_transaction`` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from librechat_analytics.columns import Texts
from librechat_analytics.librechat.bson_fields import OBJECT_ID, find_fields
from librechat_analytics.librechat.bson_stream import undecodable
from librechat_analytics.librechat.documents import agent_id, listed_name, recorded_agent
from librechat_analytics.librechat.field_columns import (
    are_short_texts,
    double_numbers,
    hex_digits,
    instants,
    is_absent,
    milliseconds,
    object_ids,
    short_texts,
)
from librechat_analytics.librechat.known_texts import NO_TEXT, UNREADABLE, KnownTexts
from librechat_analytics.librechat.piece_reader import POSITION, PieceReader, ReadRows, UsualRows
from librechat_analytics.librechat.providers import family_provider
from librechat_analytics.librechat.transactions import (
    DEFAULT_RATES,
    LONG_PROMPT,
    PROJECTION,
    PROMPT,
    SENTINEL_RATE,
    USAGE_TYPES,
    Transaction,
    proves_unpriced,
    read_transaction,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.columns import Array, Columns
    from librechat_analytics.librechat.bson_fields import Fields
    from librechat_analytics.librechat.pieces import Piece
    from librechat_analytics.librechat.transactions import Refused

FIELDS = ("_id", *PROJECTION)

LEDGER = {
    "id_head": "uint64",
    "id_tail": "uint32",
    "created_at": "instant",
    "rate": "float64",
    "provider": "text",
    "credits_high": "int64",
    "credits_low": "int64",
    "user": "text",
    "conversation": "text",
    "message": "text",
    "token_type": "text",
    "model": "text",
    "context": "text",
    "recorded_agent": "text",
    "spender": "text",
    "tenant": "text",
    "model_agent": "text",
    "tokens": "int64",
    "cache_read_tokens": "int64",
    "cache_write_tokens": "int64",
    "structured": "bool",
    "sentinel": "bool",
    "positive_value": "bool",
    "default_rate": "bool",
    "unpriced": "bool",
    "attributable": "bool",
    "pending": "bool",
}
"""The columns of rows as the store takes them, and what they hold.

An id is its first eight bytes and its last four. Credits are ``credits_high * 10**18 + credits_low``
millionths. A rate that is not known is NaN. Everything else is as in Transaction.
"""

CREDITS_LOW = 10**18

IDS = ("conversationId", "messageId")
LARGEST_WHOLE = 2.0**53
"""Below it, a double holds every whole number, so it is cut as exactly as an integer."""

LARGEST_WITH_HALVES = 2.0**51
"""Below it, doubles are at most a quarter apart."""


class TransactionReader(PieceReader[Transaction]):
    """Reads pieces of ``transactions`` into the columns of LEDGER; ``take`` returns each id once."""

    kinds = LEDGER

    def __init__(self, *, each_alone: bool = False) -> None:
        super().__init__(each_alone=each_alone)
        self._token_types = KnownTexts()
        self._models_and_agents = KnownTexts()
        self._contexts = KnownTexts()
        self._tenants = KnownTexts()
        self._known = {
            "tokenType": self._token_types,
            "model": self._models_and_agents,
            "agentId": self._models_and_agents,
            "rootAgentId": self._models_and_agents,
            "context": self._contexts,
            "tenantId": self._tenants,
        }

    def take(self) -> ReadRows:
        read = super().take()
        return read._replace(rows=read.rows.without_repeats("id_head", "id_tail", newest=POSITION))

    def _row(self, document: Mapping[str, object]) -> Transaction | Refused:
        return read_transaction(document)

    def _undecodable(self, document: bytes) -> Refused:
        return undecodable(document)

    def _columns(self, rows: list[Transaction]) -> Columns:
        return ledger_columns(rows)

    def _usual_rows(self, piece: Piece) -> UsualRows:
        for known in self._known.values():
            known.forget_if_many()
        fields = find_fields(piece, FIELDS)
        documents, numbers, amounts = self._narrowed(piece, fields)
        conversations, are_ascii = short_texts(piece, fields, "conversationId", documents)
        messages, are_ascii_too = short_texts(piece, fields, "messageId", documents)
        ids = object_ids(piece, fields, "_id", documents)
        models, agents, roots = self._models_and_agents, numbers["agentId"], numbers["rootAgentId"]
        proves = np.where(
            np.abs(amounts["tokens"]) > LONG_PROMPT,
            models.truths(numbers["model"], _proves_unpriced_if_long),
            models.truths(numbers["model"], _proves_unpriced_if_short),
        )
        is_prompt = self._token_types.truths(numbers["tokenType"], _is_prompt_type)
        is_default = amounts["rate"] == DEFAULT_RATES[0]
        columns: Columns = {
            **amounts,
            "id_head": _big_endian(ids[:, :8], ">u8"),
            "id_tail": _big_endian(ids[:, 8:], ">u4"),
            "user": hex_digits(object_ids(piece, fields, "user", documents)),
            "conversation": conversations,
            "message": messages,
            "token_type": self._token_types.column(numbers["tokenType"], _itself),
            "model": models.column(numbers["model"], listed_name),
            "provider": models.column(numbers["model"], _provider_of_model),
            "model_agent": models.column(numbers["model"], _agent_of_model),
            "recorded_agent": models.column_of_first(
                (roots, recorded_agent),
                (agents, recorded_agent),
                (numbers["model"], _agent_recorded_by_model),
            ),
            "spender": models.column(np.where(roots == NO_TEXT, NO_TEXT, agents), agent_id),
            "context": self._contexts.column(numbers["context"], listed_name),
            "tenant": self._tenants.column(numbers["tenantId"], listed_name),
            "unpriced": proves & is_default & is_prompt & ~amounts["structured"],
            "attributable": np.ones(len(documents), dtype=bool),
            "pending": np.zeros(len(documents), dtype=bool),
        }
        return UsualRows(documents, columns, documents[:0]).only(are_ascii & are_ascii_too)

    def _narrowed(self, piece: Piece, fields: Fields) -> tuple[Array, dict[str, Array], dict[str, Array]]:
        """Find the documents that are usual; return them, the numbers of their texts, and their amounts."""
        types = fields.types
        usual = fields.is_plain & (types["_id"] == OBJECT_ID) & (types["user"] == OBJECT_ID)
        numbers = {name: texts.numbers(piece, fields, name) for name, texts in self._known.items()}
        for number in numbers.values():
            usual &= number != UNREADABLE
        usual &= self._token_types.truths(numbers["tokenType"], _is_usage)
        for name in IDS:
            usual &= are_short_texts(piece, fields, name)
        amounts, have_amounts = _amounts(piece, fields)
        amounts["created_at"], have_date = instants(piece, fields, "createdAt")
        documents = np.flatnonzero(usual & have_amounts & have_date)
        return (
            documents,
            {name: number[documents] for name, number in numbers.items()},
            {name: amount[documents] for name, amount in amounts.items()},
        )


@np.errstate(all="ignore")
def _amounts(piece: Piece, fields: Fields) -> tuple[dict[str, Array], Array]:
    """Read tokens, credits and rate; return their columns, and which documents have them all as usual."""
    raw_amount, usual = double_numbers(piece, fields, "rawAmount")
    token_value, can_be_read = double_numbers(piece, fields, "tokenValue")
    credits_e6, is_certain = nearest_millionths(token_value)
    usual &= (np.abs(raw_amount) < LARGEST_WHOLE) & can_be_read & is_certain
    structured = np.zeros(len(piece), dtype=bool)
    parts = {}
    for name in ("inputTokens", "readTokens", "writeTokens"):
        absent = is_absent(fields, name)
        part, can_be_read = double_numbers(piece, fields, name)
        part[absent] = 0
        usual &= absent | (can_be_read & (np.abs(part) < LARGEST_WHOLE))
        structured |= ~absent
        parts[name] = part
    rate, can_be_read = double_numbers(piece, fields, "rate")
    usual &= can_be_read | is_absent(fields, "rate")
    high, low = np.divmod(-_whole(credits_e6, usual), CREDITS_LOW)
    columns = {
        "rate": rate,
        "credits_high": high,
        "credits_low": low,
        "tokens": -_whole(raw_amount, usual),
        "cache_read_tokens": -_whole(parts["readTokens"], usual),
        "cache_write_tokens": -_whole(parts["writeTokens"], usual),
        "structured": structured,
        "sentinel": np.abs(rate) > SENTINEL_RATE,
        "positive_value": token_value > 0,
        "default_rate": np.logical_or.reduce([np.abs(rate - known) < 1e-6 for known in DEFAULT_RATES]),
    }
    return columns, usual


@np.errstate(all="ignore")
def nearest_millionths(amounts: Array) -> tuple[Array, Array]:
    """Return doubles in millionths, rounded as ``millionths`` does, and for which of them that is certain.

    The product of two doubles is itself rounded to a double, and rounding twice may give another result than
    rounding once. It gives the same if the first rounding cannot reach or cross a half. Below 2**51, doubles
    are at most a quarter apart, and all halves are doubles. The true product is rounded to the nearest
    double, so it lies on the same side of each half as that double, unless the double is the half itself.
    """
    products = amounts * 1e6
    whole = np.rint(products)
    return whole, (np.abs(products) < LARGEST_WITH_HALVES) & (np.abs(products - whole) != 0.5)


def _whole(values: Array, usual: Array) -> Array:
    """Cut numbers to integers, towards zero as ``int`` does; 0 for rows that are not usual."""
    return np.where(usual, values, 0).astype(np.int64)


def _big_endian(bytes_of_ids: Array, kind: str) -> Array:
    return np.ascontiguousarray(bytes_of_ids).view(kind).ravel().astype(kind.replace(">", "="))


def _itself(text: str | None) -> str | None:
    return text


def _is_usage(token_type: str | None) -> bool:
    return token_type in USAGE_TYPES


def _is_prompt_type(token_type: str | None) -> bool:
    return token_type == PROMPT


def _provider_of_model(model: str | None) -> str | None:
    return family_provider(listed_name(model))


def _agent_of_model(model: str | None) -> str | None:
    return agent_id(listed_name(model))


def _agent_recorded_by_model(model: str | None) -> str | None:
    return recorded_agent(_agent_of_model(model))


def _proves_unpriced_if_short(model: str | None) -> bool:
    return proves_unpriced(listed_name(model), DEFAULT_RATES[0], 0)


def _proves_unpriced_if_long(model: str | None) -> bool:
    return proves_unpriced(listed_name(model), DEFAULT_RATES[0], LONG_PROMPT + 1)


def ledger_columns(rows: list[Transaction]) -> Columns:
    """Return rows in the columns of LEDGER."""
    credits_e6 = [divmod(row.credits_e6, CREDITS_LOW) for row in rows]
    columns: Columns = {
        "id_head": np.array([int.from_bytes(row.id.binary[:8]) for row in rows], dtype="uint64"),
        "id_tail": np.array([int.from_bytes(row.id.binary[8:]) for row in rows], dtype="uint32"),
        "created_at": np.array([milliseconds(row.created_at) * 1000 for row in rows], dtype="int64"),
        "rate": np.array([np.nan if row.rate is None else row.rate for row in rows], dtype="float64"),
        "provider": Texts.of([family_provider(row.model) for row in rows]),
        "credits_high": np.array([high for high, _ in credits_e6], dtype="int64"),
        "credits_low": np.array([low for _, low in credits_e6], dtype="int64"),
    }
    for name, kind in LEDGER.items():
        if name not in columns:
            values = [getattr(row, name) for row in rows]
            columns[name] = Texts.of(values) if kind == "text" else np.array(values, dtype=kind)
    return columns
