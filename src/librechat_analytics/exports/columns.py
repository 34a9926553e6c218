"""The columns of every table, each declared once: the row's field, the title and the kind of value.

Files, the API's bodies and the page's tables all read these declarations.
"""

from __future__ import annotations

from dataclasses import Field, dataclass
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, Protocol, TypeAlias, TypeVar

from librechat_analytics.exports import cells
from librechat_analytics.finops.alert_list import AlertRow, ReceiverRow
from librechat_analytics.finops.anomalies import Anomaly
from librechat_analytics.finops.budget_paths import DayOfBudget
from librechat_analytics.finops.budgets import BudgetState, BudgetStatus
from librechat_analytics.finops.period_forecast import Forecast
from librechat_analytics.formatting import FILTER_LABELS, WEEKDAYS, agent_label, model_label
from librechat_analytics.usage.answers import ConversationBand, PriceRow, Totals
from librechat_analytics.usage.changes import Change, ChangeState
from librechat_analytics.usage.cost_center_list import CostCenterRow
from librechat_analytics.usage.list_answers import (
    AgentRow,
    BreakdownRow,
    ModelCostRow,
    ModelRow,
    UserModelRow,
    UserRow,
)
from librechat_analytics.usage.quality import Finding
from librechat_analytics.usage.timeline_answers import CachingPoint, HourRow, RatesPoint, TimelinePoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from librechat_analytics.usage.questions import Attribute

Kind = Literal["text", "money", "currency", "exact", "rate", "tokens", "count", "share", "time"]
"""Money is in US dollars, ``exact`` too, but with all its digits; ``currency`` is money of another one.
A rate is in US dollars per million tokens. A share is from 0 to 1."""

Cell: TypeAlias = str | int | float | datetime | None
"""The value of one cell; None where it is not known."""


class Record(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[object]]]


