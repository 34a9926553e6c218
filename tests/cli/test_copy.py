"""The command that copies the store into ClickHouse, or out of it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.cli.resources import publishing
from librechat_analytics.settings import load_settings
from librechat_analytics.store.store import FILE_NAME, Store
from tests.support.clickhouse_site import store_url
from tests.support.documents import NOON, example_collections, write_dump
from tests.support.imports import fill_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

    Run = Callable[..., tuple[int, str]]


@pytest.fixture
def copied_to_store_url(
    run: Run, tmp_path: Path, clickhouse_database: StoreAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store in DATA_DIR that was copied into the ClickHouse of STORE_URL."""
    write_dump(tmp_path / "dump", **example_collections())
    fill_store(tmp_path, now=NOON)
    monkeypatch.setenv("STORE_URL", store_url(clickhouse_database))
    assert run("copy", "--to")[0] == 0


@pytest.mark.clickhouse
def test_a_store_goes_into_clickhouse_and_comes_back(
    run: Run, tmp_path: Path, clickhouse_database: StoreAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dump(tmp_path / "dump", **example_collections())
    fill_store(tmp_path, now=NOON)
    url = store_url(clickhouse_database)
    said = "Copied 15 rows. Rows, cost and tokens of all 5 months are equal."
    code, written = run("copy", "--to", url)
    assert (code, written.splitlines()[-1]) == (0, said)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "back"))
    code, written = run("copy", "--from", url)
    assert (code, written.splitlines()[-1]) == (0, said)
    code, written = run("copy", "--from", url)
    assert (code, "is not empty" in written) == (1, True)


@pytest.mark.clickhouse
@pytest.mark.usefixtures("copied_to_store_url")
def test_without_an_address_the_copy_goes_to_store_url_and_comes_from_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("copy", "--to", "--replace")[0] == 0
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "back"))
    assert run("copy", "--from")[0] == 0


@pytest.mark.clickhouse
@pytest.mark.usefixtures("copied_to_store_url")
def test_names_that_clickhouse_has_do_not_come_into_a_store_without_names(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANONYMIZE_USERS", "true")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "back"))
    assert run("copy", "--from")[0] == 0
    with closing(Store(tmp_path / "back")) as back:
        assert not back.has_names()
    with closing(Store(tmp_path / "restored")) as restored, publishing(load_settings(), restored):
        assert not restored.has_names()
    assert b"ana@example.com" not in (tmp_path / "restored" / FILE_NAME).read_bytes()


@pytest.mark.parametrize("direction", ["--to", "--from"])
def test_without_an_address_store_url_is_needed(run: Run, direction: str) -> None:
    assert run("copy", direction) == (1, "Set STORE_URL to the address of ClickHouse.\n")


@pytest.mark.parametrize(
    "options", [[], ["clickhouse://a/b"], ["--to", "--from"], ["--to", "--from", "clickhouse://a/b"]]
)
def test_one_direction_is_needed(run: Run, options: list[str]) -> None:
    assert run("copy", *options) == (1, "Give one of --to and --from.\n")


def test_a_wrong_address_is_refused_without_its_password(run: Run) -> None:
    code, written = run("copy", "--to", "clickhouse://writer:s3cret@host/")
    assert code == 1
    assert "The address must name a database" in written
    assert "s3cret" not in written
