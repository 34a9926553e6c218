"""Documents that LibreChat would not write, one beside a hundred good ones: what counts never changes."""

from __future__ import annotations

import gzip
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import bson
import pytest
from bson import Binary, Decimal128, Int64, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from tests.support.agreement import assert_answers_agree, imported
from tests.support.documents import ANA, BOB, NOON, usage, usages, write_dump
from tests.support.oracle import ENDPOINTS, Ledger, Oracle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.agreement import Ask

    Document = dict[str, Any]
    Body = dict[str, Any]

pytestmark = [pytest.mark.usefixtures("engine"), pytest.mark.one_in_on_clickhouse(2)]

READ_AT = NOON + timedelta(minutes=1)
GOOD = usages(100)
GOOD_COST, GOOD_TOKENS, GOOD_CALLS = 0.3, 100_000, 100
ALL = {"period": "all", "limit": "1000"}
BAD_AT = NOON - timedelta(seconds=30)

NO_NUMBERS: dict[str, object] = {
    "missing": None,
    "an empty text": "",
    "a number as text": "-250",
    "a text": "abc",
    "NaN": math.nan,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "a decimal that is no number": Decimal128("NaN"),
    "an infinite decimal": Decimal128("-Infinity"),
    "a boolean": True,
    "a list": [-250],
    "a document": {"$numberInt": "-250"},
    "a date": NOON,
    "an id": ObjectId(),
    "bytes": Binary(b"\x00\x01"),
}
NO_DATES: dict[str, object] = {
    "a text": "2026-11-24T12:00:00Z",
    "seconds": 1_795_000_000,
    "a number": 1.5,
    "a list": [NOON],
    "a timestamp": Timestamp(1_795_000_000, 1),
    "the year 1": datetime(1, 1, 1, tzinfo=UTC),
    "1999": datetime(1999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    "the year 9999": datetime(9999, 12, 31, tzinfo=UTC),
    "beyond Python's years": DatetimeMS(2**55),
    "long before them": DatetimeMS(-(2**55)),
}
NO_IDS: dict[str, object] = {
    "a text": "transaction-1",
    "a text like an id": "6aa7ba7f9f3b21c7d4a1000f",
    "a number": 17,
    "a document": {"a": 1},
    "a uuid": Binary(b"0" * 16, 4),
}


def bad(**fields: Any) -> Document:
    """A usage row in the middle of the good ones, with other fields; None removes one."""
    return usage(BAD_AT, 10_000, **fields)


NO_AMOUNTS = {
    **{f"rawAmount is {name}": bad(rawAmount=value) for name, value in NO_NUMBERS.items()},
    **{f"tokenValue is {name}": bad(tokenValue=value) for name, value in NO_NUMBERS.items()},
    "rawAmount is null": bad() | {"rawAmount": None},
    "tokenValue is null": bad() | {"tokenValue": None},
    "no number is left of 1e308 twice": bad(rawAmount=-1e308, tokenValue=-1e308),
}
REFUSED: dict[str, dict[str, Document]] = {
    "amounts": {
        name: document | {"_id": usage(BAD_AT, 20_000 + number)["_id"]}
        for number, (name, document) in enumerate(NO_AMOUNTS.items())
    },
    "dates": {
        **{
            f"createdAt is {name}": usage(BAD_AT, 30_000 + number, createdAt=value)
            for number, (name, value) in enumerate(NO_DATES.items())
        },
        "createdAt is missing and the id is of 1970": bad(createdAt=None, _id=ObjectId("0" * 24)),
    },
    "ids": {
        **{f"_id is {name}": bad(_id=value) for name, value in NO_IDS.items()},
        "_id is missing": bad(_id=None),
    },
}

ALL_REFUSED = [document for kind in REFUSED.values() for document in kind.values()]

READ: dict[str, tuple[Document, Body]] = {
    "Int64": (
        bad(rawAmount=Int64(-250), tokenValue=Int64(-750)),
        {"promptTokens": GOOD_TOKENS + 250, "cost": 0.30075},
    ),
    "Int64 of 2^62": (
        bad(rawAmount=Int64(-(2**62)), tokenValue=Int64(-(2**62))),
        {"promptTokens": GOOD_TOKENS + 2**62, "cost": GOOD_COST + 2**62 / 1_000_000},
    ),
    "Decimal128": (
        bad(rawAmount=Decimal128("-250"), tokenValue=Decimal128("-0.000750")),
        {"promptTokens": GOOD_TOKENS + 250, "cost": 0.30000000075},
    ),
    "a fraction of a token": (bad(rawAmount=-250.9, tokenValue=0), {"promptTokens": GOOD_TOKENS + 250}),
    "a refund": (
        bad(rawAmount=1000, tokenValue=3000),
        {"promptTokens": GOOD_TOKENS - 1000, "cost": GOOD_COST},
    ),
    "no rate": (bad(rate=None), {"cost": 0.303}),
    "a rate that is NaN": (bad(rate=math.nan), {"cost": 0.303}),
    "an infinite rate": (bad(rate=math.inf), {"cost": GOOD_COST}),
    "a rate that is text": (bad(rate="3"), {"cost": 0.303}),
    "cache parts that are text": (
        bad(inputTokens="1", readTokens="2", writeTokens=math.nan),
        {"cacheReadTokens": 0, "cacheWriteTokens": 0, "cost": 0.303},
    ),
    "no conversation": (bad(conversationId=None), {"conversations": 1, "cost": 0.303}),
    "a null conversation": (bad() | {"conversationId": None}, {"conversations": 1, "cost": 0.303}),
    "a conversation that is a number": (bad(conversationId=7), {"conversations": 1, "cost": 0.303}),
    "no user": (bad(user=None), {"activeUsers": 1, "cost": 0.303}),
    "a user that is a number": (bad(user=7), {"activeUsers": 1, "cost": 0.303}),
    "a user's id as text": (bad(user=str(ANA)), {"activeUsers": 1, "cost": 0.303}),
    "a user's id as text in capitals": (bad(user=str(ANA).upper()), {"activeUsers": 1, "cost": 0.303}),
    "a text that is no id": (bad(user="somebody"), {"activeUsers": 1, "cost": 0.303}),
    "a user who is gone": (bad(user=ObjectId("f" * 24)), {"activeUsers": 2, "cost": 0.303}),
    "no date": (bad(createdAt=None), {"cost": 0.303}),
    "a null date": (bad() | {"createdAt": None}, {"cost": 0.303}),
    "PROMPT": (bad(tokenType="PROMPT"), {"cost": GOOD_COST, "calls": GOOD_CALLS}),
    "no token type": (bad(tokenType=None), {"cost": GOOD_COST, "calls": GOOD_CALLS}),
    "a token type that is a number": (bad(tokenType=1), {"cost": GOOD_COST, "calls": GOOD_CALLS}),
    "credits without amounts": (
        bad(tokenType="credits", rawAmount=None, tokenValue="x"),
        {"cost": GOOD_COST, "calls": GOOD_CALLS},
    ),
    "a context that is a list": (bad(context=["incomplete"]), {"cost": 0.303}),
    "a field nobody knows": (bad(agentId={"$gt": ""}, messageId=7, extra=Regex("^a")), {"cost": 0.303}),
}

MODELS: dict[str, tuple[object, str | None]] = {
    "missing": (None, None),
    "empty": ("", None),
    "a document": ({"$gt": ""}, None),
    "a number": (4, None),
    "an agent that never was": ("agent_nobody", "agent_nobody"),
    "the prefix alone": ("agent_", "agent_"),
    "10 kB": ("m" * 10_000, "m" * 500),
    "JavaScript's prototype": ("__proto__", "__proto__"),
    "an operator": ("$where", "$where"),
    "a path": ("a.b", "a.b"),
    "with a NUL": ("a\x00b", "a\N{REPLACEMENT CHARACTER}b"),
    "with a tab": ("a\tb", "a\tb"),
    "a blank": (" ", " "),
    "an emoji": ("🦜", "🦜"),
    "SQL": ("'; DROP TABLE transactions; --", "'; DROP TABLE transactions; --"),
}

NAMES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="https://evil.example/">x</a>',
    "javascript:alert(1)",
    "%{x}",
    "{{7*7}}",
    '=HYPERLINK("http://e","x")',
    "+1",
    "-1",
    "@SUM(1)",
    "\t1",
    "\r1",
    'a,"b"',
    "two\nlines",
    "\u202egnp.exe",
    "z" + "\u0300" * 100,
    "👩‍👩‍👧‍👦",
]


