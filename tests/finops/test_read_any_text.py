"""Reading any text at all: definitions or problems, never anything else; and lines that are right."""

from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.read_definitions import read_definitions
from librechat_analytics.finops.read_map import MapError, read_map
from tests.support.examples import examples

if TYPE_CHECKING:
    from librechat_analytics.finops.read_definitions import Reading

BERLIN = ZoneInfo("Europe/Berlin")
VALUES = st.sampled_from(
    [
        '"x"',
        '""',
        "3",
        "-1",
        "0.5",
        "nan",
        "true",
        "[]",
        '[ "x" ]',
        "[ 80 ]",
        "{}",
        '{ user = "x" }',
        "2026-01-01",
    ]
)
KEYS = st.sampled_from(
    [
        "zone", "year_starts", "currency", "rates", "cost_centers", "budget", "receiver", "name", "where",
        "each", "period", "amount", "thresholds", "to", "url", "kind", "every", "map", "groups", '"2026-01"',
    ]
)  # fmt: skip
HEADERS = st.sampled_from(
    ["[[budget]]", "[[receiver]]", "[[report]]", "[alerts]", "[rates]", "[cost_centers]", "[budget.where]"]
)
LINES = st.one_of(HEADERS, st.builds("{} = {}".format, KEYS, VALUES), st.text(max_size=20))


def read(text: str) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "finops.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return read_definitions(path, "UTC", {})


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(LINES, max_size=12).map("\n".join))
def test_any_text_gives_definitions_or_problems_that_name_an_existing_line(text: str) -> None:
    found = read(text)
    assert (found.definitions is None) == bool(found.problems)
    for problem in found.problems:
        for number in re.findall(r"finops.toml, line ([0-9]+)", problem):
            assert 1 <= int(number) <= text.count("\n") + text.count("\r") + 1


@settings(max_examples=examples(25), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.dates(date(2000, 1, 1), date(2099, 12, 31)),
            st.decimals(Decimal("0.000001"), Decimal(10**9), places=6),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda amount: amount[0],
    ).map(sorted)
)
def test_amounts_are_exact_to_the_last_digit(amounts: list[tuple[date, Decimal]]) -> None:
    written = ", ".join(f'{{ from = "{since}", usd = {usd:f} }}' for since, usd in amounts)
    found = read(f'[[budget]]\nname = "B"\nperiod = "year"\namount = [ {written} ]\n')
    assert found.definitions is not None, found.problems
    (budget,) = found.definitions.budgets
    assert [(each.since, Decimal(each.amount_e6) / 10**12) for each in budget.amounts] == amounts


CELLS = st.sampled_from(
    [
        "",
        "ada@example.com",
        "domain:x.example",
        "group:1",
        "x:y",
        "Sales",
        "=1+1",
        "2026-02-30",
        "50",
        "101",
        '"',
    ]
)


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5).map(",".join), max_size=6).map("\n".join))
def test_any_map_gives_rules_or_problems(lines: str) -> None:
    with suppress(MapError):
        rules = read_map(f"who,cost_center,valid_from,share\n{lines}", BERLIN)
        assert all(sum(share for _, share in rule.shares) == 100 for rule in rules)
