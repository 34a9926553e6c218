"""The page's query string, read into a typed value.

Whose figures are asked for is read exactly or not at all; a period that cannot be read becomes the default,
with a notice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar, get_args
from urllib.parse import parse_qsl, urlencode

from librechat_analytics.dashboard.words.period_words import UNKNOWN_ZONE, period_sentence
from librechat_analytics.usage.filters import (
    EVERYTHING,
    FILTER_NAMES,
    LONGEST_VALUE,
    Filters,
    Scope,
    is_readable,
)
from librechat_analytics.usage.periods import BadPeriodError, Period, parse_period
from librechat_analytics.zones import UnknownZoneError, parse_zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

DEFAULT_PERIOD = "30d"
LONGEST_QUERY = 64_000
"""Characters; every filter at once, each as long as a name can be in any script, is shorter."""
MOST_PARAMETERS = 100
LONGEST_SEARCH = 100
AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,6})?", re.ASCII)
PAGE_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)

Subject = Literal["user", "model", "agent"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
"""What has a page of its own: the filter of the same name says which one."""

SHARED = ("period", "start", "end", "tz", "embed", "theme", *FILTER_NAMES)
"""What every view understands; the rest of an address belongs to one view."""

BILL_OF = "bill_of"
READ_EXACTLY = (*FILTER_NAMES, BILL_OF)
"""What says whose figures are asked for."""

GIVEN_ONCE = frozenset({"view", "period", "start", "end", "tz", "bill", *READ_EXACTLY})
"""What would show other figures if another one of two values were taken."""

Fault = Literal["repeated", "empty", "too long", "control characters", "missing", "unreadable", "too much"]

Measure = Literal["cost", "tokens", "calls"]
SplitBy = Literal["model", "user", "agent"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
SPLITS: tuple[SplitBy, ...] = get_args(SplitBy)

T = TypeVar("T", bound=str)
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A parameter of the address that cannot be read, so that no figures may be shown.

    ``name`` is empty where nothing of the address can be read.
    """

    name: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class PageQuery:
    """What the reader asks for.

    ``sort``: a column's name, with a minus in front for descending; empty for the table's own order.
    ``coarse``: the reader points with a finger, so a drag must scroll and not zoom.
    ``ahead``: the view is not on screen yet, so what stands around it must not change.
    ``notices``: sentences about what could not be read and has a default.
    ``unreadable``: what has none; then there are no figures to show.
    ``measure``, ``split``: what the chart over time shows, and by what it is split (None: not at all).
    ``page``: of a table, from 1.
    ``filters``: what the reader has chosen, within what they may see.
    ``subject``: what the page is about, where it is one user's, model's or agent's.
    ``untold``: the same where the address does not say, or not readably, which one.
    ``bill_usd``, ``bill_of``: a provider's bill to compare with, and whose it is (None: all together).
    ``shared``: the parameters that links to other views keep.
    """

    period: Period
    sort: str
    search: str
    show_all: bool
    coarse: bool
    notices: tuple[str, ...]
    measure: Measure = "cost"
    split: SplitBy | None = None
    page: int = 1
    filters: Filters = EVERYTHING
    subject: Subject | None = None
    untold: Subject | None = None
    unreadable: tuple[Unreadable, ...] = ()
    shared: Mapping[str, str] = field(default_factory=dict)
    bill_usd: float | None = None
    bill_of: str | None = None
    ahead: bool = False

    def link(self, view: str, **changes: str | None) -> str:
        """Give the address of a view with the same period and filters; None takes a parameter away."""
        parameters = {"view": view, **self.shared, **changes}
        return f"?{urlencode({name: value for name, value in parameters.items() if value is not None})}"

    @property
    def kind(self) -> Subject | None:
        """Whether the page is one user's, model's or agent's, even if it is not known whose."""
        return self.subject or self.untold

    @property
    def revision(self) -> str:
        """What stays the same while the reader looks at the same period, as it rolls on.

        Charts keep a reader's zoom as long as this does not change.
        """
        if self.period.name != "custom":
            return self.period.name
        return f"{self.period.range.start:%Y%m%dT%H%M} {self.period.range.end:%Y%m%dT%H%M}"


