"""Short lists of the top users, models and agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.ranked import RankedEntry
from librechat_analytics.dashboard.links import (
    LIST_VIEWS,
    agent_page,
    model_page,
    provider_models,
    user_page,
)
from librechat_analytics.dashboard.words.empties import nothing_in
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
    from collections.abc import Sequence

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.parts import RankedList
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.dashboard.query import PageQuery
    from librechat_analytics.usage.list_answers import Ranking, TopRow
    from librechat_analytics.usage.questions import Dimension


def fill_top(
    part: RankedList,
    data: PageData,
    dimension: Dimension,
    ranking: Ranking[TopRow],
    rest: Sequence[RankedEntry] = (),
) -> Fills:
    """Fill a short list with the first of a ranking, and with usage that is no entry of it."""
    entries = [*(top_entry(data.query, dimension, row) for row in ranking.rows), *rest]
    return part.fill(entries, empty=[] if entries else nothing_in(data, f"No {LIST_VIEWS[dimension]}"))


def exact_cost(cost_usd: float, part: float) -> str:
    """Write a cost with all its digits, and its share of the whole."""
    return f"{money_exact(cost_usd)}, {share(part)} of the cost"


def top_entry(query: PageQuery, dimension: Dimension, row: TopRow) -> RankedEntry:
    """Write a user, model or agent with its cost; its name leads to its page."""
    detail, detail_href, value = "", None, row.id
    if dimension == "user":
        name = user_label(row.name, row.email, row.id, deleted=row.deleted)
        href = user_page(query, row.id)
    elif dimension == "model":
        name, href, value = model_label(row.model), model_page(query, row.model), row.model
        detail, detail_href = name_label(row.provider), provider_models(query, row.provider)
    else:
        name, href = agent_label(row.name, row.id, deleted=row.deleted), agent_page(query, row.id or NONE)
        detail = name_label(row.model)
        detail_href = model_page(query, row.model) if row.model else None
    exact = exact_cost(row.cost_usd, row.share)
    chosen = (dimension, value or NONE)
    return RankedEntry(name, detail, money(row.cost_usd), exact, row.share, href, detail_href, chosen)
