"""Which answers there are as tables: the API gives each one, and the workbook has all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from librechat_analytics.exports import sheets
from librechat_analytics.exports.currency import with_currency
from librechat_analytics.exports.files import file_name, xlsx_bytes
from librechat_analytics.exports.filter_words import RecordedNames, filters_in_file_name, filters_in_words
from librechat_analytics.exports.without_names import without_names
from librechat_analytics.finops.anomalies import anomalies_of
from librechat_analytics.finops.budgets import BudgetState, budget_history, budget_states
from librechat_analytics.finops.currency import cost_in_currency, rates_in_words
from librechat_analytics.finops.period_forecast import forecast
from librechat_analytics.usage.filters import EVERYTHING, Filters
from librechat_analytics.usage.listing import WHOLE_LIST, Listing
from librechat_analytics.usage.period_words import day_in_words, period_in_words
from librechat_analytics.usage.questions import ATTRIBUTES, CHANGES_BY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.finops.currency import Converted
    from librechat_analytics.finops.definitions import Currency, Definitions
    from librechat_analytics.usage.answers import Freshness
    from librechat_analytics.usage.periods import BucketUnit, Period
    from librechat_analytics.usage.questions import Attribute, ChangeBy, Repository, SplitBy

Answer = TypeVar("Answer")


def attribute(text: str) -> Attribute:
    """Return what usage is broken down by; without a known word, groups."""
    return next((by for by in ATTRIBUTES if by == text), "group")


def change_by(text: str) -> ChangeBy:
    """Return what a difference is taken apart by; without a known word, models."""
    return next((by for by in CHANGES_BY if by == text), "model")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a table shows: the period, the filters, the buckets of time, and which part of a list.

    ``by``: what an answer is taken apart by, empty for answers that are not. ``split``: what a timeline is
    split by. ``named`` and ``key``: which budget, and which one of a budget for each user and so on.
    ``definitions``: what the definitions file says; None without one.
    """

    period: Period
    filters: Filters
    bucket: BucketUnit
    listing: Listing = WHOLE_LIST
    by: str = ""
    split: SplitBy | None = None
    named: str = ""
    key: str | None = None
    definitions: Definitions | None = None

    @property
    def currency(self) -> Currency | None:
        """Return the currency that is shown beside dollars; None without one."""
        return self.definitions.currency if self.definitions else None


@dataclass(frozen=True, slots=True)
class Context:
    """What a table says about its figures: the selection, how fresh they are, and the present.

    ``filters_in_words``: the chosen filters with names, empty without any; ``filters_in_file_name``: the same
    for the name of a file. ``names``: whether the table may name people. ``in_currency``: the period's cost
    in the currency of the definitions, if any.
    """

    selection: Selection
    freshness: Freshness
    now: datetime
    filters_in_words: str = ""
    filters_in_file_name: str = ""
    names: bool = True
    in_currency: Converted | None = None

    @classmethod
    def of(cls, repository: Repository, selection: Selection, *, names: bool = True) -> Context:
        """Ask what is to be said about the figures of a selection, before the figures are asked for."""
        # Freshness is read first: the figures may be newer than it says, never older.
        freshness, now = repository.freshness(), repository.now()
        recorded = RecordedNames(repository, selection.filters, people=names)
        filters = selection.filters
        return cls(
            selection,
            freshness,
            now,
            filters_in_words(filters, recorded),
            filters_in_file_name(filters, recorded),
            names,
            cost_in_currency(repository, selection.currency, selection.period, filters),
        )

    def file_name(self, what: str) -> str:
        """Name a file by what it holds, without its suffix: ``librechat-usage-2026-10-engineering``."""
        return file_name(what, self.selection.period, self.filters_in_file_name)

    @property
    def caption(self) -> str:
        """Name the period, the filters and the age of the figures, for the foot of each printed page."""
        zone = self.selection.period.zone
        parts = [period_in_words(self.selection.period), self.filters_in_words]
        if self.freshness.as_of is not None:
            as_of = self.freshness.as_of.astimezone(zone)
            parts.append(f"as of {day_in_words(as_of)}, {as_of:%H:%M} ({zone.key})")
        if self.in_currency is not None:
            parts.append(f"{self.in_currency.code} {rates_in_words(self.in_currency)}")
        return " · ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Table:
    """An answer of the repository that can be laid out as a table.

    ``ask`` gets the answer and ``sheet`` lays it out; both give None where there is no such answer.
    """

    ask: Callable[[Repository, Selection], object | None]
    sheet: Callable[[Repository, Context], Sheet | None]


def table(
    ask: Callable[[Repository, Selection], Answer | None], lay_out: Callable[[Answer, Context], Sheet]
) -> Table:
    """Pair an answer with its layout."""

    def sheet(repository: Repository, context: Context) -> Sheet | None:
        answer = ask(repository, context.selection)
        if answer is None:
            return None
        laid_out = lay_out(answer if context.names else without_names(answer), context)
        return with_currency(laid_out, context.selection.currency, context.in_currency)

    return Table(ask, sheet)


