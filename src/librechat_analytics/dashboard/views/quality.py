"""The view of data quality: how certain the figures are, and how they compare with prices and a bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.panels import findings, prices
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.exports.sheets import quality_sheet

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.exports.sheets import Sheet


def _sheet(data: PageData) -> Sheet:
    return quality_sheet(data.report)


VIEW = View(
    name="quality",
    layout=lambda: [findings.lead_layout(), prices.layout(), *findings.layout()],
    panels=(findings.PANEL, prices.PANEL),
    table=_sheet,
    label="Data quality",
    shown_without_usage=True,
)
