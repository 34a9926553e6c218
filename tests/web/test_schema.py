"""Schemathesis sends requests that the description allows or forbids, and checks the answers against it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import schemathesis
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    ExamplesPhaseConfig,
    FuzzingPhaseConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from werkzeug.serving import make_server

from librechat_analytics.settings import load_settings
from librechat_analytics.usage.filters import FILTER_PARAMETERS
from librechat_analytics.web.openapi import describe
from tests.support.documents import example_collections, write_dump
from tests.support.imports import fill_store
from tests.support.servers import API_KEY, ROOT
from tests.support.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.mark import ParameterSet
    from schemathesis.specs.openapi.schemas import OpenApiSchema

    from tests.support.engines import Engine

PATHS = tuple(path for path, item in (describe("UTC").paths or {}).items() if item.get)
CASES = 5

# One module reads the parameters of all figures: each bound and each value is tried only on two endpoints,
# which have every parameter between them, and on those with other parameters or none.
GENERATED_ONLY = {
    "/api/summary",
    "/api/top-models",
    "/api/top-agents",
    "/api/cost-breakdown",
    "/api/breakdown",
    "/api/what-changed",
    "/api/anomalies",
    "/api/forecast",
    "/api/quality",
    "/api/price-check",
    "/api/export",
}

# All filters are read in the same way, and an answer with every one of them takes long: the bounds of one
# speak for the others. tests/web/test_parameters.py sends wrong values of each.
OTHER_FILTERS = {*FILTER_PARAMETERS} - {"model", "not-model"}


OF_DUCKDB = {
    "/api/backup": "ClickHouse makes its own backups",
    "/api/audit": "a follower without MONGO_URI cannot compare anything; the command refuses to start one",
}


def of_engine(path: str) -> ParameterSet | str:
    reason = OF_DUCKDB.get(path)
    return pytest.param(path, marks=pytest.mark.of_duckdb(reason)) if reason else path


@pytest.fixture(scope="module")
def address(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with the examples of LibreChat's ledger and a price list, served for real."""
    folder = tmp_path_factory.mktemp("schema")
    write_dump(folder / "dump", **example_collections())
    fill_store(folder, now=datetime.now(UTC))
    settings = load_settings(
        env_file=None,
        dashboard_api_key=API_KEY,
        data_dir=folder / "data",
        prices_file=ROOT / "prices" / "2026-11.csv",
    )
    with engine.serving(settings) as program:
        server = make_server("127.0.0.1", 0, program.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("path", [of_engine(path) for path in PATHS])
def test_every_answer_to_random_values_is_as_described(address: str, path: str) -> None:
    whole = description(address, PhasesConfig(coverage=CoveragePhaseConfig(enabled=False)))
    assert_answers_are_as_described(whole, path)


@pytest.mark.parametrize("path", [of_engine(path) for path in sorted({*PATHS} - GENERATED_ONLY)])
def test_every_answer_to_each_kind_of_value_is_as_described(address: str, path: str) -> None:
    only_coverage = PhasesConfig(
        examples=ExamplesPhaseConfig(enabled=False),
        fuzzing=FuzzingPhaseConfig(enabled=False),
        stateful=StatefulPhaseConfig(enabled=False),
    )
    whole = description(address, only_coverage)
    operation = whole.raw_schema["paths"][path]["get"]
    operation["parameters"] = [
        each
        for each in operation.get("parameters", ())
        if each.get("$ref", "").rpartition("/")[2] not in OTHER_FILTERS
    ]
    assert_answers_are_as_described(whole, path)


def description(address: str, phases: PhasesConfig) -> OpenApiSchema:
    """Read the API's own description, for requests of some kinds."""
    config = SchemathesisConfig(
        seed=1,
        projects=ProjectsConfig(
            default=ProjectConfig(
                headers={"x-api-key": API_KEY},
                request_timeout=PATIENCE_SECONDS,
                generation=GenerationConfig(max_examples=CASES, deterministic=True),
                phases=phases,
                checks=ChecksConfig(
                    # What start and end must be depends on the period, which no schema of one parameter says.
                    positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False),
                ),
            )
        ),
    )
    return schemathesis.openapi.from_url(f"{address}/api/openapi.json", config=config)


def assert_answers_are_as_described(whole: OpenApiSchema, path: str) -> None:
    succeeded, wrong = set(), []
    for event in from_schema(whole.include(path=path)).execute():
        match event:
            case FatalError():
                wrong.append(str(event.exception))
            case NonFatalError():
                wrong.append(event.info.format())
            case ScenarioFinished():
                succeeded |= {event.label} if event.status is Status.SUCCESS else set()
                wrong += failures(event)

    assert "\n".join(wrong) == ""
    assert f"GET {path}" in succeeded


def failures(event: ScenarioFinished) -> list[str]:
    return [
        f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]
