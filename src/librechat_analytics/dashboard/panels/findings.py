"""The findings: why some figures are less certain, and which rows are in no figure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.links import agent_page, model_page
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Region
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.dashboard.words.finding_words import by_weight, headline, severity, severity_line
from librechat_analytics.formatting import (
    counted,
    integer,
    money,
    money_exact,
    name_label,
    plain_text,
    share,
    tokens,
)
from librechat_analytics.usage.period_words import describe_range
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.quality import COST_BESIDE

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.usage.quality import Detail, Finding, Refusals

DETAILS_AT_ONCE = 5
NOTHING_TO_DO = "Nothing to do."

LEAD = Region("quality-lead")
FINDINGS = Region("quality-findings")
REFUSED = Region("quality-refused")


def lead_layout() -> Component:
    """Make the panel's first part before the first answer: how much of the cost is certain."""
    return html.Section(
        [PANEL.error_slot(), LEAD.layout("quality-lead"), frames.csv_button("quality")],
        className="panel quality-top",
        **{"aria-label": "In short"},
    )


def layout() -> list[Component]:
    """Make the findings before the first answer."""
    return [FINDINGS.layout("findings"), REFUSED.layout()]


def _answer(data: PageData) -> Fills:
    report, whole_usd = data.report, data.summary.totals.cost_usd
    cards = [finding_card(finding, whole_usd, data) for finding in by_weight(report.findings)]
    return LEAD.fill(lead(data)) + FINDINGS.fill(cards) + REFUSED.fill(refused(report.refusals, data))


def lead(data: PageData) -> list[Markup]:
    """Say how much of the cost is uncertain, or that all of it is certain."""
    report, totals = data.report, data.summary.totals
    if not totals.calls and not report.findings:
        return [element("p", *nothing_in(data, "No usage"))]
    if not report.findings:
        text = "Every figure of this period comes from a price, a model and a user that are known."
        return [element("p", element("strong", "Nothing is uncertain. "), text)]
    return [
        *headline(report.doubtful_cost_usd, totals.cost_usd),
        element("p", "The findings below are sorted by cost.", class_name="quiet"),
    ]


def finding_card(finding: Finding, whole_usd: float, data: PageData) -> Markup:
    """Describe a finding: what it means, how much it concerns, since when, and what to do."""
    kind, found = finding.kind, severity(finding, whole_usd)
    part = (
        f" ({share(min(finding.cost_usd / whole_usd, 1.0))})"
        if whole_usd > 0 and finding.cost_usd > 0 and finding.code not in COST_BESIDE
        else ""
    )
    numbers = [
        ("Cost", f"{money(finding.cost_usd)}{part}"),
        ("Rows", integer(finding.documents)),
        ("Tokens", tokens(finding.tokens)),
        ("When", _days(finding.first, finding.last, data.period.zone)),
        ("LibreChat versions", plain_text(kind.versions)),
    ]
    return element(
        "div",
        element("h2", kind.title),
        severity_line(found),
        element("p", kind.sentence, class_name="finding-sentence"),
        element(
            "dl",
            *(element("div", element("dt", name), element("dd", value)) for name, value in numbers),
            class_name="finding-numbers",
        ),
        element("p", *_advice(kind.advice), class_name="finding-advice"),
        *_details(finding, data),
        class_name="panel finding",
    )


def _advice(advice: str) -> list[Markup]:
    return [advice] if advice.startswith(NOTHING_TO_DO) else [element("strong", "What to do: "), advice]


def _details(finding: Finding, data: PageData) -> list[Markup]:
    if not finding.details:
        return []
    rows = [_detail(finding.code, detail, data) for detail in finding.details]
    shown = element("ul", *rows[:DETAILS_AT_ONCE], class_name="finding-details")
    if len(rows) <= DETAILS_AT_ONCE:
        return [shown]
    rest = element("ul", *rows[DETAILS_AT_ONCE:], class_name="finding-details")
    return [shown, element("details", element("summary", f"{len(rows) - DETAILS_AT_ONCE:,} more"), rest)]


def _detail(code: str, detail: Detail, data: PageData) -> Markup:
    name = name_label(detail.name)
    page = agent_page if code == "agent-as-model" else model_page
    named = element("a", name, href=page(data.query, detail.subject)) if detail.subject else name
    return element(
        "li",
        element("span", named, class_name="name", title=name),
        element("span", counted(detail.documents, "row"), class_name="detail"),
        element(
            "span", money(detail.cost_usd), class_name="detail amount", title=money_exact(detail.cost_usd)
        ),
    )


def _days(first: datetime, last: datetime, zone: ZoneInfo) -> str:
    return describe_range(TimeRange(first, last + timedelta(microseconds=1)), zone)


def refused(refusals: tuple[Refusals, ...], data: PageData) -> list[Markup]:
    """List the refused rows by reason, with ids to look up and no contents.

    They belong to no known user, so readers with a scope do not see them.
    """
    if data.filters.scope is not None or not refusals:
        return []
    total = sum(one.documents for one in refusals)
    items = [
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
    words = f"{counted(total, 'row')}, in any period, could not be read and are in no figure."
    return [
        element(
            "div",
            element("h2", "Refused rows"),
            element("p", words, class_name="finding-sentence"),
            element("ul", *items, class_name="refused"),
            class_name="panel finding",
        )
    ]


def _ids(one: Refusals) -> list[Markup]:
    listed: list[Markup] = []
    for number, refused_id in enumerate(one.ids):
        listed += [", "] if number else []
        listed.append(element("code", plain_text(refused_id)))
    if one.documents > len(one.ids):
        listed.append(f" and {one.documents - len(one.ids):,} more")
    return listed


PANEL = Panel("quality-findings", (LEAD, FINDINGS, REFUSED), _answer)
