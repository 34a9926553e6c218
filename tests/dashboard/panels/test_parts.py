"""The parts that panels are made of."""

from __future__ import annotations

from typing import Any

from librechat_analytics.dashboard.panels.parts import Cards, Chart, RankedList, card
from librechat_analytics.dashboard.panels.targets import Target
from librechat_analytics.formatting import money, money_exact
from librechat_analytics.usage.answers import Summary, Totals
from tests.dashboard.ready_answers import CERTAIN_QUALITY, component_texts

CARDS = Cards((card("cost", "Cost", lambda totals: totals.cost_usd, money, money_exact, has_trust=True),))
BEFORE = "10\N{EN DASH}17 Nov"


def totals(cost_usd: float) -> Totals:
    return Totals(cost_usd, 0, 0, 0, 0, 0, 0, 0)


def ids(component: Any) -> set[str]:
    return {part.id for part in component._traverse() if getattr(part, "id", None)}


class TestCards:
    def test_the_tooltips_have_all_digits_and_the_figure_of_the_previous_period(self) -> None:
        summary = Summary(totals(2.345678), totals(1.0), CERTAIN_QUALITY)
        fills = CARDS.fill(summary, before_range=BEFORE, rule="As months do.", trust=["89.7%"])

        assert fills[Target("cost-value", "children")] == "$2.35"
        assert fills[Target("cost-value", "title")] == "$2.345678"
        assert fills[Target("cost-change", "title")] == f"$1.00 in {BEFORE}. As months do."
        assert fills[Target("cost-trust")] == ["89.7%"]
        assert component_texts(fills[Target("cost-change", "children")]).startswith("↑up 135% from")

    def test_a_period_without_a_range_before_compares_with_nothing(self) -> None:
        fills = CARDS.fill(Summary(totals(2.0), None, CERTAIN_QUALITY), before_range="", rule="", trust=[])

        assert fills[Target("cost-change", "children")] == []
        assert fills[Target("cost-change", "title")] == ""


class TestChart:
    def test_its_layout_has_all_its_targets(self) -> None:
        for chart in (
            Chart("a", "A"),
            Chart("b", "B", shape="ranked"),
            Chart("c", "C", shape="tall", numbers=("Time", "Cost")),
            Chart("d", "D", shape="wide", numbers=None),
        ):
            assert {target.id for target in chart.targets} <= ids(chart.layout())

    def test_the_height_of_ranked_bars_comes_with_the_answer(self) -> None:
        chart = Chart("b", "B", shape="ranked")
        fills = chart.fill({"layout": {"height": 80}}, caption="", empty=[])

        assert fills[Target("b-chart", "style")] == {"height": 80}


def test_a_list_without_entries_says_why_only_if_there_is_a_reason() -> None:
    top = RankedList("top")

    assert top.fill([], empty=["No users."])[Target("top")] == [
        ["li", {"class": "table-message"}, "No users."]
    ]
    assert top.fill([], empty=[])[Target("top")] == []
