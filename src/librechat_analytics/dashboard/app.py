"""Mounts the dashboard on a Flask server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import dcc

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.callbacks import (
    RequestReader,
    register_browser_callbacks,
    register_export,
    register_filter_choices,
    register_find,
    register_view,
    show_error,
)
from librechat_analytics.dashboard.contract import PAGE_TITLE, build_contract
from librechat_analytics.dashboard.dash_seams.browser_files import (
    FOLDERS_NOT_LOADED_BY_DASH,
    assets_folder,
    serve_plotly_basic,
    serve_versioned_assets,
)
from librechat_analytics.dashboard.dash_seams.callback_requests import refuse_malformed_requests
from librechat_analytics.dashboard.dash_seams.endpoints import refuse_unknown_pages
from librechat_analytics.dashboard.dash_seams.layout_caching import let_browsers_keep_the_layout
from librechat_analytics.dashboard.dash_seams.quiet_dash import QuietDash, script_that_reports_a_failed_start
from librechat_analytics.dashboard.dash_seams.static_parts import take_out_static_parts
from librechat_analytics.dashboard.dash_seams.stylesheet import serve_stylesheet, stylesheet_url
from librechat_analytics.dashboard.page import index_html, page_layout
from librechat_analytics.dashboard.views.registry import VIEWS
from librechat_analytics.finops.definitions import no_definitions, no_problem
from librechat_analytics.zones import parse_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import flask
    from dash import Dash

    from librechat_analytics.dashboard.views.base import View
    from librechat_analytics.finops.alert_list import AlertReader
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.questions import Repository


def mount_dashboard(
    server: flask.Flask,
    repository: Repository,
    *,
    prefix: str,
    cache_control: str,
    default_zone: str = "UTC",
    refresh_seconds: float = 60,
    views: Sequence[View] = VIEWS,
    definitions: Callable[[], Definitions | None] = no_definitions,
    definitions_problem: Callable[[], str | None] = no_problem,
    alert_reader: AlertReader | None = None,
) -> Dash:
    """Serve the dashboard at the server's root, for browsers that reach it below ``prefix``.

    The server's own check of the key must already be registered, so that it runs before Dash answers. It must
    leave out ``PAGE_ENDPOINTS`` and ``FILE_ENDPOINTS`` of ``dash_seams.endpoints``. The server must set
    ``g.visitor`` and ``g.request_id``.

    Args:
        server: The server that also serves the API.
        repository: Answers every query.
        prefix: The public path, with a slash at both ends.
        cache_control: The Cache-Control header of what browsers may keep if they ask each time.
        default_zone: IANA name of the zone for browsers that name no zone we know.
        refresh_seconds: Time between two refreshes of a visible page.
        views: The views, in the order of the menu.
        definitions: Returns what the definitions file says, None without one.
        definitions_problem: Returns why the present content of that file cannot be used, None if it can.
        alert_reader: Reads alerts, where there is such a file.

    Raises:
        ContractError: A view's name collides with another one, or a list is missing.
    """
    contract = build_contract(views, prefix)
    serve_plotly_basic(server)
    serve_versioned_assets(server)
    serve_stylesheet(server)
    app = QuietDash(
        __name__,
        server=server,
        requests_pathname_prefix=prefix,
        routes_pathname_prefix="/",
        serve_locally=True,
        assets_folder=str(assets_folder()),
        assets_path_ignore=FOLDERS_NOT_LOADED_BY_DASH,
        external_stylesheets=[stylesheet_url(prefix)],
        index_string=index_html(contract),
        title=PAGE_TITLE,
        update_title=None,
        add_log_handler=False,
        on_error=show_error,
        enable_mcp=False,
        health_endpoint=None,
        use_async=False,
    )
    app.renderer = script_that_reports_a_failed_start(ids.NOT_LOADED)
    reader = RequestReader(
        repository, parse_zone(default_zone), definitions, definitions_problem, alert_reader
    )
    register_browser_callbacks(app, contract)
    for view in views:
        register_view(app, view, reader)
    register_export(app, reader)
    register_filter_choices(app, reader)
    register_find(app, repository)
    layout = page_layout(views, refresh_seconds=refresh_seconds, default_zone=default_zone)
    static_parts = take_out_static_parts(layout, ids_in_callbacks(app) | ids_in_contract(views))
    layout.children.append(dcc.Store(id=ids.STATIC_PARTS, data=static_parts))
    app.layout = layout
    refuse_malformed_requests(app)
    refuse_unknown_pages(server)
    let_browsers_keep_the_layout(server, cache_control)
    return app


def ids_in_callbacks(app: Dash) -> set[str]:
    """Return the ids of the components that callbacks read or fill."""
    found: set[str] = set()
    for output, callback in app.callback_map.items():
        found.update(name.rpartition(".")[0] for name in output.strip(".").split("..."))
        found.update(part["id"] for part in (*callback["inputs"], *callback["state"]))
    return found


def ids_in_contract(views: Sequence[View]) -> set[str]:
    """Return the ids of the components whose properties the scripts set, although no callback names them."""
    return {
        *ids.SET_BY_SCRIPTS,
        *(ids.section(view.name) for view in views),
        *(ids.link(view.name) for view in views),
        *(ids.link_item(view.name) for view in views),
    }
