"""Answers built by hand, and a repository that gives nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from librechat_analytics.dashboard.data import Questions
from librechat_analytics.dashboard.query import PageQuery
from librechat_analytics.usage.answers import (
    Agent,
    AgentRanking,
    Balance,
    Caching,
    Concentration,
    ConversationCosts,
    Freshness,
    Part,
    Quality,
    Ranking,
    Rates,
    Rhythm,
    Split,
    Summary,
    Timeline,
    Totals,
    User,
)
from librechat_analytics.usage.periods import buckets, parse_period
from librechat_analytics.usage.quality import QualityReport

if TYPE_CHECKING:
    from librechat_analytics.usage.periods import BucketUnit, Period

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
CERTAIN_QUALITY = Quality(0.0, 0.0, 0.0, 0.0, 0, 0, {}, 0)
NOTHING = Totals(0.0, 0, 0, 0, 0, 0, 0, 0)

USER = {
    "id": "65f0c2000000000000000001",
    "name": "Ada Byron",
    "email": "ada@example.org",
    "deleted": False,
    "cost_usd": 12.5,
    "prompt_tokens": 1_500_000,
    "completion_tokens": 250_000,
    "total_tokens": 1_750_000,
    "calls": 1200,
    "conversations": 40,
    "share": 0.5,
    "last_active": NOW - timedelta(hours=3),
}
MODEL = {
    "model": "claude-sonnet-4-6",
    "provider": "anthropic",
    "cost_usd": 12.5,
    "prompt_tokens": 1_500_000,
    "completion_tokens": 250_000,
    "total_tokens": 1_750_000,
    "cache_read_tokens": 300_000,
    "cache_write_tokens": 20_000,
    "calls": 1200,
    "users": 12,
    "conversations": 40,
    "share": 0.5,
}
BREAKDOWN = {
    "model": "claude-sonnet-4-6",
    "prompt_cost_usd": 8.0,
    "completion_cost_usd": 4.5,
    "cost_usd": 12.5,
    "prompt_tokens": 1_500_000,
    "completion_tokens": 250_000,
    "cache_read_tokens": 300_000,
    "cache_write_tokens": 20_000,
    "prompt_rate": 5.33,
    "completion_rate": 18.0,
    "rates": [3.0, 15.0],
}
USER_MODEL = {
    "user": USER["id"],
    "name": USER["name"],
    "email": USER["email"],
    "deleted": False,
    "model": "claude-sonnet-4-6",
    "cost_usd": 12.5,
    "prompt_tokens": 1_500_000,
    "completion_tokens": 250_000,
    "total_tokens": 1_750_000,
    "calls": 1200,
}
AGENT = {
    "id": "agent_abcdefgh",
    "name": "Contract Reviewer",
    "model": "claude-sonnet-4-6",
    "provider": "anthropic",
    "deleted": False,
    "cost_usd": 5.0,
    "prompt_tokens": 500_000,
    "completion_tokens": 50_000,
    "total_tokens": 550_000,
    "calls": 300,
    "users": 7,
    "conversations": 9,
    "share": 0.2,
    "models": [{"model": "claude-sonnet-4-6", "cost_usd": 5.0}],
    "attribution": {"exact": 1.0},
}


def period(name: str = "7d", start: str | None = None, end: str | None = None) -> Period:
    return parse_period(name, start, end, BERLIN, now=NOW, first_usage=NOW - timedelta(days=400))


def query(name: str = "7d", **changes: Any) -> PageQuery:
    asked: dict[str, Any] = {"sort": "", "search": "", "show_all": False, "coarse": False, "notices": ()}
    return PageQuery(period=period(name), **(asked | changes))


def rows(columns: dict[str, Any], *changes: dict[str, Any]) -> pd.DataFrame:
    """One row for each set of changes; none gives a table without rows."""
    return of_objects([columns | change for change in changes], " ".join(columns))


def timeline(unit: BucketUnit = "day", name: str = "7d", *, cost_usd: float = 2.0) -> Timeline:
    steps = buckets(period(name), unit, now=NOW)
    points = [
        {
            "start": step.start,
            "end": step.end,
            "partial": step.partial,
            "cost_usd": cost_usd * (index + 1),
            "prompt_tokens": 900 * (index + 1),
            "completion_tokens": 100 * (index + 1),
            "total_tokens": 1000 * (index + 1),
            "calls": 3 if cost_usd else 0,
            "active_users": 2,
            "conversations": 3,
        }
        for index, step in enumerate(steps)
    ]
    return Timeline(unit, pd.DataFrame(points))


def rates() -> Rates:
    points = timeline().points
    rated = points[["start", "end", "partial"]].assign(
        prompt_rate=[None, *[2.5] * (len(points) - 1)], completion_rate=10.0
    )
    return Rates("day", rated.astype({"prompt_rate": "object"}).where(rated.notna(), None))


def of_objects(entries: list[dict[str, Any]], columns: str) -> pd.DataFrame:
    """A table like the repository's own, in which None stays None."""
    return pd.DataFrame(
        {name: pd.Series([entry[name] for entry in entries], dtype="object") for name in columns.split()}
    )


