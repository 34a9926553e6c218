"""Budgets on the page: a bar each, the page of one, and the line on the Overview."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from librechat_analytics.dashboard.data import PageData
from librechat_analytics.dashboard.page_state import crumbs, page_title
from librechat_analytics.dashboard.panels import budgets
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.views.budgets import VIEW
from librechat_analytics.dashboard.words import budget_words
from librechat_analytics.exports.files import file_name
from librechat_analytics.finops.budget_forecasts import BudgetForecast
from librechat_analytics.finops.definitions import Currency
from librechat_analytics.usage.filters import Filters, Scope
from tests.dashboard.ready_answers import query, texts
from tests.finops.budget_worlds import budget, definitions
from tests.usage.conftest import NOW, repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.repository import StoreRepository

    Ask = Callable[..., PageData]

__all__ = ["repository"]

SAID = definitions(
    budget(1000, name="Calm", where=Filters.of({"context": ("message",), "not-model": ("x",)})),
    budget(0.5, name="Spent", period="quarter"),
    budget(1, name="Everybody", each="user", period="year"),
    budget({"2027-01-01": 5}, name="Later"),
)


@pytest.fixture
def ask(repository: StoreRepository) -> Ask:
    """Make the data of a page with some definitions."""

    def data(said: Definitions | None = SAID, **changes: Any) -> PageData:
        return PageData(repository, query(**changes), now=NOW, definitions=said)

    return data


def filled(data: PageData) -> tuple[list[object], dict[str, Any]]:
    values, stored = answer_panels(VIEW.panels, data)
    assert not [value for value in values if isinstance(value, list)], "a panel says that it has failed"
    return values, stored


def line(data: PageData) -> Any:
    return answer_panels([budgets.LINE_PANEL], data)[1]["overview-budgets"]


def elements(markup: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Every element in some markup: its tag and its attributes."""
    if isinstance(markup, list):
        if len(markup) > 1 and isinstance(markup[1], dict):
            yield markup[0], markup[1]
        for part in markup:
            yield from elements(part)


def of_class(markup: Any, name: str) -> list[dict[str, str]]:
    return [attributes for _, attributes in elements(markup) if name in attributes.get("class", "").split()]


def links(markup: Any) -> list[str]:
    return [attributes["href"] for tag, attributes in elements(markup) if tag == "a"]


def test_the_closest_budget_comes_first_and_each_has_a_bar(ask: Ask) -> None:
    said = filled(ask())[1]["budgets-list"]
    words = texts(said)
    assert words.index("Spent") < words.index("Calm") < words.index("Everybody")
    assert "Over budget." in words
    assert "Later" not in words
    assert [bar["class"] for bar in of_class(said, "bullet-spent")][:2] == [
        "bullet-spent over",
        "bullet-spent",
    ]
    assert links(said)[0] == "?view=budgets&budget=Spent"


def test_a_bar_never_leaves_its_room(ask: Ask) -> None:
    for attributes in of_class(filled(ask())[1]["budgets-list"], "bullet-spent"):
        assert 0 <= float(attributes["width"].removesuffix("%")) <= 100


def test_of_a_budget_for_each_user_the_list_has_five_and_leads_to_all(ask: Ask) -> None:
    said = filled(ask())[1]["budgets-list"]
    users = [href for href in links(said) if "key=" in href]
    assert len(users) == 5
    count = len([state for state in ask().budgets if state.name == "Everybody"])
    assert f"All {count}" in texts(said)
    all_of_them = filled(ask(budget="Everybody"))[1]["budgets-list"]
    assert len([href for href in links(all_of_them) if "key=" in href]) == min(count, 100)
    assert "Calm" not in texts(all_of_them)


def test_the_page_of_one_budget_shows_its_course_and_its_periods(ask: Ask) -> None:
    data = ask(budget="Calm")
    _, stored = filled(data)
    facts = texts(stored["budgets-facts"])
    assert "November 2026, Europe/Berlin" in facts
    assert "Model is not x; Context = message" in facts
    lines = {line["name"]: line for line in stored["budget-course-chart"]["data"]}
    assert len(lines["Spent evenly"]["x"]) == 30
    assert len(lines["Left"]["y"]) == 24
    state = data.budget_history[-1]
    assert lines["Left"]["y"][-1] == pytest.approx(state.available_usd - state.actual_usd)
    if state.forecast is not None:
        assert lines["Expected"]["y"][-1] == pytest.approx(state.available_usd - state.forecast.expected_usd)
    assert len(stored["budget-history-rows"]) == 11


def test_the_page_of_one_budget_leads_to_the_usage_that_counts(ask: Ask) -> None:
    shared = {"user": ("somebody",), "period": ("7d",)}
    (href,) = links(filled(ask(budget="Calm", shared=shared))[1]["budgets-facts"])
    assert parse_qs(href.removeprefix("?")) == {
        "view": ["overview"],
        "period": ["this-month"],
        "tz": ["Europe/Berlin"],
        "context": ["message"],
        "not-model": ["x"],
    }


