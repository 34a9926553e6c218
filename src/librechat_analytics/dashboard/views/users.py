"""Who spent how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.html import blocks, entries, tables
from librechat_analytics.dashboard.html.tables import Column
from librechat_analytics.dashboard.panels import cost_spread
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words import captions
from librechat_analytics.exports.sheets import users_sheet
from librechat_analytics.formatting import ago, money, plain_text, user_label

if TYPE_CHECKING:
    import pandas as pd
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.exports.sheets import Sheet

CHART_ROWS = 10
COLUMNS = (
    Column("User", "user", first="ascending", numeric=False),
    Column("Cost", "cost_usd", "money", preset=True),
    Column("Share", "share", hint="Part of the period's cost"),
    Column("Trend", numeric=False, room=2, hint="How the user's cost moved over the period"),
    Column("Prompt", "prompt_tokens", "tokens", hint="Prompt tokens", room=2),
    Column("Completion", "completion_tokens", "tokens", hint="Completion tokens", room=2),
    Column("Calls", "calls", "count", room=1, hint="Model calls"),
    Column("Conversations", "conversations", "count", room=2),
    Column("Last active", "last_active", room=1, hint="In the period, under the filters"),
)


def layout() -> list[Component]:
    return [
        html.Div(
            [
                blocks.panel(
                    "Highest cost",
                    CHART_PANEL.error_slot(),
                    blocks.chart("users-cost", "The ten users with the highest cost", ranked=True),
                ),
                cost_spread.curve_panel(),
                cost_spread.steps_panel(),
            ],
            className="columns three",
        ),
        blocks.table_panel(
            "users",
            "Users by cost",
            COLUMNS,
            error_slot=TABLE_PANEL.error_slot(),
            placeholder="Search name or e-mail",
        ),
    ]


def labelled(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the name that each user goes by on screen."""
    labels = [
        user_label(name, email, user, deleted=deleted)
        for name, email, user, deleted in zip(
            rows["name"], rows["email"], rows["id"], rows["deleted"], strict=True
        )
    ]
    return rows.assign(user=labels)


def _chart(questions: Questions) -> tuple[object, ...]:
    ranking = questions.users
    rows = labelled(ranking.rows.head(CHART_ROWS))
    texts = [money(cost) for cost in rows["cost_usd"]]
    figure = figures.ranked_bars(
        list(rows["user"]),
        [figures.Series("Cost", [float(cost) for cost in rows["cost_usd"]], texts)],
        totals=texts,
        revision=questions.query.revision,
    )
    empty = blocks.nothing_in(questions, "No users") if rows.empty else []
    caption = captions.concentration(list(ranking.rows["share"]), ranking.total, "users")
    return *blocks.ranked_chart_values(figure, caption), empty


def _table(questions: Questions) -> tuple[object, ...]:
    ranking, query = questions.users, questions.query
    found = tables.matching(labelled(ranking.rows), query.search, ("user", "email"))
    excerpt = tables.excerpt(tables.in_order(found, query.sort, COLUMNS), query, ranking)
    greatest = max(ranking.rows["share"], default=0.0)
    nothing = blocks.nothing_in(questions, "No users")
    return (
        tables.total_rows(questions, LISTED, is_used=not ranking.rows.empty),
        tables.list_rows(questions, LISTED, excerpt, greatest, nothing=nothing),
        tables.foot(excerpt, "users"),
    )


def _name(questions: Questions, row: Any) -> Markup:
    email = plain_text(row.email)
    page = entries.user_page(questions.query, row.id)
    return tables.name_cell(row.user, email if email != row.user else None, href=page)


def _others(questions: Questions, row: Any) -> dict[str, Markup]:
    active = ago((questions.now - row.last_active).total_seconds())
    return {"Last active": tables.number_cell(active, f"{row.last_active:%Y-%m-%d %H:%M} UTC")}


LISTED = tables.Listed("user", "id", COLUMNS, _name, _others)


def _csv(questions: Questions) -> Sheet:
    return users_sheet(questions.users)


CHART_PANEL = Panel("users-chart", blocks.ranked_chart_outputs("users-cost"), ("users-cost-empty",), _chart)
TABLE_PANEL = Panel("users-table", (), ("users-total", "users-rows", "users-showing"), _table)
VIEW = View(
    "users",
    layout,
    (CHART_PANEL, cost_spread.CURVE_PANEL, cost_spread.STEPS_PANEL, TABLE_PANEL),
    table=_csv,
    charts={
        "users-cost": _csv,
        cost_spread.CURVE: cost_spread.curve_csv,
        cost_spread.STEPS: cost_spread.steps_csv,
    },
)
