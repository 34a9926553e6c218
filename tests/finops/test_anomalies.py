"""Anomalies of a small ledger: who caused them, and what readers of a part may see."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.finops.anomalies import anomalies, days_of, kinds_judged, runaways
from librechat_analytics.finops.definitions import Definitions
from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import NO_RULES, CostCenterRules, Rule
from librechat_analytics.usage.daily_costs import Days
from librechat_analytics.usage.filters import EVERYTHING, Filters, Scope
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.repository import StoreRepository
from tests.support.documents import ANA, BOB, object_id, usage, write_dump
from tests.support.engines import reading
from tests.support.imports import fill_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from librechat_analytics.finops.anomalies import Anomaly

pytestmark = pytest.mark.usefixtures("engine")

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOON.date()
PEAK = date(2026, 11, 10)
SMALL = date(2026, 10, 1)
FIRST = date(2026, 7, 1)
CARL = object_id(NOON, 4)
GPT, CLAUDE = "gpt-5.4", "claude-sonnet-4-6"
DAYS = Days(BERLIN, date(2026, 9, 1), TODAY)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Ana and Bob spend the same every day, but Bob spends $40 on 10 November, and today.

    On that day Ana spends $0.50 more than usual, and $0.25 have no user. Carl spends $0.90 on 1 October.
    """
    spent: list[tuple[date, Any, str, float]] = []
    for number in range((TODAY - FIRST).days + 1):
        day = FIRST + timedelta(number)
        spent += [(day, ANA, CLAUDE, 2.0), (day, BOB, CLAUDE, 0.5), (day, BOB, GPT, 1.0)]
    spent += [(PEAK, BOB, GPT, 40.0), (PEAK, ANA, CLAUDE, 0.5), (PEAK, None, CLAUDE, 0.25)]
    spent += [(TODAY, BOB, GPT, 40.0), (SMALL, CARL, CLAUDE, 0.9)]
    folder = tmp_path_factory.mktemp("anomalies")
    write_dump(
        folder / "dump",
        users=[
            {"_id": user, "name": name, "email": f"{name.lower()}@{domain}"}
            for user, name, domain in ((ANA, "Ana", "a.example"), (BOB, "Bob", "b.example"))
        ],
        transactions=[
            usage(
                datetime(day.year, day.month, day.day, 10, tzinfo=UTC),
                number,
                user=user,
                model=model,
                rawAmount=round(-1_000_000 * cost),
                tokenValue=round(-1_000_000 * cost),
                rate=1,
            )
            for number, (day, user, model, cost) in enumerate(spent)
        ],
    )
    fill_store(folder, now=NOON)
    with closing(Store(folder / "data")) as store, reading(store) as reader:
        yield reader


@pytest.fixture
def repository(store: Store) -> StoreRepository:
    """The questions about it, without cost centres."""
    return asking(store, NO_RULES)


def asking(store: Store, rules: CostCenterRules) -> StoreRepository:
    return StoreRepository(
        store, source=lambda: SourceReport("offline"), clock=lambda: NOON, rules=lambda: rules
    )


def ask(repository: StoreRepository, filters: Filters = EVERYTHING, days: Days = DAYS) -> dict[str, Anomaly]:
    """The anomalies by kind, of which there is one each."""
    found = anomalies(repository, days, filters, kinds_judged(None))
    assert len({one.kind for one in found}) == len(found)
    return {one.kind: one for one in found}


def test_a_day_is_found_in_the_total_and_in_each_of_its_parts(repository: StoreRepository) -> None:
    found = anomalies(repository, DAYS, EVERYTHING, kinds_judged(None))
    assert [(one.day, one.kind, one.label) for one in found] == [
        (PEAK, "total", "Total"),
        (PEAK, "model", GPT),
        (PEAK, "provider", "openAI"),
        (PEAK, "user", "Bob"),
    ]


def test_an_anomaly_says_what_was_expected_and_who_caused_it(repository: StoreRepository) -> None:
    total = ask(repository)["total"]
    assert (total.expected_usd, total.actual_usd) == pytest.approx((3.5, 44.25), abs=0.01)
    assert [(driver.kind, driver.label) for driver in total.drivers] == [
        ("user", "Bob"),
        ("user", "Ana"),
        ("user", "(none)"),
    ]
    assert [driver.excess_usd for driver in total.drivers] == pytest.approx([40.0, 0.5, 0.25])
    bob = ask(repository)["user"]
    assert bob.subject == str(BOB)
    assert [(driver.kind, driver.subject) for driver in bob.drivers] == [("model", GPT)]