SUMMARY = table(
    lambda repository, chosen: repository.summary(chosen.period, chosen.filters),
    lambda answer, context: sheets.summary_sheet(
        context.selection.period,
        context.filters_in_words,
        answer,
        context.freshness,
        context.now,
        context.in_currency,
    ),
)
USAGE_OVER_TIME = table(
    lambda repository, chosen: repository.usage_over_time(
        chosen.period, chosen.bucket, chosen.filters, chosen.split
    ),
    lambda answer, _: sheets.timeline_sheet(answer),
)
TOP_USERS = table(
    lambda repository, chosen: repository.top_users(chosen.period, chosen.listing, chosen.filters),
    lambda answer, _: sheets.users_sheet(answer),
)
TOP_MODELS = table(
    lambda repository, chosen: repository.top_models(chosen.period, chosen.listing, chosen.filters),
    lambda answer, _: sheets.models_sheet(answer),
)
COST_BREAKDOWN = table(
    lambda repository, chosen: repository.cost_breakdown(chosen.period, chosen.listing, chosen.filters),
    lambda answer, _: sheets.breakdown_sheet(answer),
)
TOP_AGENTS = table(
    lambda repository, chosen: repository.top_agents(chosen.period, chosen.listing, chosen.filters),
    lambda answer, _: sheets.agents_sheet(answer),
)
BREAKDOWN = table(
    lambda repository, chosen: repository.breakdown(
        chosen.period, attribute(chosen.by), chosen.listing, chosen.filters
    ),
    lambda answer, context: sheets.attribute_sheet(answer, attribute(context.selection.by)),
)
COST_CENTERS = table(
    lambda repository, chosen: repository.cost_centers(chosen.period, chosen.listing, chosen.filters),
    lambda answer, _: sheets.cost_centers_sheet(answer),
)
USER_MODELS = table(
    lambda repository, chosen: repository.user_models(chosen.period, chosen.filters),
    lambda answer, _: sheets.user_models_sheet(answer),
)
WHAT_CHANGED = table(
    lambda repository, chosen: repository.what_changed(
        chosen.period, change_by(chosen.by), chosen.listing.limit, chosen.filters
    ),
    lambda answer, context: sheets.changes_sheet(answer, change_by(context.selection.by)),
)
ANOMALIES = table(
    lambda repository, chosen: anomalies_of(repository, chosen.period, chosen.filters, chosen.definitions),
    lambda answer, _: sheets.anomalies_sheet(answer),
)
FORECAST = table(
    lambda repository, chosen: repository.ask(forecast, chosen.period, chosen.filters),
    lambda answer, _: sheets.forecast_sheet(answer),
)
QUALITY = table(
    lambda repository, chosen: repository.quality(chosen.period, chosen.filters),
    lambda answer, _: sheets.quality_sheet(answer),
)
PRICE_CHECK = table(
    lambda repository, chosen: repository.price_check(chosen.period, chosen.filters),
    lambda answer, _: sheets.price_check_sheet(answer),
)


def _budgets(repository: Repository, chosen: Selection) -> tuple[BudgetState, ...] | None:
    if chosen.definitions is None:
        return None
    return repository.ask(budget_states, chosen.definitions, chosen.filters.scope)


def _budget_history(repository: Repository, chosen: Selection) -> tuple[BudgetState, ...] | None:
    if chosen.definitions is None:
        return None
    scope = chosen.filters.scope
    return repository.ask(budget_history, chosen.definitions, chosen.named, chosen.key, scope)


BUDGETS = table(_budgets, lambda answer, _: sheets.budgets_sheet(answer))
BUDGET_HISTORY = table(_budget_history, lambda answer, _: sheets.budgets_sheet(answer))

ANY_ANOMALIES = Table(
    ANOMALIES.ask,
    lambda repository, context: (
        ANOMALIES.sheet(repository, context) if ANOMALIES.ask(repository, context.selection) else None
    ),
)
"""The anomalies where there are any; the workbook has no sheet without rows for them."""

ALL_TABLES = (
    SUMMARY,
    USAGE_OVER_TIME,
    TOP_USERS,
    TOP_MODELS,
    COST_BREAKDOWN,
    TOP_AGENTS,
    BREAKDOWN,
    COST_CENTERS,
    USER_MODELS,
    ANY_ANOMALIES,
    QUALITY,
    PRICE_CHECK,
    BUDGETS,
)


@dataclass(frozen=True, slots=True)
class Workbook:
    """Everything that is known of a period, as one file: its name without the suffix, and its content."""

    name: str
    content: bytes


def whole_workbook(
    repository: Repository,
    period: Period,
    bucket: BucketUnit,
    filters: Filters = EVERYTHING,
    definitions: Definitions | None = None,
    *,
    names: bool = True,
) -> Workbook:
    """Write everything that is known of a period into one xlsx file; without ``names`` of people."""
    selection = Selection(period, filters, bucket, definitions=definitions)
    context = Context.of(repository, selection, names=names)
    content = xlsx_bytes(all_sheets(repository, context), context.caption)
    return Workbook(context.file_name("usage"), content)


def all_sheets(repository: Repository, context: Context) -> list[Sheet]:
    """Lay out everything that is known of a period."""
    found = (table.sheet(repository, context) for table in ALL_TABLES)
    return [sheet for sheet in found if sheet is not None]
