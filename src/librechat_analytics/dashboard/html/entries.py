"""Users, models and agents as entries of short lists, each leading to a page of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from librechat_analytics.dashboard.html import blocks
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import (
    agent_label,
    model_label,
    money,
    money_exact,
    name_label,
    share,
    user_label,
)
from librechat_analytics.usage.filters import NONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import PageQuery
    from librechat_analytics.usage.answers import Ranking


def user_entry(query: PageQuery, row: Any) -> blocks.Ranked:
    label = user_label(row.name, row.email, row.id, deleted=row.deleted)
    return _entry(row, label, "", user_page(query, row.id))


def model_entry(query: PageQuery, row: Any) -> blocks.Ranked:
    entry = _entry(row, model_label(row.model), name_label(row.provider), model_page(query, row.model))
    return replace(entry, detail_href=provider_models(query, row.provider))


def agent_entry(query: PageQuery, row: Any) -> blocks.Ranked:
    label = agent_label(row.name, row.id, deleted=row.deleted)
    entry = _entry(row, label, name_label(row.model), agent_page(query, row.id))
    return replace(entry, detail_href=model_page(query, row.model) if row.model else None)


def user_page(query: PageQuery, user: str | None) -> str:
    """Give the address of a user's page; None is the usage whose user is not known."""
    return query.link("user", user=user or NONE)


def model_page(query: PageQuery, model: str | None) -> str:
    """Give the address of a model's page; None is the usage recorded without one."""
    return query.link("model", model=model or NONE)


def provider_models(query: PageQuery, provider: str | None) -> str | None:
    """Give the address of the models of a provider."""
    return query.link("models", provider=provider) if provider else None


def agent_page(query: PageQuery, agent: str) -> str:
    return query.link("agent", agent=agent)


def _entry(row: Any, label: str, detail: str, href: str) -> blocks.Ranked:
    exact = f"{money_exact(row.cost_usd)}, {share(row.share)} of the cost"
    return blocks.Ranked(label, detail, money(row.cost_usd), exact, row.share, href)


def ranked(
    questions: Questions,
    ranking: Ranking,
    nothing: str,
    entry: Callable[[PageQuery, Any], blocks.Ranked],
) -> list[Markup]:
    """The entries of a short list, or why there are none."""
    rows = list(ranking.rows.itertuples(index=False))
    if not rows:
        return [element("li", *blocks.nothing_in(questions, nothing), class_name="table-message")]
    return blocks.ranked_items([entry(questions.query, row) for row in rows])