def answers(ask: Ask) -> dict[str, Body]:
    return {endpoint: answer(ask, endpoint) for endpoint in ENDPOINTS}


def answer(ask: Ask, endpoint: str) -> Body:
    status, body = ask(endpoint, ALL)
    assert status == 200
    return body


def imported_beside_good(folder: Path, *others: Document, **collections: list[Document]) -> Any:
    write_dump(folder / "dump", transactions=[*GOOD[:50], *others, *GOOD[50:]], **collections)
    return imported(folder / "dump", folder / "store", READ_AT)


@pytest.fixture(scope="module")
def good_answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Body]:
    with imported_beside_good(tmp_path_factory.mktemp("good")) as ask:
        bodies = answers(ask)
    summary = bodies["summary"]
    assert (summary["cost"], summary["promptTokens"], summary["calls"]) == (
        GOOD_COST,
        GOOD_TOKENS,
        GOOD_CALLS,
    )
    return bodies


class TestRefused:
    @pytest.mark.parametrize("kind", REFUSED)
    def test_they_change_nothing_but_the_count(
        self, tmp_path: Path, good_answers: dict[str, Body], kind: str
    ) -> None:
        with imported_beside_good(tmp_path, *REFUSED[kind].values()) as ask:
            bodies = answers(ask)
        assert bodies["summary"]["quality"].pop("rejectedDocuments") == len(REFUSED[kind])
        quality = good_answers["summary"]["quality"]
        expected = {
            **good_answers,
            "summary": good_answers["summary"]
            | {"quality": {key: value for key, value in quality.items() if key != "rejectedDocuments"}},
        }
        assert bodies == expected

    def test_importing_again_counts_none_twice(self, tmp_path: Path) -> None:
        document = bad(rawAmount="abc")
        for _ in range(2):
            with imported_beside_good(tmp_path, document) as ask:
                summary = answer(ask, "summary")
        assert (summary["cost"], summary["quality"]["rejectedDocuments"]) == (GOOD_COST, 1)


