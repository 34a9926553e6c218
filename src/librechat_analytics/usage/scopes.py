"""Whether a key's limits match anybody: a limit with a typing mistake would silently match nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.assigned_snapshot import AssignedSnapshot, Assignments
from librechat_analytics.usage.queries import of_store
from librechat_analytics.usage.rows import all_time_rows

if TYPE_CHECKING:
    from librechat_analytics.store.interface import Reader, Snapshot
    from librechat_analytics.usage.cost_center_rules import CostCenterRules
    from librechat_analytics.usage.filters import Scope


def unmatched_parts(
    store: Reader, scope: Scope, rules: CostCenterRules | None = None
) -> tuple[str, ...] | None:
    """Name the parts of a scope that match no user and no usage, such as ``domain=example.com``.

    ``rules`` are those of cost centres. Returns None while the store has no labels of users. Raises
    StoreError when the store cannot be read.
    """
    with store.snapshot() as snapshot:
        (known,) = snapshot.rows(of_store("any_known_user"))
        if not known["any_known"]:
            return None
        assigned = AssignedSnapshot(snapshot, rules, Assignments())
        parts = scope.parts()
        return tuple(f"{name}={value}" for name, value, part in parts if not _matches(assigned, part))


def _matches(snapshot: Snapshot, part: Scope) -> bool:
    (row,) = all_time_rows(snapshot, "any_seen_user", part)
    return bool(row["any_seen"])
