"""What LibreChat's ledger rows mean, in each of its eras."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from bson import Code, Decimal128, Int64, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.librechat.documents import NO_AGENT
from librechat_analytics.librechat.transactions import (
    LARGEST_CREDITS,
    LARGEST_TOKENS,
    PROJECTION,
    Refusal,
    Refused,
    Transaction,
    millionths,
    read_transaction,
)
from tests.support.documents import ANA, HELPER, NOON, OLD_AGENT, example, object_id, usage

if TYPE_CHECKING:
    from decimal import Decimal


def row_of(document: dict[str, Any]) -> Transaction:
    row = read_transaction(document)
    assert isinstance(row, Transaction), row
    return row


def fields(row: Transaction, *names: str) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}


EXAMPLES: list[tuple[int, dict[str, object]]] = [
    (
        1,
        {
            "id": ObjectId("6aa7ba7f9f3b21c7d4a10000"),
            "created_at": datetime(2026, 9, 14, 9, 12, 31, 404_000, UTC),
            "user": str(ANA),
            "conversation": "3f6f0f7e-6c1b-4a55-9a0e-2d0c8a6f1b01",
            "message": "9b0f7f7a-0a01-4c55-8f10-6a1de1a00001",
            "token_type": "prompt",
            "model": "claude-sonnet-4-6",
            "context": "message",
            "rate": 3.0,
            "tokens": 15_234,
            "credits_e6": 45_702_000_000,
            "recorded_agent": None,
            "structured": False,
        },
    ),
    (2, {"token_type": "completion", "tokens": 812, "credits_e6": 12_180_000_000, "rate": 15.0}),
    (
        3,
        {
            "tokens": 15_234,
            "credits_e6": 5_202_000_000,
            "cache_read_tokens": 15_000,
            "cache_write_tokens": 0,
            "structured": True,
            "rate": 0.34147302087436,
        },
    ),
    (4, {"context": "title", "model": "gpt-4o-mini", "tokens": 412, "credits_e6": 61_800_000}),
    (5, {"context": "subagent", "model": "claude-haiku-4-5", "credits_e6": 5_200_000_000}),
    (
        6,
        {
            "model": OLD_AGENT,
            "recorded_agent": OLD_AGENT,
            "message": None,
            "tokens": 2_400,
            "credits_e6": 14_400_000_000,
            "rate": 6.0,
        },
    ),
    (7, {"model": None, "context": "incomplete", "rate": 1.15, "tokens": 101, "credits_e6": 116_000_000}),
    (8, {"model": "gpt-4o", "message": None, "tokens": 3_100, "credits_e6": 7_750_000_000}),
    (9, {"model": "acme-internal-70b", "rate": 6.0, "tokens": 9_800, "credits_e6": 58_800_000_000}),
    (
        10,
        {
            "token_type": "credits",
            "is_usage": False,
            "conversation": None,
            "context": "autoRefill",
            "attributable": False,
            "tokens": 0,
            "credits_e6": -20_000_000_000_000,
            "positive_value": True,
        },
    ),
    (
        11,
        {
            "created_at": datetime(2023, 10, 12, 18, 30, 0, tzinfo=UTC),
            "token_type": "completion",
            "tokens": 250,
            "credits_e6": 15_000_000_000,
        },
    ),
    (
        12,
        {"sentinel": True, "positive_value": True, "tokens": 14, "credits_e6": -14_000_000_000_000},
    ),
    (13, {"rate": 0.0, "tokens": 700, "credits_e6": 0, "sentinel": False, "positive_value": False}),
    (14, {"rate": 5.0, "tokens": 300_000, "credits_e6": 1_500_000_000_000}),
    (15, {"context": "image_generation", "rate": 120.0, "tokens": 1_120, "credits_e6": 134_400_000_000}),
]


@pytest.mark.parametrize(
    ("number", "expected"), EXAMPLES, ids=[f"example {number}" for number, _ in EXAMPLES]
)
def test_each_example_of_librechats_ledger_reads_as_it_is_meant(
    number: int, expected: dict[str, object]
) -> None:
    assert fields(row_of(example(number)), *expected) == expected


# Known errors of the ledger, by LibreChat's version: rows are taken as recorded, marks tell what is known.
ERAS: list[tuple[str, dict[str, Any], dict[str, object]]] = [
    ("v0.6.0 stored no date", {"createdAt": None}, {"created_at": NOON}),
    (
        "v0.6.9 priced openrouter/auto at minus one",
        {"model": "openrouter/auto", "rawAmount": -14, "rate": -1_000_000, "tokenValue": 14_000_000},
        {"sentinel": True, "positive_value": True, "tokens": 14},
    ),
    (
        "dev images of August 2024 stored cache parts and value positive",
        {
            "inputTokens": 234,
            "writeTokens": 0,
            "readTokens": 15_000,
            "rawAmount": -15_234,
            "tokenValue": 5_202,
        },
        {"positive_value": True, "tokens": 15_234, "cache_read_tokens": -15_000, "structured": True},
    ),
    (
        "v0.7.7 wrote a plain row beside the structured one",
        {"rawAmount": -234, "tokenValue": -702},
        {"tokens": 234, "credits_e6": 702_000_000, "structured": False},
    ),
    (
        "v0.7.7 to v0.8.5 counted OpenAI's cached tokens twice",
        {
            "model": "gpt-4o",
            "inputTokens": -5_000,
            "readTokens": -4_000,
            "writeTokens": -0.0,
            "rawAmount": -9_000,
        },
        {"tokens": 9_000, "cache_read_tokens": 4_000, "cache_write_tokens": 0},
    ),
    (
        "v0.8.6 counted Anthropic's cached tokens twice",
        {"inputTokens": -16_000, "readTokens": -15_000, "writeTokens": -1_000, "rawAmount": -32_000},
        {"tokens": 32_000, "cache_read_tokens": 15_000, "cache_write_tokens": 1_000},
    ),
    (
        "v0.7.9 to v0.8.3 stored the agent as model",
        {"model": f"{HELPER}____1", "rate": 6},
        {"model": f"{HELPER}____1", "recorded_agent": HELPER},
    ),
    (
        "v0.7.8 to v0.8.2 stored aborted turns without a model",
        {"tokenType": "completion", "model": None, "context": "incomplete", "rate": 1.15},
        {"model": None, "context": "incomplete", "rate": 1.15},
    ),
    (
        "some release will store the agent's id",
        {"agentId": HELPER, "model": OLD_AGENT},
        {"recorded_agent": HELPER, "model": OLD_AGENT},
    ),
    ("ephemeral agents are none", {"agentId": "ephemeral"}, {"recorded_agent": NO_AGENT}),
    (
        "so are those that name what they run on",
        {"agentId": "openAI__gpt-6-sol"},
        {"recorded_agent": NO_AGENT},
    ),
    (
        "a subagent spends for the agent at the root",
        {"agentId": OLD_AGENT, "rootAgentId": HELPER, "context": "subagent"},
        {"recorded_agent": HELPER, "context": "subagent"},
    ),
    ("the root alone may be named", {"rootAgentId": f"{HELPER}____1"}, {"recorded_agent": HELPER}),
    (
        "the answer is by no agent whose subagent is one",
        {"agentId": HELPER, "rootAgentId": "openAI__gpt-6-sol"},
        {"recorded_agent": NO_AGENT},
    ),
    ("an empty id names nothing", {"agentId": "", "rootAgentId": None}, {"recorded_agent": None}),
    ("a tenant is kept", {"tenantId": "acme"}, {"tenant": "acme"}),
    (
        "a turn without tokens is a row",
        {"rawAmount": -0.0, "tokenValue": -0.0},
        {"tokens": 0, "credits_e6": 0},
    ),
    ("a new context keeps its name", {"context": "reasoning-label"}, {"context": "reasoning-label"}),
]


@pytest.mark.parametrize(("changes", "expected"), [era[1:] for era in ERAS], ids=[era[0] for era in ERAS])
def test_each_era_is_taken_as_recorded(changes: dict[str, Any], expected: dict[str, object]) -> None:
    assert fields(row_of(usage(**changes)), *expected) == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"_id": "a text"}, Refusal.ID),
        ({"_id": None}, Refusal.ID),
        ({"_id": 5}, Refusal.ID),
        ({"createdAt": "2026-11-24T12:00:00Z"}, Refusal.DATE),
        ({"createdAt": 1_700_000_000}, Refusal.DATE),
        ({"createdAt": datetime(1999, 12, 31, tzinfo=UTC)}, Refusal.DATE),
        ({"createdAt": datetime(2101, 1, 1, tzinfo=UTC)}, Refusal.DATE),
        ({"createdAt": None, "_id": ObjectId("0" * 24)}, Refusal.DATE),
        ({"createdAt": None, "_id": ObjectId("f" * 24)}, Refusal.DATE),
        ({"rawAmount": None}, Refusal.RAW_AMOUNT),
        ({"rawAmount": ""}, Refusal.RAW_AMOUNT),
        ({"rawAmount": "-250"}, Refusal.RAW_AMOUNT),
        ({"rawAmount": True}, Refusal.RAW_AMOUNT),
        ({"rawAmount": float("nan")}, Refusal.RAW_AMOUNT),
        ({"tokenValue": None}, Refusal.TOKEN_VALUE),
        ({"tokenValue": "abc"}, Refusal.TOKEN_VALUE),
        ({"tokenValue": [1]}, Refusal.TOKEN_VALUE),
        ({"tokenValue": {"a": 1}}, Refusal.TOKEN_VALUE),
        ({"tokenValue": float("-inf")}, Refusal.TOKEN_VALUE),
        ({"tokenValue": Decimal128("NaN")}, Refusal.TOKEN_VALUE),
        ({"tokenValue": 1e308}, Refusal.TOO_LARGE),
        ({"tokenValue": Decimal128("-1E+6144")}, Refusal.TOO_LARGE),
        ({"rawAmount": -1e19}, Refusal.TOO_LARGE),
    ],
)
def test_a_document_that_cannot_be_counted_is_refused_with_its_reason(
    changes: dict[str, Any], reason: Refusal
) -> None:
    refused = read_transaction(usage(**changes))
    assert isinstance(refused, Refused)
    assert refused.reason is reason


def test_a_null_counts_as_missing_everywhere() -> None:
    nulls = dict.fromkeys(("user", "conversationId", "messageId", "model", "context", "rate", "createdAt"))
    whole = usage() | nulls | {"inputTokens": None, "readTokens": None, "writeTokens": None}
    missing = usage(**nulls)
    assert read_transaction(whole) == read_transaction(missing)


@pytest.mark.parametrize("odd", [True, 5, "no id", b"twelve bytes", {"a": 1}, [ANA], ""])
def test_a_row_without_a_readable_user_still_counts(odd: object) -> None:
    assert fields(row_of(usage(user=odd)), "user", "tokens") == {"user": None, "tokens": 1000}


@pytest.mark.parametrize("odd", [True, 5, b"x", {"a": 1}, ["c"], ""])
def test_a_row_without_a_readable_conversation_or_model_still_counts(odd: object) -> None:
    row = row_of(usage(conversationId=odd, model=odd, context=odd, messageId=odd))
    assert fields(row, "conversation", "model", "context", "message", "tokens") == {
        "conversation": None,
        "model": None,
        "context": None,
        "message": None,
        "tokens": 1000,
    }


@pytest.mark.parametrize(
    ("stored", "token_type"),
    [
        (None, "(missing)"),
        ("PROMPT", "PROMPT"),
        ("image_count", "image_count"),
        (5, "(unreadable)"),
        ({"$ne": 1}, "(unreadable)"),
        (Code("prompt"), "(unreadable)"),
    ],
)
def test_another_token_type_is_no_usage_and_its_amounts_do_not_matter(
    stored: object, token_type: str
) -> None:
    row = row_of(usage(tokenType=stored, rawAmount="3 pictures", tokenValue=float("nan")))
    assert fields(row, "token_type", "is_usage", "tokens", "credits_e6") == {
        "token_type": token_type,
        "is_usage": False,
        "tokens": 0,
        "credits_e6": 0,
    }


@pytest.mark.parametrize(
    ("changes", "credits_e6"),
    [
        ({"tokenValue": 20_000_000}, -20_000_000_000_000),
        ({"tokenValue": -500_000, "rawAmount": -2_000_000, "context": "video_generation"}, 500_000_000_000),
        ({"tokenValue": 0.5, "rawAmount": "lots"}, -500_000),
        ({"tokenValue": -7, "rawAmount": None}, 7_000_000),
        ({"tokenValue": "lots"}, 0),
        ({"tokenValue": 1e25}, 0),
        ({"tokenType": "image_count", "rawAmount": -3, "tokenValue": -120_000}, 120_000_000_000),
        ({"tokenType": None, "tokenValue": -1.5}, 1_500_000),
    ],
)
def test_other_rows_keep_what_they_gave_or_took_and_no_tokens(
    changes: dict[str, Any], credits_e6: int
) -> None:
    row = row_of(usage(**{"tokenType": "credits", "context": "admin"} | changes))
    assert (row.credits_e6, row.tokens, row.is_usage) == (credits_e6, 0, False)
    assert row.context == changes.get("context", "admin")


@pytest.mark.parametrize("mark", [True, "reserved", ObjectId()])
def test_the_amount_of_a_row_that_librechat_has_not_settled_is_not_known(mark: object) -> None:
    media = {"tokenType": "credits", "context": "image_generation", "tokenValue": -134_400}
    assert fields(row_of(usage(**media, mediaAccountPending=mark)), "pending", "credits_e6") == {
        "pending": True,
        "credits_e6": 0,
    }
    assert fields(row_of(usage(**media, mediaAccountPending=False)), "pending", "credits_e6") == {
        "pending": False,
        "credits_e6": 134_400_000_000,
    }


@pytest.mark.parametrize(
    ("rate", "sentinel"),
    [
        (1000, False),
        (-1000, False),
        (1000.0001, True),
        (-1_000_000, True),
        (float("inf"), True),
        (float("nan"), False),
        ("3", False),
        (None, False),
        (Decimal128("2000"), True),
        (Decimal128("1E+6144"), True),
        (Int64(2**62), True),
    ],
)
def test_a_rate_beyond_a_thousand_dollars_is_no_price(rate: object, *, sentinel: bool) -> None:
    assert row_of(usage(rate=rate)).sentinel is sentinel


def test_a_positive_value_is_marked_and_a_positive_amount_takes_tokens_away() -> None:
    row = row_of(usage(rawAmount=250, tokenValue=750))
    assert fields(row, "tokens", "credits_e6", "positive_value") == {
        "tokens": -250,
        "credits_e6": -750_000_000,
        "positive_value": True,
    }


@pytest.mark.parametrize("odd", ["many", True, float("nan"), [1], 1e300])
def test_an_unreadable_cache_part_counts_nothing(odd: object) -> None:
    row = row_of(usage(inputTokens=-10, readTokens=odd, writeTokens=-3))
    assert fields(row, "cache_read_tokens", "cache_write_tokens", "structured") == {
        "cache_read_tokens": 0,
        "cache_write_tokens": 3,
        "structured": True,
    }


def test_a_fractional_amount_is_cut_to_whole_tokens() -> None:
    assert row_of(usage(rawAmount=-2.9)).tokens == 2
    assert row_of(usage(rawAmount=Decimal128("-2.9"))).tokens == 2


def test_an_id_of_2040_is_a_date_of_2040() -> None:
    at = datetime(2040, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert row_of(usage(_id=object_id(at), createdAt=None)).created_at == at


integers = st.integers(-(2**63), 2**63 - 1)
doubles = st.floats(-1e24, 1e24, allow_nan=False)
decimals = st.decimals(-(10**24), 10**24, allow_nan=False).map(lambda d: Decimal128(f"{d:.34g}"))


def off_by(amount: float | Decimal) -> Fraction:
    return abs(millionths(amount) - Fraction(amount) * 1_000_000)


@given(integers)
def test_a_whole_amount_is_exact_in_millionths(amount: int) -> None:
    assert off_by(amount) == 0


@given(doubles)
def test_a_double_is_the_nearest_millionth(amount: float) -> None:
    assert off_by(amount) <= Fraction(1, 2)


@given(decimals)
def test_a_decimal_is_the_nearest_millionth(amount: Decimal128) -> None:
    assert off_by(amount.to_decimal()) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount", "nearest"),
    [(0.1234565, 123456), (1e12 + 0.3, 1_000_000_000_000_300_049), (2**-7, 7812), (3 * 2**-7, 23438)],
)
def test_a_double_is_rounded_once_and_half_to_even(amount: float, nearest: int) -> None:
    assert millionths(amount) == nearest
    assert millionths(-amount) == -nearest


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=30)
    | st.binary(max_size=12)
    | st.datetimes(timezones=st.just(UTC))
    | (decimals | st.sampled_from([Decimal128("NaN"), Decimal128("-Infinity")]))
    | st.binary(min_size=12, max_size=12).map(ObjectId),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(PROJECTION, anything)))
def test_any_document_is_a_row_within_the_stores_bounds_or_refused(changes: dict[str, Any]) -> None:
    read = read_transaction(usage(**changes))
    if isinstance(read, Transaction):
        assert max(map(abs, (read.tokens, read.cache_read_tokens, read.cache_write_tokens))) <= LARGEST_TOKENS
        assert abs(read.credits_e6) <= LARGEST_CREDITS * 1_000_000
        assert 2000 <= read.created_at.year <= 2100
