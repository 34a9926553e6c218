"""The view of alerts: what was noticed, who was told, and how the receivers answer."""

from __future__ import annotations

from librechat_analytics.dashboard.panels import alerts
from librechat_analytics.dashboard.views.base import View

VIEW = View(
    name=alerts.NAME,
    layout=alerts.layout,
    panels=(alerts.PANEL,),
    table=alerts.csv,
    charts={alerts.RECEIVERS_FILE: alerts.csv_of_receivers},
    shown_without_usage=True,
)
