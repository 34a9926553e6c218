"""Answers built by hand, and a repository that gives nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from librechat_analytics.dashboard.data import PageData
from librechat_analytics.dashboard.query import PageQuery
from librechat_analytics.finops.forecast import Backtest
from librechat_analytics.finops.period_forecast import Forecast, PastPeriods
from librechat_analytics.usage.answers import (
    Agent,
    Balance,
    Concentration,
    ConversationBand,
    ConversationCosts,
    FilterValue,
    Freshness,
    Quality,
    Summary,
    Totals,
    User,
)
from librechat_analytics.usage.changes import Change, ChangeCauses, Changes, InSeveralGroups
from librechat_analytics.usage.cost_center_list import CostCenterRow, CostCenters, Unassigned
from librechat_analytics.usage.list_answers import (
    AgentRanking,
    AgentRow,
    Breakdown,
    BreakdownRow,
    InSeveral,
    ModelCost,
    ModelCostRow,
    ModelRow,
    Part,
    Ranking,
    TopRow,
    UserModelRow,
    UserRow,
)
from librechat_analytics.usage.periods import buckets, parse_period
from librechat_analytics.usage.quality import QualityReport
from librechat_analytics.usage.timeline_answers import (
    Caching,
    CachingPoint,
    HourRow,
    HoursOfWeek,
    Rates,
    RatesPoint,
    Split,
    SplitPart,
    SplitRow,
    Timeline,
    TimelinePoint,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from librechat_analytics.usage.listing import Listing
    from librechat_analytics.usage.periods import BucketUnit, Period

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
CERTAIN_QUALITY = Quality(0.0, 0.0, 0.0, 0.0, 0, 0, {}, 0)
NOTHING = Totals(0.0, 0, 0, 0, 0, 0, 0, 0)

USER = UserRow(
    id="65f0c2000000000000000001",
    name="Ada Byron",
    email="ada@example.org",
    deleted=False,
    groups=("Engineering", "Pilot users"),
    cost_usd=12.5,
    prompt_tokens=1_500_000,
    completion_tokens=250_000,
    total_tokens=1_750_000,
    calls=1200,
    conversations=40,
    share=0.5,
    last_active=NOW - timedelta(hours=3),
    last_ever=NOW - timedelta(hours=3),
    previous_cost_usd=10.0,
)
USER_ID = USER.id or ""
MODEL = ModelRow(
    model="claude-sonnet-4-6",
    provider="anthropic",
    cost_usd=12.5,
    prompt_tokens=1_500_000,
    completion_tokens=250_000,
    total_tokens=1_750_000,
    cache_read_tokens=300_000,
    cache_write_tokens=20_000,
    calls=1200,
    users=12,
    conversations=40,
    share=0.5,
    previous_cost_usd=10.0,
)
GROUP = BreakdownRow(
    key="64f0c0c0c0c0c0c0c0c0c0c0",
    label="Engineering",
    cost_usd=6.0,
    prompt_tokens=800_000,
    completion_tokens=100_000,
    total_tokens=900_000,
    calls=600,
    users=5,
    conversations=20,
    share=0.5,
    last_active=NOW - timedelta(hours=3),
    top_model="claude-sonnet-4-6",
    previous_cost_usd=4.0,
)
BREAKDOWN = ModelCostRow(
    model="claude-sonnet-4-6",
    prompt_cost_usd=8.0,
    completion_cost_usd=4.5,
    cost_usd=12.5,
    prompt_tokens=1_500_000,
    completion_tokens=250_000,
    cache_read_tokens=300_000,
    cache_write_tokens=20_000,
    prompt_rate=5.33,
    completion_rate=18.0,
    rates=(3.0, 15.0),
    prompt_rates=(3.0,),
    completion_rates=(15.0,),
    previous_cost_usd=10.0,
)
USER_MODEL = UserModelRow(
    user=USER.id,
    name=USER.name,
    email=USER.email,
    deleted=False,
    model="claude-sonnet-4-6",
    cost_usd=12.5,
    prompt_tokens=1_500_000,
    completion_tokens=250_000,
    total_tokens=1_750_000,
    calls=1200,
)
AGENT = AgentRow(
    id="agent_abcdefgh",
    name="Contract Reviewer",
    model="claude-sonnet-4-6",
    provider="anthropic",
    deleted=False,
    cost_usd=5.0,
    prompt_tokens=500_000,
    completion_tokens=50_000,
    total_tokens=550_000,
    calls=300,
    users=7,
    conversations=9,
    share=0.2,
    models=(ModelCost("claude-sonnet-4-6", 5.0),),
    attribution={"exact": 1.0},
    previous_cost_usd=0.0,
)


def period(name: str = "7d", start: str | None = None, end: str | None = None) -> Period:
    return parse_period(name, start, end, BERLIN, now=NOW, first_usage=NOW - timedelta(days=400))


def query(name: str = "7d", **changes: Any) -> PageQuery:
    defaults: dict[str, Any] = {"sort": "", "search": "", "show_all": False, "coarse": False, "replaced": ()}
    return PageQuery(period=period(name), **(defaults | changes))


def users_of(*rows: UserRow, total: int | None = None) -> Ranking[UserRow]:
    count = len(rows) if total is None else total
    return Ranking(rows, count, count, max((row.share for row in rows), default=0.0))


def many_users(count: int) -> Ranking[UserRow]:
    return users_of(*(replace(USER, id=str(number), name=f"User {number}") for number in range(count)))


def models_of(*rows: ModelRow) -> Ranking[ModelRow]:
    return Ranking(rows, len(rows), len(rows), 0.5)


def breakdown_of(*rows: ModelCostRow) -> Ranking[ModelCostRow]:
    return Ranking(rows, len(rows), len(rows), 0.5)


def top_row(row: UserRow | ModelRow | AgentRow) -> TopRow:
    """The row as a short list has it."""
    names = ("id", "name", "email", "model", "provider")
    labels = {name: getattr(row, name, None) for name in names}
    return TopRow(**labels, deleted=getattr(row, "deleted", False), cost_usd=row.cost_usd, share=row.share)


def timeline(unit: BucketUnit = "day", name: str = "7d", *, cost_usd: float = 2.0) -> Timeline:
    return Timeline(
        unit,
        tuple(
            TimelinePoint(
                start=bucket.start,
                end=bucket.end,
                partial=bucket.partial,
                cost_usd=cost_usd * number,
                prompt_tokens=900 * number,
                completion_tokens=100 * number,
                total_tokens=1000 * number,
                calls=3 if cost_usd else 0,
                active_users=2,
                conversations=3,
            )
            for number, bucket in enumerate(buckets(period(name), unit, now=NOW), 1)
        ),
    )


def rates() -> Rates:
    """Completions of one price, and prompts of another that were not used in the first bucket."""
    return Rates(
        "day",
        tuple(
            RatesPoint(point.start, point.end, point.partial, None if index == 0 else 2.5, 10.0)
            for index, point in enumerate(timeline().points)
        ),
    )


def split(
    *parts: str | None, unit: BucketUnit = "day", names: Mapping[str, str] = MappingProxyType({})
) -> Split:
    """The first part costs $1 in the first bucket, the second $2 in the second, and so on."""
    rows = (
        SplitRow(part, index, index + 1.0, 10 * (index + 1), index + 1) for index, part in enumerate(parts)
    )
    legend = (
        SplitPart(part, names.get(part), None, deleted=False, cost_usd=1.0)
        for part in parts
        if part is not None
    )
    starts = tuple(bucket.start for bucket in buckets(period(), unit, now=NOW))
    return Split(unit, starts, tuple(rows), tuple(legend))


def changed(subject: str | None, before: float | None, now: float | None, name: str | None = None) -> Change:
    """What changed of one model, all of it by quantity; None: no usage in that range."""
    difference = (now or 0.0) - (before or 0.0)
    return Change(
        subject,
        name,
        None,
        deleted=False,
        before_usd=before or 0.0,
        now_usd=now or 0.0,
        difference_usd=difference,
        price_usd=0.0,
        quantity_usd=difference,
        state="new" if before is None else "gone" if now is None else "both",
    )


def changes(*rows: Change, rest: float = 0.0, others: int = 0, in_several: int | None = None) -> Changes:
    """The differences of some parts and of the rest, all of them by the number of calls."""
    before, now = sum(row.before_usd for row in rows), sum(row.now_usd for row in rows) + rest
    return Changes(
        before,
        now,
        now - before,
        ChangeCauses(now - before, 0.0, 0.0, 0.0),
        rows,
        len(rows) + others,
        rest,
        None if in_several is None else InSeveralGroups(in_several, 1.0),
    )


def hours_of_week(**costs_usd: float) -> HoursOfWeek:
    """A week of nothing but the hours given, such as ``tue_14=2.5``."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    rows = []
    for weekday, day in enumerate(days):
        for hour in range(24):
            cost = costs_usd.get(f"{day}_{hour}", 0.0)
            rows.append(HourRow(weekday, hour, cost, round(1000 * cost), round(cost)))
    return HoursOfWeek(tuple(rows))


