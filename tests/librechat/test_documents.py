"""Reading single values of LibreChat's documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import bson
import pytest
from bson import Code, Decimal128, Int64, ObjectId
from bson.datetime_ms import DatetimeMS

from librechat_analytics.librechat.documents import (
    CODEC,
    agent_id,
    instant,
    integer,
    listed_name,
    number,
    object_id_time,
    text,
    user_id,
)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (7, 7),
        (Int64(2**62), 2**62),
        (-0.0, 0),
        (-61.8, -61.8),
        (Decimal128("-61.8"), Decimal("-61.8")),
        (True, None),
        ("7", None),
        ("", None),
        (None, None),
        ([7], None),
        ({"$gt": 0}, None),
        (float("nan"), None),
        (float("inf"), None),
        (float("-inf"), None),
        (Decimal128("NaN"), None),
        (Decimal128("sNaN"), None),
        (Decimal128("-Infinity"), None),
    ],
)
def test_only_finite_bson_numbers_are_numbers(stored: object, read: object) -> None:
    assert number(stored) == read


@pytest.mark.parametrize(
    ("stored", "cut"),
    [(-1.9, -1), (1.9, 1), (Decimal128("-2.999"), -2), (Decimal128("1E+3"), 1000), ("1", None)],
)
def test_a_fraction_is_cut_towards_zero(stored: object, cut: int | None) -> None:
    assert integer(stored) == cut


@pytest.mark.parametrize("stored", ["", None, 5, b"bytes", ["a"], {"a": 1}, True, Code("a")])
def test_what_is_no_text_reads_as_none(stored: object) -> None:
    assert text(stored) is None


@pytest.mark.parametrize("stored", ["a", " ", "a.b", "$where", "__proto__", "a\x00b", "日本", "\U0001f600"])
def test_a_text_is_kept_as_it_is(stored: str) -> None:
    assert text(stored) == stored


HEX = "65010c00c2d3e4f501020304"


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (ObjectId(HEX), HEX),
        (HEX, HEX),
        (HEX.upper(), HEX),
        (HEX[:-1], None),
        (HEX + "0", None),
        ("z" * 24, None),
        ("twelve bytes", None),
        (b"twelve bytes", None),
        ("", None),
        (None, None),
        (17, None),
    ],
)
def test_a_user_is_an_object_id_or_its_hex_digits(stored: object, read: str | None) -> None:
    assert user_id(stored) == read


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (datetime(2026, 9, 14, 9, 12, 31, 404_000, UTC), datetime(2026, 9, 14, 9, 12, 31, 404_000, UTC)),
        (
            datetime(2026, 9, 14, 9, 12, tzinfo=UTC).replace(tzinfo=None),
            datetime(2026, 9, 14, 9, 12, tzinfo=UTC),
        ),
        (
            datetime(2026, 9, 14, 9, 12, tzinfo=timezone(timedelta(hours=2))),
            datetime(2026, 9, 14, 7, 12, tzinfo=UTC),
        ),
        (datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)),
        (datetime(2100, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)),
        (datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC), None),
        (datetime(2100, 1, 1, 0, 0, 1, tzinfo=UTC), None),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime(9999, 12, 31, tzinfo=UTC), None),
        (DatetimeMS(2**55), None),
        (1_700_000_000, None),
        ("2026-09-14T09:12:31Z", None),
    ],
)
def test_a_date_is_a_bson_date_of_this_century(stored: object, read: datetime | None) -> None:
    assert instant(stored) == read


def test_a_date_beyond_pythons_calendar_can_be_decoded_and_is_none() -> None:
    decoded = bson.decode(bson.encode({"createdAt": DatetimeMS(2**55)}), CODEC)
    assert instant(decoded["createdAt"]) is None


def test_broken_utf_8_is_read_with_replacement_characters() -> None:
    whole = bson.encode({"name": "ABCD"})
    assert bson.decode(whole.replace(b"ABCD", b"A\xff\xfeD"), CODEC) == {"name": "A��D"}


@pytest.mark.parametrize(
    ("identity", "made_at"),
    [
        ("65283b289f3b21c7d4a1000a", datetime(2023, 10, 12, 18, 30, 0, tzinfo=UTC)),
        ("0" * 24, datetime(1970, 1, 1, tzinfo=UTC)),
        ("7fffffff" + "0" * 16, datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC)),
        ("80000000" + "0" * 16, datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC)),
        ("ffffffff" + "0" * 16, datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC)),
    ],
)
def test_an_object_id_tells_its_second_also_after_2038(identity: str, made_at: datetime) -> None:
    assert object_id_time(ObjectId(identity)) == made_at


@pytest.mark.parametrize(
    ("stored", "listed"),
    [
        ("gpt-4o", "gpt-4o"),
        ("Mistral\u00a0Large \u200d\u3000\u00ad\u200f", "Mistral\u00a0Large \u200d\u3000\u00ad\u200f"),
        ("\U0001faea", "\U0001faea"),
        ("a\tb", "a\tb"),
        ("a\nb\r\x00\x7f\x85\x9f", "a\ufffdb\ufffd\ufffd\ufffd\ufffd\ufffd"),
        (" ", " "),
        ("🦜" * 501, "🦜" * 500),
        ("", None),
        (5, None),
        (None, None),
    ],
)
def test_a_name_is_listed_as_it_is_but_for_its_length_and_control_characters(
    stored: object, listed: str | None
) -> None:
    assert listed_name(stored) == listed


def test_the_id_of_an_agent_is_such_a_name() -> None:
    assert agent_id("agent_\x00" + "x" * 600 + "____1") == "agent_\ufffd" + "x" * 493


@pytest.mark.parametrize(
    ("stored", "agent"),
    [
        ("agent_8aWN5tLYRAdtV8knVWmod", "agent_8aWN5tLYRAdtV8knVWmod"),
        ("agent_8aWN5tLYRAdtV8knVWmod____0", "agent_8aWN5tLYRAdtV8knVWmod"),
        ("agent_8aWN5tLYRAdtV8knVWmod____12", "agent_8aWN5tLYRAdtV8knVWmod"),
        ("agent_a____1____2", "agent_a____1"),
        ("agent_a____b", "agent_a____b"),
        ("agent_a____", "agent_a____"),
        ("agent_a____²", "agent_a____²"),
        ("agent_a___1", "agent_a___1"),
        ("ephemeral", None),
        ("acme__acme-internal-70b___Acme", None),
        ("openAI__gpt-4o___GPT____1", None),
        ("asst_K9vQ2mZpYt3RbW8sLx0cFhUe", None),
        ("gpt-4o", None),
        ("Agent_x", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_an_agent_is_what_starts_with_agent_without_the_index_of_parallel_ones(
    stored: object, agent: str | None
) -> None:
    assert agent_id(stored) == agent
