"""What can be wrong with ClickHouse or on the way to it: a failure says what to do, never the password."""

from __future__ import annotations

import errno
import logging
import socket
import ssl
import subprocess
import sys
import threading
import traceback
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from librechat_analytics.store.clickhouse.address import StoreAddress
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.problems import require_new_enough
from librechat_analytics.store.errors import StoreError
from tests.support.clickhouse import user_of
from tests.support.fault_proxy import FaultProxy
from tests.support.servers import free_port, installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.clickhouse

PASSWORD = "h1dden:p@ss"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself, with its key in the file ``.key``."""
    path = tmp_path_factory.mktemp("tls") / "clickhouse.crt"
    subprocess.run(
        [
            *(installed("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=clickhouse", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(path.with_suffix(".key")), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    return path


@pytest.fixture
def proxy(clickhouse: StoreAddress) -> Iterator[FaultProxy]:
    with FaultProxy(clickhouse.port) as proxy:
        yield proxy


@pytest.fixture
def through(clickhouse_database: StoreAddress, proxy: FaultProxy) -> StoreAddress:
    """The address of an empty database behind ``proxy``."""
    return replace(clickhouse_database, port=proxy.port)


def failure_of(address: StoreAddress, query: str = "SELECT 1", *, silence_seconds: int = 20) -> str:
    """Text of the error that a query ends with; nothing that is logged or shown has the password."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        with closing(
            Connection(address, memory_limit=50_000_000, silence_seconds=silence_seconds)
        ) as connection:
            connection.rows(query)
    except StoreError as error:
        shown = "".join(traceback.format_exception(error))
        assert address.password not in shown
        assert "During handling" not in shown
        return str(error)
    finally:
        logging.getLogger().removeHandler(handler)
        assert lines == []
    raise AssertionError("the query has not failed")


def test_a_server_that_is_not_there_is_named(clickhouse: StoreAddress) -> None:
    port = free_port()

    failure = failure_of(replace(clickhouse, host="127.0.0.1", port=port, password=PASSWORD))

    assert failure == (
        f"ClickHouse at clickhouse://{clickhouse.user}@127.0.0.1:{port}/default refuses connections: it is"
        " not running, or listens on another port. Check STORE_URL."
    )


def test_a_host_that_has_no_address_is_named(clickhouse: StoreAddress) -> None:
    failure = failure_of(replace(clickhouse, host="no-such-host.invalid", password=PASSWORD))

    assert failure.endswith("cannot be found: no host has this name. Check the host in STORE_URL.")


def test_a_wrong_password_is_told_from_everything_else(clickhouse: StoreAddress) -> None:
    failure = failure_of(replace(clickhouse, password=PASSWORD))

    assert failure.startswith(
        f"ClickHouse refuses the user {clickhouse.user} at clickhouse://{clickhouse.user}@"
    )
    assert "percent-encoded" in failure


def test_a_missing_database_is_named(clickhouse: StoreAddress) -> None:
    failure = failure_of(replace(clickhouse, database="missing"))

    assert failure.endswith(
        "has no database missing. Correct STORE_URL, or create it: CREATE DATABASE `missing`."
    )


def test_a_user_who_may_not_send_settings_is_told_what_the_profile_needs(
    clickhouse_database: StoreAddress,
) -> None:
    with user_of(clickhouse_database, readonly=1) as guest:
        assert failure_of(guest).endswith("Set readonly = 2 in this user's profile, not 1.")


def test_a_reader_reads_and_does_not_write(clickhouse_database: StoreAddress, connection: Connection) -> None:
    connection.command("CREATE TABLE rows (key UInt64) ENGINE = MergeTree ORDER BY key")
    frames = {"days": pd.DataFrame({"day": [1, 2]})}
    with user_of(clickhouse_database, readonly=2) as reader, closing(Connection(reader)) as reading:
        assert reading.rows("SELECT {text:String} AS text", {"text": "yes"}) == [{"text": "yes"}]
        assert reading.rows("SELECT count() AS days FROM days", frames=frames) == [{"days": 2}]
        with pytest.raises(StoreError, match=f"does not allow this to the user {reader.user}"):
            reading.command("DROP TABLE rows")
        with pytest.raises(StoreError, match=f"does not allow this to the user {reader.user}"):
            reading.insert_csv("rows", ["key"], [b"1\n"], query_id="no")


def test_a_query_that_needs_too_much_memory_says_which_setting_limits_it(clickhouse: StoreAddress) -> None:
    failure = failure_of(clickhouse, "SELECT count(DISTINCT number) FROM numbers(20000000)")

    assert failure.startswith("A query needs more memory than it may use in ClickHouse: ")
    assert failure.endswith(" Raise STORE_MEMORY_LIMIT.")


