"""Real servers for tests, each on a free loopback port and gone when its ``with`` block ends."""

from __future__ import annotations

import ctypes
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from tests.support import warm_program
from tests.support.profiles import PROCESS_PER_SITE, leave, profile_of
from tests.support.waiting import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError

    from tests.support.warm_program import ForkedProcess

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("librechat-analytics")
NGINX_BLOCK = ROOT / "deploy" / "nginx-librechat-analytics.conf"
API_KEY = "k3y-for-tests-0nly-2f8a"
E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")


def installed(*names: str) -> str:
    """Path of the first of these programs that is installed; raises FileNotFoundError naming them.

    Looks in the system folders too, which a plain user's PATH leaves out on Debian.
    """
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"))
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise FileNotFoundError(f"none of {', '.join(names)} is installed; `make test` says how to get it")


def free_port() -> int:
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def status_of(url: str) -> int | None:
    """HTTP status of a GET, without following redirects; None where nobody answers."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", f"{parts.path or '/'}?{parts.query}".rstrip("?"))
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def accepts(port: int) -> bool:
    """Whether something on this machine takes TCP connections on ``port``."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass(slots=True)
class Running:
    """A server that was started, with all the processes that it has started itself.

    ``base_url`` has no slash at its end.
    """

    name: str
    log_path: Path
    process: subprocess.Popen[bytes] | ForkedProcess
    base_url: str
    # Reading end of a pipe whose other end the process and its children have open until they end.
    lifeline: int
    stopped: bool = field(default=False, init=False)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def port(self) -> int:
        return urlsplit(self.base_url).port or 0

    def log(self) -> str:
        """What it has written to stdout and stderr so far."""
        return self.log_path.read_text(errors="replace")

    def stop(self, timeout_seconds: float = PATIENCE_SECONDS) -> int:
        """Ask it to end as ``docker stop`` does; gives its exit code. Raises AssertionError when it stays."""
        if not self.stopped:
            self.process.terminate()
        return self._wait_until_gone(timeout_seconds)

    def kill(self) -> None:
        """End it and its children at once, as a power cut does."""
        if not self.stopped:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self._wait_until_gone(PATIENCE_SECONDS)

    def _wait_until_gone(self, timeout_seconds: float) -> int:
        if self.stopped:
            return self.process.wait()
        readable, _, _ = select.select([self.lifeline], [], [], timeout_seconds)
        if not readable:
            raise AssertionError(f"{self.name} still runs after {timeout_seconds} s:\n{self.log()}")
        os.close(self.lifeline)
        self.stopped = True
        return self.process.wait(timeout=PATIENCE_SECONDS)


Start = Callable[
    [list[str], Path, dict[str, str] | None, int, int], "subprocess.Popen[bytes] | ForkedProcess"
]
"""Starts a command in a folder and an environment; it writes to one file and holds another one open."""


_prctl = ctypes.CDLL(None, use_errno=True).prctl
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Have Linux ask this process to end when its parent has ended, however that was."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def started(
    command: list[str], folder: Path, environment: dict[str, str] | None, log: int, held_open: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=[held_open],
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


def forked(
    command: list[str], folder: Path, environment: dict[str, str] | None, log: int, held_open: int
) -> subprocess.Popen[bytes] | ForkedProcess:
    """Start the program, or a script around it, without importing it again; any other command as usual."""
    match command:
        case [program, *arguments] if program == str(PROGRAM):
            script = None
        case [python, "-c", script, *arguments] if python == sys.executable:
            pass
        case _:
            return started(command, folder, environment, log, held_open)
    return warm_program.start(
        script,
        arguments,
        folder=folder,
        environment=environment or {},
        output=log,
        errors=log,
        held_open=held_open,
    )


