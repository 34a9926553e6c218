"""The log on stderr: lines for people, or JSON for machines."""

from __future__ import annotations

import logging
import os
import select
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from librechat_analytics.settings import Settings

STDERR = 2
WRITTEN_AT_ONCE = select.PIPE_BUF
"""A pipe that can be written to has room for at least this many bytes."""

PATIENCE_MILLISECONDS = 100

FORMATS = {
    "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    "json": {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
    },
}


class NonBlockingHandler(logging.Handler):
    """Writes to stderr, and drops a line that cannot be written soon: the log must not stop the program.

    A pipe whose reader has stopped would block every thread that logs. The next line that can be written
    says how many were dropped.
    """

    def __init__(self, file: int = STDERR) -> None:
        super().__init__()
        self._file = file
        self._dropped = 0

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            if self._dropped and self._write(self.format(self._gap()), patience=0):
                self._dropped = 0
            if self._dropped or not self._write(line, patience=PATIENCE_MILLISECONDS):
                self._dropped += 1
        except Exception:
            self.handleError(record)

    def _gap(self) -> logging.LogRecord:
        words = "%d lines of the log could not be written and are missing here"
        return logging.LogRecord(
            __name__, logging.WARNING, __file__, 0, words, (self._dropped,), exc_info=None
        )

    def _write(self, line: str, *, patience: int) -> bool:
        rest = f"{line}\n".encode(errors="backslashreplace")
        poll = select.poll()
        poll.register(self._file, select.POLLOUT)
        try:
            while rest and poll.poll(patience):
                rest = rest[os.write(self._file, rest[:WRITTEN_AT_ONCE]) :]
        except OSError:  # the reader of the pipe has gone, for example
            return False
        return not rest


def occupy_standard_files() -> None:
    """Open the null device for standard files that are closed: else another file would get their numbers."""
    for file in (0, 1, 2):
        try:
            os.fstat(file)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def log_config(settings: Settings) -> dict[str, Any]:
    """Return the configuration for ``logging.config.dictConfig``, gunicorn's loggers included."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": FORMATS[settings.log_format]},
        "handlers": {
            "stderr": {"()": NonBlockingHandler, "formatter": "lines"},
        },
        "root": {"handlers": ["stderr"], "level": settings.log_level},
        "loggers": {
            "gunicorn.error": {"handlers": [], "propagate": True, "level": settings.log_level},
            # Its lines contain query strings, and these contain names; requests_log.py logs requests.
            "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
            "pymongo": {"level": "WARNING"},
        },
    }
