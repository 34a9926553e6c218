"""What ``/metrics`` says about the definitions file and what it defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client.core import Metric


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
