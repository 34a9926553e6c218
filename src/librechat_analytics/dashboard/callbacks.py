"""Registers Dash's callbacks: those that the server answers, and those that the page's scripts answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash import ClientsideFunction, Input, Output, State, ctx, dcc, no_update, set_props
from flask import g

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.data import PageData
from librechat_analytics.dashboard.find import answer_find
from librechat_analytics.dashboard.page_state import page_outputs, page_targets, page_values
from librechat_analytics.dashboard.panels.base import answer_panels, error_reference, panel_outputs
from librechat_analytics.dashboard.query import about_nobody, read_page_query
from librechat_analytics.dashboard.unreadable import (
    UnreadableAddressError,
    refuse_unreadable,
    unreadable_parts,
)
from librechat_analytics.dashboard.words import filter_words
from librechat_analytics.dashboard.words.period_words import period_sentence
from librechat_analytics.errors import OperatorError
from librechat_analytics.exports.currency import with_currency
from librechat_analytics.exports.files import csv_text, file_name
from librechat_analytics.exports.filter_words import filters_in_file_name
from librechat_analytics.exports.workbook import whole_workbook
from librechat_analytics.finops.definitions import no_definitions, no_problem
from librechat_analytics.usage.periods import BadPeriodError

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from dash import Dash

    from librechat_analytics.dashboard.contract import BrowserCallback, Contract
    from librechat_analytics.dashboard.views.base import View
    from librechat_analytics.finops.alert_list import AlertReader
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.questions import Repository

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RequestReader:
    """Turns a request of the page into the data that answers it, within the visitor's scope.

    ``default_zone``: for browsers that name no zone we know. ``definitions`` returns what the definitions
    file says, None without one; ``definitions_problem`` why its present content cannot be used.
    ``alert_reader`` reads alerts, where there is such a file.
    """

    repository: Repository
    default_zone: ZoneInfo
    definitions: Callable[[], Definitions | None] = no_definitions
    definitions_problem: Callable[[], str | None] = no_problem
    alert_reader: AlertReader | None = None

    def data(self, request: object, *, is_for_file: bool = False) -> PageData:
        """Return the data for a request, whose content may be anything; lists for a file are complete."""
        now, scope, definitions = self.repository.now(), g.visitor.scope, self.definitions()
        query = read_page_query(
            request,
            default_zone=self.default_zone,
            now=now,
            first_usage=self.repository.first_usage(scope),
            scope=scope,
            year_starts=definitions.year_starts if definitions else 1,
        )
        subject = None if query.unreadable else query.subject
        if subject and self.repository.unmatched(query.filters.alone(subject)):
            query = about_nobody(query)
        return PageData(
            self.repository,
            query,
            now=now,
            is_for_file=is_for_file,
            definitions=definitions,
            definitions_problem=self.definitions_problem(),
            alert_reader=self.alert_reader,
        )


def show_error(error: Exception) -> None:
    """Show why a callback failed: why the request was refused, or a sentence with the request's id."""
    if isinstance(error, UnreadableAddressError | BadPeriodError):
        sentence = period_sentence(error) if isinstance(error, BadPeriodError) else str(error)
        set_props(ids.NOTICE, {"children": sentence, "is_open": True})
        return
    reference = error_reference()
    log.error("A callback failed (request %s)", reference, exc_info=error)
    what = (
        "The store of the figures does not answer. The page keeps what it shows and tries again by itself."
        if isinstance(error, OperatorError)
        else "Something went wrong; the page still shows the last figures."
    )
    words = f"{what} See the server log, reference {reference}."
    set_props(ids.NOTICE, {"children": words, "is_open": True})


