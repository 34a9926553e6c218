"""Lists of budgets: a bar each for what is spent of what is available, with what is expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.html.markup import Markup

WHOLE = 80.0
"""Where a bar has all that is available, in per cent of its length; what is beyond is spent in excess."""


@dataclass(frozen=True, slots=True)
class Bullet:
    """An entry of the list; parts are shares of what is available.

    ``amount``: what is spent of what, in words. ``status``: what needs attention, empty where nothing does.
    ``words``: the rest of what there is to say. ``expected``: the expected part with its range. ``elapsed``:
    the part of the period that is over. ``is_over``: all of it is spent.
    """

    name: str
    amount: str
    status: str
    words: str
    spent: float
    elapsed: float
    expected: tuple[float, float, float] | None = None
    is_over: bool = False
    href: str | None = None


def bullet_items(entries: Sequence[Bullet]) -> list[Markup]:
    """Write the entries."""
    return [
        element(
            "li",
            element(
                "div",
                element(
                    "span",
                    element("span", _named(entry), class_name="name", title=entry.name),
                    class_name="ranked-name",
                ),
                element("span", entry.amount, class_name="ranked-amount"),
                class_name="ranked-line",
            ),
            _bar(entry),
            element(
                "p",
                *([element("strong", entry.status), " "] if entry.status else []),
                entry.words,
                class_name="bullet-words",
            ),
            class_name="ranked",
        )
        for entry in entries
    ]


def _named(entry: Bullet) -> Markup:
    return element("a", entry.name, href=entry.href) if entry.href else entry.name


def _bar(entry: Bullet) -> Markup:
    parts = [
        element("span", class_name="bullet-whole", width=f"{WHOLE}%"),
        element(
            "span",
            class_name="bullet-spent over" if entry.is_over else "bullet-spent",
            width=_at(entry.spent),
        ),
    ]
    if entry.expected is not None:
        expected, low, high = entry.expected
        parts += [
            element("span", _range(low, high), class_name="bullet-range", width=_at(high)),
            element("span", class_name="bullet-expected", width=_at(expected)),
        ]
    parts.append(element("span", class_name="bullet-today", width=_at(entry.elapsed)))
    return element("span", *parts, class_name="bullet", hidden_from_readers="true")


def _range(low: float, high: float) -> Markup:
    """Draw the range at the end of what reaches to its high end."""
    drawn = min(high * WHOLE, 100.0)
    width = max(drawn - max(low, 0.0) * WHOLE, 0.0) / drawn * 100 if drawn > 0 else 0.0
    return element("span", width=f"{width:.2f}%")


def _at(part: float) -> str:
    """Return how far a part of what is available reaches; the bar ends with a quarter in excess."""
    return f"{min(max(part * WHOLE, 0.0), 100.0):.2f}%"
