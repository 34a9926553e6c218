"""Cost centres in words: who is in several, and what is only assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import counted, money

if TYPE_CHECKING:
    from librechat_analytics.usage.cost_center_list import CostCenters
    from librechat_analytics.usage.list_answers import InSeveral

NEGLIGIBLE = 0.01
"""The page says nothing about an assumed share below this one."""


def in_several(found: InSeveral) -> str:
    """Say how much is unassigned because its users are in several groups; empty without any."""
    if not found.users:
        return ""
    are = "is" if found.users == 1 else "are"
    return (
        f"{counted(found.users, 'user')} {are} in groups of several cost centres, so {money(found.cost_usd)}"
        " is unassigned."
    )


def assumed(found: CostCenters, cost_usd: float) -> str:
    """Say how much is assigned by memberships that may have been others; empty where that is negligible."""
    assumed_usd = sum(row.assumed_cost_usd for row in found.rows)
    if assumed_usd <= NEGLIGIBLE * cost_usd:
        return ""
    return (
        f"{money(assumed_usd)} is from before groups, domains and roles were first read, and assigned as if"
        " these had been the same."
    )
