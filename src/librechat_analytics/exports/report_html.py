"""A report as HTML for mail: tables and styles on each element, nothing that is loaded from elsewhere."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from librechat_analytics.formatting import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.exports.report_document import Bar, Document, Line, Section, Tone

INK, SOFT, LINE, GROUND, SURFACE, LINK = "#1d2024", "#5a6069", "#e6e6e2", "#f7f7f5", "#ffffff", "#22639f"
FILLS: dict[Tone, str] = {"calm": "#3b7dbd", "warned": "#c98500", "over": "#b3312b"}
WORDS: dict[Tone, str] = {"calm": SOFT, "warned": "#8a5a00", "over": "#b3312b"}
"""The colours of small words, which need more contrast than bars."""

FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
TABLE = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
"""Mail programs lay out tables alone in the same way; ``presentation`` hides them from screen readers."""

CARD = (
    f"max-width:600px;background:{SURFACE};border:1px solid {LINE};border-radius:12px;text-align:left;"
    f"{FONT};color:{INK};font-size:14px;line-height:1.5"
)
H1, H2 = "margin:2px 0 0;font-size:20px;line-height:1.3", "margin:28px 0 4px;font-size:15px;line-height:1.4"
FIGURE = "margin:16px 0 0;font-size:32px;line-height:1.2;font-weight:600"
ENTRY = f"padding:6px 0;border-top:1px solid {LINE};vertical-align:top"
NAME = "padding-right:12px;word-break:break-word"
ABOVE_BAR = "padding-bottom:4px"
BAR = "height:8px;line-height:8px;font-size:1px"


def as_html(document: Document, page: str = "") -> str:
    """Write a report as HTML; ``page``: the address of the dashboard, empty where it is not known."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{_text(document.subject)}</title>
</head>
<body style="margin:0;padding:0;background:{GROUND}">
{TABLE} style="background:{GROUND}"><tr><td align="center" style="padding:24px 12px">
{TABLE} style="{CARD}">
<tr><td style="padding:24px">
{_head(document)}
{"".join(_section(section, page) for section in document.sections)}
{_foot(document, page)}
</td></tr></table>
</td></tr></table>
</body>
</html>
"""


def _text(text: str) -> str:
    return escape(text)


def _soft(text: str, size: int = 14) -> str:
    return f'<p style="margin:2px 0 0;color:{SOFT};font-size:{size}px">{_text(text)}</p>'


def _head(document: Document) -> str:
    about = _soft(document.about) if document.about else ""
    return (
        f'<p style="margin:0;color:{SOFT};font-size:13px">{_text(document.name)}</p>'
        f'<h1 style="{H1}">{_text(document.title)}</h1>{about}'
        f'<p style="{FIGURE}">{_text(document.figure)}</p>'
        f"{''.join(map(_soft, document.notes))}"
    )


def _section(section: Section, page: str) -> str:
    title = f'<h2 style="{H2}">{_text(section.title)}</h2>'
    lines = f"{TABLE}>{''.join(_lines(section, page))}</table>" if section.lines else ""
    bars = "".join(_bar(bar, page) for bar in section.bars)
    return f"\n{title}{lines}{bars}{''.join(map(_soft, section.sentences))}"


def _lines(section: Section, page: str) -> Iterator[str]:
    for line in section.lines:
        note = _soft(line.note, 12) if line.note else ""
        yield (
            f'<tr><td style="{ENTRY};{NAME}">{_label(line, page)}{note}</td>'
            f'<td align="right" style="{ENTRY};white-space:nowrap">{_text(line.figure)}</td></tr>'
        )


def _label(part: Line | Bar, page: str) -> str:
    label = _text(plain_text(part.label))
    if not page or not part.address:
        return label
    return f'<a href="{_text(page + part.address)}" style="color:{LINK};text-decoration:none">{label}</a>'


def _bar(bar: Bar, page: str) -> str:
    """Draw a bar with two cells of a table, which every mail program shows; its words stand above it."""
    full = math.ceil(100 * min(bar.share, 1.0))
    filled = f'<td width="{full}%" bgcolor="{FILLS[bar.tone]}" style="{BAR}">&nbsp;</td>' if full else ""
    rest = f'<td width="{100 - full}%" bgcolor="{LINE}" style="{BAR}">&nbsp;</td>' if full < 100 else ""
    style = f"margin:4px 0 0;font-size:12px;color:{WORDS[bar.tone]}"
    note = f'<p style="{style}">{_text(bar.note)}</p>' if bar.note else ""
    return (
        f'{TABLE} style="margin-top:10px"><tr><td style="{ABOVE_BAR}">{_label(bar, page)}</td>'
        f'<td align="right" style="{ABOVE_BAR};white-space:nowrap">{_text(bar.figure)}</td></tr></table>'
        f"{TABLE}><tr>{filled}{rest}</tr></table>{note}"
    )


def _foot(document: Document, page: str) -> str:
    button = (
        f'<p style="margin:28px 0 0"><a href="{_text(page + document.address)}" style="color:{LINK}">'
        "Open these figures in the dashboard</a></p>"
        if page
        else ""
    )
    closing = "".join(_soft(sentence, 12) for sentence in document.closing)
    return f'{button}<div style="margin-top:20px;border-top:1px solid {LINE};padding-top:8px">{closing}</div>'
