"""The names of Dash's endpoints: which hold no figures, and which one answers every unknown path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    import flask

# Names are Flask endpoints, not paths. Dash names most of its endpoints after their rules.
INDEX = "/"
CATCH_ALL = "/<path:path>"
LAYOUT = "/_dash-layout"
DEPENDENCIES = "/_dash-dependencies"
CALLBACK = "/_dash-update-component"

PLOTLY_BUNDLE = "plotly_bundle"
VERSIONED_ASSETS = "versioned_assets"
STYLESHEET = "stylesheet"

FILE_ENDPOINTS = frozenset(
    {
        "_dash_assets.static",
        "/_favicon.ico",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        PLOTLY_BUNDLE,
        VERSIONED_ASSETS,
        STYLESHEET,
    }
)
"""Files of the page. They need no key, and browsers may keep them."""

PAGE_ENDPOINTS = frozenset({INDEX, CATCH_ALL})
"""The empty page, which asks for the key, and the catch-all, which answers 404. They need no key."""


def refuse_unknown_pages(server: flask.Flask) -> None:
    """Answer 404 where Dash would send its page: a wrong address must not look like a right one."""

    @server.before_request
    def refuse() -> None:
        if request.endpoint == CATCH_ALL:
            raise NotFound