def test_the_way_back_names_the_budget_and_whose_it_is(ask: Ask) -> None:
    state = next(state for state in ask().budgets if state.key)
    data = ask(budget="Everybody", budget_key=state.key)
    assert page_title(data, VIEW) == state.label
    assert links(crumbs(data, VIEW))[1:] == ["?view=budgets", "?view=budgets&budget=Everybody"]
    assert page_title(ask(), VIEW) == "Budgets"


def test_a_filter_that_selects_nothing_is_named(ask: Ask) -> None:
    said = definitions(budget(1, where=Filters.of({"provider": ("antropic",)})), budget(2, name="All"))
    sentence = "No usage with this provider was ever recorded."
    listed, one = (filled(ask(said, **about))[1] for about in ({}, {"budget": "AI"}))
    assert texts(listed["budgets-list"]).count(sentence) == 1
    assert sentence in texts(one["budgets-facts"])


def test_an_unknown_budget_is_said_to_be_none(ask: Ask) -> None:
    assert "There is no running budget “Nonsense”" in texts(filled(ask(budget="Nonsense"))[1]["budgets-list"])
    data = ask(budget="Everybody", budget_key="nobody")
    assert "users with usage" in texts(filled(data)[1]["budgets-list"]), "the list of all instead"
    assert page_title(data, VIEW) == "Everybody"


def test_files_have_all_budgets_and_the_course_of_one(ask: Ask) -> None:
    assert len(budgets.csv(ask()).rows) == len(ask().budgets)
    assert len(budgets.csv(ask(budget="Calm")).rows) == 1
    assert file_name("budgets", VIEW.period(ask())) == "librechat-budgets-2026-11-24"
    assert file_name("budgets", VIEW.period(ask(budget="Calm"))) == "librechat-budgets-2026-11"
    assert len(budgets.csv_of_course(ask(budget="Calm")).rows) == 30
    assert len(budgets.csv_of_periods(ask(budget="Calm")).rows) == 11


def test_the_overview_has_one_line_where_there_are_budgets(ask: Ask) -> None:
    assert line(ask(None)) == []
    assert line(ask(definitions())) == []
    said = texts(line(ask()))
    assert "over" in said
    assert "The closest: " in said
    calm = definitions(budget(10**6), budget(10**6, name="More"))
    assert "2 budgets, none over" in texts(line(ask(calm)))


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ({"context": ("message",), "not-model": ("x",)}, "Calm"),
        ({"context": ("message", "title")}, "Calm"),
        ({"not-model": ("x",)}, "Calm"),
        ({"not-model": ("x", "y")}, None),
        ({"context": ("title",)}, None),
        ({"model": ("x",)}, None),
    ],
)
def test_with_filters_the_overview_names_the_budgets_of_what_it_shows(
    ask: Ask, chosen: dict[str, tuple[str, ...]], named: str | None
) -> None:
    found = line(ask(filters=Filters.of(chosen)))
    assert links(found) == ([f"?view=budgets&budget={named}"] if named else [])


def test_the_overview_of_a_user_names_the_budget_that_is_theirs(ask: Ask) -> None:
    state = next(state for state in ask().budgets if state.key)
    found = line(ask(filters=Filters.of({"user": (state.key or "",)})))
    assert links(found) == [f"?view=budgets&budget=Everybody&key={state.key}"]
    assert f"Everybody, {state.label}" in texts(found)


@pytest.mark.parametrize(
    ("low", "high", "said"), [(4.0, 6.0, "$5.00 ($4.00 to $6.00)"), (4.999, 5.001, "$5.00")]
)
def test_a_forecast_says_its_range_where_there_is_one(ask: Ask, low: float, high: float, said: str) -> None:
    state = ask().budgets[0]
    assert budget_words.expected(replace(state, forecast=BudgetForecast(5.0, low, high, 0.8))) == said


def test_a_limited_reader_sees_only_what_lies_inside(ask: Ask) -> None:
    limited = ask(filters=Filters(scope=Scope(("example.com",), ())))
    assert {state.name for state in limited.budgets} == {"Everybody"}
    assert ask(budget="Calm", filters=Filters(scope=Scope(("example.com",), ()))).budget_history == ()


def test_the_page_of_a_budget_has_its_amounts_in_the_currency_of_the_definitions(ask: Ask) -> None:
    euros = Currency("EUR", ((date(2020, 1, 1), Fraction("0.5")),))
    words = texts(filled(ask(replace(SAID, currency=euros), budget="Spent"))[1]["budgets-facts"])
    state = ask(SAID, budget="Spent").budget_history[-1]
    assert f"Converted EUR {state.actual_usd / 2:,.2f} of EUR 0.25 at 0.5 per dollar (Jan 2020)" in words
    assert "Converted" not in texts(filled(ask(budget="Spent"))[1]["budgets-facts"])