Row = TypeVar("Row", bound=Record)
RowIn = TypeVar("RowIn", contravariant=True)


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a column and the kind of its values."""

    title: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Column(Heading, Generic[RowIn]):
    """A column of a table whose rows are of one class.

    ``field`` is the row's field, and the key by which a table on the page sorts. ``cell`` gives the value for
    a file. ``short`` is the title on the page, where the title of the panel or the cells give the unit.
    """

    field: str
    cell: Callable[[RowIn], Cell]
    short: str


@dataclass(frozen=True, slots=True)
class Columns(Generic[Row]):
    """The columns of a table, in the order in which files have them.

    Raises TypeError where a column names no field of the row's class.
    """

    row: type[Row]
    columns: tuple[Column[Row], ...]

    def __post_init__(self) -> None:
        for column in self.columns:
            if not hasattr(self.row, column.field):
                raise TypeError(f"{self.row.__name__} has no field {column.field}")

    def __getitem__(self, field: str) -> Column[Row]:
        """Return the column of a field; raises KeyError without one."""
        for column in self.columns:
            if column.field == field:
                return column
        raise KeyError(field)


def col(field: str, title: str, kind: Kind, *, short: str = "") -> Column[object]:
    """Declare a column that shows a field as it is."""
    return Column(title, kind, field, attrgetter(field), short or title)


def worded(
    field: str, title: str, kind: Kind, cell: Callable[[RowIn], Cell], *, short: str = ""
) -> Column[RowIn]:
    """Declare a column that shows what ``cell`` makes of the row, such as a label."""
    return Column(title, kind, field, cell, short or title)


COST = col("cost_usd", "Cost (USD)", "money", short="Cost")
PROMPT = col("prompt_tokens", "Prompt tokens", "tokens", short="Prompt")
COMPLETION = col("completion_tokens", "Completion tokens", "tokens", short="Completion")
TOTAL = col("total_tokens", "Total tokens", "tokens", short="Tokens")
CACHE_READ = col("cache_read_tokens", "Cache read tokens", "tokens", short="Cache read")
CACHE_WRITE = col("cache_write_tokens", "Cache write tokens", "tokens", short="Cache write")
CALLS = col("calls", "Calls", "count")
ACTIVE_USERS = col("active_users", "Active users", "count")
USER_COUNT = col("users", "Users", "count")
CONVERSATIONS = col("conversations", "Conversations", "count")
SHARE = col("share", "Share of cost", "share", short="Share")
PROMPT_RATE = col("prompt_rate", "Prompt (USD per million)", "rate", short="$/M prompt")
COMPLETION_RATE = col("completion_rate", "Completion (USD per million)", "rate", short="$/M completion")
PROVIDER = col("provider", "Provider", "text")
EMAIL = col("email", "E-mail", "text")
START = col("start", "From", "time")
END = col("end", "To", "time")
BEFORE = col("previous_cost_usd", "Cost before (USD)", "money", short="Before")
CHANGE = col("change_usd", "Change (USD)", "money", short="Change")
SPENT = (COST, PROMPT, COMPLETION, TOTAL)
COMPARED = (BEFORE, CHANGE)


BUCKET: tuple[Column[TimelinePoint | RatesPoint], ...] = (
    START,
    END,
    worded("partial", "Complete", "text", cells.complete),
)

TOTALS = Columns(Totals, (*SPENT, CACHE_READ, CACHE_WRITE, CALLS, ACTIVE_USERS, CONVERSATIONS))

USERS = Columns(
    UserRow,
    (
        worded("name", "User", "text", cells.user),
        EMAIL,
        col("id", "User id", "text"),
        *SPENT,
        CALLS,
        CONVERSATIONS,
        SHARE,
        col("last_ever", "Last active (UTC)", "time", short="Last active"),
        col("last_active", "Last active in the period (UTC)", "time", short="Last in period"),
        *COMPARED,
        worded("groups", "Groups", "text", cells.groups),
    ),
)

MODELS = Columns(
    ModelRow,
    (
        worded("model", "Model", "text", lambda row: model_label(row.model)),
        PROVIDER,
        *SPENT,
        CACHE_READ,
        CACHE_WRITE,
        CALLS,
        USER_COUNT,
        CONVERSATIONS,
        SHARE,
        *COMPARED,
    ),
)

COST_BREAKDOWN = Columns(
    ModelCostRow,
    (
        worded("model", "Model", "text", lambda row: model_label(row.model)),
        col("prompt_cost_usd", "Prompt cost (USD)", "money", short="Prompt"),
        col("completion_cost_usd", "Completion cost (USD)", "money", short="Completion"),
        COST,
        PROMPT,
        COMPLETION,
        CACHE_READ,
        CACHE_WRITE,
        PROMPT_RATE,
        COMPLETION_RATE,
        worded("rates", "Stored rates", "text", cells.rates),
        *COMPARED,
    ),
)

AGENTS = Columns(
    AgentRow,
    (
        worded("name", "Agent", "text", lambda row: agent_label(row.name, row.id, deleted=row.deleted)),
        col("id", "Agent id", "text"),
        col("model", "Model today", "text"),
        PROVIDER,
        *SPENT,
        CALLS,
        USER_COUNT,
        CONVERSATIONS,
        SHARE,
        worded("models", "Models used", "text", cells.models_used),
        worded("attribution", "Exactly known", "share", cells.exactly_known, short="Attribution"),
        *COMPARED,
    ),
)


def breakdown_columns(by: Attribute) -> Columns[BreakdownRow]:
    """Return the columns of the parts of usage by an attribute."""
    return Columns(
        BreakdownRow,
        (
            col("label", FILTER_LABELS[by], "text"),
            col("key", f"{FILTER_LABELS[by]} id", "text"),
            *SPENT,
            CALLS,
            USER_COUNT,
            col("cost_per_user_usd", "Cost per user (USD)", "money", short="Per user"),
            CONVERSATIONS,
            SHARE,
            col("top_model", "Top model", "text"),
            col("last_active", "Last active in the period (UTC)", "time", short="Last in period"),
            *COMPARED,
        ),
    )


COST_CENTERS = Columns(
    CostCenterRow,
    (
        col("name", "Cost centre", "text"),
        col("parent", "Belongs to", "text"),
        *SPENT,
        CALLS,
        USER_COUNT,
        col("cost_per_user_usd", "Cost per user (USD)", "money", short="Per user"),
        CONVERSATIONS,
        SHARE,
        col("assumed_cost_usd", "Of it assumed (USD)", "money", short="Assumed"),
        *COMPARED,
    ),
)

USAGE_OVER_TIME = Columns(
    TimelinePoint,
    (*BUCKET, *SPENT, CALLS, ACTIVE_USERS, CONVERSATIONS),
)

CACHES = Columns(
    CachingPoint,
    (
        START,
        END,
        PROMPT,
        CACHE_READ,
        CACHE_WRITE,
        col("hit_rate", "Read from a cache", "share"),
        col("saved_usd", "Saved, estimated (USD)", "money"),
    ),
)

HOURS_OF_WEEK = Columns(
    HourRow,
    (
        worded("weekday", "Weekday", "text", lambda row: WEEKDAYS[row.weekday]),
        col("hour", "Hour", "count"),
        COST,
        col("tokens", "Total tokens", "tokens", short="Tokens"),
        CALLS,
    ),
)

CONVERSATION_COSTS = Columns(
    ConversationBand,
    (col("upper_usd", "Less than (USD)", "money", short="Less than"), CONVERSATIONS, COST),
)

BUDGET_STATUSES: Mapping[BudgetStatus, str] = {
    "ok": "Within budget",
    "warned": "Threshold crossed",
    "likely-over": "Likely over",
    "over": "Over budget",
}
"""What to call the status of a budget."""

STATES: Mapping[ChangeState, str] = {"new": "New", "gone": "Gone", "both": "Both ranges"}

CHANGES = Columns(
    Change,
    (
        worded("name", "Name", "text", lambda row: row.label),
        EMAIL,
        col("subject", "Id", "text"),
        col("before_usd", "Before (USD)", "money", short="Before"),
        col("now_usd", "Now (USD)", "money", short="Now"),
        col("difference_usd", "Difference (USD)", "money", short="Difference"),
        col("price_usd", "Of it by price (USD)", "money", short="Price"),
        col("quantity_usd", "Of it by quantity (USD)", "money", short="Quantity"),
        worded("state", "Usage", "text", lambda row: STATES[row.state]),
    ),
)

ANOMALIES = Columns(
    Anomaly,
    (
        worded("day", "Day", "text", lambda row: row.day.isoformat()),
        worded("kind", "What", "text", lambda row: FILTER_LABELS.get(row.kind, "Total")),
        col("label", "Name", "text"),
        col("subject", "Id", "text"),
        col("actual_usd", "Cost (USD)", "money", short="Cost"),
        col("expected_usd", "Expected (USD)", "money", short="Expected"),
        col("excess_usd", "Excess (USD)", "money", short="Excess"),
        worded("drivers", "Mostly from", "text", cells.drivers),
        col("rest_usd", "All others (USD)", "money", short="All others"),
    ),
)

ALERTS = Columns(
    AlertRow,
    (
        col("opened_at", "Since (UTC)", "time", short="Since"),
        col("rule", "Rule", "text"),
        col("subject", "About", "text"),
        col("level", "Per cent", "count"),
        col("text", "What", "text"),
        worded("state", "State", "text", lambda row: str(row.state)),
        col("resolved_at", "Over since (UTC)", "time", short="Over since"),
        col("silenced_until", "Silenced until (UTC)", "time", short="Silenced until"),
        worded("deliveries", "Sent to", "text", cells.deliveries),
        col("link", "Link", "text"),
        col("id", "Id", "text"),
    ),
)

RECEIVERS = Columns(
    ReceiverRow,
    (
        col("name", "Receiver", "text"),
        worded("kind", "Kind", "text", lambda row: str(row.kind)),
        worded("names", "Names of people", "text", lambda row: "yes" if row.names else "no"),
        col("quiet", "Quiet hours", "text"),
        col("waiting", "Waiting", "count"),
        col("sent", "Sent", "count"),
        col("failed", "Failed", "count"),
        col("last_attempt", "Last attempt (UTC)", "time", short="Last attempt"),
        col("last_answer", "Last answer", "text"),
    ),
)

FORECAST = Columns(
    Forecast,
    (
        col("actual_usd", "Cost so far (USD)", "money", short="So far"),
        col("expected_usd", "Expected by the end (USD)", "money", short="Expected"),
        col("low_usd", "At least (USD)", "money", short="At least"),
        col("high_usd", "At most (USD)", "money", short="At most"),
        col("level", "Outcomes meant to be in the range", "share"),
        col("pace_usd", "At the pace so far (USD)", "money", short="Pace"),
        col("days", "Days to come", "count"),
        col("end", "End (UTC), not included", "time", short="End"),
        worded("backtest", "Mean error of past forecasts", "share", cells.mean_error),
        worded("backtest", "Past outcomes within the range", "share", cells.coverage),
        worded("past_periods", "Mean error of past periods", "share", cells.mean_error_of_periods),
        worded("past_periods", "Past periods within the range", "text", cells.periods_inside),
        col("reason", "Why there is no forecast", "text"),
    ),
)

USER_MODELS = Columns(
    UserModelRow,
    (
        worded("name", "User", "text", cells.user_of_model),
        EMAIL,
        worded("model", "Model", "text", lambda row: model_label(row.model)),
        *SPENT,
        CALLS,
    ),
)


FINDINGS = Columns(
    Finding,
    (
        worded("kind", "Finding", "text", lambda finding: finding.kind.title),
        col("documents", "Rows", "count"),
        col("tokens", "Tokens", "tokens"),
        COST,
        col("first", "First (UTC)", "time"),
        col("last", "Last (UTC)", "time"),
        worded("kind", "LibreChat versions", "text", cells.versions),
        worded("kind", "What it means", "text", cells.meaning),
        worded("kind", "What to do", "text", cells.advice),
        worded("details", "Where", "text", cells.where),
    ),
)


BUDGETS = Columns(
    BudgetState,
    (
        col("name", "Budget", "text"),
        col("label", "For", "text"),
        col("key", "For (id)", "text"),
        col("start", "From", "time"),
        col("end", "To", "time"),
        col("amount_usd", "Amount (USD)", "money", short="Amount"),
        col("carried_usd", "Carried over (USD)", "money", short="Carried over"),
        col("available_usd", "Available (USD)", "money", short="Available"),
        col("actual_usd", "Spent (USD)", "money", short="Spent"),
        col("used_share", "Used", "share"),
        col("elapsed_share", "Time passed", "share"),
        col("pace_usd", "Pace (USD)", "money", short="Pace"),
        col("expected_usd", "Expected (USD)", "money", short="Expected"),
        col("low_usd", "Expected at least (USD)", "money", short="At least"),
        col("high_usd", "Expected at most (USD)", "money", short="At most"),
        col("runs_out_at", "Runs out (UTC)", "time", short="Runs out"),
        worded("status", "Status", "text", lambda row: BUDGET_STATUSES[row.status]),
        worded("thresholds", "Crossed (per cent)", "text", cells.crossed, short="Crossed"),
    ),
)


BUDGET_COURSE = Columns(
    DayOfBudget,
    (
        worded("day", "Day", "text", lambda row: row.day.isoformat()),
        col("left_usd", "Left (USD)", "money", short="Left"),
        col("expected_usd", "Expected (USD)", "money", short="Expected"),
        col("least_usd", "Expected at least (USD)", "money", short="At least"),
        col("most_usd", "Expected at most (USD)", "money", short="At most"),
    ),
)


def price_check_columns(list_name: str) -> Columns[PriceRow]:
    """Return the columns that compare recorded cost with the prices of the list of that name."""
    return Columns(
        PriceRow,
        (
            worded("model", "Model", "text", lambda row: model_label(row.model)),
            PROVIDER,
            col("cost_usd", "Recorded (USD)", "money", short="Recorded"),
            col("listed_cost_usd", "Recorded, of listed (USD)", "money"),
            col("list_price_usd", f"At list price {list_name} (USD)", "money", short="At list price"),
            col("difference_usd", "Difference (USD)", "money", short="Difference"),
            worded("price_sources", "Price comes from", "text", cells.price_sources, short="Price from"),
            col("unpaired_completions", "Completions without their prompt", "count"),
        ),
    )