@contextmanager
def running(
    name: str,
    command: list[str],
    *,
    base_url: str,
    log_path: Path,
    ready: Callable[[], bool],
    folder: Path,
    environment: dict[str, str] | None = None,
    start: Start = started,
) -> Iterator[Running]:
    """Run ``command`` in ``folder`` and wait until it is ready; raises AssertionError if it never is.

    ``environment`` is all that it sees, none of this process's; None hands this process's on.
    """
    lifeline, held_open = os.pipe()
    with log_path.open("ab") as log:
        process = start(command, folder, environment, log.fileno(), held_open)
    os.close(held_open)
    server = Running(name, log_path, process, base_url, lifeline)
    try:
        wait_until(lambda: process.poll() is not None or ready(), problem=server.log)
        if process.poll() is not None:
            raise AssertionError(f"{name} ended with {process.returncode}:\n{server.log()}")
        yield server
        server.stop()
    finally:
        if not server.stopped:
            server.kill()


@contextmanager
def mongo_wire_server(folder: Path, port: int | None = None) -> Iterator[Running]:
    """A MongoDB that keeps its data in ``folder``; ``base_url`` lacks only a slash and a database's name.

    Starting it again with the same folder and port is a restart.
    """
    program = ROOT / ".cache" / "mongotest"
    if not program.exists():
        raise FileNotFoundError(f"{program} is missing; `make mongotest` builds it")
    port = port or free_port()
    with running(
        "mongotest",
        [str(program), "-listen", f"127.0.0.1:{port}", "-dir", str(folder)],
        base_url=f"mongodb://127.0.0.1:{port}",
        log_path=folder.with_name(f"{folder.name}.log"),
        ready=lambda: accepts(port),
        folder=folder,
    ) as server:
        yield server


def program_environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """An environment with these settings of the program and no others, whatever the developer's own holds."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "HOME": str(data_dir),
        "DATA_DIR": str(data_dir),
        "DASHBOARD_API_KEY": API_KEY,
        **settings,
    }


def run_program(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """Run a command of the program beside whatever serves; gives its exit code and what it wrote."""
    with TemporaryFile() as written:
        process = warm_program.start(
            None,
            arguments,
            folder=folder,
            environment=program_environment(folder, **settings),
            output=written.fileno(),
            errors=written.fileno(),
            held_open=written.fileno(),
        )
        code = process.wait(timeout=PATIENCE_SECONDS)
        written.seek(0)
        return code, written.read().decode()


SERVE = (str(PROGRAM), "serve")


@contextmanager
def serve(
    data_dir: Path, *, command: tuple[str, ...] = SERVE, start: Start = forked, **settings: str
) -> Iterator[Running]:
    """Run ``librechat-analytics serve`` on the store in ``data_dir``, from when /health answers 200.

    ``settings`` are variables of its environment, such as ``MONGO_URI="mongodb://…"``. At its end the log is
    read: raises AssertionError when a secret or a name is in it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    port = settings.get("PORT") or str(free_port())
    base_url = f"http://127.0.0.1:{port}"
    with running(
        "librechat-analytics serve",
        list(command),
        base_url=base_url,
        log_path=data_dir / "serve.log",
        ready=lambda: status_of(f"{base_url}/health") == 200,
        folder=data_dir,  # where no .env of the developer's lies
        environment=program_environment(data_dir, **(settings | {"PORT": port})),
        start=start,
    ) as server:
        yield server
    secrets = {API_KEY, settings.get("DASHBOARD_API_KEY", API_KEY)}
    if password := urlsplit(settings.get("MONGO_URI", "")).password:
        secrets.add(password)
    leaked = [secret for secret in secrets if secret in server.log()] + E_MAIL.findall(server.log())
    assert leaked == [], f"the log contains {leaked}:\n{server.log()}"


