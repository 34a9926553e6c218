"""An address that cannot be read shows no figures at all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.app import VIEWS
from librechat_analytics.dashboard.page_state import page_targets
from librechat_analytics.dashboard.query import SUBJECTS
from librechat_analytics.settings import load_settings
from librechat_analytics.usage.filters import FILTER_NAMES, FILTER_PARAMETERS
from tests.dashboard.ready_answers import page_data, query, texts
from tests.support.callbacks import ask, hrefs, requests_of, run, visitor
from tests.support.documents import NOON, example_collections, usages, write_dump
from tests.support.imports import fill_store
from tests.support.servers import API_KEY, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from tests.support.engines import Engine

    Document = dict[str, Any]

pytestmark = pytest.mark.one_in_on_clickhouse(4)

NOW = NOON + timedelta(hours=1)
AROUND = {
    *(ids.RANGE_WORDS, ids.SOURCE, ids.FRESHNESS, ids.NOTICE, ids.TITLE),
    *(f"{view.name}-{part}" for view in VIEWS for part in ("view", "places")),
}
"""The targets around the figures of a view."""
PLACES_AROUND = {*page_targets(page_data(query()), VIEWS[0])}
FAULTS = {
    "empty": "{}=",
    "a control character": "{}=a%00b",
    "a line break": "{}=%0a",
    "half a character": "{}=\ud800",
    "too long": "{}=" + "x" * 501,
    "repeated and empty": "{}=gpt-4o&{}=",
}
SUBJECT_FAULTS = FAULTS | {
    "missing": "",
    "repeated": "{}=claude-sonnet-4-6&{}=gpt-4o",
    "repeated alike": "{}=gpt-4o&{}=gpt-4o",
}
"""Of the filter that says what a page is about, which has one value only."""
WHOLE_FAULTS = {
    "too long": "?period=all&q=" + "x" * 64_000,
    "too many parameters": "?" + "a=1&" * 201,
    "a list": ["?period=all"],
    "a number": 7,
}
IN_MENU = [view.name for view in VIEWS if view.in_menu]


@pytest.fixture(scope="module")
def client(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("unreadable")
    documents = example_collections()
    documents["transactions"] += usages(20)
    with time_machine.travel(NOW, tick=False):
        write_dump(folder / "dump", **documents)
        fill_store(folder, now=NOW)
        settings = load_settings(
            env_file=None,
            dashboard_api_key=API_KEY,
            data_dir=folder / "data",
            prices_file=ROOT / "prices" / "2026-03.csv",
        )
        with engine.serving(settings) as program:
            yield visitor(program.app, API_KEY)


def shown(answer: Document, view: str) -> str:
    """The explanation of an answer that must hold no figure."""
    assert set(answer) <= AROUND
    assert answer[f"{view}-view"] == {"className": "view unreadable-view"}
    places = answer[f"{view}-places"]["data"]
    assert set(places) == PLACES_AROUND
    assert "$" not in json.dumps(answer)
    assert places[ids.UNREADABLE]
    return texts(places[ids.UNREADABLE])


def test_an_address_that_can_be_read_has_figures_and_no_explanation(client: FlaskClient) -> None:
    for view in IN_MENU:
        answer = ask(client, f"{view}-question", f"?view={view}&period=all&model=gpt-4o")
        assert not set(answer) <= AROUND or set(answer[f"{view}-places"]["data"]) > PLACES_AROUND
        assert answer[f"{view}-places"]["data"][ids.UNREADABLE] == []


@pytest.mark.parametrize("view", IN_MENU)
@pytest.mark.parametrize("name", FILTER_NAMES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_filter_that_cannot_be_read(client: FlaskClient, view: str, name: str, fault: str) -> None:
    search = f"?view={view}&period=all&{FAULTS[fault].replace('{}', name)}"
    answer = ask(client, f"{view}-question", search)

    assert "The filter" in shown(answer, view)
    assert "cannot be read" in texts(answer[f"{view}-places"]["data"][ids.CHIPS])
    (way,) = hrefs(answer[f"{view}-places"]["data"][ids.UNREADABLE])
    assert way == f"?view={view}&period=all"


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("fault", SUBJECT_FAULTS)
def test_a_subject_that_cannot_be_read(client: FlaskClient, subject: str, fault: str) -> None:
    given = SUBJECT_FAULTS[fault].replace("{}", subject)
    answer = ask(client, "detail-question", f"?view={subject}&period=all&{given}")

    assert subject in shown(answer, "detail")
    assert answer[ids.TITLE]["children"] == subject.capitalize()
    assert answer[ids.FRESHNESS]["data"]["title"] == subject.capitalize()
    places = answer["detail-places"]["data"]
    assert places[ids.CHIPS] == []
    assert texts(places[ids.CRUMBS]).endswith(f"{subject.capitalize()}s")
    lists = [f"?view={subject}s&period=all"] * 2
    assert [link for link in hrefs(list(places.values())) if "overview" not in link] == lists


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_that_nobody_recorded_leads_to_the_search(client: FlaskClient, subject: str) -> None:
    search = f"?view={subject}&{subject}=nobody&role=USER&period=all"
    answer = ask(client, "detail-question", search)

    assert f"No such {subject} is known." in shown(answer, "detail")
    assert answer[ids.TITLE]["children"] == subject.capitalize()
    places = answer["detail-places"]["data"]
    assert f"Search {subject}s" in texts(places[ids.UNREADABLE])
    assert hrefs(places[ids.UNREADABLE]) == [f"?view={subject}s&period=all&role=USER"]


def test_an_unknown_view_is_named_above_the_one_that_is_shown(client: FlaskClient) -> None:
    notice = ask(client, "overview-question", "?view=bananas&period=all")[ids.NOTICE]

    assert notice["is_open"]
    assert "unknown view (“bananas”). Showing Overview." in json.dumps(notice, ensure_ascii=False)
    assert not ask(client, "overview-question", "?view=overview&period=all")[ids.NOTICE]["is_open"]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("name", FILTER_NAMES)
def test_a_filter_beside_a_subject_that_can_be_read(client: FlaskClient, subject: str, name: str) -> None:
    if name == subject:
        return
    answer = ask(client, "detail-question", f"?view={subject}&{subject}=gpt-4o&{name}=%00&period=all")

    assert "The filter" in shown(answer, "detail")
    assert hrefs(answer["detail-places"]["data"][ids.UNREADABLE]) == [
        f"?view={subject}&period=all&{subject}=gpt-4o"
    ]


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
@pytest.mark.parametrize("fault", WHOLE_FAULTS)
def test_an_address_that_cannot_be_read_at_all(client: FlaskClient, view: str, fault: str) -> None:
    words = shown(ask(client, f"{view}-question", WHOLE_FAULTS[fault]), view)
    assert "The address" in words


def test_filters_with_too_many_values(client: FlaskClient) -> None:
    values = "".join(f"&model={number}&not-user={number}" for number in range(51))
    words = shown(ask(client, "overview-question", f"?period=all{values}"), "overview")

    assert words.count("The filters in the address have more than 100 values.") == 1


def test_figures_that_are_asked_for_ahead(client: FlaskClient) -> None:
    answer = ask(client, "models-question", "?view=models&period=all&model=%00", ahead=True)
    assert answer == {"models-places": {"data": {}}, "models-view": {"className": "view unreadable-view"}}


@pytest.mark.parametrize("name", ["view", "period", "start", "end", "tz"])
def test_what_is_given_twice(client: FlaskClient, name: str) -> None:
    assert "more than once" in shown(ask(client, "overview-question", f"?{name}=7d&{name}=all"), "overview")


@pytest.mark.parametrize("given", ["bill_of=%00", "bill_of=a&bill_of=b", "bill=1&bill=2"])
def test_a_bill_that_cannot_be_read(client: FlaskClient, given: str) -> None:
    answer = ask(client, "quality-question", f"?view=quality&period=all&bill=12&{given}")
    assert "bill" in shown(answer, "quality")


def test_a_page_of_one_that_is_asked_for_nobody(client: FlaskClient) -> None:
    for search in ("", "?view=overview", "?view=models&model=gpt-4o", "?period=all"):
        shown(ask(client, "detail-question", search), "detail")


FAULTS_OF_MODEL = [f"model={fault}" for fault in ("%00", "", "a&model=", "x" * 501)]
FILES = [
    *FAULTS_OF_MODEL,
    *(f"{name}=%00" for name in FILTER_PARAMETERS if name != "model"),
]


@pytest.mark.parametrize("given", FILES, ids=lambda given: given[:20])
def test_no_file_is_written(client: FlaskClient, given: str) -> None:
    files = 0
    for request in requests_of(client):
        for clicked in request["inputs"]:
            if clicked["property"] != "n_clicks":
                continue
            for view in ("overview", *SUBJECTS) if given in FAULTS_OF_MODEL else ("overview",):
                answer = run(client, request, clicked, f"?view={view}&period=all&{given}")
                assert "download" not in json.dumps(answer.get("response"))
                notice = answer["sideUpdate"]["notice"]
                assert notice["is_open"]
                assert notice["children"].endswith("No file was written.")
                files += 1
    assert files > 10


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_file_of_a_page_that_is_asked_for_nobody(client: FlaskClient, subject: str) -> None:
    for request in requests_of(client):
        for clicked in request["inputs"]:
            if clicked["property"] == "n_clicks" and clicked["id"].startswith("detail-"):
                for search in ("?period=all", f"?view={subject}", f"?view={subject}&{subject}="):
                    answer = run(client, request, clicked, search)
                    assert "download" not in json.dumps(answer.get("response"))
