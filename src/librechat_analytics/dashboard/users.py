"""Who spent how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import html

from librechat_analytics.dashboard import blocks, captions, figures, tables
from librechat_analytics.dashboard.markup import element
from librechat_analytics.dashboard.panels import Panel
from librechat_analytics.dashboard.tables import Column
from librechat_analytics.dashboard.views import View
from librechat_analytics.formatting import ago, integer, money, money_exact, plain_text, tokens, user_label

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.markup import Markup
    from librechat_analytics.dashboard.questions import Questions

CHART_ROWS = 10
TABLE_ROWS = 50
COLUMNS = (
    Column("User", "user", first="ascending", numeric=False),
    Column("Cost", "cost_usd", preset=True),
    Column("Share", hint="Part of the period's cost"),
    Column("Prompt", "prompt_tokens", hint="Prompt tokens", minor=True),
    Column("Completion", "completion_tokens", hint="Completion tokens", minor=True),
    Column("Calls", "calls", hint="Model calls"),
    Column("Conversations", "conversations", minor=True),
    Column("Last active", "last_active"),
)


def layout() -> list[Component]:
    return [
        blocks.panel(
            "Highest cost",
            CHART_PANEL.error_slot(),
            blocks.chart("users-cost", "The ten users with the highest cost", ranked=True),
        ),
        blocks.panel(
            "All users",
            TABLE_PANEL.error_slot(),
            tables.data_table("users", "Users by cost", COLUMNS),
            html.Div(id="users-showing", className="table-foot", role="status"),
            aside=html.Div(
                [
                    html.Label("Search users", htmlFor="users-search", className="visually-hidden"),
                    dbc.Input(
                        id="users-search",
                        type="search",
                        placeholder="Search name or e-mail",
                        debounce=400,
                        autocomplete="off",
                        class_name="search-field",
                    ),
                    blocks.csv_button("users"),
                ],
                className="table-tools",
            ),
            className="table-panel",
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
    shown = tables.in_order(found, query.sort, COLUMNS)
    if not query.show_all:
        shown = shown.head(TABLE_ROWS)
    if ranking.rows.empty:
        rows = tables.message_row(len(COLUMNS), *blocks.nothing_in(questions, "No users"))
    elif shown.empty:
        rows = tables.no_match(len(COLUMNS), "user", query.search)
    else:
        greatest = float(ranking.rows["share"].max())
        rows = [_row(row, greatest, questions.now) for row in shown.itertuples(index=False)]
    return rows, tables.foot(len(shown), len(found), ranking.total, "users", listed=len(ranking.rows))


def _row(row: Any, greatest: float, now: datetime) -> Markup:
    email = plain_text(row.email)
    return element(
        "tr",
        tables.name_cell(row.user, email if email != row.user else None),
        tables.number_cell(money(row.cost_usd), money_exact(row.cost_usd)),
        tables.share_cell(row.share, greatest),
        tables.number_cell(tokens(row.prompt_tokens), integer(row.prompt_tokens), minor=True),
        tables.number_cell(tokens(row.completion_tokens), integer(row.completion_tokens), minor=True),
        tables.number_cell(integer(row.calls)),
        tables.number_cell(integer(row.conversations), minor=True),
        tables.number_cell(
            ago((now - row.last_active).total_seconds()), f"{row.last_active:%Y-%m-%d %H:%M} UTC"
        ),
    )


def _csv(questions: Questions) -> pd.DataFrame:
    return questions.users.rows


CHART_PANEL = Panel("users-chart", blocks.ranked_chart_outputs("users-cost"), ("users-cost-empty",), _chart)
TABLE_PANEL = Panel("users-table", (), ("users-rows", "users-showing"), _table)
VIEW = View("users", layout, (CHART_PANEL, TABLE_PANEL), table=_csv)
