"""The page's query string, read into a typed value.

A filter that cannot be read stops the page from showing figures, because it would show the wrong ones. A
period that cannot be read becomes the default, with a notice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeVar, get_args
from urllib.parse import parse_qsl, urlencode

from librechat_analytics.dashboard.amounts import parse_amount
from librechat_analytics.usage.filters import (
    EVERYTHING,
    FILTER_PARAMETERS,
    LONGEST_VALUE,
    MOST_VALUES,
    Filters,
    Scope,
    is_readable,
)
from librechat_analytics.usage.periods import COMPARISONS, BadPeriodError, Compare, Period, parse_period
from librechat_analytics.usage.questions import ATTRIBUTES, CHANGES_BY, SPLITS, Dimension
from librechat_analytics.zones import UnknownZoneError, parse_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.usage.questions import Attribute, ChangeBy, SplitBy

DEFAULT_PERIOD = "30d"
CUSTOM_PERIOD = "custom"
LONGEST_QUERY = 64_000
"""In characters; each filter once, with the longest names in any script, is shorter."""
MOST_PARAMETERS = 200
LONGEST_SEARCH = 100
PAGE_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)

SUBJECTS: tuple[Dimension, ...] = get_args(Dimension)
"""What has a page of its own: the filter of the same name says which one."""

SHARED = ("period", "start", "end", "compare", "tz", "embed", "controls", "theme", *FILTER_PARAMETERS)
"""The parameters that every view reads; the others belong to one view."""

BILL_OF = "bill_of"
READ_EXACTLY = (*FILTER_PARAMETERS, BILL_OF)
"""The parameters that say whose figures to show."""

GIVEN_ONCE = frozenset({"view", "period", "start", "end", "compare", "tz", "bill", BILL_OF})
"""The parameters that may not have two values: each value would show other figures."""

Fault = Literal[
    "repeated",
    "empty",
    "too long",
    "control characters",
    "too many",
    "missing",
    "unknown",
    "unreadable",
    "too much",
]

Measure = Literal["cost", "tokens", "calls"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

T = TypeVar("T", bound=str)
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A parameter that cannot be read, so that the page shows no figures.

    ``name`` is empty where nothing of the address can be read.
    """

    name: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Replaced:
    """A parameter that cannot be read, so that the page uses a default.

    ``value``: what the address has. ``default``: the name of the zone that the page uses instead of an
    unknown one. ``error``: why the period cannot be used.
    """

    name: Literal["tz", "period"]
    value: str = ""
    default: str = ""
    error: BadPeriodError | None = None


@dataclass(frozen=True, slots=True)
class PageQuery:
    """What the reader asks for.

    ``sort``: the field of a column, with a minus in front for descending; empty for the table's own order.
    ``coarse``: the reader uses a finger, so dragging must scroll the page and choose no range.
    ``view``: as the address has it, which may be no view at all.
    ``ahead``: the browser asks before it shows the view, so the parts around the views must not change.
    ``replaced``: parameters that could not be read and have a default.
    ``unreadable``: parameters that could not be read and have none; then the page shows no figures.
    ``measure``, ``split``: what the chart over time shows, and what splits it (None: nothing).
    ``by``: what the difference to the previous period is taken apart by; ``attribute``: what the view of
    groups breaks usage down by.
    ``page``: of a table, from 1.
    ``filters``: what the reader has chosen, limited to what they may see.
    ``subject``: the user, model or agent that the page is about.
    ``unnamed_subject``: the same, where the address does not say which one or not readably.
    ``bill_usd``, ``bill_of``: a provider's bill to compare with, and the provider (None: all together).
    ``unreadable_bill``: what the reader typed, where it is not an amount.
    ``budget``, ``budget_key``: the budget that the page is about, and which one of a budget for each user.
    ``shared``: the parameters that links to other views keep, with all their values.
    """

    period: Period
    sort: str
    search: str
    show_all: bool
    coarse: bool
    replaced: tuple[Replaced, ...]
    measure: Measure = "cost"
    split: SplitBy | None = None
    by: ChangeBy = "model"
    attribute: Attribute = "group"
    page: int = 1
    filters: Filters = EVERYTHING
    subject: Dimension | None = None
    unnamed_subject: Dimension | None = None
    unreadable: tuple[Unreadable, ...] = ()
    shared: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bill_usd: float | None = None
    bill_of: str | None = None
    unreadable_bill: str = ""
    budget: str = ""
    budget_key: str | None = None
    ahead: bool = False
    view: str = ""

    def link(self, view: str, **changes: str | Sequence[str] | None) -> str:
        """Give the address of a view with the same period and filters; None removes a parameter."""
        parameters = {"view": view, **self.shared, **changes}
        kept = {name: values for name, values in parameters.items() if values is not None}
        return f"?{urlencode(kept, doseq=True)}"

    @property
    def kind(self) -> Dimension | None:
        """Say whether the page is about a user, a model or an agent, even if not which one."""
        return self.subject or self.unnamed_subject

    @property
    def revision(self) -> str:
        """Give a text that stays the same for the same period, also as time goes on.

        A chart with another revision is another chart.
        """
        if self.period.name != CUSTOM_PERIOD:
            return self.period.name
        return f"{self.period.range.start:%Y%m%dT%H%M} {self.period.range.end:%Y%m%dT%H%M}"