def conversation_costs(*bands: tuple[float | None, int]) -> ConversationCosts:
    """Conversations below each upper edge, each costing a dollar."""
    rows = tuple(ConversationBand(upper, count, float(count)) for upper, count in bands)
    return ConversationCosts(rows, sum(count for _, count in bands), 0.04, 0.21, 1.71)


def caching(*buckets_of_tokens: tuple[int, int, int, float], unknown_rates: int = 0) -> Caching:
    """Prompt tokens, those read from a cache, those written to one, and dollars saved, day by day."""
    days = buckets(period(), "day", now=NOW)
    points = (
        CachingPoint(
            start=day.start,
            end=day.end,
            prompt_tokens=prompts,
            cache_read_tokens=read,
            cache_write_tokens=written,
            hit_rate=read / prompts if prompts else None,
            saved_usd=saved,
            unknown_rates=unknown_rates,
        )
        for day, (prompts, read, written, saved) in zip(days, buckets_of_tokens, strict=False)
    )
    return Caching("day", tuple(points))


def part_of(ranking: Ranking[Any], listing: Listing) -> Ranking[Any]:
    """Give the rows that a listing asks for, with every row that has the search in its name."""
    found = [row for row in ranking.rows if listing.search in (getattr(row, "name", "") or "").casefold()]
    rows = tuple(found[listing.offset : listing.offset + listing.limit])
    total = ranking.total
    return Ranking(rows, total, len(found) if listing.search else total, ranking.highest_share)


