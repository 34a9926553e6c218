"""Lets browsers keep Dash's layout and list of callbacks, which hold no figures."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from librechat_analytics.dashboard.dash_seams.endpoints import DEPENDENCIES, LAYOUT

if TYPE_CHECKING:
    import flask


def let_browsers_keep_the_layout(server: flask.Flask, cache_control: str) -> None:
    """Send layout and callbacks with an ETag, and 304 to a browser that has them already.

    ``cache_control``: the header's value; it must make browsers ask each time.
    """

    @server.after_request
    def mark(response: flask.Response) -> flask.Response:
        if request.endpoint in {LAYOUT, DEPENDENCIES} and response.status_code == HTTPStatus.OK:
            response.headers["Cache-Control"] = cache_control
            response.add_etag()
            response.make_conditional(request)
        return response
