"""Which models ran, and how their prompt and completion tokens make up the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.html import blocks, entries, tables
from librechat_analytics.dashboard.html.tables import Column
from librechat_analytics.dashboard.panels import caches
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words import captions, uncertainty
from librechat_analytics.exports.sheets import breakdown_sheet, models_sheet
from librechat_analytics.formatting import (
    UNKNOWN,
    model_label,
    money,
    name_label,
    rate,
    tokens,
)

if TYPE_CHECKING:
    import pandas as pd
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.exports.sheets import Sheet

CHART_ROWS = 10
RATES_SHOWN = 2
PARTS = ("prompt_cost_usd", "completion_cost_usd", "prompt_rate", "completion_rate", "rates")
COLUMNS = (
    Column("Model", "label", first="ascending", numeric=False),
    Column("Cost", "cost_usd", "money", preset=True),
    Column("Share", "share", hint="Part of the period's cost"),
    Column("Trend", numeric=False, room=2, hint="How the model's cost moved over the period"),
    Column(
        *("Prompt", "prompt_tokens", "tokens"),
        room=1,
        hint="Prompt tokens, those read from and written to a cache included",
    ),
    Column("Completion", "completion_tokens", "tokens", room=1, hint="Completion tokens"),
    Column("Cache read", "cache_read_tokens", "tokens", room=2, hint="Prompt tokens read from a cache"),
    Column("Cache write", "cache_write_tokens", "tokens", room=3, hint="Prompt tokens written to a cache"),
    Column("Calls", "calls", "count", room=1, hint="Model calls"),
    Column("Users", "users", "count", room=2),
    Column(
        *("$/M prompt", "prompt_rate", "rate"),
        room=1,
        hint="What a million prompt tokens really cost, cache included",
    ),
    Column(
        *("$/M completion", "completion_rate", "rate"),
        room=1,
        hint="What a million completion tokens really cost",
    ),
    Column("Stored rates", room=3, hint="The rates that LibreChat charged at, without a cache"),
)


def layout() -> list[Component]:
    legend = blocks.key_list(blocks.PROMPT_AND_COMPLETION)
    return [
        html.Div(
            [
                blocks.panel(
                    "Cost by model",
                    CHARTS_PANEL.error_slot(),
                    blocks.chart(
                        "models-cost",
                        "Prompt and completion cost of the ten most costly models",
                        ranked=True,
                    ),
                    aside=legend,
                ),
                blocks.panel(
                    "Tokens by model",
                    blocks.chart(
                        "models-tokens",
                        "Prompt and completion tokens of the ten most costly models",
                        ranked=True,
                    ),
                    aside=legend,
                ),
            ],
            className="columns two",
        ),
        caches.panels(),
        blocks.table_panel(
            "models",
            "Models by cost",
            COLUMNS,
            error_slot=TABLE_PANEL.error_slot(),
            placeholder="Search model or provider",
        ),
    ]


def _charts(questions: Questions) -> tuple[object, ...]:
    ranking = questions.cost_breakdown
    rows = ranking.rows.head(CHART_ROWS)
    names = [model_label(model) for model in rows["model"]]
    revision = questions.query.revision
    empty = blocks.nothing_in(questions, "No models") if rows.empty else []
    cost = figures.ranked_bars(
        names,
        [
            _split(rows, "prompt_cost_usd", "Prompt", figures.BLUE),
            _split(rows, "completion_cost_usd", "Completion", figures.ORANGE),
        ],
        totals=[money(cost) for cost in rows["cost_usd"]],
        revision=revision,
    )
    totals = [
        int(prompt + completion)
        for prompt, completion in zip(rows["prompt_tokens"], rows["completion_tokens"], strict=True)
    ]
    token_bars = figures.ranked_bars(
        names,
        [
            _split(rows, "prompt_tokens", "Prompt", figures.BLUE),
            _split(rows, "completion_tokens", "Completion", figures.ORANGE),
        ],
        totals=[tokens(total) for total in totals],
        revision=revision,
    )
    return (
        *blocks.ranked_chart_values(cost, captions.completion_share(ranking.rows, "_cost_usd", "cost")),
        *blocks.ranked_chart_values(token_bars, captions.completion_share(ranking.rows, "_tokens", "tokens")),
        empty,
        empty,
    )


def _split(rows: pd.DataFrame, column: str, name: str, color: str) -> figures.Series:
    if column.endswith("_usd"):
        values = [float(value) for value in rows[column]]
        return figures.Series(name, values, [money(value) for value in values], color)
    counts = [int(value) for value in rows[column]]
    return figures.Series(name, counts, [tokens(count) for count in counts], color)


def joined(models: pd.DataFrame, breakdown: pd.DataFrame) -> pd.DataFrame:
    """The models' figures with the parts and rates of their cost, and the name each goes by on screen."""
    parts = breakdown[["model", *PARTS]].drop_duplicates("model")
    labels = [model_label(model) for model in models["model"]]
    return models.merge(parts, on="model", how="left").assign(label=labels)


def _table(questions: Questions) -> tuple[object, ...]:
    ranking, query = questions.models, questions.query
    rows = joined(ranking.rows, questions.cost_breakdown.rows)
    found = tables.matching(rows, query.search, ("label", "provider"))
    excerpt = tables.excerpt(tables.in_order(found, query.sort, COLUMNS), query, ranking)
    greatest = max(rows["share"], default=0.0)
    nothing = blocks.nothing_in(questions, "No models")
    return (
        tables.total_rows(questions, LISTED, is_used=not rows.empty),
        tables.list_rows(questions, LISTED, excerpt, greatest, nothing=nothing),
        tables.foot(excerpt, "models"),
    )


def _name(questions: Questions, row: Any) -> Markup:
    query = questions.query
    is_unpriced = row.model in uncertainty.unpriced_models(questions)
    why = "LibreChat had no price for some or all of this and charged its default rate."
    return tables.name_cell(
        row.label,
        name_label(row.provider),
        href=entries.model_page(query, row.model),
        doubt=uncertainty.mark(query, why, model=row.model) if is_unpriced else "",
        detail_href=entries.provider_models(query, row.provider),
    )


def _others(_: Questions, row: Any) -> dict[str, Markup]:
    return {"Stored rates": tables.number_cell(*rates_in_words(row.rates))}


LISTED = tables.Listed("model", "model", COLUMNS, _name, _others)


def rates_in_words(rates: list[float]) -> tuple[str, str | None]:
    """The first few rates, and all of them for the tooltip."""
    texts = [rate(value) for value in rates]
    if not texts:
        return UNKNOWN, None
    if len(texts) <= RATES_SHOWN:
        return ", ".join(texts), None
    return f"{', '.join(texts[:RATES_SHOWN])} +{len(texts) - RATES_SHOWN}", ", ".join(texts)


def _csv(questions: Questions) -> Sheet:
    return models_sheet(questions.models)


def _cost_csv(questions: Questions) -> Sheet:
    return breakdown_sheet(questions.cost_breakdown)


CHARTS_PANEL = Panel(
    "models-charts",
    (*blocks.ranked_chart_outputs("models-cost"), *blocks.ranked_chart_outputs("models-tokens")),
    ("models-cost-empty", "models-tokens-empty"),
    _charts,
)
TABLE_PANEL = Panel("models-table", (), ("models-total", "models-rows", "models-showing"), _table)
VIEW = View(
    "models",
    layout,
    (CHARTS_PANEL, caches.PANEL, TABLE_PANEL),
    table=_csv,
    charts={"models-cost": _cost_csv, "models-tokens": _csv, **caches.CHARTS},
)
