"""What may come in to run a callback; everything else is refused before Dash trips over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash.exceptions import DependencyException
from flask import request
from werkzeug.exceptions import BadRequest, NotFound

if TYPE_CHECKING:
    import flask
    from dash import Dash

CALLBACK_ENDPOINT = "/_dash-update-component"


def refuse_malformed_requests(app: Dash) -> None:
    """Answer 400 to what no page of ours sends, and 404 where Dash has no such file of a package."""
    server: flask.Flask = app.server

    @server.before_request
    def only_known_callbacks() -> None:
        runs_callback = request.endpoint == CALLBACK_ENDPOINT and request.method == "POST"
        if runs_callback and not calls_a_callback(_json_body(), app.callback_map):
            raise BadRequest("This is no request of the dashboard's page; reload the page.")

    @server.errorhandler(DependencyException)
    def no_such_file(_: DependencyException) -> flask.typing.ResponseReturnValue:
        return server.handle_http_exception(NotFound())


def calls_a_callback(body: object, callbacks: dict[str, Any]) -> bool:
    """Say whether a body names a callback of ours with the outputs, inputs and states that it has."""
    if not isinstance(body, dict):
        return False
    output = body.get("output")
    if not isinstance(output, str) or "callback" not in (callback := callbacks.get(output, {})):
        return False  # those that run in the browser have none
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
