"""What needs the package clickhouse-connect; only ``connection`` loads this module, on first use."""

from __future__ import annotations

import logging
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import clickhouse_connect
from clickhouse_connect import common
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.external import ExternalData
from clickhouse_connect.driver.httputil import get_pool_manager
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from librechat_analytics.store.clickhouse.frames import native, structure_of
from librechat_analytics.store.clickhouse.problems import refused, require_new_enough, unreachable
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from clickhouse_connect.driver.client import Client
    from clickhouse_connect.driver.query import QueryResult

    from librechat_analytics.store.clickhouse.address import StoreAddress

CONNECT_SECONDS = 5
MOST_CONNECTIONS = 64
PIECE_BYTES = 1 << 20
LONGEST_ERROR_BYTES = 1 << 16

# They need not log what is raised: with a traceback, or with an address that has parameters.
logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
# The plain form of the format Native: it is the same in every version, and frames are sent in it too.
common.set_setting("use_protocol_version", value=False)


class HttpClient:
    """Sends queries to ClickHouse, from many threads; every failure is a StoreError that says what to do."""

    def __init__(self, address: StoreAddress, silence_seconds: int) -> None:
        self._address = address
        self._silence_seconds = silence_seconds
        self._lock = threading.Lock()
        self._made: Client | None = None

    def query(
        self,
        query: str,
        parameters: dict[str, object],
        settings: dict[str, object],
        frames: Mapping[str, pd.DataFrame],
        *,
        by_column: bool = False,
    ) -> QueryResult:
        """Run a query and return its whole answer."""
        external = _external_data(frames)
        with self._client() as client:
            try:
                return client.query(
                    query, parameters, settings, column_oriented=by_column, external_data=external
                )
            except (ValueError, OverflowError) as error:  # a time of the year 10000, for example
                raise StoreError(
                    f"ClickHouse at {self._address} has a value that this program cannot read: {error}."
                ) from error

    def command(self, statement: str, parameters: dict[str, object], settings: dict[str, object]) -> None:
        """Run a statement that returns nothing."""
        with self._client() as client:
            client.command(statement, parameters, settings=settings)

    def insert(
        self,
        table: str,
        columns: Sequence[str],
        csv: Generator[bytes, None, None],
        settings: dict[str, object],
    ) -> None:
        """Insert rows as CSV, once: only a body of bytes would be sent again after a failure."""
        with self._client() as client:
            client.raw_insert(table, columns, csv, settings, fmt="CSV")

    def stream_csv(
        self, query: str, parameters: dict[str, object], settings: dict[str, object]
    ) -> Iterator[bytes]:
        """Run a query and return its answer as CSV, piece by piece."""
        with self._client() as client:
            response = client.raw_stream(query, parameters, settings, fmt="CSV")
        return self._pieces(response)

    def close(self) -> None:
        """Close all connections; the next query opens new ones."""
        with self._lock:
            client, self._made = self._made, None
        if client is not None:
            client.close_connections()
            client.close()

    @contextmanager
    def _client(self) -> Iterator[Client]:
        try:
            yield self._made or self._make()
        except ClickHouseError as error:
            code = getattr(error, "code", None)
            if code is None and "Code: " not in str(error):
                raise unreachable(self._address, error) from None
            raise refused(self._address, str(error), code) from None
        except (HTTPError, OSError) as error:
            raise unreachable(self._address, error) from None

    def _make(self) -> Client:
        """Make the client, which asks the server for its version and its settings at once."""
        made = _new_client(self._address, self._silence_seconds)
        require_new_enough(self._address, made.server_version or "")
        with self._lock:
            self._made = self._made or made
            return self._made

    def _pieces(self, response: object) -> Iterator[bytes]:
        """Pass an answer on; an error in the middle of the query is at its end."""
        if not isinstance(response, BaseHTTPResponse):
            raise TypeError(f"an HTTP answer is expected, not {type(response)}")
        held = b""
        broken: Exception | None = None
        try:
            for piece in response.stream(PIECE_BYTES):
                held += piece
                if len(held) > LONGEST_ERROR_BYTES:
                    yield held[:-LONGEST_ERROR_BYTES]
                    held = held[-LONGEST_ERROR_BYTES:]
        except (HTTPError, OSError) as error:
            broken = error
        finally:
            with suppress(HTTPError, OSError):
                response.close()
                response.release_conn()
        tag = response.headers.get("X-ClickHouse-Exception-Tag")
        marker = f"__exception__\r\n{tag}\r\n".encode()
        if tag and marker in held:
            words = held.partition(marker)[2].decode(errors="replace").rpartition(f" {tag}")[0]
            raise refused(self._address, words.rstrip("0123456789"), None)
        if broken is not None:
            raise unreachable(self._address, broken)
        yield held


def _new_client(address: StoreAddress, silence_seconds: int) -> Client:
    if address.ca_file is not None:
        _require_certificates(address.ca_file)
    trust: dict[str, Any] = {} if address.ca_file is None else {"ca_cert": str(address.ca_file)}
    return clickhouse_connect.get_client(
        interface="https" if address.secure else "http",
        host=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        database=address.database,
        secure=address.secure,
        # A pool of its own: the client's would send everything to the proxy that HTTP_PROXY names.
        pool_mgr=get_pool_manager(maxsize=MOST_CONNECTIONS, num_pools=1, **trust),
        connect_timeout=min(CONNECT_SECONDS, silence_seconds),
        send_receive_timeout=silence_seconds,
        query_retries=0,
        autogenerate_session_id=False,
        tz_mode="aware",
        client_name="librechat-analytics",
        show_clickhouse_errors="scrub",
        # Not in the address, which servers and proxies log: a value may be a name.
        form_encode_query_params=True,
    )


def _require_certificates(file: Path) -> None:
    """Say at once what is wrong with the file; the client would say it of each connection."""
    try:
        ssl.create_default_context(cafile=str(file))
    except ssl.SSLError:
        raise StoreError(f"STORE_CA_FILE {file} cannot be used: it has no certificate in PEM form.") from None
    except OSError as error:
        raise StoreError(f"STORE_CA_FILE {file} cannot be used: {error.strerror}.") from None


def _external_data(frames: Mapping[str, pd.DataFrame]) -> ExternalData | None:
    """Return frames as tables that are sent with a query."""
    if not frames:
        return None
    data = ExternalData()
    for name, frame in frames.items():
        data.add_file(file_name=name, data=native(frame), fmt="Native", structure=structure_of(frame))
    return data
