"""The view of budgets: how much of each is spent and expected, and the course of one."""

from __future__ import annotations

from librechat_analytics.dashboard.panels import budgets
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words import budget_words

VIEW = View(
    name=budgets.NAME,
    layout=budgets.layout,
    panels=(budgets.LIST_PANEL, budgets.ONE_PANEL),
    table=budgets.csv,
    charts={budgets.CHART.id: budgets.csv_of_course, "budget-periods": budgets.csv_of_periods},
    shown_without_usage=True,
    period=budgets.period,
    place=budget_words.place,
)