def test_a_wrong_query_is_shown_in_the_servers_words_and_one_line(clickhouse: StoreAddress) -> None:
    failure = failure_of(clickhouse, "SELECT nonsense\nFROM numbers(1)")

    assert "nonsense" in failure
    assert "version" not in failure
    assert len(failure.splitlines()) == 1


@pytest.mark.parametrize(("has_file", "is_read"), [(True, True), (False, False)])
def test_a_certificate_of_ones_own_needs_the_file_of_its_authority(
    clickhouse: StoreAddress, certificate: Path, has_file: bool, is_read: bool
) -> None:
    with tls_before(clickhouse, certificate) as address:
        trusting = replace(address, ca_file=certificate if has_file else None)
        if is_read:
            with closing(Connection(trusting)) as connection:
                assert connection.rows("SELECT 1 AS one") == [{"one": 1}]
        else:
            failure = failure_of(trusting)
            assert "is not trusted: self-signed certificate. Set STORE_CA_FILE to" in failure


def test_a_certificate_of_another_host_is_refused(clickhouse: StoreAddress, certificate: Path) -> None:
    with tls_before(clickhouse, certificate) as address:
        failure = failure_of(replace(address, host="localhost", ca_file=certificate))

    assert "is for another host: Hostname mismatch" in failure


