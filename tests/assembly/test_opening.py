"""Opening a store that was published to ClickHouse, in a process without STORE_URL."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import uuid4

from librechat_analytics.assembly.opening import end_publishing
from librechat_analytics.store.clickhouse.working_copy import WorkingCopy
from librechat_analytics.store.store import Store
from tests.support.documents import NOON
from tests.support.published_stores import write_usage

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_process_without_store_url_notes_no_changes_of_a_store_that_was_published(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Store(tmp_path)) as store:
        copy = WorkingCopy(store)
        ledger = copy.begin().ledger
        write_usage(store, 40)
        assert copy.has_notes(0, 10_000_000)
        end_publishing(store)
        assert "copy --to --replace" in caplog.text
        store.sum_up(NOON)
        assert copy.published() is None
        assert copy.was_published_to(ledger)
        assert not copy.was_published_to(uuid4())


def test_a_store_that_was_never_published_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Store(tmp_path)) as store:
        end_publishing(store)
        assert not WorkingCopy(store).was_published_to(uuid4())
    assert caplog.text == ""
