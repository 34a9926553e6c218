"""Evaluations of the rules over a small ledger: what they write to the outbox, and when nothing."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.finops import evaluation as module
from librechat_analytics.finops.definitions import AlertRules
from librechat_analytics.finops.evaluation import Evaluation
from librechat_analytics.finops.schedule import last_due
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.outbox_items import Written
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.repository import StoreRepository
from tests.finops.alert_worlds import DAY, HOUR, MINUTE, NOW, person, program, told
from tests.finops.budget_worlds import BERLIN, budget
from tests.finops.report_worlds import definitions_of, weekly
from tests.support.imports import fill_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.store.outbox_items import Condition
    from librechat_analytics.usage.answers import SourceStatus


@dataclass(slots=True)
class World:
    """A store with an evaluation, whose clock, source and definitions a test changes."""

    store: Store
    outbox: StoredOutbox
    definitions: Definitions | None
    now: datetime = NOW
    status: SourceStatus = "offline"
    woken: list[datetime] = field(default_factory=list)

    def evaluation(self) -> Evaluation:
        return Evaluation(
            self.store,
            self.outbox,
            lambda: self.definitions,
            self.repository,
            wake_delivery=lambda: self.woken.append(self.now),
            clock=lambda: self.now,
        )

    def repository(self, now: datetime | None) -> StoreRepository:
        return StoreRepository(
            self.store, source=lambda: SourceReport(self.status), clock=lambda: self.now, fixed_now=now
        )

    def alerts(self) -> list[tuple[str, str, int | None, str]]:
        found, _ = self.outbox.alerts(self.now)
        return sorted((each.rule, each.subject, each.level, each.state) for each in found)


def defined(*to: str, usd: float = 0.5, alerts: AlertRules | None = None) -> Definitions:
    """One budget for all usage, told to some receivers."""
    sales = replace(budget(usd, name="Sales"), to=to)
    found = replace(told(person(), program()), budgets=(sales,))
    return found if alerts is None else replace(found, alerts=alerts, budgets=())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with a thousand transactions."""
    folder = tmp_path_factory.mktemp("evaluation")
    write_sample(folder / "dump", transactions=1000, seed=5, until=NOW)
    fill_store(folder, now=NOW)
    return folder / "data" / FILE_NAME