def read_page_query(
    stored: object,
    *,
    default_zone: ZoneInfo,
    now: datetime,
    first_usage: datetime | None,
    scope: Scope | None = None,
    year_starts: int = 1,
) -> PageQuery:
    """Read what the browser's router stored: ``search`` (the query string), ``zone``, ``coarse``, ``ahead``.

    It comes from outside and may be anything, so nothing in it raises an error. ``scope``: what the reader
    may see. ``year_starts``: the month that quarters and years begin with.
    """
    request = stored if isinstance(stored, dict) else {"search": stored}
    all_values, unreadable = _values(request.get("search"))
    values = {name: of_name[0] for name, of_name in all_values.items()}
    replaced: list[Replaced] = []
    zone = _zone(values.get("tz"), request.get("zone"), default_zone, replaced)
    period = _period(values, zone, now, first_usage, year_starts, replaced)
    bill = values.get("bill", "")
    bill_usd = parse_amount(bill)
    kind = next((one for one in SUBJECTS if one == values.get("view")), None)
    if kind and len(all_values.get(kind, ())) > 1:
        unreadable.append(Unreadable(kind, "repeated"))
        del all_values[kind]
    filters = Filters.of(all_values, scope)
    subject = kind if kind in all_values else None
    if kind and not subject and kind not in [part.name for part in unreadable]:
        unreadable.append(Unreadable(kind, "missing"))
    return PageQuery(
        period=period,
        sort=values.get("sort", ""),
        search=values.get("q", "").strip()[:LONGEST_SEARCH],
        show_all=values.get("all") == "1",
        coarse=request.get("coarse") is True,
        ahead=request.get("ahead") is True,
        view=values.get("view", ""),
        replaced=tuple(replaced),
        measure=_one_of(MEASURES, values.get("measure"), "cost"),
        split=_one_of(SPLITS, values.get("split"), None),
        by=_one_of(CHANGES_BY, values.get("by"), "model"),
        attribute=_one_of(ATTRIBUTES, values.get("by"), "group"),
        page=_page(values.get("page", "")),
        filters=filters,
        subject=subject,
        unnamed_subject=None if subject else kind,
        unreadable=tuple(unreadable),
        bill_usd=bill_usd,
        bill_of=values.get(BILL_OF),
        unreadable_bill=bill if bill_usd is None else "",
        budget=values.get("budget", ""),
        budget_key=values.get("key"),
        shared={
            name: all_values[name]
            for name in SHARED
            if name in all_values and all(map(is_readable, all_values[name]))
        },
    )


def about_nobody(query: PageQuery) -> PageQuery:
    """Return the query of a page about somebody or something that was never recorded."""
    subject = query.subject
    if subject is None:
        return query
    return replace(
        query,
        subject=None,
        unnamed_subject=subject,
        filters=query.filters.replacing(subject),
        shared={name: values for name, values in query.shared.items() if name != subject},
        unreadable=(*query.unreadable, Unreadable(subject, "unknown")),
    )


def _one_of(known: tuple[T, ...], value: str | None, otherwise: D) -> T | D:
    return next((one for one in known if one == value), otherwise)


def _page(text: str) -> int:
    return max(1, int(text)) if PAGE_NUMBER.fullmatch(text) else 1


def _values(search: object) -> tuple[dict[str, tuple[str, ...]], list[Unreadable]]:
    """Read the parameters with their values, and name those that cannot be read.

    Every parameter has at least one value. Of one that may not be repeated, the first counts.
    """
    if search is None:
        return {}, []
    if not isinstance(search, str):
        return {}, [Unreadable("", "unreadable")]
    if len(search) > LONGEST_QUERY:
        return {}, [Unreadable("", "too much")]
    try:
        pairs = parse_qsl(search.removeprefix("?"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return {}, [Unreadable("", "too much")]
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    faults = {name: _fault(name, values) for name, values in given.items()}
    given_filters = [name for name in FILTER_PARAMETERS if name in given]
    if sum(len(given[name]) for name in given_filters) > MOST_VALUES:
        faults |= dict.fromkeys(given_filters, "too many")
    readable = {name: tuple(values) for name, values in given.items() if values[0] and not faults[name]}
    return readable, [Unreadable(name, fault) for name, fault in faults.items() if fault]


def _fault(name: str, values: list[str]) -> Fault | None:
    if name in GIVEN_ONCE and len(values) > 1:
        return "repeated"
    if name not in READ_EXACTLY:
        return None
    if not all(values):
        return "empty"
    if max(map(len, values)) > LONGEST_VALUE:
        return "too long"
    return None if all(map(is_readable, values)) else "control characters"


def _zone(wanted: str | None, of_the_reader: object, default: ZoneInfo, replaced: list[Replaced]) -> ZoneInfo:
    reader_zone = default
    if isinstance(of_the_reader, str):
        try:
            reader_zone = parse_zone(of_the_reader)
        except UnknownZoneError:
            reader_zone = default  # a browser may know a zone that this machine's tables don't
    if wanted is None:
        return reader_zone
    try:
        return parse_zone(wanted)
    except UnknownZoneError:
        replaced.append(Replaced("tz", wanted, reader_zone.key))
        return reader_zone


def _period(
    values: dict[str, str],
    zone: ZoneInfo,
    now: datetime,
    first_usage: datetime | None,
    year_starts: int,
    replaced: list[Replaced],
) -> Period:
    start, end = values.get("start"), values.get("end")
    compare: Compare = _one_of(COMPARISONS, values.get("compare"), "previous")

    def named(name: str) -> Period:
        return parse_period(
            name,
            start,
            end,
            zone,
            now=now,
            first_usage=first_usage,
            compare=compare,
            year_starts=year_starts,
        )

    wanted = values.get("period", DEFAULT_PERIOD)
    try:
        return named(wanted)
    except BadPeriodError as error:
        replaced.append(Replaced("period", wanted, error=error))
        return named(DEFAULT_PERIOD)
