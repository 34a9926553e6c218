"""The preview of a report by the API: its formats, its names, and who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.usage.filters import Filters
from librechat_analytics.web.gatekeeper import Gatekeeper
from librechat_analytics.web.keys import KeyRing
from librechat_analytics.web.report_preview import serve_report_preview
from librechat_analytics.web.server import PublicPage, create_server
from tests.finops.report_worlds import definitions_of, monthly, weekly
from tests.support.servers import API_KEY
from tests.usage.conftest import repository

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.repository import StoreRepository

__all__ = ["repository"]

OF_THE_DOMAIN = "0ne-key-0f-a-single-d0main"
SAID = definitions_of(
    weekly(to=("finance", "ops")), monthly(Filters(domain=("example.com",), provider=("anthropic",)))
)
WEEKLY = "/api/reports/Weekly%20%26%20more/preview"


class Previews:
    """Asks a server for previews, with the key that sees everything or that of one domain."""

    def __init__(self, server: FlaskClient) -> None:
        self.server = server

    def get(self, path: str = WEEKLY, key: str = API_KEY, **parameters: str) -> TestResponse:
        return self.server.get(path, query_string=parameters, headers={"x-api-key": key})

    def refused(self, path: str = WEEKLY, key: str = API_KEY, **parameters: str) -> tuple[int, str]:
        response = self.get(path, key, **parameters)
        return response.status_code, response.get_json()["error"]


def previews_of(repository: StoreRepository, said: Definitions | None, folder: Path) -> Previews:
    (folder / "keys").write_text(f"sales:{OF_THE_DOMAIN} domain=example.com\n")
    server = create_server(
        gatekeeper=Gatekeeper(KeyRing(API_KEY, folder / "keys")),
        readiness=lambda: "ready",
        frame_ancestors=("'self'",),
        public_page=PublicPage(),
    )
    serve_report_preview(server, repository, definitions=lambda: said, page="https://x.example/a/")
    return Previews(server.test_client())


@pytest.fixture
def previews(repository: StoreRepository, tmp_path: Path) -> Previews:
    """The previews of the reports above."""
    return previews_of(repository, SAID, tmp_path)


def test_a_report_is_html_text_or_its_workbook(previews: Previews) -> None:
    as_html, as_text, workbook = (previews.get(format=form) for form in ("html", "text", "xlsx"))
    assert as_html.data == previews.get().data
    assert as_html.mimetype == "text/html"
    assert as_text.mimetype == "text/plain"
    assert as_text.get_data(as_text=True).startswith("Weekly & more\nWeek of 16 Nov 2026\n")
    assert "https://x.example/a/?view=overview" in as_text.get_data(as_text=True)
    assert workbook.data.startswith(b"PK")
    assert "librechat-usage-2026-11-16-to-2026-11-22.xlsx" in workbook.headers["Content-Disposition"]


def test_the_same_report_is_not_sent_twice(previews: Previews) -> None:
    response = previews.get()
    again = previews.server.get(
        WEEKLY, headers={"x-api-key": API_KEY, "If-None-Match": response.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_it_names_people_as_its_receiver_gets_it(previews: Previews, repository: StoreRepository) -> None:
    (top,) = (hit for hit in repository.find("", 1, kinds=("user",)))
    first, finance, ops = (
        previews.get(**receiver).get_data(as_text=True)
        for receiver in ({}, {"receiver": "finance"}, {"receiver": "ops"})
    )
    assert first == finance
    assert (top.label in finance, top.label in ops) == (True, False)


def test_what_cannot_be_used_is_refused_in_words(previews: Previews) -> None:
    assert previews.refused(format="pdf") == (400, "format must be one of html, text, xlsx.")
    assert previews.refused(receiver="somebody")[0] == 400
    assert previews.refused(period="7d")[0] == 400
    assert previews.refused("/api/reports/weekly/preview")[0] == 404


def test_without_definitions_there_is_no_report(repository: StoreRepository, tmp_path: Path) -> None:
    assert previews_of(repository, None, tmp_path).refused()[0] == 404


def test_a_limited_key_sees_only_reports_that_are_wholly_about_its_users(previews: Previews) -> None:
    inside = "/api/reports/monthly/preview"
    assert previews.get(inside, OF_THE_DOMAIN).status_code == 200
    unknown = previews.refused("/api/reports/nothing/preview", OF_THE_DOMAIN)
    assert previews.refused(WEEKLY, OF_THE_DOMAIN) == unknown
