"""How sure the figures are, why, and how they stand beside list prices and a provider's bill."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import Output, html

from librechat_analytics.dashboard.html import blocks, tables
from librechat_analytics.dashboard.html.entries import agent_page, model_page, provider_models
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.tables import Column
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.exports.sheets import Sheet, quality_sheet
from librechat_analytics.formatting import (
    UNKNOWN,
    counted,
    integer,
    model_label,
    money,
    money_exact,
    name_label,
    plain_text,
    share,
    tokens,
)
from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.periods import TimeRange, describe_range
from librechat_analytics.usage.quality import COST_BESIDE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.answers import PriceCheck
    from librechat_analytics.usage.prices import PriceSource
    from librechat_analytics.usage.quality import Detail, Finding, Refusals

DETAILS_AT_ONCE = 5
SAME_CENT_USD = 0.005
CENT_USD = 0.01
MINUS = "\N{MINUS SIGN}"
PRICE_COLUMNS = (
    Column("Model", numeric=False),
    Column("Recorded", hint="What LibreChat wrote down"),
    Column("At list price", hint="The same tokens at the price list"),
    Column("Difference", hint="Recorded less list price"),
    Column("Price from", numeric=False, hint="Whether it was compared with the provider's page"),
)
OF_SOURCE: Mapping[PriceSource | None, str] = {
    "both": "was compared with the provider's page",
    "librechat": "is from LibreChat's table only (which cannot show that LibreChat's price is wrong)",
    "provider": "is from the provider's page only",
    None: "has no source on the list",
}
PRICE_FROM: Mapping[PriceSource, str] = {
    "both": "LibreChat and provider",
    "librechat": "LibreChat only",
    "provider": "provider only",
}


def layout() -> list[Component]:
    return [
        html.Section(
            [
                FINDINGS_PANEL.error_slot(),
                html.Div(id="quality-lead", className="quality-lead"),
                blocks.csv_button("quality"),
            ],
            className="panel quality-top",
            **{"aria-label": "In short"},
        ),
        html.Div(id="quality-findings", className="findings"),
        html.Div(id="quality-refused"),
        blocks.panel(
            "Recorded and list price",
            PRICES_PANEL.error_slot(),
            html.Div(id="prices-lead", className="prose"),
            _bill_form(),
            html.Div(id="bill-result", className="bill-result", role="status"),
            html.Details(
                [
                    html.Summary("By model"),
                    tables.data_table("prices", "Recorded and list price by model", PRICE_COLUMNS),
                ],
                id="prices-details",
                className="by-model",
                open=True,
            ),
        ),
    ]


def _bill_form() -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.Label("Compare with the bill of", htmlFor="bill-of"),
                    html.Select(
                        id="bill-of", className="form-select filter-select", **{"data-param": "bill_of"}
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


def _findings(questions: Questions) -> tuple[object, ...]:
    report, whole = questions.report, questions.summary.totals.cost_usd
    return (
        lead(questions),
        [finding_card(finding, whole, questions) for finding in report.findings],
        refused(report.refusals, questions),
    )


def lead(questions: Questions) -> list[Markup]:
    """Say in one sentence how much of the cost is in doubt, or that nothing is."""
    report, totals = questions.report, questions.summary.totals
    if not totals.calls and not report.findings:
        return [element("p", *blocks.nothing_in(questions, "No usage"))]
    if not report.findings:
        return [
            element(
                "p",
                element("strong", "Nothing to doubt. "),
                "Every figure of this period comes from a price, a model and a user that are known.",
            )
        ]
    doubtful = report.doubtful_cost_usd
    if doubtful <= 0:
        text = "All cost of this period comes from prices that LibreChat knew. Some rows have remarks:"
        return [element("p", element("strong", "No cost in doubt. "), text)]
    part = f" ({share(min(doubtful / totals.cost_usd, 1.0))})" if totals.cost_usd else ""
    return [
        element(
            "p",
            element("strong", f"{money(doubtful)} of {money(totals.cost_usd)}{part}"),
            " was not computed from a known price: LibreChat had none, or no model to look one up for."
            " The rest comes from the prices that LibreChat knew. Each reason, weightiest first:",
        )
    ]


def finding_card(finding: Finding, whole_usd: float, questions: Questions) -> Markup:
    """One reason to doubt: what it is, how much it concerns, since when, and what to do."""
    kind = finding.kind
    part = (
        f" ({share(min(finding.cost_usd / whole_usd, 1.0))})"
        if whole_usd > 0 and finding.cost_usd > 0 and finding.code not in COST_BESIDE
        else ""
    )
    zone = questions.period.zone
    numbers = [
        ("Cost", f"{money(finding.cost_usd)}{part}"),
        ("Rows", integer(finding.documents)),
        ("Tokens", tokens(finding.tokens)),
        ("When", _days(finding.first, finding.last, zone)),
        ("Comes from", plain_text(kind.versions)),
    ]
    return element(
        "div",
        element("h2", kind.title),
        element("p", kind.sentence, class_name="finding-sentence"),
        element(
            "dl",
            *(element("div", element("dt", name), element("dd", value)) for name, value in numbers),
            class_name="finding-numbers",
        ),
        element("p", element("strong", "What to do: "), kind.advice, class_name="finding-advice"),
        *_details(finding, questions),
        class_name="panel finding",
    )


def _details(finding: Finding, questions: Questions) -> list[Markup]:
    if not finding.details:
        return []
    rows = [_detail(finding.code, detail, questions) for detail in finding.details]
    shown = element("ul", *rows[:DETAILS_AT_ONCE], class_name="finding-details")
    if len(rows) <= DETAILS_AT_ONCE:
        return [shown]
    rest = element("ul", *rows[DETAILS_AT_ONCE:], class_name="finding-details")
    return [shown, element("details", element("summary", f"{len(rows) - DETAILS_AT_ONCE:,} more"), rest)]


def _detail(code: str, detail: Detail, questions: Questions) -> Markup:
    name = name_label(detail.name)
    page = agent_page if code == "agent-as-model" else model_page
    named = element("a", name, href=page(questions.query, detail.subject)) if detail.subject else name
    return element(
        "li",
        element("span", named, class_name="name", title=name),
        element("span", f"{integer(detail.documents)} rows", class_name="detail"),
        element(
            "span", money(detail.cost_usd), class_name="detail amount", title=money_exact(detail.cost_usd)
        ),
    )


def _days(first: datetime, last: datetime, zone: ZoneInfo) -> str:
    return describe_range(TimeRange(first, last + timedelta(microseconds=1)), zone)


def refused(refusals: tuple[Refusals, ...], questions: Questions) -> list[Markup]:
    """List the documents that are in no figure, by reason, with ids to look up and no contents."""
    if questions.filters.scope is not None or not refusals:
        return []
    total = sum(one.documents for one in refusals)
    rows = [
        element(
            "li",
            element(
                "p",
                element("strong", f"{integer(one.documents)} \N{MULTIPLICATION SIGN} "),
                plain_text(one.reason),
            ),
            element("p", "Ids to look up: ", *_ids(one), class_name="refused-ids"),
        )
        for one in refusals
    ]
    words = f"{counted(total, 'document')}, whatever the period, could not be read and are in no figure."
    return [
        element(
            "div",
            element("h2", "Documents left out"),
            element("p", words, class_name="finding-sentence"),
            element("ul", *rows, class_name="refused"),
            class_name="panel finding",
        )
    ]


def _ids(one: Refusals) -> list[Markup]:
    listed: list[Markup] = []
    for number, each in enumerate(one.ids):
        listed += [", "] if number else []
        listed.append(element("code", plain_text(each)))
    if one.documents > len(one.ids):
        listed.append(f" and {one.documents - len(one.ids):,} more")
    return listed


def _prices(questions: Questions) -> tuple[object, ...]:
    check = questions.price_check
    return (
        check is None,
        price_lead(check),
        _providers(questions),
        bill_in_words(questions),
        _price_rows(check, questions),
    )


def price_lead(check: PriceCheck | None) -> list[Markup]:
    """Name both figures and their difference; without a price list, say how to have one."""
    if check is None:
        return [
            element(
                "p",
                "With a price list the same tokens are priced a second time, beside what was recorded. Set ",
                element("code", "PRICES_FILE"),
                " to a CSV file of prices, such as ",
                element("code", "prices/2026-11.csv"),
                ", and start anew. A bill can be compared without one.",
            )
        ]
    words: list[Markup] = [
        "LibreChat recorded ",
        element("strong", money(check.listed_cost_usd)),
        f" for models on the list {plain_text(check.list_name)}; at list price they cost ",
        element("strong", money(check.list_price_usd)),
        f": {_difference(check.listed_cost_usd, check.list_price_usd, 'the list')}.",
    ]
    if check.unlisted_cost_usd >= SAME_CENT_USD:
        words.append(f" Another {money(check.unlisted_cost_usd)} went to models that are not on the list.")
    return [
        element("p", *words),
        *_price_sources(check),
        *_unpaired(check.unpaired_completions),
        element(
            "p",
            "The second figure is an estimate to check by; recorded figures stay as they are.",
            class_name="quiet",
        ),
    ]


def _price_sources(check: PriceCheck) -> list[Markup]:
    """Say how much of the list price was compared with whom; nothing where the list does not tell."""
    if all(part.source is None for part in check.sources):
        return []
    parts = [f"{money(part.list_price_usd)} {OF_SOURCE[part.source]}" for part in check.sources]
    return [element("p", f"Of the list price, {', '.join(parts)}.")]


def _unpaired(completions: int) -> list[Markup]:
    if not completions:
        return []
    words = (
        f"{counted(completions, 'completion')} of models that cost more after long prompts could not be"
        " matched to a prompt; they are priced as after a short one."
    )
    return [element("p", words)]


def _difference(recorded: float, other: float, than: str) -> str:
    if money(recorded) == money(other):
        return f"the same as {than}"
    gap = recorded - other
    part = f" ({share(abs(gap) / other)})" if other > 0 else ""
    return f"{money(abs(gap))}{part} {'more' if gap > 0 else 'less'} than {than}"


def _providers(questions: Questions) -> list[Markup]:
    known = [value for value, _ in questions.filter_values.get("provider", ())]
    chosen = questions.query.bill_of
    if chosen and chosen not in known:
        known.append(chosen)
    return [
        element("option", "All providers", value=""),
        *(
            element("option", name_label(value) if value != NONE else "Provider unknown", value=value)
            for value in known
        ),
    ]


def bill_in_words(questions: Questions) -> list[Markup]:
    """Hold a bill against what was recorded and what it would be at list price."""
    bill, provider = questions.query.bill_usd, questions.query.bill_of
    if bill is None:
        hint = "" if questions.period.name == "last-month" else "Providers bill by the month, in UTC: "
        ways: list[Markup] = (
            [
                element("button", "choose last month", class_name="text-button", period="last-month"),
                ", then type the amount.",
            ]
            if hint
            else ["Type the amount of last month's bill."]
        )
        return [element("p", hint, *ways, class_name="quiet")]
    recorded = questions.summary.totals.cost_usd if provider is None else questions.recorded_of(provider)
    whose = "All providers together" if provider is None else name_label(provider)
    words: list[Markup] = [
        f"{whose}: the bill says ",
        element("strong", money(bill)),
        ", LibreChat recorded ",
        element("strong", money(recorded)),
        f", {_difference(recorded, bill, 'the bill')}.",
    ]
    check = questions.price_check
    if check is not None:
        rows = check.rows if provider is None else check.rows[check.rows["provider"] == provider]
        listed = [value for value in rows["list_price_usd"] if value is not None]
        unlisted = float(sum(rows["cost_usd"]) - sum(rows["listed_cost_usd"]))
        if listed:
            at_list = float(sum(listed))
            words += [
                " At list price it is ",
                element("strong", money(at_list)),
                f", {_difference(at_list, bill, 'the bill')}",
            ]
            words.append(
                f", without {money(unlisted)} of models not listed." if unlisted >= SAME_CENT_USD else "."
            )
        else:
            words.append(" None of these models is on the price list.")
    return [element("p", *words)]


def _price_rows(check: PriceCheck | None, questions: Questions) -> list[Markup]:
    if check is None:
        return []
    if check.rows.empty:
        return tables.message_row(len(PRICE_COLUMNS), *blocks.nothing_in(questions, "No models"))
    entries = list(check.rows.itertuples(index=False))
    rows = [_price_row(row, questions) for row in entries if row.list_price_usd is not None]
    total = element(
        "tr",
        tables.name_cell("Total", "of the models listed"),
        tables.number_cell(money(check.listed_cost_usd), money_exact(check.listed_cost_usd)),
        tables.number_cell(money(check.list_price_usd), money_exact(check.list_price_usd)),
        tables.number_cell(signed(check.difference_usd), money_exact(check.difference_usd)),
        tables.empty_cell(),
        class_name="total",
    )
    return [*rows, *([total] if rows else []), *_not_listed(entries)]


def _not_listed(entries: list[Any]) -> list[Markup]:
    unlisted = [row for row in entries if row.list_price_usd is None]
    if not unlisted:
        return []
    names = ", ".join(dict.fromkeys(model_label(row.model) for row in unlisted))
    cost = sum(row.cost_usd for row in unlisted)
    return [
        element(
            "tr",
            tables.name_cell("Not on the list", names),
            tables.number_cell(money(cost), money_exact(cost)),
            tables.number_cell(UNKNOWN),
            tables.number_cell(UNKNOWN),
            tables.empty_cell(),
            class_name="rest",
        )
    ]


def _price_row(row: Any, questions: Questions) -> Markup:
    return element(
        "tr",
        tables.name_cell(
            model_label(row.model),
            name_label(row.provider),
            href=model_page(questions.query, row.model),
            detail_href=provider_models(questions.query, row.provider),
        ),
        tables.number_cell(money(row.cost_usd), money_exact(row.cost_usd)),
        tables.number_cell(money(row.list_price_usd), money_exact(row.list_price_usd)),
        tables.number_cell(signed(row.difference_usd), money_exact(row.difference_usd)),
        tables.words_cell(", ".join(PRICE_FROM[source] for source in row.price_sources) or UNKNOWN),
    )


def signed(usd: float) -> str:
    """How much more or less, with a sign from a cent on."""
    gap = round(abs(usd), 6)  # what is less comes from subtracting floats
    if gap < CENT_USD:
        return money(gap)  # nothing, or less than a cent, whichever way
    return f"{'+' if usd > 0 else MINUS}{money(gap)}"


def _csv(questions: Questions) -> Sheet:
    return quality_sheet(questions.report)


FINDINGS_PANEL = Panel(
    "quality-findings", (), ("quality-lead", "quality-findings", "quality-refused"), _findings
)
PRICES_PANEL = Panel(
    "prices",
    (Output("prices-details", "hidden"),),
    ("prices-lead", "bill-of", "bill-result", "prices-rows"),
    _prices,
)
VIEW = View("quality", layout, (FINDINGS_PANEL, PRICES_PANEL), table=_csv, label="Data quality")
