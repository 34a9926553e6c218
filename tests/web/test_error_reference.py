"""An error on the page shows the id of its request, under which the log has the reason."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.callbacks import RequestReader
from librechat_analytics.dashboard.data import PageData
from tests.support.callbacks import ask, requests_of, run

if TYPE_CHECKING:
    from flask.testing import FlaskClient

REQUEST_ID = "from-the-proxy-42"
SENTENCE = f"See the server log, reference {REQUEST_ID}."


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("at db.internal:27017")


@pytest.fixture(autouse=True)
def proxy(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """A proxy that names its requests."""
    client.environ_base["HTTP_X_REQUEST_ID"] = REQUEST_ID
    caplog.set_level(logging.DEBUG, "librechat_analytics")


def assert_the_log_joins_error_and_request(caplog: pytest.LogCaptureFixture, error: str) -> None:
    lines = [record for record in caplog.records if getattr(record, "request_id", None) == REQUEST_ID]
    assert "/_dash-update-component" in lines[-1].getMessage()
    assert error in [record.getMessage() for record in caplog.records if record.exc_info]


def test_of_a_panel(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageData, "concentration", property(fail))

    shown = json.dumps(ask(client, ids.request("users"), "?view=users&period=all"))

    assert SENTENCE in shown
    assert "internal" not in shown
    assert_the_log_joins_error_and_request(
        caplog, f"Panel concentration could not be filled (request {REQUEST_ID})"
    )


def test_of_a_whole_callback(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = next(one for one in requests_of(client) if one["inputs"][0]["id"] == ids.request("users"))
    monkeypatch.setattr(RequestReader, "data", fail)

    shown = json.dumps(run(client, request, request["inputs"][0], "?view=users"))

    assert SENTENCE in shown
    assert "internal" not in shown
    assert_the_log_joins_error_and_request(caplog, f"A callback failed (request {REQUEST_ID})")
