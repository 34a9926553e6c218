"""The sync: what it does when something fails."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from typing import TYPE_CHECKING

from librechat_analytics.librechat.source import SourceUnreachableError
from tests.support.documents import (
    usage,
    usages,
)
from tests.support.in_memory import Clock, LibreChat
from tests.support.syncing import ANSWER, syncer
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from librechat_analytics.librechat.agents import AssistantMessage
    from librechat_analytics.store.store import Store


class TestTrouble:
    def test_a_mongodb_that_goes_away_and_comes_back_is_told_once_and_read_on(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        librechat = LibreChat(transactions=usages(3))
        sync = syncer(store, librechat, clock, sync_seconds=0.01)
        librechat.away = True
        with caplog.at_level(logging.INFO):
            thread = threading.Thread(target=sync.follow)
            thread.start()
            wait_until(lambda: sync.source_state.status == "unreachable")
            assert "it is away" in (sync.source_state.problem or "")
            librechat.away = False
            wait_until(lambda: sync.source_state.status == "ok" and store.count_transactions() == 3)
            sync.stop()
            thread.join(120)
        assert not thread.is_alive()
        texts = [record.getMessage() for record in caplog.records]
        assert sum("Figures stay as they are" in text for text in texts) == 1
        assert "MongoDB answers again." in texts

    def test_agents_that_cannot_be_looked_up_are_told_once_and_asked_for_ever_less_often(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        librechat = LibreChat(transactions=[usage(messageId="m")], messages=[ANSWER])
        tries: list[float] = []
        look_up = librechat.assistant_messages

        def take_too_long(_: Sequence[str]) -> list[AssistantMessage]:
            tries.append(time.monotonic())
            raise SourceUnreachableError("MongoDB needs more than 10 s for 1,000 look-ups.")

        librechat.assistant_messages = take_too_long  # type: ignore[method-assign]
        sync = syncer(store, librechat, clock, sync_seconds=0.05)
        thread = threading.Thread(target=sync.follow)
        with caplog.at_level(logging.INFO):
            thread.start()
            wait_until(lambda: len(tries) == 5)
            librechat.assistant_messages = look_up  # type: ignore[method-assign]
            wait_until(lambda: store.count_unattributed() == 0)
            sync.stop()
            thread.join(120)
        pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
        assert all(pause >= 0.05 * 2**number for number, pause in enumerate(pauses))
        texts = [record.getMessage() for record in caplog.records]
        assert sum("MongoDB needs more than 10 s" in text for text in texts) == 1
        assert sync.source_state.status == "ok"

    def test_an_unexpected_error_does_not_end_the_sync(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        librechat = LibreChat(transactions=usages(3))
        failures = iter([RuntimeError("odd")])

        def fail_once(_: object) -> None:
            for failure in failures:
                raise failure

        librechat.before_document = fail_once
        sync = syncer(store, librechat, clock, sync_seconds=0.01)
        thread = threading.Thread(target=sync.follow)
        thread.start()
        wait_until(lambda: store.count_transactions() == 3)
        sync.stop()
        thread.join(120)
        assert not thread.is_alive()
        assert "is tried again" in caplog.text
