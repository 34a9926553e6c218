"""The command ``check``: one line for each thing that it checks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.store import FILE_NAME, Store
from tests.support.documents import ANA, NOON, example_collections, usage, write_dump
from tests.support.servers import (
    API_KEY,
    free_port,
    serve,
)
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]


FINANCE, SALES = "f1nance-key-0f-ten-w0rds", "s4les-lead-key-0f-the-n0rth"


class TestCheck:
    def test_a_store_that_is_not_there_is_not_made(self, run: Run, tmp_path: Path) -> None:
        _, written = run("check")
        assert f"ok    There is no store yet; it will be created in {tmp_path / 'data'}." in written
        assert not (tmp_path / "data").exists()

    def test_a_folder_that_cannot_be_made_fails(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATA_DIR", "/dev/null/data")
        code, written = run("check")
        assert code == 1
        assert "FAIL  DATA_DIR /dev/null/data cannot be created" in written

    def test_each_thing_has_its_line(self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        Store(tmp_path / "data").close()
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        code, written = run("check")
        assert code == 1
        assert [line[:30] for line in written.splitlines()] == [
            "ok    The settings can be read",
            "ok    The API keys are set and",
            f"ok    The store in {tmp_path}"[:30],
            "FAIL  MONGO_URI is missing, so",
        ]
        assert API_KEY not in written

    def test_bad_settings_are_all_there_is_to_say(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", "none")
        monkeypatch.setenv("THREADS", "many")
        code, written = run("check")
        assert code == 1
        assert [line.split()[:2] for line in written.splitlines()] == [["FAIL", "PORT"], ["FAIL", "THREADS"]]

    def test_a_file_of_keys_is_looked_at(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", "nowhere")
        assert "FAIL  DASHBOARD_API_KEYS_FILE nowhere cannot be read" in run("check")[1]

    def test_each_wrong_line_of_keys_fails_with_its_number(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        keys = tmp_path / "keys"
        keys.write_text(f"a:short\nb:{SALES}\nc:{FINANCE} domain=*.example.com\n")
        monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", str(keys))
        code, written = run("check")
        assert code == 1
        assert f"FAIL  DASHBOARD_API_KEYS_FILE {keys}, line 1: the key is shorter than 16" in written
        assert f"FAIL  DASHBOARD_API_KEYS_FILE {keys}, line 3: domain= must be the part after" in written
        assert "The API keys are set" not in written
        assert FINANCE not in written

    def test_a_file_of_keys_that_lets_nobody_in_fails(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "keys").write_text("# nobody yet\n")
        monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", str(tmp_path / "keys"))
        assert "FAIL  No key is accepted: DASHBOARD_API_KEY is not set either." in run("check")[1]
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        assert "ok    The API keys are set" in run("check")[1]

    def test_a_follower_needs_no_key(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STORE_URL", f"clickhouse://writer:w@127.0.0.1:{free_port()}/ledger")
        assert "FAIL  DASHBOARD_API_KEY is missing." in run("check")[1]
        monkeypatch.setenv("MONGO_URI", f"mongodb://127.0.0.1:{free_port()}/LibreChat")
        written = run("check")[1]
        assert "ok    No API key is set, so this machine can follow LibreChat but not serve." in written
        assert "DASHBOARD_API_KEY" not in written

    def test_a_last_line_without_a_line_break_is_noted(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "keys").write_text(f"sales:{SALES}")
        monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", str(tmp_path / "keys"))
        written = run("check")[1]
        assert f"note  DASHBOARD_API_KEYS_FILE {tmp_path / 'keys'}, line 1 does not end in a line" in written
        assert "ok    The API keys are set" in written

    def test_limits_that_match_nobody_are_noted_also_while_the_server_runs(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        run("import", write_dump(tmp_path / "dump", **example_collections()))
        keys = tmp_path / "keys"
        keys.write_text(f"all:{FINANCE}\nwrong:line\nsales:{SALES} domain=example.com,exmaple.com\n")
        monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", str(keys))
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        assert "note  Key sales: domain=exmaple.com matches nobody today.\n" in run("check")[1]
        port = str(free_port())
        monkeypatch.setenv("PORT", port)
        with serve(tmp_path / "data", PORT=port, DASHBOARD_API_KEYS_FILE=str(keys)) as server:
            written = run("check")[1]
            sentence = "Key sales: domain=exmaple.com matches nobody today."
            wait_until(lambda: sentence in server.log())
        assert "is in use by process" in written
        assert "note  Key sales: domain=exmaple.com matches nobody who has used LibreChat" in written
        assert "domain=example.com" not in written + server.log()

    def test_limits_of_tenants_are_held_against_their_usage_by_the_server_too(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        row = usage(NOON, 1, user=None)
        rows = [usage(NOON, 2, tenantId="globex"), row | {"tenantId": "acme"}]
        users = [{"_id": ANA, "name": "Ana", "email": "ana@x.example"}]
        run("import", write_dump(tmp_path / "dump", transactions=rows, users=users))
        keys = tmp_path / "keys"
        keys.write_text(
            f"a:{FINANCE} tenant=acme,initech\nb:{SALES} domain=x.example tenant=acme\n"
            f"c:{SALES}-c domain=x.example tenant=acme,globex\n"
        )
        monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", str(keys))
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)

        def unmatched() -> list[str]:
            lines = run("check")[1].splitlines()
            return [
                line.split("  Key ")[1].split(" matches")[0] for line in lines if " matches nobody" in line
            ]

        assert unmatched() == ["a: tenant=initech", "b: domain=x.example"]
        port = str(free_port())
        monkeypatch.setenv("PORT", port)
        with serve(tmp_path / "data", PORT=port, DASHBOARD_API_KEYS_FILE=str(keys)):
            assert unmatched() == ["a: tenant=initech", "b: domain=x.example"]

    def test_a_store_that_is_a_pipe_fails_at_once(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        os.mkfifo(tmp_path / "data" / FILE_NAME)
        assert f"FAIL  The store {tmp_path / 'data' / FILE_NAME} is a named pipe, not" in run("check")[1]

    @pytest.mark.parametrize("setting", ["DASHBOARD_API_KEYS_FILE", "PRICES_FILE", "FINOPS_FILE"])
    @pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
    def test_a_setting_that_names_no_file_fails_at_once(
        self,
        run: Run,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        setting: str,
        make: Callable[[Path], None],
    ) -> None:
        make(tmp_path / "other")
        monkeypatch.setenv(setting, str(tmp_path / "other"))
        kind = "a named pipe" if make is os.mkfifo else "a folder"
        assert f"FAIL  {setting} {tmp_path / 'other'} is {kind}, not a file." in run("check")[1]

    def test_a_data_dir_that_is_a_pipe_fails_at_once(self, run: Run, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "data")
        assert f"FAIL  DATA_DIR {tmp_path / 'data'} cannot be created" in run("check")[1]

    def test_a_price_list_is_looked_at(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PRICES_FILE", "nowhere.csv")
        assert "FAIL  PRICES_FILE nowhere.csv cannot be read" in run("check")[1]

    def test_a_damaged_store_fails_with_what_to_do(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / FILE_NAME).write_bytes(b"x" * 10_000)
        code, written = run("check")
        assert code == 1
        assert "move it away and let the program read LibreChat again" in written

    def test_a_mongodb_that_does_not_answer_fails(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MONGO_URI", f"mongodb://reader:h1dden@127.0.0.1:{free_port()}/LibreChat")
        code, written = run("check")
        assert code == 1
        assert "FAIL  MongoDB does not answer" in written
        assert "Check host and port in MONGO_URI" in written
        assert "h1dden" not in written

    def test_an_empty_database_is_said(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, mongo_uri: str
    ) -> None:
        monkeypatch.setenv("MONGO_URI", mongo_uri)
        assert "is empty. Check the database's name at the end of MONGO_URI" in run("check")[1]

    def test_a_librechat_that_records_nothing_is_said(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, mongo_uri: str, mongo_database: object
    ) -> None:
        mongo_database.messages.insert_many(example_collections()["messages"])  # type: ignore[attr-defined]
        monkeypatch.setenv("MONGO_URI", mongo_uri)
        assert "LibreChat has messages but records no transactions" in run("check")[1]

    def test_a_librechat_that_can_be_read_is_good(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, mongo_uri: str, mongo_database: object
    ) -> None:
        for name, documents in example_collections().items():
            mongo_database[name].insert_many(documents)  # type: ignore[index]
        monkeypatch.setenv("MONGO_URI", mongo_uri)
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        code, written = run("check")
        assert code == 0, written
        assert "holds about 15 transactions, 2 users, 1 agents" in written
