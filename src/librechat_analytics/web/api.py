"""``/api/*``: the answers of ``usage`` as JSON, as the HTTP contract says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import NotFound

from librechat_analytics.exports.sheets import (
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
from librechat_analytics.usage.filters import FILTER_NAMES
from librechat_analytics.web import bodies
from librechat_analytics.web.parameters import read_question
from librechat_analytics.web.server import conditional

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import Freshness, PriceCheck
    from librechat_analytics.usage.questions import Repository
    from librechat_analytics.web.parameters import Question

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ALWAYS = ("period", "start", "end", "tz", *FILTER_NAMES)
"""Parameters that have an effect everywhere; the others are read everywhere, too."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address below ``/api``: what it asks, and how the answer looks as JSON and as a table.

    ``title``, ``parameters`` (those with an effect) and ``example`` (a query) describe it; ``sheet`` is told
    how fresh the answer is, and the present.
    """

    path: str
    title: str
    ask: Callable[[Repository, Question], Any]
    body: type[bodies.Answer]
    fields: Callable[[Question, Any], bodies.Fields]
    sheet: Callable[[Question, Any, Freshness, datetime], Sheet]
    parameters: tuple[str, ...] = (*ALWAYS, "format")
    example: str = "period=last-month"


def _ask_price_check(repository: Repository, asked: Question) -> PriceCheck:
    check = repository.price_check(asked.period, asked.filters)
    if check is None:
        raise NotFound("There is no price list: set PRICES_FILE to have one.")
    return check


LIMITED = (*ALWAYS, "limit", "format")

ENDPOINTS = (
    Endpoint(
        "summary",
        "What a period cost, and the one before",
        lambda repository, asked: repository.summary(asked.period, asked.filters),
        bodies.SummaryAnswer,
        lambda asked, summary: bodies.summary_fields(asked.period, summary),
        lambda asked, summary, *known: summary_sheet(asked.period, asked.filters, summary, *known),
        example="period=last-month&tz=Europe/Berlin",
    ),
    Endpoint(
        "top-users",
        "Users by cost",
        lambda repository, asked: repository.top_users(asked.period, asked.limit, asked.filters),
        bodies.TopUsersAnswer,
        lambda _, ranking: bodies.users_fields(ranking),
        lambda _, answer, *__: users_sheet(answer),
        parameters=LIMITED,
        example="period=this-month&limit=50",
    ),
    Endpoint(
        "top-models",
        "Models by cost",
        lambda repository, asked: repository.top_models(asked.period, asked.limit, asked.filters),
        bodies.TopModelsAnswer,
        lambda _, ranking: bodies.models_fields(ranking),
        lambda _, answer, *__: models_sheet(answer),
        parameters=LIMITED,
        example="period=custom&start=2026-11-01&end=2026-11-15",
    ),
    Endpoint(
        "top-agents",
        "Agents by cost, and what no agent answered",
        lambda repository, asked: repository.top_agents(asked.period, asked.limit, asked.filters),
        bodies.TopAgentsAnswer,
        lambda _, ranking: bodies.agents_fields(ranking),
        lambda _, answer, *__: agents_sheet(answer),
        parameters=LIMITED,
        example="period=90d&domain=example.com",
    ),
    Endpoint(
        "cost-breakdown",
        "Models' cost and rates for prompt and completion",
        lambda repository, asked: repository.cost_breakdown(asked.period, asked.limit, asked.filters),
        bodies.CostBreakdownAnswer,
        lambda _, ranking: bodies.models_fields(ranking),
        lambda _, answer, *__: breakdown_sheet(answer),
        parameters=LIMITED,
        example="agent=(none)&context=message",
    ),
    Endpoint(
        "usage-over-time",
        "A period hour by hour, day by day, week by week or month by month",
        lambda repository, asked: repository.usage_over_time(asked.period, asked.bucket, asked.filters),
        bodies.UsageOverTimeAnswer,
        lambda _, timeline: bodies.timeline_fields(timeline),
        lambda _, answer, *__: timeline_sheet(answer),
        parameters=(*ALWAYS, "bucket", "format"),
        example="period=12m&bucket=month",
    ),
    Endpoint(
        "quality",
        "What makes the figures less sure than they look",
        lambda repository, asked: repository.quality(asked.period, asked.filters),
        bodies.QualityAnswer,
        lambda _, report: bodies.quality_fields(report),
        lambda _, answer, *__: quality_sheet(answer),
        example="period=all",
    ),
    Endpoint(
        "price-check",
        "Recorded cost beside list price",
        _ask_price_check,
        bodies.PriceCheckAnswer,
        lambda _, check: bodies.price_check_fields(check),
        lambda _, answer, *__: price_check_sheet(answer),
    ),
)


def api_blueprint(repository: Repository, *, default_zone: str) -> Blueprint:
    """Make the endpoints, and the workbook of everything at ``/api/export``."""
    api = Blueprint("api", __name__, url_prefix="/api")

    def read() -> Question:
        scope = g.visitor.scope
        first_usage = repository.first_usage(scope) if request.args.get("period") == "all" else None
        return read_question(
            request.args,
            default_zone=default_zone,
            now=repository.now(),
            first_usage=first_usage,
            scope=scope,
        )

    def view_of(endpoint: Endpoint) -> Callable[[], Response]:
        def view() -> Response:
            asked = read()
            # Read first: figures may be newer than what is said of them, never older.
            freshness, now = repository.freshness(), repository.now()
            answer = endpoint.ask(repository, asked)
            if asked.format == "json":
                head = bodies.head_fields(asked.period, freshness)
                body = endpoint.body.model_validate(head | endpoint.fields(asked, answer))
                return conditional(bodies.json_response(body))
            return _file(endpoint.path, asked, [endpoint.sheet(asked, answer, freshness, now)])

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


def _file(name: str, asked: Question, sheets: list[Sheet]) -> Response:
    body = csv_text(sheets[0]).encode() if asked.format == "csv" else workbook(sheets)
    kind = f"{CSV}; charset=utf-8" if asked.format == "csv" else XLSX
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{file_name(name, asked.period)}.{asked.format}"'
    )
    return response
