"""What is written to stderr, as lines for people or as JSON for machines."""

from __future__ import annotations

import logging
import os
import select
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from librechat_analytics.settings import Settings

STDERR = 2
WRITTEN_AT_ONCE = select.PIPE_BUF
"""Bytes for which a pipe that says it takes some has room."""

PATIENCE_MILLISECONDS = 100

FORMATS = {
    "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    "json": {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
    },
}


class UnheldHandler(logging.Handler):
    """Writes to stderr, and goes on without a line that nobody takes: a log must not stop what it tells of.

    A pipe whose reader has stopped would hold up every thread that has something to say. How many lines were
    left out is said as soon as somebody reads again.
    """

    def __init__(self, file: int = STDERR) -> None:
        super().__init__()
        self._file = file
        self._left_out = 0

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            if self._left_out and self._write(self.format(self._gap()), patience=0):
                self._left_out = 0
            if self._left_out or not self._write(line, patience=PATIENCE_MILLISECONDS):
                self._left_out += 1
        except Exception:
            self.handleError(record)

    def _gap(self) -> logging.LogRecord:
        words = "Lines of the log that nobody took are left out here: %d"
        return logging.LogRecord(
            __name__, logging.WARNING, __file__, 0, words, (self._left_out,), exc_info=None
        )

    def _write(self, line: str, *, patience: int) -> bool:
        rest = f"{line}\n".encode(errors="backslashreplace")
        poll = select.poll()
        poll.register(self._file, select.POLLOUT)
        try:
            while rest and poll.poll(patience):
                rest = rest[os.write(self._file, rest[:WRITTEN_AT_ONCE]) :]
        except OSError:  # such as a pipe whose reader has gone
            return False
        return not rest


def occupy_standard_files() -> None:
    """Lead standard files that are closed to nowhere: else the next file opened gets the number of one."""
    for file in (0, 1, 2):
        try:
            os.fstat(file)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def log_config(settings: Settings) -> dict[str, Any]:
    """Give the configuration for ``logging.config.dictConfig``, gunicorn's loggers included."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": FORMATS[settings.log_format]},
        "handlers": {
            "stderr": {"()": UnheldHandler, "formatter": "lines"},
        },
        "root": {"handlers": ["stderr"], "level": settings.log_level},
        "loggers": {
            "gunicorn.error": {"handlers": [], "propagate": True, "level": settings.log_level},
            # Its lines hold queries, and those people's names; requests are logged by ourselves.
            "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
            "pymongo": {"level": "WARNING"},
        },
    }
