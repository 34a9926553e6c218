"""What a report says: the figures of the page for the whole week or month before it is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.reports import is_inside, last_report, report_answer
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.periods import parse_period
from tests.finops.budget_worlds import BERLIN, budget
from tests.finops.report_worlds import definitions_of, monthly, weekly
from tests.usage.conftest import NOW, repository

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Definitions, Report
    from librechat_analytics.finops.reports import ReportAnswer
    from librechat_analytics.usage.repository import StoreRepository

__all__ = ["repository"]

CLAUDE = Filters(provider=("anthropic",))
MONDAY = date(2026, 11, 23)


def answer(
    repository: StoreRepository, definitions: Definitions, report: Report, day: date = MONDAY
) -> ReportAnswer:
    found = report_answer(repository, definitions, report, day)
    assert found is not None
    return found


def test_a_weekly_report_has_the_figures_of_the_last_whole_week(repository: StoreRepository) -> None:
    week = parse_period("custom", "2026-11-16", "2026-11-22", BERLIN, now=NOW, first_usage=None)
    found = answer(repository, definitions_of(weekly(CLAUDE)), weekly(CLAUDE))
    assert found.period == week
    assert found.summary == repository.summary(week, CLAUDE)
    assert found.summary.totals.cost_usd > 0
    assert found.users.rows[0].cost_usd >= found.users.rows[-1].cost_usd
    assert last_report(repository, definitions_of(weekly()), weekly()) == answer(
        repository, definitions_of(weekly()), weekly()
    )


def test_a_monthly_report_has_the_figures_of_the_last_whole_month(repository: StoreRepository) -> None:
    month = parse_period("last-month", None, None, BERLIN, now=NOW, first_usage=None)
    found = last_report(repository, definitions_of(monthly()), monthly())
    assert found is not None
    assert found.summary == repository.summary(month)


def test_a_budget_is_shown_in_the_period_in_which_the_report_ends(repository: StoreRepository) -> None:
    budgets = (budget(100, name="month"), budget(100, name="year", period="year"), budget(each="user"))
    said = definitions_of(weekly(), monthly(), budgets=budgets)
    (november, year, everybody) = answer(repository, said, weekly()).budgets
    assert [line.states[0].period.range.end > NOW for line in (november, year, everybody)] == [True] * 3
    assert len(everybody.states) > 1
    (october, year) = answer(repository, said, monthly(), date(2026, 11, 3)).budgets
    assert october.states[0].period.range.end == november.states[0].period.range.start
    assert year.states[0].period.range.end > NOW


def test_it_has_only_budgets_that_are_wholly_about_the_same_usage(repository: StoreRepository) -> None:
    budgets = (budget(name="all"), budget(name="inside", where=replace(CLAUDE, context=("message",))))
    found = answer(repository, definitions_of(weekly(CLAUDE), budgets=budgets), weekly(CLAUDE))
    assert [line.budget.name for line in found.budgets] == ["inside"]


@pytest.mark.parametrize(
    ("inner", "outer", "inside"),
    [
        ({}, {}, True),
        ({"model": "a"}, {}, True),
        ({}, {"model": "a"}, False),
        ({"model": "a"}, {"model": "ab"}, True),
        ({"model": "ab"}, {"model": "a"}, False),
        ({"domain": "A"}, {"domain": "a"}, True),
        ({"not-model": "ab"}, {"not-model": "a"}, True),
        ({"not-model": "a"}, {"not-model": "ab"}, False),
        ({"model": "a"}, {"not-model": "b"}, False),
    ],
)
def test_filters_are_inside_others_if_they_let_nothing_more_through(
    inner: dict[str, str], outer: dict[str, str], *, inside: bool
) -> None:
    assert is_inside(Filters.of(inner), Filters.of(outer)) is inside


def test_a_scope_sees_only_a_report_that_is_wholly_inside_it(repository: StoreRepository) -> None:
    scope = Scope(("example.com",), ())
    inside = weekly(Filters(domain=("Example.com",)))
    assert last_report(repository, definitions_of(weekly()), weekly(), scope) is None
    found = last_report(repository, definitions_of(inside), inside, scope)
    assert found is not None
    assert found.filters.scope == scope
