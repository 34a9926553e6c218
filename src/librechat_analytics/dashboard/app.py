"""Puts the dashboard under a Flask server."""

from __future__ import annotations

import json
import logging
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, no_update, set_props
from flask import g, request

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.dash_seams.browser_files import (
    BOOTSTRAP,
    FOLDERS_NOT_LOADED_BY_DASH,
    NOT_LOADED_BY_DASH,
    asset_url,
    assets_folder,
    serve_plotly_basic,
)
from librechat_analytics.dashboard.dash_seams.callback_requests import refuse_malformed_requests
from librechat_analytics.dashboard.dash_seams.static_parts import take_out_still_parts
from librechat_analytics.dashboard.data import PageData
from librechat_analytics.dashboard.page import TITLE, index_html, page_layout
from librechat_analytics.dashboard.page_state import page_outputs, page_targets, page_values
from librechat_analytics.dashboard.panels.base import answer_panels, error_reference, panel_outputs
from librechat_analytics.dashboard.query import read_page_query
from librechat_analytics.dashboard.unreadable import (
    UnreadableAddressError,
    refuse_unreadable,
    unreadable_parts,
)
from librechat_analytics.dashboard.views.registry import VIEWS
from librechat_analytics.dashboard.words import filter_words
from librechat_analytics.dashboard.words.period_words import period_sentence
from librechat_analytics.exports.files import csv_text, file_name, xlsx_bytes
from librechat_analytics.exports.workbook import all_sheets
from librechat_analytics.usage.periods import BadPeriodError
from librechat_analytics.zones import parse_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import flask

    from librechat_analytics.dashboard.views.base import View
    from librechat_analytics.usage.questions import Repository

VERSIONS = frozenset({"python_version", "dash_version", "dash_version_url", "plotly_version", "ddk_version"})
UNCHANGING_ENDPOINTS = frozenset({"/_dash-layout", "/_dash-dependencies"})
SUPERFLUOUS = re.compile(r"dash_table/|deps/polyfill@")

log = logging.getLogger(__name__)


class QuietDash(Dash):  # type: ignore[misc]
    """Dash, without telling everybody which versions run here, and without what nobody here needs."""

    def _collect_and_register_resources(self, resources: list[Any], *args: Any, **options: Any) -> list[Any]:
        needed = (_without_superfluous(resource) for resource in resources)
        found = super()._collect_and_register_resources([one for one in needed if one], *args, **options)
        return list(found)

    def interpolate_index(self, **parts: Any) -> str:
        start, _, rest = parts["config"].partition(">")
        config, _, _ = rest.rpartition("</script>")
        kept = {name: value for name, value in json.loads(config).items() if name not in VERSIONS}
        # Nothing in it may end the script element early.
        parts["config"] = f"{start}>{json.dumps(kept).replace('<', chr(92) + 'u003c')}</script>"
        return str(super().interpolate_index(**parts))


def _without_superfluous(resource: dict[str, Any]) -> dict[str, Any] | None:
    """Leave out files that serve only Dash's own tables, or browsers without today's JavaScript."""
    listed = resource.get("relative_package_path")
    if listed is None:
        return resource
    paths = [
        path for path in ([listed] if isinstance(listed, str) else listed) if not SUPERFLUOUS.search(path)
    ]
    return {**resource, "relative_package_path": paths} if paths else None


