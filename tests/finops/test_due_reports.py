"""Which reports go into the outbox: each once, the late ones never, the skipped ones named."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.definitions import Definitions, Report, Schedule
from librechat_analytics.finops.due_reports import DueReport, due_reports, read_due_report
from librechat_analytics.finops.schedule import last_due
from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.outbox_items import Alert
from librechat_analytics.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

WEEKLY = Report("weekly", Schedule(time(8), weekday=0), to=("finance",))
DEFINITIONS = Definitions("x", ZoneInfo("Europe/Berlin"), reports=(WEEKLY,))
DUE = datetime(2026, 11, 30, 7, tzinfo=UTC)


@dataclass
class Box:
    """The reports of an outbox, one for each identity."""

    items: list[Alert] = field(default_factory=list)

    def look(self, now: datetime) -> list[DueReport]:
        """Add what is due, as the evaluation does each minute, and return what is new."""
        found = [
            Alert(one.identity.id, *astuple(one.identity), now, None, one.facts)
            for one in due_reports(DEFINITIONS, self.items, now)
        ]
        self.items += found
        return [read_due_report(item) for item in found]


def test_the_store_takes_a_report_once(tmp_path: Path) -> None:
    store = Store(tmp_path, memory_limit="256MB")
    outbox = StoredOutbox(store)
    for minutes in (0, 1):
        now = DUE + timedelta(minutes=minutes)
        for condition in due_reports(DEFINITIONS, outbox.reports(now), now):
            outbox.add(condition, first_tries={"finance": now}, now=now)
    (due,) = outbox.due("finance", DUE)
    assert read_due_report(due.alert) == DueReport("weekly", date(2026, 11, 30), ())
    store.close()


def test_a_report_is_added_once_when_it_is_due() -> None:
    box = Box()
    assert box.look(DUE - timedelta(minutes=1)) == []
    assert box.look(DUE) == [DueReport("weekly", date(2026, 11, 30), ())]
    for minutes in (0, 1, 600):
        assert box.look(DUE + timedelta(minutes=minutes)) == []


def test_it_is_added_up_to_a_day_late_and_then_skipped() -> None:
    box = Box()
    assert box.look(DUE + timedelta(hours=24)) == []
    assert [one.day for one in box.look(DUE + timedelta(hours=23, minutes=59))] == [date(2026, 11, 30)]


def test_the_next_report_names_the_days_that_were_skipped() -> None:
    box = Box()
    box.look(DUE - timedelta(weeks=3))
    assert box.look(DUE) == [
        DueReport("weekly", date(2026, 11, 30), (date(2026, 11, 16), date(2026, 11, 23)))
    ]


def test_a_clock_that_is_set_back_repeats_no_report() -> None:
    box = Box()
    box.look(DUE)
    assert box.look(DUE - timedelta(days=6, hours=23)) == []
    assert box.look(DUE + timedelta(minutes=1)) == []


@given(minutes=st.lists(st.integers(0, 60 * 24 * 40), min_size=1, max_size=30).map(sorted))
@settings(max_examples=25)
def test_whenever_the_program_looks_each_report_is_sent_or_named_as_skipped_by_the_next(
    minutes: list[int],
) -> None:
    box = Box()
    begin = datetime(2026, 10, 12, 6, tzinfo=UTC)
    told: list[date] = []
    for after in minutes:
        for report in box.look(begin + timedelta(minutes=after)):
            told += [*report.skipped, report.day]
    assert told == sorted(set(told))
    assert all(later - day == timedelta(days=7) for day, later in pairwise(told))
    now = begin + timedelta(minutes=minutes[-1])
    due = last_due(WEEKLY.every, DEFINITIONS.zone, now)
    if now - due.at < timedelta(hours=24):
        assert told[-1] == due.day
