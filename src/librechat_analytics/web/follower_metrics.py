"""What ``/metrics`` says of the follower where the store is in ClickHouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.core import Metric


@dataclass(frozen=True, slots=True)
class Published:
    """How far the follower is, and how far this process is behind it; None where that is unknown.

    ``publications`` counts all commits in ClickHouse; ``behind`` those that the answers do not have yet.
    """

    heartbeat_age_seconds: float | None
    publications: int | None
    behind: int | None


class FollowerCollector(Collector):
    """Reports the follower's last sign of life and its publications."""

    def __init__(self, read: Callable[[], Published]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        found = self._read()
        age = GaugeMetricFamily(
            "librechat_analytics_heartbeat_age_seconds", "Seconds since the follower last reported"
        )
        if found.heartbeat_age_seconds is not None:
            age.add_metric([], found.heartbeat_age_seconds)
        publications = CounterMetricFamily(
            "librechat_analytics_publications", "Commits that followers have published to ClickHouse"
        )
        if found.publications is not None:
            publications.add_metric([], found.publications)
        behind = GaugeMetricFamily(
            "librechat_analytics_publications_behind",
            "Publications that the answers of this process do not have yet",
        )
        if found.behind is not None:
            behind.add_metric([], found.behind)
        yield from (age, publications, behind)
