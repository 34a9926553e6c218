"""Answers laid out as tables for files."""

from __future__ import annotations

from datetime import timedelta

from librechat_analytics.exports.sheets import timeline_sheet
from librechat_analytics.usage.timeline_answers import SplitPart, Timeline, TimelinePoint
from tests.support.documents import NOON


def test_parts_of_the_same_name_have_columns_that_can_be_told_apart() -> None:
    names = {"g1": "Sales", "g2": "Sales", "g3": "Support", "g4": "All others", "g5": "Calls", "(none)": None}
    legend = tuple(SplitPart(key, name, None, deleted=False, cost_usd=1.0) for key, name in names.items())
    point = TimelinePoint(
        start=NOON,
        end=NOON + timedelta(hours=1),
        partial=False,
        cost_usd=6.0,
        prompt_tokens=0,
        completion_tokens=0,
        total_tokens=0,
        calls=0,
        active_users=0,
        conversations=0,
        parts=dict.fromkeys(names, 1.0),
        others_usd=0.0,
    )
    sheet = timeline_sheet(Timeline("hour", (point,), legend))

    titles = [heading.title for heading in sheet.columns]
    assert titles[-7:] == [
        "Sales (g1)",
        "Sales (g2)",
        "Support",
        "All others (g4)",
        "Calls (g5)",
        "(none)",
        "All others",
    ]
    assert len(set(titles)) == len(titles)
