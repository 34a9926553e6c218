"""The command line: exit codes, one sentence for each mistake, and never a traceback."""

from __future__ import annotations

import logging
import os
import resource
import socket
import subprocess
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

from librechat_analytics.cli import main as cli
from librechat_analytics.settings import Settings
from librechat_analytics.store import store as store_module
from librechat_analytics.store.store import FILE_NAME, Store
from tests.support.documents import ANA, NOON, example_collections, usage, usages, write_dump
from tests.support.servers import (
    API_KEY,
    PROGRAM,
    eventually,
    free_port,
    program_environment,
    serve,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def fresh_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command in this process; gives its exit code and all that it wrote, on one line a message."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["librechat-analytics", *map(str, arguments)])
        code: object = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        written = captured.out + captured.err
        assert "Traceback" not in written
        assert isinstance(code, int | None)
        return code or 0, written

    umask = os.umask(0o022)
    yield run
    os.umask(umask)


FINANCE, SALES = "f1nance-key-0f-ten-w0rds", "s4les-lead-key-0f-the-n0rth"


class TestServe:
    @pytest.mark.parametrize(
        ("content", "own_key", "says"),
        [
            (None, API_KEY, "cannot be read: No such file or directory. None of its keys is let in."),
            (None, "", "cannot be read: No such file or directory. None of its keys is let in."),
            (f"sales: {SALES}\n", "", "line 1: the key must follow the colon"),
        ],
    )
    def test_keys_that_let_nobody_in_are_said_at_the_start(
        self,
        run: Run,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        content: str | None,
        own_key: str,
        says: str,
    ) -> None:
        if content is not None:
            (tmp_path / "keys").write_text(content)
        monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", str(tmp_path / "keys"))
        monkeypatch.setenv("DASHBOARD_API_KEY", own_key)
        code, written = run("serve")
        assert code == 1
        assert len(written.splitlines()) == 1
        assert says in written

    def test_without_a_key_nothing_is_served(self, run: Run) -> None:
        code, written = run("serve")
        assert code == 1
        assert written == "DASHBOARD_API_KEY is missing. Make one with `openssl rand -base64 32`.\n"

    @pytest.mark.parametrize(
        ("key", "says"),
        [
            ("Sh0rt&Key", "shorter than 16 characters"),
            ("your-secure-key-here", "is an example from a document"),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", "repeats too few different characters"),
            ("schlüssel-mit-umlaut-1234", "printable ASCII characters"),
        ],
    )
    def test_a_weak_key_is_refused_and_not_shown(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, key: str, says: str
    ) -> None:
        monkeypatch.setenv("DASHBOARD_API_KEY", key)
        code, written = run("serve")
        assert code == 1
        assert says in written
        assert key not in written
        assert len(written.splitlines()) == 1

    def test_a_port_that_is_taken_is_said_before_anything_starts(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
            code, written = run("serve")
        assert code == 1
        assert written.startswith(f"Cannot listen on 127.0.0.1:{os.environ['PORT']}: Address already in use.")

    def test_a_host_that_is_not_ours_is_said(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        monkeypatch.setenv("HOST", "192.0.2.1")
        monkeypatch.setenv("PORT", str(free_port()))
        code, written = run("serve")
        assert code == 1
        assert "Set HOST or PORT" in written

    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("MONGO_URI", "mongodb://reader:p@ss@db/LibreChat", "MONGO_URI cannot be used"),
            ("PRICES_FILE", "nowhere.csv", "PRICES_FILE nowhere.csv cannot be read"),
            ("PORT", "none", "PORT "),
            ("DATA_DIR", "/dev/null/data", "DATA_DIR /dev/null/data cannot be created"),
            (
                "MONGO_URI",
                "mongodb://reader:p%40ss@db/LibreChat?tls=perhaps",
                "MONGO_URI cannot be used: tls: ",
            ),
        ],
    )
    def test_what_would_stop_a_worker_is_said_in_one_line(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
    ) -> None:
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        monkeypatch.setenv(name, value)
        code, written = run("serve")
        assert code == 1
        assert written.startswith(says)
        assert len(written.splitlines()) == 1
        assert "p@ss" not in written

    def test_it_serves_where_the_environment_says_and_names_no_software(self, tmp_path: Path) -> None:
        # Which would move the paths, add some, or keep a worker from starting.
        others = {
            "DASH_URL_BASE_PATHNAME": "no-slash",
            "DASH_REQUESTS_PATHNAME_PREFIX": "/moved/",
            "dash_routes_pathname_prefix": "/moved/",
            "DASH_MCP_ENABLED": "true",
            "DASH_DEBUG": "true",
            "FLASK_DEBUG": "1",
            "REACT_VERSION": "1",
            "WEB_CONCURRENCY": "auto",
            "GUNICORN_CMD_ARGS": "--workers 3",
            "SCRIPT_NAME": "/moved",
        }
        with serve(tmp_path / "elsewhere", **others) as server:
            assert status_of(f"{server.base_url}/_mcp") == 404
            with urlopen(f"{server.base_url}/librechat-analytics/") as page:
                assert b"/moved/" not in page.read()
            with urlopen(Request(f"{server.base_url}/api/summary", headers={"x-api-key": API_KEY})) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
            assert (tmp_path / "elsewhere" / FILE_NAME).exists()
            assert headers["server"] == "librechat-analytics"
            assert server.stop() == 0
            assert "Traceback" not in server.log()
            assert API_KEY not in server.log()
            assert (
                server.log().count("is empty. It is filled by an import. If there was one before, only a")
                == 1
            )


def test_a_store_in_use_is_said_with_what_to_do(tmp_path: Path, run: Run) -> None:
    holds = (
        "import sys, time; from pathlib import Path; from librechat_analytics.store.store import Store;"
        " store = Store(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    dump = write_dump(tmp_path / "dump", transactions=usages(3))
    python = PROGRAM.with_name("python")
    command = [str(python), "-c", holds, str(tmp_path / "data")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(store_module, "LOCK_WAIT_SECONDS", 0.2)
            code, written = run("import", dump)
            assert code == 1
            assert f"in use by process {holder.pid}. End it and try again" in written
            code, written = run("check")
            assert f"ok    The store {tmp_path / 'data' / FILE_NAME} is in use by process" in written
            assert "ok    MONGO_URI is missing: figures come from imports only." in written
        holder.communicate()


class TestImport:
    def test_a_dump_is_read_and_told(self, run: Run, tmp_path: Path) -> None:
        dump = write_dump(tmp_path / "dump" / "LibreChat", **example_collections())
        code, written = run("import", dump.parent)
        assert code == 0
        assert "Added 15 transactions; the store holds 15." in written
        assert "Added 0 transactions; the store holds 15." in run("import", dump)[1]

    def test_refused_documents_are_told_by_reason(self, run: Run, tmp_path: Path) -> None:
        rows = [document | {"tokenValue": "abc"} for document in usages(2)]
        _, written = run("import", write_dump(tmp_path / "dump", transactions=rows))
        assert "Refused 2: tokenValue is no finite number." in written

    def test_a_file_of_a_dump_stands_for_its_folder(self, run: Run, tmp_path: Path) -> None:
        dump = write_dump(tmp_path / "dump", transactions=usages(3))
        assert "Added 3 transactions" in run("import", dump / "transactions.bson")[1]

    @pytest.mark.parametrize("folder", ["nowhere", "empty", "file", "pipe", "with-a-pipe"])
    def test_what_is_no_dump_is_said_and_makes_no_store(self, run: Run, tmp_path: Path, folder: str) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "file").touch()
        os.mkfifo(tmp_path / "pipe")
        os.mkfifo(write_dump(tmp_path / "with-a-pipe", transactions=usages(3)) / "users.bson")
        code, written = run("import", folder)
        assert code == 1
        assert written.endswith("Give the folder that `mongodump --out` wrote.\n")
        assert not (tmp_path / "data").exists()


class TestSample:
    def test_a_sample_can_be_written_and_imported(self, run: Run, tmp_path: Path) -> None:
        assert run("sample", "new", "--transactions", 60, "--seed", 3)[0] == 0
        code, written = run("import", tmp_path / "new")
        assert code == 0
        assert "Added 60 transactions" in written

    def test_a_folder_that_is_not_empty_is_left_alone(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "thesis.doc").touch()
        code, written = run("sample", "full")
        assert (code, written) == (1, "full exists and is not empty. Give a new folder.\n")
        assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.doc"]

    def test_a_file_is_left_alone_too(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("thesis")
        assert run("sample", "file")[0] == 1
        assert (tmp_path / "file").read_text() == "thesis"

    @pytest.mark.parametrize("until", ["1999-01-01", "2001-03-02", "2100-01-02", "0001-01-01"])
    def test_an_end_that_would_leave_rows_without_a_date_is_refused(self, run: Run, until: str) -> None:
        code, written = run("sample", "new", "--transactions", "10", "--until", until)
        assert code == 1
        assert written.startswith("--until must be from 2001-03-03 to 2100-01-01: ")

    def test_the_earliest_end_makes_rows_that_are_all_read(self, run: Run) -> None:
        run("sample", "old", "--transactions", "200", "--until", "2001-03-03")
        assert "Refused" not in run("import", "old")[1]


class TestMistakesInArguments:
    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("--start", "2026-01-01"), "--start and --end need --period custom."),
            (("--where", "period=7d"), "--where period=7d must be one of user, model, "),
            (("--where", "user=a", "--where", "user=b"), "--where user is there twice."),
            (("--where", "user="), "user: user is empty"),
            (("--period", "custom", "--start", "2026-02-01", "--end", "2026-01-01"), "end: end is not part"),
        ],
    )
    def test_an_export_says_what_it_cannot_do(
        self, run: Run, tmp_path: Path, arguments: tuple[str, ...], says: str
    ) -> None:
        Store(tmp_path / "data").close()
        code, written = run("export", "usage.xlsx", *arguments)
        assert (code, written.startswith(says)) == (1, True), written

    @pytest.mark.parametrize("file", ["", ".", "no/folder/copy", "data"])
    def test_a_backup_needs_a_file_in_a_folder_that_exists(self, run: Run, tmp_path: Path, file: str) -> None:
        Store(tmp_path / "data").close()
        code, written = run("backup", file)
        assert (code, "Give the name of a file in a folder that exists." in written) == (1, True), written

    @pytest.mark.parametrize(
        "arguments", [("backup", "copy"), ("export", "copy.xlsx"), ("forget", "ana@example.com")]
    )
    def test_where_there_is_no_store_nothing_is_made_of_it(
        self, run: Run, tmp_path: Path, arguments: tuple[str, str]
    ) -> None:
        kept = tmp_path / arguments[1]
        kept.write_text("of last month")
        code, written = run(*arguments)
        assert (code, written) == (
            1,
            f"There is no store in {tmp_path / 'data'}. Run this where the server runs, or set DATA_DIR.\n",
        )
        assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
            (kept.name, "of last month")
        ]

    def test_what_is_written_is_for_its_owner_alone(self, run: Run, tmp_path: Path) -> None:
        Store(tmp_path / "data").close()
        assert run("backup", "copy")[0] == 0
        assert (tmp_path / "copy").stat().st_mode & 0o077 == 0

    def test_a_backup_never_takes_the_stores_own_place(self, run: Run, tmp_path: Path) -> None:
        Store(tmp_path / "data").close()
        code, written = run("backup", f"data/../data/{FILE_NAME}")
        assert (code, written) == (1, f"data/../data/{FILE_NAME} is the store itself. Give another file.\n")

    @pytest.mark.parametrize("name", ["transactions", "messages"])
    def test_a_dump_that_breaks_off_is_said_and_kept_as_far_as_it_goes(
        self, run: Run, tmp_path: Path, name: str
    ) -> None:
        folder = write_dump(tmp_path / "dump", **example_collections())
        file = folder / f"{name}.bson"
        file.write_bytes(file.read_bytes()[:-1])
        code, written = run("import", folder)
        assert code == 1
        assert f"The dump breaks off: {name}.bson from byte " in written
        assert f"the store holds {14 if name == 'transactions' else 15}." in written


