"""``/api/*``: the repository's answers as JSON, CSV or xlsx."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import NotFound

from librechat_analytics.exports import workbook
from librechat_analytics.exports.files import csv_text, xlsx_bytes
from librechat_analytics.exports.workbook import Context, Table, whole_workbook
from librechat_analytics.finops.definitions import no_definitions
from librechat_analytics.finops.period_forecast import FORECAST_PERIODS
from librechat_analytics.usage.filters import FILTER_PARAMETERS
from librechat_analytics.usage.periods import this_month
from librechat_analytics.usage.questions import ATTRIBUTES, CHANGES_BY
from librechat_analytics.web import answer_bodies as bodies
from librechat_analytics.web import cost_center_bodies, finops_bodies, list_bodies
from librechat_analytics.web.body import json_response
from librechat_analytics.web.budget_bodies import BudgetHistoryAnswer, BudgetsAnswer
from librechat_analytics.web.parameters import read_request
from librechat_analytics.web.server import conditional

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.questions import Repository
    from librechat_analytics.web.parameters import ApiRequest

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

COMMON = ("period", "start", "end", "tz", *FILTER_PARAMETERS)
"""Parameters that have an effect on every endpoint."""
COMMON_AND_FORMAT = (*COMMON, "format")
COMPARED = (*COMMON, "compare", "format")
OF_LISTS = (*COMMON, "compare", "limit", "offset", "sort", "format")

_NAMED_PART = re.compile("<path:([a-z]+)>")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address below ``/api`` and the answer behind it.

    ``path`` may have one part that a request names, such as ``budgets/<path:name>/history``; ``named`` is an
    example of it. ``title``, ``parameters`` (those that have an effect) and ``example`` (a query string)
    describe the address.
    """

    path: str
    title: str
    table: Table
    body: type[bodies.Answer]
    parameters: tuple[str, ...] = COMMON_AND_FORMAT
    example: str = "period=last-month"
    nothing: str = ""
    """What the API says where there is no such answer."""
    by: tuple[str, ...] = ()
    """What the answer can be taken apart by, the default first: the values of the parameter of that name."""
    periods: tuple[str, ...] = ()
    """The only periods that it can be about, the default first; without any, all of them."""
    named: str = ""
    is_about_now: bool = False
    """The request chooses no period: the answer says this month in the zone of the definitions."""

    @property
    def address(self) -> str:
        """The path with the example of the part that a request names."""
        return _NAMED_PART.sub(quote(self.named), self.path)

    @property
    def template(self) -> str:
        """The path with the part that a request names in braces, as OpenAPI writes it."""
        return _NAMED_PART.sub(r"{\1}", self.path)


ENDPOINTS = (
    Endpoint(
        "summary",
        "What a period cost, and the one before",
        workbook.SUMMARY,
        bodies.SummaryAnswer,
        parameters=COMPARED,
        example="period=last-month&tz=Europe/Berlin",
    ),
    Endpoint(
        "top-users",
        "Users by cost",
        workbook.TOP_USERS,
        list_bodies.TopUsersAnswer,
        parameters=OF_LISTS,
        example="period=this-month&limit=2",
    ),
    Endpoint(
        "top-models",
        "Models by cost",
        workbook.TOP_MODELS,
        list_bodies.TopModelsAnswer,
        parameters=OF_LISTS,
        example="period=custom&start=2026-11-01&end=2026-11-15&limit=2",
    ),
    Endpoint(
        "top-agents",
        "Agents by cost, and the usage without an agent",
        workbook.TOP_AGENTS,
        list_bodies.TopAgentsAnswer,
        parameters=OF_LISTS,
        example="period=90d&context=message&context=title&limit=2",
    ),
    Endpoint(
        "cost-breakdown",
        "Models' cost and rates for prompt and completion",
        workbook.COST_BREAKDOWN,
        list_bodies.CostBreakdownAnswer,
        parameters=OF_LISTS,
        example="agent=(none)&not-context=title&limit=2",
    ),
    Endpoint(
        "breakdown",
        "Groups, e-mail domains, roles, providers, contexts or tenants by cost",
        workbook.BREAKDOWN,
        list_bodies.BreakdownAnswer,
        parameters=OF_LISTS,
        example="by=group&period=last-month&limit=2",
        by=ATTRIBUTES,
    ),
    Endpoint(
        "usage-over-time",
        "A period by hour, day, week or month",
        workbook.USAGE_OVER_TIME,
        bodies.UsageOverTimeAnswer,
        parameters=(*COMMON, "bucket", "split", "format"),
        example="period=last-quarter&tz=Europe/Berlin&bucket=month&split=provider",
    ),
    Endpoint(
        "what-changed",
        "Why the cost differs from the previous period",
        workbook.WHAT_CHANGED,
        bodies.WhatChangedAnswer,
        parameters=(*COMMON, "compare", "limit", "format"),
        example="period=last-month&by=agent&limit=2",
        by=CHANGES_BY,
    ),
    Endpoint(
        "anomalies",
        "Days that cost far more than expected, and what made up the excess",
        workbook.ANOMALIES,
        finops_bodies.AnomaliesAnswer,
        example="period=12m&tz=Europe/Berlin",
    ),
    Endpoint(
        "forecast",
        "What a running period is expected to cost by its end",
        workbook.FORECAST,
        finops_bodies.ForecastAnswer,
        parameters=("tz", *FILTER_PARAMETERS, "format"),
        example="period=this-month&tz=Europe/Berlin",
        periods=FORECAST_PERIODS,
    ),
    Endpoint(
        "quality",
        "What makes the figures less certain than they look",
        workbook.QUALITY,
        bodies.QualityAnswer,
    ),
    Endpoint(
        "price-check",
        "Recorded cost and list price",
        workbook.PRICE_CHECK,
        bodies.PriceCheckAnswer,
        nothing="There is no price list: set PRICES_FILE to have one.",
    ),
)