def test_a_file_of_an_authority_that_is_missing_or_holds_something_else_is_named(
    clickhouse: StoreAddress, certificate: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.pem").write_text("not a certificate")
    with tls_before(clickhouse, certificate) as address:
        for file in (tmp_path / "missing.pem", tmp_path / "notes.pem", tmp_path):
            assert failure_of(replace(address, ca_file=file)).startswith(
                f"STORE_CA_FILE {file} cannot be used"
            )


def test_tls_where_there_is_none_and_none_where_there_is_are_told(
    clickhouse: StoreAddress, certificate: Path
) -> None:
    assert "does not speak TLS" in failure_of(replace(clickhouse, secure=True))
    with tls_before(clickhouse, certificate) as address:
        assert failure_of(replace(address, secure=False)).endswith("add ?secure=1 to STORE_URL.")


@pytest.mark.parametrize("version", ["24.8.14.39", "26.7.9.1-altinity", ""])
def test_a_server_that_is_too_old_is_refused(clickhouse: StoreAddress, version: str) -> None:
    with pytest.raises(StoreError, match=r"Update it to 26\.8 or later\."):
        require_new_enough(clickhouse, version)
    for new_enough in ("26.8.1.1", "26.10.1.1", "27.1.1.1 (official build)"):
        require_new_enough(clickhouse, new_enough)


def test_a_server_that_never_answers_is_given_up(through: StoreAddress, proxy: FaultProxy) -> None:
    with closing(Connection(through, silence_seconds=1)) as connection:
        connection.rows("SELECT 1")
        proxy.set("hang")
        with pytest.raises(StoreError, match="has stopped answering"):
            connection.rows("SELECT 1")
        with pytest.raises(StoreError, match="has stopped answering"):
            connection.insert_csv("rows", ["key"], [b"1\n"], query_id="silent")
        proxy.set("pass")


def test_something_else_that_listens_there_is_told() -> None:
    with talking(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        failure = failure_of(StoreAddress("127.0.0.1", port, "u", PASSWORD, "d", secure=False, ca_file=None))

    assert "speaks HTTP" in failure


def test_a_restart_between_two_queries_is_not_noticed(through: StoreAddress, proxy: FaultProxy) -> None:
    with closing(Connection(through)) as connection:
        connection.rows("SELECT 1")
        proxy.set("down")
        proxy.set("pass")

        assert connection.rows("SELECT 1 AS one") == [{"one": 1}]
        assert connection.columns("SELECT 1 AS one")["one"].tolist() == [1]


def test_a_server_that_is_away_is_found_again(through: StoreAddress, proxy: FaultProxy) -> None:
    with closing(Connection(through)) as connection:
        proxy.set("down")
        for _ in range(2):
            with pytest.raises(StoreError, match="refuses connections"):
                connection.rows("SELECT 1")
        proxy.set("pass")

        assert connection.rows("SELECT 1 AS one") == [{"one": 1}]


def test_a_server_that_dies_in_the_middle_of_an_answer_is_an_error(
    through: StoreAddress, proxy: FaultProxy
) -> None:
    with closing(Connection(through)) as connection:
        pieces = connection.read_csv("SELECT number FROM numbers(20000000)")
        next(pieces)
        proxy.set("down")
        with pytest.raises(StoreError, match="closed the connection before its answer was whole"):
            list(pieces)
        proxy.set("pass")
        assert connection.rows("SELECT 1 AS one") == [{"one": 1}]


LONG = "SELECT randomPrintableASCII(100) AS text FROM numbers(50000)"


def test_an_answer_that_breaks_off_is_asked_for_once_more(through: StoreAddress, proxy: FaultProxy) -> None:
    with closing(Connection(through)) as connection:
        connection.rows("SELECT 1")
        proxy.set("narrow")  # the answer would take a minute
        restart = threading.Timer(0.5, lambda: (proxy.set("down"), proxy.set("pass")))
        restart.start()
        assert len(connection.rows(LONG)) == 50_000
        restart.join()


def test_an_answer_that_breaks_off_for_good_is_an_error(through: StoreAddress, proxy: FaultProxy) -> None:
    with closing(Connection(through)) as connection:
        connection.rows("SELECT 1")
        proxy.set("narrow")
        end = threading.Timer(0.5, proxy.set, ["down"])
        end.start()
        with pytest.raises(StoreError, match="refuses connections"):
            connection.rows(LONG)
        end.join()


def test_a_connection_that_breaks_while_rows_are_sent_fails_once_and_is_not_tried_again(
    through: StoreAddress, proxy: FaultProxy
) -> None:
    sent = 0

    def rows() -> Iterator[bytes]:
        nonlocal sent
        for number in range(5):
            sent += 1
            yield b"1\n" * 500_000
            if number == 2:
                proxy.set("down")

    with closing(Connection(through)) as connection:
        connection.command("CREATE TABLE rows (key UInt64) ENGINE = MergeTree ORDER BY key")
        with pytest.raises(StoreError, match=r"closed the connection|refuses connections"):
            connection.insert_csv("rows", ["key"], rows(), query_id="broken")
        assert sent <= 5
        proxy.set("pass")
        (row,) = connection.rows("SELECT count() AS rows FROM rows")
        assert row["rows"] < 2_500_000


def test_a_disk_that_fails_while_rows_are_sent_is_not_taken_for_the_server(connection: Connection) -> None:
    def rows() -> Iterator[bytes]:
        yield b"1\n"
        raise OSError(errno.EIO, "Input/output error")

    connection.command("CREATE TABLE rows (key UInt64) ENGINE = MergeTree ORDER BY key")
    with pytest.raises(StoreError, match=r"Input/output error\. Check the disk of DATA_DIR"):
        connection.insert_csv("rows", ["key"], rows(), query_id="broken")
    assert connection.rows("SELECT count() AS rows FROM rows") == [{"rows": 0}]


def test_rows_that_cannot_be_read_are_refused_and_none_is_kept(connection: Connection) -> None:
    connection.command("CREATE TABLE rows (key UInt64, text String) ENGINE = MergeTree ORDER BY key")

    for csv in (b'1,"a"\nP. Person\n', b"1\n", b'1,"a",2\n', b'1,"a"\n2'):
        with pytest.raises(StoreError, match="refuses") as refused:
            connection.insert_csv("rows", ["key", "text"], [csv], query_id="wrong")
        assert "Person" not in str(refused.value)

    assert connection.rows("SELECT count() AS rows FROM rows") == [{"rows": 0}]


def test_an_answer_that_python_cannot_hold_is_an_error_that_says_so(connection: Connection) -> None:
    query = "SELECT reinterpret(toInt64(9000000000000000000), 'DateTime64(6)') AS at"
    for ask in (connection.rows, connection.columns):
        with pytest.raises(StoreError, match="cannot read: year 287168 is out of range"):
            ask(query)


def test_without_the_package_an_error_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['clickhouse_connect'] = None\n"
        "from librechat_analytics.store.clickhouse.address import parse_store_url\n"
        "from librechat_analytics.store.clickhouse.connection import Connection\n"
        "Connection(parse_store_url('clickhouse://u:p@host/d', None)).rows('SELECT 1')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.stderr.rstrip().endswith("pip install 'librechat-analytics[clickhouse]'.")


@contextmanager
def tls_before(address: StoreAddress, certificate: Path) -> Iterator[StoreAddress]:
    """Put a listener that speaks TLS alone before a server."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with FaultProxy(address.port, tls) as proxy:
        yield replace(address, port=proxy.port, secure=True)


@contextmanager
def talking(greeting: bytes) -> Iterator[int]:
    """Listen on a free port, say this to each client, and leave."""

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.sendall(greeting)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
