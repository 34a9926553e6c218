"""The query string of ``/api/*``: one model describes it and reads it into typed values, or refuses it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import SkipJsonSchema

from librechat_analytics.exports.workbook import Selection
from librechat_analytics.usage.filters import (
    FILTER_PARAMETERS,
    LONGEST_VALUE,
    MOST_VALUES,
    Filters,
    is_readable,
)
from librechat_analytics.usage.list_answers import ALL_ENTRIES
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import (
    BUCKET_UNITS,
    COMPARISONS,
    PERIODS,
    BadPeriodError,
    BucketUnit,
    Compare,
    default_bucket,
    parse_period,
)
from librechat_analytics.usage.questions import ATTRIBUTES, CHANGES_BY, SPLITS, SplitBy
from librechat_analytics.web.period_words import period_sentence, unknown_zone
from librechat_analytics.zones import UnknownZoneError, parse_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from werkzeug.datastructures import MultiDict

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.filters import Scope

Format = Literal["json", "csv", "xlsx"]

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 1000
FORMATS: tuple[Format, ...] = get_args(Format)
LARGEST_OFFSET = 1_000_000
ALL_BY: tuple[str, ...] = tuple(dict.fromkeys((*CHANGES_BY, *ATTRIBUTES)))
"""What an answer can be taken apart by, at any endpoint."""


def _parameter_of(field: str) -> str:
    return f"not-{name}" if (name := field.removeprefix("not_")) != field else field


class BadParameterError(ValueError):
    """A parameter that cannot be read; the text says which one and what to write instead."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


def bad_period(error: BadPeriodError) -> BadParameterError:
    """Say in the words of the API why a period cannot be used."""
    return BadParameterError(error.parameter, period_sentence(error))


def _one_of(values: Collection[str]) -> Callable[[str, ValidationInfo], str]:
    def known(text: str, info: ValidationInfo) -> str:
        return _known(str(info.field_name), text, values)

    return known


def _known(name: str, text: str, values: Collection[str]) -> str:
    if text not in values:
        raise BadParameterError(name, f"{name} must be one of {', '.join(values)}.")
    return text


def _whole_number(least: int, most: int) -> Callable[[str, ValidationInfo], int]:
    def number(text: str, info: ValidationInfo) -> int:
        if not re.fullmatch(r"0|[1-9][0-9]{0,6}", text) or not least <= int(text) <= most:
            name = str(info.field_name)
            raise BadParameterError(name, f"{name} must be a whole number from {least} to {most}.")
        return int(text)

    return number


def _name(text: str, info: ValidationInfo) -> str:
    name = _parameter_of(str(info.field_name))
    if len(text) > LONGEST_VALUE:
        raise BadParameterError(name, f"{name} must have at most {LONGEST_VALUE} characters.")
    if not is_readable(text):
        raise BadParameterError(name, f"{name} must be a name or id without control characters.")
    return text


def _zone(text: str) -> ZoneInfo:
    try:
        return parse_zone(text)
    except UnknownZoneError:
        raise BadParameterError("tz", unknown_zone(text)) from None


PeriodName = Annotated[str, Field(json_schema_extra={"enum": [*PERIODS]}), BeforeValidator(_one_of(PERIODS))]
Edge = Annotated[str, Field(examples=["2026-03-01", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000+01:00"])]
Zone = Annotated[
    ZoneInfo,
    BeforeValidator(_zone),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "pattern": "^[A-Za-z0-9_+/-]+$",
            "examples": ["UTC", "Europe/Berlin", "America/New_York"],
        }
    ),
]
Limit = Annotated[int, Field(ge=1, le=LARGEST_LIMIT), BeforeValidator(_whole_number(1, LARGEST_LIMIT))]
Offset = Annotated[int, Field(ge=0, le=LARGEST_OFFSET), BeforeValidator(_whole_number(0, LARGEST_OFFSET))]
ListSort = Literal["cost", "tokens", "calls", "conversations", "change", "name"]
Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_VALUE,
        json_schema_extra={"pattern": r"^[^\x00-\x08\x0a-\x1f\x7f-\x9f]+$"},
    ),
    BeforeValidator(_name),
]
Names = Annotated[tuple[Name, ...], Field(json_schema_extra={"maxItems": MOST_VALUES})]
Absent = SkipJsonSchema[None]
"""The type of a parameter that is left out."""


