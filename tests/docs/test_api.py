"""Programs go by docs/api.md: its endpoints, parameters and examples are those of the program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.usage.filters import FILTER_NAMES
from librechat_analytics.usage.periods import BUCKET_UNITS, PERIODS
from librechat_analytics.web.api import ENDPOINTS, FINOPS_ENDPOINTS
from librechat_analytics.web.parameters import FORMATS, NAMES
from tests.support.markdown import codes, only_code, page, table
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from librechat_analytics.web.api import Endpoint

API = page("docs/api.md")
SHOWN = API + page("docs/install.md") + page("docs/operate.md")
ADDRESS = re.compile(r"http://127\.0\.0\.1:3001(/[^\s\"<>`]*)")


def get(client: FlaskClient, address: str) -> TestResponse:
    return client.get(address, headers={"x-api-key": API_KEY})


def test_the_table_has_every_endpoint_once_and_no_other() -> None:
    named = [only_code(cell) for cell in table(API, "Path", "Answers").column(0)]

    assert sorted(named) == sorted(f"/api/{path}" for path in ("export", *(e.path for e in ENDPOINTS)))


def test_another_table_has_what_needs_a_definitions_file() -> None:
    named = [only_code(cell) for cell in table(API, "Path", "Answers with `FINOPS_FILE`").column(0)]

    assert sorted(named) == sorted(f"/api/{endpoint.template}" for endpoint in FINOPS_ENDPOINTS)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
def test_an_answer_has_the_fields_that_are_named(client: FlaskClient, endpoint: Endpoint) -> None:
    path = endpoint.path
    (answers,) = [row[1] for row in table(API, "Path", "Answers").rows if row[0] == f"`/api/{path}`"]
    response = get(client, f"/api/{path}?period={endpoint.periods[0] if endpoint.periods else 'all'}")

    assert response.status_code == 200, response.json
    fields = {code for code in codes(answers) if code not in ("tz", "PRICES_FILE")}
    assert fields <= _names(response.json)


def test_the_table_has_every_parameter_once_and_no_other() -> None:
    named = [name for cell in table(API, "Parameter").column(0) for name in codes(cell)]

    assert sorted(named) == sorted(NAMES)
    assert set(FILTER_NAMES) <= set(named)


@pytest.mark.parametrize(
    ("parameter", "values"), [("period", tuple(PERIODS)), ("bucket", BUCKET_UNITS), ("format", FORMATS)]
)
def test_a_parameter_takes_the_values_that_are_named(parameter: str, values: tuple[str, ...]) -> None:
    (named,) = [row[1] for row in table(API, "Parameter").rows if row[0] == f"`{parameter}`"]

    assert tuple(codes(named)) == values


@pytest.mark.parametrize("address", dict.fromkeys(ADDRESS.findall(SHOWN)))
def test_an_address_that_is_shown_answers(client: FlaskClient, address: str) -> None:
    with get(client, address) as response:
        assert response.status_code == 200, response.get_data()[:300]
        if re.search(r"format=|/export|/backup", address):
            assert response.headers["Content-Disposition"].startswith("attachment; filename=")


def test_the_addresses_show_every_endpoint() -> None:
    shown = {address.partition("?")[0] for address in ADDRESS.findall(SHOWN)}

    assert {only_code(cell) for cell in table(API, "Path", "Answers").column(0)} <= shown


def _names(body: object) -> set[str]:
    if isinstance(body, dict):
        return set(body).union(*(_names(value) for value in body.values()))
    return set().union(*(_names(value) for value in body)) if isinstance(body, list) else set()
