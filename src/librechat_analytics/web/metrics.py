"""``/metrics`` for Prometheus: usage, how fresh the store is, and how long requests take."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from werkzeug.exceptions import Forbidden

from librechat_analytics.web.requests_log import seconds_so_far

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask
    from prometheus_client.core import Metric

    from librechat_analytics.usage.answers import Freshness
    from librechat_analytics.usage.questions import Repository

USAGE_LABELS = ("model", "token_type", "context")
STATUSES = ("ok", "importing", "unreachable", "offline")
NOT_ADMITTED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)
"""The gatekeeper's answers, which say nothing about how fast the server is."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class UsageCollector(Collector):
    """Reads the totals of all usage and the state of the sync for each request of Prometheus."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def collect(self) -> Iterator[Metric]:
        counters = self._repository.counters()
        cost = CounterMetricFamily("librechat_usage_cost_dollars", "Cost as recorded", labels=USAGE_LABELS)
        tokens = CounterMetricFamily("librechat_usage_tokens", "Tokens", labels=USAGE_LABELS)
        rows = CounterMetricFamily(
            "librechat_usage_transactions", "Usage rows; prompt rows are model calls", labels=USAGE_LABELS
        )
        for row in counters.rows:
            labels = (row.model or "", row.token_type, row.context or "")
            cost.add_metric(labels, row.cost_usd)
            tokens.add_metric(labels, row.tokens)
            rows.add_metric(labels, row.documents)
        refused = CounterMetricFamily(
            "librechat_documents_refused", "Documents that could not be read", labels=("reason",)
        )
        for reason, documents in counters.refused.items():
            refused.add_metric([reason], documents)
        uncounted = CounterMetricFamily(
            "librechat_uncounted_credits_dollars",
            "Credits spent on something other than tokens, which no cost includes",
            labels=("context",),
        )
        for context, usd in counters.uncounted_credits_usd.items():
            uncounted.add_metric([context], usd)
        yield from (cost, tokens, rows, refused, uncounted)
        yield from self._freshness()

    def _freshness(self) -> Iterator[Metric]:
        freshness = self._repository.freshness()
        lag = GaugeMetricFamily(
            "librechat_analytics_sync_lag_seconds",
            "Seconds since the instant up to which the figures are complete",
        )
        if freshness.as_of is not None:
            seconds = (self._repository.now() - freshness.as_of).total_seconds()
            lag.add_metric([], max(0.0, seconds))  # a clock may have been set back since
        state = GaugeMetricFamily(
            "librechat_analytics_source_status", "1 for the state that the source is in", labels=("status",)
        )
        for status in STATUSES:
            state.add_metric([status], float(freshness.status == status))
        waiting = GaugeMetricFamily(
            "librechat_analytics_rows_without_agent", "Rows whose agent is not known yet"
        )
        waiting.add_metric([], freshness.unattributed)
        yield from (lag, state, waiting)
        yield from _audits(freshness)


def _audits(freshness: Freshness) -> Iterator[Metric]:
    """Report how the last audit of each kind ended, and how far the running one is."""
    ended = GaugeMetricFamily(
        "librechat_analytics_audit_ended_timestamp_seconds",
        "When the last audit of a kind ended: by counts of ranges of ids, or by every id",
        labels=("kind",),
    )
    added = GaugeMetricFamily(
        "librechat_analytics_audit_added",
        "Transactions that were missing in the store and that the last audit added",
        labels=("kind",),
    )
    gone = GaugeMetricFamily(
        "librechat_analytics_transactions_gone",
        "Transactions in the store that LibreChat is known to have deleted",
    )
    for audit in freshness.audits:
        ended.add_metric([audit.kind], audit.ended_at.timestamp())
        added.add_metric([audit.kind], audit.added)
    if freshness.audits:
        gone.add_metric([], freshness.audits[0].gone)
    running = GaugeMetricFamily(
        "librechat_analytics_audit_progress",
        "How much of the running audit is done, 0 to 1",
        labels=("kind",),
    )
    if freshness.audit_kind is not None:
        running.add_metric([freshness.audit_kind], freshness.audit_progress or 0.0)
    yield from (ended, added, gone, running)


def serve_metrics(server: Flask, repository: Repository, further: Iterable[Collector] = ()) -> None:
    """Answer ``/metrics`` and record how long requests take; call ``log_requests`` first.

    ``further``: what else is reported.
    """
    registry = CollectorRegistry()
    for collector in (UsageCollector(repository), *further):
        registry.register(collector)
    times = Histogram(
        "librechat_analytics_request_seconds",
        "Time to answer a request",
        ("endpoint", "status"),
        buckets=SECONDS,
        registry=registry,
    )

    @server.after_request
    def measure(response: Response) -> Response:
        if response.status_code not in NOT_ADMITTED:
            times.labels(request.endpoint or "", response.status_code).observe(seconds_so_far())
        return response

    @server.get("/metrics", provide_automatic_options=False)
    def metrics() -> Response:
        """Answer with all metrics, for keys that may see all users."""
        if g.visitor.scope is not None:
            raise Forbidden("This key may see only some users; the metrics count all of them.")
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
