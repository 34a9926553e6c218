"""The cells of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import share as share_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.html.markup import Markup


def name_cell(
    name: str,
    detail: str | None = None,
    *,
    href: str | None = None,
    mark: Markup = "",
    detail_href: str | None = None,
    filter: tuple[str, str] | None = None,  # noqa: A002 - the word of the glossary, and used by name only
) -> Markup:
    """Write a row's header: a name, and a detail in smaller type below it.

    ``href`` and ``detail_href``: the addresses that the name and the detail lead to. ``mark``: a link in
    front of the detail, such as the one for estimated cost. ``filter``: the filter's name and the row's value
    of it, which two buttons choose or leave out.
    """
    named = element("a", name, href=href) if href else name
    lines = [element("span", named, class_name="name", title=name)]
    if detail or mark:
        more = element("a", detail, href=detail_href) if detail and detail_href else detail or ""
        # In front, because a long detail is cut off at its end.
        lines.append(element("span", *([mark, " "] if mark else []), more, class_name="detail", title=detail))
    if filter:
        lines.append(filter_buttons(name, *filter))
    return element("th", *lines, scope="row", class_name="name-cell")


def filter_buttons(label: str, name: str, value: str, *, inline: bool = False) -> Markup:
    """Write two buttons, which a row shows under the pointer, with the focus, or after a tap on it.

    ``label``: what the row is about; ``name`` and ``value``: the filter and the row's value of it.
    ``inline``: they are beside the name, not over its end.
    """
    return element(
        "span",
        *(
            element(
                "button",
                words,
                class_name="row-action",
                action=action,
                name=name,
                value=value,
                title=f"{words}: {label}",
                label=f"{words}: {label}",
            )
            for words, action in (("Only this", "filter-only"), ("Not this", "filter-out"))
        ),
        class_name="row-actions inline" if inline else "row-actions",
    )


def number_cell(text: str, exact: str | None = None) -> Markup:
    """Write a figure, with all its digits in the tooltip where the text has fewer."""
    return element("td", text, class_name="number", title=exact if exact != text else None)


def words_cell(text: str) -> Markup:
    """Write a text, which may take more than one line."""
    return element("td", text, class_name="words")


def change_cell(amount: str, percent: str, exact: str | None = None) -> Markup:
    """Write a difference, and in smaller type how much that is in per cent."""
    more: list[Markup] = [" ", element("span", percent, class_name="change-part")] if percent else []
    return element("td", amount, *more, class_name="number change-cell", title=exact)


def empty_cell() -> Markup:
    return element("td")


def share_cell(part: float, greatest: float) -> Markup:
    """Write a share in per cent, with a bar that compares it with the list's greatest."""
    text = element("span", share_text(part), class_name="share-text")
    return element(
        "td",
        element("div", share_bar(part, greatest), text, class_name="share"),
        class_name="number share-cell",
    )


def share_bar(part: float, greatest: float) -> Markup:
    """Draw a bar that is full for the greatest share; the number beside it gives the share itself."""
    width = min(max(part / greatest, 0.0), 1.0) if greatest > 0 else 0.0
    fill = element("span", class_name="share-fill", width=f"{width * 100:.2f}%")
    return element("span", fill, class_name="share-bar", hidden_from_readers="true")


def trend_cell(costs: Sequence[float] = (), words: str = "") -> Markup:
    """Draw small bars, one for each cost, scaled to the greatest; ``words`` say what they show."""
    if not words:
        return element("td", class_name="trend-cell")
    greatest = max(costs, default=0)
    drawing: list[Markup] = []
    if greatest > 0:
        bars = " ".join(str(round(100 * max(cost, 0) / greatest)) for cost in costs)
        drawing = [element("span", class_name="trend", bars=bars, hidden_from_readers="true")]
    hidden_words = element("span", words, class_name="visually-hidden")
    return element("td", *drawing, hidden_words, class_name="trend-cell", title=words)
