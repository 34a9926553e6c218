"""What a report says: the figures of the page for the whole week or month before it is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.reports import is_inside, is_seen, last_report, may_name_people, report_answer
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.periods import parse_period
from tests.finops.budget_worlds import BERLIN, budget
from tests.finops.report_worlds import definitions_of, monthly, weekly
from tests.usage.conftest import NOW, repository

if TYPE_CHECKING:
    from librechat_analytics.usage.repository import StoreRepository

__all__ = ["repository"]

CLAUDE = Filters(provider=("anthropic",))
MONDAY = date(2026, 11, 23)


def test_a_weekly_report_has_the_figures_of_the_last_whole_week(repository: StoreRepository) -> None:
    week = parse_period("custom", "2026-11-16", "2026-11-22", BERLIN, now=NOW, first_usage=None)
    found = report_answer(repository, definitions_of(weekly(CLAUDE)), weekly(CLAUDE), MONDAY)
    assert found.period == week
    assert found.summary == repository.summary(week, CLAUDE)
    assert found.summary.totals.cost_usd > 0
    assert found.users.rows[0].cost_usd >= found.users.rows[-1].cost_usd
    said = definitions_of(weekly())
    assert last_report(repository, said, weekly()) == report_answer(repository, said, weekly(), MONDAY)


def test_a_monthly_report_has_the_figures_of_the_last_whole_month(repository: StoreRepository) -> None:
    month = parse_period("last-month", None, None, BERLIN, now=NOW, first_usage=None)
    found = last_report(repository, definitions_of(monthly()), monthly())
    assert found.summary == repository.summary(month)


def test_a_budget_is_shown_in_the_period_in_which_the_report_ends(repository: StoreRepository) -> None:
    budgets = (budget(100, name="month"), budget(100, name="year", period="year"), budget(each="user"))
    said = definitions_of(weekly(), monthly(), budgets=budgets)
    (november, year, everybody) = report_answer(repository, said, weekly(), MONDAY).budgets
    assert [line.states[0].period.range.end > NOW for line in (november, year, everybody)] == [True] * 3
    assert len(everybody.states) > 1
    (october, year) = report_answer(repository, said, monthly(), date(2026, 11, 3)).budgets
    assert october.states[0].period.range.end == november.states[0].period.range.start
    assert year.states[0].period.range.end > NOW


def test_it_has_only_budgets_that_are_wholly_about_the_same_usage(repository: StoreRepository) -> None:
    budgets = (budget(name="all"), budget(name="inside", where=replace(CLAUDE, context=("message",))))
    found = report_answer(repository, definitions_of(budgets=budgets), weekly(CLAUDE), MONDAY)
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
    assert is_seen(repository, weekly(), None)
    assert not is_seen(repository, weekly(), scope)
    assert is_seen(repository, inside, scope)
    assert last_report(repository, definitions_of(), inside, scope).filters.scope == scope


def test_names_are_for_the_receivers_that_may_know_them() -> None:
    both = weekly(to=("ops", "finance"))
    asked = [may_name_people(definitions_of(), both, receiver) for receiver in (None, "ops", "finance")]
    assert asked == [False, False, True]
    assert may_name_people(definitions_of(), weekly())
