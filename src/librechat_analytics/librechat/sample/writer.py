"""A believable LibreChat database to try things out on, written as ``mongodump --out`` writes one.

An imaginary European company used LibreChat for fourteen months, upgrading as it went. The ledger therefore
holds what each release really stored, with its known oddities: rows without ``messageId``, agent ids in
``model``, rows without any model, cached prompts, credits, unknown token types. Amounts are computed as
LibreChat computes them, down to the number type.

Everything private that such a database has (texts, titles, instructions, password hashes) starts with
``SECRET-``, so that a search for that word finds every leak.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.librechat.sample.company import Company
from librechat_analytics.librechat.sample.dump_files import INDEXED_FIELDS, CollectionFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """How many documents were written to each collection."""

    users: int
    agents: int
    conversations: int
    messages: int
    transactions: int
    balances: int
    groups: int


def write_sample(
    folder: Path,
    *,
    transactions: int,
    seed: int,
    until: datetime,
    database: str = "LibreChat",
    progress: Callable[[int], None] | None = None,
) -> SampleCounts:
    """Write a sample database of exactly ``transactions`` transactions to ``folder/database``.

    The files are those of ``mongodump --out folder``; files of the same names are replaced. The same
    arguments always give the same bytes. No document is younger than ``until``. ``progress`` is called
    from time to time with the number of transactions written so far.

    Raises ValueError for a negative number of transactions or an ``until`` without timezone.
    """
    if transactions < 0:
        raise ValueError("transactions must not be negative")
    if until.tzinfo is None:
        raise ValueError("until must have a timezone")
    target = folder / database
    target.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        collections = {
            name: stack.enter_context(CollectionFile(target, name, seed=seed)) for name in INDEXED_FIELDS
        }
        company = Company(collections, transactions=transactions, seed=seed, until=until)
        company.write(progress or (lambda _written: None))
        return SampleCounts(**{name: collection.written for name, collection in collections.items()})
