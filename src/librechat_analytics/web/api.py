"""``/api/*``: the answers of ``usage`` as JSON, as the HTTP contract says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import NotFound

from librechat_analytics.exports import (
    agents_sheet,
    all_sheets,
    breakdown_sheet,
    csv_text,
    file_name,
    models_sheet,
    price_check_sheet,
    quality_sheet,
    summary_sheet,
    timeline_sheet,
    users_sheet,
    workbook,
)
from librechat_analytics.web.parameters import read_question

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import pandas as pd

    from librechat_analytics.exports import Sheet
    from librechat_analytics.usage.answers import (
        AgentRanking,
        Freshness,
        Part,
        PriceCheck,
        Quality,
        Ranking,
        Summary,
        Timeline,
        Totals,
    )
    from librechat_analytics.usage.periods import Period, TimeRange
    from librechat_analytics.usage.quality import QualityReport
    from librechat_analytics.usage.repository import Repository
    from librechat_analytics.web.parameters import Question

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Json = dict[str, Any]

NAMES = {
    "cost_usd": "cost",
    "prompt_cost_usd": "promptCost",
    "completion_cost_usd": "completionCost",
    "prompt_tokens": "promptTokens",
    "completion_tokens": "completionTokens",
    "total_tokens": "totalTokens",
    "cache_read_tokens": "cacheReadTokens",
    "cache_write_tokens": "cacheWriteTokens",
    "active_users": "activeUsers",
    "last_active": "lastActive",
    "listed_cost_usd": "listedCost",
    "list_price_usd": "listPrice",
    "difference_usd": "difference",
    "prompt_rate": "promptRate",
    "completion_rate": "completionRate",
}
"""Columns and fields whose name in JSON differs from ours."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address below ``/api``: what it asks, and how the answer looks as JSON and as a table."""

    path: str
    ask: Callable[[Repository, Question], Any]
    body: Callable[[Question, Any], Json]
    sheet: Callable[[Repository, Question, Any], Sheet]


def _ask_price_check(repository: Repository, asked: Question) -> PriceCheck:
    check = repository.price_check(asked.period, asked.filters)
    if check is None:
        raise NotFound("There is no price list: set PRICES_FILE to have one.")
    return check


ENDPOINTS = (
    Endpoint(
        "summary",
        lambda repository, asked: repository.summary(asked.period, asked.filters),
        lambda asked, summary: summary_json(asked.period, summary),
        lambda repository, asked, summary: summary_sheet(
            asked.period, asked.filters, summary, repository.freshness(), repository.now()
        ),
    ),
    Endpoint(
        "top-users",
        lambda repository, asked: repository.top_users(asked.period, asked.limit, asked.filters),
        lambda _, ranking: _list("users", ranking),
        lambda *answer: users_sheet(answer[-1]),
    ),
    Endpoint(
        "top-models",
        lambda repository, asked: repository.top_models(asked.period, asked.limit, asked.filters),
        lambda _, ranking: _list("models", ranking),
        lambda *answer: models_sheet(answer[-1]),
    ),
    Endpoint(
        "top-agents",
        lambda repository, asked: repository.top_agents(asked.period, asked.limit, asked.filters),
        lambda _, ranking: agents_json(ranking),
        lambda *answer: agents_sheet(answer[-1]),
    ),
    Endpoint(
        "cost-breakdown",
        lambda repository, asked: repository.cost_breakdown(asked.period, asked.limit, asked.filters),
        lambda _, ranking: _list("models", ranking),
        lambda *answer: breakdown_sheet(answer[-1]),
    ),
    Endpoint(
        "usage-over-time",
        lambda repository, asked: repository.usage_over_time(asked.period, asked.bucket, asked.filters),
        lambda _, timeline: timeline_json(timeline),
        lambda *answer: timeline_sheet(answer[-1]),
    ),
    Endpoint(
        "quality",
        lambda repository, asked: repository.quality(asked.period, asked.filters),
        lambda _, report: report_json(report),
        lambda *answer: quality_sheet(answer[-1]),
    ),
    Endpoint(
        "price-check",
        _ask_price_check,
        lambda _, check: price_check_json(check),
        lambda *answer: price_check_sheet(answer[-1]),
    ),
)


def api_blueprint(repository: Repository, *, default_zone: str) -> Blueprint:
    """Make the endpoints, and the workbook of everything at ``/api/export``."""
    api = Blueprint("api", __name__, url_prefix="/api")

    def read() -> Question:
        first_usage = repository.first_usage() if request.args.get("period") == "all" else None
        return read_question(
            request.args,
            default_zone=default_zone,
            now=repository.now(),
            first_usage=first_usage,
            scope=g.visitor.scope,
        )

    def view_of(endpoint: Endpoint) -> Callable[[], Response]:
        def view() -> Response:
            asked = read()
            # Read first: figures may be newer than what is said of them, never older.
            head = _head(asked.period, repository.freshness())
            answer = endpoint.ask(repository, asked)
            if asked.format == "json":
                return jsonify(head | endpoint.body(asked, answer))
            return _file(endpoint.path, asked, [endpoint.sheet(repository, asked, answer)])

        return view

    for endpoint in ENDPOINTS:
        api.add_url_rule(
            f"/{endpoint.path}",
            endpoint.path,
            view_of(endpoint),
            methods=["GET"],
            provide_automatic_options=False,
        )

    @api.get("/export", provide_automatic_options=False)
    def export() -> Response:
        asked = replace(read(), format="xlsx")
        return _file("usage", asked, all_sheets(repository, asked.period, asked.bucket, asked.filters))

    return api


