"""Publishes a working copy again and again, whatever ClickHouse does meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from librechat_analytics.errors import OperatorError
from librechat_analytics.store.clickhouse.folding import READER_SECONDS
from librechat_analytics.store.clickhouse.problems import UnreachableError
from librechat_analytics.store.clickhouse.publisher import OutOfStepError, Publisher, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 2.0
FOLD_SECONDS: Final = 60.0
ID_FILE: Final = "follower"


class Publishing:
    """The publisher of a working copy, for several threads. A problem that only continues is logged once."""

    def __init__(self, store: Store, connection: Connection, follower: str) -> None:
        self._store = store
        self._publisher = Publisher(store, connection, follower=follower)
        self._lock = threading.Lock()
        self._problems: dict[str, str] = {}
        self._folded_at = time.monotonic()

    def prepare(self, stopped: threading.Event) -> bool:
        """Make ClickHouse and the working copy agree; False if ClickHouse is away and the copy can go on.

        Waits for ClickHouse if there is nothing in the working copy. Raises StoreError if they cannot agree.
        """
        while not stopped.is_set():
            try:
                self._publisher.prepare(_log_progress, is_stopped=stopped.is_set)
            except StoppedError:
                return False
            except UnreachableError as error:
                self._note("publish", str(error))
                if self._store.state().anything_read:
                    return False
                stopped.wait(RETRY_SECONDS)
            else:
                self._note("publish", "")
                return True
        return False

    def publish(self) -> None:
        """Publish what has changed; raises OutOfStepError if another follower has published."""
        with self._lock:
            self._publisher.publish()

    def publish_at_once(self) -> None:
        """Publish what has changed for somebody who waits; raises as ``publish`` does."""
        with self._lock:
            self._publisher.publish(at_once=True)

    def fold_if_due(self) -> None:
        """Delete once a minute what nobody reads any more."""
        if time.monotonic() - self._folded_at >= FOLD_SECONDS:
            self._folded_at = time.monotonic()
            self.attempt("fold", self._fold)

    def erase_older_than(self, seconds: int) -> None:
        """Delete what was replaced so long ago, such as names that were erased."""
        self.attempt("fold", lambda: self._fold(seconds))

    def _fold(self, reader_seconds: int = READER_SECONDS) -> None:
        with self._lock:
            self._publisher.fold(reader_seconds=reader_seconds)

    def end(self) -> None:
        """Publish what the last batch brought, and let another follower begin."""
        self.attempt("publish", self.publish_at_once)
        self.attempt("publish", self._publisher.close)

    def attempt(self, what: str, do: Callable[[], object]) -> bool:
        """Do something with ClickHouse; return whether it worked. Raises OutOfStepError alone."""
        try:
            do()
        except OutOfStepError:
            raise
        except OperatorError as error:
            self._note(what, str(error))
            return False
        except Exception:
            log.exception("The follower failed to %s and tries again", what)
            return False
        self._note(what, "")
        return True

    def _note(self, what: str, problem: str) -> None:
        before = self._problems.get(what, "")
        if problem and problem != before:
            log.warning("%s The working copy stays up to date; trying again.", problem)
        elif before and not problem:
            log.info("ClickHouse answers again.")
        self._problems[what] = problem


def follower_id(folder: Path) -> str:
    """Return what tells this working copy from others, and write it there if it is new.

    A process that follows a killed one with the same working copy is the same follower. The copy of a folder
    is another one, so the file also has its own number in the file system, which a copy does not share.
    """
    path = folder / ID_FILE
    path.touch()
    number = str(path.stat().st_ino)
    match path.read_text("utf-8", "replace").split():
        case [identity, held] if held == number:
            return identity
    identity = uuid4().hex
    path.write_text(f"{identity} {number}\n", "utf-8")
    return identity


def _log_progress(what: str, done: int, rows: int) -> None:
    if rows:
        log.info("%s: %s of %s rows.", what.capitalize(), f"{done:,}", f"{rows:,}")
