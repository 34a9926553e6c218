"""What all views have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.dashboard.panels.base import Panel, answer_panels
from librechat_analytics.dashboard.views import cost_centers
from librechat_analytics.dashboard.views.registry import VIEWS as WITHOUT_DEFINITIONS
from librechat_analytics.usage.answers import Concentration, Summary
from librechat_analytics.usage.cost_center_list import NO_COST_CENTERS
from librechat_analytics.usage.list_answers import AgentRanking, Breakdown, Part
from tests.dashboard.ready_answers import (
    CERTAIN_QUALITY,
    NOTHING,
    breakdown_of,
    caching,
    component_texts,
    conversation_costs,
    hours_of_week,
    models_of,
    page_data,
    query,
    split,
    texts,
    timeline,
    users_of,
)

if TYPE_CHECKING:
    from librechat_analytics.dashboard.views.base import View

NO_PART = Part(0.0, 0, 0, 0, 0, 0, 0.0, None)
EMPTY: dict[str, Any] = {
    "summary": Summary(NOTHING, NOTHING, CERTAIN_QUALITY),
    "users": users_of(),
    "models": models_of(),
    "cost_breakdown": breakdown_of(),
    "agents": AgentRanking((), 0, 0, 0.0, NO_PART, NO_PART),
    "breakdown": Breakdown((), 0, 0, 0.0, NO_PART, None),
    "cost_centers": NO_COST_CENTERS,
    "timeline": timeline(cost_usd=0.0),
    "hours_of_week": hours_of_week(),
    "conversation_costs": conversation_costs(),
    "concentration": Concentration(()),
    "caching": caching((0, 0, 0, 0.0)),
}
AN_EMPTY_PERIOD = "in this period. Show the last 30 days"
VIEWS = (*WITHOUT_DEFINITIONS, cost_centers.VIEW)
PANELS = [panel for view in VIEWS for panel in view.panels]

CAPTIONS = {
    "over-time": "Peak: $16.00 (Tue 24 Nov 2026, in part). Average: $9.00 a day.",
    "rhythm": "Busiest: Tuesdays from 14:00 to 15:00 ($2.50). Weekends account for 16.7% of the cost.",
    "users-cost": "",
    "concentration": "The top user accounts for 60.0% of the cost; 1 of 4 users accounts for half of it.",
    "conversation-costs": (
        "Half of 9 conversations cost at most $0.04, nine of ten at most $0.21; the highest cost was $1.71."
    ),
    "models-cost": "Completions account for 36.0% of the cost.",
    "models-tokens": "Completions account for 14.3% of the tokens.",
    "cache-rate": "20.0% of all prompt tokens came from a cache and 5.0% were written to one.",
    "cache-saved": (
        "Caches saved an estimated $1.50, 15.8% of what prompts would have cost without caching."
    ),
    "agents-cost": (
        "Agents account for 40.0% of the cost; 56.0% was spent without one; for 4.0% the agent is unknown."
    ),
    "detail-cost-time": "Peak: $16.00 (Tue 24 Nov 2026, in part). Average: $9.00 a day.",
    "detail-tokens-time": "Peak: 8k (Tue 24 Nov 2026, in part). Average: 4.5k a day.",
    "detail-rates": "This is recorded cost divided by tokens, so caches and price changes affect it.",
}


def words(stored: dict[str, Any]) -> str:
    """All words but those of the charts."""
    return " ".join(" ".join(texts(markup).split()) for markup in stored.values() if isinstance(markup, list))


def ids_of(view: View) -> set[str]:
    parts = (part for root in view.layout() for part in (root, *root._traverse()))
    return {part.id for part in parts if getattr(part, "id", None)}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
@pytest.mark.parametrize("answers", [{}, EMPTY], ids=["usage", "no-usage"])
def test_every_panel_fills_exactly_its_targets(panel: Panel, answers: dict[str, Any]) -> None:
    for asked in (query(), query(subject="model"), query(split="model"), query("all")):
        panel.fills(page_data(asked, split=split("gpt-5.2", None), **answers))


def test_no_two_panels_fill_the_same_target() -> None:
    owners: dict[object, str] = {}
    for panel in PANELS:
        for target in panel.targets:
            assert target not in owners, f"{panel.name} and {owners[target]} both fill {target}"
            owners[target] = panel.name


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
class TestEveryView:
    def test_its_layout_has_every_target_of_its_panels(self, view: View) -> None:
        ids = ids_of(view)
        for panel in view.panels:
            for target in panel.targets:
                assert target.id in ids, f"the layout of {view.name} lacks {target} of the panel {panel.name}"

    def test_its_layout_has_the_error_slots_of_its_panels_and_no_others(self, view: View) -> None:
        slots = {name for name in ids_of(view) if name.endswith("-error")}
        panels = {panel.error_id for panel in view.panels}

        assert slots <= panels, f"the view {view.name} lacks the panels of {sorted(slots - panels)}"
        assert panels <= slots, f"the layout of {view.name} lacks {sorted(panels - slots)}"

    def test_the_caption_of_each_chart_is_about_that_chart(self, view: View) -> None:
        data = page_data(query(subject="model"))
        for panel in view.panels:
            fills = panel.fills(data)
            for target in fills:
                if target.id.endswith("-caption"):
                    chart = target.id.removesuffix("-caption")
                    assert chart in CAPTIONS, f"CAPTIONS lacks {chart!r}, which says {fills[target]!r}"
                    assert fills[target] == CAPTIONS[chart], f"{panel.name} fills {target} with other words"

    def test_without_usage_it_says_so_and_offers_another_period(self, view: View) -> None:
        values, stored = answer_panels(view.panels, page_data(**EMPTY))

        assert all("Try again" not in component_texts(value) for value in values if isinstance(value, list))
        empty = "Nobody has used LibreChat today." if view.name == "now" else AN_EMPTY_PERIOD
        assert empty in words(stored)

    def test_an_empty_store_offers_no_other_period(self, view: View) -> None:
        _, stored = answer_panels(view.panels, page_data(**EMPTY, first_usage=None))

        assert "yet." in words(stored)
        assert "Show" not in words(stored)

    def test_it_is_json_from_top_to_bottom(self, view: View) -> None:
        _, stored = answer_panels(view.panels, page_data())

        assert json.loads(json.dumps(stored, allow_nan=False)).keys() == stored.keys()
