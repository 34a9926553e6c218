"""Reads single values of LibreChat's documents; None means that a value is absent or of another kind."""

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

# Invalid UTF-8 becomes replacement characters; a date outside Python's range becomes a DatetimeMS.
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
"""In place of an agent's id: the row records that no saved agent replied."""
LONGEST_SHOWN_ID = 100
"""Characters; LibreChat's own ids have 24."""

PARALLEL_INDEX = re.compile(r"____[0-9]+\Z")
# Tabs stay: people paste them with a name, and a URL can contain them.
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def number(value: object) -> Number | None:
    """Read a finite BSON number: int32, int64, double or Decimal128. A boolean or a text is not a number."""
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
    """Read a number, rounded towards zero to an integer."""
    found = number(value)
    return None if found is None else int(found)


def text(value: object) -> str | None:
    """Read a text that is not empty; JavaScript code, for the driver a kind of text, does not count."""
    return value if type(value) is str and value else None


def listed_name(value: object) -> str | None:
    """Read a text that lists show and filters take, such as a model, a context or a role.

    The text is cut at 500 characters. Control characters other than tabs become replacement characters, so
    that a URL can contain every name.
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
        return None  # only dates outside Python's range arrive like this
    if not isinstance(value, datetime):
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware if EARLIEST <= aware <= LATEST else None


def object_id_time(value: ObjectId) -> datetime:
    """Return the second in which an ObjectId was made; its four bytes are unsigned."""
    return EPOCH + timedelta(seconds=int.from_bytes(value.binary[:4]))


def agent_id(value: object) -> str | None:
    """Read a saved agent's id, without the suffix ``____N`` of parallel agents.

    LibreChat's own rule: an id that does not start with ``agent_`` is an ephemeral agent, not a saved one.
    """
    found = text(value)
    if found is None or not found.startswith(AGENT_PREFIX):
        return None
    return listed_name(PARALLEL_INDEX.sub("", found))


def recorded_agent(*values: object) -> str | None:
    """Read the agent from the first of these fields that is present.

    NO_AGENT if that is an ephemeral agent; None if no field is present.
    """
    for value in values:
        if text(value) is not None:
            return agent_id(value) or NO_AGENT
    return None


def shown_id(value: object) -> str:
    """Return an ``_id`` of any type as printable text; different ids give different texts.

    A text is shown as it is, everything else as MongoDB's Extended JSON. A long id is cut and ends with a
    digest.
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
    """Say whether a text without quotes looks like an ObjectId or like JSON, such as ``17``."""
    if not value.isprintable() or ObjectId.is_valid(value):
        return True
    try:
        json.loads(value)
    except RecursionError:
        return True
    except ValueError:
        return not value
    return True
