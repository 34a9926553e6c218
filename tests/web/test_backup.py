"""A backup is a store of its own, taken while the first one serves."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.app import close_app, create_app
from librechat_analytics.settings import load_settings
from librechat_analytics.store.store import FILE_NAME, Store, StoreError
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.of_duckdb("ClickHouse makes its own backups")


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
    assert {path.name for path in folder.iterdir()} <= {FILE_NAME, f"{FILE_NAME}.wal", "spill"}


def test_a_second_copy_waits_until_the_first_is_sent(client: FlaskClient) -> None:
    for _ in range(2):
        with client.get("/api/backup") as first:
            assert first.status_code == 200
            second = client.get("/api/backup")
            assert (second.status_code, list(second.get_json())) == (503, ["error"])
            assert int(second.headers["Retry-After"]) > 0
    client.get("/api/backup").close()


def test_a_copy_that_failed_keeps_nobody_from_the_next(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("no room")

    with monkeypatch.context() as disk:
        disk.setattr(Store, "copy_to", fail)
        for _ in range(2):
            refused = client.get("/api/backup")
            assert refused.status_code == 503
            assert "Another copy" not in refused.get_json()["error"]
    with client.get("/api/backup") as response:
        assert response.status_code == 200


def test_asking_for_the_head_makes_no_copy(
    client: FlaskClient, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "copy_to", lambda *_: pytest.fail("a copy was made"))
    head = client.head("/api/backup")
    assert head.status_code == 200
    assert head.headers["Content-Disposition"] == "attachment; filename=usage.duckdb"
    assert "Content-Length" not in head.headers
    assert stranger.head("/api/backup").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{"Range": "bytes=100-"}, {"Range": "bytes=0-0", "If-Range": "x"}, {"If-None-Match": "*"}, {}],
    ids=str,
)
def test_a_copy_is_sent_whole_or_not_at_all(client: FlaskClient, headers: dict[str, str]) -> None:
    with client.get("/api/backup", headers=headers) as response:
        assert response.status_code == 200
        assert "Accept-Ranges" not in response.headers
        assert int(response.headers["Content-Length"]) == len(response.get_data())


def test_a_copy_that_a_kill_left_behind_is_gone_after_the_next_start_and_own_files_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(env_file=None, dashboard_api_key=API_KEY, data_dir=tmp_path)

    def killed(_: Store, path: Path) -> None:
        for name in (path, path.with_name(f"{path.name}.wal")):
            name.write_text("Ana Novak")
        raise SystemExit

    monkeypatch.setattr(Store, "copy_to", killed)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    app = create_app(settings)
    with pytest.raises(SystemExit):
        app.test_client().get("/api/backup", headers={"x-api-key": API_KEY})
    close_app(app)
    monkeypatch.undo()
    (tmp_path / "backup-2026-11-28.duckdb").write_text("somebody's own")
    assert len(holding(tmp_path, "Ana Novak")) == 2
    close_app(create_app(settings))
    assert holding(tmp_path, "Ana Novak") == []
    assert len(holding(tmp_path, "somebody's own")) == 1


def holding(folder: Path, text: str) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file() and text.encode() in path.read_bytes()]


def test_a_store_goes_on_after_its_backup_failed(client: FlaskClient, app: Flask) -> None:
    store = app.extensions["librechat_analytics"].store
    target = store._folder / "no" / "such" / "folder.duckdb"
    with pytest.raises(StoreError, match=r"folder\.duckdb"):
        store.copy_to(target)
    assert client.get("/api/summary").status_code == 200