def mount_dashboard(
    server: flask.Flask,
    repository: Repository,
    *,
    default_zone: str = "UTC",
    prefix: str = "/librechat-analytics/",
    ask_again: str = "private, no-cache",
    refresh_seconds: float = 60,
) -> Dash:
    """Serve the dashboard at the server's root, for browsers that reach it below ``prefix``.

    The server's own check of the key must be registered before, so that it runs before Dash answers; it says
    in ``g.visitor`` whose usage may be seen.

    Args:
        server: The server that also has the API.
        repository: Where the figures come from.
        default_zone: IANA name of the zone for readers whose browser names none that is known here.
        prefix: The public path, with a slash at both ends.
        ask_again: The Cache-Control of what browsers may keep but must ask for.
        refresh_seconds: Between two refreshes of a visible page.
    """
    serve_plotly_basic(server)
    app = QuietDash(
        __name__,
        server=server,
        requests_pathname_prefix=prefix,
        routes_pathname_prefix="/",
        serve_locally=True,
        assets_folder=str(assets_folder()),
        assets_ignore=NOT_LOADED_BY_DASH,
        assets_path_ignore=FOLDERS_NOT_LOADED_BY_DASH,
        external_stylesheets=[asset_url(prefix, BOOTSTRAP)],
        index_string=index_html(prefix),
        title=TITLE,
        update_title=None,
        add_log_handler=False,
        on_error=tell_about_error,
        enable_mcp=False,
        health_endpoint=None,
        use_async=False,
    )
    app.renderer = start_script(app.renderer)
    register_browser_callbacks(app)
    ask = asking(repository, parse_zone(default_zone))
    for view in VIEWS:
        register_view(app, view, ask)
    register_export(app, repository, ask)
    register_filters(app, ask)
    layout = page_layout(VIEWS, refresh_seconds=refresh_seconds, default_zone=default_zone)
    layout.children.append(dcc.Store(id=ids.STILL, data=take_out_still_parts(layout, ids_in_callbacks(app))))
    app.layout = layout
    refuse_malformed_requests(app)
    keep_what_never_changes(server, ask_again)
    return app


def ids_in_callbacks(app: Dash) -> set[str]:
    """The components that callbacks read or fill."""
    found: set[str] = set()
    for output, callback in app.callback_map.items():
        found.update(name.rpartition(".")[0] for name in output.strip(".").split("..."))
        found.update(part["id"] for part in (*callback["inputs"], *callback["state"]))
    return found


def start_script(renderer: str) -> str:
    """Start Dash where its scripts have come, and else say that they have not."""
    say = f"document.getElementById('{ids.NOT_LOADED}').hidden = false;"
    return f"if (window.DashRenderer) {{ {renderer} }} else {say}"


def keep_what_never_changes(server: flask.Flask, ask_again: str) -> None:
    """Let browsers keep the layout, which holds no figures, and ask whether it is still the same."""

    @server.after_request
    def mark(response: flask.Response) -> flask.Response:
        if request.endpoint in UNCHANGING_ENDPOINTS and response.status_code == HTTPStatus.OK:
            response.headers["Cache-Control"] = ask_again
            response.add_etag()
            response.make_conditional(request)
        return response


def tell_about_error(error: Exception) -> None:
    """Say on the page what was asked wrongly, or that something failed, and in the log what."""
    if isinstance(error, UnreadableAddressError | BadPeriodError):
        sentence = period_sentence(error) if isinstance(error, BadPeriodError) else str(error)
        set_props(ids.NOTICE, {"children": sentence, "is_open": True})
        return
    reference = error_reference()
    log.error("a callback failed [%s]", reference, exc_info=error)
    words = (
        f"Something went wrong; the page shows what it had. The server's log knows more under {reference}."
    )
    set_props(ids.NOTICE, {"children": words, "is_open": True})


class Ask(Protocol):
    """Turns the router's question into questions to the repository, for whoever asks."""

    def __call__(self, stored: object, *, is_for_file: bool = False) -> PageData:
        """``is_for_file``: lists are whole."""
        ...


def asking(repository: Repository, default_zone: ZoneInfo) -> Ask:
    """Make what turns the router's question into questions to the repository, for whoever asks."""

    def ask(stored: object, *, is_for_file: bool = False) -> PageData:
        now = repository.now()
        query = read_page_query(
            stored,
            default_zone=default_zone,
            now=now,
            first_usage=repository.first_usage(g.visitor.scope),
            scope=g.visitor.scope,
        )
        return PageData(repository, query, now=now, is_for_file=is_for_file)

    return ask


