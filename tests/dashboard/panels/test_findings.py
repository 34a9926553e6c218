"""How certain the figures are, in sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from librechat_analytics.dashboard.panels import findings
from librechat_analytics.dashboard.panels.targets import Target
from librechat_analytics.usage.answers import Summary
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.quality import KINDS, Detail, Finding, QualityReport, Refusals
from tests.dashboard.ready_answers import CERTAIN_QUALITY, NOTHING, NOW, page_data, query, texts

DEFAULT_RATE = Finding(
    code="default-rate",
    documents=1386,
    tokens=3_700_000,
    cost_usd=2.5,
    first=NOW - timedelta(days=20),
    last=NOW - timedelta(days=2),
    details=tuple(Detail(f"acme-{number}", 198, 1000, 0.35, f"acme-{number}") for number in range(7)),
)
REPORT = QualityReport((DEFAULT_RATE,), (), 2.5)
REFUSED = Refusals("tokenValue is not a number", 12, ("65f0", "65f1"), NOW)


def test_every_kind_of_finding_can_be_shown() -> None:
    for code in KINDS:
        words = texts(findings.finding_card(replace(DEFAULT_RATE, code=code), 12.5, page_data()))

        assert KINDS[code].title in words
        assert KINDS[code].advice in words


def test_a_finding_says_how_much_since_when_and_what_to_do() -> None:
    words = texts(findings.finding_card(DEFAULT_RATE, 12.5, page_data()))

    for part in ("$2.50 (20.0%)", "1,386", "3.7M", "4–22 Nov 2026", "every version", "2 more"):  # noqa: RUF001
        assert part in words


def test_the_findings_are_sorted_by_cost_and_then_by_rows() -> None:
    report = QualityReport(
        tuple(
            replace(DEFAULT_RATE, code=code, cost_usd=cost_usd, documents=documents)
            for code, cost_usd, documents in (
                ("default-rate", 1.0, 5),
                ("incomplete", 0.0, 1),
                ("positive-value", 0.0, 9),
                ("unknown-agent", 3.0, 2),
            )
        ),
        (),
        1.0,
    )
    fills = findings.PANEL.fills(page_data(report=report))
    cards: Any = fills[Target("quality-findings")]

    titles = [card[2][2] for card in cards]
    expected = ("unknown-agent", "default-rate", "positive-value", "incomplete")
    assert titles == [KINDS[code].title for code in expected]


def test_a_finding_says_what_it_changes_and_whom_it_concerns() -> None:
    words = texts(findings.finding_card(DEFAULT_RATE, 12.5, page_data()))

    assert "Changes the cost.  Concerns you: yes, 20.0% of the cost may be wrong." in words


def test_where_nothing_is_to_be_done_the_card_asks_for_nothing() -> None:
    words = texts(findings.finding_card(replace(DEFAULT_RATE, code="incomplete"), 12.5, page_data()))

    assert "What to do" not in words
    assert "Nothing to do." in words


def test_a_models_name_in_it_leads_to_the_model() -> None:
    card = str(findings.finding_card(DEFAULT_RATE, 12.5, page_data()))

    assert "?view=model&model=acme-0" in card


class TestLead:
    def words(self, report: QualityReport, **answers: Any) -> str:
        return texts(findings.lead(page_data(report=report, **answers)))

    def test_it_says_that_all_figures_are_certain(self) -> None:
        assert self.words(QualityReport((), (), 0.0)).startswith("Nothing is uncertain.")

    def test_uncertain_cost_is_compared_with_the_whole(self) -> None:
        words = self.words(REPORT)

        assert words.startswith("80.0% of $12.50 is priced from known rates.")
        assert "$2.50 (20.0%) is an estimate, because LibreChat had no price for the model." in words

    def test_findings_without_cost_leave_the_cost_certain(self) -> None:
        assert self.words(replace(REPORT, doubtful_cost_usd=0.0)).startswith("All of $12.50 is priced")

    def test_a_period_without_usage_says_so(self) -> None:
        words = self.words(QualityReport((), (), 0.0), summary=Summary(NOTHING, None, CERTAIN_QUALITY))

        assert words.startswith("No usage in this period.")


class TestRefused:
    def test_it_lists_ids_to_look_up(self) -> None:
        words = texts(findings.refused((REFUSED,), page_data()))

        assert "65f0 ,  65f1  and 10 more" in words
        assert "12 rows, in any period," in words

    def test_a_reader_with_a_scope_sees_none(self) -> None:
        limited = page_data(query(filters=Filters(scope=Scope(("example.org",), ()))))

        assert findings.refused((REFUSED,), limited) == []
