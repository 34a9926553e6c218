"""Reading one value out of a LibreChat document: what it is, or None where it cannot be that."""

from __future__ import annotations

import hashlib
import json
import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bson import Decimal128, ObjectId, json_util
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.datetime_ms import DatetimeMS

if TYPE_CHECKING:
    from collections.abc import Mapping

Document = dict[str, Any]
Number = int | float | Decimal

# Broken strings are read with replacement characters, dates that Python cannot hold as DatetimeMS.
CODEC: CodecOptions[Mapping[str, Any]] = CodecOptions(
    tz_aware=True,
    unicode_decode_error_handler="replace",
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
AGENT_PREFIX = "agent_"
LONGEST_LABEL = 500
"""Characters kept of a name; LibreChat sets no limit itself."""

NO_AGENT = ""
"""In the place of an agent's id: it is recorded that no saved agent answered."""
LONGEST_SHOWN_ID = 100
"""Characters; LibreChat's own ids have 24."""

PARALLEL_INDEX = re.compile(r"____[0-9]+\Z")
# Tabs stay: people paste them with a name, and an address can hold them.
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def number(value: object) -> Number | None:
    """Read a finite BSON number (int32, int64, double, Decimal128); a boolean or text is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal128):
        decimal = value.to_decimal()
        return decimal if decimal.is_finite() else None
    return None


def integer(value: object) -> int | None:
    """Read a number cut to an integer, towards zero."""
    found = number(value)
    return None if found is None else int(found)


def text(value: object) -> str | None:
    """Read a text that is not empty; JavaScript, which the driver makes a kind of text of, is none."""
    return value if type(value) is str and value else None


def listed_name(value: object) -> str | None:
    """Read a text that lists show and filters take, such as a model, a context or a role.

    It is cut at 500 characters, and control characters other than tabs become replacement characters, so that
    every name can be asked for.
    """
    found = text(value)
    if found is None or (len(found) <= LONGEST_LABEL and found.isprintable()):
        return found
    return CONTROL_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", found[:LONGEST_LABEL])


def user_id(value: object) -> str | None:
    """Read a user's id as 24 lower-case hex digits, from an ObjectId or such a text."""
    if isinstance(value, ObjectId):
        return str(value)
    found = text(value)
    return found.lower() if found and len(found) == 24 and ObjectId.is_valid(found) else None


def instant(value: object) -> datetime | None:
    """Read a BSON date between 2000 and 2100 as an aware datetime in UTC."""
    if isinstance(value, DatetimeMS):
        return None  # only dates that Python cannot hold arrive as this
    if not isinstance(value, datetime):
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware if EARLIEST <= aware <= LATEST else None


def object_id_time(value: ObjectId) -> datetime:
    """Give the second in which an ObjectId was made; its four bytes are unsigned."""
    return EPOCH + timedelta(seconds=int.from_bytes(value.binary[:4]))


def agent_id(value: object) -> str | None:
    """Read a saved agent's id, without the ``____N`` that parallel agents carry.

    LibreChat's own rule: an id that does not start with ``agent_`` is an ephemeral agent, hence none.
    """
    found = text(value)
    if found is None or not found.startswith(AGENT_PREFIX):
        return None
    return listed_name(PARALLEL_INDEX.sub("", found))


def recorded_agent(*values: object) -> str | None:
    """Read the agent that the first of these fields names that is there.

    NO_AGENT where that is an ephemeral agent; None where no field is there.
    """
    for value in values:
        if text(value) is not None:
            return agent_id(value) or NO_AGENT
    return None


def shown_id(value: object) -> str:
    """Give an ``_id`` of any type as printable text, the same for the same id and different for another.

    A text is shown as it is, everything else as MongoDB's Extended JSON; a long one is cut and told from
    others by a digest.
    """
    if isinstance(value, ObjectId):
        return str(value)
    if type(value) is str and not _looks_like_another_type(value):
        shown = value
    else:
        try:
            shown = json_util.dumps(value, json_options=json_util.RELAXED_JSON_OPTIONS)
        except RecursionError:
            shown = "(nested too deep)"
    if len(shown) <= LONGEST_SHOWN_ID:
        return shown
    digest = hashlib.sha256(shown.encode()).hexdigest()[:16]
    return f"{shown[: LONGEST_SHOWN_ID - 30]}... (sha256:{digest})"


def _looks_like_another_type(value: str) -> bool:
    """Say whether a text would be taken for an ObjectId or for JSON, such as ``17``, if it had no quotes."""
    if not value.isprintable() or ObjectId.is_valid(value):
        return True
    try:
        json.loads(value)
    except RecursionError:
        return True
    except ValueError:
        return not value
    return True
