"""What ``/metrics`` says about anomalies, the definitions file and what it defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from librechat_analytics.finops.anomalies import anomalies_of
from librechat_analytics.finops.definitions import no_definitions
from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from prometheus_client.core import Metric

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