SALES = CostCenterRow(
    name="Sales",
    parent="Business",
    cost_usd=7.5,
    prompt_tokens=900_000,
    completion_tokens=200_000,
    total_tokens=1_100_000,
    calls=700,
    users=5,
    conversations=20,
    share=0.6,
    assumed_cost_usd=0.0,
    previous_cost_usd=5.0,
)
UNASSIGNED_USAGE = Unassigned(
    cost_usd=5.0,
    prompt_tokens=600_000,
    completion_tokens=50_000,
    total_tokens=650_000,
    calls=500,
    users=3,
    conversations=20,
    share=0.4,
    assumed_cost_usd=0.0,
    previous_cost_usd=None,
    in_several=InSeveral(0, 0.0),
)


def forecast_of(
    expected_usd: float | None,
    low_usd: float | None,
    high_usd: float | None,
    *,
    days: int = 7,
    reason: str | None = None,
    past: PastPeriods | None = None,
) -> Forecast:
    """A forecast of this November, of which $467.42 are spent."""
    return Forecast(
        467.42,
        expected_usd,
        low_usd,
        high_usd,
        pace_usd=593.0,
        reason=reason,
        backtest=Backtest(359, 0.14, 0.82),
        past_periods=past or PastPeriods(11, 0.026, 10),
        days=days,
        end=datetime(2026, 11, 30, 23, 0, tzinfo=UTC),
    )


