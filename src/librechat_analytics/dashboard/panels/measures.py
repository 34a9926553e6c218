"""What charts of usage can show: cost, tokens or calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import integer, money, tokens

if TYPE_CHECKING:
    from librechat_analytics.dashboard.query import Measure
    from librechat_analytics.dashboard.words.captions import AsText
    from librechat_analytics.usage.timeline_answers import HourRow, SplitRow, TimelinePoint

MEASURES: tuple[tuple[str, str], ...] = (("", "Cost"), ("tokens", "Tokens"), ("calls", "Calls"))
"""The choices of ``?measure=`` and their names; cost is the default."""


def of_point(point: TimelinePoint, measure: Measure) -> float:
    """Give a bucket's cost (in US dollars), tokens or calls."""
    return {"cost": point.cost_usd, "tokens": point.total_tokens, "calls": point.calls}[measure]


def of_row(row: SplitRow | HourRow, measure: Measure) -> float:
    """Give the cost (in US dollars), tokens or calls of a part or of an hour."""
    return {"cost": row.cost_usd, "tokens": row.tokens, "calls": row.calls}[measure]


def tokens_text(count: float) -> str:
    """Write tokens, or an average of them."""
    return tokens(int(count))


def _calls_text(count: float) -> str:
    return integer(int(count))


AS_TEXT: dict[Measure, AsText] = {"cost": money, "tokens": tokens_text, "calls": _calls_text}
"""How a figure of each measure is written."""
