"""Answers laid out as tables: headings and rows, ready for a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.exports import columns
from librechat_analytics.exports.columns import BUCKET, SHARE, Column, Columns, Heading, Row
from librechat_analytics.finops.currency import in_words
from librechat_analytics.formatting import (
    FILTER_LABELS,
    NO_COST_CENTER,
    NONE_LABELS,
    UNKNOWN_AGENT,
    WITHOUT_AGENT,
    thing_word,
)
from librechat_analytics.usage.period_words import describe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from librechat_analytics.exports.columns import Cell
    from librechat_analytics.finops.alert_list import AlertRow, ReceiverRow
    from librechat_analytics.finops.anomalies import Anomaly
    from librechat_analytics.finops.budget_paths import DayOfBudget
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.currency import Converted
    from librechat_analytics.finops.period_forecast import Forecast
    from librechat_analytics.usage.answers import (
        Concentration,
        ConversationCosts,
        Freshness,
        PriceCheck,
        Summary,
    )
    from librechat_analytics.usage.changes import Changes
    from librechat_analytics.usage.cost_center_list import CostCenters, Unassigned
    from librechat_analytics.usage.list_answers import (
        AgentRanking,
        Breakdown,
        ModelCostRow,
        ModelRow,
        Part,
        Ranking,
        UserModelRow,
        UserRow,
    )
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.quality import QualityReport
    from librechat_analytics.usage.questions import Attribute, ChangeBy
    from librechat_analytics.usage.timeline_answers import (
        Caching,
        HoursOfWeek,
        Rates,
        RatesPoint,
        SplitPart,
        Timeline,
        TimelinePoint,
    )

ALL_OTHERS = "All others"
"""The title of the column for what is in no other part of a split timeline."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a name; each row has one cell for each heading.

    ``adds_up``: no usage is in two rows, so that a file may have a total below them.
    """

    name: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    adds_up: bool = False


def sheet(name: str, of: Columns[Row], rows: Iterable[Row], *, adds_up: bool = False) -> Sheet:
    """Lay out rows under their declared columns."""
    cells = (tuple(column.cell(row) for column in of.columns) for row in rows)
    return Sheet(name, of.columns, tuple(cells), adds_up)


def users_sheet(ranking: Ranking[UserRow]) -> Sheet:
    """Lay out users with what they spent."""
    return sheet("Users", columns.USERS, ranking.rows, adds_up=True)


def models_sheet(ranking: Ranking[ModelRow]) -> Sheet:
    """Lay out models with what was spent on them."""
    return sheet("Models", columns.MODELS, ranking.rows, adds_up=True)


def breakdown_sheet(ranking: Ranking[ModelCostRow]) -> Sheet:
    """Lay out models' cost by prompt and completion, with effective and stored rates."""
    return sheet("Cost breakdown", columns.COST_BREAKDOWN, ranking.rows, adds_up=True)


def agents_sheet(ranking: AgentRanking) -> Sheet:
    """Lay out agents, then the usage without an agent and of unknown agents; together they are the total."""
    agents = sheet("Agents", columns.AGENTS, ranking.rows)
    parts = ((WITHOUT_AGENT, ranking.without_agent), (UNKNOWN_AGENT, ranking.unknown))
    rest = (_rest_row(columns.AGENTS.columns, "name", *part) for part in parts)
    return Sheet(agents.name, agents.columns, (*agents.rows, *rest), adds_up=True)


def _rest_row(
    headings: Iterable[Column[Row]], named: str, name: str, part: Part | Unassigned
) -> tuple[Cell, ...]:
    def cell(column: Column[Row]) -> Cell:
        if column.field == named:
            return name
        found: Cell = getattr(part, column.field, None)
        return found

    return tuple(cell(column) for column in headings)


