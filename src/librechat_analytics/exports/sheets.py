"""The answers as files for a spreadsheet: one table as CSV or xlsx, or everything in one workbook."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import xlsxwriter

from librechat_analytics.formatting import (
    WEEKDAYS,
    agent_label,
    defuse,
    model_label,
    plain_text,
    user_label,
)
from librechat_analytics.usage.answers import ALL_ENTRIES
from librechat_analytics.usage.filters import EVERYTHING, Filters
from librechat_analytics.usage.periods import describe
from librechat_analytics.usage.prices import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from xlsxwriter.format import Format

    from librechat_analytics.usage.answers import (
        AgentRanking,
        Caching,
        Concentration,
        ConversationCosts,
        Freshness,
        Part,
        PriceCheck,
        Ranking,
        Rates,
        Rhythm,
        Summary,
        Timeline,
    )
    from librechat_analytics.usage.periods import BucketUnit, Period
    from librechat_analytics.usage.quality import QualityReport
    from librechat_analytics.usage.questions import Repository

Kind = Literal["text", "money", "rate", "count", "share", "time"]

LARGEST_EXACT_INTEGER = 2**53
"""A spreadsheet's numbers are doubles; greater integers are written as text so that no digit is lost."""

LONGEST_CELL = 32_000
NUMBER_FORMATS = {
    "money": "$#,##0.00####",
    "rate": "$#,##0.00####",
    "count": "#,##0",
    "share": "0.0%",
    "time": "yyyy-mm-dd hh:mm",
}
COLUMN_WIDTHS = {"text": 28, "money": 14, "rate": 14, "count": 14, "share": 9, "time": 17}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, and what its values are: money in USD, rates in USD per million tokens."""

    title: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a name; unknown values are None."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


COST = Column("Cost (USD)", "money")
PROMPT = Column("Prompt tokens", "count")
COMPLETION = Column("Completion tokens", "count")
TOTAL = Column("Total tokens", "count")
CALLS = Column("Calls", "count")
USERS = Column("Users", "count")
CONVERSATIONS = Column("Conversations", "count")
SHARE = Column("Share of cost", "share")
PER_MILLION = (Column("Prompt (USD per million)", "rate"), Column("Completion (USD per million)", "rate"))
SPENT = (COST, PROMPT, COMPLETION, TOTAL)
FROM = Column("From", "time")
TO = Column("To", "time")
COMPLETE = Column("Complete", "text")
SPENT_FIELDS = ("cost_usd", "prompt_tokens", "completion_tokens", "total_tokens")


def users_sheet(ranking: Ranking) -> Sheet:
    """Lay out users with what they spent."""
    columns = (
        Column("User", "text"),
        Column("E-mail", "text"),
        Column("User id", "text"),
        *SPENT,
        CALLS,
        CONVERSATIONS,
        SHARE,
        Column("Last active (UTC)", "time"),
    )
    fields = ("email", "id", *SPENT_FIELDS, "calls", "conversations", "share", "last_active")
    rows = (
        (user_label(row["name"], row["email"], row["id"], deleted=row["deleted"]), *_values(row, fields))
        for row in _records(ranking.rows)
    )
    return Sheet("Users", columns, tuple(rows))


def models_sheet(ranking: Ranking) -> Sheet:
    """Lay out models with what was spent on them."""
    columns = (
        Column("Model", "text"),
        Column("Provider", "text"),
        *SPENT,
        Column("Cache read tokens", "count"),
        Column("Cache write tokens", "count"),
        CALLS,
        USERS,
        CONVERSATIONS,
        SHARE,
    )
    fields = (
        *("provider", *SPENT_FIELDS, "cache_read_tokens", "cache_write_tokens"),
        *("calls", "users", "conversations", "share"),
    )
    rows = ((model_label(row["model"]), *_values(row, fields)) for row in _records(ranking.rows))
    return Sheet("Models", columns, tuple(rows))


def breakdown_sheet(ranking: Ranking) -> Sheet:
    """Lay out models' cost by prompt and completion, with effective and stored rates."""
    columns = (
        Column("Model", "text"),
        Column("Prompt cost (USD)", "money"),
        Column("Completion cost (USD)", "money"),
        COST,
        PROMPT,
        COMPLETION,
        Column("Cache read tokens", "count"),
        Column("Cache write tokens", "count"),
        *PER_MILLION,
        Column("Stored rates", "text"),
    )
    fields = (
        *("prompt_cost_usd", "completion_cost_usd", "cost_usd", "prompt_tokens", "completion_tokens"),
        *("cache_read_tokens", "cache_write_tokens", "prompt_rate", "completion_rate"),
    )
    rows = (
        (model_label(row["model"]), *_values(row, fields), ", ".join(f"{rate:g}" for rate in row["rates"]))
        for row in _records(ranking.rows)
    )
    return Sheet("Cost breakdown", columns, tuple(rows))


