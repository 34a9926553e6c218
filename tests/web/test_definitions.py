"""A server with a definitions file: changes of the file show up, and mistakes change nothing."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.settings import load_settings
from tests.support.documents import example_collections, write_dump
from tests.support.imports import fill_store
from tests.support.servers import API_KEY
from tests.web.test_metrics import samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from librechat_analytics.finops.definitions_file import DefinitionsFile
    from tests.support.engines import Engine

OK = ("librechat_analytics_finops_file_ok", ())
WHOLE = "period=custom&start=2000-01-01&end=2099-12-31"


class Served:
    """An app with a definitions file."""

    def __init__(self, client: FlaskClient, path: Path, definitions: DefinitionsFile) -> None:
        self.client = client
        self.path = path
        self.definitions = definitions

    def define(self, text: str) -> None:
        """Change the file, and wait until the server has seen it."""
        self.path.write_text(text)
        self.definitions.check()

    def rows(self, address: str) -> list[dict[str, str]]:
        answer = self.client.get(f"/api/{address}&format=csv")
        return list(csv.DictReader(answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()))


@pytest.fixture(scope="module")
def served(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("defined")
    write_dump(folder / "dump", **example_collections())
    fill_store(folder, now=datetime.now(UTC))
    path = folder / "finops.toml"
    path.write_text("")
    settings = load_settings(
        env_file=None, dashboard_api_key=API_KEY, data_dir=folder / "data", finops_file=path
    )
    with engine.serving(settings) as program:
        client = program.app.test_client()
        client.environ_base["HTTP_X_API_KEY"] = API_KEY
        yield Served(client, path, program.definitions)


def test_a_file_with_a_mistake_is_a_metric_and_stops_nothing(served: Served) -> None:
    served.define("year_starts = 4\n")
    assert samples(served.client)[OK] == 1
    served.define("year_starts = 13\n")
    assert samples(served.client)[OK] == 0
    assert served.client.get("/api/summary").status_code == 200
    assert served.definitions.current is not None
    assert served.definitions.current.year_starts == 4


def test_without_a_file_there_is_no_such_metric(client: FlaskClient) -> None:
    assert OK not in samples(client)


def test_years_begin_with_the_month_of_the_file(served: Served) -> None:
    month = datetime.now(UTC).month % 12 + 1  # the next one, so that the year began in the past
    served.define(f"year_starts = {month}\n")
    start = served.client.get("/api/summary?period=this-year").get_json()["period"]["start"]
    assert int(start[5:7]) == month


def test_files_have_the_cost_in_the_files_currency_too_and_the_api_stays_in_dollars(served: Served) -> None:
    in_dollars = served.client.get(f"/api/top-users?{WHOLE}").get_json()
    served.define('currency = "EUR"\n[rates]\n"2000-01" = 0.5\n')
    assert served.client.get(f"/api/top-users?{WHOLE}").get_json() == in_dollars
    users = served.rows(f"top-users?{WHOLE}")
    assert users
    for user in users:
        assert float(user["Cost (EUR)"]) == pytest.approx(float(user["Cost (USD)"]) / 2)
    summary = {row["What"]: row["This period"] for row in served.rows(f"summary?{WHOLE}")}
    assert summary["Cost (EUR)"].endswith("at 0.5 per dollar (Jan 2000)")
    served.define("")
    assert "Cost (EUR)" not in served.rows(f"top-users?{WHOLE}")[0]


def test_cost_centers_are_those_of_the_file_and_change_with_it(served: Served) -> None:
    whole = served.client.get(f"/api/summary?{WHOLE}").get_json()["cost"]

    def cost_of(center: str) -> float:
        answer = served.client.get(f"/api/summary?{WHOLE}&cost_center={center}")
        return float(answer.get_json()["cost"])

    served.define('[cost_centers.roles]\nUSER = "Staff"\n')
    assert 0 < cost_of("Staff") <= whole
    assert cost_of("Staff") + cost_of("(unassigned)") == pytest.approx(whole)
    served.define('[cost_centers.roles]\nUSER = "People"\n')
    assert cost_of("Staff") == 0
    assert cost_of("People") > 0
