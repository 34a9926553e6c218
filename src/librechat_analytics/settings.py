"""Every setting: its name in the environment, its type, its default, and what it does."""

from __future__ import annotations

import os
import re
from io import StringIO
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, runtime_checkable
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from librechat_analytics.errors import OperatorError
from librechat_analytics.key_strength import HOW_TO_MAKE_A_KEY, require_strong_key
from librechat_analytics.plain_files import MissingFileError, UnreadableFileError, read_text, stands_for_none
from librechat_analytics.store.clickhouse.address import StoreAddress, parse_store_url
from librechat_analytics.texts import listed, parse_bytes, parse_seconds, trimmed
from librechat_analytics.zones import UnknownZoneError, zone_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENV_FILE = Path(".env")
"""A file in the working folder."""

LEAST_STORE_MEMORY_BYTES = 192_000_000
"""Measured: with less, a workbook of a million transactions, or two at the same time, can fail."""

ORIGIN = re.compile(
    r"https?://(?:(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::(?:[0-9]{1,5}|\*))?"
)
"""An origin as a Content-Security-Policy takes it; names beyond ASCII must be in punycode."""

MOST_STORE_MEMORY_BYTES = 10**15
LONGEST_HOST_NAME = 253
HOST_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")


@runtime_checkable
class HasLeast(Protocol):
    """The lower bound of a field."""

    ge: float


@runtime_checkable
class HasMost(Protocol):
    """The upper bound of a field."""

    le: float


class SettingsError(OperatorError):
    """A setting cannot be used; the text says which one and what to do."""


def _if_written(parse: Callable[[str], object]) -> BeforeValidator:
    """Parse texts; the program itself passes values of the right type."""
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("begins with ~, but there is no home folder; give the whole path") from None


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(each) for each in listed(text))
    except ValueError:
        raise ValueError("must be networks such as 10.0.0.0/8, separated by spaces") from None


def _origins(text: str) -> tuple[str, ...]:
    return tuple(_origin(each.lower()) for each in listed(text))


def _origin(text: str) -> str:
    # The quotes are easily lost in a shell or a compose file.
    return f"'{text}'" if text in ("self", "none") else text.removesuffix("/")


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    try:
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or parts.query or parts.fragment or parts.username or not text.isprintable():
        raise ValueError("must be an address such as https://analytics.example.com")
    path = parts.path.rstrip("/") or "/librechat-analytics"
    return f"{parts.scheme}://{parts.netloc}{path}/"


