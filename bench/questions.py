"""Measures each question of the repository on stores of one, ten and fifty million rows.

    .venv/bin/python -m bench.questions [--rows 10000000] [--folder FOLDER] [--periods 30d 12m all]

The yardstick is the plainest scan: count the period's rows and add up their cost. Five questions are also
compared with the simplest SQL that a person would write for them on the bare columns of the table of rows,
without names, filters and findings. One process measures everything in turn. CPU time depends on the machine;
ratios hardly do.

The store is made once and kept in the folder. To measure two versions of the program on the same rows, give
each a copy, because a newer version may migrate the store. Remove the folder to make the store again.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bench.long_store import UNTIL, long_store
from bench.measuring import Line, Section, in_words, measure, ratio, short, table
from librechat_analytics.finops.anomalies import anomalies, days_of, kinds_judged
from librechat_analytics.finops.budgets import budget_history, budget_states
from librechat_analytics.finops.definitions import AlertRules, Amount, Budget, Definitions, Receiver
from librechat_analytics.finops.evaluation import Evaluation
from librechat_analytics.finops.kept_answers import EvaluatedRepository, KeptAnswers
from librechat_analytics.finops.period_forecast import forecast
from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule
from librechat_analytics.usage.daily_costs import Days
from librechat_analytics.usage.daily_parts import Inside
from librechat_analytics.usage.filters import EVERYTHING, Filters
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import default_bucket, parse_period
from librechat_analytics.usage.prices import read_price_list
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.usage.rows import E6_PER_USD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from librechat_analytics.finops.definitions import Each
    from librechat_analytics.store.interface import Reader
    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.periods import Period, TimeRange
    from librechat_analytics.usage.questions import Repository

    Actions = dict[str, Callable[[], object]]

ROOT = Path(__file__).resolve().parent.parent
PRICES = ROOT / "prices" / "2026-11.csv"
FOLDER = ROOT / ".cache" / "bench"
ZONE = ZoneInfo("Europe/Berlin")
LIMIT = 10
BUDGET = "Budget"
RULES = CostCenterRules(
    listed=(
        Rule("domain", "research.example", (("Research", 100),)),
        Rule("domain", "plant.example", (("Production", 60), ("Research", 40))),
    )
)
"""Whole rows of some users, and rows of others that are split: these are read one by one."""

PERIODS = {"30d": "30 days", "12m": "12 months", "all": "All time"}

PLAINEST = "count and add up the cost"
PLAINEST_SQL = "SELECT count(*), sum(cost_e6) FROM usage WHERE created_at >= $start AND created_at < $end"
SUMS = """
    sum(credits_e6) AS cost, sum(tokens) FILTER (usage_type = 'prompt') AS prompt_tokens,
    sum(tokens) FILTER (usage_type = 'completion') AS completion_tokens,
    count(*) FILTER (usage_type = 'prompt') AS calls
