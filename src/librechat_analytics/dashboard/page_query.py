"""The page's query string, read into a typed value; what cannot be read becomes a default and a notice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar, get_args
from urllib.parse import parse_qs, urlencode

from librechat_analytics.usage.filters import EVERYTHING, FILTER_NAMES, Filters, Scope
from librechat_analytics.usage.periods import BadParameterError, Period, parse_period, parse_zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

DEFAULT_PERIOD = "30d"
LONGEST_QUERY = 2000
LONGEST_SEARCH = 100
LONGEST_FILTER = 300
AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,6})?", re.ASCII)
PAGE_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)

Subject = Literal["user", "model", "agent"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
"""What has a page of its own: the filter of the same name says which one."""

SHARED = ("period", "start", "end", "tz", "embed", "theme", *FILTER_NAMES)
"""What every view understands; the rest of an address belongs to one view."""

Measure = Literal["cost", "tokens", "calls"]
SplitBy = Literal["model", "user", "agent"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
SPLITS: tuple[SplitBy, ...] = get_args(SplitBy)

T = TypeVar("T", bound=str)
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class PageQuery:
    """What the reader asks for.

    ``sort``: a column's name, with a minus in front for descending; empty for the table's own order.
    ``coarse``: the reader points with a finger, so a drag must scroll and not zoom.
    ``ahead``: the view is not on screen yet, so what stands around it must not change.
    ``notices``: sentences about what could not be read.
    ``measure``, ``split``: what the chart over time shows, and by what it is split (None: not at all).
    ``page``: of a table, from 1.
    ``filters``: what the reader has chosen, within what they may see.
    ``subject``: what the page is about, where it is one user's, model's or agent's.
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
    shared: Mapping[str, str] = field(default_factory=dict)
    bill_usd: float | None = None
    bill_of: str | None = None
    ahead: bool = False

    def link(self, view: str, **changes: str | None) -> str:
        """Give the address of a view with the same period and filters; None takes a parameter away."""
        parameters = {"view": view, **self.shared, **changes}
        return f"?{urlencode({name: value for name, value in parameters.items() if value is not None})}"

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
    question = stored if isinstance(stored, dict) else {}
    values = _last_values(question.get("search"))
    notices: list[str] = []
    zone = _zone(values.get("tz"), question.get("zone"), default_zone, notices)
    period = _period(values, zone, now, first_usage, notices)
    filters = _filters(values, scope, notices)
    bill_usd, bill_of = _bill(values.get("bill"), notices), values.get("bill_of")
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
        subject=next(
            (one for one in SUBJECTS if one == values.get("view") and one in filters.chosen()), None
        ),
        bill_usd=bill_usd,
        bill_of=bill_of if bill_of and _can_be_a_value(bill_of) else None,
        shared={
            name: values[name] for name in SHARED if values.get(name, "").isprintable() and name in values
        },
    )


def _filters(values: dict[str, str], scope: Scope | None, notices: list[str]) -> Filters:
    chosen = {}
    for name in FILTER_NAMES:
        value = values.get(name)
        if value is None:
            continue
        if _can_be_a_value(value):
            chosen[name] = value
        else:
            notices.append(f"The filter {name} cannot be read, so it is left out.")
            del values[name]
    return Filters(**chosen, scope=scope)


def _can_be_a_value(text: str) -> bool:
    return len(text) <= LONGEST_FILTER and text.isprintable()


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


def _last_values(search: object) -> dict[str, str]:
    if not isinstance(search, str) or len(search) > LONGEST_QUERY:
        return {}
    try:
        parsed = parse_qs(search.removeprefix("?"), keep_blank_values=False, max_num_fields=50)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in parsed.items()}


def _zone(asked: str | None, of_the_reader: object, default: ZoneInfo, notices: list[str]) -> ZoneInfo:
    reader_zone = default
    if isinstance(of_the_reader, str):
        try:
            reader_zone = parse_zone(of_the_reader)
        except BadParameterError:
            reader_zone = default  # a browser may know a zone that this machine's tables don't
    if asked is None:
        return reader_zone
    try:
        return parse_zone(asked)
    except BadParameterError as error:
        notices.append(f"{_sentence(error)} Times are shown in {reader_zone.key}.")
        return reader_zone


def _period(
    values: dict[str, str], zone: ZoneInfo, now: datetime, first_usage: datetime | None, notices: list[str]
) -> Period:
    name = values.get("period", DEFAULT_PERIOD)
    try:
        return parse_period(
            name, values.get("start"), values.get("end"), zone, now=now, first_usage=first_usage
        )
    except BadParameterError as error:
        notices.append(f"{_sentence(error)} The last 30 days are shown instead.")
        return parse_period(DEFAULT_PERIOD, None, None, zone, now=now, first_usage=first_usage)


def _sentence(error: BadParameterError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:].rstrip(".") + "."
