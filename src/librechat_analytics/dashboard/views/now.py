"""The view for a phone: whether today is normal, on one screen without scrolling."""

from __future__ import annotations

from librechat_analytics.dashboard.panels import now
from librechat_analytics.dashboard.views.base import View

VIEW = View(
    name="now", layout=lambda: [now.layout()], panels=(now.PANEL,), in_menu=False, shown_without_usage=True
)
