"""Recorded cost, compared with list prices and with a provider's bill, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import counted, money, name_label, plain_text, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.answers import PriceCheck
    from librechat_analytics.usage.prices import PriceSource

SAME_CENT_USD = 0.005
CENT_USD = 0.01
MINUS = "\N{MINUS SIGN}"

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


def price_lead(check: PriceCheck | None) -> list[Markup]:
    """Compare recorded cost with list prices; without a price list, say how to get one."""
    if check is None:
        return [
            element(
                "p",
                "Set ",
                element("code", "PRICES_FILE"),
                " to a CSV file such as ",
                element("code", "prices/2026-11.csv"),
                " and restart to compare with list prices. You can check a provider's bill without it.",
            )
        ]
    part = f" ({share(check.listed_cost_usd / check.cost_usd)})" if check.cost_usd > 0 else ""
    words: list[Markup] = [
        element("strong", f"Checked {money(check.listed_cost_usd)} of {money(check.cost_usd)}{part}"),
        f" with the list {plain_text(check.list_name)}. At list price it costs ",
        element("strong", money(check.list_price_usd)),
        f": LibreChat recorded {_difference(check.listed_cost_usd, check.list_price_usd, 'the list')}.",
    ]
    if check.unlisted_cost_usd >= SAME_CENT_USD:
        words.append(f" The other {money(check.unlisted_cost_usd)} went to models that are not on the list.")
    return [
        element("p", *words),
        *_price_sources(check),
        *_unpaired(check.unpaired_completions),
        element(
            "p",
            "The second figure is an estimate for comparison; recorded figures stay as they are.",
            class_name="quiet",
        ),
    ]


def _price_sources(check: PriceCheck) -> list[Markup]:
    """Say where the list prices come from; nothing if the list does not say."""
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


def bill_in_words(data: PageData) -> list[Markup]:
    """Compare a bill with the recorded cost and with list prices; without a bill, say how to enter one."""
    bill, provider = data.query.bill_usd, data.query.bill_of
    if data.query.unreadable_bill:
        typed = plain_text(data.query.unreadable_bill)
        return [element("p", f"“{typed}” is not an amount. Write it in US dollars, such as 1234.56.")]
    if bill is None:
        return [element("p", *_how_to_enter_a_bill(data), class_name="quiet")]
    recorded = data.summary.totals.cost_usd if provider is None else data.recorded_of(provider)
    whose = "All providers together" if provider is None else name_label(provider)
    words: list[Markup] = [
        f"{whose}: the bill says ",
        element("strong", money(bill)),
        ", LibreChat recorded ",
        element("strong", money(recorded)),
        f", {_difference(recorded, bill, 'the bill')}.",
    ]
    if data.price_check is not None:
        words += _bill_and_list(data.price_check, bill, provider)
    return [element("p", *words)]


def _how_to_enter_a_bill(data: PageData) -> list[Markup]:
    if data.period.name == "last-month":
        return ["Type the amount of last month's bill."]
    return [
        "Providers bill by the month, in UTC: ",
        element("button", "choose last month", class_name="text-button", period="last-month"),
        ", then type the amount.",
    ]


def _bill_and_list(check: PriceCheck, bill_usd: float, provider: str | None) -> list[Markup]:
    rows = [row for row in check.rows if provider is None or row.provider == provider]
    listed = [row.list_price_usd for row in rows if row.list_price_usd is not None]
    if not listed:
        return [" None of these models is on the price list."]
    at_list = sum(listed)
    unlisted = sum(row.cost_usd for row in rows) - sum(row.listed_cost_usd for row in rows)
    return [
        " At list price it is ",
        element("strong", money(at_list)),
        f", {_difference(at_list, bill_usd, 'the bill')}",
        f", not counting {money(unlisted)} for models that are not on the list."
        if unlisted >= SAME_CENT_USD
        else ".",
    ]


def signed(usd: float) -> str:
    """Write a difference, with a sign if it is at least a cent."""
    gap = round(abs(usd), 6)  # subtracting floats leaves tiny differences
    if gap < CENT_USD:
        return money(gap)
    return f"{'+' if usd > 0 else MINUS}{money(gap)}"
