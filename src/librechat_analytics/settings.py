"""Every setting once: its name in the environment, its type, its default, and what it does."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from librechat_analytics.errors import OperatorError
from librechat_analytics.key_strength import HOW_TO_MAKE_A_KEY, require_strong_key
from librechat_analytics.usage.periods import BadParameterError, parse_zone

LEAST_STORE_MEMORY_BYTES = 64_000_000


class SettingsError(OperatorError):
    """A setting that the program cannot work with; the text says which one and what to do."""


class Settings(BaseSettings):
    """The configuration, read from the environment and a ``.env`` file in the working folder."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # an error message must never print the key
    )

    mongo_uri: SecretStr | None = Field(None, description="LibreChat's MongoDB, with the database's name.")
    dashboard_api_key: SecretStr | None = Field(
        None, description="The key that the dashboard and `/api/*` ask for. At least 16 characters."
    )
    dashboard_api_keys_file: Path | None = Field(
        None, description="File of further keys, `name:key` lines; read again when it changes."
    )
    auth_proxy_header: str | None = Field(
        None, description="Header in which a trusted proxy names the signed-in user, who needs no key then."
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="Networks (CIDR) of proxies whose headers are believed, separated by blanks."
    )
    data_dir: Path = Field(Path("data"), description="Folder of the usage store.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(3001, description="Port to listen on.")
    sync_seconds: Annotated[float, Field(ge=1, le=3600)] = Field(
        15, description="Seconds between two looks for new transactions."
    )
    labels_seconds: Annotated[float, Field(ge=5, le=86400)] = Field(
        300, description="Seconds between two readings of users' and agents' names."
    )
    dashboard_timezone: str = Field(
        "UTC", description="IANA zone of days and calendar periods where a request names none."
    )
    frame_ancestors: Annotated[tuple[str, ...], NoDecode] = Field(
        ("'self'",), description="Origins that may embed the dashboard, separated by blanks."
    )
    prices_file: Path | None = Field(
        None,
        description="Own price list (CSV) to hold the recorded cost against, e.g. prices/2026-03.csv.",
    )
    anonymize_users: bool = Field(
        default=False, description="`true`: names and e-mails of users are never asked for, stored or shown."
    )
    store_memory_limit: str = Field("1GB", description="Memory that queries may use.")
    threads: Annotated[int, Field(ge=1, le=64)] = Field(8, description="Requests answered at a time.")
    log_format: Literal["text", "json"] = Field(
        "text", description="Lines of the log: `text` for people or `json` for machines."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")

    @field_validator("mongo_uri", "dashboard_api_key", mode="before")
    @classmethod
    def _strip(cls, value: object) -> object:
        return (value.strip() or None) if isinstance(value, str) else value

    @field_validator("mongo_uri")
    @classmethod
    def _mongo_scheme(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("mongodb://", "mongodb+srv://")):
            raise ValueError("must begin with mongodb:// or mongodb+srv://")
        return value

    @field_validator("dashboard_api_key")
    @classmethod
    def _strong_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            require_strong_key(value.get_secret_value())
        return value

    @field_validator("dashboard_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            parse_zone(value)
        except BadParameterError:
            raise ValueError("is no IANA time zone; write one such as Europe/Berlin") from None
        return value

    @field_validator("frame_ancestors", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        try:
            return tuple(ip_network(each) for each in value.split()) if isinstance(value, str) else value
        except ValueError:
            raise ValueError("must be networks such as 10.0.0.0/8, separated by blanks") from None

    @field_validator("auth_proxy_header")
    @classmethod
    def _header_name(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9-]+", value):
            raise ValueError("must be the name of a header such as X-Forwarded-User")
        return value

    @field_validator("frame_ancestors")
    @classmethod
    def _only_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            scheme, _, host = origin.partition("://")
            plain = host.isascii() and all(c.isalnum() or c in ".-:[]*" for c in host)
            if origin not in ("'self'", "'none'") and not (
                scheme in ("http", "https") and plain and host not in ("", "*")
            ):
                raise ValueError("must name origins such as 'self' or https://portal.example.com")
        return value

    @field_validator("store_memory_limit")
    @classmethod
    def _memory_size(cls, value: str) -> str:
        size = re.fullmatch(r"(\d{1,6})([KMGT])B?", value.upper())
        if not size or int(size[1]) * 1000 ** " KMGT".index(size[2]) < LEAST_STORE_MEMORY_BYTES:
            raise ValueError("must be a size such as 512MB or 2GB, at least 64MB")
        return value


def load_settings(**overrides: object) -> Settings:
    """Read the settings; ``overrides`` win over environment and ``.env``.

    Raises SettingsError with one line per setting at fault, never showing its value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = (
            f"{'.'.join(str(part) for part in fault['loc']).upper()}"
            f" {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError("\n".join(lines)) from None
    except UnicodeDecodeError:
        raise SettingsError(".env is no UTF-8 text. Save it as UTF-8.") from None


def required_key(settings: Settings) -> str:
    """Give the API key; raises SettingsError when there is none."""
    if settings.dashboard_api_key is None:
        raise SettingsError(f"DASHBOARD_API_KEY is missing. {HOW_TO_MAKE_A_KEY}")
    return settings.dashboard_api_key.get_secret_value()


def require_a_key(settings: Settings) -> None:
    """Raise SettingsError when nobody could be let in, or everybody."""
    if settings.dashboard_api_keys_file is None:
        required_key(settings)
    if settings.auth_proxy_header and not settings.trusted_proxies:
        raise SettingsError("AUTH_PROXY_HEADER needs TRUSTED_PROXIES, else anybody could send the header.")


def local_address(settings: Settings) -> str:
    """Give the server's address for programs on this machine, without a slash at the end."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 compared, not bound
    host = everywhere.get(settings.host, f"[{settings.host}]" if ":" in settings.host else settings.host)
    return f"http://{host}:{settings.port}"