NGINX_AROUND_THE_BLOCK = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
{user}
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location /api/ {{ return 200 "LibreChat's API"; }}
        location / {{ return 200 "LibreChat"; }}
        include {folder}/block.conf;
    }}
}}
"""


@contextmanager
def nginx_in_front(upstream_port: int | None, *, resolver_port: int | None = None) -> Iterator[str]:
    """LibreChat's nginx with the documented block; gives its URL, without a slash at the end.

    The block leads to ``upstream_port``; None leaves it as documented: a name that nothing here resolves.
    With ``resolver_port`` the name stays, and is looked up there, each second instead of each ten.
    """
    block = NGINX_BLOCK.read_text()
    if resolver_port is not None:
        block = block.replace(":3001", f":{upstream_port}").replace(
            "127.0.0.11 valid=10s", f"127.0.0.1:{resolver_port} valid=1s"
        )
        assert block.count("valid=1s") == 1
    elif upstream_port is not None:
        documented, block = block, block.replace("librechat-analytics:3001", f"127.0.0.1:{upstream_port}")
        assert block != documented
    port = free_port()
    # Its workers would give up root, and with it the way into the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    with TemporaryDirectory(prefix="nginx-") as name:
        folder = Path(name)
        (folder / "block.conf").write_text(block)
        (folder / "nginx.conf").write_text(NGINX_AROUND_THE_BLOCK.format(folder=folder, port=port, user=user))
        base_url = f"http://127.0.0.1:{port}"
        with running(
            "nginx",
            [installed("nginx"), "-e", "stderr", "-p", name, "-c", "nginx.conf"],
            base_url=base_url,
            log_path=folder / "nginx.log",
            ready=lambda: accepts(port),
            folder=folder,
        ):
            yield base_url


# No page lives long enough here for V8's slowest compiler to pay. More room for young objects saves
# collections.
SCRIPTS_OF_SHORT_LIVES = "--js-flags=--no-opt --min-semi-space-size=32"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@contextmanager
def launched_browser() -> Iterator[Browser]:
    """Debian's Chromium, headless, that talks to nobody on its own.

    The headless shell is the same engine without windows, and needs little more than half of the CPU time.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed(*BROWSERS),
            args=[
                PROCESS_PER_SITE,
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                SCRIPTS_OF_SHORT_LIVES,
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass  # without slots: Playwright leaves marks on whom it reports to
class BrowserWatch:
    """What a browser must not do: report an error, or ask another machine for anything.

    Chromium reports each failed answer as an error of the console; a test lists in ``expected_statuses``
    the HTTP statuses that it provokes.
    """

    expected_statuses: set[int] = field(default_factory=set)
    hosts: set[str | None] = field(default_factory=lambda: {"127.0.0.1"})
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    @contextmanager
    def watching(self, context: BrowserContext) -> Iterator[None]:
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        yield
        context.remove_listener("console", self._on_console)
        context.remove_listener("weberror", self._on_error)
        context.remove_listener("request", self._on_request)

    def verify(self) -> None:
        """Raises AssertionError listing what was reported and which other hosts were contacted."""
        expected = tuple(
            f"Failed to load resource: the server responded with a status of {status} "
            for status in self.expected_statuses
        )
        unexpected = [error for error in self.errors if not error.startswith(expected)]
        assert not unexpected, "the browser's console has errors:\n" + "\n".join(unexpected)
        assert not self.strangers, "other hosts were contacted:\n" + "\n".join(self.strangers)

    def _on_error(self, error: WebError) -> None:
        self.errors.append(f"uncaught: {error.error.stack or error.error}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} [{message.location.get('url', '')}]")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in self.hosts:
            self.strangers.append(request.url)


@contextmanager
def watched_page(browser: Browser, watch: BrowserWatch, **context_options: object) -> Iterator[Page]:
    """A page in a browser profile without anything stored; AssertionError at its end for what ``watch`` saw.

    ``context_options`` are Playwright's, such as ``viewport={"width": 360, "height": 800}``.
    """
    profile = profile_of(browser, context_options)
    try:
        with watch.watching(profile.context):
            yield profile.context.new_page()
            leave(browser, profile)
    except BaseException:
        profile.context.close()
        raise
    watch.verify()
