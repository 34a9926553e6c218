"""The view of cost centres: what each of them pays for, and what none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html.cells import name_cell
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.list_columns import Shown, Trend, list_columns
from librechat_analytics.dashboard.panels.list_sums import RestLine
from librechat_analytics.dashboard.panels.list_table import ListTable
from librechat_analytics.dashboard.panels.parts import Region
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words import cost_center_words
from librechat_analytics.exports import columns
from librechat_analytics.exports.sheets import cost_centers_sheet
from librechat_analytics.formatting import NO_COST_CENTER, name_label
from librechat_analytics.usage.cost_center_rules import UNASSIGNED

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.cost_center_list import CostCenterRow

NAME = "cost-centers"
NOTE = Region(f"{NAME}-note")
COLUMNS = list_columns(
    columns.COST_CENTERS,
    Shown("name"),
    Shown("cost_usd"),
    Shown("share", hint="Share of the period's cost"),
    Shown("previous_cost_usd", room=1, hint="Cost in the previous period"),
    Shown("change_usd", room=1, hint="Difference to the previous period; ordered by its size"),
    Trend(hint="How the cost moved over the period"),
    Shown("users", room=1, hint="Active users; who is split counts for the greatest share"),
    Shown("cost_per_user_usd", room=1, hint="Cost per active user"),
    Shown("calls", room=2, hint="Model calls"),
    Shown("total_tokens", room=3, hint="Prompt and completion tokens"),
    Shown("conversations", room=3),
    Shown("assumed_cost_usd", room=3, sort="", hint="By memberships from before their first reading"),
    only_in_files=("parent", "prompt_tokens", "completion_tokens"),
)


def _name(data: PageData, row: CostCenterRow) -> Markup:
    return name_cell(
        name_label(row.name),
        name_label(row.parent) if row.parent else None,
        href=data.query.link("overview", cost_center=row.name),
        filter=("cost_center", row.name),
    )


def _unassigned(data: PageData) -> list[RestLine]:
    none = data.cost_centers.unassigned
    if not none.calls and not none.cost_usd and not none.previous_cost_usd:
        return []
    return [RestLine(NO_COST_CENTER, "", data.query.link("overview", cost_center=UNASSIGNED), none)]


def _fill(data: PageData) -> Fills:
    return TABLE.fill(data) + NOTE.fill([] if data.query.search else _note(data))


def _note(data: PageData) -> list[Markup]:
    """Say who is in several cost centres, and what is only assumed, of the whole list."""
    found = data.cost_centers
    if len(found.rows) < found.total:
        found = data.all_cost_centers
    note: list[Markup] = []
    if several := cost_center_words.in_several(found.unassigned.in_several):
        users = data.query.link("users", cost_center=UNASSIGNED)
        link = element("a", "See unassigned users", href=users, class_name="text-button")
        note.append(element("div", several, " ", link))
    if assumed := cost_center_words.assumed(found, data.summary.totals.cost_usd):
        note.append(element("div", assumed))
    return note


def _sheet(data: PageData) -> Sheet:
    return cost_centers_sheet(data.cost_centers)


def _whole(data: PageData) -> Sheet:
    return cost_centers_sheet(data.all_cost_centers)


TABLE: ListTable[CostCenterRow] = ListTable(
    things=NAME,
    called="cost centres",
    thing=lambda _: "cost centre",
    dimension="cost_center",
    caption="Cost centres by cost",
    placeholder="Search name",
    nothing="No cost centres",
    columns=COLUMNS,
    part=lambda data: data.cost_centers,
    key=lambda row: row.name,
    name=_name,
    rest=_unassigned,
    rest_is_first=True,
)
PANEL = Panel(f"{NAME}-table", (TABLE, NOTE), _fill)
VIEW = View(
    name=NAME,
    label="Cost centres",
    layout=lambda: [
        TABLE.layout(PANEL.error_slot(), html.Div(NOTE.layout("list-note"), className="list-tabs"))
    ],
    panels=(PANEL,),
    table=_sheet,
    charts={f"{NAME}-all": _whole},
)