def agents_sheet(ranking: AgentRanking) -> Sheet:
    """Lay out agents, and the usage without or of unknown agents, which complete the total."""
    columns = (
        Column("Agent", "text"),
        Column("Agent id", "text"),
        Column("Model today", "text"),
        Column("Provider", "text"),
        *SPENT,
        CALLS,
        USERS,
        CONVERSATIONS,
        SHARE,
        Column("Models used", "text"),
        Column("Exactly known", "share"),
    )
    fields = ("id", "model", "provider", *SPENT_FIELDS, "calls", "users", "conversations", "share")
    rows: list[tuple[Any, ...]] = [
        (
            agent_label(row["name"], row["id"], deleted=row["deleted"]),
            *_values(row, fields),
            ", ".join(model_label(ran["model"]) for ran in row["models"]),
            row["attribution"].get("exact", 0.0),
        )
        for row in _records(ranking.rows)
    ]
    rows += [
        _part_row("Without agent", ranking.without_agent),
        _part_row("Agent unknown", ranking.unknown),
    ]
    return Sheet("Agents", columns, tuple(rows))


def _part_row(name: str, part: Part) -> tuple[Any, ...]:
    spent = (part.cost_usd, part.prompt_tokens, part.completion_tokens, part.total_tokens)
    counted = (part.calls, part.users, part.conversations, part.share)
    return (name, None, None, None, *spent, *counted, None, None)


def timeline_sheet(timeline: Timeline) -> Sheet:
    """Lay out the buckets of time, in the period's zone."""
    columns = (FROM, TO, COMPLETE, *SPENT, CALLS, Column("Active users", "count"), CONVERSATIONS)
    fields = (*SPENT_FIELDS, "calls", "active_users", "conversations")
    rows = ((*_bucket(row), *_values(row, fields)) for row in _records(timeline.points))
    return Sheet(f"By {timeline.unit}", columns, tuple(rows))


def parts_sheet(timeline: Timeline | Rates, parts: Sequence[tuple[Column, Sequence[Any]]]) -> Sheet:
    """Lay out each bucket's parts side by side: a column and its values, one for each of the buckets."""
    columns = (FROM, TO, COMPLETE, *(column for column, _ in parts))
    rows = (
        (*_bucket(row), *(values[place] for _, values in parts))
        for place, row in enumerate(_records(timeline.points))
    )
    return Sheet(f"By {timeline.unit}", columns, tuple(rows))


