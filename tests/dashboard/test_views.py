"""What each view says of given answers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.dashboard.app import VIEWS
from librechat_analytics.dashboard.data import LONGEST_LIST, Questions
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.views import agents, models, overview, users
from librechat_analytics.dashboard.words import captions
from librechat_analytics.usage.answers import (
    ALL_ENTRIES,
    AgentRanking,
    Concentration,
    Part,
    Ranking,
    Summary,
    Totals,
)
from tests.dashboard.ready_answers import (
    AGENT,
    BREAKDOWN,
    CERTAIN_QUALITY,
    MODEL,
    NOTHING,
    NOW,
    USER,
    ReadyRepository,
    caching,
    conversation_costs,
    period,
    query,
    questions,
    rhythm,
    rows,
    texts,
    timeline,
)

if TYPE_CHECKING:
    from librechat_analytics.dashboard.html.tables import Column

NO_PART = Part(0.0, 0, 0, 0, 0, 0, 0.0)
EMPTY: dict[str, Any] = {
    "summary": Summary(NOTHING, NOTHING, CERTAIN_QUALITY),
    "users": Ranking(rows(USER), 0),
    "models": Ranking(rows(MODEL), 0),
    "cost_breakdown": Ranking(rows(BREAKDOWN), 0),
    "agents": AgentRanking(rows(AGENT), 0, NO_PART, NO_PART),
    "timeline": timeline(cost_usd=0.0),
    "rhythm": rhythm(),
    "conversation_costs": conversation_costs(),
    "concentration": Concentration(()),
    "caching": caching((0, 0, 0, 0.0)),
}


def places(view: Any, asked: Any = None, **answers: Any) -> dict[str, Any]:
    values, filled = answer_panels(view.VIEW.panels, questions(asked, **answers))
    assert not [value for value in values if isinstance(value, list) and "Try again" in str(value)]
    return filled


def words(filled: dict[str, Any]) -> str:
    """What stands in all places but the charts."""
    return " ".join(" ".join(texts(markup).split()) for markup in filled.values() if isinstance(markup, list))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
class TestEveryView:
    def test_it_fills_each_of_its_places_once(self, view: Any) -> None:
        names = [place for panel in view.panels for place in panel.places]
        names += [
            output.component_id
            for panel in view.panels
            for output in panel.outputs
            if output.component_property == "figure"
        ]

        _, filled = answer_panels(view.panels, questions())

        assert sorted(filled) == sorted(names)
        assert len(set(names)) == len(names)

    def test_nothing_at_all_is_said_in_words(self, view: Any) -> None:
        values, filled = answer_panels(view.panels, questions(**EMPTY))

        assert all("Try again" not in str(value) for value in values)
        assert "in this period. Show the last 30 days" in words(filled)

    def test_an_empty_ledger_offers_no_other_period(self, view: Any) -> None:
        _, filled = answer_panels(view.panels, questions(**EMPTY, first_usage=None))

        assert "yet." in words(filled)
        assert "Show" not in words(filled)

    def test_it_is_json_from_top_to_bottom(self, view: Any) -> None:
        _, filled = answer_panels(view.panels, questions())

        assert json.loads(json.dumps(filled, allow_nan=False)).keys() == filled.keys()


class TestOverview:
    def test_the_five_greatest_stand_in_each_list(self) -> None:
        many = Ranking(rows(USER, *({"id": str(index), "name": f"User {index}"} for index in range(9))), 9)

        assert len(places(overview, users=many)["top-users"]) == 5

    def test_bars_compare_with_the_greatest(self) -> None:
        two = Ranking(rows(USER, {"share": 0.5}, {"share": 0.25}), 2)

        first, second = places(overview, users=two)["top-users"]

        assert first[3][2][1]["width"] == "100.00%"
        assert second[3][2][1]["width"] == "50.00%"

    def test_numbers_of_a_chart_are_a_table_too(self) -> None:
        numbers = places(overview)["over-time-numbers"]

        assert texts(numbers[1]) == "Wed 18 Nov 2026 $4.00 1,800 200 3"
        assert numbers[1][2][1] == {"scope": "row"}

    def test_a_period_without_one_before_compares_with_nothing(self) -> None:
        values, _ = answer_panels(
            overview.VIEW.panels,
            questions(query("all"), summary=Summary(NOTHING, None, CERTAIN_QUALITY)),
        )

        assert values[2] == []


class TestUsers:
    def test_a_name_that_looks_like_markup_stays_text(self) -> None:
        evil = Ranking(rows(USER, {"name": "<script>alert(1)</script>"}), 1)

        (row,) = places(users, users=evil)["users-rows"]

        assert row[2][2][2][2] == "<script>alert(1)</script>"

    def test_a_missing_name_is_told_from_a_missing_user(self) -> None:
        two = Ranking(
            rows(
                USER,
                {"name": None, "email": None, "deleted": True},
                {"id": None, "name": None, "email": None},
            ),
            2,
        )

        first, second = places(users, users=two)["users-rows"]

        assert texts(first).startswith("Deleted user …0001")
        assert texts(second).startswith("Unknown user")

    def test_an_address_that_is_the_name_stands_once(self) -> None:
        (row,) = places(users, users=Ranking(rows(USER, {"name": None}), 1))["users-rows"]

        assert texts(row).count("ada@example.org") == 1

    def test_fifty_are_shown_until_all_are_wanted(self) -> None:
        many = Ranking(rows(USER, *({"id": str(index)} for index in range(80))), 80)

        assert len(places(users, users=many)["users-rows"]) == 50
        assert len(places(users, query(show_all=True), users=many)["users-rows"]) == 80

    def test_the_next_page_goes_on_where_the_first_ends(self) -> None:
        many = Ranking(rows(USER, *({"id": str(index), "name": f"User {index}"} for index in range(80))), 80)

        filled = places(users, query(page=2), users=many)

        assert texts(filled["users-rows"][0]).startswith("User 50")
        assert len(filled["users-rows"]) == 30
        assert texts(filled["users-showing"]) == "51\N{EN DASH}80 of 80 users Previous Next Show all 80"

    def test_the_last_line_is_what_the_cards_say(self) -> None:
        (total,) = places(users)["users-total"]

        assert texts(total) == "Total $12.50 1.5M 250k 1,200 40"

    def test_what_a_search_found_has_no_total(self) -> None:
        assert places(users, query(search="ada"))["users-total"] == []

    def test_each_line_shows_how_its_cost_moved(self) -> None:
        (row,) = places(users)["users-rows"]
        (cell,) = [cell for cell in row[2:] if "trend-cell" in cell[1].get("class", "")]

        assert cell[2][1]["data-bars"] == "0 100 50"
        assert texts(cell) == "Peak: $2.00 (Wed 18 Nov 2026)"

    def test_a_search_looks_beyond_the_first_fifty(self) -> None:
        many = Ranking(rows(USER, *({"id": str(index), "name": f"User {index}"} for index in range(80))), 80)

        (row,) = places(users, query(search="user 77"), users=many)["users-rows"]

        assert texts(row).startswith("User 77")

    def test_columns_and_cells_are_equal_in_number(self) -> None:
        filled = places(users)
        table = [*filled["users-rows"], *filled["users-total"]]

        assert {len(row) - 2 for row in table} == {len(users.COLUMNS)}


class TestModels:
    def test_columns_and_cells_are_equal_in_number(self) -> None:
        filled = places(models)
        table = [*filled["models-rows"], *filled["models-total"]]

        assert {len(row) - 2 for row in table} == {len(models.COLUMNS)}

    def test_rates_stand_beside_what_was_really_paid(self) -> None:
        (row,) = places(models)["models-rows"]

        assert texts(row).endswith("$5.33 $18.00 $3.00, $15.00")

    def test_a_model_without_tokens_has_no_rate(self) -> None:
        none = Ranking(rows(BREAKDOWN, {"completion_tokens": 0, "completion_rate": None, "rates": []}), 1)

        (row,) = places(models, cost_breakdown=none)["models-rows"]

        assert texts(row).endswith("$5.33 \N{EN DASH} \N{EN DASH}")

    def test_rows_without_a_model_find_their_parts_too(self) -> None:
        (row,) = places(
            models,
            models=Ranking(rows(MODEL, {"model": None, "provider": None}), 1),
            cost_breakdown=Ranking(rows(BREAKDOWN, {"model": None}), 1),
        )["models-rows"]

        assert texts(row).startswith("No model recorded")
        assert "$5.33" in texts(row)

    def test_many_rates_are_counted(self) -> None:
        assert models.rates_in_words([3.0, 6.0, 15.0, 22.5]) == (
            "$3.00, $6.00 +2",
            "$3.00, $6.00, $15.00, $22.50",
        )


class TestAgents:
    def test_the_lines_end_with_what_no_agent_answers_for_and_the_total(self) -> None:
        filled = places(agents)
        table = [*filled["agents-rows"], *filled["agents-total"]]

        assert [texts(row[2]) for row in table] == [
            "Contract Reviewer claude-sonnet-4-6",
            "Without agent Models used directly",
            "Unknown Nothing that is left tells",
            "Total",
        ]
        assert {len(row) - 2 for row in table} == {len(agents.COLUMNS)}

    def test_usage_without_any_agent_still_has_its_line(self) -> None:
        none = AgentRanking(rows(AGENT), 0, Part(12.5, 1, 1, 1, 1, 1, 1.0), NO_PART)

        words = texts(places(agents, agents=none)["agents-rows"])

        assert "No agent was used in this period." in words
        assert "Without agent Models used directly $12.50" in words

    @pytest.mark.parametrize(
        ("attribution", "words"),
        [
            ({"exact": 1.0}, "Certain"),
            ({"exact": 0.997, "weak": 0.003}, "Certain"),
            (
                {"exact": 0.9, "conversation": 0.08, "nearest": 0.02},
                "90 % certain, 8 % by its conversation, 2 % by the nearest answer",
            ),
            ({"conversation": 1.0}, "100 % by its conversation"),
            (
                {"conversation": 0.996, "weak": 0.004},
                "100 % by its conversation, <1 % by the conversation's own agent",
            ),
            ({}, ""),
        ],
    )
    def test_certainty_is_said_in_words(self, attribution: dict[str, float], words: str) -> None:
        assert agents.certainty_in_words(attribution) == words

    @pytest.mark.parametrize(
        ("today", "used", "words"),
        [
            ("gpt-5.2", ["gpt-5.2"], "gpt-5.2"),
            ("gpt-5.2", ["gpt-4.1"], "gpt-4.1; now gpt-5.2"),
            ("gpt-5.2", ["gpt-5.2", "gpt-4.1", "o4-mini"], "gpt-5.2, gpt-4.1 +1"),
            (None, ["gpt-4.1"], "gpt-4.1"),
            ("gpt-5.2", [], "gpt-5.2"),
            (None, [], ""),
        ],
    )
    def test_the_models_that_really_ran_stand_under_the_name(
        self, today: str | None, used: list[str], words: str
    ) -> None:
        assert agents.models_in_words(today, [{"model": model} for model in used]) == words

    def test_the_parts_are_named_in_a_sentence(self) -> None:
        ranking = AgentRanking(rows(AGENT, {}), 1, Part(6, 1, 1, 1, 1, 1, 0.58), Part(1, 1, 1, 1, 1, 1, 0.04))

        assert agents.caption(ranking) == (
            "Agents make 38.0 % of the cost; 58.0 % was spent without one, 4.0 % is not known."
        )


class TestCaptions:
    def test_the_average_leaves_out_what_is_not_whole(self) -> None:
        assert captions.cost_over_time(timeline()) == (
            "Peak: $16.00 (Tue 24 Nov 2026, in part). Average: $9.00 a day."
        )

    def test_a_period_of_nothing_has_no_peak(self) -> None:
        assert captions.cost_over_time(timeline(cost_usd=0.0)) == ""

    @pytest.mark.parametrize(
        ("shares", "total", "words"),
        [
            ([0.4, 0.3, 0.1, 0.1, 0.1], 312, "The first 3 of 312 users make 80.0 % of the cost."),
            ([0.9, 0.1], 2, "The first of 2 users makes 90.0 % of the cost."),
            ([1.0], 1, ""),
            ([], 0, ""),
            ([0.0, 0.0, 0.0], 3, ""),
        ],
    )
    def test_how_few_make_most_of_it(self, shares: list[float], total: int, words: str) -> None:
        assert captions.concentration(shares, total, "users") == words


def test_a_column_is_ordered_by_something_that_its_rows_have() -> None:
    known: tuple[tuple[tuple[Column, ...], set[str]], ...] = (
        (users.COLUMNS, {*USER, "user"}),
        (models.COLUMNS, {*MODEL, *BREAKDOWN, "label"}),
        (agents.COLUMNS, {*AGENT, "label", "certain"}),
    )

    for columns, names in known:
        assert {column.sort for column in columns if column.sort} <= names
        assert [column.label for column in columns if column.preset] == ["Cost"]


def test_each_question_is_asked_once_for_all_panels_of_a_view() -> None:
    asked = questions()

    assert asked.timeline is asked.timeline
    assert asked.period == period()
    assert isinstance(asked.summary.totals, Totals)


class Limits(ReadyRepository):
    """Notes how long a list was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def top_users(self, _: object, limit: int, *__: object) -> Any:
        self.asked.append(limit)
        return super().top_users()


@pytest.mark.parametrize(
    ("search", "is_for_file", "limit"),
    [("", False, LONGEST_LIST), ("ada", False, ALL_ENTRIES), ("", True, ALL_ENTRIES)],
)
def test_who_searches_or_takes_a_file_gets_everybody(search: str, limit: int, *, is_for_file: bool) -> None:
    repository = Limits()
    asked = Questions(
        repository,  # type: ignore[arg-type]
        replace(query(), search=search),
        now=NOW,
        is_for_file=is_for_file,
    )

    assert asked.users.total == 1
    assert repository.asked == [limit]
