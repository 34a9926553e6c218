"""Serves with gunicorn: one process, because only one can open the store, and threads for requests."""

from __future__ import annotations

import ctypes
import logging
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http import wsgi

from librechat_analytics.app import close_app, create_app, preflight
from librechat_analytics.errors import OperatorError
from librechat_analytics.logs import log_config
from librechat_analytics.serving.incoming import LARGEST_FIELD_BYTES, LONGEST_LINE_BYTES, MOST_FIELDS
from librechat_analytics.serving.worker import MOST_CONNECTIONS, Worker
from librechat_analytics.settings import local_address
from librechat_analytics.web.server import PREFIX

if TYPE_CHECKING:
    from flask import Flask

    from librechat_analytics.settings import Settings

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
SWITCH_SECONDS = 0.001
"""How long a thread that reads history may keep others from running; Python's default is 5 ms."""

LAST_ANSWERS_SECONDS = 20
"""The time for current requests after a stop signal; ``docker stop`` must wait longer."""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 gunicorn's heartbeat file; the root may be read-only


class AddressError(OperatorError):
    """The server cannot listen on its address; the message says why."""


class OneWorker(Arbiter):  # type: ignore[misc]
    """gunicorn's master without the signals that start a second process, because only one can open the store.

    A second one would wait for the store in vain, and gunicorn exits when a worker cannot start.
    """

    def handle_hup(self) -> None:
        log.info("Nothing to reload: key files are read again automatically, settings at the next start.")

    def handle_ttin(self) -> None:
        log.warning("There is only one process; set THREADS to answer more requests at a time.")

    def handle_usr2(self) -> None:
        log.warning("A new version cannot start while this one runs; stop this one first.")


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured by our settings instead of its own files and variables."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: Flask | None = None
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": [_address(self._settings)],
            "workers": 1,
            "worker_class": Worker,
            "threads": self._settings.threads,
            "timeout": 60,
            "graceful_timeout": LAST_ANSWERS_SECONDS,
            "keepalive": 5,
            "worker_connections": MOST_CONNECTIONS,
            "limit_request_line": LONGEST_LINE_BYTES,
            "limit_request_fields": MOST_FIELDS,
            "limit_request_field_size": LARGEST_FIELD_BYTES,
            # Only the app's gatekeeper reads the headers of proxies; gunicorn trusts none.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "secure_scheme_headers": {},
            "control_socket_disable": True,
            "worker_tmp_dir": str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None,
            "logconfig_dict": log_config(self._settings),
            "loglevel": self._settings.log_level.lower(),
            "post_fork": _end_with_parent,
            "post_worker_init": _stay_when_hung_up,
            "worker_exit": self._close,
        }
        for name, value in options.items():
            if value is not None:
                self.cfg.set(name, value)

    def run(self) -> None:
        OneWorker(self).run()

    def load(self) -> Flask:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._app = create_app(self._settings)
        return self._app

    def _close(self, _arbiter: object, _worker: object) -> None:
        if self._app is not None:
            close_app(self._app)


def serve(settings: Settings) -> None:
    """Serve until stopped; exits the process with gunicorn's exit code.

    Raises what ``create_app`` raises, or AddressError, before anything starts.
    """
    preflight(settings)  # reports now, in one line, what a worker could only log
    _require_free(settings)
    wsgi.SERVER = "librechat-analytics"  # the header of that name; it must not tell which software serves
    log.info("The dashboard is at %s", address_of(settings))
    Server(settings).run()


def address_of(settings: Settings) -> str:
    """Return the dashboard's address for a browser on this machine."""
    return local_address(settings) + PREFIX


def _require_free(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise AddressError(
                f"Cannot listen on {_address(settings)}: {error.strerror}. Set HOST or PORT to another one."
            ) from None


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


def _end_with_parent(_arbiter: object, _worker: object) -> None:
    """End the worker when its master is killed, so that it does not keep the store open."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _stay_when_hung_up(_worker: object) -> None:
    """Ignore SIGHUP, so that closing a terminal does not interrupt requests."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
