"""The cost in the currency of the definitions, where the page shows it beside dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.finops.currency import each_rate_in_words, rates_in_words
from librechat_analytics.formatting import money_in

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.currency import Converted


def beside_cost(data: PageData) -> list[Markup]:
    """Write the period's cost with its rate below the cost in dollars; nothing without a currency."""
    money = data.in_currency
    if money is None:
        return []
    return [element("div", f"{of_total(data)} {_rates(money)}", title=each_rate_in_words(money))]


def of_total(data: PageData) -> str:
    """Write the period's cost without its rate, for the total of a list; empty without a currency."""
    money = data.in_currency
    return "" if money is None else money_in(money.code, money.amount)


def of_budget(data: PageData, state: BudgetState) -> list[tuple[str, str]]:
    """Say what is spent of what is available in the currency of the definitions; nothing without one."""
    spent = data.spent_in_currency(state)
    if spent is None:
        return []
    available = money_in(spent.code, spent.of(state.available_usd))
    words = f"{money_in(spent.code, spent.amount)} of {available} {_rates(spent)}"
    return [("Converted", words)]


def _rates(money: Converted) -> str:
    """Name one rate; several need more room than there is."""
    return rates_in_words(money) if len(money.rates) == 1 else "at monthly rates"