def register_view(app: Dash, view: View, ask: Ask) -> None:
    """Let one callback fill a view, and another write its table into a file."""

    @app.callback(  # type: ignore[untyped-decorator]
        [
            *page_outputs(),
            *panel_outputs(view.panels),
            Output(ids.places(view.name), "data"),
            Output(ids.section(view.name), "className"),
        ],
        Input(ids.question(view.name), "data"),
        prevent_initial_call=True,
    )
    def update(stored: object) -> list[object]:
        questions = ask(stored)
        values, places, state = _filled(view, questions)
        if questions.query.ahead:
            return [*[no_update] * len(page_outputs()), *values, places, state]
        return [*page_values(questions, view), *values, places | page_targets(questions, view), state]

    tables = {**({view.name: view.table} if view.table else {}), **view.charts}
    if not tables:
        return

    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.DOWNLOAD, "data", allow_duplicate=True),
        *(Input(f"{name}-csv", "n_clicks") for name in tables),
        State(ids.question(view.name), "data"),
        prevent_initial_call=True,
    )
    def download(*clicks_and_question: object) -> object:
        *clicks, stored = clicks_and_question
        name = str(ctx.triggered_id).removesuffix("-csv")
        if not any(clicks) or name not in tables:
            return no_update
        questions = ask(stored, is_for_file=True)
        refuse_unreadable(questions.query, view)
        return dcc.send_string(csv_text(tables[name](questions)), f"{file_name(name, questions.period)}.csv")


def _filled(view: View, questions: PageData) -> tuple[list[object], dict[str, object], str]:
    """Give what a view's panels show and the view's class; nothing where the address cannot be read."""
    if unreadable_parts(questions.query, view):
        return [no_update] * len(panel_outputs(view.panels)), {}, "view unreadable-view"
    return *answer_panels(view.panels, questions), "view ready"


def register_export(app: Dash, repository: Repository, ask: Ask) -> None:
    """Write everything about the period and the filters on screen into one workbook."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.DOWNLOAD, "data", allow_duplicate=True),
        Input(ids.EXPORT, "n_clicks"),
        State(ids.ASKED, "data"),
        running=[(Output(ids.EXPORT, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def export(clicks: object, stored: object) -> object:
        if not clicks:
            return no_update
        questions = ask(stored)
        refuse_unreadable(questions.query)
        period = questions.period
        sheets = all_sheets(repository, period, questions.unit, questions.filters)
        return dcc.send_bytes(xlsx_bytes(sheets), f"{file_name('usage', period)}.xlsx")


def register_filters(app: Dash, ask: Ask) -> None:
    """Say what each filter can be set to, once the reader opens the panel."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.FILTER_PLACES, "data"),
        Input(ids.FILTER_QUESTION, "data"),
        prevent_initial_call=True,
    )
    def offer(stored: object) -> object:
        return filter_words.choices(ask(stored))


def register_browser_callbacks(app: Dash) -> None:
    """Let the browser spread the query string over the page, and bring the reader's choices into it."""
    names = [view.name for view in VIEWS]
    in_menu = [view.name for view in VIEWS if view.in_menu]
    app.clientside_callback(
        ClientsideFunction(namespace="analytics", function_name="route"),
        [
            *(Output(ids.section(name), "hidden") for name in names),
            *(Output(ids.question(name), "data") for name in names),
            *(Output(ids.link(name), "href") for name in in_menu),
            *(Output(ids.link(name), "active") for name in in_menu),
            *(Output(ids.link_item(name), "aria-current") for name in in_menu),
            Output(ids.TITLE, "children"),
            Output(ids.PERIOD, "value"),
            Output(ids.CUSTOM_RANGE, "hidden"),
            Output(ids.FIRST_DAY, "value"),
            Output(ids.LAST_DAY, "value"),
            Output(ids.FIRST_DAY, "max"),
            Output(ids.LAST_DAY, "max"),
            Output(ids.TICK, "disabled"),
            Output(ids.ASKED, "data"),
        ],
        Input(ids.URL, "search"),
        Input(ids.TICK, "n_intervals"),
    )
    app.clientside_callback(
        ClientsideFunction(namespace="analytics", function_name="choosePeriod"),
        Input(ids.PERIOD, "value"),
        Input(ids.FIRST_DAY, "value"),
        Input(ids.LAST_DAY, "value"),
        State(ids.FRESHNESS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(namespace="analytics", function_name="keepFreshness"),
        Input(ids.FRESHNESS, "data"),
        prevent_initial_call=True,
    )
    for store in (*(ids.places(name) for name in names), ids.FILTER_PLACES):
        app.clientside_callback(
            ClientsideFunction(namespace="analytics", function_name="fill"),
            Input(store, "data"),
            prevent_initial_call=True,
        )
    for name in ("users", "models", "agents"):
        app.clientside_callback(
            ClientsideFunction(namespace="analytics", function_name="search"),
            Input(f"{name}-search", "value"),
            prevent_initial_call=True,
        )
