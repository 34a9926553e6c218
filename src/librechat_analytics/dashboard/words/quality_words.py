"""The remarks below the Overview about uncertain figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.formatting import counted, integer, money, plain_text, share

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.usage.answers import Quality, Totals


def quality_sentences(quality: Quality, totals: Totals) -> list[tuple[str, str]]:
    """Write each remark as its subject and what it means; none if nothing is uncertain."""
    remarks = [
        (
            _cost(quality.default_rate_cost_usd, totals),
            "at LibreChat's default rate: it had no price for these models.",
        ),
        (
            _cost(quality.no_model_cost_usd, totals),
            "without a model, so LibreChat charged a rate of 1.",
        ),
        (
            _cost(quality.agent_model_cost_usd, totals),
            "recorded under an agent instead of a model, at LibreChat's default rate.",
        ),
        (_cost(quality.incomplete_cost_usd, totals), "from answers that were stopped."),
        (
            _count(quality.sentinel_rows, "row"),
            "with a placeholder instead of a price; they count as usage but cost nothing here.",
        ),
        (
            _count(quality.positive_value_rows, "row"),
            "that added credit instead of spending it; they cost nothing here.",
        ),
        (
            _count(sum(quality.other_token_types.values()), "row"),
            f"of other kinds, left out: {_kinds(quality.other_token_types)}.",
        ),
        (
            money(quality.spent_credits_cost_usd) if quality.spent_credits_rows else "",
            "of credits was spent on something other than tokens; it is in no total.",
        ),
        (
            _count(quality.rejected_documents, "row"),
            "that could not be read, in any period; they are in no figure.",
        ),
    ]
    return [(subject, meaning) for subject, meaning in remarks if subject]


def _cost(usd: float, totals: Totals) -> str:
    if usd <= 0:
        return ""
    part = f" ({share(min(usd / totals.cost_usd, 1.0))})" if totals.cost_usd > 0 else ""
    return f"{money(usd)}{part}"


def _count(number: int, thing: str) -> str:
    return counted(number, thing) if number else ""


def _kinds(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{plain_text(kind)} ({integer(count)})" for kind, count in ordered)


def quality_strip(quality: Quality, totals: Totals, why: str) -> list[Component]:
    """List the remarks, with a link to the reasons (``why``); nothing without remarks."""
    remarks = quality_sentences(quality, totals)
    if not remarks:
        return []
    return [
        html.H2("How certain these figures are"),
        html.Ul([html.Li([html.Strong(subject), f" {meaning}"]) for subject, meaning in remarks]),
        html.P(html.A("Every reason, and what to do", href=why), className="quality-more"),
    ]
