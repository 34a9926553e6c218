"""The views that list users, models and agents, and the short lists of the Overview."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.views import agents, groups, models, overview, users
from librechat_analytics.dashboard.words.agent_words import (
    certainty_in_short,
    certainty_in_words,
    models_in_words,
)
from librechat_analytics.dashboard.words.rate_words import rates_in_words
from librechat_analytics.usage.answers import Summary
from librechat_analytics.usage.list_answers import AgentRanking, Breakdown, ModelCost, Part
from tests.dashboard.ready_answers import (
    AGENT,
    BREAKDOWN,
    CERTAIN_QUALITY,
    GROUP,
    MODEL,
    NOTHING,
    USER,
    breakdown_of,
    many_users,
    models_of,
    page_data,
    query,
    texts,
    users_of,
)

if TYPE_CHECKING:
    from librechat_analytics.dashboard.views.base import View
    from librechat_analytics.usage.questions import Attribute

NO_PART = Part(0.0, 0, 0, 0, 0, 0, 0.0, None)


def stored(view: View, asked: Any = None, **answers: Any) -> dict[str, Any]:
    values, found = answer_panels(view.panels, page_data(asked, **answers))
    assert not [value for value in values if isinstance(value, list) and "Try again" in str(value)]
    return found


class TestOverview:
    def test_each_list_has_the_top_five(self) -> None:
        assert len(stored(overview.VIEW, users=many_users(9))["top-users"]) == 5

    def test_bars_compare_with_the_greatest(self) -> None:
        two = users_of(USER, replace(USER, share=0.25))
        first, second = stored(overview.VIEW, users=two)["top-users"]

        assert first[3][2][1]["width"] == "100.00%"
        assert second[3][2][1]["width"] == "50.00%"

    def test_numbers_of_a_chart_are_a_table_too(self) -> None:
        numbers = stored(overview.VIEW)["over-time-numbers"]

        assert texts(numbers[1]) == "Wed 18 Nov 2026 $4.00 1,800 200 3"
        assert numbers[1][2][1] == {"scope": "row"}

    def test_a_period_without_a_range_before_compares_with_nothing(self) -> None:
        values, _ = answer_panels(
            overview.VIEW.panels, page_data(query("all"), summary=Summary(NOTHING, None, CERTAIN_QUALITY))
        )

        assert values[2] == []


class TestUsers:
    def test_a_name_that_looks_like_markup_stays_text(self) -> None:
        evil = users_of(replace(USER, name="<script>alert(1)</script>"))
        (row,) = stored(users.VIEW, users=evil)["users-rows"]

        assert row[2][2][2][2] == "<script>alert(1)</script>"

    def test_a_missing_name_differs_from_a_missing_user(self) -> None:
        two = users_of(
            replace(USER, name=None, email=None, deleted=True), replace(USER, id=None, name=None, email=None)
        )
        first, second = stored(users.VIEW, users=two)["users-rows"]

        assert texts(first).startswith("Deleted user …0001")
        assert texts(second).startswith("Unknown user")

    def test_an_address_that_is_the_name_is_there_once(self) -> None:
        (row,) = stored(users.VIEW, users=users_of(replace(USER, name=None)))["users-rows"]

        assert texts(row).count("ada@example.org") == 1

    def test_fifty_are_shown_until_the_reader_wants_all(self) -> None:
        many = many_users(80)

        *fifty, others = stored(users.VIEW, users=many)["users-rows"]

        assert len(fifty) == 50
        assert texts(others).startswith("30 other users")
        assert len(stored(users.VIEW, query(show_all=True), users=many)["users-rows"]) == 80

    def test_the_rows_and_the_others_add_up_to_the_total(self) -> None:
        two = users_of(replace(USER, cost_usd=2.0, calls=200), USER, total=12)
        whole = Summary(replace(NOTHING, cost_usd=20.0, calls=1500), NOTHING, CERTAIN_QUALITY)
        *_, others = stored(users.VIEW, users=two, summary=whole)["users-rows"]

        assert texts(others).startswith("10 other users $5.50 27.5%")
        assert " 100 " in f"{texts(others)} "

    def test_the_next_page_goes_on_where_the_first_ends(self) -> None:
        found = stored(users.VIEW, query(page=2), users=many_users(80))

        assert texts(found["users-rows"][0]).startswith("User 50")
        assert len(found["users-rows"]) == 31
        assert texts(found["users-showing"]) == "51\N{EN DASH}80 of 80 users Previous Next Show all 80"

    def test_the_last_line_has_the_totals_of_the_cards(self) -> None:
        (total,) = stored(users.VIEW)["users-total"]

        assert texts(total) == "Total $12.50 $0.00 +$12.50   new 1.5M 250k 1,200 40"

    def test_the_result_of_a_search_has_no_total(self) -> None:
        assert stored(users.VIEW, query(search="ada"))["users-total"] == []

    def test_bars_compare_rows_with_what_is_in_none_of_them_too(self) -> None:
        most_without = Part(6.0, 0, 0, 0, 6, 6, 0.75, None)
        part = Breakdown((replace(GROUP, share=0.25),), 1, 1, 0.25, most_without, None)

        group, without = stored(groups.VIEW, breakdown=part)["groups-rows"]

        assert "'width': '33.33%'" in str(group)
        assert "'width': '100.00%'" in str(without)

    @pytest.mark.parametrize(
        ("by", "words"), [("group", "1 group"), ("domain", "1 e-mail domain"), ("provider", "1 provider")]
    )
    def test_the_foot_says_what_the_parts_of_usage_are(self, by: Attribute, words: str) -> None:
        assert texts(stored(groups.VIEW, query(attribute=by))["groups-showing"]) == words

    def test_each_line_shows_how_its_cost_moved(self) -> None:
        (row,) = stored(users.VIEW)["users-rows"]
        (cell,) = [cell for cell in row[2:] if "trend-cell" in cell[1].get("class", "")]

        assert cell[2][1]["data-bars"] == "0 100 50"
        assert texts(cell) == "Peak: $2.00 (Wed 18 Nov 2026)"

    def test_a_search_looks_beyond_the_first_fifty(self) -> None:
        (row,) = stored(users.VIEW, query(search="user 77"), users=many_users(80))["users-rows"]

        assert texts(row).startswith("User 77")


@pytest.mark.parametrize(("view", "columns"), [(users.VIEW, users.COLUMNS), (models.VIEW, models.COLUMNS)])
def test_every_line_has_a_cell_for_each_column(view: View, columns: tuple[object, ...]) -> None:
    found = stored(view)
    lines = [*found[f"{view.name}-rows"], *found[f"{view.name}-total"]]

    assert {len(line) - 2 for line in lines} == {len(columns)}


class TestModels:
    def test_stored_rates_are_beside_the_real_ones(self) -> None:
        (row,) = stored(models.VIEW)["models-rows"]

        assert "$5.33 $18.00 $3.00, $15.00" in texts(row)

    def test_a_model_without_tokens_has_no_rate(self) -> None:
        none = breakdown_of(replace(BREAKDOWN, completion_tokens=0, completion_rate=None, rates=()))
        (row,) = stored(models.VIEW, cost_breakdown=none)["models-rows"]

        assert "$5.33 \N{EN DASH} \N{EN DASH}" in texts(row)

    def test_a_model_without_a_cost_breakdown_has_no_rates(self) -> None:
        (row,) = stored(models.VIEW, cost_breakdown=breakdown_of())["models-rows"]

        assert "\N{EN DASH} \N{EN DASH} \N{EN DASH}" in texts(row)

    def test_rows_without_a_model_have_their_rates_too(self) -> None:
        (row,) = stored(
            models.VIEW,
            models=models_of(replace(MODEL, model=None, provider=None)),
            cost_breakdown=breakdown_of(replace(BREAKDOWN, model=None)),
        )["models-rows"]

        assert texts(row).startswith("No model recorded")
        assert "$5.33" in texts(row)

    def test_many_rates_are_counted(self) -> None:
        assert rates_in_words([3.0, 6.0, 15.0, 22.5]) == ("$3.00, $6.00 +2", "$3.00, $6.00, $15.00, $22.50")


class TestAgents:
    def test_the_lines_end_with_usage_without_a_known_agent_and_the_total(self) -> None:
        found = stored(agents.VIEW)
        lines = [*found["agents-rows"], *found["agents-total"]]

        assert [texts(line[2]) for line in lines] == [
            "Contract Reviewer claude-sonnet-4-6 Only this Not this",
            "Without an agent Models used directly",
            "Unknown agent No remaining record names one",
            "Total",
        ]
        assert {len(line) - 2 for line in lines} == {len(agents.COLUMNS)}

    def test_usage_without_any_agent_still_has_its_line(self) -> None:
        none = AgentRanking((), 0, 0, 0.0, Part(12.5, 1, 1, 1, 1, 1, 1.0, None), NO_PART)
        words = texts(stored(agents.VIEW, agents=none)["agents-rows"])

        assert "No agent was used in this period." in words
        assert "Without an agent Models used directly $12.50" in words

    def test_agents_of_one_name_are_told_apart_by_their_ids(self) -> None:
        two = AgentRanking((AGENT, replace(AGENT, id="agent_zzzz")), 2, 2, 0.2, NO_PART, NO_PART)
        rows = stored(agents.VIEW, agents=two)["agents-rows"]

        assert f"…{AGENT.id[-4:]} claude" in texts(rows[0])
        assert "…zzzz claude" in texts(rows[1])

    def test_how_certain_an_agent_is_takes_one_word(self) -> None:
        assert certainty_in_short({"exact": 0.99, "weak": 0.01}) == (
            "99%",
            "99% certain, 1% by the conversation's own agent",
        )
        assert certainty_in_short({"exact": 1.0}) == ("100%", "Certain")
        assert certainty_in_short({}) == ("\N{EN DASH}", None)

    @pytest.mark.parametrize(
        ("attribution", "words"),
        [
            ({"exact": 1.0}, "Certain"),
            ({"exact": 0.997, "weak": 0.003}, "Certain"),
            (
                {"exact": 0.9, "conversation": 0.08, "nearest": 0.02},
                "90% certain, 8% by its conversation, 2% by the nearest answer",
            ),
            ({"conversation": 1.0}, "100% by its conversation"),
            (
                {"conversation": 0.996, "weak": 0.004},
                "100% by its conversation, <1% by the conversation's own agent",
            ),
            ({}, ""),
        ],
    )
    def test_attribution_is_written_in_words(self, attribution: dict[str, float], words: str) -> None:
        assert certainty_in_words(attribution) == words

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
    def test_the_models_that_really_ran_are_under_the_name(
        self, today: str | None, used: list[str], words: str
    ) -> None:
        assert models_in_words(today, [ModelCost(model, 1.0) for model in used]) == words
