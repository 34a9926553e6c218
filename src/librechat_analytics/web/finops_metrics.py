"""What ``/metrics`` says about anomalies, the definitions file and what it defines."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from librechat_analytics.finops.anomalies import anomalies_of
from librechat_analytics.finops.budgets import budget_states
from librechat_analytics.finops.definitions import no_definitions
from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from prometheus_client.core import Metric

    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.questions import Repository


class DeliveriesCollector(Collector):
    """Counts what receivers were and are to be sent."""

    def __init__(self, count: Callable[[], Mapping[tuple[str, str], int]]) -> None:
        """Take a function that returns the number of deliveries by receiver and state."""
        self._count = count

    def collect(self) -> Iterator[Metric]:
        deliveries = GaugeMetricFamily(
            "librechat_analytics_deliveries",
            "Messages about alerts and reports, by receiver and state: waiting, sent, failed or dropped",
            labels=("receiver", "state"),
        )
        for (receiver, state), number in self._count().items():
            deliveries.add_metric([receiver, state], number)
        yield deliveries


class AnomaliesCollector(Collector):
    """Reports what was far more expensive than expected on the last day that is over."""

    def __init__(
        self,
        repository: Repository,
        *,
        default_zone: ZoneInfo,
        definitions: Callable[[], Definitions | None] = no_definitions,
    ) -> None:
        """Report on the days of the definitions' zone; without definitions, of ``default_zone``."""
        self._repository = repository
        self._default_zone = default_zone
        self._definitions = definitions

    def collect(self) -> Iterator[Metric]:
        excess = GaugeMetricFamily(
            "librechat_analytics_anomaly_excess_dollars",
            "What yesterday's anomalies cost beyond what was expected; the total has no subject",
            labels=("kind", "subject"),
        )
        definitions = self._definitions()
        zone = self._default_zone if definitions is None else definitions.zone
        yesterday = parse_period("yesterday", None, None, zone, now=self._repository.now(), first_usage=None)
        for one in anomalies_of(self._repository, yesterday, EVERYTHING, definitions):
            excess.add_metric([one.kind, one.subject or ""], one.excess_usd)
        yield excess


class BudgetsCollector(Collector):
    """Reports how much of each budget is spent and expected; of those for each user and so on, the most."""

    def __init__(self, repository: Repository, definitions: Callable[[], Definitions | None]) -> None:
        self._repository = repository
        self._definitions = definitions

    def collect(self) -> Iterator[Metric]:
        names = "librechat_analytics_budget"
        used = GaugeMetricFamily(
            f"{names}_used_ratio",
            "Spent of what is available, 1 is all of it; the highest where there are several",
            labels=("budget",),
        )
        expected = GaugeMetricFamily(
            f"{names}_forecast_ratio",
            "Expected by the end of the period of what is available; none while it is too early",
            labels=("budget",),
        )
        low = GaugeMetricFamily(
            f"{names}_forecast_low_ratio",
            "The low end of what is expected, of what is available",
            labels=("budget",),
        )
        definitions = self._definitions()
        states = self._repository.ask(budget_states, definitions) if definitions else ()
        for name, group in groupby(states, key=lambda state: state.name):
            members = [*group]
            for family, ratios in (
                (used, [_used(state) for state in members]),
                (expected, [_of_available(state, state.expected_usd) for state in members]),
                (low, [_of_available(state, state.low_usd) for state in members]),
            ):
                known = [ratio for ratio in ratios if ratio is not None]
                if known:
                    family.add_metric([name], max(known))
        yield from (used, expected, low)


def _used(state: BudgetState) -> float:
    # Where nothing is available, whatever is spent is too much.
    return math.inf if state.used_share is None else state.used_share


def _of_available(state: BudgetState, usd: float | None) -> float | None:
    return None if usd is None or state.available_e6 <= 0 else usd / state.available_usd


class DefinitionsCollector(Collector):
    """Reports whether the present content of the definitions file is in force."""

    def __init__(self, problem: Callable[[], str | None]) -> None:
        """Take a function that returns why the file cannot be used, None if it is in force."""
        self._problem = problem

    def collect(self) -> Iterator[Metric]:
        is_good = GaugeMetricFamily(
            "librechat_analytics_finops_file_ok",
            "1 if the definitions file is in force, 0 if it has a mistake and earlier definitions hold",
        )
        is_good.add_metric([], float(self._problem() is None))
        yield is_good