class TestRead:
    @pytest.mark.parametrize("name", READ)
    def test_what_is_unambiguous_counts(self, tmp_path: Path, name: str) -> None:
        document, expected = READ[name]
        with imported_beside_good(tmp_path, document, users=[], agents=[]) as ask:
            oracle = Oracle(Ledger(transactions=[*GOOD, document]))
            bodies = assert_answers_agree(ask, oracle, READ_AT, ALL, endpoints=("summary",))
        summary = bodies["summary"]
        assert {key: summary[key] for key in expected} == {
            key: pytest.approx(value, abs=1e-12) if key == "cost" else value
            for key, value in expected.items()
        }
        assert summary["quality"]["rejectedDocuments"] == 0

    def test_all_of_them_together_count_in_every_answer(self, tmp_path: Path) -> None:
        documents = [
            document | {"_id": usage(BAD_AT, 50_000 + number)["_id"]}
            for number, (document, _) in enumerate(READ.values())
        ]
        with imported_beside_good(tmp_path, *documents, users=[], agents=[]) as ask:
            assert_answers_agree(ask, Oracle(Ledger(transactions=[*GOOD, *documents])), READ_AT, ALL)

    def test_any_model_is_a_model_or_none(self, tmp_path: Path) -> None:
        rows = [usage(BAD_AT, 60_000 + n, model=stored) for n, (stored, _) in enumerate(MODELS.values())]
        with imported_beside_good(tmp_path, *rows) as ask:
            bodies = answers(ask)
        models = {entry["model"]: entry["calls"] for entry in bodies["top-models"]["models"]}
        assert models == {"claude-sonnet-4-6": GOOD_CALLS, **Counter(shown for _, shown in MODELS.values())}
        assert bodies["summary"]["cost"] == pytest.approx(GOOD_COST + 0.003 * len(MODELS))

    @pytest.mark.parametrize("field", ["name", "email"])
    def test_names_come_back_as_they_are(self, tmp_path: Path, field: str) -> None:
        people = [{"_id": ObjectId(), field: name} for name in NAMES]
        rows = [usage(BAD_AT, 30_000 + n, user=person["_id"]) for n, person in enumerate(people)]
        with imported_beside_good(tmp_path, *rows, users=people) as ask:
            users = {entry["id"]: entry for entry in answer(ask, "top-users")["users"]}
        assert [users[str(person["_id"])][field] for person in people] == NAMES

    def test_a_name_of_a_megabyte_does_not_make_answers_of_a_megabyte(self, tmp_path: Path) -> None:
        with imported_beside_good(tmp_path, users=[{"_id": ANA, "name": "x" * 1_000_000}]) as ask:
            (user,) = answer(ask, "top-users")["users"]
        assert user["name"].startswith("xxx")
        assert len(user["name"]) < 1000

    def test_a_user_without_a_readable_name_has_none(self, tmp_path: Path) -> None:
        people = [
            {"_id": ObjectId(), "name": value, "username": value, "email": value}
            for value in (None, "", 7, {"a": 1}, ["x"], True)
        ]
        rows = [usage(BAD_AT, 30_000 + n, user=person["_id"]) for n, person in enumerate(people)]
        with imported_beside_good(tmp_path, *rows, users=people) as ask:
            users = {entry["id"]: entry for entry in answer(ask, "top-users")["users"]}
        found = [users[str(person["_id"])] for person in people]
        assert {(user["name"], user["email"], user["deleted"]) for user in found} == {(None, None, False)}

    def test_two_users_of_one_name_stay_two(self, tmp_path: Path) -> None:
        people = [{"_id": ANA, "name": "Alex"}, {"_id": BOB, "name": "Alex"}]
        with imported_beside_good(tmp_path, bad(user=BOB), users=people) as ask:
            users = answer(ask, "top-users")["users"]
        assert [(user["id"], user["name"]) for user in users] == [(str(ANA), "Alex"), (str(BOB), "Alex")]

    @pytest.mark.parametrize(
        "agents",
        [
            [{"id": "agent_a"}],
            [{"id": "agent_a", "model": None, "versions": None}],
            [{"id": "agent_a", "model": {"a": 1}, "versions": {"a": 1}}],
            [{"id": "agent_a", "model": "", "versions": ["x", None, {"model": 1, "updatedAt": "today"}]}],
            [{"id": "agent_a", "model": "agent_b"}, {"id": "agent_b", "model": "agent_a"}],
            [{"id": "agent_a", "model": "agent_a"}],
        ],
        ids=["no model", "null", "documents", "broken versions", "a ring", "itself"],
    )
    def test_an_agent_without_a_real_model_stands_for_itself(
        self, tmp_path: Path, agents: list[Document]
    ) -> None:
        documents = [{"_id": ObjectId(), **agent} for agent in agents]
        with imported_beside_good(tmp_path, bad(model="agent_a"), agents=documents) as ask:
            models = {entry["model"] for entry in answer(ask, "top-models")["models"]}
            agent = answer(ask, "top-agents")["agents"][0]
        assert models == {"claude-sonnet-4-6", "agent_a"}
        assert agent["deleted"] is False

    @pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(days=1), timedelta(days=365)])
    def test_rows_of_a_clock_that_runs_ahead_wait_for_their_time(
        self, tmp_path: Path, good_answers: dict[str, Body], ahead: timedelta
    ) -> None:
        future = usage(READ_AT + ahead, 1)
        with imported_beside_good(tmp_path, future) as ask:
            assert answers(ask) == good_answers
            _, body = ask("summary", {"period": "custom", "start": "2026-11-24", "end": "2028-01-01"})
        assert body["cost"] == pytest.approx(0.303)

    def test_the_start_is_included_and_the_end_is_not(self, tmp_path: Path) -> None:
        edges = [
            usage(READ_AT - timedelta(days=30), 1),
            usage(READ_AT - timedelta(days=60), 2),
            usage(READ_AT, 3),
        ]
        with imported_beside_good(tmp_path, *edges) as ask:
            _, body = ask("summary", {"period": "30d"})
        assert (body["calls"], body["previous"]["calls"]) == (101, 1)

    def test_many_distinct_users_and_models(self, tmp_path: Path) -> None:
        rows = [
            usage(BAD_AT, 40_000 + n, user=ObjectId(n.to_bytes(12)), model=f"model-{n:05}")
            for n in range(2_000)
        ]
        with imported_beside_good(tmp_path, *rows) as ask:
            bodies = answers(ask)
        assert bodies["summary"]["activeUsers"] == bodies["top-users"]["total"] == 2_001
        assert bodies["top-models"]["total"] == 2_001
        assert len(bodies["top-models"]["models"]) == 1000
        assert bodies["summary"]["cost"] == 6.3


