"""The page: its HTML frame and its layout, both without figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dash_bootstrap_components as dbc
from dash import dcc, html

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.comboboxes import combobox
from librechat_analytics.dashboard.contract import PAGE_TITLE, THEME_GROUNDS, THEMES
from librechat_analytics.dashboard.dash_seams.browser_files import MAIN, THEME, asset_url, module_names
from librechat_analytics.dashboard.dash_seams.quiet_dash import json_for_script_element
from librechat_analytics.dashboard.find import find_html
from librechat_analytics.dashboard.period_menu import period_controls, period_menu
from librechat_analytics.dashboard.shortcuts import sheet_html
from librechat_analytics.formatting import FILTER_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.contract import Contract
    from librechat_analytics.dashboard.views.base import View


def index_html(contract: Contract) -> str:
    """Write the HTML frame that Dash fills: contract and theme before any style, the dialog for the key.

    The style comes before the modules: nothing is painted without it, and a browser loads few files at once.
    ``main.js`` runs as soon as it has loaded, while Dash's own scripts load. Once all of them are there, it
    starts Dash.
    """
    prefix = contract["prefix"]
    modules = "\n".join(
        f'<link rel="modulepreload" href="{asset_url(prefix, name)}">' for name in module_names()
    )
    # Dash replaces ``{%name%}`` in this text, and the contract has no such name.
    shared = json_for_script_element(contract)
    menu = {view["link"]: view["title"] for view in contract["views"] if view["link"]}
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
{{%metas%}}
<meta name="theme-color" content="{THEME_GROUNDS["light"]}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{{%title%}}</title>
<link rel="icon" href="{asset_url(prefix, "icon.svg")}" type="image/svg+xml">
<script type="application/json" id="{ids.CONTRACT}">{shared}</script>
<script src="{asset_url(prefix, THEME)}"></script>
{{%css%}}
{modules}
<script type="module" src="{asset_url(prefix, MAIN)}" async></script>
</head>
<body>
<a class="skip-link" href="#main">Skip to the figures</a>
<div id="connection" class="connection" role="status" hidden></div>
<noscript>The dashboard needs JavaScript. The same figures are at {prefix}api/summary.</noscript>
<p id="{ids.NOT_LOADED}" role="alert" hidden>The dashboard's scripts did not load. Reload the page.
If that does not help: the <code>sandbox</code> of a frame needs <code>allow-same-origin</code>, and behind a
proxy the path must be {prefix}.</p>
{{%app_entry%}}
<dialog id="api-key-dialog" class="key-dialog" closedby="none" aria-labelledby="api-key-title">
<form method="dialog" autocomplete="off">
<h2 id="api-key-title">{PAGE_TITLE}</h2>
<p id="api-key-help">Enter your access key. It is kept in this browser.
<small>Administrators: <code>DASHBOARD_API_KEY</code> or a named key.</small></p>
<label for="api-key-field">API key</label>
<input id="api-key-field" type="password" required autocomplete="current-password" spellcheck="false"
 autocapitalize="off" aria-describedby="api-key-help api-key-alert">
<p id="api-key-alert" class="key-alert" role="alert"></p>
<button type="submit">Open dashboard</button>
</form>
</dialog>
<dialog id="freshness-sheet" class="freshness-sheet" closedby="any" aria-labelledby="freshness-title">
<div class="shortcuts-head"><h2 id="freshness-title">How fresh the figures are</h2>
<button type="button" class="icon-button" data-close aria-label="Close">&times;</button>
</div>
<div id="{ids.FRESHNESS_FACTS}"></div>
</dialog>
{sheet_html(menu)}
{find_html()}
<footer>
{{%config%}}
{{%scripts%}}
{{%renderer%}}
</footer>
</body>
</html>
"""


def page_layout(views: Sequence[View], *, refresh_seconds: float, default_zone: str = "UTC") -> Component:
    """Return everything that is on the page before the first figure, all views included."""
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh=False),
            dcc.Interval(id=ids.TICK, interval=int(refresh_seconds * 1000)),
            dcc.Store(id=ids.FRESHNESS),
            dcc.Download(id=ids.DOWNLOAD),
            dcc.Store(id=ids.CURRENT_REQUEST),
            dcc.Store(id=ids.FILTER_REQUEST),
            dcc.Store(id=ids.FILTER_CHOICES),
            dcc.Store(id=ids.FIND_REQUEST),
            dcc.Store(id=ids.FIND_ANSWER),
            *(dcc.Store(id=ids.request(view.name)) for view in views),
            *(dcc.Store(id=ids.targets(view.name)) for view in views),
            _masthead(views),
            html.Main(
                [
                    _heading(views[0].title, default_zone),
                    html.Ul(id=ids.CHIPS, className="chips", **{"aria-label": "Filters"}),
                    dbc.Alert(
                        id=ids.NOTICE, is_open=False, dismissable=True, fade=False, class_name="notice"
                    ),
                    html.Div(id=ids.SOURCE, className="source-state", role="status"),
                    html.Div(id=ids.UNREADABLE, className="unreadable", role="alert"),
                    html.Div(id=ids.EMPTY_STATE, className="empty-state", role="status"),
                    *(
                        html.Section(
                            view.layout(),
                            id=ids.section(view.name),
                            className="view",
                            hidden=True,
                            **{"aria-labelledby": ids.TITLE},
                        )
                        for view in views
                    ),
                ],
                id="main",
                tabIndex=-1,
            ),
        ],
        className="page",
    )


