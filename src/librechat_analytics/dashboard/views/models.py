"""The view of models: what each of them cost for prompts and completions, and what caches saved."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.charts.colours import ORANGE
from librechat_analytics.dashboard.charts.figure import series
from librechat_analytics.dashboard.charts.ranked import ranked_bars
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import name_cell, number_cell
from librechat_analytics.dashboard.links import model_page, provider_models
from librechat_analytics.dashboard.panels import caches
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.list_columns import Shown, Trend, list_columns
from librechat_analytics.dashboard.panels.list_table import ListTable
from librechat_analytics.dashboard.panels.parts import FIRST_BARS, Chart
from librechat_analytics.dashboard.views.subject_view import SubjectList, subject_view
from librechat_analytics.dashboard.words import captions, uncertainty
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.dashboard.words.rate_words import rates_in_words
from librechat_analytics.exports.columns import (
    COMPLETION_RATE,
    COST_BREAKDOWN,
    MODELS,
    PROMPT_RATE,
    Columns,
    col,
)
from librechat_analytics.exports.sheets import breakdown_sheet, models_sheet
from librechat_analytics.formatting import model_label, money, name_label, tokens
from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.list_answers import ModelRow

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet


@dataclass(frozen=True, slots=True)
class RatedModel(ModelRow):
    """A model with its rates in US dollars per million tokens, as ``ModelCostRow`` has them."""

    prompt_rate: float | None
    completion_rate: float | None
    rates: tuple[float, ...]


COST = Chart("models-cost", "Prompt and completion cost of the ten most costly models", shape="ranked")
TOKENS = Chart("models-tokens", "Prompt and completion tokens of the ten most costly models", shape="ranked")
COLUMNS = list_columns(
    Columns(
        RatedModel,
        (
            *MODELS.columns,
            PROMPT_RATE,
            COMPLETION_RATE,
            col("rates", COST_BREAKDOWN["rates"].title, "rate"),
        ),
    ),
    Shown("model", sort="label"),
    Shown("cost_usd"),
    Shown("share", hint="Share of the period's cost"),
    Shown("previous_cost_usd", room=1, hint="Cost in the previous period"),
    Shown("change_usd", room=1, hint="Difference to the previous period; ordered by its size"),
    Trend(hint="How the model's cost moved over the period"),
    Shown("prompt_tokens", room=1, hint="Prompt tokens, including those read from and written to a cache"),
    Shown("completion_tokens", room=1, hint="Completion tokens"),
    Shown("cache_read_tokens", room=2, hint="Prompt tokens read from a cache"),
    Shown("cache_write_tokens", room=3, hint="Prompt tokens written to a cache"),
    Shown("calls", room=1, hint="Model calls"),
    Shown("users", room=2),
    Shown("prompt_rate", room=1, hint="What a million prompt tokens really cost, including caches"),
    Shown("completion_rate", room=1, hint="What a million completion tokens really cost"),
    Shown("rates", room=3, hint="The rates that LibreChat charged, excluding cache rates", sort=""),
    only_in_files=("provider", "total_tokens", "conversations"),
)


def _charts() -> list[Component]:
    legend = frames.legend(frames.PROMPT_AND_COMPLETION)
    return [
        html.Div(
            [
                frames.box("Cost by model", CHARTS_PANEL.error_slot(), COST.layout(), aside=legend),
                frames.box("Tokens by model", TOKENS.layout(), aside=legend),
            ],
            className="columns two",
        ),
        caches.layout(),
    ]


def _fill_charts(data: PageData) -> Fills:
    ranking = data.cost_breakdown
    rows = ranking.rows[:FIRST_BARS]
    names = [model_label(row.model) for row in rows]
    empty = [] if rows else nothing_in(data, "No models")
    cost = ranked_bars(
        names,
        [
            series("Prompt", [row.prompt_cost_usd for row in rows], money),
            series("Completion", [row.completion_cost_usd for row in rows], money, ORANGE),
        ],
        totals=[money(row.cost_usd) for row in rows],
        revision=data.query.revision,
    )
    token_bars = ranked_bars(
        names,
        [
            series("Prompt", [row.prompt_tokens for row in rows], tokens),
            series("Completion", [row.completion_tokens for row in rows], tokens, ORANGE),
        ],
        totals=[tokens(row.prompt_tokens + row.completion_tokens) for row in rows],
        revision=data.query.revision,
    )
    cost_share = captions.completion_share(
        sum(row.prompt_cost_usd for row in ranking.rows),
        sum(row.completion_cost_usd for row in ranking.rows),
        "cost",
    )
    token_share = captions.completion_share(
        sum(row.prompt_tokens for row in ranking.rows),
        sum(row.completion_tokens for row in ranking.rows),
        "tokens",
    )
    return COST.fill(cost, caption=cost_share, empty=empty) + TOKENS.fill(
        token_bars, caption=token_share, empty=empty
    )


@dataclass(frozen=True, slots=True)
class RatedModels:
    """Some models with their rates, and what is known of the whole list; see ``Ranking``."""

    rows: list[RatedModel]
    total: int
    matched: int
    highest_share: float


def rated_models(data: PageData) -> RatedModels:
    """Give the models on screen with their rates; a model without a cost breakdown has none."""
    ranking = data.models
    breakdown = {row.model: row for row in reversed(data.cost_breakdown.rows)}
    found = []
    for row in ranking.rows:
        rates = breakdown.get(row.model)
        found.append(
            RatedModel(
                **{field.name: getattr(row, field.name) for field in fields(row)},
                prompt_rate=rates.prompt_rate if rates else None,
                completion_rate=rates.completion_rate if rates else None,
                rates=rates.rates if rates else (),
            )
        )
    return RatedModels(found, ranking.total, ranking.matched, ranking.highest_share)


def _name(data: PageData, row: RatedModel) -> Markup:
    query = data.query
    return name_cell(
        model_label(row.model),
        name_label(row.provider),
        href=model_page(query, row.model),
        mark=uncertainty.of_model(data, row),
        detail_href=provider_models(query, row.provider),
        filter=("model", row.model or NONE),
    )


def _sheet(data: PageData) -> Sheet:
    return models_sheet(data.models)


def _whole(data: PageData) -> Sheet:
    return models_sheet(data.all_models)


def _cost_sheet(data: PageData) -> Sheet:
    return breakdown_sheet(data.cost_breakdown)


CHARTS_PANEL = Panel("models-charts", (COST, TOKENS), _fill_charts)
TABLE: ListTable[RatedModel] = ListTable(
    things="models",
    thing=lambda _: "model",
    dimension="model",
    caption="Models by cost",
    placeholder="Search model or provider",
    nothing="No models",
    columns=COLUMNS,
    part=rated_models,
    key=lambda row: row.model,
    name=_name,
    cells={"rates": lambda row: number_cell(*rates_in_words(row.rates))},
)
VIEW = subject_view(
    SubjectList(
        table=TABLE,
        sheet=_sheet,
        whole=_whole,
        charts=_charts,
        panels=(CHARTS_PANEL, caches.PANEL),
        files={COST.id: _cost_sheet, TOKENS.id: _whole, **caches.CHARTS},
    )
)
