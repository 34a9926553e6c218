"""How much of the cost the top users account for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.concentration import concentration_curve
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Chart
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports.sheets import concentration_sheet
from librechat_analytics.formatting import integer, share

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.charts.figure import Rows
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet

CURVE_POINTS = 100
PARTS_IN_NUMBERS = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0)
"""The parts of all users that the table of numbers has."""

CHART = Chart(
    "concentration",
    "Share of the cost that the top users account for",
    shape="tall",
    numbers=("Top users", "Of all users", "Of the cost"),
)


def layout() -> Component:
    """Make the panel before the first answer."""
    return frames.box("Is spending concentrated?", PANEL.error_slot(), CHART.layout())


def ranks(users: int, points: int) -> list[int]:
    """Choose about this many ranks, evenly spaced from 1 to the last user; the first tenth is one of them."""
    if not users:
        return []
    tenth = max(1, round(users / 10))
    return sorted({max(1, round(users * step / points)) for step in range(1, points + 1)} | {1, tenth})


def _answer(data: PageData) -> Fills:
    shares = data.concentration.shares
    users = len(shares)
    drawn = ranks(users, CURVE_POINTS)
    texts: list[Rows] = [
        [(f"The top {integer(rank)} of {integer(users)} users", share(shares[rank - 1]))] for rank in drawn
    ]
    figure = concentration_curve(
        [rank / users for rank in drawn],
        [shares[rank - 1] for rank in drawn],
        texts,
        marked=drawn.index(max(1, round(users / 10))) if drawn else 0,
        revision=data.query.revision,
    )
    in_numbers = sorted({max(1, round(users * part)) for part in PARTS_IN_NUMBERS}) if users else []
    return CHART.fill(
        figure,
        caption=captions.concentration(data.concentration),
        empty=[] if users else nothing_in(data, "No users"),
        rows=[(integer(rank), share(rank / users), share(shares[rank - 1])) for rank in in_numbers],
    )


def csv(data: PageData) -> Sheet:
    return concentration_sheet(data.concentration)


PANEL = Panel("concentration", (CHART,), _answer)
