"""The definitions file while the server runs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.definitions_file import DefinitionsError, DefinitionsFile
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from librechat_analytics.finops.definitions import Definitions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "finops.toml"
    path.write_text('zone = "Europe/Berlin"\n')
    return path


def zone_of(file: DefinitionsFile) -> str:
    assert file.current is not None
    return file.current.zone.key


def test_without_a_file_there_are_no_definitions_and_no_problem() -> None:
    file = DefinitionsFile(None, "UTC")
    file.start()
    file.check()
    file.require_good()
    file.stop()
    assert (file.current, file.problem) == (None, None)


def test_a_changed_file_is_in_force_after_the_next_check(path: Path) -> None:
    file = DefinitionsFile(path, "UTC")
    assert zone_of(file) == "Europe/Berlin"
    path.write_text('zone = "Asia/Tokyo"\n')
    file.check()
    assert zone_of(file) == "Asia/Tokyo"


def test_a_file_that_becomes_wrong_changes_nothing_and_says_why(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = DefinitionsFile(path, "UTC")
    path.write_text("zone = \n")
    with caplog.at_level(logging.ERROR):
        file.check()
        file.check()
    assert zone_of(file) == "Europe/Berlin"
    assert file.problem is not None
    assert file.problem.startswith(f"FINOPS_FILE {path}")
    assert [record.getMessage() for record in caplog.records] == [
        f"{file.problem} The definitions before this change stay in force."
    ]
    path.write_text('zone = "Asia/Tokyo"\n')
    file.check()
    assert zone_of(file) == "Asia/Tokyo"
    assert not file.problem


def test_a_file_that_is_wrong_from_the_start_is_logged_only_while_serving(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text("year_starts = 13\n")
    file = DefinitionsFile(path, "UTC")
    with pytest.raises(DefinitionsError, match="line 1: year_starts must be"):
        file.require_good()
    assert not caplog.messages, "commands end with the error itself"
    file.start()
    file.stop()
    assert caplog.messages == [file.problem]


def test_a_file_that_goes_away_changes_nothing_either(path: Path) -> None:
    file = DefinitionsFile(path, "UTC")
    path.unlink()
    file.check()
    assert zone_of(file) == "Europe/Berlin"
    assert file.problem == f"FINOPS_FILE {path} cannot be read: No such file or directory."


def test_a_wrong_file_at_the_start_is_an_error_where_a_good_one_is_required(path: Path) -> None:
    path.write_text("[[budget]\n")
    file = DefinitionsFile(path, "UTC")
    assert file.current is None
    with pytest.raises(DefinitionsError, match="line 1"):
        file.require_good()


def test_new_definitions_are_held_against_the_store_once_it_knows_users(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def unmatched(definitions: Definitions, map_name: str) -> list[str] | None:
        asked.append(definitions.zone.key + map_name)
        return None if len(asked) == 1 else ["The role ADMIN matches nobody."]

    file = DefinitionsFile(path, "UTC")
    file.start(unmatched)
    wait_until(lambda: len(asked) == 2)
    path.write_text('zone = "Asia/Tokyo"\n')
    wait_until(lambda: len(asked) == 3)
    file.stop()
    assert asked == ["Europe/Berlin", "Europe/Berlin", "Asia/Tokyo"]
    assert caplog.messages.count("FINOPS_FILE: The role ADMIN matches nobody.") == 2


def test_a_change_is_noticed_without_requests_until_the_file_is_stopped(path: Path) -> None:
    file = DefinitionsFile(path, "UTC")
    file.start()
    path.write_text('zone = "Asia/Tokyo"\n')
    wait_until(lambda: zone_of(file) == "Asia/Tokyo")
    file.stop()
    path.write_text('zone = "UTC"\n')
    assert zone_of(file) == "Asia/Tokyo"
