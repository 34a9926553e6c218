"""Every view of the page, in the order of the menu. A new view is added here, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.views import agents, detail, groups, models, now, overview, quality, users

if TYPE_CHECKING:
    from librechat_analytics.dashboard.views.base import View

VIEWS: tuple[View, ...] = (
    overview.VIEW,
    users.VIEW,
    groups.VIEW,
    models.VIEW,
    agents.VIEW,
    quality.VIEW,
    now.VIEW,
    detail.VIEW,
)
