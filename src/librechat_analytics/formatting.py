"""How money, tokens, shares, changes, ages and names are written: one form for each, everywhere."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN: Final = "\N{EN DASH}"
"""Shown instead of a figure that is not known."""

# The names are not from strftime, which follows the locale of the machine.
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT_WEEKDAYS: Final = tuple(day[:3] for day in WEEKDAYS)
SHORT_MONTHS: Final = tuple(month[:3] for month in MONTHS)

AGE_STEPS: Final[tuple[tuple[int | None, int, str], ...]] = (
    (5, 1, "just now"),
    (60, 1, "{n} s ago"),
    (3600, 60, "{n} min ago"),
    (86_400, 3600, "{n} h ago"),
    (2 * 86_400, 86_400, "1 day ago"),
    (None, 86_400, "{n} days ago"),
)
"""How an age is written: below how many seconds, in which unit (seconds), and the text.

The browser gets the same steps, so that the page never writes one age in two ways.
"""

FILTER_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "user": "User",
        "model": "Model",
        "agent": "Agent",
        "provider": "Provider",
        "context": "Context",
        "role": "Role",
        "domain": "E-mail domain",
        "group": "Group",
        "tenant": "Tenant",
        "cost_center": "Cost centre",
    }
)
"""The name of each filter, in the order in which the page shows them."""

WITHOUT_AGENT: Final = "Without an agent"
UNKNOWN_AGENT: Final = "Unknown agent"
NO_COST_CENTER: Final = "Unassigned"
NONE_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "user": "Unknown user",
        "model": "No model recorded",
        "agent": WITHOUT_AGENT,
        "provider": "Unknown provider",
        "context": "No context recorded",
        "role": "Without a role",
        "domain": "Without an e-mail domain",
        "group": "In no group",
        "tenant": "Without a tenant",
        "cost_center": NO_COST_CENTER,
    }
)
"""What to call the rows without a value, by filter: those of the value ``(none)`` or ``(unassigned)``."""

MAX_NAME_LENGTH: Final = 120

_CENT: Final = 0.01
_WITHOUT_CENTS: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF")
)
"""The currencies that have no cents (ISO 4217)."""
_SMALLEST_MONEY: Final = 0.000001
_TOKEN_UNITS: Final = ("", "k", "M", "B", "T")

# Control characters except white space, the marks that reverse the direction of text, the byte order mark.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
# Letters and signs that are invisible although their Unicode category says otherwise.
_WITHOUT_INK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_CATEGORIES_WITHOUT_INK: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_CODE_POINTS_SHOWN: Final = 4
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# A spreadsheet takes such a text for a formula; it skips the characters in front.
_FORMULA: Final = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")  # noqa: RUF001

ChangeDirection = Literal["up", "down", "same", "new", "none"]


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure compares with the previous period; ``none``, without a text, where there is none."""

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


def money_in(code: str, amount: float) -> str:
    """Return an amount of another currency with its code: ``EUR 1,108.19``; those without cents are whole."""
    digits = 0 if code in _WITHOUT_CENTS else 2
    smallest = 1 / 10**digits
    if 0 < abs(amount) < smallest:
        return f"<{code} {smallest:.{digits}f}" if amount > 0 else f">-{code} {smallest:.{digits}f}"
    return f"{'-' if amount < 0 else ''}{code} {abs(amount):,.{digits}f}"


def rate(usd_per_million: float | None) -> str:
    """Return a price in US dollars per million tokens; below $1 with three significant digits."""
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


def counted(n: int, one: str, many: str = "") -> str:
    """Return a count with its noun, such as ``1,200 users``; give ``many`` where the plural is irregular."""
    return f"{integer(n)} {one if n == 1 else many or f'{one}s'}"


def thing_word(name: str) -> str:
    """Return what a filter is about, within a sentence: ``cost centre`` for ``cost_center``."""
    return FILTER_LABELS[name].lower()


def tokens(n: int | None) -> str:
    """Return a count in about three digits, rounded down: 999,999 is ``999k``."""
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
    """Return a share (0 to 1) in per cent; only an exact 0 or 1 reads as ``0.0%`` or ``100.0%``."""
    if x is None or not math.isfinite(x):
        return UNKNOWN
    if 0 < x < 0.001:
        return "<0.1%"
    if 0.999 < x < 1:
        return ">99.9%"
    return f"{x * 100 + 0.0:.1f}%"  # + 0.0 turns a negative zero into zero


def change(current: float, previous: float | None) -> Change:
    """Compare a figure with the one of the previous period (None without one); both are at least 0."""
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
        return "<1%"
    if percent > most:
        return f">{most}%"
    return f"{percent:.0f}%"


def ago(seconds: float) -> str:
    """Return an age in the largest unit that is full; an instant in the future is ``just now``."""
    for below, unit, text in AGE_STEPS:
        if below is None or seconds < below:
            return text.format(n=f"{int(seconds // unit):,}")
    raise AssertionError("the last step has no limit")


def plain_text(name: str | None) -> str:
    """Return a name on one line, without characters that hide or reverse text, cut with an ellipsis.

    Lone surrogates, which no encoding can write, become replacement characters.
    """
    text = one_line(name or "")
    if len(text) <= MAX_NAME_LENGTH:
        return text
    return f"{text[: MAX_NAME_LENGTH - 1].rstrip()}…"


def one_line(text: str) -> str:
    """Return a text as ``plain_text`` does, in its whole length."""
    shown = " ".join(_INVISIBLE.sub("", text).split())
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", shown)


def name_label(name: str | None) -> str:
    """Return a name as ``plain_text`` does; an invisible name as its code points, such as ``U+200D``."""
    label = _visible_text(name)
    if label or not name:
        return label
    points = " ".join(f"U+{ord(character):04X}" for character in name[:_CODE_POINTS_SHOWN])
    return points if len(name) <= _CODE_POINTS_SHOWN else f"{points} …"


def _visible_text(name: str | None) -> str:
    """Return a name as ``plain_text`` does; an invisible name as an empty text."""
    text = plain_text(name)
    return text if any(_has_ink(character) for character in text) else ""


def _has_ink(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in _CATEGORIES_WITHOUT_INK and not _WITHOUT_INK.match(character)


def figure_text(name: str | None) -> str:
    """Return a name for use in a chart, where plotly would read ``<b>`` and links as markup.

    Quotes are not escaped: plotly would show ``&quot;``.
    """
    return html.escape(plain_text(name), quote=False)


def user_label(name: str | None, email: str | None, user_id: str | None, deleted: bool) -> str:
    """Return what to call a user; without an id, the rows without a readable user."""
    if user_id is None:
        return NONE_LABELS["user"]
    known = _visible_text(name) or _visible_text(email)
    return _label("user", known, user_id, deleted=deleted)


def agent_label(name: str | None, agent_id: str | None, deleted: bool) -> str:
    """Return what to call an agent; without an id, the rows whose agent is not known."""
    if agent_id is None:
        return UNKNOWN_AGENT
    return _label("agent", _visible_text(name), agent_id, deleted=deleted)


def _label(kind: str, known: str, owner_id: str, *, deleted: bool) -> str:
    if known:
        return f"{known} (deleted)" if deleted else known
    # The last digits of an ObjectId differ between owners; the first are only a date.
    return f"{'Deleted' if deleted else 'Unnamed'} {kind} …{plain_text(owner_id)[-4:]}"


def model_label(model: str | None) -> str:
    """Return what to call a model; None means the rows that LibreChat stored without one."""
    return name_label(model) or NONE_LABELS["model"]


def defuse(cell: str) -> str:
    """Return a cell's text, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
