"""Who spent how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from librechat_analytics.dashboard import blocks, captions, entries, figures, spread, tables
from librechat_analytics.dashboard.markup import element
from librechat_analytics.dashboard.panels import Panel
from librechat_analytics.dashboard.tables import Column
from librechat_analytics.dashboard.views import View
from librechat_analytics.exports import users_sheet
from librechat_analytics.formatting import ago, integer, money, money_exact, plain_text, tokens, user_label

if TYPE_CHECKING:
    import pandas as pd
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.markup import Markup
    from librechat_analytics.dashboard.questions import Questions
    from librechat_analytics.exports import Sheet
    from librechat_analytics.usage.answers import Totals

CHART_ROWS = 10
COLUMNS = (
    Column("User", "user", first="ascending", numeric=False),
    Column("Cost", "cost_usd", preset=True),
    Column("Share", "share", hint="Part of the period's cost"),
    Column("Trend", numeric=False, minor=True, hint="How the user's cost moved over the period"),
    Column("Prompt", "prompt_tokens", hint="Prompt tokens", minor=True),
    Column("Completion", "completion_tokens", hint="Completion tokens", minor=True),
    Column("Calls", "calls", hint="Model calls"),
    Column("Conversations", "conversations", minor=True),
    Column("Last active", "last_active"),
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
                spread.curve_panel(),
                spread.steps_panel(),
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
    if ranking.rows.empty:
        rows = tables.message_row(len(COLUMNS), *blocks.nothing_in(questions, "No users"))
    elif excerpt.rows.empty:
        rows = tables.no_match(len(COLUMNS), "user", query.search)
    else:
        greatest = float(ranking.rows["share"].max())
        trends = tables.trend_cells(questions, "user", excerpt.rows["id"])
        rows = [
            _row(row, greatest, trend, questions)
            for row, trend in zip(excerpt.rows.itertuples(index=False), trends, strict=True)
        ]
        if not query.search:
            rows.append(total_row(questions.summary.totals))
    return rows, tables.foot(excerpt, "users")


def _row(row: Any, greatest: float, trend: Markup, questions: Questions) -> Markup:
    email = plain_text(row.email)
    return element(
        "tr",
        tables.name_cell(
            row.user,
            email if email != row.user else None,
            href=entries.user_page(questions.query, row.id),
        ),
        tables.number_cell(money(row.cost_usd), money_exact(row.cost_usd)),
        tables.share_cell(row.share, greatest),
        trend,
        tables.number_cell(tokens(row.prompt_tokens), integer(row.prompt_tokens), minor=True),
        tables.number_cell(tokens(row.completion_tokens), integer(row.completion_tokens), minor=True),
        tables.number_cell(integer(row.calls)),
        tables.number_cell(integer(row.conversations), minor=True),
        tables.number_cell(
            ago((questions.now - row.last_active).total_seconds()), f"{row.last_active:%Y-%m-%d %H:%M} UTC"
        ),
    )


def total_row(totals: Totals) -> Markup:
    return element(
        "tr",
        tables.name_cell("Total"),
        tables.number_cell(money(totals.cost_usd), money_exact(totals.cost_usd)),
        tables.empty_cell(),
        tables.no_trend_cell(),
        tables.number_cell(tokens(totals.prompt_tokens), integer(totals.prompt_tokens)),
        tables.number_cell(tokens(totals.completion_tokens), integer(totals.completion_tokens)),
        tables.number_cell(integer(totals.calls)),
        tables.number_cell(integer(totals.conversations)),
        tables.empty_cell(),
        class_name="total",
    )


def _csv(questions: Questions) -> Sheet:
    return users_sheet(questions.users)


CHART_PANEL = Panel("users-chart", blocks.ranked_chart_outputs("users-cost"), ("users-cost-empty",), _chart)
TABLE_PANEL = Panel("users-table", (), ("users-rows", "users-showing"), _table)
VIEW = View(
    "users",
    layout,
    (CHART_PANEL, spread.CURVE_PANEL, spread.STEPS_PANEL, TABLE_PANEL),
    table=_csv,
    charts={spread.CURVE: spread.curve_csv, spread.STEPS: spread.steps_csv},
)
