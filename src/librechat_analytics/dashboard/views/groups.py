"""The view of groups, and of what else usage can be broken down by: domains, roles, providers and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import name_cell, words_cell
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.list_columns import Shown, list_columns
from librechat_analytics.dashboard.panels.list_sums import RestLine
from librechat_analytics.dashboard.panels.list_table import ListTable
from librechat_analytics.dashboard.panels.parts import Frame, Region
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words.attribute_words import in_several_in_words
from librechat_analytics.exports.columns import Columns, breakdown_columns, col
from librechat_analytics.exports.sheets import attribute_sheet
from librechat_analytics.formatting import (
    FILTER_LABELS,
    NONE_LABELS,
    UNKNOWN,
    model_label,
    name_label,
    thing_word,
)
from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.list_answers import BreakdownRow
from librechat_analytics.usage.questions import ATTRIBUTES

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet

TABS = tuple((by if by != "group" else "", FILTER_LABELS[by]) for by in ATTRIBUTES if by != "tenant")
TENANT_TAB = Frame("groups-tenant-tab")
"""Few deployments have tenants; without any, the tab is hidden."""

NOTE = Region("groups-note")
# The list is about groups or about something else, but its headers do not change.
COLUMNS = list_columns(
    Columns(BreakdownRow, (col("label", "Name", "text"), *breakdown_columns("group").columns[1:])),
    Shown("label"),
    Shown("cost_usd"),
    Shown("share", hint="Share of the period's cost"),
    Shown("previous_cost_usd", room=1, hint="Cost in the previous period"),
    Shown("change_usd", room=1, hint="Difference to the previous period; ordered by its size"),
    Shown("users", room=1, hint="Active users"),
    Shown("cost_per_user_usd", room=1, hint="Cost per active user"),
    Shown("calls", room=2, hint="Model calls"),
    Shown("total_tokens", room=3, hint="Prompt and completion tokens"),
    Shown("conversations", room=3),
    Shown("top_model", room=2, hint="The model with the highest cost", sort=""),
    Shown("last_active", room=3, hint="Last activity in the period"),
    only_in_files=("key", "prompt_tokens", "completion_tokens"),
)


def _tabs() -> Component:
    tenant = frames.choice("by", "tenant", FILTER_LABELS["tenant"], id=TENANT_TAB.id, hidden=True)
    links = frames.switch("Broken down by", "by", TABS, tenant)
    return html.Div([links, NOTE.layout("list-note")], className="list-tabs")


def _name(data: PageData, row: BreakdownRow) -> Markup:
    by = data.query.attribute
    label = name_label(row.label) or row.key
    return name_cell(label, href=data.query.link("overview", **{by: row.key}), filter=(by, row.key))


def _rest(data: PageData) -> list[RestLine]:
    by, none = data.query.attribute, data.breakdown.none
    if not none.calls and not none.cost_usd and not none.previous_cost_usd:
        return []
    return [RestLine(NONE_LABELS[by], "", data.query.link("overview", **{by: NONE}), none)]


def _fill(data: PageData) -> Fills:
    has_tenants = bool(data.filter_values.get("tenant")) or data.query.attribute == "tenant"
    found = data.breakdown.in_several
    note = in_several_in_words(found) if found else ""
    return TABLE.fill(data) + NOTE.fill([note] if note else []) + TENANT_TAB.fill(hidden=not has_tenants)


def _sheet(data: PageData) -> Sheet:
    return attribute_sheet(data.breakdown, data.query.attribute)


def _whole(data: PageData) -> Sheet:
    return attribute_sheet(data.whole_breakdown, data.query.attribute)


TABLE: ListTable[BreakdownRow] = ListTable(
    things="groups",
    thing=lambda data: thing_word(data.query.attribute),
    title="Cost by",
    caption="Groups, or other parts of usage, by cost",
    placeholder="Search name or id",
    nothing="No usage",
    columns=COLUMNS,
    part=lambda data: data.breakdown,
    key=lambda row: row.key,
    name=_name,
    cells={"top_model": lambda row: words_cell(model_label(row.top_model) if row.calls else UNKNOWN)},
    rest=_rest,
    adds_up=lambda data: data.query.attribute != "group",
)
PANEL = Panel("groups-table", (TABLE, NOTE, TENANT_TAB), _fill)
VIEW = View(
    name="groups",
    layout=lambda: [TABLE.layout(PANEL.error_slot(), _tabs())],
    panels=(PANEL,),
    table=_sheet,
    charts={"groups-all": _whole},
)
