"""The dashboard's callbacks, run as its page runs them, without a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.served import callback_requests

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    Document = dict[str, Any]


def visitor(app: Flask, key: str) -> FlaskClient:
    """A client that sends this key."""
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = key
    return client


def requests_of(client: FlaskClient) -> list[Document]:
    """What the page sends for each callback, without values."""
    return callback_requests(client.get("/_dash-dependencies").get_json())


def run(
    client: FlaskClient, request: Document, changed: Document, search: object, **more: object
) -> Document:
    """What the server answers to a callback whose changed input is a click or the page's request."""
    question = {"search": search, "zone": "UTC", "coarse": False, **more}
    values = {"data": question, "n_clicks": 1}
    body = request | {
        "inputs": [one | {"value": values[one["property"]]} for one in request["inputs"]],
        "state": [one | {"value": question} for one in request["state"]],
        "changedPropIds": [f"{changed['id']}.{changed['property']}"],
    }
    # As text with escapes, since half a character has no other form.
    response = client.post("/_dash-update-component", data=json.dumps(body), content_type="application/json")
    assert response.status_code == 200, response.get_data(as_text=True)
    answer: Document = response.get_json()
    return answer


def ask(client: FlaskClient, store: str, search: object, **more: object) -> Document:
    """What the server answers to the request that the page puts into ``store``."""
    request = next(
        request
        for request in requests_of(client)
        if store in [one["id"] for one in (*request["inputs"], *request["state"])]
    )
    answer: Document = run(client, request, request["inputs"][0], search, **more)["response"]
    return answer


def hrefs(markup: Any) -> list[str]:
    """Every address that some markup leads to, in its order."""
    if isinstance(markup, dict):
        return [markup["href"]] if "href" in markup else []
    return [href for part in markup for href in hrefs(part)] if isinstance(markup, list) else []
