"""Completes rows and names that older versions of this program wrote."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from bson import ObjectId

from librechat_analytics.librechat.documents import listed_name
from librechat_analytics.librechat.providers import family_provider
from librechat_analytics.store.stored_names import StoredNames
from librechat_analytics.store.unfinished import UnfinishedRows
from librechat_analytics.sync.agent_providers import correct_early_providers
from librechat_analytics.sync.frames import ledger_table, naive, refusal_frame, texts_frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.store.store import Store

READ_AT_ONCE = 10_000
LONGEST_REST_SECONDS = 2.0


def mend_names(store: Store) -> None:
    """Rewrite names that an older version stored as recorded, in the form that lists show and filters take.

    Costs one read of the names when there is nothing to do.
    """
    names = StoredNames(store)
    renamed = [(name, listed) for name in names.all() if (listed := listed_name(name) or name) != name]
    if renamed:
        names.rename(texts_frame(renamed, ("name", "listed")))


def mend_providers(store: Store) -> None:
    """Write the provider of rows that have none, if the model's name shows it.

    Costs one read of the rows without a provider when there is nothing to do.
    """
    unfinished = UnfinishedRows(store)
    known = [(model, family_provider(model)) for model in unfinished.models_without_provider()]
    rows = [(model, provider) for model, provider in known if provider is not None]
    if rows:
        unfinished.write_providers(texts_frame(rows, ("model", "provider")))


def read_outdated(
    store: Store,
    source: MongoSource,
    now: datetime,
    *,
    is_stopped: Callable[[], bool] = lambda: False,
    rest: Callable[[float], object] = lambda _: None,
) -> None:
    """Read again the rows that the store has only in part, in pages of READ_AT_ONCE ids.

    After each page, ``rest`` is called with the seconds that the page took, at most LONGEST_REST_SECONDS.

    Rows that LibreChat has deleted stay as they are; rows that it will still change wait for the next time.
    Raises SourceUnreachableError when MongoDB does not answer in time; what was read is kept.
    """
    unfinished = UnfinishedRows(store)
    unfinished.list_without_tenant()
    before, started = None, monotonic()
    while not is_stopped() and (page := unfinished.outdated(before, READ_AT_ONCE)):
        before = page[-1]
        rows = ledger_table(list(source.transactions_by_id([ObjectId(each.hex()) for each in page])))
        store.write_batch(rows, refusal_frame([]), {}, now=naive(now))
        there = set(zip(rows.array("id_head").tolist(), rows.array("id_tail").tolist(), strict=True))
        unfinished.forget_outdated(each for each in page if each not in there)
        rest(min(monotonic() - started, LONGEST_REST_SECONDS))
        started = monotonic()
    correct_early_providers(store, now)
