"""The README is what operators go by, so whatever in it can be held against the program is."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest
import typer.main

from librechat_analytics.app import close_app, create_app
from librechat_analytics.cli.main import program
from librechat_analytics.librechat.agents import ANSWER_PROJECTION, CONVERSATION_PROJECTION, Certainty
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.labels import (
    AGENT_PROJECTION,
    ANONYMOUS_USER_PROJECTION,
    BALANCE_PROJECTION,
    GROUP_PROJECTION,
    USER_PROJECTION,
)
from librechat_analytics.librechat.mongo import COLLECTIONS
from librechat_analytics.librechat.transactions import PROJECTION, Transaction, read_transaction
from librechat_analytics.settings import Settings, load_settings
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.filters import FILTER_NAMES
from librechat_analytics.usage.periods import BUCKET_UNITS, PERIODS
from librechat_analytics.usage.prices import SOURCES, read_price_list
from librechat_analytics.usage.quality import KINDS
from librechat_analytics.usage.repository import usd
from librechat_analytics.web.api import ENDPOINTS
from librechat_analytics.web.parameters import FORMATS, NAMES
from tests.support.documents import example, example_collections, write_dump
from tests.support.servers import API_KEY, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

README = (ROOT / "README.md").read_text("utf-8")
PRICES = (ROOT / "prices" / "README.md").read_text("utf-8")
PACKAGE = ROOT / "src" / "librechat_analytics"
COMPOSE_ONLY = {"LIBRECHAT_NETWORK"}
NOT_SET = "none"
ADDRESS = re.compile(r"http://127\.0\.0\.1:3001(/[^\s\"<>`]*)")
CODE = re.compile(r"`([^`\n]+)`")
ASKED = {
    "transactions": PROJECTION,
    "users": USER_PROJECTION,
    "agents": AGENT_PROJECTION,
    "conversations": CONVERSATION_PROJECTION,
    "messages": ANSWER_PROJECTION,
    "balances": BALANCE_PROJECTION,
    "groups": GROUP_PROJECTION,
}


class Table(NamedTuple):
    """A table of the README: the texts of its cells, row by row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, at: int) -> list[str]:
        return [row[at] for row in self.rows]


def tables(text: str) -> list[Table]:
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    found = []
    for block in blocks:
        header, _, *rows = [
            tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in block.splitlines()
        ]
        found.append(Table(header, tuple(rows)))
    return found


def table(*header: str, of: str = README) -> Table:
    """The only table whose first columns are called so."""
    (found,) = [each for each in tables(of) if each.header[: len(header)] == header]
    return found


def section(title: str) -> str:
    """The text from a heading of the second level to the next one."""
    _, _, rest = README.partition(f"\n## {title}\n")
    assert rest, f"there is no section {title}"
    return rest.partition("\n## ")[0]


def codes(cell: str) -> list[str]:
    return CODE.findall(cell)


