"""A report as plain text, for chats and for mail programs that show no HTML."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from librechat_analytics.formatting import one_line, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.exports.report_document import Bar, Document, Line, Section

CELLS_OF_BAR = 20
FULL, EMPTY = "#", "-"
"""Signs that every mail program and every font has."""


def as_text(document: Document, page: str = "") -> str:
    """Write a report as text; ``page``: the address of the dashboard, empty where it is not known.

    Lines are not wrapped and nothing is in columns, because chats use fonts whose letters differ in width.
    """
    lines = [document.name, document.title, *filter(None, [document.about]), ""]
    lines += [f"Cost: {document.figure}", *document.notes]
    for section in document.sections:
        lines += ["", section.title.upper(), *_section(section)]
    lines += ["", *document.closing]
    if page:
        lines += [f"{page}{document.address}"]
    return "\n".join(line if line.startswith("  ") else one_line(line) for line in lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    for line in section.lines:
        yield _line(line)
    for bar in section.bars:
        yield from _bar(bar)
    yield from section.sentences


def _line(line: Line) -> str:
    return f"- {plain_text(line.label)}: {line.figure}{f' ({line.note})' if line.note else ''}"


def _bar(bar: Bar) -> Iterator[str]:
    full = min(CELLS_OF_BAR, math.ceil(bar.share * CELLS_OF_BAR))
    yield f"- {plain_text(bar.label)}: {bar.figure}"
    yield f"  [{FULL * full}{EMPTY * (CELLS_OF_BAR - full)}] {bar.note}".rstrip()
