"""Which rules of cost centres match nobody: one with a typing mistake would silently assign nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from librechat_analytics.usage.cost_centers import Assigner
from librechat_analytics.usage.queries import of_store

if TYPE_CHECKING:
    from librechat_analytics.store.interface import Reader
    from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule


def unmatched_rules(store: Reader, rules: CostCenterRules) -> tuple[Rule, ...] | None:
    """Return the rules about somebody or something that LibreChat never had, in their order.

    Returns None while the store has no labels of users. Raises StoreError when the store cannot be read.
    """
    subjects = Assigner(rules).subjects
    columns = {
        "who": pd.Series([who for who, _ in subjects], dtype="str"),
        "name": pd.Series([name for _, name in subjects], dtype="str"),
    }
    with store.snapshot() as snapshot:
        (known,) = snapshot.rows(of_store("any_known_user"))
        if not known["any_known"]:
            return None
        rows = snapshot.rows(of_store("unknown_subjects"), frames={"subjects": pd.DataFrame(columns)})
    unknown = {(row["who"], row["name"]) for row in rows}
    return tuple(rule for rule in (*rules.mapped, *rules.listed) if (rule.who, rule.name) in unknown)
