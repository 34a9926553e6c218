"""Figures of single ledgers, as the API gives them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.support.agreement import imported
from tests.support.documents import (
    NOON,
    write_dump,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.agreement import Ask

    Document = dict[str, Any]
    Body = dict[str, Any]


READ_AT = NOON + timedelta(hours=1)


def all_of(ask: Ask, endpoint: str) -> Body:
    status, body = ask(endpoint, {"period": "all"})
    assert status == 200, body
    return body


def figures(body: Body, *names: str) -> tuple[Any, ...]:
    return tuple(body[name] for name in names)


def summary_of(folder: Path, *transactions: Document, **others: list[Document]) -> Body:
    return answer_of(folder, "summary", *transactions, **others)


def answer_of(folder: Path, endpoint: str, *transactions: Document, **others: list[Document]) -> Body:
    write_dump(folder / "dump", compressed=False, transactions=transactions, **others)
    with imported(folder / "dump", folder / "store", READ_AT) as ask:
        return all_of(ask, endpoint)