def test_the_drivers_and_the_rest_add_up_to_the_excess(repository: StoreRepository) -> None:
    for one in ask(repository).values():
        assert one.excess_usd == pytest.approx(one.actual_usd - one.expected_usd)
        assert sum(driver.excess_usd for driver in one.drivers) + one.rest_usd == pytest.approx(
            one.excess_usd
        )


def test_what_each_anomaly_cost_is_what_the_summary_says(repository: StoreRepository) -> None:
    period = parse_period("custom", PEAK.isoformat(), PEAK.isoformat(), BERLIN, now=NOON, first_usage=None)
    for kind, one in ask(repository).items():
        filters = EVERYTHING if one.subject is None else EVERYTHING.replacing(kind, one.subject)
        assert one.actual_usd == pytest.approx(repository.summary(period, filters).totals.cost_usd)


def test_filters_leave_the_floor_as_it_is(repository: StoreRepository) -> None:
    # What Carl spent is less than the floor, which Carl's own usage would not change.
    assert ask(repository, Filters.of({"user": (str(CARL),)})) == {}
    of_bob = ask(repository, Filters.of({"user": (str(BOB),)}))
    assert of_bob["total"].excess_usd == of_bob["user"].excess_usd == ask(repository)["user"].excess_usd


def test_a_key_sees_only_what_its_users_spent(repository: StoreRepository) -> None:
    assert ask(repository, Filters(scope=Scope(("a.example",), ()))) == {}
    of_bob = ask(repository, Filters(scope=Scope(("b.example",), ())))
    assert of_bob["total"].actual_usd == pytest.approx(41.5)
    assert [driver.label for driver in of_bob["model"].drivers] == ["Bob"]


def test_cost_centres_are_judged_where_there_are_rules(store: Store) -> None:
    rules = CostCenterRules(mapped=(Rule("user", str(BOB), (("Sales", 100),)),))
    kinds = kinds_judged(Definitions("", BERLIN, cost_centers=rules))
    found = {one.kind: one for one in anomalies(asking(store, rules), DAYS, EVERYTHING, kinds)}
    assert kinds_judged(Definitions("", BERLIN)) == kinds_judged(None)
    sales, bob = found["cost_center"], found["user"]
    assert (sales.label, sales.drivers[0].label) == ("Sales", "Bob")
    assert (sales.excess_usd, sales.drivers[0].excess_usd) == pytest.approx((bob.excess_usd, bob.excess_usd))


def test_the_days_asked_for_do_not_change_an_anomaly(repository: StoreRepository) -> None:
    alone = Days(BERLIN, PEAK, PEAK + timedelta(1))
    assert ask(repository, days=alone) == ask(repository)
    assert ask(repository, days=Days(BERLIN, PEAK + timedelta(1), TODAY)) == {}
    assert ask(repository, days=replace(DAYS, end=DAYS.first)) == {}


@pytest.mark.parametrize(
    ("name", "start", "end", "first", "after"),
    [
        ("30d", None, None, date(2026, 10, 22), TODAY),
        ("this-month", None, None, date(2026, 11, 1), TODAY),
        ("yesterday", None, None, TODAY - timedelta(1), TODAY),
        ("today", None, None, TODAY, TODAY),
        ("24h", None, None, TODAY, TODAY),
        ("custom", "2026-11-09T12:00:00", "2026-11-11T12:00:00", PEAK, PEAK + timedelta(1)),
        ("custom", "2027-01-01", "2027-01-02", date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_only_whole_days_that_are_over_are_judged(
    name: str, start: str | None, end: str | None, first: date, after: date
) -> None:
    period = parse_period(name, start, end, BERLIN, now=NOON, first_usage=None)
    assert days_of(period, NOON) == Days(BERLIN, first, after)


def test_a_day_that_costs_three_times_the_greatest_is_a_runaway(repository: StoreRepository) -> None:
    # The greatest of the 56 days is 10 November, so today is no runaway day.
    assert runaways(repository, BERLIN, NOON) == ()
    before = datetime(2026, 11, 10, 12, tzinfo=UTC)
    total, bob = runaways(repository, BERLIN, before)
    assert (total.kind, total.label, bob.kind, bob.label) == ("total", "Total", "user", "Bob")
    assert (total.today_usd, total.greatest_usd) == pytest.approx((44.25, 4.4))
    assert (bob.today_usd, bob.greatest_usd) == pytest.approx((41.5, 1.5))


def test_small_sums_and_the_first_week_are_no_runaways(repository: StoreRepository) -> None:
    assert runaways(repository, BERLIN, datetime(2026, 10, 1, 12, tzinfo=UTC)) == ()
    assert runaways(repository, BERLIN, datetime(2026, 7, 1, 12, tzinfo=UTC)) == ()
    assert runaways(repository, BERLIN, datetime(2026, 1, 1, 12, tzinfo=UTC)) == ()
