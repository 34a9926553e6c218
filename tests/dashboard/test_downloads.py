"""Every CSV of the page: the same tables, under the same headings, as those of the API and the workbook."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from librechat_analytics.dashboard.page import page_layout
from librechat_analytics.dashboard.views.registry import VIEWS
from librechat_analytics.exports.files import csv_text
from librechat_analytics.exports.sheets import user_models_sheet
from librechat_analytics.usage.answers import Concentration
from tests.dashboard.ready_answers import (
    BREAKDOWN,
    MODEL,
    USER,
    USER_MODEL,
    breakdown_of,
    caching,
    conversation_costs,
    hours_of_week,
    models_of,
    page_data,
    query,
    users_of,
)

FILES = {name: table for view in VIEWS for name, table in view.files.items()}


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def written(name: str, **answers: Any) -> list[dict[str, str]]:
    header, *lines = read(csv_text(FILES[name](page_data(query(), **answers))))
    return [dict(zip(header, line, strict=True)) for line in lines]


@pytest.mark.parametrize("name", FILES)
def test_headings_are_words_that_say_the_unit_and_no_two_are_alike(name: str) -> None:
    header = [column.title for column in FILES[name](page_data(query())).columns]

    assert len(set(header)) == len(header)
    assert [title for title in header if "_" in title or title[:1].islower()] == []


def test_every_chart_has_a_file() -> None:
    layout = page_layout(VIEWS, refresh_seconds=60)
    charts = {part.id.removesuffix("-chart") for part in layout._traverse() if type(part).__name__ == "Graph"}

    assert len(charts) > 10
    missing = sorted(charts - FILES.keys())
    assert not missing, f"the charts {missing} have no CSV: no VIEW has them in its charts"


def test_numbers_are_raw_and_dates_are_iso() -> None:
    (cells,) = written("users", users=users_of(USER))

    assert cells["Prompt tokens"] == "1500000"
    assert cells["Cost (USD)"] == "12.5"
    assert cells["Last active (UTC)"] == "2026-11-24T12:00:00Z"


def test_unknown_is_an_empty_cell() -> None:
    assert written("users", users=users_of(replace(USER, email=None)))[0]["E-mail"] == ""


def test_who_is_deleted_is_said_beside_each_model() -> None:
    table = user_models_sheet((replace(USER_MODEL, deleted=True), USER_MODEL))

    assert [line[0] for line in table.rows] == [f"{USER.name} (deleted)", USER.name]


def test_negative_numbers_stay_numbers() -> None:
    buckets = written("cache-saved", caching=caching((100, 0, 0, -1.5)))

    assert "-1.5" in [cells["Saved, estimated (USD)"] for cells in buckets]


def test_models_come_with_their_cost_in_all_and_in_parts() -> None:
    (model,) = written("models", models=models_of(MODEL))
    (parts,) = written("models-cost", cost_breakdown=breakdown_of(BREAKDOWN))

    assert (model["Model"], model["Cache read tokens"]) == ("claude-sonnet-4-6", "300000")
    assert (parts["Prompt cost (USD)"], parts["Stored rates"]) == ("8.0", "3, 15")


def test_weekdays_and_steps_are_named() -> None:
    assert written("rhythm", hours_of_week=hours_of_week())[25]["Weekday"] == "Tuesday"
    assert [
        line["Less than (USD)"]
        for line in written("conversation-costs", conversation_costs=conversation_costs((0.01, 3), (None, 1)))
    ] == ["0.01", ""]
    shares = written("concentration", concentration=Concentration((0.75, 1.0)))
    assert shares[0] == {"Top users": "1", "Share of cost": "0.75"}
