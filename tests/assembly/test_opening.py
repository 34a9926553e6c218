"""Opening a store that was published to ClickHouse, in a process without STORE_URL."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from librechat_analytics.assembly.opening import end_publishing, open_store
from librechat_analytics.settings import Settings
from librechat_analytics.store.clickhouse.working_copy import WorkingCopy
from librechat_analytics.store.store import Store, StoreError
from tests.support.documents import NOON
from tests.support.published_stores import write_usage

if TYPE_CHECKING:
    from pathlib import Path


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


def test_a_store_whose_copy_was_interrupted_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with closing(open_store(settings)) as store:
        store.open_unfinished_copy().close()
    with pytest.raises(
        StoreError, match=r"was interrupted\. To go on with it, start .* the follower .* copy --from"
    ):
        open_store(settings)
    with closing(open_store(settings, for_copying=True)) as store:
        store.write_state(last_sync=datetime(2026, 11, 24, tzinfo=UTC))
    open_store(settings).close()  # it was in use before the copy began, which was to replace it
