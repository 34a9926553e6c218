"""Reads a document of ``transactions``: as a row, or as a refusal with its reason."""

from __future__ import annotations

import math
from decimal import localcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from bson import ObjectId

from librechat_analytics.librechat.documents import (
    AGENT_PREFIX,
    EARLIEST,
    LATEST,
    agent_id,
    instant,
    integer,
    listed_name,
    number,
    object_id_time,
    recorded_agent,
    shown_id,
    text,
    user_id,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from librechat_analytics.librechat.documents import Number

# The only fields that are ever read. No release writes agentId, rootAgentId or mediaAccountPending yet.
PROJECTION = (
    "user",
    "conversationId",
    "messageId",
    "tokenType",
    "model",
    "context",
    "rate",
    "rawAmount",
    "tokenValue",
    "inputTokens",
    "writeTokens",
    "readTokens",
    "createdAt",
    "agentId",
    "rootAgentId",
    "tenantId",
    "mediaAccountPending",
)

SENTINEL_RATE = 1000
"""USD per million tokens; a higher rate is a placeholder and no price: OpenRouter's -1 becomes -1,000,000."""

DEFAULT_RATES = (6.0, 6.9)
"""USD per million tokens of a model without a price, and of its stopped replies."""

LONG_PROMPT = 200_000
"""Tokens above which Claude Sonnet 4.6 has another rate in some versions."""

MILLIONTHS = 1_000_000
LARGEST_TOKENS = 2**63 - 1
LARGEST_CREDITS = 10**24
"""Far more than any bill, and small enough that the sum of a hundred million such rows is still exact."""


class Refusal(StrEnum):
    """Why a document of ``transactions`` is refused."""

    ID = "_id is no ObjectId"
    DATE = "createdAt is no date between 2000 and 2100"
    RAW_AMOUNT = "rawAmount is no finite number"
    TOKEN_VALUE = "tokenValue is no finite number"  # noqa: S105
    TOO_LARGE = "rawAmount or tokenValue is larger than any real amount"
    BSON = "the document is no valid BSON"


class Refused(NamedTuple):
    """A refused row: its id as text, and the reason."""

    id: str
    reason: Refusal


class Transaction(NamedTuple):
    """A row with the opposite of LibreChat's signs: spending is positive, credits given are negative.

    - ``tokens``: 0 if the row is not usage.
    - ``credits_e6``: the price in millionths of a credit; a credit is a millionth of a US dollar.
    - ``recorded_agent``: the agent that the row itself names; NO_AGENT if it records that there was none.
    - ``spender``: the agent that ran on behalf of ``recorded_agent``.
    - ``model_agent``: the agent whose id the row has in place of a model (v0.7.9 to v0.8.3-rc1).
    - ``default_rate``: the rate is the one of models without a price.
    - ``unpriced``: the row proves that LibreChat had no price for its model.
    - ``pending``: LibreChat will still change or delete the row, so its amounts are not known yet.
    """

    id: ObjectId
    created_at: datetime
    user: str | None
    conversation: str | None
    message: str | None
    token_type: str
    model: str | None
    context: str | None
    rate: float | None
    recorded_agent: str | None
    spender: str | None = None
    tenant: str | None = None
    model_agent: str | None = None
    tokens: int = 0
    credits_e6: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    structured: bool = False
    sentinel: bool = False
    positive_value: bool = False
    default_rate: bool = False
    unpriced: bool = False
    pending: bool = False

    @property
    def is_usage(self) -> bool:
        return self.token_type in USAGE_TYPES

    @property
    def attributable(self) -> bool:
        """Whether the row gets an agent: all usage does, and other rows of a conversation."""
        return self.is_usage or any(
            part is not None for part in (self.message, self.conversation, self.recorded_agent)
        )


PROMPT = "prompt"
USAGE_TYPES = (PROMPT, "completion")
MISSING_ID = "(missing)"
MISSING_TYPE = "(missing)"
UNREADABLE_TYPE = "(unreadable)"


def read_transaction(document: Mapping[str, Any]) -> Transaction | Refused:
    """Read one document by the rules of LibreChat's versions 0.6.0 to 0.8.8.

    Only usage is refused for its amounts. A credits row, or one of another token type, needs only a date; its
    amounts are kept if they can be read.
    """
    get = document.get
    identity = get("_id")
    if not isinstance(identity, ObjectId):
        return Refused(shown_id(identity) if "_id" in document else MISSING_ID, Refusal.ID)
    created_at = _created_at(get("createdAt"), identity)
    if created_at is None:
        return Refused(str(identity), Refusal.DATE)
    model = listed_name(get("model"))
    model_agent = agent_id(model)
    row = Transaction(
        id=identity,
        created_at=created_at,
        user=user_id(get("user")),
        conversation=text(get("conversationId")),
        message=text(get("messageId")),
        token_type=_token_type(get("tokenType")),
        model=model,
        context=listed_name(get("context")),
        rate=_rate(get("rate")),
        # In a chain or a subagent's run, the agent at the root replies.
        recorded_agent=recorded_agent(get("rootAgentId"), get("agentId"), model_agent),
        spender=agent_id(get("agentId")) if get("rootAgentId") else None,
        tenant=listed_name(get("tenantId")),
        model_agent=model_agent,
    )
    if row.is_usage:
        return _with_amounts(row, document)
    if get("mediaAccountPending"):
        return row._replace(pending=True)
    return _with_credits(row, document)


def _created_at(recorded: object, identity: ObjectId) -> datetime | None:
    if recorded is not None:
        return instant(recorded)
    made_at = object_id_time(identity)  # rows of v0.6.0 have no date
    return made_at if EARLIEST <= made_at <= LATEST else None


def _with_amounts(row: Transaction, document: Mapping[str, Any]) -> Transaction | Refused:
    get = document.get
    raw_amount, token_value = number(get("rawAmount")), number(get("tokenValue"))
    if raw_amount is None:
        return Refused(str(row.id), Refusal.RAW_AMOUNT)
    if token_value is None:
        return Refused(str(row.id), Refusal.TOKEN_VALUE)
    if not (-LARGEST_TOKENS <= raw_amount <= LARGEST_TOKENS and _is_real(token_value)):
        return Refused(str(row.id), Refusal.TOO_LARGE)
    parts = (get("inputTokens"), get("readTokens"), get("writeTokens"))
    plain = parts == (None, None, None)
    tokens = -int(raw_amount)
    return row._replace(
        **_valued(row, token_value),
        tokens=tokens,
        cache_read_tokens=-_part(parts[1]),
        cache_write_tokens=-_part(parts[2]),
        structured=not plain,
        default_rate=_is_default(row.rate),
        unpriced=plain and row.token_type == PROMPT and proves_unpriced(row.model, row.rate, tokens),
    )


def _with_credits(row: Transaction, document: Mapping[str, Any]) -> Transaction:
    token_value = number(document.get("tokenValue"))
    if token_value is None or not _is_real(token_value):
        return row
    return row._replace(**_valued(row, token_value))


def _is_real(token_value: Number) -> bool:
    return -LARGEST_CREDITS <= token_value <= LARGEST_CREDITS


class Valued(TypedDict):
    """The fields of a row that depend on its value."""

    credits_e6: int
    sentinel: bool
    positive_value: bool


def _valued(row: Transaction, token_value: Number) -> Valued:
    return {
        "credits_e6": -millionths(token_value),
        "sentinel": row.rate is not None and abs(row.rate) > SENTINEL_RATE,
        "positive_value": token_value > 0,
    }


def _is_default(rate: float | None) -> bool:
    """Say whether a rate is the default, with or without the surcharge for stopped replies (6 x 1.15)."""
    return rate is not None and any(abs(rate - known) < 1e-6 for known in DEFAULT_RATES)


def proves_unpriced(model: str | None, rate: float | None, tokens: int) -> bool:
    """Say whether a plain prompt proves that LibreChat had no price for its model.

    No version's price table has that rate for a prompt, except for Claude Sonnet 4.6 above 200,000 tokens
    (v0.8.3-rc1 to v0.8.5).
    """
    return (
        model is not None
        and rate == DEFAULT_RATES[0]
        and not model.startswith(AGENT_PREFIX)
        and not ("sonnet-4-6" in model and abs(tokens) > LONG_PROMPT)
    )


def millionths(amount: Number) -> int:
    """Return an amount in millionths, rounded to the nearest (half to even)."""
    if isinstance(amount, int):
        return amount * MILLIONTHS
    if isinstance(amount, float):
        return _nearest(amount)
    with localcontext() as exact:
        exact.prec = 60  # a Decimal128 has 34 digits; rounding must happen only once
        return int((amount * MILLIONTHS).to_integral_value())


def _nearest(amount: float) -> int:
    """Multiply in integers: a product of doubles would be rounded twice."""
    numerator, denominator = amount.as_integer_ratio()
    whole, rest = divmod(numerator * MILLIONTHS, denominator)
    return whole + (2 * rest + (whole & 1) > denominator)


def _part(value: object) -> int:
    cut = integer(value)
    return 0 if cut is None or abs(cut) > LARGEST_TOKENS else cut


def _rate(value: object) -> float | None:
    if isinstance(value, float) and math.isinf(value):
        return value  # a placeholder, not a price
    found = number(value)
    return None if found is None else float(found)


def _token_type(value: object) -> str:
    if value is None:
        return MISSING_TYPE
    return value if type(value) is str else UNREADABLE_TYPE
