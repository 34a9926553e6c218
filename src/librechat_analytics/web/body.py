"""What every JSON body has in common: names, units, strictness, and the way from a row to its body.

Money is US dollars, instants are in UTC, and null is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, get_type_hints

from flask import Response
from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from librechat_analytics.usage.prices import PriceSource

if TYPE_CHECKING:
    from librechat_analytics.exports.columns import Columns, Kind, Row


def json_name(field: str) -> str:
    """Return the name in JSON of a field of ours; all money is in dollars there."""
    return to_camel(field.removesuffix("_usd"))


def instant_json(at: datetime) -> str:
    """Write an instant in UTC with ``Z``, with milliseconds only where there are any."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds") + "Z"


DATE_TIME = WithJsonSchema({"type": "string", "format": "date-time"})

Instant = Annotated[datetime, PlainSerializer(instant_json), DATE_TIME]
LocalTime = Annotated[datetime, PlainSerializer(datetime.isoformat), DATE_TIME]
Count = Annotated[int, Field(json_schema_extra={"minimum": 0})]
Share = Annotated[float, Field(json_schema_extra={"minimum": 0, "maximum": 1})]
"""The bounds are described, not checked: a figure outside them is still what LibreChat recorded."""

TYPES_BY_KIND: Mapping[Kind, object] = {"count": Count, "share": Share}
TYPES_BY_NAME = {"date": date, "datetime": Instant, "Mapping": Mapping, "PriceSource": PriceSource}
"""What the names in the rows' annotations mean in JSON."""


class Body(BaseModel):
    """A JSON body; a value of another type than described, NaN among them, is an error."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        from_attributes=True,
        alias_generator=AliasGenerator(serialization_alias=json_name),
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )


class RowBody(Body):
    """A row as JSON: the fields of the row's class, in its order.

    ``of`` names the row's columns. A subclass declares only the fields that need a description or another
    type; it gets the others from the row's class, and counts and shares from the columns.
    """

    def __init_subclass__(cls, *, of: Columns[Row]) -> None:
        declared = dict(cls.__annotations__)
        hints = get_type_hints(of.row, localns=TYPES_BY_NAME, include_extras=True)
        kinds = {column.field: column.kind for column in of.columns}
        cls.__annotations__ = {
            field.name: declared.pop(
                field.name, TYPES_BY_KIND.get(kinds.get(field.name, "text"), hints[field.name])
            )
            for field in fields(of.row)
        } | declared
        super().__init_subclass__()


def json_response(body: Body, status: int = 200) -> Response:
    """Answer with a body."""
    return Response(f"{body.model_dump_json()}\n", status, mimetype="application/json")