class Parameters(BaseModel):
    """The parameters of a request; the validators parse them and raise BadParameterError."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, alias_generator=_parameter_of
    )

    period: PeriodName = "30d"
    """The last hours (`24h`), days (`7d`, `30d`, `90d`) or months (`12m`) up to now; a calendar range in \
`tz`, up to now if it is not over; `all` from the first usage on; `custom` from `start` to `end`."""
    start: Edge | Absent = None
    """Required for `custom`, otherwise ignored. A date, from its midnight in `tz` on, or an instant, which \
is part of the range. An instant without an offset is local time in `tz`."""
    end: Edge | Absent = None
    """Required for `custom`, otherwise ignored. A date, which is part of the range as a whole, or an \
instant, which is not part of it. An instant without an offset is local time in `tz`."""
    tz: Zone | Absent = None
    """IANA time zone of calendar ranges and buckets."""
    compare: Annotated[Compare, BeforeValidator(_one_of(COMPARISONS))] = "previous"
    """What the period is compared with. `previous`: of a calendar range the same part of the one before, of \
a custom range of whole months or days as many of them before, otherwise the same length of time before. \
`year`: the same range a year earlier on the wall clock in `tz`."""
    limit: Limit = DEFAULT_LIMIT
    """How many entries of a list; without it a file has all of them."""
    offset: Offset = 0
    """How many entries of a list to leave out before the first."""
    sort: Annotated[ListSort, BeforeValidator(_one_of(get_args(ListSort)))] = "cost"
    """What a list is ordered by: the highest first, or names from A to Z. Equal entries are in the order of \
their ids or names. By `change` it is the absolute difference to the previous period, and entries that had \
cost only then are listed too."""
    bucket: Annotated[BucketUnit, BeforeValidator(_one_of(BUCKET_UNITS))] | Absent = None
    """Length of a bucket; the default depends on the length of the period. At most 1,000 buckets."""
    by: (
        Annotated[str, Field(json_schema_extra={"enum": [*ALL_BY]}), BeforeValidator(_one_of(ALL_BY))]
        | Absent
    ) = None
    """What the answer is taken apart by; each endpoint that has this parameter lists its own values."""
    split: Annotated[SplitBy, BeforeValidator(_one_of(SPLITS))] | Absent = None
    """What each point is split by: its `parts` are the eight with the highest cost in the period. Of \
groups, `others` are the users in none of those shown."""
    key: Name | Absent = None
    """Which one of a budget for each user, model and so on, by the `key` in the list of budgets."""
    format: Annotated[Format, BeforeValidator(_one_of(FORMATS))] = "json"
    """Format of the answer."""
    user: Names = ()
    """Only the usage of this user, by id; `(none)` for rows without a readable user. Every filter may be \
repeated: `user=a&user=b` is the usage of either, with at most 100 values of filters in all."""
    model: Names = ()
    """Only this model's usage, as the list of models names it; `(none)` for rows without one."""
    provider: Names = ()
    """Only this provider's usage, as the list of models names it; `(none)` where it is not known."""
    agent: Names = ()
    """Only this agent's usage, by id; `(none)` for usage without an agent, `(unknown)` where no record \
shows whether there was one."""
    context: Names = ()
    """Only usage with this context, as LibreChat records it: `message`, `title` and others; or `(none)`."""
    role: Names = ()
    """Only the usage of users with this role; `(none)` for users without one."""
    domain: Names = ()
    """Only the usage of users whose e-mail address has this domain; `(none)` for users without one."""
    group: Names = ()
    """Only the usage of this group's members, by the group's id; `(none)` for users in no group."""
    tenant: Names = ()
    """Only this tenant's usage, where several share a LibreChat; `(none)` for rows without one."""
    cost_center: Names = ()
    """Only what this cost centre pays for, by its name; `(unassigned)` for what none does. Of usage that is \
split, the cost centre's part counts."""
    not_user: Names = ()
    """Leave out the usage of this user."""
    not_model: Names = ()
    """Leave out the usage of this model."""
    not_provider: Names = ()
    """Leave out the usage of this provider."""
    not_agent: Names = ()
    """Leave out the usage of this agent."""
    not_context: Names = ()
    """Leave out the usage with this context."""
    not_role: Names = ()
    """Leave out the usage of users with this role."""
    not_domain: Names = ()
    """Leave out the usage of users whose e-mail address has this domain."""
    not_group: Names = ()
    """Leave out the usage of this group's members."""
    not_tenant: Names = ()
    """Leave out this tenant's usage."""
    not_cost_center: Names = ()
    """Leave out what this cost centre pays for."""


