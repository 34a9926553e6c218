"""Figures may be newer than the ``as_of`` beside them, never older, whatever arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask, g

from librechat_analytics.dashboard.data import PageData
from librechat_analytics.exports.files import csv_text
from librechat_analytics.exports.workbook import Context, Selection, all_sheets
from librechat_analytics.usage.filters import Filters
from librechat_analytics.web.api import api_blueprint
from librechat_analytics.web.gatekeeper import Visitor
from tests.dashboard.ready_answers import NOW, ReadyRepository, period, query

EARLIER, LATER = NOW - timedelta(hours=1), NOW
SAYS_EARLIER, SAYS_LATER = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (EARLIER, LATER))


class SyncedMeanwhile(ReadyRepository):
    """Reads later rows as soon as the first figures are given."""

    gave_figures = False

    def _answer(self, name: str) -> Any:
        answer = super()._answer(name)
        if name == "freshness":
            return replace(answer, as_of=LATER if self.gave_figures else EARLIER)
        self.gave_figures |= name != "first_usage"
        return answer


def test_the_workbook_says_how_old_its_oldest_figures_are() -> None:
    repository: Any = SyncedMeanwhile()
    context = Context.of(repository, Selection(period(), Filters(group=("a",)), "day"))
    summary = csv_text(all_sheets(repository, context)[0])

    assert f"Complete up to (UTC),{SAYS_EARLIER}" in summary


def test_the_api_says_so_in_every_format() -> None:
    for asked_format in ("json", "csv"):
        app = Flask(__name__)
        app.register_blueprint(api_blueprint(SyncedMeanwhile(), default_zone="UTC"))  # type: ignore[arg-type]
        app.before_request(lambda: setattr(g, "visitor", Visitor("finance", None)))

        told = app.test_client().get(f"/api/summary?format={asked_format}").get_data(as_text=True)

        assert SAYS_EARLIER in told.replace(".000Z", "Z")
        assert f"(UTC),{SAYS_LATER}" not in told


def test_the_page_says_so() -> None:
    data = PageData(SyncedMeanwhile(), query(), now=NOW)  # type: ignore[arg-type]

    assert data.summary
    assert data.freshness.as_of == EARLIER
