"""What the definitions match today, in sentences for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.finops.toml_table import quoted
from librechat_analytics.formatting import counted, money
from librechat_analytics.usage.listing import WHOLE_LIST
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.rule_matches import unmatched_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.store.interface import Reader
    from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule
    from librechat_analytics.usage.questions import Repository

MOST_CENTERS = 20
MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class Paid:
    """What a cost centre paid in a month, and for how many users."""

    name: str
    users: int
    cost_usd: float


def contents(definitions: Definitions) -> str:
    """Say in a few words what the definitions define."""
    rules = definitions.cost_centers
    centers = {center for rule in (*rules.mapped, *rules.listed) for center, _ in rule.shares}
    return ", ".join(
        (
            counted(len(centers), "cost centre"),
            counted(len(definitions.budgets), "budget"),
            counted(len(definitions.receivers), "receiver"),
            counted(len(definitions.reports), "report"),
        )
    )


def paid_last_month(repository: Repository, definitions: Definitions) -> list[Paid]:
    """Return what the cost centres with usage paid last month, and at the end what none of them paid."""
    month = parse_period(
        "last-month", None, None, definitions.zone, now=repository.now(), first_usage=None, compare="none"
    )
    found = repository.cost_centers(month, WHOLE_LIST)
    if found is None or not (definitions.cost_centers.mapped or definitions.cost_centers.listed):
        return []
    rows = [Paid(row.name, row.users, row.cost_usd) for row in found.rows]
    return [*rows, Paid("Unassigned", found.unassigned.users, found.unassigned.cost_usd)]


def in_words(paid: Sequence[Paid]) -> Iterator[str]:
    """Say what each cost centre paid, such as ``Sales: 34 users, $1,204.00 last month.``."""
    *centers, unassigned = paid or [Paid("", 0, 0.0)]
    for one in centers[:MOST_CENTERS]:
        yield f"{one.name}: {counted(one.users, 'user')}, {money(one.cost_usd)} last month."
    if len(centers) > MOST_CENTERS:
        yield f"And {counted(len(centers) - MOST_CENTERS, 'more cost centre')}."
    if unassigned.name:
        yield f"Unassigned: {counted(unassigned.users, 'user')}, {money(unassigned.cost_usd)} last month."


def unmatched(store: Reader, rules: CostCenterRules, map_name: str) -> list[str] | None:
    """Say which lines of the map and which keys of the tables match nobody; ``map_name``: the map's file.

    Returns None while no user is known.
    """
    found = unmatched_rules(store, rules)
    return None if found is None else [*_nobody(found, rules, map_name)]


def _nobody(found: Sequence[Rule], rules: CostCenterRules, map_name: str) -> Iterator[str]:
    mapped = set(rules.mapped)
    lines = sorted({rule.line for rule in found if rule in mapped})
    if lines:
        which = ", ".join(map(str, lines[:MOST_LINES])) + (" …" if len(lines) > MOST_LINES else "")
        one = len(lines) == 1
        yield (
            f"{counted(len(lines), 'line')} of {map_name} {'matches' if one else 'match'} nobody:"
            f" {'line' if one else 'lines'} {which}."
        )
    for rule in [rule for rule in found if rule not in mapped][:MOST_LINES]:
        yield f"The {rule.who} {rule.name} (line {rule.line}) matches nobody."


def unmatched_budgets(repository: Repository, definitions: Definitions) -> Iterator[str]:
    """Say which filters of budgets and reports have values that were never recorded."""
    named = [("budget", budget.name, budget.where) for budget in definitions.budgets]
    named += [("report", report.name, report.where) for report in definitions.reports]
    for what, name, where in named:
        for unknown in repository.unmatched(where):
            yield f"The {what} {quoted(name)}: no value of {unknown} was ever recorded."
