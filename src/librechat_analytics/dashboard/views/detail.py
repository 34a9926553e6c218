"""The page of one user, one model or one agent: how much, when, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Output, html

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.charts.rate_lines import rate_lines
from librechat_analytics.dashboard.html import blocks, cards
from librechat_analytics.dashboard.html.entries import agent_entry, model_entry, ranked, user_entry
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.views.agents import certainty_in_words
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.views.models import rates_in_words
from librechat_analytics.dashboard.words import captions, filter_words, uncertainty
from librechat_analytics.exports.columns import COMPLETION_RATE, PROMPT_RATE
from librechat_analytics.exports.sheets import parts_sheet, timeline_sheet
from librechat_analytics.formatting import (
    UNKNOWN,
    ago,
    change,
    counted,
    integer,
    money,
    money_exact,
    name_label,
    plain_text,
    rate,
    share,
    tokens,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import Subject
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import Balance, Rates, Timeline, Totals

LISTS: dict[Subject, str] = {"model": "Models", "user": "Users", "agent": "Agents"}
LIST_VIEWS: dict[Subject, str] = {"model": "models", "user": "users", "agent": "agents"}
ENTRIES = {"model": model_entry, "user": user_entry, "agent": agent_entry}
LIST_LENGTH = 10
CARDS: tuple[tuple[str, str, Callable[[Totals], float], Callable[[Any], str], Callable[[Any], str]], ...] = (
    ("detail-cost", "Cost", lambda totals: totals.cost_usd, money, money_exact),
    ("detail-tokens", "Tokens", lambda totals: totals.total_tokens, tokens, integer),
    ("detail-calls", "Calls", lambda totals: totals.calls, integer, integer),
    ("detail-conversations", "Conversations", lambda totals: totals.conversations, integer, integer),
)

Fact = tuple[str, str]


def layout() -> list[Component]:
    return [
        html.Div(
            [
                html.Dl([cards.figure_card(name, label) for name, label, *_ in CARDS], className="cards"),
                CARDS_PANEL.error_slot(),
                html.Div(
                    id="detail-facts",
                    className="facts",
                    role="region",
                    **{"aria-label": "What else is known"},
                ),
            ],
            className="panel cards-panel",
        ),
        html.Div(
            [
                blocks.panel(
                    "Cost over time",
                    TIME_PANEL.error_slot(),
                    blocks.chart("detail-cost-time", "Cost over time", numbers=("Time", "Cost", "Calls")),
                ),
                blocks.panel(
                    "Tokens over time",
                    blocks.chart(
                        "detail-tokens-time",
                        "Prompt and completion tokens over time",
                        numbers=("Time", "Prompt", "Completion", "Total"),
                    ),
                    aside=blocks.key_list(blocks.PROMPT_AND_COMPLETION),
                ),
            ],
            className="columns two",
        ),
        html.Div(
            blocks.panel(
                "Price of a million tokens over time",
                RATES_PANEL.error_slot(),
                blocks.chart(
                    "detail-rates",
                    "What a million prompt and completion tokens really cost over time",
                    numbers=("Time", "Prompt", "Completion"),
                ),
                aside=blocks.key_list(blocks.PROMPT_AND_COMPLETION),
            ),
            id="detail-rates-frame",
            hidden=True,
        ),
        html.Div(
            [
                html.Div(
                    blocks.panel(
                        heading,
                        LIST_PANELS[subject].error_slot(),
                        blocks.ranked_list(f"detail-{LIST_VIEWS[subject]}"),
                        html.Div(id=f"detail-{LIST_VIEWS[subject]}-all", className="list-foot"),
                        className="list-panel",
                    ),
                    id=f"detail-{LIST_VIEWS[subject]}-frame",
                    className="list-frame",
                )
                for subject, heading in LISTS.items()
            ],
            className="columns two",
        ),
    ]


def _cards(questions: Questions) -> tuple[object, ...]:
    summary = questions.summary
    before_range = cards.range_before(questions)
    values: list[object] = []
    for _, _, pick, as_text, exact in CARDS:
        now = pick(summary.totals)
        before = pick(summary.previous) if summary.previous else None
        values.extend(
            cards.card_values(as_text(now), exact(now), change(now, before), as_text(before), before_range)
        )
    return *values, facts(questions), uncertainty.of_cost(questions)


def facts(questions: Questions) -> list[Markup]:
    """Tell what else is known of the page's subject, and the way to everything that it used."""
    subject = questions.query.subject
    known = [("Share of the cost", _part_of_the_whole(questions))]
    if subject == "user":
        known += _of_user(questions)
    elif subject == "model":
        known += _of_model(questions)
    elif subject == "agent":
        known += _of_agent(questions)
    items = [
        element("div", element("dt", name), element("dd", value, title=value))
        for name, value in known
        if value
    ]
    whose = {"user": "this user", "model": "this model", "agent": "this agent"}
    words = f"All figures of {whose.get(subject or '', 'it')}"
    everything = element("a", words, href=questions.query.link("overview"))
    return [element("dl", *items), element("p", everything, class_name="facts-more")]