"""
ROWS = "FROM transactions WHERE created_at >= $start AND created_at < $end AND usage_type <> 'other'"
BY_HAND = {
    "summary": f"""
        SELECT
            {SUMS}, sum(cache_read_tokens), sum(cache_write_tokens),
            count(DISTINCT user_key), count(DISTINCT conversation_key)
        {ROWS}
    """,
    "top users": f"""
        SELECT user_key, {SUMS}, count(DISTINCT conversation_key) {ROWS}
        GROUP BY user_key ORDER BY cost DESC LIMIT {LIMIT}
    """,
    "top models": f"""
        SELECT
            model_key, {SUMS}, sum(cache_read_tokens), sum(cache_write_tokens),
            count(DISTINCT user_key), count(DISTINCT conversation_key)
        {ROWS}
        GROUP BY model_key ORDER BY cost DESC LIMIT {LIMIT}
    """,
    "top agents": f"""
        SELECT agent_key, {SUMS}, count(DISTINCT user_key), count(DISTINCT conversation_key) {ROWS}
        GROUP BY agent_key ORDER BY cost DESC LIMIT {LIMIT}
    """,
    "usage over time": f"""
        SELECT
            date_trunc($unit, created_at) AS bucket, {SUMS},
            count(DISTINCT user_key), count(DISTINCT conversation_key)
        {ROWS} GROUP BY bucket ORDER BY bucket
    """,
}


def questions(repository: Repository, period: Period) -> Actions:
    """Return the questions about a period."""
    unit = default_bucket(period.range)
    days = days_of(period, UNTIL)
    parts = tuple(row.model for row in repository.top_models(period, Listing(LIMIT)).rows)
    asked: Actions = {
        "summary": lambda: repository.summary(period),
        "top users": lambda: repository.top_users(period, Listing(LIMIT)),
        "top models": lambda: repository.top_models(period, Listing(LIMIT)),
        "top agents": lambda: repository.top_agents(period, Listing(LIMIT)),
        "short list of users": lambda: repository.top(period, "user", LIMIT),
        "short list of models": lambda: repository.top(period, "model", LIMIT),
        "short list of agents": lambda: repository.top(period, "agent", LIMIT),
        "cost breakdown": lambda: repository.cost_breakdown(period, Listing(LIMIT)),
        "breakdown by group": lambda: repository.breakdown(period, "group", Listing(LIMIT)),
        "breakdown by provider": lambda: repository.breakdown(period, "provider", Listing(LIMIT)),
        "cost centres": lambda: repository.cost_centers(period, Listing(LIMIT)),
        "top users of a cost centre": lambda: repository.top_users(
            period, Listing(LIMIT), Filters(cost_center=("Research",))
        ),
        "what changed by model": lambda: repository.what_changed(period, "model", LIMIT),
        "what changed by user": lambda: repository.what_changed(period, "user", LIMIT),
        "models without a price": lambda: repository.unpriced_models(period.range),
        "usual costs": lambda: repository.usual_costs(period, unit),
        "anomalies": lambda: anomalies(repository, days, EVERYTHING, kinds_judged(None)),
        "parts of an anomaly": lambda: repository.daily_costs_inside((Inside("total", None, days),)),
        "user models": lambda: repository.user_models(period),
        "usage over time": lambda: repository.usage_over_time(period, unit),
        "spent over time": lambda: repository.spent_over_time(period, unit),
        "split by user": lambda: repository.split_over_time(period, unit, "user"),
        "split by model": lambda: repository.split_over_time(period, unit, "model"),
        "split by agent": lambda: repository.split_over_time(period, unit, "agent"),
        "trends of models": lambda: repository.trends(period, unit, "model", parts),
        "rates over time": lambda: repository.rates_over_time(period, unit),
        "caching": lambda: repository.caching(period, unit),
        "hours of the week": lambda: repository.hours_of_week(period),
        "conversation costs": lambda: repository.conversation_costs(period),
        "concentration": lambda: repository.concentration(period),
        "quality": lambda: repository.quality(period),
        "price check": lambda: repository.price_check(period),
    }
    if period.previous is not None:
        asked["spent before"] = lambda: repository.spent_before_over_time(period, unit)
    return asked


def questions_without_period(repository: Repository, period: Period) -> Actions:
    """Return the other questions; the period is only used to find a user and an agent."""
    user = next(row.id for row in repository.top(period, "user", LIMIT).rows if row.id)
    agent = next(row.id for row in repository.top(period, "agent", LIMIT).rows if row.id)
    month = parse_period("this-month", None, None, ZONE, now=UNTIL, first_usage=None)
    year = Days(ZONE, UNTIL.date() - timedelta(days=365), UNTIL.date())
    return {
        "freshness": repository.freshness,
        "first usage": repository.first_usage,
        "one user": lambda: repository.user(user),
        "one agent": lambda: repository.agent(agent),
        "filter values": repository.filter_values,
        "forecast of the month": lambda: forecast(repository, month, EVERYTHING),
        "daily costs of all users in a year": lambda: repository.daily_costs(year, "user"),
        "budget of all usage": lambda: budget_states(repository, budget_for(None)),
        "budgets for each user": lambda: budget_states(repository, budget_for("user")),
        "history of a budget": lambda: budget_history(repository, budget_for(None), BUDGET),
        "unmatched filters": lambda: repository.unmatched(Filters(model=("gpt",))),
        "find": lambda: repository.find("an", LIMIT),
        "counters": repository.counters,
    }


def budget_for(each: Each | None) -> Definitions:
    """Return definitions with one monthly budget, or one for each user and so on."""
    amounts = (Amount(date(2024, 1, 1), 50 * E6_PER_USD),)
    one = Budget(BUDGET, EVERYTHING, "month", amounts, each=each, thresholds=(50, 80, 100))
    return Definitions("", ZONE, budgets=(one,))


def evaluation_of(store: Store) -> Evaluation:
    """Return the evaluation of alerts for a monthly budget, one for each user, and everything else."""
    amounts = (Amount(date(2020, 1, 1), 20 * 10**12),)
    definitions = Definitions(
        "bench",
        ZONE,
        budgets=(
            Budget("All", EVERYTHING, "month", amounts, thresholds=(50, 100), forecast=(100,), to=("ops",)),
            Budget("Each", EVERYTHING, "month", amounts, each="user", thresholds=(50, 100), to=("ops",)),
        ),
        receivers=(Receiver("ops", "json", "http://127.0.0.1/"),),
        alerts=AlertRules(("ops",), ("ops",), ("ops",), ("ops",)),
    )
    kept = KeptAnswers()
    return Evaluation(
        store,
        StoredOutbox(store),
        lambda: definitions,
        lambda now: EvaluatedRepository(kept, store, source=lambda: SourceReport("offline"), fixed_now=now),
        clock=lambda: UNTIL,
    )


def repository_of(store: Reader) -> StoreRepository:
    """Return the program's repository, with the end of the store's rows as the present."""
    return StoreRepository(
        store,
        source=lambda: SourceReport("offline"),
        prices=read_price_list(PRICES),
        fixed_now=UNTIL,
        rules=lambda: RULES,
    )


def period_named(repository: StoreRepository, name: str) -> Period:
    return parse_period(name, None, None, ZONE, now=UNTIL, first_usage=repository.first_usage())


def run_sql(store: Store, sql: str, ranges: Sequence[TimeRange]) -> list[list[tuple[Any, ...]]]:
    """Return what a statement answers for each range."""
    answers: list[list[tuple[Any, ...]]] = []
    for one in ranges:
        parameters: dict[str, object] = {
            "start": one.start.replace(tzinfo=None),
            "end": one.end.replace(tzinfo=None),
        }
        if "$unit" in sql:
            parameters["unit"] = default_bucket(one)
        with store.reading() as cursor:
            answers.append(cursor.execute(sql, parameters).fetchall())
    return answers


def measured_period(store: Store, name: str, rounds: int) -> Section:
    """Measure the questions about a period; with ``all``, those without a period too."""
    repository = repository_of(store)
    period = period_named(repository, name)
    (((rows, _),),) = run_sql(store, PLAINEST_SQL, [period.range])
    actions: Actions = {PLAINEST: partial(run_sql, store, PLAINEST_SQL, [period.range])}
    for title, ask in questions(repository, period).items():
        actions[title] = ask
        if sql := BY_HAND.get(title):
            # The summary is about the previous period too.
            both = [period.range, period.previous] if title == "summary" else [period.range]
            ranges = [one for one in both if one is not None]
            actions[f"{title}, by hand"] = partial(run_sql, store, sql, ranges)
    if name == "all":
        actions |= questions_without_period(repository, period)
        actions["evaluation of alerts"] = evaluation_of(store).run
    taken = measure(actions, rounds)
    return Section(
        f"{PERIODS[name]} of {in_words(store.count_transactions())} transactions, which are {rows:,} rows."
        f" Yardstick: {PLAINEST}",
        tuple(
            Line(
                title,
                one,
                ratio(one, taken[PLAINEST]),
                ratio(one, taken[f"{title}, by hand"]) if title in BY_HAND else None,
            )
            for title, one in taken.items()
        ),
    )


def measured_questions(
    folder: Path, *, rows: int, periods: Sequence[str] = tuple(PERIODS), rounds: int = 3
) -> list[Section]:
    """Measure all questions on the store of so many rows in a folder, and make it if it is not there."""
    with closing(long_store(folder / short(rows), rows=rows)) as store:
        return [measured_period(store, name, rounds) for name in periods]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000_000])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder that keeps the stores")
    parser.add_argument("--periods", nargs="+", choices=PERIODS, default=list(PERIODS))
    parser.add_argument("--rounds", type=int, default=3, help="how often each question is asked")
    chosen = parser.parse_args()
    for rows in chosen.rows:
        print(
            table(measured_questions(chosen.folder, rows=rows, periods=chosen.periods, rounds=chosen.rounds))
        )


if __name__ == "__main__":
    main()
