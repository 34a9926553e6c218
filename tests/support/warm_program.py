"""The program, started from a process that has imported it: a start costs a fork, not two seconds of work.

`serve` and `run_program` use it; tests/cli and test_whole_path.py start the installed program too.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STATUS_BYTES = 4


class ForkedProcess:
    """A process that the warm program has forked, with what tests use of ``subprocess.Popen``."""

    def __init__(self, pid: int, status: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._status = status

    def poll(self) -> int | None:
        return self._read(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._read(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("librechat-analytics", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _read(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            written = os.read(self._status, STATUS_BYTES)
            assert written, "the warm program has ended"
            os.close(self._status)
            self.returncode = int.from_bytes(written, "big", signed=True)
        return self.returncode


def start(
    script: str | None,
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: dict[str, str],
    output: int,
    errors: int,
    held_open: int,
) -> ForkedProcess:
    """Start the program, or a script around it, in a session of its own.

    ``output`` and ``errors`` are the files that it writes to, ``held_open`` one that it only holds.
    """
    status, report = os.pipe()
    order = {"script": script, "arguments": [*arguments], "folder": str(folder), "environment": environment}
    _warm().sendall(len(encoded := json.dumps(order).encode()).to_bytes(4, "big"))
    socket.send_fds(_warm(), [encoded[:1]], [output, errors, held_open, report])
    _warm().sendall(encoded[1:])
    os.close(report)
    return ForkedProcess(int.from_bytes(_received(_warm(), 4), "big"), status)


@cache
def _warm() -> socket.socket:
    """The line to this process's warm program, which ends with all that it has forked when the line does."""
    ours, theirs = socket.socketpair()
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-P", __file__, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        env=kept,
        start_new_session=True,
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _received(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = line.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _follow_orders(line: socket.socket) -> None:
    """Fork for each order, and report how each child ended; ends them when nobody gives orders any more."""
    reports: dict[int, int] = {}
    try:
        _obey(line, reports)
    except (EOFError, ConnectionError):  # a reset: the other end was killed before it read an answer
        for pid in reports:
            os.kill(pid, signal.SIGTERM)


def _obey(line: socket.socket, reports: dict[int, int]) -> None:
    """Follow orders until there can be no more; ``reports`` has where to report the end of each child."""
    orders, (woken, wake) = line.fileno(), os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        readable, _, _ = select.select([orders, woken], [], [])
        if woken in readable:
            os.read(woken, 1024)
            _report_ended(reports)
        if orders in readable:
            size = int.from_bytes(_received(line, 4), "big")
            first, files, _, _ = socket.recv_fds(line, 1, 4)
            order = json.loads(first + _received(line, size - 1))
            if (pid := os.fork()) == 0:
                for inherited in (orders, woken, wake, files[3], *reports.values()):
                    os.close(inherited)
                _become(order, *files[:2])
            for file in files[:3]:
                os.close(file)
            reports[pid] = files[3]
            line.sendall(pid.to_bytes(4, "big"))


def _report_ended(reports: dict[int, int]) -> None:
    for pid, report in [*reports.items()]:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            os.write(report, os.waitstatus_to_exitcode(status).to_bytes(STATUS_BYTES, "big", signed=True))
            os.close(report)
            del reports[pid]


def _become(order: dict[str, Any], output: int, errors: int) -> None:
    """Turn into the program that was ordered; never returns."""
    code: object = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 0)
        for file, place in ((output, 1), (errors, 2)):
            os.dup2(file, place)
            os.close(file)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        time.tzset()
        sys.argv = ["librechat-analytics" if order["script"] is None else "-c", *order["arguments"]]
        if order["script"] is None:
            from librechat_analytics.cli.main import main

            main()
        else:
            exec(order["script"], {"__name__": "__main__"})
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    with suppress(BaseException):
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    import librechat_analytics.app
    import librechat_analytics.cli.main
    import librechat_analytics.serving.server  # noqa: F401

    _follow_orders(socket.socket(fileno=int(sys.argv[1])))
