"""What ``/metrics`` says about the definitions file and what it defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.core import Metric


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