class TestSync:
    def test_without_mongodb_there_is_nothing_to_read(self, run: Run, tmp_path: Path) -> None:
        code, written = run("sync")
        assert code == 1
        assert written.startswith("MONGO_URI is missing.")
        assert not (tmp_path / "data").exists()

    def test_a_mongodb_that_does_not_answer_is_one_sentence(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MONGO_URI", f"mongodb://reader:h1dden@127.0.0.1:{free_port()}/LibreChat")
        code, written = run("sync")
        assert code == 1
        assert "MongoDB does not answer: 127.0.0.1:" in written
        assert "h1dden" not in written


class TestCheck:
    def test_a_store_that_is_not_there_is_not_made(self, run: Run, tmp_path: Path) -> None:
        _, written = run("check")
        assert f"ok    There is no store yet; it will be made in {tmp_path / 'data'}." in written
        assert not (tmp_path / "data").exists()

    def test_a_folder_that_cannot_be_made_fails(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATA_DIR", "/dev/null/data")
        code, written = run("check")
        assert code == 1
        assert "FAIL  DATA_DIR /dev/null/data cannot be made" in written

    def test_each_thing_has_its_line(self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        Store(tmp_path / "data").close()
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        code, written = run("check")
        assert code == 1
        assert [line[:30] for line in written.splitlines()] == [
            "ok    The settings can be read",
            "ok    The API keys are set and",
            f"ok    The store in {tmp_path}"[:30],
            "FAIL  MONGO_URI is missing: fi",
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
        assert "FAIL  No key is let in: DASHBOARD_API_KEY is not set either." in run("check")[1]
        monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
        assert "ok    The API keys are set" in run("check")[1]

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
            eventually(lambda: sentence in server.log(), 30)
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

    @pytest.mark.parametrize("setting", ["DASHBOARD_API_KEYS_FILE", "PRICES_FILE"])
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
        assert f"FAIL  DATA_DIR {tmp_path / 'data'} cannot be made" in run("check")[1]

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
        assert "LibreChat records no transactions" in run("check")[1]

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


class TestCommandLine:
    @pytest.mark.parametrize("arguments", [("nope",), ("serve", "--port"), ("import",), ("sample", "a", "b")])
    def test_a_wrong_command_line_is_2(self, run: Run, arguments: tuple[str, ...]) -> None:
        code, written = run(*arguments)
        assert code == 2
        assert "Error" in written

    def test_nothing_shows_the_commands(self, run: Run) -> None:
        _, written = run()
        for command in ("serve", "sync", "import", "sample", "demo", "check"):
            assert command in written

    def test_every_command_has_a_help(self, run: Run) -> None:
        for command in ("serve", "sync", "import", "sample", "demo", "check"):
            code, written = run(command, "--help")
            assert code == 0
            assert "Usage" in written

    def test_the_installed_program_fails_with_1_and_one_line(self, tmp_path: Path) -> None:
        environment = program_environment(tmp_path, DASHBOARD_API_KEY="your-secure-key-here")
        done = subprocess.run([str(PROGRAM), "serve"], env=environment, cwd=tmp_path, capture_output=True)
        assert done.returncode == 1
        assert done.stdout == b""
        assert len(done.stderr.splitlines()) == 1


def test_a_file_that_cannot_grow_is_one_sentence_and_leaves_whole_batches(run: Run, tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "dump", transactions=usages(11_000))
    done = subprocess.run(
        [str(PROGRAM), "import", str(dump)],
        env=program_environment(tmp_path / "data"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)),
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "File too large" in done.stderr
    code, written = run("import", dump)
    assert code == 0
    assert "the store holds 11,000." in written
