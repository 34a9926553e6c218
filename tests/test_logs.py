"""What the program writes down: enough to find out what happened, and no key, query or name."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

from tests.servers import API_KEY, serve

if TYPE_CHECKING:
    from pathlib import Path


def ask(url: str, **headers: str) -> str:
    request = urllib.request.Request(url, headers={"x-api-key": API_KEY} | headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        response.read()
        return str(response.headers["X-Request-Id"])


def test_json_lines_name_the_request_and_its_key_but_no_secret_and_no_query(tmp_path: Path) -> None:
    with serve(tmp_path, LOG_FORMAT="json", LOG_LEVEL="DEBUG") as server:
        own = ask(f"{server.base_url}/api/summary?domain=secret.example.com")
        given = ask(f"{server.base_url}/api/summary", **{"X-Request-Id": "from-the-proxy-1"})
        server.stop()
        lines = [json.loads(line) for line in server.log().splitlines()]
    requests = {line["request_id"]: line for line in lines if "request_id" in line}
    assert given == "from-the-proxy-1"
    assert {own, given} <= requests.keys()
    assert requests[own]["key"] == "default"
    assert requests[own]["path"] == "/api/summary"
    assert requests[own]["status"] == 200
    assert "secret.example.com" not in server.log()
    assert API_KEY not in server.log()


def test_text_lines_are_few_while_nothing_is_wrong(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        for _ in range(5):
            ask(f"{server.base_url}/api/summary?domain=secret.example.com")
        server.stop()
        written = server.log()
    assert "The dashboard is at http://127.0.0.1:" in written
    assert "/api/summary" not in written
    assert "secret.example.com" not in written
