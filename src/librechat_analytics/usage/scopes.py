"""Whether a key's limits match anybody: a limit with a typing mistake would silently match nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.queries import of_all_time, statement

if TYPE_CHECKING:
    from librechat_analytics.store.store import Store


def unmatched_parts(store: Store, scope: Scope) -> tuple[str, ...] | None:
    """Name the parts of a scope that match no user and no usage, such as ``domain=example.com``.

    None while the store knows no users. Raises StoreError when the store cannot be read.
    """
    with store.reading() as cursor:
        ((any_known,),) = cursor.execute(statement("any_known_user")).fetchall()
        if not any_known:
            return None
        return tuple(
            f"{name}={value}"
            for name, value, part in scope.parts()
            if cursor.execute(of_all_time("any_seen_user", part), Filters(scope=part).parameters()).fetchall()
            == [(False,)]
        )
