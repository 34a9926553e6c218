"""How old the figures are, and how the source is doing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from librechat_analytics.store.held_ids import AuditResult
from librechat_analytics.usage.answers import Freshness
from librechat_analytics.usage.queries import of_store
from librechat_analytics.usage.rows import answer_row

if TYPE_CHECKING:
    from librechat_analytics.store.interface import Reader
    from librechat_analytics.store.store import SyncState
    from librechat_analytics.usage.answers import SourceReport


def freshness(reader: Reader, state: SyncState, source: SourceReport) -> Freshness:
    """Combine a state of the store, how its source is doing, and the last audits."""
    with reader.snapshot() as snapshot:
        audits = snapshot.rows(of_store("audits"))
        refused = snapshot.rows(of_store("count_refused"))
    known = Freshness(
        as_of=_aware(state.as_of),
        status=source.status,
        last_sync=_aware(state.last_sync),
        progress=source.progress,
        audits=tuple(answer_row(AuditResult, row) for row in audits),
        unattributed=reader.count_unattributed(),
        last_row=_stored_at(state.newest_id),
        refused=sum(row["refused"] for row in refused),
    )
    return with_source(known, source)


def with_source(known: Freshness, source: SourceReport) -> Freshness:
    """Return what is known of the same state, with how the source is doing now."""
    return replace(
        known,
        status=source.status,
        progress=source.progress,
        is_foreign=source.is_foreign,
        audit_kind=source.audit_kind,
        audit_progress=source.audit_progress,
        silent_since=source.silent_since,
        lacks_follower=source.lacks_follower,
    )


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


def _stored_at(row_id: str | None) -> datetime | None:
    """Read the instant at which a row was stored from the first four bytes of its ObjectId."""
    return None if row_id is None else datetime.fromtimestamp(int(row_id[:8], 16), UTC)
