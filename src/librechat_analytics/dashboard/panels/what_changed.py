"""What changed: the difference to the previous period, by cause, and by what rose and fell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.change_bars import ChangeEntry, change_items
from librechat_analytics.dashboard.links import subject_page
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Frame, Region
from librechat_analytics.dashboard.words import change_words, notices
from librechat_analytics.dashboard.words.subject_names import subject_name
from librechat_analytics.exports.sheets import changes_sheet
from librechat_analytics.formatting import FILTER_LABELS, counted, money, money_exact, thing_word
from librechat_analytics.usage.filters import value_of_none
from librechat_analytics.usage.questions import CHANGES_BY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.changes import Change, ChangeCauses, Changes

LABEL = "What changed"
NAME = "what-changed"
LENGTH = 8
TABS = tuple((by if by != "model" else "", FILTER_LABELS[by]) for by in CHANGES_BY if by != "cost_center")

FRAME = Frame(f"{NAME}-frame")
SENTENCE = Region(f"{NAME}-sentence")
CAUSES = Region(f"{NAME}-causes")
PARTS = Region(f"{NAME}-parts")


def layout() -> Component:
    """Make the panel before the first answer."""
    box = frames.box(
        LABEL,
        PANEL.error_slot(),
        SENTENCE.layout("change-sentence"),
        html.Div(
            [
                html.Div(
                    [html.H3("Why"), html.Ul(id=CAUSES.id, className="changes causes")],
                    className="change-causes",
                ),
                html.Div(
                    [html.H3("Where"), html.Ol(id=PARTS.id, className="changes")], className="change-parts"
                ),
            ],
            className="change-columns",
        ),
        html.Div(frames.numbers_file(NAME, LABEL), className="change-foot"),
        aside=frames.switch("What changed, by", "by", TABS, frames.cost_center_choice("by")),
        class_name="what-changed",
    )
    return html.Div(box, id=FRAME.id)


def _answer(data: PageData) -> Fills:
    changes = data.changes(LENGTH)
    if (
        changes.difference_usd is None
        or changes.causes is None
        or not (changes.now_usd or changes.before_usd)
    ):
        return FRAME.fill(hidden=True) + SENTENCE.fill([]) + CAUSES.fill([]) + PARTS.fill([])
    entries = [_entry(data, row) for row in changes.rows]
    named = [(entry.name, entry.value) for entry in entries]
    sentence = change_words.headline(changes.difference_usd, named, notices.range_before(data))
    return (
        FRAME.fill(hidden=False)
        + SENTENCE.fill([sentence])
        + CAUSES.fill(_causes(changes.causes))
        + PARTS.fill(change_items([*entries, *_rest(data, changes)]))
    )


def _causes(causes: ChangeCauses) -> list[Markup]:
    return change_items(
        [
            ChangeEntry(name, usd, change_words.signed(usd), exact=f"{money_exact(usd)}: {meaning}")
            for name, usd, meaning in change_words.causes(causes)
        ]
    )


def _entry(data: PageData, row: Change) -> ChangeEntry:
    by = data.query.by
    return ChangeEntry(
        subject_name(by, row.subject, row),
        row.difference_usd,
        change_words.signed(row.difference_usd),
        change_words.percent(row),
        f"From {money(row.before_usd)} to {money(row.now_usd)}: {change_words.signed(row.quantity_usd)} by"
        f" quantity, {change_words.signed(row.price_usd)} by price",
        subject_page(data.query, by, row.subject),
        filter=(by, row.subject or value_of_none(by)),
    )


def _rest(data: PageData, changes: Changes) -> Sequence[ChangeEntry]:
    """Add what the list leaves out, so that it adds up; by group also what it counts twice."""
    others, rest_usd = changes.total - len(changes.rows), changes.rest_usd or 0.0
    if changes.in_several is not None and changes.in_several.users:
        name = f"Counted in several groups ({counted(changes.in_several.users, 'user')}), and all others"
        return [ChangeEntry(name, rest_usd, change_words.signed(rest_usd))]
    if others <= 0:
        return []
    return [
        ChangeEntry(
            counted(others, f"other {thing_word(data.query.by)}"),
            rest_usd,
            change_words.signed(rest_usd),
        )
    ]


def csv(data: PageData) -> Sheet:
    """Lay out all parts, not only those on screen."""
    return changes_sheet(data.all_changes, data.query.by)


PANEL = Panel(NAME, (FRAME, SENTENCE, CAUSES, PARTS), _answer)
