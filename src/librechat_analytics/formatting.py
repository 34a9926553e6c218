"""Money, tokens, shares, changes, times and names as people read them."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

UNKNOWN: Final = "\N{EN DASH}"

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MAX_NAME_LENGTH: Final = 120

_CENT: Final = 0.01
_SMALLEST_MONEY: Final = 0.000001
_TOKEN_UNITS: Final = ("", "k", "M", "B", "T")

# C0 and C1 without those that count as white space, the marks that turn text around, and the byte order mark.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
# Letters and signs that have no width, or no ink, though their categories do not say so.
_WITHOUT_INK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_CATEGORIES_WITHOUT_INK: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_CODE_POINTS_SHOWN: Final = 4
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# What a spreadsheet takes for a formula, after anything that it leaves out at the beginning of a cell.
_FORMULA: Final = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")  # noqa: RUF001

ChangeDirection = Literal["up", "down", "same", "new", "none"]


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure stands against the range before; ``none`` (and no text) where there is nothing to say."""

    direction: ChangeDirection
    text: str


def money(usd: float | None) -> str:
    """Return US dollars to the cent; ``$0.00`` is a true zero, less than a cent is ``<$0.01``."""
    if usd is None or not math.isfinite(usd):
        return UNKNOWN
    if 0 < abs(usd) < _CENT:
        return "<$0.01" if usd > 0 else ">-$0.01"
    return _dollars(usd, 2)


def money_exact(usd: float | None) -> str:
    """Return US dollars to the millionth."""
    if usd is None or not math.isfinite(usd):
        return UNKNOWN
    if 0 < abs(usd) < _SMALLEST_MONEY:
        return "<$0.000001" if usd > 0 else ">-$0.000001"
    return _dollars(usd, 6)


def rate(usd_per_million: float | None) -> str:
    """Return a price in US dollars per million tokens, with three digits that count where it is below one."""
    if usd_per_million is None or not math.isfinite(usd_per_million):
        return UNKNOWN
    size = abs(usd_per_million)
    if size >= 1 or size == 0:
        return _dollars(usd_per_million, 2)
    digits = 2 - math.floor(math.log10(size))
    whole, _, fraction = _dollars(usd_per_million, digits).partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def _dollars(usd: float, digits: int) -> str:
    return f"{'-' if usd < 0 else ''}${abs(usd):,.{digits}f}"


def integer(n: int | None) -> str:
    """Return every digit of a count, in groups of three."""
    return UNKNOWN if n is None else f"{n:,}"


def counted(n: int, thing: str) -> str:
    """Return a count and what is counted, in the plural unless it is one: ``1 user``, ``1,200 users``."""
    return f"{integer(n)} {thing}{'' if n == 1 else 's'}"


def tokens(n: int | None) -> str:
    """Return a count in three digits or so, cut and never rounded up: 999,999 is ``999k``."""
    if n is None:
        return UNKNOWN
    size, step = abs(n), 0
    while size >= 1000 ** (step + 1) and step < len(_TOKEN_UNITS) - 1:
        step += 1
    tenths = size * 10 // 1000**step
    whole, tenth = divmod(tenths, 10)
    fraction = f".{tenth}" if tenth and whole < 100 else ""
    return f"{'-' if n < 0 else ''}{whole:,}{fraction}{_TOKEN_UNITS[step]}"


def share(x: float | None) -> str:
    """Return a part of the whole (0 to 1) in per cent; neither 0 nor 100 where it is not quite that."""
    if x is None or not math.isfinite(x):
        return UNKNOWN
    if 0 < x < 0.001:
        return "<0.1 %"
    if 0.999 < x < 1:
        return ">99.9 %"
    return f"{x * 100 + 0.0:.1f} %"  # + 0.0: a negative zero has no sign


def change(current: float, previous: float | None) -> Change:
    """Return how a figure stands against the one before (None: no such range); both are zero or more."""
    if previous is None or current == previous == 0:
        return Change("none", "")
    if previous == 0:
        return Change("new", "new")
    if current == previous:
        return Change("same", "no change")
    percent = abs(current - previous) / previous * 100
    if current < previous:
        return Change("down", f"{_whole_percent(percent, most=99 if current else 100)} less")
    return Change("up", f"{_whole_percent(percent, most=999)} more")


def _whole_percent(percent: float, *, most: int) -> str:
    if percent < 1:
        return "<1 %"
    if percent > most:
        return f">{most} %"
    return f"{percent:.0f} %"


def ago(seconds: float) -> str:
    """Return how long something is past, in its largest unit; what lies ahead is just now."""
    if seconds < 1:
        return "just now"
    if seconds < 60:
        return f"{int(seconds)} s ago"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h ago"
    days = int(seconds // 86400)
    return "1 day ago" if days == 1 else f"{days:,} days ago"


def plain_text(name: str | None) -> str:
    """Return a name on one line, without characters that hide or turn text around, cut with an ellipsis.

    Lone surrogates, which no encoding can carry, become replacement characters.
    """
    text = " ".join(_INVISIBLE.sub("", name or "").split())
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    if len(text) <= MAX_NAME_LENGTH:
        return text
    return f"{text[: MAX_NAME_LENGTH - 1].rstrip()}…"


def name_label(name: str | None) -> str:
    """Return a name as ``plain_text`` does, but its code points (``U+200D``) where nothing of it shows."""
    label = _visible_text(name)
    if label or not name:
        return label
    points = " ".join(f"U+{ord(character):04X}" for character in name[:_CODE_POINTS_SHOWN])
    return points if len(name) <= _CODE_POINTS_SHOWN else f"{points} …"


def _visible_text(name: str | None) -> str:
    """Return a name as ``plain_text`` does, and nothing where nobody could see it."""
    text = plain_text(name)
    return text if any(_has_ink(character) for character in text) else ""


def _has_ink(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in _CATEGORIES_WITHOUT_INK and not _WITHOUT_INK.match(character)


def figure_text(name: str | None) -> str:
    """Return a name for anything in a figure: plotly would read ``<b>`` and links in it as markup.

    Quotes stay: plotly shows ``&quot;`` as it is.
    """
    return html.escape(plain_text(name), quote=False)


def user_label(name: str | None, email: str | None, id: str | None, deleted: bool) -> str:  # noqa: A002
    """Return what to call a user (None: rows without a readable user)."""
    if id is None:
        return "Unknown user"
    known = _visible_text(name) or _visible_text(email)
    return _label("user", known, id, deleted=deleted)


def agent_label(name: str | None, id: str | None, deleted: bool) -> str:  # noqa: A002
    """Return what to call an agent (None: not known which one)."""
    if id is None:
        return "Unknown agent"
    return _label("agent", _visible_text(name), id, deleted=deleted)


def _label(kind: str, known: str, id: str, *, deleted: bool) -> str:  # noqa: A002
    if known:
        return f"{known} (deleted)" if deleted else known
    # The last digits of an ObjectId tell its owners apart, the first are only a date.
    return f"{'Deleted' if deleted else 'Unnamed'} {kind} …{plain_text(id)[-4:]}"


def model_label(model: str | None) -> str:
    """Return what to call a model (None: rows that LibreChat stored without one)."""
    return name_label(model) or "No model recorded"


def defuse(cell: str) -> str:
    """Return a cell of text, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
