"""What needs the package clickhouse-connect; only ``connection`` loads this module, on first use."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.external import ExternalData
from clickhouse_connect.driver.httputil import get_pool_manager
from clickhouse_connect.driver.query import QueryResult
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from librechat_analytics.store.clickhouse.frames import native, structure_of
from librechat_analytics.store.clickhouse.problems import refused, unreachable
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from librechat_analytics.store.clickhouse.address import StoreAddress

__all__ = ["Client", "ExternalData", "QueryResult"]

CONNECT_SECONDS = 5
MOST_CONNECTIONS = 64
PIECE_BYTES = 1 << 20
LONGEST_ERROR_BYTES = 1 << 16


def new_client(address: StoreAddress, silence_seconds: float) -> Client:
    """Return a client; it asks the server for its version and its settings at once."""
    if address.ca_file is not None and not address.ca_file.is_file():
        raise StoreError(f"STORE_CA_FILE {address.ca_file} cannot be read: there is no such file.")
    ca_file = None if address.ca_file is None else str(address.ca_file)
    # A pool of its own: the client's would send everything to the proxy that HTTP_PROXY names.
    pool = get_pool_manager(ca_cert=ca_file, maxsize=MOST_CONNECTIONS, num_pools=1)
    return clickhouse_connect.get_client(
        interface="https" if address.secure else "http",
        host=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        database=address.database,
        secure=address.secure,
        pool_mgr=pool,
        connect_timeout=CONNECT_SECONDS,
        send_receive_timeout=silence_seconds,
        query_retries=0,
        autogenerate_session_id=False,
        tz_mode="aware",
        client_name="librechat-analytics",
        form_encode_query_params=True,  # servers and proxies log addresses; a value may be a name
        show_clickhouse_errors="scrub",
    )


def external_data(frames: Mapping[str, pd.DataFrame]) -> ExternalData | None:
    """Return frames as tables that are sent with a query."""
    if not frames:
        return None
    data = ExternalData()
    for name, frame in frames.items():
        data.add_file(file_name=name, data=native(frame), fmt="Native", structure=structure_of(frame))
    return data


@contextmanager
def explained(address: StoreAddress) -> Iterator[None]:
    """Turn each failure of the client into a StoreError."""
    try:
        yield
    except ClickHouseError as error:
        code = getattr(error, "code", None)
        if code is None and "Code: " not in str(error):
            raise unreachable(address, error) from None
        raise refused(address, str(error), code) from None
    except (HTTPError, OSError) as error:
        raise unreachable(address, error) from None


def pieces_of(response: object, address: StoreAddress) -> Iterator[bytes]:
    """Pass an answer on piece by piece; raises StoreError if it breaks off, or ends with an error."""
    if not isinstance(response, BaseHTTPResponse):
        raise TypeError(f"an HTTP answer is expected, not {type(response)}")
    held = b""
    broken: Exception | None = None
    try:
        for piece in response.stream(PIECE_BYTES):
            held += piece
            if len(held) > LONGEST_ERROR_BYTES:  # the rest may be the error that ends the answer
                yield held[:-LONGEST_ERROR_BYTES]
                held = held[-LONGEST_ERROR_BYTES:]
    except (HTTPError, OSError) as error:
        broken = error
    finally:
        response.close()
        response.release_conn()
    tag = response.headers.get("X-ClickHouse-Exception-Tag")
    marker = f"__exception__\r\n{tag}\r\n".encode()
    if tag and marker in held:
        words = held.partition(marker)[2].decode(errors="replace").rpartition(f" {tag}")[0]
        raise refused(address, words.rstrip("0123456789"), None)
    if broken is not None:
        raise unreachable(address, broken)
    yield held
