"""The outbox: each alert is one row, opened and ended with what its receivers are sent, in one commit."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.outbox_items import Condition, Identity, Outcome, Silence, Written
from librechat_analytics.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TOLD_ENDS = ("source-unreachable",)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path)) as store:
        yield store


@pytest.fixture
def outbox(store: Store) -> StoredOutbox:
    return StoredOutbox(store)


def crossed(*levels: int, subject: str = "Sales", period: str = "2026-11") -> list[Condition]:
    return [
        Condition(Identity("budget", subject, period, level), {"available": 2000}, ("finance",))
        for level in levels
    ]


def unreachable(since: str = "1") -> Condition:
    return Condition(Identity("source-unreachable", "source", since), receivers=("finance", "ops"))


def write(outbox: StoredOutbox, *conditions: Condition, now: datetime = NOW) -> Written:
    return outbox.write(
        conditions,
        rules=("budget", "source-unreachable"),
        told_ends=TOLD_ENDS,
        first_tries={"finance": now + MINUTE, "ops": now},
        now=now,
    )


def waiting(
    outbox: StoredOutbox, receiver: str = "finance", before: datetime = NOW + DAY
) -> list[tuple[str, int | None, str]]:
    found = outbox.due(receiver, before)
    return [(due.alert.subject, due.alert.level, due.delivery.occasion) for due in found]


def states(outbox: StoredOutbox, now: datetime = NOW) -> list[tuple[int | None, str]]:
    return [(alert.level, alert.state) for alert in outbox.alerts(now)[0]]


def test_two_evaluations_tell_nothing_twice(outbox: StoredOutbox) -> None:
    assert write(outbox, *crossed(50)) == Written(1, 0)
    assert write(outbox, *crossed(50), now=NOW + MINUTE) == Written(0, 0)
    assert waiting(outbox) == [("Sales", 50, "opened")]
    ((alert,), total) = outbox.alerts(NOW)
    assert (alert.id, alert.facts, alert.opened_at, total) == (
        Identity("budget", "Sales", "2026-11", 50).id,
        {"available": 2000},
        NOW,
        1,
    )


def test_of_several_thresholds_crossed_at_once_the_highest_alone_is_told(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50, 80))
    assert waiting(outbox) == [("Sales", 80, "opened")]
    write(outbox, *crossed(50, 80, 100), now=NOW + MINUTE)
    assert waiting(outbox) == [("Sales", 80, "opened"), ("Sales", 100, "opened")]


def test_another_period_is_another_alert(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50))
    assert write(outbox, *crossed(50, period="2026-12")) == Written(1, 1)
    assert states(outbox) == [(50, "open"), (50, "resolved")]


def test_what_is_true_again_is_open_again_and_not_told_again(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50))
    assert write(outbox) == Written(0, 1)
    assert write(outbox, *crossed(50)) == Written(0, 0)
    assert (states(outbox), len(waiting(outbox))) == ([(50, "open")], 1)


def test_rules_that_were_not_evaluated_keep_their_alerts(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50))
    outbox.write([], rules=("anomaly",), first_tries={}, now=NOW)
    assert states(outbox) == [(50, "open")]


def test_a_condition_that_does_not_open_only_keeps_an_alert_open(outbox: StoredOutbox) -> None:
    old = Condition(Identity("budget", "Sales", "2026-11", 50), opens=False)
    assert write(outbox, old) == Written(0, 0)
    write(outbox, *crossed(50))
    assert write(outbox, old) == Written(0, 0)
    assert states(outbox) == [(50, "open")]


def test_the_end_of_a_lasting_state_is_told_to_all_who_were_told_of_it(outbox: StoredOutbox) -> None:
    write(outbox, unreachable())
    write(outbox, now=NOW + MINUTE)
    assert waiting(outbox, "ops") == [("source", None, "opened"), ("source", None, "resolved")]
    write(outbox, unreachable("2"), now=NOW + 2 * MINUTE)
    assert len(waiting(outbox, "ops")) == 3


def test_a_budget_whose_period_is_over_says_nothing_more(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50))
    write(outbox)
    assert waiting(outbox) == [("Sales", 50, "opened")]


def test_an_attempt_ends_or_puts_off_a_delivery(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50), *crossed(50, subject="IT"))
    first, second = (due.delivery for due in outbox.due("finance", NOW + MINUTE))
    outbox.note_outcome([first], Outcome("sent", "200 OK"), NOW + MINUTE)
    outbox.note_outcome([second], Outcome("waiting", "500", NOW + 2 * MINUTE), NOW + MINUTE)
    assert outbox.next_tries() == {"finance": NOW + 2 * MINUTE}
    sent, later = sorted(outbox.deliveries([first.alert_id, second.alert_id]), key=lambda each: each.state)
    assert (sent.state, sent.attempts, sent.next_try, sent.last_answer) == ("sent", 1, None, "200 OK")
    assert (later.state, later.attempts, later.tried_at) == ("waiting", 1, NOW + MINUTE)
    assert outbox.count_sent("finance", NOW) == 1
    assert outbox.count_deliveries() == {("finance", "sent"): 1, ("finance", "waiting"): 1}
    assert [last.receiver for last in outbox.last_attempts()] == ["finance"]


def test_the_ends_and_the_beginning_of_one_alert_are_noted_apart(outbox: StoredOutbox) -> None:
    write(outbox, unreachable())
    write(outbox, now=NOW + MINUTE)
    opened, resolved = (due.delivery for due in outbox.due("ops", NOW + DAY))
    outbox.note_outcome([opened], Outcome("sent", "200 OK"), NOW + MINUTE)
    assert [due.delivery for due in outbox.due("ops", NOW + DAY)] == [resolved]


def test_the_end_is_never_sent_before_the_beginning(outbox: StoredOutbox) -> None:
    write(outbox, unreachable())
    (opened,) = (due.delivery for due in outbox.due("ops", NOW + DAY))
    outbox.note_outcome([opened], Outcome("waiting", "500", NOW + 30 * MINUTE), NOW)
    write(outbox, now=NOW + MINUTE)
    both = [("source", None, "opened"), ("source", None, "resolved")]
    assert waiting(outbox, "ops", before=NOW + 2 * MINUTE) == both
    outbox.note_outcome([opened], Outcome("waiting", "500", NOW + 30 * MINUTE), NOW + MINUTE)
    assert waiting(outbox, "ops", before=NOW + 29 * MINUTE) == []
    assert waiting(outbox, "ops", before=NOW + 30 * MINUTE) == both


def test_a_silence_that_begins_during_an_attempt_puts_the_next_one_off(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50))
    (tried,) = (due.delivery for due in outbox.due("finance", NOW + MINUTE))
    outbox.silence(tried.alert_id, Silence(NOW + DAY, "known", "admin"), NOW)
    outbox.note_outcome([tried], Outcome("waiting", "500", NOW + 2 * MINUTE), NOW + MINUTE)
    assert outbox.next_tries() == {"finance": NOW + DAY}


def test_no_answer_keeps_a_name_that_is_erased(store: Store, outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50))
    (tried,) = (due.delivery for due in outbox.due("finance", NOW + MINUTE))
    outbox.note_outcome([tried], Outcome("sent", "200 OK for Ana Kovac"), NOW)
    store.forget_user("a" * 24)
    assert [(last.state, last.answer) for last in outbox.last_attempts()] == [("sent", None)]


def test_a_silence_puts_everything_about_its_subject_off(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50))
    ((alert,), _) = outbox.alerts(NOW)
    assert outbox.silence(alert.id, Silence(NOW + DAY, "known", "admin"), NOW)
    write(outbox, *crossed(50, 80), *crossed(50, subject="IT"))
    assert sorted(states(outbox)) == [(50, "open"), (50, "silenced"), (80, "silenced")]
    assert waiting(outbox, before=NOW + MINUTE) == [("IT", 50, "opened")]
    assert len(waiting(outbox, before=NOW + DAY)) == 3
    assert states(outbox, NOW + DAY) == [(80, "open"), (50, "open"), (50, "open")]
    assert not outbox.silence("unknown", Silence(NOW, "", ""), NOW)


def test_a_silence_can_be_ended_early(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50))
    ((alert,), _) = outbox.alerts(NOW)
    outbox.silence(alert.id, Silence(NOW + DAY, "known", "admin"), NOW)
    outbox.silence(alert.id, Silence(NOW, "", "admin"), NOW)
    assert states(outbox) == [(50, "open")]
    assert len(waiting(outbox, before=NOW)) == 1


def test_what_was_silenced_until_it_was_over_is_never_sent(outbox: StoredOutbox) -> None:
    write(outbox, unreachable())
    ((alert,), _) = outbox.alerts(NOW)
    outbox.silence(alert.id, Silence(NOW + DAY, "maintenance", "admin"), NOW)
    write(outbox, now=NOW + MINUTE)
    assert {each.state for each in outbox.deliveries([alert.id])} == {"dropped"}


def test_receivers_that_are_not_defined_any_more_are_given_up(outbox: StoredOutbox) -> None:
    write(outbox, unreachable())
    outbox.give_up(["ops"], NOW + MINUTE, "gone")
    ((alert,), _) = outbox.alerts(NOW)
    assert {each.receiver: each.state for each in outbox.deliveries([alert.id])} == {
        "finance": "failed",
        "ops": "waiting",
    }


def test_a_report_is_added_once_and_is_no_alert(outbox: StoredOutbox) -> None:
    weekly = Condition(Identity("report", "weekly", "2026-W47"), receivers=("finance",))
    assert [outbox.add(weekly, first_tries={"finance": NOW}, now=NOW) for _ in range(2)] == [True, False]
    write(outbox)
    assert outbox.alerts(NOW) == ((), 0)
    assert [report.period for report in outbox.reports(NOW)] == ["2026-W47"]
    assert waiting(outbox) == [("weekly", None, "opened")]


def test_marks_are_kept_with_what_they_are_about(outbox: StoredOutbox) -> None:
    for marks in ({"a": "1", "b": "2"}, {"b": "3"}):
        outbox.write([], rules=(), first_tries={}, marks=marks, now=NOW)
        assert outbox.marks() == marks


def test_old_alerts_are_forgotten_with_their_deliveries(outbox: StoredOutbox) -> None:
    write(outbox, *crossed(50), *crossed(50, subject="IT"))
    write(outbox, *crossed(50, subject="IT"))
    outbox.forget_before(NOW + MINUTE)
    assert [alert.subject for alert in outbox.alerts(NOW)[0]] == ["IT"]
    assert outbox.count_deliveries() == {("finance", "waiting"): 1}


def test_no_answer_is_computed_again_because_of_an_alert(store: Store) -> None:
    before = store.version, store.changed_at
    write(StoredOutbox(store), *crossed(50))
    assert (store.version, store.changed_at) == before


def test_the_outbox_outlives_the_process(tmp_path: Path) -> None:
    for opened in (1, 0):
        with closing(Store(tmp_path)) as store:
            assert write(StoredOutbox(store), *crossed(50)).opened == opened


LEVELS = st.sets(st.sampled_from([50, 80, 100]))


@settings(max_examples=10, deadline=None)
@given(evaluations=st.lists(st.tuples(LEVELS, st.sampled_from(["2026-11", "2026-12"])), max_size=6))
def test_each_level_is_told_at_most_once_and_never_a_lower_one_after_a_higher(
    tmp_path_factory: pytest.TempPathFactory, evaluations: list[tuple[set[int], str]]
) -> None:
    with closing(Store(tmp_path_factory.mktemp("store"))) as store:
        outbox = StoredOutbox(store)
        for number, (levels, period) in enumerate(evaluations):
            write(outbox, *crossed(*levels, period=period), now=NOW + number * MINUTE)
        told = [(due.alert.period, due.alert.level or 0) for due in outbox.due("finance", NOW + DAY)]
        for period in ("2026-11", "2026-12"):
            of_period = [level for found, level in told if found == period]
            seen = [levels for levels, found in evaluations if found == period]
            assert of_period == sorted(set(of_period))
            assert max(of_period, default=0) == max((max(levels, default=0) for levels in seen), default=0)