class ReadyRepository:
    """Gives the answers that it was made with; an answer that is an exception is raised."""

    def __init__(self, **answers: Any) -> None:
        self._answers: dict[str, Any] = {
            "first_usage": NOW - timedelta(days=400),
            "unmatched": (),
            "freshness": Freshness(NOW - timedelta(seconds=12), "ok", NOW, None),
            "summary": Summary(Totals(12.5, 1_500_000, 250_000, 0, 0, 1200, 1, 40), NOTHING, CERTAIN_QUALITY),
            "users": users_of(USER),
            "models": models_of(MODEL),
            "cost_breakdown": breakdown_of(BREAKDOWN),
            "agents": AgentRanking(
                (AGENT,),
                1,
                1,
                0.2,
                Part(7.0, 900_000, 190_000, 880, 9, 30, 0.56, 6.0),
                Part(0.5, 100_000, 10_000, 20, 2, 1, 0.04, None),
            ),
            "breakdown": Breakdown(
                (GROUP,), 1, 1, 0.5, Part(0.5, 100_000, 10_000, 20, 2, 1, 0.04, 0.0), InSeveral(0, 0.0)
            ),
            "cost_centers": CostCenters((SALES,), 1, 1, 0.6, UNASSIGNED_USAGE),
            "timeline": timeline(),
            "split": split(),
            "usual": (),
            "anomalies_since": (),
            "forecast": forecast_of(590.4, 571.5, 627.0),
            "changes": changes(changed("claude-sonnet-4-6", 8.0, 12.5), changed("gpt-5.2", 4.0, None)),
            "hours_of_week": hours_of_week(tue_14=2.5, sat_9=0.5),
            "conversation_costs": conversation_costs((0.02, 3), (0.1, 5), (2.0, 1)),
            "concentration": Concentration((0.6, 0.8, 0.9, 1.0)),
            "caching": caching((1000, 400, 100, 2.0), (0, 0, 0, 0.0), (1000, 0, 0, -0.5)),
            "report": QualityReport((), (), 0.0),
            "price_check": None,
            "rates": rates(),
            "user": User(
                USER_ID,
                "Ada Byron",
                "ada@example.org",
                "ADMIN",
                deleted=False,
                balance=Balance(3.5, 0, 0, None),
                last_active=NOW - timedelta(hours=3),
            ),
            "agent": Agent(AGENT.id, "Contract Reviewer", "claude-sonnet-4-6", "anthropic", deleted=False),
            "hits": (),
            "filter_values": {
                "role": (FilterValue("ADMIN", "ADMIN"),),
                "provider": (FilterValue("anthropic", "anthropic"),),
            },
        } | answers

    def _answer(self, name: str) -> Any:
        answer = self._answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, question: Callable[..., object], *_: object) -> Any:
        return self._answer(question.__name__)

    def now(self) -> datetime:
        return NOW

    def unmatched(self, *_: object) -> Any:
        return self._answer("unmatched")

    def first_usage(self, *_: object) -> Any:
        return self._answer("first_usage")

    def freshness(self) -> Any:
        return self._answer("freshness")

    def summary(self, *_: object) -> Any:
        return self._answer("summary")

    def top_users(self, _: object, listing: Listing, *__: object) -> Any:
        return part_of(self._answer("users"), listing)

    def top_models(self, _: object, listing: Listing, *__: object) -> Any:
        return part_of(self._answer("models"), listing)

    def cost_breakdown(self, *_: object) -> Any:
        return self._answer("cost_breakdown")

    def top_agents(self, *_: object) -> Any:
        return self._answer("agents")

    def breakdown(self, *_: object) -> Any:
        return self._answer("breakdown")

    def cost_centers(self, *_: object) -> Any:
        return self._answer("cost_centers")

    def top(self, _: object, dimension: str, limit: int, *__: object) -> Ranking[TopRow]:
        ranking = self._answer(f"{dimension}s")
        return Ranking(tuple(top_row(row) for row in ranking.rows[:limit]), ranking.total, ranking.total, 0.5)

    def usage_over_time(self, *_: object) -> Any:
        return self._answer("timeline")

    spent_over_time = usage_over_time

    def spent_before_over_time(self, period: Period, *_: object) -> Any:
        return self._answer("timeline") if period.previous else None

    def split_over_time(self, *_: object) -> Any:
        return self._answer("split")

    def usual_costs(self, *_: object) -> Any:
        return self._answer("usual") or (None,) * len(self._answer("timeline").points)

    def what_changed(self, *_: object) -> Any:
        return self._answer("changes")

    def trends(self, _: object, __: object, ___: object, parts: tuple[str | None, ...], *____: object) -> Any:
        return dict.fromkeys(parts, (0.0, 2.0, 1.0))

    def hours_of_week(self, *_: object) -> Any:
        return self._answer("hours_of_week")

    def conversation_costs(self, *_: object) -> Any:
        return self._answer("conversation_costs")

    def concentration(self, *_: object) -> Any:
        return self._answer("concentration")

    def caching(self, *_: object) -> Any:
        return self._answer("caching")

    def user_models(self, *_: object) -> Any:
        return (USER_MODEL,)

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

    def find(self, *_: object) -> Any:
        return self._answer("hits")

    def filter_values(self, *_: object) -> Any:
        return self._answer("filter_values")


def page_data(asked: PageQuery | None = None, **answers: Any) -> PageData:
    return PageData(ReadyRepository(**answers), asked or query(), now=NOW)  # type: ignore[arg-type]


def texts(markup: Any) -> str:
    """All text in some markup, as a reader sees it."""
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
