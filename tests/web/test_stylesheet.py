"""How browsers get the stylesheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.dash_seams.stylesheet import stylesheet, stylesheet_url

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def test_the_stylesheet_is_css_that_browsers_keep_until_its_address_changes(client: FlaskClient) -> None:
    with client.get(stylesheet_url("/")) as response:
        assert response.content_type == "text/css; charset=utf-8"
        assert "max-age=31536000" in response.headers["Cache-Control"]
        assert response.get_data(as_text=True) == stylesheet()


def test_the_stylesheet_is_compressed(client: FlaskClient) -> None:
    with client.get(stylesheet_url("/"), headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert len(response.data) < len(stylesheet()) / 3


def test_an_unchanged_stylesheet_is_not_sent_twice(client: FlaskClient) -> None:
    with client.get(stylesheet_url("/")) as response:
        etag = response.headers["ETag"]
    with client.get(stylesheet_url("/"), headers={"If-None-Match": etag}) as again:
        assert (again.status_code, again.data) == (304, b"")
