"""The values of cells that show more, or other words, than one field of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import model_label, money, user_label
from librechat_analytics.usage.prices import SOURCES

if TYPE_CHECKING:
    from librechat_analytics.finops.alert_list import AlertRow
    from librechat_analytics.finops.anomalies import Anomaly
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.period_forecast import Forecast
    from librechat_analytics.usage.answers import PriceRow
    from librechat_analytics.usage.list_answers import AgentRow, ModelCostRow, UserModelRow, UserRow
    from librechat_analytics.usage.quality import Finding
    from librechat_analytics.usage.timeline_answers import RatesPoint, TimelinePoint


def user(row: UserRow) -> str:
    """Return what to call the row's user."""
    return user_label(row.name, row.email, row.id, deleted=row.deleted)


def groups(row: UserRow) -> str:
    """Return the names of the groups that the row's user is in."""
    return ", ".join(row.groups)


def user_of_model(row: UserModelRow) -> str:
    """Return what to call the user of a row by user and model."""
    return user_label(row.name, row.email, row.user, deleted=row.deleted)


def rates(row: ModelCostRow) -> str:
    """Return the stored rates, in US dollars per million tokens."""
    return ", ".join(f"{rate:g}" for rate in row.rates)


def models_used(row: AgentRow) -> str:
    """Return the models that really ran for an agent, highest cost first."""
    return ", ".join(model_label(used.model) for used in row.models)


def exactly_known(row: AgentRow) -> float:
    """Return the share of an agent's rows that name the agent themselves."""
    return row.attribution.get("exact", 0.0)


def crossed(state: BudgetState) -> str:
    """Return the thresholds of a budget that were crossed, in per cent."""
    return ", ".join(str(one.percent) for one in state.thresholds if one.crossed_at is not None)


def price_sources(row: PriceRow) -> str:
    """Return where the list prices come from."""
    return ", ".join(SOURCES[source] for source in row.price_sources)


def versions(finding: Finding) -> str:
    """Return the LibreChat versions that a finding comes from."""
    return finding.kind.versions


def meaning(finding: Finding) -> str:
    """Return what a finding means."""
    return finding.kind.sentence


def advice(finding: Finding) -> str:
    """Return what to do about a finding."""
    return finding.kind.advice


def where(finding: Finding) -> str:
    """Return the models, agents or other parts that a finding concerns."""
    return ", ".join(detail.name for detail in finding.details)


def drivers(row: Anomaly) -> str:
    """Return what made up most of an anomaly's excess, with the amounts."""
    return ", ".join(f"{driver.label} (+{money(driver.excess_usd)})" for driver in row.drivers)


def deliveries(row: AlertRow) -> str:
    """Return who was sent an alert, with the state of each delivery."""
    return ", ".join(f"{sent.receiver} ({sent.state})" for sent in row.deliveries)


def complete(row: TimelinePoint | RatesPoint) -> str:
    """Return whether the whole bucket is in the period and in the past."""
    return "no" if row.partial else "yes"


def mean_error(row: Forecast) -> float | None:
    """Return how far past forecasts were off on average, as a share of what came."""
    return row.backtest.mean_absolute_error


def coverage(row: Forecast) -> float | None:
    """Return the share of past outcomes that were inside their range."""
    return row.backtest.coverage


def mean_error_of_periods(row: Forecast) -> float | None:
    """Return how far forecasts of past periods were off on average, as a share of their cost."""
    return row.past_periods.mean_absolute_error


def periods_inside(row: Forecast) -> str:
    """Return how many past periods ended in the range of their forecast."""
    return f"{row.past_periods.inside} of {row.past_periods.count}"
