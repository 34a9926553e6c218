"""A backup is a store of its own, taken while the first one serves."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.store import FILE_NAME, Store, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient


def test_a_backup_taken_while_serving_answers_the_same(
    app: Flask, client: FlaskClient, stranger: FlaskClient, tmp_path: Path
) -> None:
    with client.get("/api/backup") as response:
        assert response.status_code == 200
        (tmp_path / FILE_NAME).write_bytes(response.get_data())
    serving = app.extensions["librechat_analytics"].store
    with closing(Store(tmp_path)) as copy:
        assert copy.count_transactions() == serving.count_transactions() > 0
        assert copy.state() == serving.state()
        assert copy.refusals() == serving.refusals()
    assert stranger.get("/api/backup").status_code == 401


def test_nothing_is_left_beside_the_store(app: Flask, client: FlaskClient) -> None:
    folder = app.extensions["librechat_analytics"].store._folder
    client.get("/api/backup").close()
    assert not list(folder.glob("backup-*"))


def test_a_store_goes_on_after_its_backup_failed(client: FlaskClient, app: Flask) -> None:
    store = app.extensions["librechat_analytics"].store
    target = store._folder / "no" / "such" / "folder.duckdb"
    with pytest.raises(StoreError, match=r"folder\.duckdb"):
        store.copy_to(target)
    assert client.get("/api/summary").status_code == 200
