"""No answer depends on how much of the usage is summed up in cells."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import UNASSIGNED, CostCenterRules, Rule
from librechat_analytics.usage.filters import NONE, Filters, Scope
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import Period, TimeRange, default_bucket
from librechat_analytics.usage.prices import read_price_list
from librechat_analytics.usage.questions import ChangeBy
from librechat_analytics.usage.repository import StoreRepository
from tests.support.documents import ANA, BOB, HELPER, NOON, object_id, usage, write_dump
from tests.support.engines import reading
from tests.support.examples import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.interface import Extent, Snapshot
    from tests.support.documents import Document

pytestmark = pytest.mark.usefixtures("engine")

PRICES = read_price_list(Path(__file__).parents[2] / "prices" / "2026-11.csv")
DIMENSIONS = ("user", "model", "agent")
CHANGES_BY = get_args(ChangeBy)
T = TypeVar("T")

LAST = datetime(2099, 12, 31, tzinfo=UTC)
MOMENTS = st.builds(
    lambda slots, step: NOON + timedelta(minutes=15 * slots, milliseconds=step),
    st.integers(-5, 5),
    st.sampled_from([-1, 0, 0, 0, 1, 501, 60_000]),
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"]).map(ZoneInfo)
CHOSEN = {
    "user": [str(ANA), NONE],
    "model": ["gpt-4o-mini", NONE],
    "agent": [HELPER, NONE, "(unknown)"],
    "context": ["message", "incomplete", NONE],
    "domain": ["example.com", NONE],
    "role": ["USER", NONE],
    "tenant": ["acme", NONE],
    "cost_center": ["Sales", "IT", "Legal", UNASSIGNED],
}
SPLIT = CostCenterRules(
    mapped=(
        Rule("user", str(ANA), (("Sales", 67), ("IT", 33))),
        # Within a quarter of an hour, whose rows then have to be told apart.
        Rule("user", str(BOB), (("IT", 100),), since=NOON + timedelta(minutes=1)),
    ),
    listed=(Rule("agent", HELPER, (("Legal", 100),)),),
)
ONE_USER = CostCenterRules(mapped=(Rule("user", str(ANA), (("Sales", 100),)),))
FILTERS = st.one_of(
    st.just(Filters()),
    *(
        st.sampled_from(values).map(lambda value, name=name: Filters.of({name: (value,)}))
        for name, values in CHOSEN.items()
    ),
    st.just(Filters(scope=Scope(("example.com",), (), ("acme",)))),
    st.just(Filters(scope=Scope((), (), (), ("Sales", "Legal")))),
)


class FewerCells:
    """A store of whose cells only those before a slot are read."""

    def __init__(self, store: Store, until: int) -> None:
        self._store = store
        self._until = until

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self._store.snapshot() as snapshot:
            yield FewerCellsSnapshot(snapshot, self._until)


class FewerCellsSnapshot:
    def __init__(self, snapshot: Snapshot, until: int) -> None:
        self.engine = snapshot.engine
        self.rows = snapshot.rows
        self.extent: Extent = replace(snapshot.extent, summed_until=min(until, snapshot.extent.summed_until))


def answers(
    store: Store, period: Period, filters: Filters, until: datetime, rules: CostCenterRules = SPLIT
) -> dict[str, object]:
    """Everything that can be asked about a period, from the cells of the slots before ``until``."""
    repository = StoreRepository(
        FewerCells(store, int(until.timestamp()) // 900),
        source=lambda: SourceReport("offline"),
        prices=PRICES,
        fixed_now=LAST,
        rules=lambda: rules,
    )
    unit = default_bucket(period.range)
    return {
        "summary": repository.summary(period, filters),
        "top users": repository.top_users(period, Listing(3), filters),
        "top models": repository.top_models(period, Listing(100), filters),
        "top agents": repository.top_agents(period, Listing(100), filters),
        "short lists": [repository.top(period, dimension, 3, filters) for dimension in DIMENSIONS],
        "cost breakdown": repository.cost_breakdown(period, Listing(100), filters),
        "cost centers": repository.cost_centers(period, Listing(3), filters),
        "user models": repository.user_models(period, filters),
        "usage over time": repository.usage_over_time(period, unit, filters),
        "spent over time": repository.spent_over_time(period, unit, filters),
        "splits": [repository.split_over_time(period, unit, dimension, filters) for dimension in DIMENSIONS],
        "usual costs": repository.usual_costs(period, "hour", filters),
        "what changed": [repository.what_changed(period, by, 3, filters) for by in CHANGES_BY],
        "rates over time": repository.rates_over_time(period, unit, filters),
        "hours of the week": repository.hours_of_week(period, filters),
        "conversation costs": repository.conversation_costs(period, filters),
        "concentration": repository.concentration(period, filters),
        "quality": repository.quality(period, filters),
        "price check": repository.price_check(period, filters),
        "filter values": repository.filter_values(filters.scope),
        "first usage": repository.first_usage(filters.scope),
        "counters": repository.counters(),
    }


def alike(random: Random, number: int) -> Document:
    """A row of a few users, conversations and models, near an edge of a slot: many rows share a cell."""
    choose = random.choice

    def mostly(usual: T, *odd: T) -> T:
        return usual if random.random() < 0.8 else choose(odd)

    tokens = mostly(100, 1, 150_000, 200_001, 300_000, 0, -5)
    parts = {"inputTokens": -100, "readTokens": choose([0, -50]), "writeTokens": choose([0, -7])}
    return usage(
        at=NOON + timedelta(minutes=15 * random.randint(-2, 2), milliseconds=choose([-1, 0, 1, 500, 60_000])),
        number=number,
        user=mostly(ANA, BOB, None),
        conversationId=mostly("c-1", "c-2", None),
        tokenType=choose(["prompt", "prompt", "completion", "completion", "credits"]),
        model=mostly("claude-sonnet-4-6", "gpt-4o-mini", "gemini-3-acme", HELPER, None),
        context=mostly("message", "incomplete", None),
        rate=mostly(3, 0.5, 1.5, 6, 6.9, float("inf"), None, -1_000_000),
        rawAmount=-tokens,
        tokenValue=mostly(-300, -300.000001, 5, 0),
        tenantId=mostly(None, "acme"),
        **(parts if random.random() < 0.3 else {}),
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two thousand rows, all of them summed up."""
    folder = tmp_path_factory.mktemp("cells")
    random = Random(1)
    rows = [alike(random, number) for number in range(2000)]
    people = [{"_id": ANA, "email": "ana@example.com", "role": "USER"}, {"_id": BOB}]
    agent = {"_id": object_id(NOON), "id": HELPER, "provider": "openAI", "model": "gpt-4o-mini"}
    write_dump(folder / "dump", transactions=rows, users=people, agents=[agent])
    with closing(Store(folder / "data")) as store:
        import_dump(store, DumpSource(folder / "dump"), now=NOON + timedelta(hours=2))
        store.sum_up(LAST)
        with reading(store) as reader:
            yield reader


