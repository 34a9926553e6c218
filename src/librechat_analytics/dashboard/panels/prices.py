"""Recorded cost, compared with list prices and with a provider's bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dash_bootstrap_components as dbc
from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import empty_cell, name_cell, number_cell, words_cell
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.tables import Header, message_row
from librechat_analytics.dashboard.links import model_page, provider_models
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Frame, Region, Table
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.dashboard.words.price_words import PRICE_FROM, bill_in_words, price_lead, signed
from librechat_analytics.formatting import (
    NONE_LABELS,
    UNKNOWN,
    model_label,
    money,
    money_exact,
    name_label,
)
from librechat_analytics.usage.filters import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.usage.answers import PriceCheck, PriceRow

NOT_RECORDED = "Provider not recorded"

LEAD = Region("prices-lead")
PROVIDERS = Region("bill-of")
RESULT = Region("bill-result")
DETAILS = Frame("prices-details")
TABLE = Table(
    "prices",
    "Recorded and list price by model",
    (
        Header("Model", numeric=False),
        Header("Recorded", hint="What LibreChat recorded"),
        Header("At list price", hint="The same tokens at the prices of the list"),
        Header("Difference", hint="Recorded cost minus list price"),
        Header("Price from", numeric=False, hint="Whether it was compared with the provider's page"),
    ),
)


def layout() -> Component:
    """Make the panel before the first answer."""
    return frames.box(
        "Compare with a bill and with list prices",
        PANEL.error_slot(),
        _bill_form(),
        html.Div(id=RESULT.id, className="bill-result", role="status"),
        LEAD.layout("prose"),
        html.Details(
            [html.Summary("By model"), TABLE.layout()],
            id=DETAILS.id,
            className="by-model",
        ),
    )


def _bill_form() -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.Label("Compare with the bill of", htmlFor=PROVIDERS.id),
                    html.Select(
                        id=PROVIDERS.id, className="form-select filter-select", **{"data-param": "bill_of"}
                    ),
                ]
            ),
            html.Div(
                [
                    html.Label("Amount in US dollars", htmlFor="bill-amount"),
                    dbc.Input(
                        id="bill-amount",
                        type="text",
                        placeholder="1,234.56",
                        autocomplete="off",
                        debounce=True,
                        class_name="search-field",
                    ),
                ],
                **{"data-param": "bill"},
            ),
            html.Button("Compare", type="button", className="quiet-button"),
        ],
        className="bill-form",
        role="group",
        **{"aria-label": "Compare with a provider's bill"},
    )


def _answer(data: PageData) -> Fills:
    check = data.price_check
    return (
        LEAD.fill(price_lead(check))
        + PROVIDERS.fill(_providers(data))
        + RESULT.fill(bill_in_words(data))
        + DETAILS.fill(hidden=check is None)
        + TABLE.fill(_rows(check, data) if check else [])
    )


def _providers(data: PageData) -> list[Markup]:
    known = [choice.value for choice in data.filter_values.get("provider", ())]
    chosen = data.query.bill_of
    if chosen and chosen not in known:
        known.append(chosen)
    labels = [NONE_LABELS["provider"] if value == NONE else name_label(value) for value in known]
    return [
        element("option", "All providers", value=""),
        *(element("option", label, value=value) for value, label in zip(known, labels, strict=True)),
    ]


def _rows(check: PriceCheck, data: PageData) -> list[Markup]:
    if not check.rows:
        return message_row(len(TABLE.headers), *nothing_in(data, "No models"))
    rows = [_row(row, data) for row in check.rows if row.list_price_usd is not None]
    total = element(
        "tr",
        name_cell("Total", "of the models listed"),
        number_cell(money(check.listed_cost_usd), money_exact(check.listed_cost_usd)),
        number_cell(money(check.list_price_usd), money_exact(check.list_price_usd)),
        number_cell(signed(check.difference_usd), money_exact(check.difference_usd)),
        empty_cell(),
        class_name="total",
    )
    return [*rows, *([total] if rows else []), *_not_listed(check.rows)]


def _row(row: PriceRow, data: PageData) -> Markup:
    difference_usd = row.difference_usd or 0.0  # known wherever the list price is
    return element(
        "tr",
        name_cell(
            model_label(row.model),
            name_label(row.provider) or NOT_RECORDED,
            href=model_page(data.query, row.model),
            detail_href=provider_models(data.query, row.provider),
            filter=("model", row.model or NONE),
        ),
        number_cell(money(row.cost_usd), money_exact(row.cost_usd)),
        number_cell(money(row.list_price_usd), money_exact(row.list_price_usd)),
        number_cell(signed(difference_usd), money_exact(difference_usd)),
        words_cell(", ".join(PRICE_FROM[source] for source in row.price_sources) or UNKNOWN),
    )


def _not_listed(rows: Sequence[PriceRow]) -> list[Markup]:
    unlisted = [row for row in rows if row.list_price_usd is None]
    if not unlisted:
        return []
    names = ", ".join(dict.fromkeys(model_label(row.model) for row in unlisted))
    cost_usd = sum(row.cost_usd for row in unlisted)
    return [
        element(
            "tr",
            name_cell("Not on the list", names),
            number_cell(money(cost_usd), money_exact(cost_usd)),
            number_cell(UNKNOWN),
            number_cell(UNKNOWN),
            empty_cell(),
            class_name="rest",
        )
    ]


PANEL = Panel("prices", (LEAD, PROVIDERS, RESULT, DETAILS, TABLE), _answer)