def _part_of_the_whole(questions: Questions) -> str:
    part, whole = questions.summary.totals.cost_usd, questions.whole.totals.cost_usd
    return f"{share(part / whole)} of {money(whole)}" if whole else UNKNOWN


def _of_user(questions: Questions) -> list[Fact]:
    user, rows = questions.user, questions.users.rows
    known = (
        [("Last active", ago((questions.now - rows["last_active"].iloc[0]).total_seconds()))]
        if len(rows)
        else []
    )
    if user is None:
        return known
    return [
        ("E-mail", plain_text(user.email)),
        ("Role", name_label(user.role)),
        *(_of_balance(user.balance) if user.balance else ()),
        *known,
    ]


def _of_balance(balance: Balance) -> list[Fact]:
    """Tell what is left, what is reserved for calls under way, what is owed, and how it is filled up."""
    left, owed = max(balance.left_usd, 0), max(-balance.left_usd, 0) + balance.debt_usd
    words = [f"{money(left)} left"]
    if balance.reserved_usd > 0:
        part = "of it " if balance.reserved_usd <= left else ""
        words.append(f"{money(balance.reserved_usd)} {part}reserved")
    if owed > 0:
        words.append(f"{money(owed)} owed")
    known = [("Balance", ", ".join(words))]
    if refill := balance.refill:
        one = refill.unit.removesuffix("s")
        every = one if refill.every == 1 else counted(refill.every, one)
        known.append(("Refill", f"{money(refill.amount_usd)} when used up, at most every {every}"))
    return known


def _of_model(questions: Questions) -> list[Fact]:
    models, parts = questions.models.rows, questions.cost_breakdown.rows
    if models.empty or parts.empty:
        return []
    model, part = models.iloc[0], parts.iloc[0]
    shown, every = rates_in_words(part["rates"])
    return [
        ("Provider", name_label(model["provider"])),
        ("Users", integer(model["users"])),
        ("Per million prompt tokens", rate(part["prompt_rate"])),
        ("Per million completion tokens", rate(part["completion_rate"])),
        ("Rates charged", every or shown),
        ("Read from a cache", f"{tokens(model['cache_read_tokens'])} tokens"),
    ]


def _of_agent(questions: Questions) -> list[Fact]:
    agent, rows = questions.agent, questions.agents.rows
    known = (
        []
        if agent is None
        else [("Model today", name_label(agent.model)), ("Provider", name_label(agent.provider))]
    )
    if rows.empty:
        return known
    row = rows.iloc[0]
    return [
        *known,
        ("Users", integer(row["users"])),
        ("How it is known", certainty_in_words(row["attribution"])),
    ]


def _over_time(questions: Questions) -> tuple[object, ...]:
    timeline = questions.timeline
    points = timeline.points
    revision, coarse = questions.query.revision, questions.query.coarse
    cost = figures.bars_over_time(
        timeline,
        [figures.series_of(timeline, "cost_usd", "Cost", money)],
        prefix="$",
        least=figures.LEAST_COST_AXIS_USD,
        revision=revision,
        coarse=coarse,
    )
    token_bars = figures.bars_over_time(
        timeline,
        [
            figures.series_of(timeline, "prompt_tokens", "Prompt", tokens, figures.BLUE),
            figures.series_of(timeline, "completion_tokens", "Completion", tokens, figures.ORANGE),
        ],
        totals=[tokens(int(total)) for total in points["total_tokens"]],
        revision=revision,
        coarse=coarse,
    )
    empty = [] if points["calls"].sum() else blocks.nothing_in(questions, "No usage")
    names = _buckets(questions, timeline)
    return (
        cost,
        captions.peak_and_average(timeline, "cost_usd", money),
        token_bars,
        captions.peak_and_average(timeline, "total_tokens", lambda value: tokens(int(value))),
        empty,
        _number_rows(names, points, (("cost_usd", money), ("calls", integer))),
        empty,
        _number_rows(
            names,
            points,
            (("prompt_tokens", integer), ("completion_tokens", integer), ("total_tokens", integer)),
        ),
    )


