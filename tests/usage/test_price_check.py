"""Recorded cost beside list price: long prompts, the completions that follow them, and exact sums."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.exports.sheets import price_check_sheet
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.prices import read_price_list
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.usage.rows import usd
from tests.support.documents import ANA, BOB, NOON, usage, write_dump
from tests.support.engines import reading
from tests.support.examples import examples
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from librechat_analytics.usage.answers import PriceCheck

pytestmark = pytest.mark.usefixtures("engine")

SHIPPED = ROOT / "prices" / "2026-11.csv"
HEADER = "model,prompt,completion,cache_write,cache_read,valid_from,source,above_tokens"
DAY = parse_period("custom", "2026-11-24", "2026-11-24", ZoneInfo("UTC"), now=NOON, first_usage=None)


def checked(folder: Path, prices: Path, *documents: dict[str, Any]) -> PriceCheck:
    store, source = Store(folder / "data"), DumpSource(write_dump(folder / "dump", transactions=documents))
    import_dump(store, source, now=NOON)
    with closing(store), reading(store) as reader:
        repository = StoreRepository(
            reader, source=lambda: SourceReport("offline"), prices=read_price_list(prices)
        )
        found = repository.price_check(DAY)
    assert found is not None
    return found


def listing(folder: Path, *rows: str) -> Path:
    path = folder / "own.csv"
    path.write_text("\n".join((HEADER, *rows)), "utf-8")
    return path


def prompt(number: int, model: str, tokens: int, rate: float, **fields: Any) -> dict[str, Any]:
    return usage(
        number=number, model=model, rawAmount=-tokens, rate=rate, tokenValue=-tokens * rate, **fields
    )


def completion(number: int, model: str, tokens: int, rate: float, **fields: Any) -> dict[str, Any]:
    return prompt(number, model, tokens, rate, tokenType="completion", **fields)


class TestLongPrompts:
    def test_a_long_call_costs_what_librechat_recorded(self, tmp_path: Path) -> None:
        later = NOON - timedelta(minutes=1)
        check = checked(
            tmp_path,
            SHIPPED,
            prompt(0, "gpt-6-sol", 300_000, 4),
            completion(1, "gpt-6-sol", 10_000, 15),
            prompt(2, "gpt-6-sol", 2_000, 2, createdAt=later),
            completion(3, "gpt-6-sol", 500, 10, createdAt=later),
        )

        assert (check.cost_usd, check.list_price_usd, check.difference_usd) == (1.359, 1.359, 0)
        assert check.unpaired_completions == 0

    def test_cached_tokens_count_for_the_size_and_cost_the_price_of_long_prompts(
        self, tmp_path: Path
    ) -> None:
        parts = {"inputTokens": -10_000, "writeTokens": 0, "readTokens": -290_000}
        row = prompt(0, "gpt-6-astra", 300_000, 2.6, **parts)

        assert checked(tmp_path, SHIPPED, row).list_price_usd == 0.78

    def test_a_prompt_of_the_threshold_itself_is_short(self, tmp_path: Path) -> None:
        check = checked(
            tmp_path,
            SHIPPED,
            prompt(0, "gpt-6-sol", 272_000, 2, conversationId="a"),
            completion(1, "gpt-6-sol", 1_000, 10, conversationId="a"),
            prompt(2, "gpt-6-sol", 272_001, 4, conversationId="b"),
            completion(3, "gpt-6-sol", 1_000, 15, conversationId="b"),
        )

        assert check.difference_usd == 0
        assert check.list_price_usd == 0.544 + 0.01 + 1.088004 + 0.015

    def test_calls_of_one_turn_are_paired_in_the_order_of_their_ids(self, tmp_path: Path) -> None:
        # A turn with tools: the calls share all but their ids, and one without an answer has no completion.
        rows = (
            prompt(0, "gpt-6-sol", 1_000, 2),
            completion(1, "gpt-6-sol", 100, 10),
            prompt(2, "gpt-6-sol", 280_000, 4),
            prompt(3, "gpt-6-sol", 290_000, 4),
            completion(4, "gpt-6-sol", 100, 15),
            prompt(5, "gpt-6-sol", 2_000, 2),
            completion(6, "gpt-6-sol", 100, 10),
        )
        check = checked(tmp_path, SHIPPED, *rows)

        assert (check.difference_usd, check.unpaired_completions) == (0, 0)

    def test_a_completion_without_its_prompt_is_counted_and_priced_as_after_a_short_one(
        self, tmp_path: Path
    ) -> None:
        rows = (
            completion(0, "gpt-6-sol", 1_000, 10),  # before every prompt
            prompt(1, "gpt-6-sol", 300_000, 4),
            completion(2, "gpt-6-sol", 1_000, 10, context="title"),
            completion(3, "gpt-6-sol", 1_000, 10, user=BOB),
            completion(4, "gpt-6-sol", 1_000, 10, conversationId="other"),
            completion(5, "gpt-6-sol", 1_000, 10, createdAt=NOON - timedelta(milliseconds=1)),
            completion(6, "gpt-6-luna", 1_000, 0.5),
            completion(7, "claude-opus-4-5", 1_000, 25),  # one price for all sizes
        )
        check = checked(tmp_path, SHIPPED, *rows)

        assert check.unpaired_completions == 6
        assert check.difference_usd == 0
        by_model = {row.model: row.unpaired_completions for row in check.rows}
        assert by_model == {"gpt-6-sol": 5, "gpt-6-luna": 1, "claude-opus-4-5": 0}

    def test_a_price_without_sizes_from_a_later_day_ends_them(self, tmp_path: Path) -> None:
        prices = listing(tmp_path, "a,1,1,,,", "a,9,9,,,,,1000", "a,2,2,,,2026-11-24")

        assert checked(tmp_path, prices, prompt(0, "a", 2_000, 2)).list_price_usd == 0.004


class TestSpellings:
    def test_rows_of_bedrock_and_routers_are_priced_too(self, tmp_path: Path) -> None:
        models = (
            "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "claude-sonnet-4-5@20260922",
            "openai/gpt-6-sol",
        )
        check = checked(tmp_path, SHIPPED, *(prompt(at, each, 1_000, 3) for at, each in enumerate(models)))

        assert {row.model: row.list_price_usd for row in check.rows} == {
            models[0]: 0.003,
            models[1]: 0.003,
            models[2]: 0.002,
        }


class TestSums:
    def test_the_difference_is_computed_from_integers_once(self, tmp_path: Path) -> None:
        check = checked(tmp_path, listing(tmp_path, "a,1,1,,,"), prompt(0, "a", 1_000_000, 4.6))

        assert (check.cost_usd, check.list_price_usd, check.difference_usd) == (4.6, 1.0, 3.6)
        assert 4.6 - 1.0 != 3.6

    def test_each_part_is_told_by_where_its_list_price_comes_from(self, tmp_path: Path) -> None:
        prices = listing(
            tmp_path, "a,1,1,,,,both", "a,2,2,,,,provider,1000", "b,3,3,,,,librechat", "c,4,4,,,"
        )
        rows = [prompt(at, model, 1_000, 1) for at, model in enumerate("abcd")]
        check = checked(tmp_path, prices, *rows, prompt(9, "a", 2_000, 1))

        assert [(part.source, part.listed_cost_usd, part.list_price_usd) for part in check.sources] == [
            ("both", 0.001, 0.001),
            ("librechat", 0.001, 0.003),
            ("provider", 0.002, 0.004),
            (None, 0.001, 0.004),
        ]
        assert check.unlisted_cost_usd == 0.001
        by_model = {row.model: row.price_sources for row in check.rows}
        assert by_model == {"a": ("both", "provider"), "b": ("librechat",), "c": (), "d": ()}

    def test_a_file_says_where_prices_come_from_and_what_was_not_paired(self, tmp_path: Path) -> None:
        sheet = price_check_sheet(checked(tmp_path, SHIPPED, completion(0, "gpt-5.4", 1_000, 15)))

        named = dict(zip((column.title for column in sheet.columns), sheet.rows[0], strict=True))
        assert named["Price comes from"] == "LibreChat's table only"
        assert named["Completions without their prompt"] == 1


TIERS = {"a": [(0, 1, 2, 3, 4)], "b": [(0, 5, 6, 7, 8), (100, 9, 10, 11, 12), (500, 13, 14, 15, 16)]}
AMOUNTS = st.sampled_from([0, 1, 99, 100, 101, 500, 501, 7_919])
MOMENTS = (NOON, NOON - timedelta(milliseconds=1), NOON - timedelta(hours=2))


@dataclass(frozen=True)
class Row:
    """A row of the ledger as the loop below reads it."""

    number: int
    model: str
    is_prompt: bool
    tokens: int
    read: int
    write: int
    at: datetime
    user: ObjectId | None
    conversation: str | None
    context: str

    def document(self) -> dict[str, Any]:
        parts = {"inputTokens": self.read + self.write - self.tokens, "readTokens": -self.read}
        cached = parts | {"writeTokens": -self.write} if self.read or self.write else {}
        return usage(
            at=self.at,
            _id=ObjectId(
                ObjectId.from_datetime(NOON).binary[:4] + (self.number // 3 * 2**40 + self.number).to_bytes(8)
            ),
            model=self.model,
            tokenType="prompt" if self.is_prompt else "completion",
            rawAmount=-self.tokens,
            rate=1,
            tokenValue=-self.tokens,
            user=self.user,
            conversationId=self.conversation,
            context=self.context,
            **cached,
        )


@st.composite
def ledgers(draw: st.DrawFn) -> list[Row]:
    """Few values of each kind, so that calls share them; the ids are in another order than the rows."""
    count = draw(st.integers(1, 30))
    rows = []
    for number in draw(st.permutations(range(count))):
        tokens = draw(AMOUNTS)
        is_prompt = draw(st.booleans())
        read = draw(st.integers(0, tokens)) if is_prompt and draw(st.booleans()) else 0
        rows.append(
            Row(
                number,
                draw(st.sampled_from("abbc")),
                is_prompt,
                tokens,
                read,
                draw(st.integers(0, tokens - read)) if read else 0,
                draw(st.sampled_from(MOMENTS)),
                draw(st.sampled_from([ANA, ANA, BOB, None])),
                draw(st.sampled_from(["one", "one", "two", None])),
                draw(st.sampled_from(["message", "message", "title"])),
            )
        )
    return rows


def priced_one_by_one(rows: list[Row]) -> tuple[dict[str, int], int]:
    """List prices by model in millionths of a millionth of a dollar, and the completions without a prompt."""
    sums: dict[str, int] = defaultdict(int)
    unpaired = 0
    last_prompt: dict[tuple[object, ...], int] = {}
    for row in sorted(rows, key=lambda row: row.number):
        call = (row.model, row.at, row.user, row.conversation, row.context)
        if row.is_prompt:
            last_prompt[call] = row.tokens
        if row.model not in TIERS:
            continue
        size = last_prompt.get(call, 0)
        if len(TIERS[row.model]) > 1:
            unpaired += call not in last_prompt
        fresh, completed, write, read = [
            prices for above, *prices in TIERS[row.model] if size > above or not above
        ][-1]
        if row.is_prompt:
            sums[row.model] += (
                fresh * (row.tokens - row.read - row.write) + write * row.write + read * row.read
            )
        else:
            sums[row.model] += completed * row.tokens
    return {model: total * 10**6 for model, total in sums.items()}, unpaired


@settings(max_examples=examples(10))
@given(ledgers())
def test_sizes_and_pairs_are_right_to_the_integer(rows: list[Row]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        prices = listing(
            folder,
            *(
                f"{model},{fresh},{completed},{write},{read},,,{above}"
                for model, tiers in TIERS.items()
                for above, fresh, completed, write, read in tiers
            ),
        )
        check = checked(folder, prices, *(row.document() for row in rows))
    expected, unpaired = priced_one_by_one(rows)

    found = {row.model: row.list_price_usd for row in check.rows}
    assert {model: price for model, price in found.items() if model in TIERS} == {
        model: usd(price) for model, price in expected.items()
    }
    assert check.list_price_usd == usd(sum(expected.values()))
    assert check.unpaired_completions == unpaired