def attribute_sheet(breakdown: Breakdown, by: Attribute) -> Sheet:
    """Lay out the parts of usage by an attribute, then the usage without it."""
    of = columns.breakdown_columns(by)
    laid_out = sheet(f"{FILTER_LABELS[by]}s", of, breakdown.rows)
    without = _rest_row(of.columns, "label", NONE_LABELS[by], breakdown.none)
    rows = (*laid_out.rows, without)
    return Sheet(laid_out.name, laid_out.columns, rows, adds_up=by != "group")


def cost_centers_sheet(found: CostCenters) -> Sheet:
    """Lay out cost centres, then what none of them pays for; together they are the total."""
    of = columns.COST_CENTERS
    centers = sheet("Cost centres", of, found.rows)
    unassigned = _rest_row(of.columns, "name", NO_COST_CENTER, found.unassigned)
    return Sheet(centers.name, centers.columns, (*centers.rows, unassigned), adds_up=True)


def budgets_sheet(states: Sequence[BudgetState]) -> Sheet:
    """Lay out budgets, each in one period."""
    return sheet("Budgets", columns.BUDGETS, states)


def course_sheet(days: Iterable[DayOfBudget]) -> Sheet:
    """Lay out what is left of a budget at the end of each day."""
    return sheet("Course of the budget", columns.BUDGET_COURSE, days)


def timeline_sheet(timeline: Timeline) -> Sheet:
    """Lay out the buckets of time, in the period's zone, and the parts of each where it is split."""
    whole = sheet(f"By {timeline.unit}", columns.USAGE_OVER_TIME, timeline.points, adds_up=True)
    if timeline.legend is None:
        return whole
    keys = [part.key for part in timeline.legend]
    taken = {ALL_OTHERS, *(column.title for column in whole.columns)}
    titles = [*_titles_of(timeline.legend, taken), ALL_OTHERS]
    rows = (
        (*cells, *((point.parts or {})[key] for key in keys), point.others_usd)
        for cells, point in zip(whole.rows, timeline.points, strict=True)
    )
    headings = (*whole.columns, *(Heading(title, "money") for title in titles))
    return Sheet(whole.name, headings, tuple(rows), adds_up=True)


def _titles_of(legend: Sequence[SplitPart], taken: Collection[str]) -> Iterator[str]:
    """Yield a title for each part: its label, with its key where several columns would have that title."""
    times = Counter(part.label for part in legend)
    for part in legend:
        is_alone = part.label not in taken and (times[part.label] == 1 or part.label == part.key)
        yield part.label if is_alone else f"{part.label} ({part.key})"


def changes_sheet(changes: Changes, by: ChangeBy) -> Sheet:
    """Lay out what changed, largest difference first; the last row is the rest."""
    parts = sheet("What changed", columns.CHANGES, changes.rows)
    if changes.rest_usd is None:
        return parts
    rest = (
        f"All other {thing_word(by)}s",
        None,
        None,
        None,
        None,
        changes.rest_usd,
        None,
        None,
        None,
    )
    return Sheet(parts.name, parts.columns, (*parts.rows, rest))


def alerts_sheet(alerts: Iterable[AlertRow]) -> Sheet:
    """Lay out alerts with who was told of them."""
    return sheet("Alerts", columns.ALERTS, alerts)


def receivers_sheet(receivers: Iterable[ReceiverRow]) -> Sheet:
    """Lay out receivers without their addresses."""
    return sheet("Receivers", columns.RECEIVERS, receivers)


def anomalies_sheet(anomalies: Iterable[Anomaly]) -> Sheet:
    """Lay out the days that cost far more than expected, newest first."""
    return sheet("Unusual days", columns.ANOMALIES, anomalies)


def forecast_sheet(forecast: Forecast) -> Sheet:
    """Lay out what a period has cost and is expected to cost, in one row."""
    return sheet("Forecast", columns.FORECAST, (forecast,))


