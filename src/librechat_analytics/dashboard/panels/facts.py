"""What is known of one user, model or agent besides its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.words.agent_words import certainty_in_words
from librechat_analytics.dashboard.words.rate_words import charged_rates
from librechat_analytics.formatting import (
    UNKNOWN,
    ago,
    counted,
    integer,
    money,
    name_label,
    plain_text,
    rate,
    share,
    tokens,
)

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.answers import Balance


class Fact(NamedTuple):
    """Something that is known, by its name; an empty value is not shown."""

    name: str
    value: str


def facts(data: PageData) -> list[Markup]:
    """List what is known of the page's subject, and link to all its figures."""
    subject = data.query.subject
    known = [Fact("Share of the cost", _part_of_the_whole(data))]
    if subject == "user":
        known += _of_user(data)
    elif subject == "model":
        known += _of_model(data)
    elif subject == "agent":
        known += _of_agent(data)
    items = [
        element("div", element("dt", fact.name), element("dd", fact.value, title=fact.value))
        for fact in known
        if fact.value
    ]
    words = f"Overview for {f'this {subject}' if subject else 'it'}"
    all_figures = element("a", words, href=data.query.link("overview"))
    return [element("dl", *items), element("p", all_figures, class_name="facts-more")]


def _part_of_the_whole(data: PageData) -> str:
    part, whole = data.summary.totals.cost_usd, data.whole.totals.cost_usd
    return f"{share(part / whole)} of {money(whole)}" if whole else UNKNOWN


def _of_user(data: PageData) -> list[Fact]:
    user, rows = data.user, data.users.rows
    active = user.last_active if user else next((row.last_ever for row in rows), None)
    last_active = [Fact("Last active", ago((data.now - active).total_seconds()))] if active else []
    if user is None:
        return last_active
    return [
        Fact("E-mail", plain_text(user.email)),
        Fact("Role", name_label(user.role)),
        Fact("Groups", ", ".join(map(name_label, user.groups))),
        *(_of_balance(user.balance) if user.balance else ()),
        *last_active,
    ]


def _of_balance(balance: Balance) -> list[Fact]:
    """Say what is left, what is reserved for running calls, what is owed, and how the balance is refilled."""
    left, owed = max(balance.left_usd, 0), max(-balance.left_usd, 0) + balance.debt_usd
    words = [f"{money(left)} left"]
    if balance.reserved_usd > 0:
        part = "of it " if balance.reserved_usd <= left else ""
        words.append(f"{money(balance.reserved_usd)} {part}reserved")
    if owed > 0:
        words.append(f"{money(owed)} owed")
    known = [Fact("Balance", ", ".join(words))]
    if refill := balance.refill:
        one = refill.unit.removesuffix("s")
        every = one if refill.every == 1 else counted(refill.every, one)
        known.append(Fact("Refill", f"{money(refill.amount_usd)} when used up, at most every {every}"))
    return known


def _of_model(data: PageData) -> list[Fact]:
    if not data.models.rows or not data.cost_breakdown.rows:
        return []
    model, costs = data.models.rows[0], data.cost_breakdown.rows[0]
    return [
        Fact("Provider", name_label(model.provider)),
        Fact("Users", integer(model.users)),
        Fact("Per million prompt tokens", rate(costs.prompt_rate)),
        Fact("Per million completion tokens", rate(costs.completion_rate)),
        Fact("Rates charged, prompts", charged_rates(costs.prompt_rates)),
        Fact("Rates charged, completions", charged_rates(costs.completion_rates)),
        Fact("Read from a cache", f"{tokens(model.cache_read_tokens)} tokens"),
    ]


def _of_agent(data: PageData) -> list[Fact]:
    agent, rows = data.agent, data.agents.rows
    known = []
    if agent is not None:
        known = [
            Fact("Model today", name_label(agent.model)),
            Fact("Provider", name_label(agent.provider)),
        ]
    for row in rows[:1]:
        known += [
            Fact("Users", integer(row.users)),
            Fact("How sure we are", certainty_in_words(row.attribution)),
        ]
    return known
