"""What is written to stderr, as lines for people or as JSON for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from librechat_analytics.settings import Settings

FORMATS = {
    "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    "json": {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
    },
}


def log_config(settings: Settings) -> dict[str, Any]:
    """Give the configuration for ``logging.config.dictConfig``, gunicorn's loggers included."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": FORMATS[settings.log_format]},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}
        },
        "root": {"handlers": ["stderr"], "level": settings.log_level},
        "loggers": {
            "gunicorn.error": {"handlers": [], "propagate": True, "level": settings.log_level},
            # Its lines hold queries, and those people's names; requests are logged by ourselves.
            "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
            "pymongo": {"level": "WARNING"},
        },
    }
