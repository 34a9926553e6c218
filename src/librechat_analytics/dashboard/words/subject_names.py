"""What to call a user, model, agent, provider or group, and the usage that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from librechat_analytics.formatting import (
    NONE_LABELS,
    UNKNOWN_AGENT,
    agent_label,
    model_label,
    name_label,
    user_label,
)
from librechat_analytics.usage.filters import UNKNOWN, value_of_none

if TYPE_CHECKING:
    from librechat_analytics.usage.questions import SplitBy


class Named(Protocol):
    """What an answer says about a subject beside its key."""

    @property
    def name(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def deleted(self) -> bool: ...


def subject_name(by: SplitBy, key: str | None, named: Named) -> str:
    """Give the name of a subject; ``key``: its value of the filter, or None for the usage without one."""
    if key is None or key == value_of_none(by):
        return NONE_LABELS[by]
    if by == "agent":
        if key == UNKNOWN:
            return UNKNOWN_AGENT
        return agent_label(named.name, key, deleted=named.deleted)
    if by == "user":
        return user_label(named.name, named.email, key, deleted=named.deleted)
    if by == "model":
        return model_label(key)
    return name_label(named.name) or name_label(key)
