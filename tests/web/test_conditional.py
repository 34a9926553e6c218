"""A client that has the current answer gets 304 instead of the body."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

FIXED = "period=custom&start=2023-01-01&end=2026-10-31"
PATHS = (f"/api/summary?{FIXED}", f"/api/top-users?{FIXED}", f"/api/usage-over-time?{FIXED}")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", PATHS)
def test_the_same_answer_is_not_sent_twice(client: FlaskClient, path: str, encoding: str) -> None:
    accepted = {"Accept-Encoding": encoding}
    first = client.get(path, headers=accepted)
    again = client.get(path, headers=accepted | {"If-None-Match": first.headers["ETag"]})

    assert not first.headers["ETag"].startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert "Accept-Encoding" in again.headers["Vary"]


def test_another_answer_has_another_tag_and_is_sent(client: FlaskClient) -> None:
    users, models = client.get(PATHS[1]), client.get(PATHS[0])
    assert users.headers["ETag"] != models.headers["ETag"]
    other = client.get(PATHS[1], headers={"If-None-Match": models.headers["ETag"]})
    assert (other.status_code, other.data) == (200, users.data)


def test_compressed_and_plain_answers_have_tags_of_their_own(client: FlaskClient) -> None:
    plain = client.get(PATHS[1])
    packed = client.get(PATHS[1], headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_a_tag_opens_no_door(client: FlaskClient, stranger: FlaskClient) -> None:
    tag = client.get(PATHS[0]).headers["ETag"]
    for given in (tag, "*"):
        response = stranger.get(PATHS[0], headers={"If-None-Match": given})
        assert response.status_code == 401
        assert "ETag" not in response.headers


def test_errors_and_files_have_no_tag(client: FlaskClient) -> None:
    for path in ("/api/summary?limit=0", "/api/nope", "/api/summary?format=csv", "/api/summary?format=xlsx"):
        assert "ETag" not in client.get(path, headers={"If-None-Match": "*"}).headers
