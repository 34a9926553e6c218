"""The view of users: what each of them cost, and how unevenly cost is spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.charts.figure import series
from librechat_analytics.dashboard.charts.ranked import ranked_bars
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import name_cell
from librechat_analytics.dashboard.links import user_page
from librechat_analytics.dashboard.panels import concentration, conversation_costs
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.list_columns import Shown, Trend, list_columns
from librechat_analytics.dashboard.panels.list_table import ListTable
from librechat_analytics.dashboard.panels.parts import FIRST_BARS, Chart
from librechat_analytics.dashboard.views.subject_view import SubjectList, subject_view
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports import cells, columns
from librechat_analytics.exports.sheets import users_sheet
from librechat_analytics.formatting import money, plain_text, user_label
from librechat_analytics.usage.filters import NONE

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.list_answers import UserRow

CHART = Chart("users-cost", "The ten users with the highest cost", shape="ranked")
COLUMNS = list_columns(
    columns.USERS,
    Shown("name", sort="user"),
    Shown("cost_usd"),
    Shown("share", hint="Share of the period's cost"),
    Shown("previous_cost_usd", room=1, hint="Cost in the previous period"),
    Shown("change_usd", room=1, hint="Difference to the previous period; ordered by its size"),
    Trend(hint="How the user's cost moved over the period"),
    Shown("prompt_tokens", room=2, hint="Prompt tokens"),
    Shown("completion_tokens", room=2, hint="Completion tokens"),
    Shown("calls", room=1, hint="Model calls"),
    Shown("conversations", room=3),
    Shown("last_ever", room=1, hint="Whatever the period, under the filters"),
    Shown("groups", room=3, sort="", hint="The groups that the user is in now"),
    Shown("last_active", room=3, hint="Last activity in the period"),
    only_in_files=("email", "id", "total_tokens"),
)


def _charts() -> list[Component]:
    return [
        html.Div(
            [
                frames.box("Highest cost", CHART_PANEL.error_slot(), CHART.layout()),
                concentration.layout(),
                conversation_costs.layout(),
            ],
            className="columns three",
        )
    ]


def _fill_chart(data: PageData) -> Fills:
    ranking = data.top("user", FIRST_BARS)
    rows = ranking.rows
    costs_usd = [row.cost_usd for row in rows]
    return CHART.fill(
        ranked_bars(
            [user_label(row.name, row.email, row.id, deleted=row.deleted) for row in rows],
            [series("Cost", costs_usd, money)],
            totals=[money(cost) for cost in costs_usd],
            revision=data.query.revision,
        ),
        caption=captions.top_of_list([row.share for row in ranking.rows], ranking.total, "users"),
        empty=[] if rows else nothing_in(data, "No users"),
    )


def _name(data: PageData, row: UserRow) -> Markup:
    label, email = cells.user(row), plain_text(row.email)
    return name_cell(
        label,
        email if email != label else None,
        href=user_page(data.query, row.id),
        filter=("user", row.id or NONE),
    )


def _sheet(data: PageData) -> Sheet:
    return users_sheet(data.users)


def _whole(data: PageData) -> Sheet:
    return users_sheet(data.all_users)


CHART_PANEL = Panel("users-chart", (CHART,), _fill_chart)
TABLE: ListTable[UserRow] = ListTable(
    things="users",
    thing=lambda _: "user",
    dimension="user",
    caption="Users by cost",
    placeholder="Search name, e-mail or id",
    nothing="No users",
    columns=COLUMNS,
    part=lambda data: data.users,
    key=lambda row: row.id,
    name=_name,
)
VIEW = subject_view(
    SubjectList(
        table=TABLE,
        sheet=_sheet,
        whole=_whole,
        charts=_charts,
        panels=(CHART_PANEL, concentration.PANEL, conversation_costs.PANEL),
        files={
            CHART.id: _whole,
            concentration.CHART.id: concentration.csv,
            conversation_costs.CHART.id: conversation_costs.csv,
        },
    )
)
