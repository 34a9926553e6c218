"""Cost centres: who pays for a row at its date, and that all parts add up, in integers."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.sync.labels import write_labels
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import UNASSIGNED, CostCenterRules, Rule, SeveralGroups, Who
from librechat_analytics.usage.daily_costs import Days
from librechat_analytics.usage.filters import Filters
from librechat_analytics.usage.listing import WHOLE_LIST
from librechat_analytics.usage.periods import Period, TimeRange
from librechat_analytics.usage.questions import ATTRIBUTES
from librechat_analytics.usage.repository import StoreRepository
from tests.support.directory import FINANCE, SALES, group, person
from tests.support.documents import ANA, BOB, HELPER, NOON, object_id, usage, write_dump
from tests.support.engines import reading
from tests.support.examples import examples
from tests.support.in_memory import LibreChat
from tests.support.oracle.centers import Centers, Line, Stay, totals_by_center

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("engine")

CARL = object_id(NOON, 77)
E6_PER_USD = 10**12
MINUTE = timedelta(minutes=1)
READINGS = (NOON - 47 * MINUTE, NOON + 7 * MINUTE, NOON + 30 * MINUTE, NOON + 40 * MINUTE + MINUTE / 60)
LATER = NOON + timedelta(days=1)


def some_rows() -> list[dict[str, Any]]:
    """Rows of three users, and of nobody, close to the readings, with amounts that do not divide evenly."""
    random = Random(7)
    rows = []
    for number in range(700):
        near = random.choice((*READINGS, NOON))
        at = (
            near
            + random.choice((-20, -1, 0, 1, 16)) * MINUTE
            + timedelta(milliseconds=random.choice((-1, 0, 1)))
        )
        rows.append(
            {
                "at": at,
                "number": number,
                "user": random.choice((str(ANA), str(ANA), str(BOB), str(CARL), None)),
                "agent": random.choice((None, None, None, HELPER)),
                "conversation": random.choice(("c-1", "c-2", "c-3", None)),
                "is_prompt": random.random() < 0.6,
                "tokens": random.choice((1, 7, 100, 101, 0, -5)),
                "cost_e6": random.choice((0, 1, 99, 100, 301_000_001, 10**15 + 1)),
            }
        )
    return rows


def document(row: dict[str, Any]) -> dict[str, Any]:
    by_id = {str(each): each for each in (ANA, BOB, CARL)}
    return usage(
        at=row["at"],
        number=row["number"],
        user=by_id.get(row["user"]),
        model=row["agent"] or "gpt-4o-mini",
        conversationId=row["conversation"],
        tokenType="prompt" if row["is_prompt"] else "completion",
        rawAmount=-row["tokens"],
        tokenValue=-row["cost_e6"] / 1e6,
    )


ROWS = some_rows()
FIGURES = [
    row
    | {
        "prompt_tokens": row["tokens"] * row["is_prompt"],
        "completion_tokens": row["tokens"] * (not row["is_prompt"]),
    }
    for row in ROWS
]
PEOPLE = [
    [person(ANA, "Ana@Example.com"), person(BOB, "bob@example.org", role="ADMIN"), person(CARL)],
    [person(ANA, "ana@example.org"), person(BOB, "bob@example.org", role="ADMIN"), person(CARL)],
    [person(ANA, "ana@example.org"), person(BOB, "bob@example.org"), person(CARL, role="ADMIN")],
    [person(ANA, "ana@example.org"), person(BOB, "bob@example.org"), person(CARL, role="ADMIN")],
]
GROUPS = [
    [group(SALES, ANA, BOB), group(FINANCE, BOB)],
    [group(SALES, BOB), group(FINANCE, BOB, ANA)],
    [group(SALES, BOB, CARL), group(FINANCE, ANA, CARL)],
    [group(SALES, BOB, ANA), group(FINANCE, ANA)],
]


def stays() -> dict[str, list[Stay]]:
    """Who was where when, as the four readings show it."""
    seen = []
    for people, groups in zip(PEOPLE, GROUPS, strict=True):
        found = {(str(user), "group", str(each["_id"])) for each in groups for user in each["memberIds"]}
        for one in people:
            found.add((str(one["_id"]), "role", one["role"]))
            if one["email"]:
                found.add((str(one["_id"]), "domain", one["email"].partition("@")[2].lower()))
        seen.append(found)
    history: dict[str, list[Stay]] = {}
    for user, who, name in set().union(*seen):
        begun: int | None = None
        for number in range(len(seen) + 1):
            there = number < len(seen) and (user, who, name) in seen[number]
            if there and begun is None:
                begun = number
            elif not there and begun is not None:
                until = READINGS[number] if number < len(seen) else None
                history.setdefault(user, []).append(Stay(who, name, READINGS[begun], until, begun == 0))
                begun = None
    return history


STAYS = stays()
EMAILS = {str(ANA): "ana@example.org", str(BOB): "bob@example.org"}
SEVERAL: tuple[SeveralGroups, ...] = get_args(SeveralGroups)
NAMES: dict[Who, list[str]] = {
    "agent": [HELPER],
    "user": [str(ANA), str(CARL)],
    "email": ["bob@example.org", "nobody@example.org"],
    "group": [str(SALES), str(FINANCE)],
    "domain": ["example.com", "example.org"],
    "role": ["USER", "ADMIN"],
}
SHARES = st.sampled_from(
    [{"Sales": 100}, {"IT": 100}, {"Ops": 100}, {"Sales": 50, "IT": 50}, {"Ops": 34, "IT": 33, "Sales": 33}]
)
SINCES = st.sampled_from([None, NOON, NOON + 7 * MINUTE, NOON - 60 * MINUTE, NOON + timedelta(days=9)])


@st.composite
def rules(draw: st.DrawFn) -> tuple[CostCenterRules, Centers]:
    """Some rules, for the program and for the oracle."""
    about = [(who, name) for who, names in NAMES.items() for name in names]
    mapped, listed = [], []
    for who, name in draw(st.permutations(about)):
        beginnings = draw(st.lists(SINCES, max_size=2, unique=True)) if draw(st.booleans()) else []
        mapped += [Line(who, name, draw(SHARES), since) for since in beginnings]
        if who not in ("user", "email") and draw(st.booleans()):
            listed.append(Line(who, name, draw(st.sampled_from([{"Sales": 100}, {"IT": 100}]))))
    several: SeveralGroups = draw(st.sampled_from(SEVERAL))
    of_program = CostCenterRules(tuple(map(rule, mapped)), tuple(map(rule, listed)), several)
    return of_program, Centers(mapped, listed, several, EMAILS, STAYS)


def rule(line: Line) -> Rule:
    return Rule(line.who, line.name, tuple(line.shares.items()), line.since)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Store]]:
    """Two stores of the same rows: in one no row is summed up, in the other all are."""
    folder = tmp_path_factory.mktemp("centers")
    agent = {"_id": object_id(NOON), "id": HELPER, "provider": "openAI", "model": "gpt-4o-mini"}
    write_dump(folder / "dump", transactions=[document(row) for row in ROWS], agents=[agent])
    with closing(Store(folder / "rows")) as by_rows, closing(Store(folder / "cells")) as by_cells:
        for store in (by_rows, by_cells):
            import_dump(store, DumpSource(folder / "dump"), now=NOON - timedelta(days=2))
            for at, people, groups in zip(READINGS, PEOPLE, GROUPS, strict=True):
                write_labels(store, LibreChat(users=people, groups=groups), at)
        by_cells.sum_up(LATER)
        with reading(by_rows) as rows, reading(by_cells) as cells:
            yield [rows, cells]


def asking(store: Store, of_program: CostCenterRules | None) -> StoreRepository:
    return StoreRepository(
        store, source=lambda: SourceReport("offline"), clock=lambda: LATER, rules=lambda: of_program
    )


def period(start: datetime, end: datetime) -> Period:
    return Period("custom", TimeRange(start, end), TimeRange(start - (end - start), start), ZoneInfo("UTC"))


WHOLE = period(NOON - timedelta(days=1), LATER)
EDGES = st.lists(
    st.builds(
        lambda minutes, step: NOON + minutes * MINUTE + timedelta(milliseconds=step),
        st.integers(-70, 70),
        st.sampled_from([0, 0, 1, 30_000]),
    ),
    min_size=2,
    max_size=2,
    unique=True,
).map(sorted)


@settings(max_examples=examples(12))
@given(rules=rules(), edges=EDGES)
def test_every_cost_center_has_what_its_rows_say(
    stores: list[Store], rules: tuple[CostCenterRules, Centers], edges: list[datetime]
) -> None:
    of_program, oracle = rules
    asked = period(*edges)
    inside = [row for row in FIGURES if edges[0] <= row["at"] < edges[1]]
    expected = totals_by_center(oracle, inside)
    for store in stores:
        repository = asking(store, of_program)
        found = repository.cost_centers(asked, WHOLE_LIST)
        assert found is not None
        assert {row.name for row in found.rows} == expected.keys() - {None}
        assert found.total == len(found.rows)
        figures = {row.name: row for row in found.rows} | {None: found.unassigned}
        for name, row in figures.items():
            figure = expected.get(name)
            if figure is None:
                assert (row.cost_usd, row.total_tokens, row.calls, row.users) == (0, 0, 0, 0)
                continue
            assert row.cost_usd == figure["cost_e6"] / E6_PER_USD
            assert row.assumed_cost_usd == figure["assumed_e6"] / E6_PER_USD
            for each in ("prompt_tokens", "completion_tokens", "calls", "users", "conversations"):
                assert getattr(row, each) == figure[each], (name, each)
        several = expected.get(None, {"apart_e6": 0, "apart_users": 0})
        assert found.unassigned.in_several.cost_usd == several["apart_e6"] / E6_PER_USD
        assert found.unassigned.in_several.users == several["apart_users"]
        name = next(iter(figures))
        filtered = repository.summary(asked, Filters.of({"cost_center": (name or UNASSIGNED,)})).totals
        assert (filtered.cost_usd, filtered.calls) == (figures[name].cost_usd, figures[name].calls)
        assert filtered.prompt_tokens + filtered.completion_tokens == figures[name].total_tokens
        assert (filtered.active_users, filtered.conversations) == (
            figures[name].users,
            figures[name].conversations,
        )
        whole = repository.summary(asked).totals
        assert sum(row.calls for row in figures.values()) == whole.calls
        assert (
            sum(row.total_tokens for row in figures.values()) == whole.prompt_tokens + whole.completion_tokens
        )


@settings(max_examples=examples(4))
@given(rules=rules())
def test_the_days_of_a_cost_center_add_up_to_it(
    stores: list[Store], rules: tuple[CostCenterRules, Centers]
) -> None:
    days = Days(WHOLE.zone, WHOLE.range.start.date(), LATER.date() + timedelta(days=1))
    for store in stores:
        repository = asking(store, rules[0])
        found = repository.daily_costs(days, "cost_center")
        centers = repository.cost_centers(WHOLE, WHOLE_LIST)
        assert centers is not None
        expected = {row.name: row.cost_usd for row in centers.rows}
        sums = found.costs_usd.sum(axis=1)
        by_center = {subject.key: sums[row] for row, subject in enumerate(found.subjects)}
        assert by_center.pop(None, 0.0) == pytest.approx(centers.unassigned.cost_usd)
        assert by_center == pytest.approx(expected)


ONE_GROUP = CostCenterRules(listed=(Rule("group", str(SALES), (("Sales", 100),)),))


@pytest.fixture
def by_cells(stores: list[Store]) -> StoreRepository:
    return asking(stores[1], ONE_GROUP)


def test_other_answers_tell_cost_centers_apart_with_the_same_figures(by_cells: StoreRepository) -> None:
    listed = by_cells.cost_centers(WHOLE, WHOLE_LIST)
    assert listed is not None
    (sales,) = listed.rows
    days = Days(ZoneInfo("UTC"), (NOON - timedelta(days=1)).date(), LATER.date() + timedelta(days=1))
    daily = by_cells.daily_costs(days, "cost_center")
    changes = by_cells.what_changed(WHOLE, "cost_center", 10)
    split = by_cells.split_over_time(WHOLE, "day", "cost_center")
    costs = by_cells.subject_costs((WHOLE.range.start.replace(hour=0), LATER), "cost_center")

    expected = {"Sales": sales.cost_usd, None: listed.unassigned.cost_usd}
    assert {
        subject.key: pytest.approx(sum(daily.costs_usd[row])) for row, subject in enumerate(daily.subjects)
    } == expected
    assert {row.subject: row.now_usd for row in changes.rows} == expected
    assert {part.key: part.cost_usd for part in split.legend} == {
        "Sales": sales.cost_usd,
        UNASSIGNED: listed.unassigned.cost_usd,
    }
    assert [(one.key, sum(one.costs_e6) / E6_PER_USD) for one in costs] == [("Sales", sales.cost_usd)]


def test_every_list_answers_for_a_cost_center_that_pays_only_smaller_parts(stores: list[Store]) -> None:
    rules = CostCenterRules(listed=(Rule("agent", HELPER, (("Big", 90), ("Small", 10))),))
    repository, small = asking(stores[1], rules), Filters(cost_center=("Small",))
    agents = repository.top_agents(WHOLE, WHOLE_LIST, small)
    assert [(row.id, row.calls, row.attribution) for row in agents.rows] == [(HELPER, 0, {})]
    cost_usd = repository.summary(WHOLE, small).totals.cost_usd
    assert agents.rows[0].cost_usd == pytest.approx(cost_usd)
    for ranking in (
        repository.top_users(WHOLE, WHOLE_LIST, small),
        repository.top_models(WHOLE, WHOLE_LIST, small),
        repository.cost_breakdown(WHOLE, WHOLE_LIST, small),
    ):
        assert sum(row.cost_usd for row in ranking.rows) == pytest.approx(cost_usd)
    for by in ATTRIBUTES:
        parts = repository.breakdown(WHOLE, by, WHOLE_LIST, small)
        assert sum(row.cost_usd for row in parts.rows) + parts.none.cost_usd >= cost_usd * 0.999
    repository.quality(WHOLE, small)
    repository.rates_over_time(WHOLE, "day", small)
    repository.caching(WHOLE, "day", small)
    repository.conversation_costs(WHOLE, small)
    repository.concentration(WHOLE, small)
    repository.hours_of_week(WHOLE, small)


def test_without_a_file_there_are_no_cost_centers_and_all_usage_is_unassigned(stores: list[Store]) -> None:
    repository = asking(stores[1], None)
    assert repository.cost_centers(WHOLE, WHOLE_LIST) is None
    for name, expected in ((UNASSIGNED, repository.summary(WHOLE).totals.calls), ("Sales", 0)):
        filters = Filters(cost_center=(name,))
        assert repository.summary(WHOLE, filters).totals.calls == expected
        assert repository.unmatched(filters) == (() if expected else ("cost_center",))
    assert "cost_center" not in repository.filter_values()


def test_a_change_of_labels_or_rules_changes_who_pays(stores: list[Store]) -> None:
    in_force = [ONE_GROUP]
    repository = StoreRepository(
        stores[1], source=lambda: SourceReport("offline"), clock=lambda: LATER, rules=lambda: in_force[0]
    )
    asked = Filters(cost_center=("Sales",))
    before = repository.summary(WHOLE, asked).totals.calls
    in_force[0] = CostCenterRules(listed=(Rule("role", "USER", (("Sales", 100),)),))
    assert repository.summary(WHOLE, asked).totals.calls != before


def test_a_minor_share_has_cost_but_no_calls_and_no_rows_of_agents(stores: list[Store]) -> None:
    shares = (("Sales", 90), ("IT", 10))
    of_all = CostCenterRules(mapped=tuple(Rule("user", str(who), shares) for who in (ANA, BOB, CARL)))
    asked, half = Filters(cost_center=("IT",)), period(NOON, LATER)
    for store in stores:
        repository = asking(store, of_all)
        (agent,) = repository.top_agents(WHOLE, WHOLE_LIST, asked).rows
        assert agent.cost_usd > 0
        assert (agent.calls, agent.users, agent.conversations, agent.attribution) == (0, 0, 0, {})
        for asked_period, state in ((WHOLE, "new"), (half, "both")):
            changes = repository.what_changed(asked_period, "user", 10, asked)
            assert {row.state for row in changes.rows} == {state}