def register_view(app: Dash, view: View, reader: RequestReader) -> None:
    """Let one callback fill a view, and another one write its tables and charts into CSV files."""

    @app.callback(  # type: ignore[untyped-decorator]
        [
            *page_outputs(),
            *panel_outputs(view.panels),
            Output(ids.targets(view.name), "data"),
            Output(ids.section(view.name), "className"),
        ],
        Input(ids.request(view.name), "data"),
        prevent_initial_call=True,
    )
    def update(request: object) -> list[object]:
        data = reader.data(request)
        values, targets, class_name = _fill_view(view, data)
        if data.query.ahead:
            return [*[no_update] * len(page_outputs()), *values, targets, class_name]
        return [*page_values(data, view), *values, targets | page_targets(data, view), class_name]

    files = view.files
    if not files:
        return

    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.DOWNLOAD, "data", allow_duplicate=True),
        *(Input(f"{name}-csv", "n_clicks") for name in files),
        State(ids.request(view.name), "data"),
        prevent_initial_call=True,
    )
    def download(*clicks_and_request: object) -> object:
        *clicks, request = clicks_and_request
        name = str(ctx.triggered_id).removesuffix("-csv")
        if not any(clicks) or name not in files:
            return no_update
        data = reader.data(request, is_for_file=True)
        refuse_unreadable(data.query, view)
        filters = filters_in_file_name(data.filters, data)
        currency = data.definitions.currency if data.definitions else None
        sheet = with_currency(files[name](data), currency, data.in_currency)
        return dcc.send_string(csv_text(sheet), f"{file_name(name, view.period(data), filters)}.csv")


def _fill_view(view: View, data: PageData) -> tuple[list[object], dict[str, object], str]:
    """Return the values of the panels' outputs, the content of their targets and the view's class.

    A view whose address cannot be read shows nothing.
    """
    if unreadable_parts(data.query, view):
        return [no_update] * len(panel_outputs(view.panels)), {}, "view unreadable-view"
    return *answer_panels(view.panels, data), "view ready"


def register_export(app: Dash, reader: RequestReader) -> None:
    """Write everything about the period and the filters on screen into one workbook."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.DOWNLOAD, "data", allow_duplicate=True),
        Input(ids.EXPORT, "n_clicks"),
        State(ids.CURRENT_REQUEST, "data"),
        running=[(Output(ids.EXPORT, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def export(clicks: object, request: object) -> object:
        if not clicks:
            return no_update
        data = reader.data(request)
        refuse_unreadable(data.query)
        workbook = whole_workbook(reader.repository, data.period, data.unit, data.filters, data.definitions)
        return dcc.send_bytes(workbook.content, f"{workbook.name}.xlsx")


def register_filter_choices(app: Dash, reader: RequestReader) -> None:
    """Send what each filter can be set to, once the reader opens the panel of filters."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.FILTER_CHOICES, "data"),
        Input(ids.FILTER_REQUEST, "data"),
        prevent_initial_call=True,
    )
    def offer(request: object) -> object:
        return filter_words.choices(reader.data(request))


def register_find(app: Dash, repository: Repository) -> None:
    """Find what the reader types, among everything that the reader may see."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.FIND_ANSWER, "data"),
        Input(ids.FIND_REQUEST, "data"),
        prevent_initial_call=True,
    )
    def find(asked: object) -> object:
        return answer_find(repository, asked, g.visitor.scope)


def register_browser_callbacks(app: Dash, contract: Contract) -> None:
    """Let the scripts react to the address, the controls and the server's answers.

    None of these callbacks has an output: the scripts set each property by the component's id, so that no
    order of values has to match between Python and the scripts.
    """
    views = contract["views"]
    _answered_by_script(app, "route", Input(ids.URL, "search"), Input(ids.TICK, "n_intervals"), at_start=True)
    _answered_by_script(app, "keepFreshness", Input(ids.FRESHNESS, "data"))
    _answered_by_script(app, "showHits", Input(ids.FIND_ANSWER, "data"))
    _answered_by_script(app, "keepChoices", Input(ids.FILTER_CHOICES, "data"))
    for view in views:
        _answered_by_script(app, "fill", Input(view["targets"], "data"))
    for view in views:
        if view["search"]:
            _answered_by_script(app, "search", Input(view["search"], "value"))


def _answered_by_script(
    app: Dash, name: BrowserCallback, *sources: Input | State, at_start: bool = False
) -> None:
    app.clientside_callback(
        ClientsideFunction(namespace="analytics", function_name=name),
        *sources,
        prevent_initial_call=not at_start,
    )