MARK = "@@@@@@@@"


def raw(document: Document, replacement: bytes = b"", mark: str = MARK) -> bytes:
    """A document as bytes, its marked text replaced by as many bytes that no driver would write."""
    encoded = bson.encode(document)
    assert len(replacement) in (0, len(mark))
    return encoded.replace(mark.encode(), replacement) if replacement else encoded


def cut_short(encoded: bytes) -> bytes:
    """A document whose length is right and whose content ends too early."""
    inner = encoded[4:-12] + b"\x00"
    return (len(inner) + 4).to_bytes(4, "little") + inner


def unknown_type(encoded: bytes) -> bytes:
    return encoded.replace(b"\x02tokenType\x00", b"\x55tokenType\x00")


def wrong_text_length(encoded: bytes) -> bytes:
    return encoded.replace(b"tokenType\x00\x07\x00\x00\x00", b"tokenType\x00\xff\xff\xff\x7f")


BROKEN_UTF8 = {
    "stray bytes": b"ab\xff\xfecd\x80e",
    "a lone surrogate": b"ab\xed\xa0\x80cde",
    "an overlong slash": b"ab\xc0\xafcdef",
    "half an emoji": b"abcd\xf0\x9f\xa6e",
}


class TestBytesThatNoDriverWrites:
    @pytest.fixture
    def beside_good(self, tmp_path: Path) -> Callable[..., Any]:
        def dump(*documents: bytes, tail: bytes = b"", **others: bytes) -> Any:
            folder = tmp_path / "dump"
            folder.mkdir()
            good = [bson.encode(document) for document in GOOD]
            content = b"".join([*good[:50], *documents, *good[50:]]) + tail
            (folder / "transactions.bson").write_bytes(content)
            for name, data in others.items():
                (folder / f"{name}.bson").write_bytes(data)
            return imported(folder, tmp_path / "store", READ_AT)

        return dump

    def test_broken_models_and_names_are_read_with_replacement_characters(
        self, beside_good: Callable[..., Any]
    ) -> None:
        rows, people, expected = [], [], {}
        for number, data in enumerate(BROKEN_UTF8.values()):
            user = ObjectId(number.to_bytes(12))
            people.append(raw({"_id": user, "name": MARK, "email": MARK}, data))
            rows.append(raw(usage(BAD_AT, 60_000 + number, user=user, model=MARK), data))
            expected[str(user)] = data.decode("utf-8", "replace")
        with beside_good(*rows, users=b"".join(people)) as ask:
            bodies = answers(ask)
        models = {entry["model"]: entry["cost"] for entry in bodies["top-models"]["models"]}
        assert models == {"claude-sonnet-4-6": GOOD_COST, **dict.fromkeys(expected.values(), 0.003)}
        users = {entry["id"]: entry for entry in bodies["top-users"]["users"]}
        assert {user: users[user]["name"] for user in expected} == expected
        assert {user: users[user]["email"] for user in expected} == expected
        assert bodies["summary"]["quality"]["rejectedDocuments"] == 0

    def test_a_broken_conversation_and_context_still_count(self, beside_good: Callable[..., Any]) -> None:
        document = bad(conversationId=MARK, context=MARK, messageId=MARK)
        with beside_good(raw(document, BROKEN_UTF8["stray bytes"])) as ask:
            summary = answer(ask, "summary")
        assert summary["cost"] == pytest.approx(0.303)
        assert summary["conversations"] == 2

    def test_a_broken_amount_is_refused(self, beside_good: Callable[..., Any]) -> None:
        with beside_good(raw(bad(rawAmount=MARK), BROKEN_UTF8["stray bytes"])) as ask:
            summary = answer(ask, "summary")
        assert (summary["cost"], summary["quality"]["rejectedDocuments"]) == (GOOD_COST, 1)

    @pytest.mark.parametrize("broken", [cut_short, unknown_type, wrong_text_length])
    def test_a_document_that_is_no_bson_is_refused_alone(
        self, beside_good: Callable[..., Any], broken: Callable[[bytes], bytes]
    ) -> None:
        document = broken(raw(bad()))
        with pytest.raises(bson.errors.InvalidBSON):
            bson.decode(document)
        with beside_good(document) as ask:
            summary = answer(ask, "summary")
        assert (summary["cost"], summary["calls"]) == (GOOD_COST, GOOD_CALLS)
        assert summary["quality"]["rejectedDocuments"] == 1

    @pytest.mark.parametrize(
        "tail", [b"\x01", b"\x40\x00\x00\x00abc", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff\x00"]
    )
    def test_a_file_that_breaks_off_keeps_what_came_before(
        self, beside_good: Callable[..., Any], tail: bytes
    ) -> None:
        with beside_good(tail=tail) as ask:
            summary = answer(ask, "summary")
        assert (summary["cost"], summary["quality"]["rejectedDocuments"]) == (GOOD_COST, 1)

    def test_a_packed_file_that_breaks_off_keeps_what_came_before(self, tmp_path: Path) -> None:
        (tmp_path / "dump").mkdir()
        packed = gzip.compress(b"".join(bson.encode(document) for document in GOOD))
        (tmp_path / "dump" / "transactions.bson.gz").write_bytes(packed[:-200])
        with imported(tmp_path / "dump", tmp_path / "store", READ_AT) as ask:
            summary = answer(ask, "summary")
        assert 0 < summary["calls"] < GOOD_CALLS
        assert summary["cost"] == pytest.approx(0.003 * summary["calls"])
        assert summary["quality"]["rejectedDocuments"] == 1

    @pytest.mark.parametrize("collection", ["users", "agents", "messages", "conversations"])
    def test_broken_labels_do_not_touch_the_money(
        self, beside_good: Callable[..., Any], collection: str
    ) -> None:
        with beside_good(**{collection: b"\x40\x00\x00\x00abc"}) as ask:
            summary = answer(ask, "summary")
        assert summary["cost"] == GOOD_COST
