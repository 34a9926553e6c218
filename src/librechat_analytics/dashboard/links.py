"""The addresses of other pages, with the same period and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.filters import NONE, value_of_none

if TYPE_CHECKING:
    from librechat_analytics.dashboard.query import PageQuery
    from librechat_analytics.usage.questions import Dimension, SplitBy

LIST_VIEWS: dict[Dimension, str] = {"model": "models", "user": "users", "agent": "agents"}
"""The view that lists all models, users or agents."""


def user_page(query: PageQuery, user: str | None) -> str:
    """Give the address of a user's page; None is the usage without a readable user."""
    return query.link("user", user=user or NONE)


def model_page(query: PageQuery, model: str | None) -> str:
    """Give the address of a model's page; None is the usage recorded without a model."""
    return query.link("model", model=model or NONE)


def agent_page(query: PageQuery, agent: str) -> str:
    """Give the address of an agent's page."""
    return query.link("agent", agent=agent)


def provider_models(query: PageQuery, provider: str | None) -> str | None:
    """Give the address of the models of a provider; None without a provider."""
    return query.link("models", provider=provider) if provider else None


def subject_page(query: PageQuery, by: SplitBy, key: str | None) -> str:
    """Give the address of a subject's page, or of what a filter shows of it; None: usage without one."""
    value = key or value_of_none(by)
    if by in LIST_VIEWS:
        return query.link(by, **{by: value})
    return query.link("models" if by == "provider" else "overview", **{by: value})
