"""Refuses malformed requests for a callback, on which Dash would fail with a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash.exceptions import DependencyException
from flask import request
from werkzeug.exceptions import BadRequest, NotFound

from librechat_analytics.dashboard.dash_seams.endpoints import CALLBACK

if TYPE_CHECKING:
    import flask
    from dash import Dash


def refuse_malformed_requests(app: Dash) -> None:
    """Answer 400 to a request that our page never sends, and 404 for a file that a package does not have."""
    server: flask.Flask = app.server

    @server.before_request
    def only_known_callbacks() -> None:
        runs_callback = request.endpoint == CALLBACK and request.method == "POST"
        if runs_callback and not calls_a_callback(_json_body(), app.callback_map):
            raise BadRequest("This is not a request from the dashboard's page; reload the page.")

    @server.errorhandler(DependencyException)
    def no_such_file(_: DependencyException) -> flask.typing.ResponseReturnValue:
        return server.handle_http_exception(NotFound())


def calls_a_callback(body: object, callbacks: dict[str, Any]) -> bool:
    """Say whether a body names one of our callbacks, with exactly its outputs, inputs and states."""
    if not isinstance(body, dict):
        return False
    output = body.get("output")
    if not isinstance(output, str) or "callback" not in (callback := callbacks.get(output, {})):
        return False  # a callback that runs in the browser has no function here
    outputs = body.get("outputs")
    inputs, changed = _names(callback["inputs"]) or [], body.get("changedPropIds", [])
    return (
        isinstance(outputs, list) == output.startswith("..")
        and _names(outputs if isinstance(outputs, list) else [outputs]) == output.strip(".").split("...")
        and _names(body.get("inputs")) == inputs
        and _names(body.get("state", [])) == _names(callback["state"])
        and isinstance(changed, list)
        and all(name in inputs for name in changed)
    )


def _names(properties: object) -> list[str] | None:
    if not isinstance(properties, list) or not all(isinstance(one, dict) for one in properties):
        return None
    return [f"{one.get('id')}.{one.get('property')}" for one in properties]


def _json_body() -> object:
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None