def parts_sheet(timeline: Timeline | Rates, parts: Sequence[tuple[Heading, Sequence[Cell]]]) -> Sheet:
    """Lay out the parts of each bucket side by side: a heading and one value for each bucket."""
    points: Sequence[TimelinePoint | RatesPoint] = timeline.points
    rows = (
        (*(column.cell(point) for column in BUCKET), *(values[index] for _, values in parts))
        for index, point in enumerate(points)
    )
    return Sheet(f"By {timeline.unit}", (*BUCKET, *(heading for heading, _ in parts)), tuple(rows))


def caching_sheet(caching: Caching) -> Sheet:
    """Lay out what prompt caches did in each bucket."""
    return sheet("Caches", columns.CACHES, caching.points)


def hours_of_week_sheet(hours: HoursOfWeek) -> Sheet:
    """Lay out the hours of the week, in the period's zone."""
    return sheet("Hours of the week", columns.HOURS_OF_WEEK, hours.rows)


def concentration_sheet(concentration: Concentration) -> Sheet:
    """Lay out the share of the cost of the top user, of the top two, and so on."""
    return Sheet(
        "Concentration", (Heading("Top users", "count"), SHARE), tuple(enumerate(concentration.shares, 1))
    )


def conversation_costs_sheet(costs: ConversationCosts) -> Sheet:
    """Lay out how many conversations cost how much."""
    return sheet("Conversation costs", columns.CONVERSATION_COSTS, costs.rows)


def user_models_sheet(rows: Iterable[UserModelRow]) -> Sheet:
    """Lay out what each user spent on each model."""
    return sheet("User x model", columns.USER_MODELS, rows, adds_up=True)


def price_check_sheet(check: PriceCheck) -> Sheet:
    """Lay out the recorded cost and the list price of each model."""
    return sheet("Price check", columns.price_check_columns(check.list_name), check.rows, adds_up=True)


def quality_sheet(report: QualityReport) -> Sheet:
    """Lay out what makes the figures less certain, then the refused rows by reason."""
    findings = sheet("Data quality", columns.FINDINGS, report.findings)
    refusals = (
        ("Refused", refused.documents, None, None, None, refused.last, None, refused.reason, None, None)
        for refused in report.refusals
    )
    return Sheet(findings.name, findings.columns, (*findings.rows, *refusals))


def summary_sheet(
    period: Period,
    filters_in_words: str,
    summary: Summary,
    freshness: Freshness,
    now: datetime,
    in_currency: Converted | None = None,
) -> Sheet:
    """Lay out the period, the filters, and the totals next to those of the previous one.

    ``in_currency``: the cost in the currency of the definitions, if they have one.
    """
    before, totals_before, quality = period.previous, summary.previous, summary.quality
    rows: list[tuple[Cell, ...]] = [
        ("Period", describe(period, now), None),
        ("From (UTC)", period.range.start, before.start if before else None),
        ("To (UTC), not included", period.range.end, before.end if before else None),
        ("Time zone", period.zone.key, None),
        ("Filters", filters_in_words or "none", None),
        ("Complete up to (UTC)", freshness.as_of, None),
        *(
            (column.title, column.cell(summary.totals), column.cell(totals_before) if totals_before else None)
            for column in columns.TOTALS.columns
        ),
        *([(f"Cost ({in_currency.code})", in_words(in_currency), None)] if in_currency else []),
        ("Cost at LibreChat's default rate (USD)", quality.default_rate_cost_usd, None),
        ("Cost without a model (USD)", quality.no_model_cost_usd, None),
        ("Cost under an agent's id (USD)", quality.agent_model_cost_usd, None),
        ("Cost of stopped answers (USD)", quality.incomplete_cost_usd, None),
        ("Credits that are not in the cost (USD)", quality.spent_credits_cost_usd, None),
        ("Refused rows, whatever the period", quality.rejected_documents, None),
    ]
    headings = (Heading("What", "text"), Heading("This period", "text"), Heading("Previous period", "text"))
    return Sheet("Summary", headings, tuple(rows))