def only_code(cell: str) -> str:
    (code,) = codes(cell)
    return code


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The whole app on an import of the examples, with the price list that comes along."""
    folder = tmp_path_factory.mktemp("readme")
    dump = write_dump(folder / "dump", **example_collections())
    store, source = Store(folder / "data"), DumpSource(dump)
    import_dump(store, source, now=datetime(2026, 11, 24, tzinfo=UTC))
    source.close()
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(name.upper(), raising=False)
        patch.chdir(folder)  # where no .env lies
        settings = load_settings(
            data_dir=folder / "data", dashboard_api_key=API_KEY, prices_file=ROOT / "prices" / "2026-11.csv"
        )
    app = create_app(settings)
    yield app.test_client()
    close_app(app)


def get(client: FlaskClient, address: str) -> TestResponse:
    return client.get(address, headers={"x-api-key": API_KEY})


class TestSettings:
    def test_the_table_has_every_setting_once_and_no_other(self) -> None:
        named = [only_code(cell) for cell in table("Setting", "Default").column(0)]

        assert sorted(named) == sorted({name.upper() for name in Settings.model_fields} | COMPOSE_ONLY)

    def test_the_defaults_are_those_of_the_example_file(self) -> None:
        example_file = (ROOT / ".env.example").read_text("utf-8")
        defaults = {
            name: value.strip('"') or NOT_SET
            for name, value in re.findall(r"^#?([A-Z_]+)=(.*)$", example_file, re.MULTILINE)
        }

        rows = table("Setting", "Default").rows
        assert {only_code(name): default.strip("`") for name, default, _ in rows} == defaults

    @pytest.mark.parametrize("name", Settings.model_fields)
    def test_a_setting_is_explained_as_in_the_program(self, name: str) -> None:
        explained = {only_code(row[0]): row[2] for row in table("Setting", "Default").rows}

        assert explained[name.upper()].startswith(str(Settings.model_fields[name].description))


class TestCommands:
    def test_the_table_has_every_command_once_and_no_other(self) -> None:
        named = [only_code(cell).split()[0] for cell in table("Command").column(0)]

        assert sorted(named) == sorted(typer.main.get_group(program).commands)

    def test_the_options_that_are_named_exist(self) -> None:
        commands = typer.main.get_group(program).commands
        for cell, explanation in table("Command").rows:
            name = only_code(cell).split()[0]
            named = {code.split()[0] for code in codes(explanation) if code.startswith("--")}
            options = {option for parameter in commands[name].params for option in parameter.opts}
            assert named <= options, name

    def test_the_make_targets_that_are_named_exist(self) -> None:
        targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        named = set(re.findall(r"\bmake ([a-z-]+)`", README)) | set(
            re.findall(r"^make ([a-z-]+)$", README, re.MULTILINE)
        )

        assert {"run", "test", "check"} <= named <= set(targets)


class TestLinks:
    def test_every_relative_link_and_picture_leads_to_a_file(self) -> None:
        links = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r"src(?:set)?=\"([^\"]+)\"", README)

        assert len(links) > 5
        assert [link for link in links if not (ROOT / link).exists()] == []

    def test_every_link_within_the_page_leads_to_a_heading(self) -> None:
        headings = {anchor(title) for title in re.findall(r"^#+ (.+)$", README, re.MULTILINE)}
        links = set(re.findall(r"\]\(#([^)]+)\)", README))

        assert links <= headings

    def test_the_files_and_folders_that_are_named_exist(self) -> None:
        top = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {"data"}
        named = {code for code in codes(README) if code.split("/")[0] in top}

        assert "deploy/nginx-librechat-analytics.conf" in named
        assert [name for name in named if not (ROOT / name).exists()] == []

    def test_the_rooms_of_the_code_are_all_of_them(self) -> None:
        named = {code.rstrip("/") for cell in table("Folder or file").column(0) for code in codes(cell)}
        rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}

        assert rooms <= named
        assert all((PACKAGE / name).exists() for name in named)


class TestApi:
    def test_the_table_has_every_endpoint_once_and_no_other(self) -> None:
        named = [only_code(cell) for cell in table("Path", "Answers").column(0)]

        assert sorted(named) == sorted(f"/api/{path}" for path in ("export", *(e.path for e in ENDPOINTS)))

    @pytest.mark.parametrize("path", [endpoint.path for endpoint in ENDPOINTS])
    def test_an_answer_has_the_fields_that_are_named(self, client: FlaskClient, path: str) -> None:
        (answers,) = [row[1] for row in table("Path", "Answers").rows if row[0] == f"`/api/{path}`"]
        response = get(client, f"/api/{path}?period=all")

        assert response.status_code == 200, response.json
        fields = {code for code in codes(answers) if code not in ("tz", "PRICES_FILE")}
        assert fields <= _names(response.json)

    def test_the_table_has_every_parameter_once_and_no_other(self) -> None:
        named = [name for cell in table("Parameter").column(0) for name in codes(cell)]

        assert sorted(named) == sorted(NAMES)
        assert set(FILTER_NAMES) <= set(named)

    @pytest.mark.parametrize(
        ("parameter", "values"), [("period", tuple(PERIODS)), ("bucket", BUCKET_UNITS), ("format", FORMATS)]
    )
    def test_a_parameter_takes_the_values_that_are_named(
        self, parameter: str, values: tuple[str, ...]
    ) -> None:
        (named,) = [row[1] for row in table("Parameter").rows if row[0] == f"`{parameter}`"]

        assert tuple(codes(named)) == values

    @pytest.mark.parametrize("address", dict.fromkeys(ADDRESS.findall(README)))
    def test_an_address_that_is_shown_answers(self, client: FlaskClient, address: str) -> None:
        with get(client, address) as response:
            assert response.status_code == 200, response.get_data()[:300]
            if re.search(r"format=|/export|/backup", address):
                assert response.headers["Content-Disposition"].startswith("attachment; filename=")

    def test_the_addresses_show_every_endpoint(self) -> None:
        shown = {address.partition("?")[0] for address in ADDRESS.findall(README)}

        assert {only_code(cell) for cell in table("Path", "Answers").column(0)} <= shown


class TestCost:
    def test_the_worked_example_costs_what_it_says(self) -> None:
        text = section("How cost is computed")
        (written,) = re.findall(r"```json\n(.+)\n```", text)
        document = json.loads(written)
        row = read_transaction(example(1) | document)

        assert isinstance(row, Transaction)
        tokens, rate, price = row.tokens, row.rate, row.credits_e6 // 10**6
        assert (
            f"{tokens:,} prompt tokens at ${rate:g} per million are"
            f" {tokens:,} \N{MULTIPLICATION SIGN} {rate:g} = {price:,} credits: **${usd(row.credits_e6)}**"
        ) in text

    def test_the_example_is_as_librechat_wrote_it(self) -> None:
        (written,) = re.findall(r"```json\n(.+)\n```", section("How cost is computed"))
        recorded = example(1)

        assert json.loads(written).items() <= recorded.items()

    def test_the_columns_of_a_price_list_are_those_of_the_file(self) -> None:
        lines = (ROOT / "prices" / "2026-11.csv").read_text("utf-8").splitlines()

        assert next(line for line in lines if not line.startswith("#")) in codes(section("List prices"))

    def test_the_spellings_that_are_named_find_one_price(self) -> None:
        prices = read_price_list(ROOT / "prices" / "2026-11.csv")
        named = [code for code in codes(section("List prices")) if "claude-sonnet-4" in code]

        assert len(named) == 4
        assert {price.pattern for code in named for price in prices.of(code)} == {"claude-sonnet-4-5"}

    def test_the_sources_that_are_named_are_all_of_them(self) -> None:
        assert set(SOURCES) <= set(codes(section("List prices")))
        assert {only_code(row[0]) for row in table("`source`", of=PRICES).rows if codes(row[0])} == set(
            SOURCES
        )

    def test_the_table_of_march_is_the_file(self) -> None:
        with (ROOT / "prices" / "2026-03.csv").open(encoding="utf-8") as file:
            prices = list(csv.DictReader(line for line in file if not line.startswith("#")))

        assert table("Model", "Prompt", of=PRICES).rows == tuple(
            (p["model"], p["prompt"], p["completion"], p["cache_write"], p["cache_read"]) for p in prices
        )

    def test_every_price_list_is_named(self) -> None:
        named = [codes(cell)[0] for cell in table("File", of=PRICES).column(0)]

        assert sorted(named) == sorted(path.name for path in (ROOT / "prices").glob("*.csv"))


def test_every_certainty_of_an_agent_is_explained() -> None:
    emphasized = set(re.findall(r"\*(\w+)\*", section("How agents are resolved")))

    assert {certainty.value for certainty in Certainty} <= emphasized


def test_the_findings_are_worded_as_in_the_program() -> None:
    assert table("Finding").rows == tuple(
        (kind.title, kind.sentence, kind.versions) for kind in KINDS.values()
    )


class TestPrivacy:
    def test_the_table_has_every_field_that_is_asked_for(self) -> None:
        named = {codes(collection)[0]: codes(fields) for collection, fields in self.rows(anonymous=False)}

        assert named == {collection: list(fields) for collection, fields in ASKED.items()}
        assert set(named) == set(COLLECTIONS)

    def test_names_are_not_among_the_fields_where_users_are_anonymous(self) -> None:
        ((_, fields),) = self.rows(anonymous=True)

        assert codes(fields) == list(ANONYMOUS_USER_PROJECTION)
        assert not {"name", "username", "email"} & set(ANONYMOUS_USER_PROJECTION)

    @staticmethod
    def rows(*, anonymous: bool) -> list[tuple[str, ...]]:
        return [row for row in table("Collection").rows if ("ANONYMIZE_USERS" in row[0]) is anonymous]


def test_what_compose_and_image_say_of_the_port_is_what_the_readme_says() -> None:
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")

    assert '"127.0.0.1:3001:3001"' in compose
    assert "${LIBRECHAT_NETWORK:-librechat_default}" in compose
    assert str(Settings.model_fields["port"].default) == "3001"


def _names(body: object) -> set[str]:
    if isinstance(body, dict):
        return set(body).union(*(_names(value) for value in body.values()))
    return set().union(*(_names(value) for value in body)) if isinstance(body, list) else set()
