"""Findings: who may see them, and which rows each of them finds."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.web.metrics import UsageCollector
from tests.support import engines
from tests.support.agreement import imported
from tests.support.documents import ANA, BOB, HELPER, NOON, object_id, usage, write_dump

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.agreement import Ask
    from tests.support.documents import Document

pytestmark = pytest.mark.usefixtures("engine")

NOW = NOON + timedelta(hours=1)
AHEAD = NOON + timedelta(days=400)


@contextmanager
def reading(folder: Path, *transactions: Document, **others: list[Document]) -> Iterator[Ask]:
    write_dump(folder / "dump", transactions=transactions, **others)
    with imported(folder / "dump", folder / "store", NOW) as ask:
        yield ask


def findings_of(ask: Ask, **filters: str) -> dict[str, dict[str, Any]]:
    status, body = ask("quality", {"period": "30d", **filters})
    assert status == 200, body
    return {finding["code"]: finding for finding in body["findings"]}


def quality_of(ask: Ask, **filters: str) -> dict[str, Any]:
    status, body = ask("summary", {"period": "30d", **filters})
    assert status == 200, body
    quality: dict[str, Any] = body["quality"]
    return quality


def finding(folder: Path, code: str, *transactions: Document) -> tuple[Any, ...] | None:
    """Give rows, cost and details of a finding, None where there is none."""
    with reading(folder, *transactions) as ask:
        found = findings_of(ask).get(code)
    if found is None:
        return None
    details = {detail["name"]: (detail["rows"], detail["cost"]) for detail in found["details"]}
    return found["rows"], found["cost"], details


ANAS: Document = {
    "tenantId": "acme",
    "user": ANA,
    "conversationId": "by-ana",
    "context": "message",
    "model": "gpt-6-sol",
}
BOBS: Document = {"user": BOB, "conversationId": "by-bob", "context": "title", "model": "claude-sonnet-4-6"}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """The ledger of Ana and Bob."""
    of = TestFilters
    others = {"users": [*of.USERS], "groups": [*of.GROUPS], "messages": [*of.MESSAGES]}
    with reading(tmp_path_factory.mktemp("filters"), *of.ROWS, **others) as ask:
        yield ask


class TestFilters:
    """Rows beside the usage, and those to come, are filtered as usage is."""

    ROWS = (
        usage(number=1, **ANAS),
        usage(number=2, **BOBS),
        usage(number=3, **ANAS, tokenType="image_count", rawAmount=-3, tokenValue=-100_000),
        usage(number=4, **BOBS, tokenType="ocr_pages", rawAmount=-2, tokenValue=-50_000),
        usage(number=5, **BOBS, tokenType="ocr_pages", rawAmount="many", tokenValue="some"),
        usage(AHEAD, number=6, **BOBS),
        usage(AHEAD, number=7, **BOBS),
        usage(AHEAD, number=8, **ANAS),
    )
    USERS = (
        {"_id": ANA, "email": "ana@example.com", "role": "USER"},
        {"_id": BOB, "email": "bob@elsewhere.example", "role": "ADMIN"},
    )
    GROUPS = ({"_id": object_id(NOON, 1), "name": "Finance", "memberIds": [str(ANA)]},)
    MESSAGES = (
        {
            "messageId": "m",
            "conversationId": "by-ana",
            "model": HELPER,
            "endpoint": "agents",
            "createdAt": NOON,
        },
        {
            "messageId": "n",
            "conversationId": "by-bob",
            "model": "claude-sonnet-4-6",
            "endpoint": "anthropic",
            "createdAt": NOON,
        },
    )

    ANAS_FILTERS = (
        {"user": str(ANA)},
        {"model": "gpt-6-sol"},
        {"provider": "openAI"},
        {"agent": HELPER},
        {"context": "message"},
        {"role": "USER"},
        {"domain": "example.com"},
        {"group": str(object_id(NOON, 1))},
        {"tenant": "acme"},
        {"user": str(ANA), "model": "gpt-6-sol", "context": "message"},
    )
    BOBS_FILTERS = (
        {"user": str(BOB)},
        {"model": "claude-sonnet-4-6"},
        {"provider": "anthropic"},
        {"agent": "(none)"},
        {"context": "title"},
        {"role": "ADMIN"},
        {"domain": "elsewhere.example"},
        {"tenant": "(none)"},
    )

    @pytest.mark.parametrize("filters", ANAS_FILTERS, ids=str)
    def test_of_ana_there_are_hers(self, ask: Ask, filters: dict[str, str]) -> None:
        assert quality_of(ask, **filters)["otherTokenTypes"] == {"image_count": 1}
        found = findings_of(ask, **filters)
        assert (found["other-token-type"]["rows"], found["other-token-type"]["cost"]) == (1, 0.1)
        assert found["future-date"]["rows"] == 1

    @pytest.mark.parametrize("filters", BOBS_FILTERS, ids=str)
    def test_of_bob_there_are_his(self, ask: Ask, filters: dict[str, str]) -> None:
        assert quality_of(ask, **filters)["otherTokenTypes"] == {"ocr_pages": 2}
        found = findings_of(ask, **filters)
        assert (found["other-token-type"]["rows"], found["other-token-type"]["cost"]) == (2, 0.05)
        assert found["future-date"]["rows"] == 2

    @pytest.mark.parametrize(
        "filters",
        [{"user": str(ANA), "context": "title"}, {"model": "none-such"}, {"agent": "(unknown)"}],
        ids=str,
    )
    def test_of_nobody_there_are_none(self, ask: Ask, filters: dict[str, str]) -> None:
        assert quality_of(ask, **filters)["otherTokenTypes"] == {}
        assert not {"other-token-type", "future-date"} & findings_of(ask, **filters).keys()

    def test_without_a_filter_there_are_all(self, ask: Ask) -> None:
        assert quality_of(ask)["otherTokenTypes"] == {"image_count": 1, "ocr_pages": 2}
        found = findings_of(ask)
        assert (found["other-token-type"]["rows"], found["other-token-type"]["cost"]) == (3, 0.15)
        assert {detail["name"]: detail["cost"] for detail in found["other-token-type"]["details"]} == {
            "image_count": 0.1,
            "ocr_pages": 0.05,
        }

    def test_what_is_to_come_is_told_whatever_the_period(self, ask: Ask) -> None:
        _, body = ask("quality", {"period": "custom", "start": "2025-01-01", "end": "2025-01-02"})
        assert [(found["code"], found["rows"]) for found in body["findings"]] == [("future-date", 3)]


def media(number: int, context: str | None, token_value: object, **fields: Any) -> Document:
    return usage(
        number=number, **{"tokenType": "credits", "context": context, "tokenValue": token_value} | fields
    )


class TestCreditsThatWereSpent:
    """Images and videos of Media Studio: what the balance could bear at once, and the rest later."""

    IMAGE = media(1, "image_generation", -134_400, model="gpt-image-2", rawAmount=-134_400, rate=1)
    VIDEO = media(2, "video_generation", -500_000, model="veo-5", rawAmount=-2_000_000, debtCredits=1_500_000)
    DEBT = media(3, "media_debt", -1_500_000, model=None, conversationId=None, rawAmount=-1_500_000)

    def test_are_what_balances_bore(self, tmp_path: Path) -> None:
        with reading(tmp_path, usage(), self.IMAGE, self.VIDEO, self.DEBT) as ask:
            found = findings_of(ask)["spent-credits"]
            assert (found["rows"], found["tokens"], found["cost"]) == (3, 0, 2.1344)
            assert {detail["name"]: detail["cost"] for detail in found["details"]} == {
                "media_debt": 1.5,
                "video_generation": 0.5,
                "image_generation": 0.1344,
            }
            assert quality_of(ask)["spentCreditsRows"] == 3
            assert quality_of(ask)["spentCreditsCost"] == 2.1344
            assert quality_of(ask)["otherTokenTypes"] == {}
            _, summary = ask("summary", {"period": "30d"})
            assert (summary["cost"], summary["calls"], summary["totalTokens"]) == (0.003, 1, 1000)
            assert findings_of(ask, model="veo-5")["spent-credits"]["cost"] == 0.5
            assert findings_of(ask, context="media_debt")["spent-credits"]["cost"] == 1.5
            assert quality_of(ask, user=str(BOB))["spentCreditsRows"] == 0

    @pytest.mark.parametrize("context", ["music_generation", None, "something-new"])
    def test_may_be_for_anything_to_come(self, tmp_path: Path, context: str | None) -> None:
        found = finding(tmp_path, "spent-credits", media(1, context, -7_000_000))
        assert found == (1, 7.0, {context or "(none)": (1, 7.0)})

    def test_are_not_what_was_given_corrected_reset_or_is_not_settled(self, tmp_path: Path) -> None:
        rows = [
            media(1, "autoRefill", 20_000_000),
            media(2, "admin", 5_000_000),
            media(3, "admin", -5_000_000),
            media(4, "balanceReset", -19_000_000),
            media(5, "image_generation", 0),
            media(6, "image_generation", "lots"),
            media(7, "image_generation", -134_400, mediaAccountPending=True),
        ]
        assert finding(tmp_path, "spent-credits", *rows, usage()) is None

    def test_are_no_choice_of_the_filter_for_contexts_and_counted_for_prometheus(
        self, tmp_path: Path
    ) -> None:
        given = media(4, "autoRefill", 20_000_000)
        with reading(tmp_path, usage(), self.IMAGE, self.VIDEO, media(5, "admin", -1), given):
            pass
        with closing(Store(tmp_path / "store")) as store, engines.reading(store) as reader:
            repository = StoreRepository(reader, source=lambda: SourceReport("offline"))
            values, families = repository.filter_values(), [*UsageCollector(repository).collect()]
        assert values["context"] == (("message", "message"),)
        (uncounted,) = [family for family in families if family.name == "librechat_uncounted_credits_dollars"]
        assert {sample.labels["context"]: sample.value for sample in uncounted.samples} == {
            "image_generation": 0.1344,
            "video_generation": 0.5,
        }


def at_rate(number: int, rate: float, *, completion: bool = False, **fields: Any) -> Document:
    kind = {"tokenType": "completion"} if completion else {}
    return usage(number=number, rate=rate, tokenValue=-1000 * rate, **kind | fields)


class TestFamilyRate:
    @pytest.mark.parametrize(
        ("model", "prompt", "completion"),
        [
            ("claude-haiku-5-5", 0.8, 2.4),
            ("anthropic.claude-haiku-5-5-20261007-v1:0", 0.8, 2.4),
            ("us.anthropic.claude-haiku-5-5", 0.8, 2.4),
            ("anthropic/claude-next", 0.8, 2.4),
            ("claude-haiku-5-5@20261007", 0.8, 2.4),
            ("Claude-Next", 0.8, 2.4),
            ("gemini-9-ultra", 0.5, 1.5),
            ("google/gemini-9-ultra", 0.5, 1.5),
        ],
    )
    def test_is_proved_by_a_plain_prompt(
        self, tmp_path: Path, model: str, prompt: float, completion: float
    ) -> None:
        rows = [
            at_rate(1, prompt, model=model),
            at_rate(2, completion, completion=True, model=model),
            at_rate(3, completion * 1.15, completion=True, model=model, context="incomplete"),
            at_rate(4, 7, model=model),
        ]
        cost = (prompt + completion * 2.15) / 1000
        found = finding(tmp_path, "family-rate", *rows)
        assert found == (3, pytest.approx(cost), {model: (3, pytest.approx(cost))})

    def test_is_proved_by_nothing_else(self, tmp_path: Path) -> None:
        rows = [
            at_rate(1, 0.8, model="claude-3-5-haiku-20241022"),
            at_rate(2, 0.8, model="anthropic/claude-3.5-haiku"),
            at_rate(3, 0.8, model="claude-instant-1.2"),
            at_rate(4, 0.8, model="gpt-6-sol"),
            at_rate(5, 0.8, model=None),
            at_rate(6, 0.5, model="claude-haiku-5-5"),
            at_rate(7, 0.5, model="gemini-pro-vision"),
            at_rate(8, 0.5, model="google/gemini-pro"),
            at_rate(9, 0.8, model="gemini-9-ultra"),
            at_rate(10, 2.4, completion=True, model="claude-haiku-5-5"),
            at_rate(11, 0.8, completion=True, model="claude-haiku-5-5"),
            at_rate(12, 0.8, model="claude-haiku-5-5", inputTokens=-10, readTokens=-990, writeTokens=0),
        ]
        assert finding(tmp_path, "family-rate", *rows) is None

    def test_is_not_proved_by_a_cached_prompt_for_its_completion(self, tmp_path: Path) -> None:
        parts = {"inputTokens": -10, "readTokens": -990, "writeTokens": 0}
        cached = at_rate(1, 0.8, model="claude-haiku-5-5", **parts)
        completion = at_rate(2, 2.4, completion=True, model="claude-haiku-5-5")
        assert finding(tmp_path, "family-rate", cached, completion) is None

    def test_is_cost_in_doubt(self, tmp_path: Path) -> None:
        with reading(tmp_path, at_rate(1, 0.8, model="claude-haiku-5-5"), usage(number=2)) as ask:
            _, body = ask("quality", {"period": "30d"})
        assert body["doubtfulCost"] == 0.0008