def _masthead(views: Sequence[View]) -> Component:
    return html.Header(
        html.Div(
            [
                html.Div(
                    [html.Span(className="brand-mark", **{"aria-hidden": "true"}), html.Span(PAGE_TITLE)],
                    className="brand",
                ),
                html.Nav(
                    html.Ul(
                        [
                            html.Li(
                                dbc.NavLink(view.title, id=ids.link(view.name), href=f"?view={view.name}"),
                                id=ids.link_item(view.name),
                            )
                            for view in views
                            if view.in_menu
                        ]
                    ),
                    className="views",
                    **{"aria-label": "Views"},
                ),
                html.Div(
                    [
                        html.Button(
                            [
                                html.Span(className="dot", **{"aria-hidden": "true"}),
                                html.Span(id=ids.AGE, className="long-age"),
                                html.Span(id=ids.SHORT_AGE, className="short-age"),
                            ],
                            type="button",
                            className="age",
                            title="How fresh the figures are",
                            **{"aria-haspopup": "dialog", "data-action": "show-freshness"},
                        ),
                        html.Button(
                            html.Span(className="find-icon", **{"aria-hidden": "true"}),
                            id="find-open",
                            type="button",
                            className="icon-button",
                            title="Find anything (/ or Ctrl K)",
                            **{"aria-label": "Find anything"},
                        ),
                        html.Button(
                            html.Span("?", **{"aria-hidden": "true"}),
                            id="shortcuts-open",
                            type="button",
                            className="icon-button",
                            title="Keyboard shortcuts (?)",
                            **{"aria-label": "Keyboard shortcuts"},
                        ),
                        html.Button(
                            [
                                html.Span(className="theme-icon", **{"aria-hidden": "true"}),
                                # The style shows the name of the current one.
                                html.Span(
                                    [
                                        html.Span(f"Theme: {choice}", className=f"theme-name {choice}")
                                        for choice in THEMES
                                    ],
                                    className="visually-hidden",
                                ),
                            ],
                            id="theme-switch",
                            type="button",
                            className="icon-button",
                            title="Theme: system, light or dark",
                        ),
                    ],
                    className="masthead-side",
                ),
            ],
            className="masthead-inner",
        ),
        className="masthead",
    )


def _heading(title: str, default_zone: str) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.Nav(id=ids.CRUMBS, className="crumbs", **{"aria-label": "Where this is"}),
                    html.H1(title, id=ids.TITLE),
                    html.P(id=ids.RANGE_WORDS, className="range-words"),
                    html.P(id=ids.PRINTED, className="printed"),
                ],
                className="heading-words",
            ),
            html.Div(
                [
                    period_controls(),
                    html.Button(
                        "Filter",
                        id=ids.FILTER_TOGGLE,
                        type="button",
                        className="quiet-button filter-toggle",
                        **{"aria-expanded": "false", "aria-controls": ids.FILTER_PANEL},
                    ),
                    _export_menu(),
                ],
                className="controls",
            ),
            period_menu(default_zone),
            html.Div(
                [
                    html.Button(
                        id=ids.EMBEDDED_AGE,
                        type="button",
                        className="text-button",
                        title="How fresh the figures are",
                        **{"aria-haspopup": "dialog", "data-action": "show-freshness"},
                    ),
                    html.A("Open dashboard", id=ids.WHOLE, href="?", target="_blank", rel="noopener"),
                ],
                className="embedded-row",
            ),
            _filter_panel(),
        ],
        className="heading",
    )


def _export_menu() -> Component:
    """Return the menu of files and paper; export_menu.js hides what a view does not have."""
    return html.Details(
        [
            html.Summary("Export", className="quiet-button"),
            html.Div(
                [
                    html.Button(
                        "Excel",
                        id=ids.EXPORT,
                        type="button",
                        title="All figures for this period and these filters as an Excel workbook",
                    ),
                    html.Button(
                        "CSV",
                        type="button",
                        title="The table of this view",
                        **{"data-action": "save-csv"},
                    ),
                    html.Button(
                        "Print",
                        type="button",
                        title="This view, with all rows of its table",
                        **{"data-action": "print"},
                    ),
                ],
                className="export-choices",
            ),
        ],
        className="export-menu",
    )


def _filter_panel() -> Component:
    """Return a field with a list for each filter; ``filter_boxes.js`` fills the lists."""
    fields = [
        html.Div(
            combobox(
                f"filter-{name}",
                f"filter-{name}-choices",
                label,
                f"Any {label[0].lower()}{label[1:]}",
                **{"data-filter": name},
            )
        )
        for name, label in FILTER_LABELS.items()
    ]
    return html.Div(
        [
            html.Div(fields, className="filter-fields"),
            html.Div(
                [
                    html.Button(
                        "Clear all",
                        type="button",
                        className="text-button",
                        **{"data-action": "clear-filters"},
                    ),
                    html.Button(
                        "Done", type="button", className="quiet-button", **{"data-action": "close-filters"}
                    ),
                ],
                className="filter-foot",
            ),
        ],
        id=ids.FILTER_PANEL,
        className="filter-panel",
        role="group",
        hidden=True,
        **{"aria-label": "Filters"},
    )
