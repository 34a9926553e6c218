"""Every view of the page, in the order of the menu. A new view is added here, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.views import (
    agents,
    alerts,
    budgets,
    cost_centers,
    detail,
    groups,
    models,
    now,
    overview,
    quality,
    users,
)

if TYPE_CHECKING:
    from librechat_analytics.dashboard.views.base import View

_LISTS: tuple[View, ...] = (overview.VIEW, users.VIEW, groups.VIEW, models.VIEW, agents.VIEW)
_OTHERS: tuple[View, ...] = (quality.VIEW, now.VIEW, detail.VIEW)

FINOPS_VIEWS: tuple[View, ...] = (cost_centers.VIEW, budgets.VIEW, alerts.VIEW)
"""The views that need a definitions file."""

VIEWS: tuple[View, ...] = (*_LISTS, *_OTHERS)
"""The views without a definitions file."""

ALL_VIEWS: tuple[View, ...] = (*_LISTS, *FINOPS_VIEWS, *_OTHERS)


def views_to_show(*, finops: bool) -> tuple[View, ...]:
    """Return the views of a page; ``finops``: there is a definitions file."""
    return ALL_VIEWS if finops else VIEWS