@pytest.fixture
def world(filled: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copy(filled, tmp_path)
    with closing(Store(tmp_path)) as store:
        yield World(store, StoredOutbox(store), defined("ops", "finance"))


def test_a_crossed_budget_is_told_to_its_receivers_once(world: World) -> None:
    assert world.evaluation().run() == Written(1, 0)
    world.now += MINUTE
    assert world.evaluation().run() == Written(0, 0), "also after a restart"
    assert world.alerts() == [("budget", "Sales", 100, "open")]
    assert world.outbox.next_tries() == {"ops": NOW, "finance": NOW + MINUTE}
    assert world.woken == [NOW]


def test_a_clock_that_is_set_back_tells_nothing_again(world: World) -> None:
    world.evaluation().run()
    world.now -= HOUR
    assert world.evaluation().run() == Written(0, 0)


def test_when_the_period_is_over_the_alert_is_too(world: World) -> None:
    world.evaluation().run()
    world.now += 10 * DAY
    assert world.evaluation().run() == Written(0, 1)
    assert world.alerts() == [("budget", "Sales", 100, "resolved")]


def test_a_raised_budget_ends_its_alert(world: World) -> None:
    world.evaluation().run()
    world.definitions = defined("ops", usd=1e6)
    assert world.evaluation().run() == Written(0, 1)


@pytest.mark.parametrize("reason", ["importing", "interrupted", "empty", "no definitions"])
def test_nothing_is_evaluated_before_there_is_something_whole(
    world: World, reason: str, tmp_path: Path
) -> None:
    if reason == "importing":
        world.status = "importing"
    elif reason == "interrupted":
        world.store.write_state(oldest_id="6" * 24, history_complete=False)
    elif reason == "no definitions":
        world.definitions = None
    else:
        with closing(Store(tmp_path / "empty")) as world.store:
            world.outbox = StoredOutbox(world.store)
            assert world.evaluation().run() is None
        return
    assert world.evaluation().run() is None
    assert world.alerts() == []


def test_an_unreachable_source_and_its_end_are_told(world: World) -> None:
    world.definitions = defined(alerts=AlertRules(stale_sync=("ops",)))
    world.status = "unreachable"
    evaluation = world.evaluation()
    for expected in (Written(0, 0), Written(0, 0), Written(1, 0), Written(0, 0)):
        assert evaluation.run() == expected
        world.now += MINUTE
    world.status = "ok"
    restarted = world.evaluation()
    assert restarted.run() == Written(0, 0), "nothing is known before it has answered"
    world.store.write_state(last_sync=world.now.replace(tzinfo=None), as_of=world.now.replace(tzinfo=None))
    assert restarted.run() == Written(0, 1)
    told_of = [(each.alert.rule, each.delivery.occasion) for each in world.outbox.due("ops", world.now)]
    assert told_of == [("source-unreachable", "opened"), ("source-unreachable", "resolved")]


def test_models_without_a_price_are_told_where_somebody_wants_to_know(world: World) -> None:
    last_days = TimeRange(NOW - 60 * DAY, NOW)
    unpriced = world.repository(NOW).unpriced_models(last_days)
    new = {found.model for found in unpriced if found.first >= NOW - 30 * DAY}
    world.definitions = defined(alerts=AlertRules(unpriced_model=("ops",)))
    world.evaluation().run()
    assert {subject for _, subject, _, _ in world.alerts()} == new
    world.definitions = defined(alerts=AlertRules())
    world.evaluation().run()
    assert {state for *_, state in world.alerts()} <= {"resolved"}


def test_a_rule_that_fails_leaves_its_alerts_and_the_others_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.evaluation().run()
    world.definitions = replace(defined("ops"), alerts=AlertRules(runaway=("ops",)))
    monkeypatch.setattr(module, "budget_states", lambda *_: 1 / 0)
    evaluation = world.evaluation()
    assert [evaluation.run(), evaluation.run()] == [Written(0, 0), Written(0, 0)]
    assert world.alerts() == [("budget", "Sales", 100, "open")]
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1


def test_the_days_that_are_over_are_judged_once_and_noted(world: World) -> None:
    world.definitions = defined(alerts=AlertRules(anomalies=("ops",)))
    evaluation = world.evaluation()
    for _ in range(2):
        evaluation.run()
        assert world.outbox.marks() == {"anomaly:judged": "2026-11-23"}


class CountingOutbox(StoredOutbox):
    """Counts how often it is written."""

    writes = 0

    def write(self, conditions: Sequence[Condition], **rest: Any) -> Written:
        self.writes += 1
        return super().write(conditions, **rest)


def test_only_what_the_last_evaluation_did_not_find_is_written(world: World) -> None:
    world.outbox = outbox = CountingOutbox(world.store)
    crossed, raised = world.definitions, defined("ops", usd=1e6)
    evaluation = world.evaluation()
    steps = (
        (crossed, Written(1, 0), 1),
        (crossed, Written(0, 0), 1),
        (raised, Written(0, 1), 2),
        (raised, Written(0, 0), 2),
        (crossed, Written(0, 0), 3),
    )
    for world.definitions, written, writes in steps:
        world.now += MINUTE
        assert evaluation.run() == written
        assert outbox.writes == writes
    assert world.alerts() == [("budget", "Sales", 100, "open")]
    world.now += DAY
    evaluation.run()
    assert outbox.writes == 4, "each day once"


def test_a_report_that_is_due_is_added_once_and_wakes_the_delivery(world: World) -> None:
    due = last_due(weekly().every, BERLIN, world.now)
    world.definitions = definitions_of(weekly(to=("finance", "ops")))
    world.now = due.at - MINUTE
    world.evaluation().run()
    assert world.outbox.reports(world.now) == ()
    for minutes in range(3):
        world.now = due.at + minutes * MINUTE
        world.evaluation().run()
    (report,) = world.outbox.reports(world.now)
    assert (report.subject, report.period) == ("Weekly & more", due.day.isoformat())
    assert len(world.woken) == 1
    assert sorted(world.outbox.next_tries()) == ["finance", "ops"]
    assert world.alerts() == []
