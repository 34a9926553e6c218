"""What the page says about budgets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from librechat_analytics.exports.columns import BUDGET_STATUSES
from librechat_analytics.exports.filter_words import filters_in_words
from librechat_analytics.formatting import counted, money, name_label, share, thing_word
from librechat_analytics.usage.filters import filter_of
from librechat_analytics.usage.period_words import day_in_words, period_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.definitions import Budget


def name(state: BudgetState) -> str:
    """Name a budget; of a budget for each user and so on, whose it is."""
    return name_label(state.label) if state.key is not None else name_label(state.name)


def period(state: BudgetState) -> str:
    """Name the period: "November 2026", "2026", "23 to 29 Nov 2026"."""
    return period_in_words(replace(state.period, name="custom"))


def amount(state: BudgetState) -> str:
    """Say what is spent of what is available."""
    return f"{money(state.actual_usd)} of {money(state.available_usd)}"


def status(state: BudgetState) -> str:
    """Say what needs attention; empty where nothing does."""
    return f"{BUDGET_STATUSES[state.status]}." if state.status in ("over", "likely-over") else ""


def in_a_line(state: BudgetState) -> str:
    """Say how much is spent and what is expected."""
    used = "Nothing is available" if state.used_share is None else f"{share(state.used_share)} spent"
    parts = [f"{used}, {elapsed(state)} has passed."]
    if end := end_of_money(state):
        parts.append(f"{end[0]} on {end[1]}.")
    if state.forecast is not None:
        parts.append(f"Expected: {expected(state)}.")
    return " ".join(parts)


def elapsed(state: BudgetState) -> str:
    """Say how much of the period has passed."""
    return f"{share(state.elapsed_share)} of the {state.budget.period}"


def place(data: PageData) -> list[tuple[str, str]]:
    """Name the budget that the page is about, and whose it is of one for each user and so on."""
    query = data.query
    if not query.budget:
        return []
    found = [(name_label(query.budget), query.link("budgets", budget=query.budget))]
    if query.budget_key is not None and data.budget_history:
        whose = name(data.budget_history[-1])
        found.append((whose, query.link("budgets", budget=query.budget, key=query.budget_key)))
    return found


def expected(state: BudgetState) -> str:
    """Write the forecast, and its range unless that is next to nothing; empty without a forecast."""
    if state.forecast is None:
        return ""
    low, high = money(state.forecast.low_usd), money(state.forecast.high_usd)
    middle = money(state.forecast.expected_usd)
    return middle if low == high == middle else f"{middle} ({low} to {high})"


def end_of_money(state: BudgetState) -> tuple[str, str] | None:
    """Say that all of it is spent or will run out, and on which day; None where neither is known."""
    if state.runs_out_at is None:
        return None
    day = day_in_words(state.runs_out_at.astimezone(state.period.zone))
    return ("All spent" if state.status == "over" else "Runs out"), day


def left(state: BudgetState) -> str:
    """Say how much is left, beside what even spending would leave."""
    available = state.available_usd
    even = available * (1 - state.elapsed_share)
    amount = money(max(available - state.actual_usd, 0.0))
    if state.actual_e6 > state.available_e6:
        return f"{money(state.actual_usd - available)} more than available is spent."
    return f"{amount} is left; if every day cost the same, it would be {money(max(even, 0.0))}."


def crossed(state: BudgetState) -> str:
    """List the thresholds that were crossed, with their days."""
    zone = state.period.zone
    return ", ".join(
        f"{one.percent}% on {day_in_words(one.crossed_at.astimezone(zone), with_year=False)}"
        for one in state.thresholds
        if one.crossed_at is not None
    )


def never_recorded(data: PageData, state: BudgetState) -> str:
    """Say that a filter of a budget selects nothing, as one with a typing mistake; empty where all do."""
    if state.actual_e6:
        return ""
    names = [thing_word(filter_of(name)) for name in data.unmatched(state.budget.where)]
    return f"No usage with this {' or this '.join(names)} was ever recorded." if names else ""


def what_counts(data: PageData, budget: Budget) -> str:
    """Say which usage counts for a budget."""
    return filters_in_words(budget.where, data) or "All usage"


def of_each(states: Sequence[BudgetState]) -> str:
    """Say how many budgets for each user and so on there are, and how many need attention."""
    budget = states[0].budget
    thing = thing_word(budget.each) if budget.each else "budget"
    serious = [
        f"{count:,} {words}"
        for status, words in (("over", "over budget"), ("likely-over", "likely over"))
        if (count := sum(state.status == status for state in states))
    ]
    found = " and ".join(serious) or "none over budget"
    each = f"{money(states[0].amount_usd)} a {budget.period} for each {thing}."
    return f"{each} {counted(len(states), thing)} with usage, {found}."


def whose_periods(data: PageData) -> str:
    """Say whose calendar the budgets follow; the page offers no choice of a period."""
    zone = data.definitions.zone.key if data.definitions else ""
    return f"Each budget has its own period, in {zone}."


def closest(state: BudgetState) -> str:
    """Say which budget is the closest to its end; empty where nothing is spent."""
    if not state.used_share:
        return ""
    return f". The closest: {whole_name(state)}, {share(state.used_share)} spent."


def whole_name(state: BudgetState) -> str:
    """Name a budget, and of one for each user and so on also whose it is."""
    return f"{name_label(state.name)}, {name(state)}" if state.key is not None else name(state)


def alone(state: BudgetState) -> str:
    """Say after the name of the only budget how it is doing."""
    serious = f", {BUDGET_STATUSES[state.status].lower()}" if status(state) else ""
    return f", {period(state)}: {amount(state)} spent{serious}."


def on_the_overview(states: Sequence[BudgetState]) -> str:
    """Say in one line how all budgets are doing."""
    over = sum(state.status == "over" for state in states)
    likely = sum(state.status == "likely-over" for state in states)
    serious = [f"{count:,} {words}" for count, words in ((over, "over"), (likely, "likely over")) if count]
    if serious:
        return f"{' and '.join(serious)} of {counted(len(states), 'budget')}"
    return f"{counted(len(states), 'budget')}, none over"
