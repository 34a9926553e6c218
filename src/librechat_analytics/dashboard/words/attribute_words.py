"""Groups and other attributes of usage, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import counted, money

if TYPE_CHECKING:
    from librechat_analytics.usage.list_answers import InSeveral


def in_several_in_words(found: InSeveral) -> str:
    """Say who counts in more than one group, so that nobody adds the groups up; empty without anybody."""
    if not found.users:
        return ""
    are, they = ("is", "counts") if found.users == 1 else ("are", "count")
    return (
        f"{counted(found.users, 'user')} {are} in several groups and {they} in each of them"
        f" ({money(found.cost_usd)}), so the groups add up to more than the total."
    )
