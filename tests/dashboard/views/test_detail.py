"""The page of one user, one model or one agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.dashboard.links import LIST_VIEWS
from librechat_analytics.dashboard.page_state import crumbs
from librechat_analytics.dashboard.panels import facts as facts_panel
from librechat_analytics.dashboard.panels import rates
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.panels.targets import Target
from librechat_analytics.dashboard.views import detail
from librechat_analytics.dashboard.words.rate_words import charged_rates
from librechat_analytics.usage.answers import Balance, Refill, User
from librechat_analytics.usage.filters import Filters
from tests.dashboard.ready_answers import AGENT, MODEL, NOW, USER_ID, page_data, query, texts, users_of

if TYPE_CHECKING:
    from librechat_analytics.usage.questions import Dimension

IDS: dict[Dimension, str] = {"user": USER_ID, "model": MODEL.model or "", "agent": AGENT.id}


def about(subject: Dimension, **answers: Any) -> Any:
    filters = Filters.of({subject: (IDS[subject],)})
    shared = {subject: IDS[subject], "period": "7d"}
    return page_data(query(filters=filters, subject=subject, shared=shared), **answers)


def facts(subject: Dimension, **answers: Any) -> str:
    return texts(facts_panel.facts(about(subject, **answers)))


def test_the_agents_of_a_user_end_with_what_belongs_to_none() -> None:
    _, found = answer_panels(detail.VIEW.panels, about("user"))

    names = [texts(entry).split(" Only")[0] for entry in found["detail-agents"]]
    assert names == ["Contract Reviewer claude-sonnet-4-6", "Without an agent", "Unknown agent"]


def test_a_user_page_names_the_groups_of_the_user() -> None:
    user = User(
        USER_ID, "Ada", None, None, deleted=False, balance=None, last_active=None, groups=("R&D", "Zoo")
    )

    assert "Groups R&D, Zoo" in texts(facts_panel.facts(about("user", user=user)))


def test_rates_of_stopped_answers_only_say_that_there_were_some() -> None:
    assert charged_rates([2.5, 5.0]) == "$2.50, $5.00"
    assert charged_rates([15.0, 17.25, 22.5]) == (
        "$15.00, $22.50 (\N{MULTIPLICATION SIGN}1.15 for stopped answers)"
    )


class TestFacts:
    def test_a_user_has_an_address_a_role_and_what_is_left_of_the_balance(self) -> None:
        words = facts("user")

        for part in ("ada@example.org", "ADMIN", "$3.50", "3 h ago", "100.0% of $12.50"):
            assert part in words

    @pytest.mark.parametrize(
        ("balance", "words"),
        [
            (Balance(12, 0, 0, None), "$12.00 left"),
            (Balance(12, 3, 0, None), "$12.00 left, $3.00 of it reserved"),
            (Balance(1, 3, 0, None), "$1.00 left, $3.00 reserved"),
            (Balance(-1.5, 0, 0, None), "$0.00 left, $1.50 owed"),
            (Balance(0, 0, 2, None), "$0.00 left, $2.00 owed"),
            (Balance(-1.5, 0.25, 2, None), "$0.00 left, $0.25 reserved, $3.50 owed"),
            (Balance(0.004, 0, 0, None), "<$0.01 left"),
            (Balance(0, 0, 0, None), "$0.00 left"),
        ],
    )
    def test_a_balance_says_what_is_left_reserved_and_owed(self, balance: Balance, words: str) -> None:
        user = User(USER_ID, "Ada", None, None, deleted=False, balance=balance, last_active=NOW)

        assert f"Balance {words} Last active" in facts("user", user=user)

    @pytest.mark.parametrize(
        ("refill", "words"),
        [
            (Refill(20, 30, "days"), "$20.00 when used up, at most every 30 days"),
            (Refill(0.5, 1, "hours"), "$0.50 when used up, at most every hour"),
        ],
    )
    def test_a_balance_says_how_it_is_filled_up(self, refill: Refill, words: str) -> None:
        balance = Balance(1, 0, 0, refill)
        user = User(USER_ID, "Ada", None, None, deleted=False, balance=balance, last_active=None)

        assert f"Refill {words}" in facts("user", user=user)

    def test_a_user_without_a_balance_has_none(self) -> None:
        user = User(USER_ID, "Ada", None, None, deleted=False, balance=None, last_active=None)

        assert "Balance" not in facts("user", user=user)

    def test_a_user_of_whom_nothing_is_known_has_figures_only(self) -> None:
        words = facts("user", user=None, users=users_of())

        assert "Role" not in words
        assert "Share of the cost" in words

    def test_a_model_has_rates(self) -> None:
        words = facts("model")

        for part in ("anthropic", "$5.33", "$18.00", "prompts $3.00", "completions $15.00"):
            assert part in words

    def test_an_agent_says_how_it_is_known(self) -> None:
        words = facts("agent")

        assert "claude-sonnet-4-6" in words
        assert "How sure we are Certain" in words


@pytest.mark.parametrize("subject", IDS)
class TestEverySubject:
    def test_its_own_list_is_left_out_and_the_other_two_are_there(self, subject: Dimension) -> None:
        values, stored = answer_panels(detail.VIEW.panels, about(subject))

        assert "Try again" not in str(values)
        shown = [name for name, things in LIST_VIEWS.items() if stored[f"detail-{things}"]]
        assert shown == [name for name in LIST_VIEWS if name != subject]

    def test_names_lead_on_and_keep_what_the_page_is_about(self, subject: Dimension) -> None:
        _, stored = answer_panels(detail.VIEW.panels, about(subject))
        other = next(name for name in IDS if name != subject)
        links = str(stored[f"detail-{LIST_VIEWS[other]}"])

        assert f"?view={other}&" in links
        assert f"{subject}={IDS[subject]}" in links

    def test_the_way_back_forgets_it(self, subject: Dimension) -> None:
        _, link, _, here = crumbs(about(subject), detail.VIEW)

        assert link[1]["href"] == f"?view={LIST_VIEWS[subject]}&period=7d"  # type: ignore[index,call-overload]
        assert texts(here) in ("Ada Byron", "claude-sonnet-4-6", "Contract Reviewer")

    def test_only_a_model_has_prices_over_time(self, subject: Dimension) -> None:
        hidden = rates.PANEL.fills(about(subject))[Target("detail-rates-frame", "hidden")]

        assert hidden is (subject != "model")


def test_each_bucket_is_a_period_to_go_to() -> None:
    _, stored = answer_panels(detail.VIEW.panels, about("user"))

    first = str(stored["detail-cost-time-numbers"][0])  # type: ignore[index]
    assert "period=custom&user=" in first or "period=custom" in first
    assert "start=2026-11-17&end=2026-11-17" in first
