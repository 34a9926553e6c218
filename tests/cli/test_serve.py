"""`serve`: what keeps it from starting, and what it serves."""

from __future__ import annotations

import os
import socket
import subprocess
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

from librechat_analytics.store import duckdb_file
from librechat_analytics.store.store import FILE_NAME
from tests.cli.test_check import SALES
from tests.support.documents import usages, write_dump
from tests.support.servers import (
    API_KEY,
    PROGRAM,
    free_port,
    serve,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]


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
            ("your-secure-key-here", "is an example from the documentation"),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", "uses too few different characters"),
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
            ("FINOPS_FILE", "nowhere.toml", "FINOPS_FILE nowhere.toml cannot be read"),
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
                server.log().count("is empty. An import fills it. If there was a store before, only a") == 1
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
            patched.setattr(duckdb_file, "LOCK_WAIT_SECONDS", 0.2)
            code, written = run("import", dump)
            assert code == 1
            assert f"in use by process {holder.pid}. End it and try again" in written
            code, written = run("check")
            assert f"ok    The store {tmp_path / 'data' / FILE_NAME} is in use by process" in written
            assert "ok    MONGO_URI is missing, so figures come from imports only." in written
        holder.communicate()
