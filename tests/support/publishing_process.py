"""A follower without LibreChat: writes batches into a working copy and publishes each.

Run as ``python -m tests.support.publishing_process FOLDER FOLLOWER BATCHES``, with the address of the
database in STORE_URL. It ends when the working copy has so many batches; killed before, the next one goes on.
A batch has rows of six months, in conversations and slots that have rows already, so each publication ends
rows of earlier ones.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store.clickhouse import followers
from librechat_analytics.store.clickhouse.address import parse_store_url
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import OutOfStepError, Publisher
from librechat_analytics.store.store import Store, StoreError
from librechat_analytics.sync.frames import ledger_table, refusal_frame
from tests.support.documents import NOON, usage

if TYPE_CHECKING:
    from tests.support.documents import Document

ROWS_IN_A_BATCH = 30
MONTHS = 6


def rows_after(batches: int) -> int:
    """How many rows there are after so many batches."""
    return batches * ROWS_IN_A_BATCH


def credits_after(batches: int) -> int:
    """What these rows cost, in millionths of a credit."""
    rows = rows_after(batches)
    return rows * (rows + 1) // 2 * 10**6


def document(number: int) -> Document:
    at = NOON - timedelta(days=31 * (number % MONTHS), minutes=15 * (number // 100 % 3))
    return usage(at, number=number, conversationId=f"c-{number % 4}", tokenValue=-(number + 1))


def work(folder: Path, connection: Connection, follower: str, batches: int) -> None:
    with closing(Store(folder, threads=1)) as store:
        publisher = Publisher(store, connection, follower=follower)
        publisher.prepare()
        say("prepared")
        publish(publisher)  # what a killed one has written
        while (held := store.state().rows_read or 0) < batches:
            numbers = range(rows_after(held), rows_after(held + 1))
            rows = [read_transaction(document(number)) for number in numbers]
            now = NOON.replace(tzinfo=None)
            store.write_batch(
                ledger_table(rows), refusal_frame(rows), {"rows_read": held + 1, "last_sync": now}, now=now
            )
            if held % 3 == 2:
                store.sum_up(NOON)
            publish(publisher)
            if held % 10 == 9:
                publisher.fold()
        publisher.close()


def publish(publisher: Publisher) -> None:
    """Publish, and try again after a failure, unless another follower is at work."""
    while True:
        try:
            publisher.publish()
        except OutOfStepError:
            raise
        except StoreError:
            continue
        return


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    followers.ALIVE_SECONDS = int(os.environ.get("ALIVE_SECONDS", followers.ALIVE_SECONDS))
    with closing(Connection(parse_store_url(os.environ["STORE_URL"], None))) as opened:
        work(Path(sys.argv[1]), opened, sys.argv[2], int(sys.argv[3]))