NAMES = tuple(map(_parameter_of, Parameters.model_fields))
if missing := [name for name in FILTER_PARAMETERS if name not in NAMES]:
    raise TypeError(f"web/parameters.py: Parameters has no field for the filter {', '.join(missing)}")


@dataclass(frozen=True, slots=True)
class ApiRequest(Selection):
    """A request to the API: what is selected, and the format of the answer."""

    format: Format = "json"


def read_request(
    arguments: MultiDict[str, str],
    *,
    default_zone: str,
    now: datetime,
    first_usage: datetime | None,
    scope: Scope | None = None,
    by: tuple[str, ...] = (),
    periods: tuple[str, ...] = (),
    definitions: Definitions | None = None,
) -> ApiRequest:
    """Read the parameters of a request; raises BadParameterError, which names the wrong parameter.

    ``by``: the values of the parameter of that name that the endpoint takes, its default first. ``periods``:
    the only periods that it takes, if it does not take all, its default first.
    """
    only_known_once(arguments, NAMES)
    filters = {name: tuple(arguments.getlist(name)) for name in FILTER_PARAMETERS if name in arguments}
    try:
        given = Parameters.model_validate(arguments.to_dict() | filters)
    except ValidationError as error:
        # The BadParameterError of a validator is inside pydantic's error.
        raise error.errors()[0]["ctx"]["error"] from None
    if by and given.by is not None:
        _known("by", given.by, by)
    if periods and "period" in given.model_fields_set:
        _known("period", given.period, periods)
    zone = given.tz or parse_zone(default_zone)
    try:
        period = parse_period(
            given.period if "period" in given.model_fields_set else next(iter(periods), given.period),
            given.start,
            given.end,
            zone,
            now=now,
            first_usage=first_usage,
            compare=given.compare,
            year_starts=definitions.year_starts if definitions else 1,
        )
    except BadPeriodError as error:
        raise bad_period(error) from None
    # A file has all entries unless the request limits them.
    has_limit = given.format == "json" or "limit" in given.model_fields_set
    return ApiRequest(
        period=period,
        filters=Filters.of(filters, scope),
        bucket=given.bucket or default_bucket(period.range),
        listing=Listing(
            limit=given.limit if has_limit else ALL_ENTRIES,
            offset=given.offset,
            sort=given.sort,
            descending=given.sort != "name",
            beyond_period=True,
        ),
        by=given.by or next(iter(by), ""),
        split=given.split,
        key=given.key,
        format=given.format,
        definitions=definitions,
    )


def only_known_once(arguments: MultiDict[str, str], names: Collection[str]) -> None:
    """Raise BadParameterError for a parameter that is unknown, empty or given twice; filters may repeat."""
    filter_values = 0
    for name, values in arguments.lists():
        if name not in names:
            raise BadParameterError(
                name[:100], f"This parameter is not known. The parameters are: {', '.join(names)}."
            )
        if len(values) > 1 and name not in FILTER_PARAMETERS:
            raise BadParameterError(name, f"{name} is given more than once; give it once.")
        if not all(values) and name not in ("start", "end"):
            raise BadParameterError(name, f"{name} is empty; give a value or leave it out.")
        filter_values += len(values) if name in FILTER_PARAMETERS else 0
        if filter_values > MOST_VALUES:
            raise BadParameterError(
                name, f"Filters have at most {MOST_VALUES} values in all; leave some out."
            )
