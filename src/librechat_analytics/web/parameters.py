"""The query string of ``/api/*``, read once into typed values or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from librechat_analytics.usage.filters import FILTER_NAMES, Filters, Scope
from librechat_analytics.usage.periods import (
    BUCKET_UNITS,
    BadParameterError,
    default_bucket,
    parse_period,
    parse_zone,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from werkzeug.datastructures import MultiDict

    from librechat_analytics.usage.periods import BucketUnit, Period

Format = Literal["json", "csv", "xlsx"]

DEFAULT_PERIOD = "30d"
DEFAULT_LIMIT = 10
LARGEST_LIMIT = 1000
ALL_ENTRIES = 1_000_000
LONGEST_FILTER = 300
FORMATS: tuple[Format, ...] = ("json", "csv", "xlsx")
NAMES = ("period", "start", "end", "tz", "limit", "bucket", "format", *FILTER_NAMES)


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks for: the period, whose usage, how many entries, which buckets, in which form."""

    period: Period
    filters: Filters
    limit: int
    bucket: BucketUnit
    format: Format


def read_question(
    arguments: MultiDict[str, str],
    *,
    default_zone: str,
    now: datetime,
    first_usage: datetime | None,
    scope: Scope | None = None,
) -> Question:
    """Read the parameters of an endpoint; raises BadParameterError that names the one to blame."""
    _only_known_once(arguments, NAMES)
    form = next((form for form in FORMATS if form == arguments.get("format", "json")), None)
    if form is None:
        raise BadParameterError("format", f"format must be one of {', '.join(FORMATS)}.")
    # Whoever takes a file wants all of it.
    limit = _limit(arguments.get("limit"), DEFAULT_LIMIT if form == "json" else ALL_ENTRIES)
    bucket = arguments.get("bucket")
    if bucket is not None and bucket not in BUCKET_UNITS:
        raise BadParameterError("bucket", f"bucket must be one of {', '.join(BUCKET_UNITS)}.")
    period = parse_period(
        arguments.get("period", DEFAULT_PERIOD),
        arguments.get("start"),
        arguments.get("end"),
        parse_zone(arguments.get("tz", default_zone)),
        now=now,
        first_usage=first_usage,
    )
    unit = next((unit for unit in BUCKET_UNITS if unit == bucket), default_bucket(period.range))
    return Question(period, read_filters(arguments, scope), limit, unit, form)


def read_filters(arguments: Mapping[str, str], scope: Scope | None) -> Filters:
    """Read the filters among the parameters; raises BadParameterError for one that cannot be any name."""
    given = {name: value for name in FILTER_NAMES if (value := arguments.get(name)) is not None}
    for name, value in given.items():
        if len(value) > LONGEST_FILTER or not value.isprintable():
            raise BadParameterError(
                name, f"{name} must be a name or id of at most {LONGEST_FILTER} characters."
            )
    return Filters(**given, scope=scope)


def _only_known_once(arguments: MultiDict[str, str], names: Collection[str]) -> None:
    for name, values in arguments.lists():
        if name not in names:
            raise BadParameterError(
                name[:100], f"This parameter is not known. There are: {', '.join(names)}."
            )
        if len(values) > 1:
            raise BadParameterError(name, f"{name} is given more than once; give it once.")
        if not values[0] and name not in ("start", "end"):
            raise BadParameterError(name, f"{name} is empty; give a value or leave it out.")


def _limit(value: str | None, default: int) -> int:
    if value is None:
        return default
    if not re.fullmatch(r"[1-9][0-9]{0,3}", value) or int(value) > LARGEST_LIMIT:
        raise BadParameterError("limit", f"limit must be a whole number from 1 to {LARGEST_LIMIT}.")
    return int(value)
