"""A server with a definitions file: changes of the file show up, and mistakes change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.app import EXTENSION, close_app, create_app
from librechat_analytics.settings import load_settings
from tests.support.servers import API_KEY
from tests.web.test_metrics import samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

OK = ("librechat_analytics_finops_file_ok", ())


@pytest.fixture
def with_file(tmp_path: Path) -> Iterator[Flask]:
    """An app with an empty store and a definitions file."""
    (tmp_path / "finops.toml").write_text("year_starts = 4\n")
    app = create_app(
        load_settings(
            env_file=None,
            dashboard_api_key=API_KEY,
            data_dir=tmp_path / "data",
            finops_file=tmp_path / "finops.toml",
        )
    )
    yield app
    close_app(app)


def test_a_file_with_a_mistake_is_a_metric_and_stops_nothing(with_file: Flask, tmp_path: Path) -> None:
    client = with_file.test_client()
    client.environ_base["HTTP_X_API_KEY"] = API_KEY
    definitions = with_file.extensions[EXTENSION].definitions
    assert samples(client)[OK] == 1
    (tmp_path / "finops.toml").write_text("year_starts = 13\n")
    definitions.check()
    assert samples(client)[OK] == 0
    assert client.get("/api/summary").status_code == 200
    assert definitions.current.year_starts == 4


def test_without_a_file_there_is_no_such_metric(client: FlaskClient) -> None:
    assert OK not in samples(client)