FINOPS_ENDPOINTS = (
    Endpoint(
        "cost-centers",
        "Cost centres by cost, and what none of them pays for",
        workbook.COST_CENTERS,
        cost_center_bodies.CostCentersAnswer,
        parameters=OF_LISTS,
        example="period=last-month&limit=2",
        nothing="There are no cost centres: set FINOPS_FILE to define them.",
    ),
    Endpoint(
        "budgets",
        "Budgets in their running periods",
        workbook.BUDGETS,
        BudgetsAnswer,
        parameters=("format",),
        example="",
        nothing="There are no budgets: set FINOPS_FILE to define them.",
        is_about_now=True,
    ),
    Endpoint(
        "budgets/<path:name>/history",
        "The last twelve periods of a budget",
        workbook.BUDGET_HISTORY,
        BudgetHistoryAnswer,
        parameters=("key", "format"),
        example="",
        nothing="There is no such budget. Take name and key from /api/budgets; a budget that is not for each"
        " user and so on has no key.",
        named="Sales AI",
        is_about_now=True,
    ),
)
"""The endpoints that need a definitions file."""

ALL_ENDPOINTS = (*ENDPOINTS, *FINOPS_ENDPOINTS)


def api_blueprint(
    repository: Repository,
    *,
    default_zone: str,
    definitions: Callable[[], Definitions | None] = no_definitions,
) -> Blueprint:
    """Make the endpoints, and ``/api/export`` with the workbook of everything.

    ``definitions`` returns what the definitions file says, None without one.
    """
    api = Blueprint("api", __name__, url_prefix="/api")

    def read(by: tuple[str, ...] = (), periods: tuple[str, ...] = ()) -> ApiRequest:
        scope = g.visitor.scope
        first_usage = repository.first_usage(scope) if request.args.get("period") == "all" else None
        return read_request(
            request.args,
            default_zone=default_zone,
            now=repository.now(),
            first_usage=first_usage,
            scope=scope,
            by=by,
            periods=periods,
            definitions=definitions(),
        )

    def view_of(endpoint: Endpoint) -> Callable[[], Response]:
        def view(name: str = "") -> Response:
            wanted = replace(read(endpoint.by, endpoint.periods), named=name)
            if endpoint.is_about_now and wanted.definitions is not None:
                zone = wanted.definitions.zone
                wanted = replace(wanted, period=this_month(zone, repository.now()))
            if wanted.format == "json":
                # Freshness is read first: the figures may be newer than it says, never older.
                freshness = repository.freshness()
                answer = endpoint.table.ask(repository, wanted)
                if answer is None:
                    raise NotFound(endpoint.nothing)
                unmatched = repository.unmatched(wanted.filters)
                body = endpoint.body.of(wanted.period, freshness, unmatched, answer)
                return conditional(json_response(body))
            context = Context.of(repository, wanted)
            sheet = endpoint.table.sheet(repository, context)
            if sheet is None:
                raise NotFound(endpoint.nothing)
            is_csv = wanted.format == "csv"
            content = csv_text(sheet).encode() if is_csv else xlsx_bytes([sheet], context.caption)
            return file_response(
                context.file_name(_NAMED_PART.sub(name, endpoint.path).replace("/", "-")),
                content,
                wanted.format,
            )

        return view

    for endpoint in ALL_ENDPOINTS:
        api.add_url_rule(
            f"/{endpoint.path}",
            endpoint.path,
            view_of(endpoint),
            methods=["GET"],
            provide_automatic_options=False,
        )

    @api.get("/export", provide_automatic_options=False)
    def export() -> Response:
        wanted = read()
        whole = whole_workbook(repository, wanted.period, wanted.bucket, wanted.filters, wanted.definitions)
        return file_response(whole.name, whole.content, "xlsx")

    return api


def file_response(name: str, content: bytes, suffix: str) -> Response:
    """Answer with a file: its name without the suffix, which is csv or xlsx."""
    response = Response(content, content_type=f"{CSV}; charset=utf-8" if suffix == "csv" else XLSX)
    without_accents = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "-".join(filter(None, without_accents.split("-")))
    other_scripts = "" if name.isascii() else f"; filename*=UTF-8''{quote(name)}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}.{suffix}"{other_scripts}'
    return response