@settings(max_examples=examples(1))
@given(edges=st.lists(MOMENTS, min_size=2, max_size=2, unique=True).map(sorted), until=MOMENTS)
def test_a_cost_center_of_one_user_is_that_user_in_every_answer(
    store: Store, edges: list[datetime], until: datetime
) -> None:
    period = Period("custom", TimeRange(*edges), None, ZoneInfo("UTC"))
    for of_center, of_user in (("cost_center", "user"), ("not-cost_center", "not-user")):
        by_center, by_user = Filters.of({of_center: ("Sales",)}), Filters.of({of_user: (str(ANA),)})
        expected = answers(store, period, by_user, until, ONE_USER)
        assert answers(store, period, by_center, until, ONE_USER) == expected


@pytest.mark.of_duckdb("reads the table of the file")
def test_cells_hold_several_rows(store: Store) -> None:
    with store.reading() as cursor:
        ((rows, cells),) = cursor.execute("SELECT sum(documents), count(*) FROM cells").fetchall()
    assert 2 * rows > 3 * cells


@settings(max_examples=examples(4))
@given(
    edges=st.lists(MOMENTS, min_size=2, max_size=2, unique=True).map(sorted),
    until=MOMENTS,
    zone=ZONES,
    filters=FILTERS,
)
def test_answers_are_the_same_with_all_some_and_no_cells(
    store: Store, edges: list[datetime], until: datetime, zone: ZoneInfo, filters: Filters
) -> None:
    start, end = edges
    period = Period("custom", TimeRange(start, end), TimeRange(start - (end - start), start), zone)
    by_rows = answers(store, period, filters, datetime(1970, 1, 1, tzinfo=UTC))
    assert answers(store, period, filters, until) == by_rows
    assert answers(store, period, filters, LAST) == by_rows
