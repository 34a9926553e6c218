"""Budgets: a bar each, and of one budget its course and its last periods."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.charts.burn_down import BurnDown, burn_down
from librechat_analytics.dashboard.charts.figure import LEAST_COST_AXIS_USD
from librechat_analytics.dashboard.charts.over_time import Options
from librechat_analytics.dashboard.charts.time_axis import TimeAxis, bucket_labels
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.bullets import Bullet, bullet_items
from librechat_analytics.dashboard.html.cells import name_cell, number_cell
from librechat_analytics.dashboard.html.frames import Key
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.tables import Header
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Chart, Frame, Region, Table
from librechat_analytics.dashboard.words import budget_words, currency_words
from librechat_analytics.exports.columns import BUDGET_STATUSES
from librechat_analytics.exports.sheets import budgets_sheet, course_sheet
from librechat_analytics.formatting import money, money_exact, name_label, share
from librechat_analytics.usage.filters import FILTER_PARAMETERS, LEAVE_OUT
from librechat_analytics.usage.periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.finops.budget_paths import BudgetPath
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.usage.periods import Period

NAME = "budgets"
CLOSEST = 5
"""How many budgets the list has of those for each user and so on."""

MOST_OF_EACH = 100
"""How many their own page has; the CSV has all."""

LEGEND = (
    Key("blue", "Spent"),
    Key("range", "Expected"),
    Key("mark whole", "Available"),
    Key("mark", "Time passed"),
)
CHART_LEGEND = (
    Key("blue", "Left"),
    Key("range", "Expected"),
    Key("ghost", "Spent evenly"),
)

LINE = Region("overview-budgets")
LIST_FRAME, ONE_FRAME = Frame("budgets-all"), Frame("budgets-one")
LIST = Region("budgets-list")
FACTS = Region("budgets-facts")
CHART_FRAME = Frame("budgets-course")
CHART = Chart(
    "budget-course", "What is left of the budget", numbers=("Day", "Left", "Expected", "At least", "At most")
)
HISTORY_FRAME = Frame("budgets-earlier")
HISTORY = Table(
    "budget-history",
    "The last twelve periods",
    (
        Header("Period", numeric=False),
        Header("Available"),
        Header("Spent"),
        Header("Used"),
    ),
)


def layout() -> list[Component]:
    """Make the view before the first answer."""
    everything = frames.box(
        "Running budgets",
        LIST_PANEL.error_slot(),
        frames.legend(LEGEND),
        LIST.layout("budgets-list"),
        aside=frames.csv_button(NAME),
        class_name="own-period",
    )
    one = [
        html.Section(
            [ONE_PANEL.error_slot(), FACTS.layout("facts")], className="panel cards-panel own-period"
        ),
        html.Div(
            frames.box("What is left", frames.legend(CHART_LEGEND), CHART.layout()),
            id=CHART_FRAME.id,
            className="list-frame",
        ),
        html.Div(
            frames.box(
                "Last periods", HISTORY.layout(), aside=frames.numbers_file("budget-periods", "Periods")
            ),
            id=HISTORY_FRAME.id,
            className="list-frame",
        ),
    ]
    return [
        html.Div(everything, id=LIST_FRAME.id, className="list-frame"),
        html.Div(one, id=ONE_FRAME.id, className="columns", hidden=True),
    ]


def _fill_line(data: PageData) -> Fills:
    """Say on the Overview how the budgets are doing; with filters, those whose usage it shows."""
    chosen = data.filters.given()
    states = [state for state in data.budgets if _is_within(_counted(state), chosen)]
    if not states:
        return LINE.fill([])
    first = _closest(states)[0]
    if len(states) == 1:
        page = data.query.link(NAME, budget=first.name, key=first.key)
        link = element("a", budget_words.whole_name(first), href=page)
        return LINE.fill([element("div", "Budget ", link, budget_words.alone(first))])
    link = element("a", budget_words.on_the_overview(states), href=data.query.link(NAME))
    return LINE.fill([element("div", "Budgets: ", link, budget_words.closest(first))])


def _counted(state: BudgetState) -> dict[str, Sequence[str]]:
    """Give the filters of the usage that counts for a budget."""
    filters: dict[str, Sequence[str]] = dict(state.budget.where.given())
    if state.each is not None and state.key is not None:
        filters[state.each] = (state.key,)
    return filters


def _is_within(counted: Mapping[str, Sequence[str]], chosen: Mapping[str, Sequence[str]]) -> bool:
    """Say whether filters leave only what others choose."""
    return all(
        set(values) <= set(counted.get(name, ()))
        if name in LEAVE_OUT.values()
        else name in counted and set(counted[name]) <= set(values)
        for name, values in chosen.items()
    )


def _fill_list(data: PageData) -> Fills:
    if data.budget_history:
        return LIST_FRAME.fill(hidden=True) + LIST.fill([])
    return LIST_FRAME.fill(hidden=False) + LIST.fill(_lists(data))


def _lists(data: PageData) -> list[Markup]:
    """Write the budgets, the closest to their end first, then those for each user and so on."""
    states = [state for state in data.budgets if data.query.budget in ("", state.name)]
    if not states:
        return [element("p", _nothing(data), class_name="table-message")]
    single = [state for state in states if state.each is None]
    found: list[Markup] = [element("p", budget_words.whose_periods(data), class_name="bullet-words")]
    if single:
        found.append(_list(data, single))
    of_each = [state for state in states if state.each is not None]
    length = MOST_OF_EACH if data.query.budget else CLOSEST
    for name, group in groupby(of_each, key=lambda state: state.name):
        members = [*group]
        heading = element(
            "span", element("a", name_label(name), href=data.query.link(NAME, budget=name)), class_name="name"
        )
        found += [
            *([] if data.query.budget else [element("h3", heading)]),
            element("p", budget_words.of_each(members), class_name="bullet-words"),
            _list(data, members, length),
        ]
        if len(members) > length:
            found.append(_more(data, name, len(members), length))
    return found


def _nothing(data: PageData) -> str:
    if data.query.budget:
        return f"There is no running budget “{name_label(data.query.budget)}” with usage."
    return "There are no budgets that you may see. The file that FINOPS_FILE names defines them."


def _more(data: PageData, name: str, count: int, length: int) -> Markup:
    if data.query.budget:
        return element("p", f"The CSV has the other {count - length:,}.", class_name="list-foot")
    link = element("a", f"All {count:,}", href=data.query.link(NAME, budget=name))
    return element("p", link, class_name="list-foot")


def _list(data: PageData, states: Sequence[BudgetState], length: int | None = None) -> Markup:
    return element(
        "ol",
        *bullet_items([_bullet(data, state) for state in _closest(states)[:length]]),
        class_name="ranked-list",
    )


def _closest(states: Sequence[BudgetState]) -> list[BudgetState]:
    """Order budgets by how close they are to their end: where nothing is available first."""
    return sorted(states, key=lambda state: (state.used_share is not None, -(state.used_share or 0.0)))


def _bullet(data: PageData, state: BudgetState) -> Bullet:
    available = state.available_usd
    expected = None
    if state.forecast is not None and state.status != "over":
        forecast = state.forecast
        expected = (
            forecast.expected_usd / available,
            forecast.low_usd / available,
            forecast.high_usd / available,
        )
    return Bullet(
        name=budget_words.name(state),
        amount=budget_words.amount(state),
        status=budget_words.status(state),
        words=" ".join(
            filter(None, (budget_words.in_a_line(state), budget_words.never_recorded(data, state)))
        ),
        spent=1.0 if state.used_share is None else state.used_share,
        elapsed=state.elapsed_share,
        expected=expected,
        is_over=state.status == "over",
        href=data.query.link(NAME, budget=state.name, key=state.key),
    )


def _fill_one(data: PageData) -> Fills:
    history = data.budget_history
    if not history:
        hidden = ONE_FRAME.fill(hidden=True) + CHART_FRAME.fill(hidden=True) + HISTORY_FRAME.fill(hidden=True)
        return hidden + FACTS.fill([]) + CHART.fill_blank() + HISTORY.fill([])
    state = history[-1]
    return (
        ONE_FRAME.fill(hidden=False)
        + CHART_FRAME.fill(hidden=False)
        + HISTORY_FRAME.fill(hidden=len(history) == 1)
        + FACTS.fill(_facts(data, state))
        + _fill_chart(data, state)
        + HISTORY.fill([_row(one) for one in reversed(history)])
    )


def _facts(data: PageData, state: BudgetState) -> list[Markup]:
    carried = f", {money(state.carried_usd)} of it carried over" if state.carried_e6 else ""
    used = "" if state.used_share is None else f", {share(state.used_share)}"
    known = [
        ("Status", BUDGET_STATUSES[state.status]),
        ("Spent", f"{money(state.actual_usd)}{used}"),
        ("Available", f"{money(state.available_usd)}{carried}"),
        *currency_words.of_budget(data, state),
        ("Period", f"{budget_words.period(state)}, {state.period.zone.key}"),
        ("Passed", budget_words.elapsed(state)),
        ("Expected by its end", budget_words.expected(state) or str(state.forecast_reason)),
        *filter(None, [budget_words.end_of_money(state)]),
        ("Thresholds crossed", budget_words.crossed(state)),
        ("What counts", budget_words.what_counts(data, state.budget)),
        ("Note", budget_words.never_recorded(data, state)),
    ]
    items = [
        element("div", element("dt", title), element("dd", text, title=text)) for title, text in known if text
    ]
    return [
        element("dl", *items),
        element(
            "p", element("a", "Overview of this usage", href=_usage(data, state)), class_name="facts-more"
        ),
    ]


def _usage(data: PageData, state: BudgetState) -> str:
    """Give the address of the Overview with the usage that counts for a budget."""
    own = {"period": state.period.name, "start": None, "end": None, "tz": state.period.zone.key}
    return data.query.link("overview", **(dict.fromkeys(FILTER_PARAMETERS) | own | _counted(state)))


def _fill_chart(data: PageData, state: BudgetState) -> Fills:
    path = data.budget_path(state)
    axis, said = _axis(path), _burn_down(state, path)
    options = Options(
        revision=f"{state.name} {state.key} {state.start}",
        coarse=data.query.coarse,
        prefix="$",
        least=LEAST_COST_AXIS_USD,
    )
    rows = [
        (label, *("" if usd is None else money(usd) for usd in day.amounts_usd))
        for label, day in zip(axis.labels, path.rows(), strict=True)
    ]
    return CHART.fill(burn_down(axis, said, options), caption=budget_words.left(state), empty=[], rows=rows)


def _axis(path: BudgetPath) -> TimeAxis:
    edges = [edge.astimezone(path.days.zone) for edge in path.days.edges()]
    starts, ends = tuple(edges[:-1]), tuple(edges[1:])
    partial = tuple(number == len(path.left_usd) - 1 for number in range(len(starts)))
    return TimeAxis("day", starts, ends, partial, tuple(bucket_labels(starts, (False,) * len(starts), "day")))


def _burn_down(state: BudgetState, path: BudgetPath) -> BurnDown:
    count = len(path.days)
    even = [state.available_usd * (1 - (number + 1) / count) for number in range(count)]
    if path.fan is None:
        return BurnDown(path.left_usd, even)
    return BurnDown(path.left_usd, even, path.fan.expected_usd, path.fan.least_usd, path.fan.most_usd)


def _row(state: BudgetState) -> Markup:
    used = "" if state.used_share is None else share(state.used_share)
    status = BUDGET_STATUSES[state.status] if state.status in ("over", "likely-over") else ""
    return element(
        "tr",
        name_cell(budget_words.period(state), status),
        number_cell(money(state.available_usd), money_exact(state.available_usd)),
        number_cell(money(state.actual_usd), money_exact(state.actual_usd)),
        number_cell(used),
    )


def period(data: PageData) -> Period:
    """Give the period of the budget that the page is about; of all budgets, today in their zone."""
    if data.budget_history:
        return data.budget_history[-1].period
    zone = data.definitions.zone if data.definitions else data.period.zone
    return parse_period("today", None, None, zone, now=data.now, first_usage=None)


def csv(data: PageData) -> Sheet:
    """Lay out all running budgets; of the page about one budget for each user, all of these."""
    return budgets_sheet([state for state in data.budgets if data.query.budget in ("", state.name)])


def csv_of_periods(data: PageData) -> Sheet:
    """Lay out the last periods of one budget."""
    return budgets_sheet(data.budget_history)


def csv_of_course(data: PageData) -> Sheet:
    """Lay out what is left of one budget day by day."""
    if not data.budget_history:
        return course_sheet(())
    path = data.budget_path(data.budget_history[-1])
    return course_sheet(path.rows())


LINE_PANEL = Panel("budgets-line", (LINE,), _fill_line)
LIST_PANEL = Panel("budgets", (LIST_FRAME, LIST), _fill_list)
ONE_PANEL = Panel("budget", (ONE_FRAME, FACTS, CHART_FRAME, CHART, HISTORY_FRAME, HISTORY), _fill_one)