def split(*parts: str | None, unit: BucketUnit = "day") -> Split:
    """The first part makes $1 in the first bucket, the second $2 in the second, and so on."""
    entries = [
        {
            "part": part,
            "bucket": place,
            "cost_usd": place + 1.0,
            "tokens": 10 * (place + 1),
            "calls": place + 1,
        }
        for place, part in enumerate(parts)
    ]
    starts = tuple(step.start for step in buckets(period(), unit, now=NOW))
    return Split(unit, starts, of_objects(entries, "part bucket cost_usd tokens calls"))


def rhythm(**hours: float) -> Rhythm:
    """A week of nothing but the hours given, such as ``tue_14=2.5``."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    cells = [(weekday, hour) for weekday in range(7) for hour in range(24)]
    costs = [hours.get(f"{days[weekday]}_{hour}", 0.0) for weekday, hour in cells]
    return Rhythm(
        pd.DataFrame(
            {
                "weekday": [weekday for weekday, _ in cells],
                "hour": [hour for _, hour in cells],
                "cost_usd": costs,
                "tokens": [round(1000 * cost) for cost in costs],
                "calls": [round(cost) for cost in costs],
            }
        )
    )


def conversation_costs(*steps: tuple[float | None, int]) -> ConversationCosts:
    """Conversations below each upper edge, each costing a dollar."""
    entries = [
        {"upper_usd": upper, "conversations": count, "cost_usd": float(count)} for upper, count in steps
    ]
    table = of_objects(entries, "upper_usd conversations cost_usd")
    return ConversationCosts(table, sum(count for _, count in steps), 0.04, 0.21, 1.71)


def caching(*buckets_of_tokens: tuple[int, int, int, float], unknown_rates: int = 0) -> Caching:
    """Prompt tokens, those read from a cache, those written to one, and dollars saved, day by day."""
    steps = buckets(period(), "day", now=NOW)
    entries = [
        {
            "start": step.start,
            "end": step.end,
            "prompt_tokens": prompts,
            "cache_read_tokens": read,
            "cache_write_tokens": written,
            "hit_rate": read / prompts if prompts else None,
            "saved_usd": saved,
            "unknown_rates": unknown_rates,
        }
        for step, (prompts, read, written, saved) in zip(steps, buckets_of_tokens, strict=False)
    ]
    return Caching("day", of_objects(entries, " ".join(entries[0])))


class ReadyRepository:
    """Gives the answers that it was made with; an answer that is an exception is raised."""

    def __init__(self, **answers: Any) -> None:
        self._answers: dict[str, Any] = {
            "first_usage": NOW - timedelta(days=400),
            "freshness": Freshness(NOW - timedelta(seconds=12), "ok", NOW, None),
            "summary": Summary(Totals(12.5, 1_500_000, 250_000, 0, 0, 1200, 1, 40), NOTHING, CERTAIN_QUALITY),
            "users": Ranking(rows(USER, {}), 1),
            "models": Ranking(rows(MODEL, {}), 1),
            "cost_breakdown": Ranking(rows(BREAKDOWN, {}), 1),
            "agents": AgentRanking(
                rows(AGENT, {}),
                1,
                Part(7.0, 900_000, 190_000, 880, 9, 30, 0.56),
                Part(0.5, 100_000, 10_000, 20, 2, 1, 0.04),
            ),
            "timeline": timeline(),
            "split": split(),
            "rhythm": rhythm(tue_14=2.5, sat_9=0.5),
            "conversation_costs": conversation_costs((0.02, 3), (0.1, 5), (2.0, 1)),
            "concentration": Concentration((0.6, 0.8, 0.9, 1.0)),
            "caching": caching((1000, 400, 100, 2.0), (0, 0, 0, 0.0), (1000, 0, 0, -0.5)),
            "report": QualityReport((), (), 0.0),
            "price_check": None,
            "rates": rates(),
            "user": User(
                USER["id"],
                "Ada Byron",
                "ada@example.org",
                "ADMIN",
                deleted=False,
                balance=Balance(3.5, 0, 0, None),
            ),
            "agent": Agent(AGENT["id"], "Contract Reviewer", "claude-sonnet-4-6", "anthropic", deleted=False),
            "filter_values": {"role": [("ADMIN", "ADMIN")], "provider": [("anthropic", "anthropic")]},
        } | answers

    def _answer(self, name: str) -> Any:
        answer = self._answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def now(self) -> datetime:
        return NOW

    def first_usage(self, *_: object) -> Any:
        return self._answer("first_usage")

    def freshness(self) -> Any:
        return self._answer("freshness")

    def summary(self, *_: object) -> Any:
        return self._answer("summary")

    def top_users(self, *_: object) -> Any:
        return self._answer("users")

    def top_models(self, *_: object) -> Any:
        return self._answer("models")

    def cost_breakdown(self, *_: object) -> Any:
        return self._answer("cost_breakdown")

    def top_agents(self, *_: object) -> Any:
        return self._answer("agents")

    def dearest(self, _: object, dimension: str, length: int, *__: object) -> Ranking:
        ranking = self._answer(f"{dimension}s")
        return Ranking(ranking.rows.head(length), ranking.total)

    def usage_over_time(self, *_: object) -> Any:
        return self._answer("timeline")

    spent_over_time = usage_over_time

    def spent_before_over_time(self, period: Period, *_: object) -> Any:
        return self._answer("timeline") if period.previous else None

    def split_over_time(self, *_: object) -> Any:
        return self._answer("split")

    def trends(self, _: object, __: object, ___: object, parts: tuple[str | None, ...], *____: object) -> Any:
        return {part: [0.0, 2.0, 1.0] for part in parts}

    def rhythm(self, *_: object) -> Any:
        return self._answer("rhythm")

    def conversation_costs(self, *_: object) -> Any:
        return self._answer("conversation_costs")

    def concentration(self, *_: object) -> Any:
        return self._answer("concentration")

    def caching(self, *_: object) -> Any:
        return self._answer("caching")

    def user_models(self, *_: object) -> Any:
        return rows(USER_MODEL, {})

    def quality(self, *_: object) -> Any:
        return self._answer("report")

    def price_check(self, *_: object) -> Any:
        return self._answer("price_check")

    def rates_over_time(self, *_: object) -> Any:
        return self._answer("rates")

    def user(self, *_: object) -> Any:
        return self._answer("user")

    def agent(self, *_: object) -> Any:
        return self._answer("agent")

    def filter_values(self, *_: object) -> Any:
        return self._answer("filter_values")


def questions(asked: PageQuery | None = None, **answers: Any) -> Questions:
    return Questions(ReadyRepository(**answers), asked or query(), now=NOW)  # type: ignore[arg-type]


def texts(markup: Any) -> str:
    """All text in some markup, as a reader meets it."""
    if isinstance(markup, str):
        return markup
    parts = markup[2:] if markup and isinstance(markup[0], str) and len(markup) > 1 else markup
    return " ".join(filter(None, (texts(part) for part in parts)))


def component_texts(component: Any) -> str:
    """All text in some Dash components."""
    if component is None:
        return ""
    if isinstance(component, str | int | float):
        return str(component)
    if isinstance(component, list | tuple):
        return "".join(component_texts(part) for part in component)
    return component_texts(getattr(component, "children", None))
