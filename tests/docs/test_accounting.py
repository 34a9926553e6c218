"""Finance goes by docs/accounting.md: its example, findings and price lists are those of the program."""

from __future__ import annotations

import csv
import json
import re

from librechat_analytics.librechat.agents import Certainty
from librechat_analytics.librechat.transactions import Transaction, read_transaction
from librechat_analytics.usage.prices import SOURCES, read_price_list
from librechat_analytics.usage.quality import KINDS
from librechat_analytics.usage.rows import usd
from tests.support.documents import example
from tests.support.markdown import codes, only_code, page, section, table
from tests.support.servers import ROOT

ACCOUNTING = page("docs/accounting.md")
PRICES = page("prices/README.md")


class TestCost:
    def test_the_worked_example_costs_what_it_says(self) -> None:
        text = section(ACCOUNTING, "How cost is computed")
        (written,) = re.findall(r"```json\n(.+)\n```", text)
        document = json.loads(written)
        row = read_transaction(example(1) | document)

        assert isinstance(row, Transaction)
        tokens, rate, price = row.tokens, row.rate, row.credits_e6 // 10**6
        assert (
            f"{tokens:,} prompt tokens at ${rate:g} per million are"
            f" {tokens:,} \N{MULTIPLICATION SIGN} {rate:g} = {price:,} credits: **${usd(row.credits_e6)}**"
        ) in text

    def test_the_example_is_as_librechat_wrote_it(self) -> None:
        (written,) = re.findall(r"```json\n(.+)\n```", section(ACCOUNTING, "How cost is computed"))
        recorded = example(1)

        assert json.loads(written).items() <= recorded.items()

    def test_the_columns_of_a_price_list_are_those_of_the_file(self) -> None:
        lines = (ROOT / "prices" / "2026-11.csv").read_text("utf-8").splitlines()

        assert next(line for line in lines if not line.startswith("#")) in codes(
            section(ACCOUNTING, "List prices")
        )

    def test_the_spellings_that_are_named_find_one_price(self) -> None:
        prices = read_price_list(ROOT / "prices" / "2026-11.csv")
        named = [code for code in codes(section(ACCOUNTING, "List prices")) if "claude-sonnet-4" in code]

        assert len(named) == 4
        assert {price.pattern for code in named for price in prices.of(code)} == {"claude-sonnet-4-5"}

    def test_the_sources_that_are_named_are_all_of_them(self) -> None:
        assert set(SOURCES) <= set(codes(section(ACCOUNTING, "List prices")))
        assert {only_code(row[0]) for row in table(PRICES, "`source`").rows if codes(row[0])} == set(SOURCES)

    def test_the_table_of_march_is_the_file(self) -> None:
        with (ROOT / "prices" / "2026-03.csv").open(encoding="utf-8") as file:
            prices = list(csv.DictReader(line for line in file if not line.startswith("#")))

        assert table(PRICES, "Model", "Prompt").rows == tuple(
            (p["model"], p["prompt"], p["completion"], p["cache_write"], p["cache_read"]) for p in prices
        )

    def test_every_price_list_is_named(self) -> None:
        named = [codes(cell)[0] for cell in table(PRICES, "File").column(0)]

        assert sorted(named) == sorted(path.name for path in (ROOT / "prices").glob("*.csv"))


def test_every_certainty_of_an_agent_is_explained() -> None:
    emphasized = set(re.findall(r"\*(\w+)\*", section(ACCOUNTING, "How agents are found")))

    assert {certainty.value for certainty in Certainty} <= emphasized


def test_the_findings_are_worded_as_in_the_program() -> None:
    assert table(ACCOUNTING, "Finding").rows == tuple(
        (kind.title, kind.sentence, kind.versions) for kind in KINDS.values()
    )