def summary_json(period: Period, summary: Summary) -> Json:
    """Lay out the summary: the period's figures, those of the range before, and their quality."""
    previous = None
    if period.previous is not None and summary.previous is not None:
        previous = _range(period.previous) | totals_json(summary.previous)
    return totals_json(summary.totals) | {"previous": previous, "quality": quality_json(summary.quality)}


def totals_json(totals: Totals) -> Json:
    return {
        "cost": totals.cost_usd,
        "promptTokens": totals.prompt_tokens,
        "completionTokens": totals.completion_tokens,
        "totalTokens": totals.total_tokens,
        "cacheReadTokens": totals.cache_read_tokens,
        "cacheWriteTokens": totals.cache_write_tokens,
        "calls": totals.calls,
        "activeUsers": totals.active_users,
        "conversations": totals.conversations,
    }


def quality_json(quality: Quality) -> Json:
    return {
        "defaultRateCost": quality.default_rate_cost_usd,
        "noModelCost": quality.no_model_cost_usd,
        "agentModelCost": quality.agent_model_cost_usd,
        "incompleteCost": quality.incomplete_cost_usd,
        "sentinelRows": quality.sentinel_rows,
        "positiveValueRows": quality.positive_value_rows,
        "otherTokenTypes": quality.other_token_types,
        "rejectedDocuments": quality.rejected_documents,
    }


def agents_json(ranking: AgentRanking) -> Json:
    """Lay out the agents and the two parts that complete the total."""
    agents = _entries(ranking.rows)
    for agent in agents:
        agent["models"] = [{"model": ran["model"], "cost": ran["cost_usd"]} for ran in agent["models"]]
    return {
        "agents": agents,
        "total": ranking.total,
        "withoutAgent": _part(ranking.without_agent),
        "unknown": _part(ranking.unknown),
    }


def report_json(report: QualityReport) -> Json:
    """Lay out what makes the figures less sure, in sentences and numbers."""
    return {
        "doubtfulCost": report.doubtful_cost_usd,
        "findings": [
            {
                "code": finding.code,
                "title": finding.kind.title,
                "sentence": finding.kind.sentence,
                "advice": finding.kind.advice,
                "versions": finding.kind.versions,
                "rows": finding.documents,
                "tokens": finding.tokens,
                "cost": finding.cost_usd,
                "first": instant_json(finding.first),
                "last": instant_json(finding.last),
                "details": [
                    {
                        "name": detail.name,
                        "rows": detail.documents,
                        "tokens": detail.tokens,
                        "cost": detail.cost_usd,
                    }
                    for detail in finding.details
                ],
            }
            for finding in report.findings
        ],
        "refused": [
            {"reason": refused.reason, "documents": refused.documents, "ids": list(refused.ids)}
            for refused in report.refusals
        ],
    }


def price_check_json(check: PriceCheck) -> Json:
    """Lay out recorded cost beside list price."""
    return {
        "priceList": check.list_name,
        "cost": check.cost_usd,
        "listedCost": check.listed_cost_usd,
        "listPrice": check.list_price_usd,
        "difference": check.difference_usd,
        "models": _entries(check.rows),
    }


def timeline_json(timeline: Timeline) -> Json:
    """Lay out the buckets, their edges with the zone's offset."""
    points = _entries(timeline.points)
    for point in points:
        point["start"], point["end"] = point["start"].isoformat(), point["end"].isoformat()
    return {"bucket": timeline.unit, "points": points}


def instant_json(at: datetime) -> str:
    """Write an instant in UTC with ``Z``, with milliseconds only where there are any."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds") + "Z"


def _file(name: str, asked: Question, sheets: list[Sheet]) -> Response:
    body = csv_text(sheets[0]).encode() if asked.format == "csv" else workbook(sheets)
    kind = "text/csv; charset=utf-8" if asked.format == "csv" else XLSX
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{file_name(name, asked.period)}.{asked.format}"'
    )
    return response


def _part(part: Part) -> Json:
    return {
        "cost": part.cost_usd,
        "promptTokens": part.prompt_tokens,
        "completionTokens": part.completion_tokens,
        "totalTokens": part.total_tokens,
        "calls": part.calls,
        "users": part.users,
        "conversations": part.conversations,
        "share": part.share,
    }


def _list(name: str, ranking: Ranking) -> Json:
    entries = _entries(ranking.rows)
    for entry in entries:
        if "lastActive" in entry:
            entry["lastActive"] = instant_json(entry["lastActive"])
    return {name: entries, "total": ranking.total}


def _entries(rows: pd.DataFrame) -> list[Json]:
    return rows.rename(columns=NAMES).to_dict("records")  # type: ignore[return-value]


def _head(period: Period, freshness: Freshness) -> Json:
    return {
        "period": {"name": period.name, **_range(period.range), "timezone": period.zone.key},
        "asOf": _instant_or_none(freshness.as_of),
        "source": {
            "status": freshness.status,
            "lastSync": _instant_or_none(freshness.last_sync),
            "progress": freshness.progress,
        },
    }


def _range(time_range: TimeRange) -> Json:
    return {"start": instant_json(time_range.start), "end": instant_json(time_range.end)}


def _instant_or_none(at: datetime | None) -> str | None:
    return None if at is None else instant_json(at)
