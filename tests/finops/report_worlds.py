"""Reports and definitions built by hand."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from librechat_analytics.finops.definitions import Definitions, Receiver, Report, Schedule
from librechat_analytics.usage.filters import EVERYTHING
from tests.finops.budget_worlds import BERLIN

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Budget
    from librechat_analytics.usage.filters import Filters

FINANCE = Receiver("finance", "apprise", "mailtos://example.com", names=True)
OPS = Receiver("ops", "apprise", "slack://a/b/c")


def weekly(where: Filters = EVERYTHING, *, to: tuple[str, ...] = ()) -> Report:
    return Report("Weekly & more", Schedule(time(8), weekday=0), where, to=to, attach="xlsx")


def monthly(where: Filters = EVERYTHING) -> Report:
    return Report("monthly", Schedule(time(8), day_of_month=3), where)


def definitions_of(*reports: Report, budgets: tuple[Budget, ...] = ()) -> Definitions:
    return Definitions("x", BERLIN, budgets=budgets, reports=reports, receivers=(FINANCE, OPS))
