"""Findings about rates: which rates they name, which rows they count, and when these were."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.agreement import imported
from tests.support.documents import NOON, usage, write_dump

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.documents import Document

pytestmark = pytest.mark.usefixtures("engine")

NOW = NOON + timedelta(minutes=3)
SECOND = timedelta(seconds=1)
DAY_BEFORE = NOON - timedelta(days=1)


def found(folder: Path, code: str, *transactions: Document) -> dict[str, Any] | None:
    """Give a finding about the last 30 days, None where there is none."""
    write_dump(folder / "dump", transactions=transactions)
    with imported(folder / "dump", folder / "store", NOW) as ask:
        status, body = ask("quality", {"period": "30d"})
    assert status == 200, body
    return next((each for each in body["findings"] if each["code"] == code), None)


def at_rates(*rates: float) -> list[Document]:
    """Give a plain prompt at each rate, one a day, the last of them at noon."""
    return [
        usage(NOON - timedelta(days=back), number, rate=rate)
        for number, (back, rate) in enumerate(zip(reversed(range(len(rates))), rates, strict=True))
    ]


def shown(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


class TestSeveralRates:
    def test_are_named_from_the_lowest_up_to_six(self, tmp_path: Path) -> None:
        finding = found(tmp_path, "several-rates", *at_rates(9, 3, 0.15, 7, 3.75, 11, 5, 3))
        assert finding is not None
        assert finding["rows"] == 8
        (detail,) = finding["details"]
        assert detail["name"] == "claude-sonnet-4-6 ($0.15, $3.0, $3.75, $5.0, $7.0, $9.0)"

    def test_may_be_in_what_is_not_summed_up_yet(self, tmp_path: Path) -> None:
        rows = [usage(DAY_BEFORE, 1, rate=3), usage(NOON + SECOND, 2, rate=15)]
        finding = found(tmp_path, "several-rates", *rows)
        assert finding is not None
        assert finding["rows"] == 2

    def test_have_the_dates_of_plain_prompts(self, tmp_path: Path) -> None:
        completion = {"tokenType": "completion", "rate": 15}
        cached = {"rate": 2.5, "inputTokens": -900, "readTokens": -100, "writeTokens": 0}
        rows = [
            usage(DAY_BEFORE, 1, **completion),
            usage(DAY_BEFORE + SECOND, 2),
            usage(NOON, 3, rate=15),
            usage(NOON + SECOND, 4, **cached),
            usage(NOON + 2 * SECOND, 5, **completion),
        ]
        finding = found(tmp_path, "several-rates", *rows)
        assert finding is not None
        assert finding["rows"] == 2
        assert finding["first"].startswith(shown(DAY_BEFORE + SECOND))
        assert finding["last"].startswith(shown(NOON))

    def test_may_be_nothing_whatever_its_sign(self, tmp_path: Path) -> None:
        finding = found(tmp_path, "several-rates", *at_rates(-0.0, 3))
        assert finding is not None
        assert finding["details"][0]["name"] == "claude-sonnet-4-6 ($0.0, $3.0)"

    def test_are_not_rates_that_charged_nothing(self, tmp_path: Path) -> None:
        rates = [float("nan"), float("inf"), None]
        rows = [usage(NOON, number, rate=rate) for number, rate in enumerate(rates, start=1)]
        blank = usage(NOON, 4, rate=15, rawAmount=0)
        assert found(tmp_path, "several-rates", usage(DAY_BEFORE), *rows, blank) is None


class TestTheRateOfAFamily:
    @pytest.mark.parametrize("model", ["claude-9-gemini-9", "Router/GEMINI-9-Claude-9"])
    def test_may_be_that_of_either_family_in_a_name(self, tmp_path: Path, model: str) -> None:
        rows = [
            usage(DAY_BEFORE, 1, model=model, rate=0.8),
            usage(DAY_BEFORE + SECOND, 2, model=model, rate=2.4, tokenType="completion"),
            usage(NOON, 3, model=model, rate=0.5),
            usage(NOON + SECOND, 4, model=model, rate=1.5 * 1.15, tokenType="completion"),
            usage(NOON + 2 * SECOND, 5, model=model, rate=6, tokenType="completion"),
        ]
        finding = found(tmp_path, "family-rate", *rows)
        assert finding is not None
        assert finding["rows"] == 4
        assert finding["first"].startswith(shown(DAY_BEFORE))
        assert finding["last"].startswith(shown(NOON + SECOND))