def read_page_query(
    stored: object,
    *,
    default_zone: ZoneInfo,
    now: datetime,
    first_usage: datetime | None,
    scope: Scope | None = None,
) -> PageQuery:
    """Read what the browser's router stored: ``search`` (the query string), ``zone``, ``coarse``, ``ahead``.

    It comes from outside and may be anything, so nothing in it can raise.
    ``scope``: what the reader may see.
    """
    question = stored if isinstance(stored, dict) else {"search": stored}
    values, unreadable = _values(question.get("search"))
    notices: list[str] = []
    zone = _zone(values.get("tz"), question.get("zone"), default_zone, notices)
    period = _period(values, zone, now, first_usage, notices)
    bill_usd = _bill(values.get("bill"), notices)
    filters = Filters(**{name: values.get(name) for name in FILTER_NAMES}, scope=scope)
    kind = next((one for one in SUBJECTS if one == values.get("view")), None)
    subject = kind if kind in filters.chosen() else None
    if kind and not subject and kind not in [part.name for part in unreadable]:
        unreadable.append(Unreadable(kind, "missing"))
    return PageQuery(
        period=period,
        sort=values.get("sort", ""),
        search=values.get("q", "").strip()[:LONGEST_SEARCH],
        show_all=values.get("all") == "1",
        coarse=question.get("coarse") is True,
        ahead=question.get("ahead") is True,
        notices=tuple(notices),
        measure=_one_of(MEASURES, values.get("measure"), "cost"),
        split=_one_of(SPLITS, values.get("split"), None),
        page=_page(values.get("page", "")),
        filters=filters,
        subject=subject,
        untold=None if subject else kind,
        unreadable=tuple(unreadable),
        bill_usd=bill_usd,
        bill_of=values.get(BILL_OF),
        shared={name: values[name] for name in SHARED if name in values and is_readable(values[name])},
    )


def _bill(text: str | None, notices: list[str]) -> float | None:
    if text is None:
        return None
    amount = text.strip().removeprefix("$").strip()
    if AMOUNT.fullmatch(amount):
        return float(amount.replace(",", ""))
    notices.append("The bill's amount cannot be read. Write it in US dollars, such as 1234.56.")
    return None


def _one_of(known: tuple[T, ...], value: str | None, otherwise: D) -> T | D:
    return next((one for one in known if one == value), otherwise)


def _page(text: str) -> int:
    return max(1, int(text)) if PAGE_NUMBER.fullmatch(text) else 1


def _values(search: object) -> tuple[dict[str, str], list[Unreadable]]:
    """Read the parameters, the first of each as the browser does, and tell which of them cannot be read."""
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
    readable = {name: values[0] for name, values in given.items() if values[0] and not faults[name]}
    return readable, [Unreadable(name, fault) for name, fault in faults.items() if fault]


def _fault(name: str, values: list[str]) -> Fault | None:
    if name in GIVEN_ONCE and len(values) > 1:
        return "repeated"
    if name not in READ_EXACTLY:
        return None
    if not values[0]:
        return "empty"
    if len(values[0]) > LONGEST_VALUE:
        return "too long"
    return None if is_readable(values[0]) else "control characters"


def _zone(asked: str | None, of_the_reader: object, default: ZoneInfo, notices: list[str]) -> ZoneInfo:
    reader_zone = default
    if isinstance(of_the_reader, str):
        try:
            reader_zone = parse_zone(of_the_reader)
        except UnknownZoneError:
            reader_zone = default  # a browser may know a zone that this machine's tables don't
    if asked is None:
        return reader_zone
    try:
        return parse_zone(asked)
    except UnknownZoneError:
        notices.append(f"{UNKNOWN_ZONE} Times are shown in {reader_zone.key}.")
        return reader_zone


def _period(
    values: dict[str, str], zone: ZoneInfo, now: datetime, first_usage: datetime | None, notices: list[str]
) -> Period:
    name = values.get("period", DEFAULT_PERIOD)
    try:
        return parse_period(
            name, values.get("start"), values.get("end"), zone, now=now, first_usage=first_usage
        )
    except BadPeriodError as error:
        notices.append(f"{period_sentence(error)} The last 30 days are shown instead.")
        return parse_period(DEFAULT_PERIOD, None, None, zone, now=now, first_usage=first_usage)
