"""The program in this process, on either engine: on ClickHouse a follower runs beside it."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from librechat_analytics.app import EXTENSION, close_app, create_app
from librechat_analytics.assembly.follower import Follower
from librechat_analytics.store.clickhouse.commit import newest_commit
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.followers import newest_heartbeat
from tests.support.clickhouse_site import store_url
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from librechat_analytics.finops.alerting import Alerting
    from librechat_analytics.finops.definitions_file import DefinitionsFile
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress


@dataclass(frozen=True, slots=True)
class Program:
    """What answers, and what evaluates alerts and sends them."""

    app: Flask
    definitions: DefinitionsFile
    alerting: Alerting


@contextmanager
def program(settings: Settings) -> Iterator[Program]:
    """Serve the store of DATA_DIR."""
    app = create_app(settings)
    running = app.extensions[EXTENSION]
    try:
        yield Program(app, running.definitions, running.alerting)
    finally:
        close_app(app)


@contextmanager
def followed_program(settings: Settings, address: StoreAddress) -> Iterator[Program]:
    """Publish the store of DATA_DIR to an empty database, and serve that; a follower runs beside it."""
    with following(settings, address) as alerting:
        app = create_app(settings.model_copy(update={"store_url": SecretStr(store_url(address))}))
        try:
            yield Program(app, app.extensions[EXTENSION].definitions, alerting)
        finally:
            close_app(app)


@contextmanager
def following(settings: Settings, address: StoreAddress) -> Iterator[Alerting]:
    """Run a follower from when it has published and reported for the first time."""
    stopped = threading.Event()
    follower = Follower(settings, address, stopped, lambda *_: None)
    thread = threading.Thread(target=follower.run, name="follower", daemon=True)
    thread.start()
    try:
        with closing(Connection(address)) as connection:
            wait_until(lambda: _has_reported(connection) or not thread.is_alive())
        assert follower.following is not None
        yield follower.following.alerting
    finally:
        stopped.set()
        thread.join()


def _has_reported(connection: Connection) -> bool:
    if newest_commit(connection) is None:
        return False
    found = newest_heartbeat(connection)
    return found is not None and found[0].source_status != "importing"
