"""A filter by any name in a list gives exactly the figures that the list shows for it."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.dashboard.query import SUBJECTS
from librechat_analytics.formatting import money
from librechat_analytics.librechat.documents import listed_name
from librechat_analytics.settings import load_settings
from librechat_analytics.usage.filters import FILTER_NAMES, LONGEST_VALUE, NONE, UNKNOWN, is_readable
from librechat_analytics.usage.matching import KINDS
from tests.support.callbacks import ask, hrefs, visitor
from tests.support.documents import NOON, write_dump
from tests.support.imports import fill_store
from tests.support.odd_names import (
    NO_DOMAINS,
    ODD_NAMES,
    WITHOUT_ANYTHING,
    cost_of,
    odd_collections,
    odd_cost_centers,
    odd_tenants,
    write_definitions,
)
from tests.support.servers import API_KEY
from tests.support.stored_tenants import write_tenants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.support.engines import Engine

NOW = NOON + timedelta(hours=1)
FEWEST_VALUES = {
    "domain": len(ODD_NAMES) - len(NO_DOMAINS),
    "cost_center": len(set(odd_cost_centers().values())) + 1,
}
"""How many values the filters have that cannot have each odd name; cost centres have one for all others."""


@pytest.fixture(scope="module")
def app(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("asking")
    with time_machine.travel(NOW, tick=False):
        write_dump(folder / "dump", **odd_collections(NOON))
        fill_store(folder, now=NOW)
        write_tenants(folder / "data", odd_tenants())
        settings = load_settings(
            env_file=None,
            dashboard_api_key=API_KEY,
            data_dir=folder / "data",
            finops_file=write_definitions(folder),
        )
        with engine.serving(settings) as program:
            yield program.app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return visitor(app, API_KEY)


def cost(client: FlaskClient, **filters: str) -> float:
    response = client.get(f"/api/summary?{urlencode({'period': '24h', 'compare': 'none', **filters})}")
    assert response.status_code == 200, response.get_json()
    return float(response.get_json()["cost"])


@pytest.fixture(scope="module")
def offered(app: Flask) -> dict[str, list[str]]:
    """The values that the panel of filters offers, by filter; some of them are found."""
    client = visitor(app, API_KEY)
    choices = ask(client, "filter-question", "?period=24h")["filter-choices"]["data"]
    values = {name: [value for value, _ in known] for name, known in choices.items()}
    for kind in KINDS:
        found = ask(client, "find-question", "", text="", kinds=[kind], number=1)["find-answer"]["data"]
        values[kind] += [hit["id"] for hit in found["hits"]]
    return values


@pytest.mark.parametrize("name", FILTER_NAMES)
def test_each_value_that_a_filter_offers_gives_a_part_and_the_parts_add_up(
    client: FlaskClient, offered: dict[str, list[str]], name: str
) -> None:
    values = offered[name]
    parts = {value: cost(client, **{name: value}) for value in values}

    assert len(values) >= FEWEST_VALUES.get(name, len(ODD_NAMES))
    assert sum(parts.values()) == pytest.approx(cost(client), rel=1e-12)
    assert all(part or value in (NONE, UNKNOWN) for value, part in parts.items())


@pytest.mark.parametrize(
    ("path", "key", "name"),
    [
        ("top-users", "id", "user"),
        ("top-models", "model", "model"),
        ("top-models", "provider", "provider"),
        ("top-agents", "id", "agent"),
        ("cost-breakdown", "model", "model"),
    ],
)
def test_each_entry_of_a_list_of_the_api_can_be_asked_for(
    client: FlaskClient, path: str, key: str, name: str
) -> None:
    body = client.get(f"/api/{path}?period=24h&limit=1000").get_json()
    entries = body[path.rpartition("-")[2]] if path.startswith("top") else body["models"]

    assert len(entries) >= len(ODD_NAMES)
    for entry in entries:
        asked = NONE if entry[key] is None else entry[key]
        assert cost(client, **{name: asked}) == entry["cost"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_name_leads_to_a_page_with_its_own_figures(client: FlaskClient, subject: str) -> None:
    view = f"{subject}s"
    places = ask(client, f"{view}-question", f"?view={view}&period=24h&all=1")[f"{view}-places"]["data"]
    pages = {
        parse_qs(href.removeprefix("?"))[subject][0]: href
        for href in hrefs(places[f"{view}-rows"])
        if f"view={subject}&" in href
    }

    assert len(pages) >= len(ODD_NAMES)
    for value, page in [*pages.items()][:: 1 if subject == "model" else 3]:
        answer = ask(client, "detail-question", page)
        assert answer["detail-view"]["className"] == "view ready"
        assert answer["detail-cost-value"]["children"] == money(cost(client, **{subject: value}))
        assert answer["page-title"]["children"].strip()


def test_a_name_is_what_was_recorded_but_for_its_length_and_control_characters(client: FlaskClient) -> None:
    for number, name in enumerate(ODD_NAMES):
        listed = "".join(
            each if unicodedata.category(each) != "Cc" or each == "\t" else "\ufffd" for each in name
        )
        assert cost(client, model=listed[:500]) == cost_of(number)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("\t\n\x00\x85")))  # as BSON holds it
def test_every_name_that_is_read_can_be_asked_for(recorded: str) -> None:
    listed = listed_name(recorded)
    assert listed is None or (is_readable(listed) and len(listed) <= LONGEST_VALUE)
    assert listed_name(listed) == listed


@pytest.mark.parametrize("name", ["role", "domain", "group", "tenant"])
def test_none_is_the_usage_of_those_without(client: FlaskClient, name: str) -> None:
    without = [WITHOUT_ANYTHING, WITHOUT_ANYTHING + 1, *(NO_DOMAINS if name == "domain" else ())]

    assert cost(client, **{name: NONE}) == pytest.approx(cost_of(*without), rel=1e-12)