def _mongo_uri(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    return f"{scheme.lower()}{separator}{rest}"


def _zone(text: str) -> str:
    try:
        return zone_name(text)
    except UnknownZoneError:
        raise ValueError("is not an IANA time zone; use one such as Europe/Berlin") from None


def _host(text: str) -> str:
    host = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        ip_address(host)
    except ValueError:
        if not HOST_NAME.fullmatch(host) or len(host) > LONGEST_HOST_NAME:
            raise ValueError("must be an address such as 127.0.0.1 or ::, or the name of a host") from None
    return host


def _log_level(text: str) -> str:
    level = text.upper()
    return "WARNING" if level == "WARN" else level


Seconds = Annotated[float, _if_written(parse_seconds)]
FilePath = Annotated[Path, _if_written(_path)]


class Settings(BaseModel):
    """All settings; ``load_settings`` reads them."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # so that no error message prints the key
    )

    mongo_uri: Annotated[SecretStr, _if_written(_mongo_uri)] | None = Field(
        None, description="LibreChat's MongoDB, with the name of the database."
    )
    dashboard_api_key: SecretStr | None = Field(
        None, description="The key for the dashboard and `/api/*`. At least 16 characters."
    )
    dashboard_api_keys_file: FilePath | None = Field(
        None, description="File of further keys, one `name:key` per line; it is read again when it changes."
    )
    auth_proxy_header: str | None = Field(
        None,
        description="Header in which a proxy names the user that it has signed in; this user needs no key.",
    )
    auth_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], _if_written(_networks)] = Field(
        (),
        description="Networks (CIDR) of the proxies that may name a user, separated by spaces."
        " Default: the proxies of `TRUSTED_PROXIES`.",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], _if_written(_networks)] = Field(
        (),
        description="Networks (CIDR) of the proxies that may name a client's address, separated by spaces.",
    )
    store_url: SecretStr | None = Field(
        None,
        description="ClickHouse as the store instead of a file in `DATA_DIR`, such as"
        " `clickhouse://user:password@host:8443/database?secure=1`.",
    )
    store_ca_file: FilePath | None = Field(
        None,
        description="File (PEM) with the certificate of the authority that signed ClickHouse's, if it is not"
        " a public one.",
    )
    data_dir: FilePath = Field(Path("data"), description="Folder of the usage store.")
    host: Annotated[str, _if_written(_host)] = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(3001, description="Port to listen on.")
    sync_seconds: Annotated[Seconds, Field(ge=1, le=3600)] = Field(
        15, description="How often to check for new transactions, in seconds."
    )
    labels_seconds: Annotated[Seconds, Field(ge=5, le=86400)] = Field(
        300, description="How often to read the names of users and agents, in seconds."
    )
    dashboard_timezone: Annotated[str, _if_written(_zone)] = Field(
        "UTC", description="IANA time zone of days and calendar periods, for requests that name none."
    )
    frame_ancestors: Annotated[tuple[str, ...], _if_written(_origins)] = Field(
        ("'self'",), description="Origins that may embed the dashboard, separated by spaces."
    )
    prices_file: FilePath | None = Field(
        None,
        description="Your own price list (CSV) to compare the recorded cost with,"
        " such as prices/2026-11.csv.",
    )
    finops_file: FilePath | None = Field(
        None,
        description="Your own definitions (TOML) of cost centres, budgets, alerts and reports, such as"
        " finops.toml; it is read again when it changes.",
    )
    public_url: Annotated[str, _if_written(_public_url)] | None = Field(
        None,
        description="Where people open the dashboard, such as https://analytics.example.com: messages and"
        " reports link to it.",
    )
    anonymize_users: bool = Field(
        default=False,
        description="`true`: names and e-mail addresses of users are never read, stored or shown.",
    )
    store_memory_limit: Annotated[int, _if_written(parse_bytes)] = Field(
        1_000_000_000, description="Memory that queries may use."
    )
    threads: Annotated[int, Field(ge=1, le=64)] = Field(
        8, description="How many requests are answered at the same time."
    )
    log_format: Annotated[Literal["text", "json"], _if_written(str.lower)] = Field(
        "text", description="Format of the log: `text` for people or `json` for machines."
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], _if_written(_log_level)] = Field(
        "INFO", description="How much is logged."
    )

    @field_validator("mongo_uri")
    @classmethod
    def _mongo_scheme(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("mongodb://", "mongodb+srv://")):
            raise ValueError("must begin with mongodb:// or mongodb+srv://")
        return value

    @field_validator("store_url")
    @classmethod
    def _usable_store_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parse_store_url(value.get_secret_value(), None)
        return value

    @field_validator("store_ca_file")
    @classmethod
    def _ca_file_of_tls(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        url = info.data.get("store_url")
        if not isinstance(url, SecretStr) or value is None:
            return value
        if not parse_store_url(url.get_secret_value(), None).secure:
            raise ValueError("needs TLS: add ?secure=1 to STORE_URL, or leave STORE_CA_FILE out")
        return value

    @property
    def store_address(self) -> StoreAddress | None:
        """Where ClickHouse is; None if the store is a file."""
        if self.store_url is None:
            return None
        return parse_store_url(self.store_url.get_secret_value(), self.store_ca_file)

    @field_validator("dashboard_api_key")
    @classmethod
    def _strong_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            require_strong_key(value.get_secret_value())
        return value

    @field_validator("trusted_proxies", "auth_proxies")
    @classmethod
    def _not_everyone(
        cls, value: tuple[IPv4Network | IPv6Network, ...]
    ) -> tuple[IPv4Network | IPv6Network, ...]:
        if any(network.prefixlen == 0 for network in value):
            raise ValueError("must not match every address: anyone could then set the header")
        return value

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
            if origin not in ("'self'", "'none'") and not ORIGIN.fullmatch(origin):
                raise ValueError("must name origins such as 'self' or https://portal.example.com")
        return value

    @field_validator("store_memory_limit")
    @classmethod
    def _enough_memory(cls, value: int) -> int:
        if not LEAST_STORE_MEMORY_BYTES <= value <= MOST_STORE_MEMORY_BYTES:
            raise ValueError(
                "must be a size such as 512MB or 2GiB,"
                f" at least {LEAST_STORE_MEMORY_BYTES // 1_000_000}MB; with less, a workbook may fail"
            )
        return value


def load_settings(*, env_file: Path | None = ENV_FILE, **overrides: object) -> Settings:
    """Read the settings from the environment and ``.env``; ``overrides`` win over both.

    Raises SettingsError with one line for each wrong setting; the line never shows the value.
    """
    written = {} if env_file is None else _written(_dotenv(env_file))
    try:
        return Settings.model_validate(written | _written(os.environ) | overrides)
    except ValidationError as error:
        lines = (
            f"{str(fault['loc'][0]).upper()} {_what_to_do(str(fault['loc'][0]), fault['type'], fault['msg'])}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError("\n".join(lines)) from None


def _what_to_do(name: str, kind: str, message: str) -> str:
    """Say what a setting must be; ``kind`` and ``message`` are those of pydantic's error."""
    if kind in ("greater_than_equal", "less_than_equal") or kind.startswith("int_"):
        return _range_in_words(name)
    if kind.startswith("bool_"):
        return "must be true or false"
    if kind == "literal_error":
        return message.replace("Input should be", "must be").replace("'", "")
    return message.removeprefix("Value error, ")


def _range_in_words(name: str) -> str:
    field = Settings.model_fields[name]
    least = next(part.ge for part in field.metadata if isinstance(part, HasLeast))
    most = next(part.le for part in field.metadata if isinstance(part, HasMost))
    if field.annotation is int:
        return f"must be a whole number from {least} to {most}"
    return f"must be from {least} to {most} seconds"


def _written(texts: Mapping[str, str | None]) -> dict[str, object]:
    """Return the text of each setting; an empty text counts as not set."""
    values = {name.lower(): trimmed(text) for name, text in texts.items() if text is not None}
    return {name: values[name] for name in Settings.model_fields if values.get(name)}


def whole_environment(env_file: Path = ENV_FILE) -> dict[str, str]:
    """Return the environment with all that ``.env`` adds to it, for secrets that a file names."""
    return {name: text for name, text in _dotenv(env_file).items() if text is not None} | dict(os.environ)


def _dotenv(path: Path) -> dict[str, str | None]:
    if stands_for_none(path):
        return {}
    try:
        return dotenv_values(stream=StringIO(read_text(path)))
    except MissingFileError:
        return {}
    except UnreadableFileError as error:
        raise SettingsError(f"{path} {error}") from None


def required_key(settings: Settings) -> str:
    """Return the API key; raises SettingsError without one."""
    if settings.dashboard_api_key is None:
        raise SettingsError(f"DASHBOARD_API_KEY is missing. {HOW_TO_MAKE_A_KEY}")
    return settings.dashboard_api_key.get_secret_value()


def require_a_key(settings: Settings) -> None:
    """Raise SettingsError where no key is set, or where anyone could name a user."""
    if settings.dashboard_api_keys_file is None:
        required_key(settings)
    if settings.auth_proxy_header and not name_users(settings):
        raise SettingsError(
            "AUTH_PROXY_HEADER needs AUTH_PROXIES, the networks of the proxies that sign users in; without it"
            " anyone could send the header."
        )


def name_users(settings: Settings) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks of the proxies that may name a user."""
    return settings.auth_proxies or settings.trusted_proxies


def local_address(settings: Settings) -> str:
    """Return the server's address for programs on this machine, without a slash at the end."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 compared, not bound
    host = everywhere.get(settings.host, f"[{settings.host}]" if ":" in settings.host else settings.host)
    return f"http://{host}:{settings.port}"