def _bucket(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["start"], row["end"], "no" if row["partial"] else "yes"


def caching_sheet(caching: Caching) -> Sheet:
    """Lay out what caches did, bucket by bucket."""
    columns = (
        FROM,
        TO,
        PROMPT,
        Column("Cache read tokens", "count"),
        Column("Cache write tokens", "count"),
        Column("Read from a cache", "share"),
        Column("Saved, estimated (USD)", "money"),
    )
    fields = (
        *("start", "end", "prompt_tokens", "cache_read_tokens", "cache_write_tokens"),
        *("hit_rate", "saved_usd"),
    )
    rows = (_values(row, fields) for row in _records(caching.points))
    return Sheet("Caches", columns, tuple(rows))


def rhythm_sheet(rhythm: Rhythm) -> Sheet:
    """Lay out the hours of the week, in the period's zone."""
    columns = (Column("Weekday", "text"), Column("Hour", "count"), COST, TOTAL, CALLS)
    fields = ("hour", "cost_usd", "tokens", "calls")
    rows = ((WEEKDAYS[row["weekday"]], *_values(row, fields)) for row in _records(rhythm.rows))
    return Sheet("Hours of the week", columns, tuple(rows))


def concentration_sheet(concentration: Concentration) -> Sheet:
    """Lay out how much of the cost the first user makes, the first two, and so on."""
    columns = (Column("Users, the dearest", "count"), SHARE)
    return Sheet("Concentration", columns, tuple(enumerate(concentration.shares, 1)))


def conversation_costs_sheet(costs: ConversationCosts) -> Sheet:
    """Lay out how many conversations cost how much."""
    columns = (Column("Less than (USD)", "money"), CONVERSATIONS, COST)
    rows = (_values(row, ("upper_usd", "conversations", "cost_usd")) for row in _records(costs.rows))
    return Sheet("Conversation costs", columns, tuple(rows))


def user_models_sheet(rows: pd.DataFrame) -> Sheet:
    """Lay out what each user spent on each model."""
    columns = (Column("User", "text"), Column("E-mail", "text"), Column("Model", "text"), *SPENT, CALLS)
    fields = (*SPENT_FIELDS, "calls")
    laid_out = (
        (
            user_label(row["name"], row["email"], row["user"], deleted=row["deleted"]),
            row["email"],
            model_label(row["model"]),
            *_values(row, fields),
        )
        for row in _records(rows)
    )
    return Sheet("User x model", columns, tuple(laid_out))


def quality_sheet(report: QualityReport) -> Sheet:
    """Lay out what makes the figures less sure."""
    columns = (
        Column("Finding", "text"),
        Column("Rows", "count"),
        Column("Tokens", "count"),
        COST,
        Column("First (UTC)", "time"),
        Column("Last (UTC)", "time"),
        Column("LibreChat versions", "text"),
        Column("What it means", "text"),
        Column("What to do", "text"),
        Column("Where", "text"),
    )
    rows: list[tuple[Any, ...]] = [
        (
            finding.kind.title,
            finding.documents,
            finding.tokens,
            finding.cost_usd,
            finding.first,
            finding.last,
            finding.kind.versions,
            finding.kind.sentence,
            finding.kind.advice,
            ", ".join(detail.name for detail in finding.details),
        )
        for finding in report.findings
    ]
    rows += [
        ("Refused", refused.documents, None, None, None, refused.last, None, refused.reason, None, None)
        for refused in report.refusals
    ]
    return Sheet("Data quality", columns, tuple(rows))


def price_check_sheet(check: PriceCheck) -> Sheet:
    """Lay out recorded cost beside list price."""
    columns = (
        Column("Model", "text"),
        Column("Provider", "text"),
        Column("Recorded (USD)", "money"),
        Column("Recorded, of listed (USD)", "money"),
        Column(f"At list price {check.list_name} (USD)", "money"),
        Column("Difference (USD)", "money"),
        Column("Price comes from", "text"),
        Column("Completions without their prompt", "count"),
    )
    fields = ("provider", "cost_usd", "listed_cost_usd", "list_price_usd", "difference_usd")
    rows = (
        (
            model_label(row["model"]),
            *_values(row, fields),
            ", ".join(SOURCES[source] for source in row["price_sources"]),
            row["unpaired_completions"],
        )
        for row in _records(check.rows)
    )
    return Sheet("Price check", columns, tuple(rows))


def summary_sheet(
    period: Period, filters: Filters, summary: Summary, freshness: Freshness, now: datetime
) -> Sheet:
    """Lay out the period, the filters and the totals beside those of the range before."""
    totals, previous = summary.totals, summary.previous
    named = [
        ("Cost (USD)", "cost_usd"),
        ("Prompt tokens", "prompt_tokens"),
        ("Completion tokens", "completion_tokens"),
        ("Total tokens", "total_tokens"),
        ("Cache read tokens", "cache_read_tokens"),
        ("Cache write tokens", "cache_write_tokens"),
        ("Calls", "calls"),
        ("Active users", "active_users"),
        ("Conversations", "conversations"),
    ]
    before = period.previous
    rows: list[tuple[Any, ...]] = [
        ("Period", describe(period, now), None),
        ("From (UTC)", period.range.start, before and before.start),
        ("To (UTC), not included", period.range.end, before and before.end),
        ("Time zone", period.zone.key, None),
        (
            "Filters",
            ", ".join(f"{name} = {value}" for name, value in filters.chosen().items()) or "none",
            None,
        ),
        ("Complete up to (UTC)", freshness.as_of, None),
        *((title, getattr(totals, field), previous and getattr(previous, field)) for title, field in named),
        ("Cost at LibreChat's default rate (USD)", summary.quality.default_rate_cost_usd, None),
        ("Cost without a model (USD)", summary.quality.no_model_cost_usd, None),
        ("Cost under an agent's id (USD)", summary.quality.agent_model_cost_usd, None),
        ("Cost of stopped answers (USD)", summary.quality.incomplete_cost_usd, None),
        ("Credits spent beside the cost (USD)", summary.quality.spent_credits_cost_usd, None),
        ("Documents refused ever", summary.quality.rejected_documents, None),
    ]
    columns = (Column("What", "text"), Column("This period", "text"), Column("Range before", "text"))
    return Sheet("Summary", columns, tuple(rows))


def all_sheets(
    repository: Repository, period: Period, bucket: BucketUnit, filters: Filters = EVERYTHING
) -> list[Sheet]:
    """Lay out everything that is known of a period."""
    # Read first: figures may be newer than what is said of them, never older.
    freshness, now = repository.freshness(), repository.now()
    sheets = [
        summary_sheet(period, filters, repository.summary(period, filters), freshness, now),
        timeline_sheet(repository.usage_over_time(period, bucket, filters)),
        users_sheet(repository.top_users(period, ALL_ENTRIES, filters)),
        models_sheet(repository.top_models(period, ALL_ENTRIES, filters)),
        breakdown_sheet(repository.cost_breakdown(period, ALL_ENTRIES, filters)),
        agents_sheet(repository.top_agents(period, ALL_ENTRIES, filters)),
        user_models_sheet(repository.user_models(period, filters)),
        quality_sheet(repository.quality(period, filters)),
    ]
    check = repository.price_check(period, filters)
    return [*sheets, price_check_sheet(check)] if check else sheets


def file_name(what: str, period: Period) -> str:
    """Give a file's name without its ending: ``librechat-users-30d-2026-10-25-2026-11-24``."""
    first, last = period.range.days(period.zone)
    return f"librechat-{what}-{period.name}-{first}-{last}"


def csv_text(sheet: Sheet) -> str:
    """Write a table as CSV: raw numbers, ISO dates, a mark that tells spreadsheets it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_csv_cell(column.title) for column in sheet.columns)
    writer.writerows([_csv_cell(value) for value in row] for row in sheet.rows)
    return "\ufeff" + out.getvalue()


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Write tables as one xlsx file: real numbers and dates, headings that stay in sight, no formulas."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats: dict[str, Format] = {
            kind: book.add_format({"num_format": number}) for kind, number in NUMBER_FORMATS.items()
        }
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            for at, column in enumerate(sheet.columns):
                page.set_column(at, at, COLUMN_WIDTHS[column.kind])
                page.write_string(0, at, column.title, heading)
            for line, row in enumerate(sheet.rows, 1):
                for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                    _write_cell(page, line, at, value, formats, column.kind)
            if sheet.rows:
                page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    return out.getvalue()


def _write_cell(page: Any, line: int, at: int, value: Any, formats: dict[str, Format], kind: Kind) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        page.write_datetime(line, at, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, int | float) and abs(value) <= LARGEST_EXACT_INTEGER:
        shown = kind if kind != "text" else "money" if isinstance(value, float) else "count"
        page.write_number(line, at, value, formats[shown])
    else:
        page.write_string(line, at, defuse(plain_text(str(value)))[:LONGEST_CELL])


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo is not UTC else value.isoformat().replace("+00:00", "Z")
    return defuse(value) if isinstance(value, str) else str(value)


def _records(rows: pd.DataFrame) -> Iterable[dict[str, Any]]:
    return rows.to_dict("records")  # type: ignore[return-value]


def _values(row: dict[str, Any], fields: Sequence[str]) -> tuple[Any, ...]:
    # pandas may hold a NaN for what is unknown: the one value that differs from itself.
    return tuple(None if row[field] != row[field] else row[field] for field in fields)
