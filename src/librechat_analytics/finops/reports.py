"""What a report by schedule says: the answers that the page shows for the same week or month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from librechat_analytics.finops.anomalies import anomalies_of, folded
from librechat_analytics.finops.budget_scopes import seen_filters
from librechat_analytics.finops.budgets import budget_history, budget_states
from librechat_analytics.finops.currency import cost_in_currency
from librechat_analytics.finops.definitions import Budget
from librechat_analytics.finops.period_forecast import forecast
from librechat_analytics.finops.schedule import covered, last_due
from librechat_analytics.usage.cost_center_rules import NO_RULES
from librechat_analytics.usage.filters import as_stored
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import this_month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from librechat_analytics.finops.anomalies import Folded
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.currency import Converted
    from librechat_analytics.finops.definitions import Definitions, Report
    from librechat_analytics.finops.period_forecast import Forecast
    from librechat_analytics.usage.answers import Freshness, Summary
    from librechat_analytics.usage.cost_center_list import CostCenters
    from librechat_analytics.usage.filters import Filters, Scope
    from librechat_analytics.usage.list_answers import ModelRow, Ranking, UserRow
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import Repository

TOP: Final = 5
"""How many users and models a report lists."""

TOP_CENTERS: Final = 10
"""How many cost centres a report lists."""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget of a report: in the period in which the report's period ends.

    ``states``: of a budget for each user and so on, those with usage; otherwise the one.
    """

    budget: Budget
    states: tuple[BudgetState, ...]


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """All answers of a report about one period.

    ``in_currency``: the cost in the currency of the definitions. ``now``: the present of the answers.
    ``month``: the running one, which ``forecast`` is about.
    ``skipped``: days on which the report was due and not sent.
    """

    report: Report
    definitions: Definitions
    period: Period
    filters: Filters
    now: datetime
    freshness: Freshness
    summary: Summary
    in_currency: Converted | None
    budgets: tuple[BudgetLine, ...]
    cost_centers: CostCenters | None
    users: Ranking[UserRow]
    models: Ranking[ModelRow]
    unusual: Folded
    month: Period
    forecast: Forecast
    skipped: tuple[date, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the figures reach the end of the period."""
        as_of = self.freshness.as_of
        return as_of is not None and as_of >= self.period.range.end


def is_seen(repository: Repository, report: Report, scope: Scope | None) -> bool:
    """Say whether all usage that a report is about lies inside a scope, as for a budget."""
    as_budget = Budget(report.name, report.where, "month", ())
    return seen_filters(repository, as_budget, scope) is not None


def may_name_people(definitions: Definitions, report: Report, receiver: str | None = None) -> bool:
    """Say whether a receiver gets people's names: this one, else the report's first."""
    chosen = receiver or next(iter(report.to), None)
    return all(one.names for one in definitions.receivers if one.name == chosen)


def last_report(
    repository: Repository, definitions: Definitions, report: Report, scope: Scope | None = None
) -> ReportAnswer:
    """Return what a report says that was due last, within a scope."""
    day = last_due(report.every, definitions.zone, repository.now()).day
    return report_answer(repository, definitions, report, day, scope=scope)


def report_answer(
    repository: Repository,
    definitions: Definitions,
    report: Report,
    day: date,
    skipped: tuple[date, ...] = (),
    scope: Scope | None = None,
) -> ReportAnswer:
    """Return what a report says that is due on a day, within a scope."""
    # Freshness is read first: the figures may be newer than it says, never older.
    freshness, now = repository.freshness(), repository.now()
    period = covered(report.every, day, definitions.zone)
    filters = replace(report.where, scope=scope)
    top = Listing(TOP, beyond_period=True)
    month = this_month(definitions.zone, now)
    return ReportAnswer(
        report=report,
        definitions=definitions,
        period=period,
        filters=filters,
        now=now,
        freshness=freshness,
        summary=repository.summary(period, filters),
        in_currency=cost_in_currency(repository, definitions.currency, period, filters),
        budgets=tuple(_budgets(repository, definitions, report, period, scope)),
        cost_centers=None
        if definitions.cost_centers == NO_RULES
        else repository.cost_centers(period, Listing(TOP_CENTERS, beyond_period=True), filters),
        users=repository.top_users(period, top, filters),
        models=repository.top_models(period, top, filters),
        unusual=folded(anomalies_of(repository, period, filters, definitions)),
        month=month,
        forecast=repository.ask(forecast, month, filters),
        skipped=skipped,
    )


def _budgets(
    repository: Repository, definitions: Definitions, report: Report, period: Period, scope: Scope | None
) -> Iterator[BudgetLine]:
    """Yield the budgets that are wholly inside what the report is about."""
    running = repository.ask(budget_states, definitions, scope)
    for budget in definitions.budgets:
        if not is_inside(budget.where, report.where):
            continue
        states = tuple(one for one in running if one.budget == budget)
        if any(one.period.range.start >= period.range.end for one in states):
            # The period of the report ended before the running one of the budget began.
            states = _before(repository, definitions, budget, period, scope)
        if states:
            yield BudgetLine(budget, states)


def _before(
    repository: Repository, definitions: Definitions, budget: Budget, period: Period, scope: Scope | None
) -> tuple[BudgetState, ...]:
    if budget.each is not None:
        return ()
    history = repository.ask(budget_history, definitions, budget.name, None, scope) or ()
    return tuple(one for one in history if one.period.range.start < period.range.end)[-1:]


def is_inside(inner: Filters, outer: Filters) -> bool:
    """Say whether filters let through nothing that others leave out."""
    chosen = all(
        (own := inner.chosen().get(name, ())) and set(as_stored(name, own)) <= set(as_stored(name, values))
        for name, values in outer.chosen().items()
    )
    left_out = all(
        set(as_stored(name, values)) <= set(as_stored(name, inner.left_out().get(name, ())))
        for name, values in outer.left_out().items()
    )
    return chosen and left_out