def _buckets(questions: Questions, timeline: Timeline | Rates) -> list[Markup]:
    return blocks.bucket_links(questions.query, questions.query.subject or "overview", timeline)


def _number_rows(
    names: list[Markup], points: Any, columns: tuple[tuple[str, Callable[[Any], str]], ...]
) -> list[Markup]:
    cells = [[as_text(value) for value in points[column]] for column, as_text in columns]
    return blocks.number_rows(list(zip(names, *cells, strict=True)))


def _rates(questions: Questions) -> tuple[object, ...]:
    if questions.query.subject != "model":
        return True, figures.blank_figure(), "", [], []
    points = questions.rates.points
    known = [
        value
        for column in ("prompt_rate", "completion_rate")
        for value in points[column]
        if value is not None
    ]
    figure = rate_lines(questions.rates, revision=questions.query.revision, coarse=questions.query.coarse)
    empty = [] if known else blocks.nothing_in(questions, "No usage")
    rows = _number_rows(
        _buckets(questions, questions.rates), points, (("prompt_rate", rate), ("completion_rate", rate))
    )
    caption = "What was recorded, divided by the tokens: caches and changed prices move it." if known else ""
    return False, figure, caption, empty, rows


def _list(subject: Subject, questions: Questions) -> tuple[object, ...]:
    if questions.query.subject == subject:
        return True, [], []
    things = LIST_VIEWS[subject]
    entry = ENTRIES[subject]
    found = questions.dearest(subject, LIST_LENGTH)
    rows = ranked(questions, found, f"No {things}", entry)
    more: list[Markup] = []
    if found.total > LIST_LENGTH:
        more = [element("a", f"All {found.total:,} {things}", href=questions.query.link(things))]
    return False, rows, more


def crumbs(questions: Questions) -> list[Markup]:
    """The way back from the page of one to the list of all."""
    kind = questions.query.kind
    if kind is None:
        return []
    back = element("a", LISTS[kind], href=questions.query.link(LIST_VIEWS[kind], **{kind: None}))
    if questions.query.subject is None:
        return [back]
    return [
        back,
        element(
            "span",
            " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ",
            class_name="crumb-mark",
            hidden_from_readers="true",
        ),
        element("span", filter_words.value_in_words(kind, questions), class_name="crumb-here"),
    ]


CARDS_PANEL = Panel(
    "detail-cards",
    tuple(output for name, *_ in CARDS for output in cards.card_outputs(name)),
    ("detail-facts", "detail-cost-mark"),
    _cards,
)
TIME_PANEL = Panel(
    "detail-over-time",
    (*blocks.chart_outputs("detail-cost-time"), *blocks.chart_outputs("detail-tokens-time")),
    (
        "detail-cost-time-empty",
        "detail-cost-time-numbers",
        "detail-tokens-time-empty",
        "detail-tokens-time-numbers",
    ),
    _over_time,
)
RATES_PANEL = Panel(
    "detail-rates",
    (Output("detail-rates-frame", "hidden"), *blocks.chart_outputs("detail-rates")),
    ("detail-rates-empty", "detail-rates-numbers"),
    _rates,
)


def _list_panel(subject: Subject) -> Panel:
    things = LIST_VIEWS[subject]
    return Panel(
        f"detail-{things}",
        (Output(f"detail-{things}-frame", "hidden"),),
        (f"detail-{things}", f"detail-{things}-all"),
        lambda questions: _list(subject, questions),
    )


def _timeline_csv(questions: Questions) -> Sheet:
    return timeline_sheet(questions.counted_timeline)


def _rates_csv(questions: Questions) -> Sheet:
    points = questions.rates.points
    values = [list(points[name]) for name in ("prompt_rate", "completion_rate")]
    return parts_sheet(questions.rates, list(zip((PROMPT_RATE, COMPLETION_RATE), values, strict=True)))


LIST_PANELS = {subject: _list_panel(subject) for subject in LISTS}
VIEW = View(
    name="detail",
    layout=layout,
    panels=(CARDS_PANEL, TIME_PANEL, RATES_PANEL, *LIST_PANELS.values()),
    charts={
        "detail-cost-time": _timeline_csv,
        "detail-tokens-time": _timeline_csv,
        "detail-rates": _rates_csv,
    },
    in_menu=False,
    about_one=True,
)
