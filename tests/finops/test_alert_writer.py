"""What messages and notices hold: names and links only where they may."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.alert_writer import AlertWriter
from librechat_analytics.finops.definitions import Receiver
from librechat_analytics.finops.messages import Message
from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.repository import StoreRepository
from tests.finops.alert_worlds import HOUR, NOW, alert, budget_facts, due, person, told
from tests.support.documents import ANA, example_collections, write_dump
from tests.support.imports import fill_store

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://a.example.com/librechat-analytics/"


@pytest.fixture
def user(repository: StoreRepository) -> tuple[str, str]:
    """A user's id and name."""
    for hit in repository.find("", 10, kinds=("user",)):
        found = repository.user(hit.id)
        if found is not None and found.name:
            return found.id, found.name
    raise AssertionError("nobody has a name")


def writer(repository: StoreRepository, public_url: str | None = URL) -> AlertWriter:
    return AlertWriter(repository, lambda: told(), public_url=public_url)


@pytest.mark.parametrize("names", [True, False])
def test_a_person_is_named_only_where_the_receiver_may_know(
    repository: StoreRepository, user: tuple[str, str], names: bool
) -> None:
    identity, name = user
    told_of = due(alert("budget", budget_facts(each="user", key=identity)))
    receiver = Receiver("ops", "json", "https://ops.example.com", names=names)
    notice = writer(repository).notice(told_of, receiver)
    message = writer(repository).message([told_of], receiver, is_last_of_day=False)
    for text in (json.dumps(notice.body, ensure_ascii=False), message.text):
        assert (name in text) is names
        assert identity in text


def test_a_notice_has_the_fields_that_are_documented(repository: StoreRepository) -> None:
    told_of = alert("budget", budget_facts())
    notice = writer(repository).notice(due(told_of), person())
    assert list(notice.body) == ["id", "rule", "subject", "level", "openedAt", "text", "link", "facts"]
    assert (notice.id, notice.body["id"], notice.body["openedAt"]) == (
        told_of.id,
        told_of.id,
        "2026-11-24T12:00:00Z",
    )
    assert notice.body["link"] == f"{URL}?view=budgets&budget=Sales+AI"
    assert writer(repository, None).notice(due(told_of), person()).body["link"] is None


def test_the_end_of_an_alert_is_another_notice(repository: StoreRepository) -> None:
    over = alert("stale-sync", {"since": "2026-11-24T11:00:00Z"}, resolved_after=HOUR)
    notice = writer(repository).notice(due(over, "resolved"), person())
    assert notice.id == notice.body["id"] == f"{over.id}-resolved"
    assert notice.body["facts"] == {"since": "2026-11-24T11:00:00Z", "resolvedAt": "2026-11-24T13:00:00Z"}


def test_a_message_names_ten_alerts_and_counts_the_rest(repository: StoreRepository) -> None:
    dues = [
        due(alert("budget", budget_facts(budget=f"B{number}"), subject=str(number)))
        for number in range(1_200)
    ]
    message = writer(repository).message(dues, person(), is_last_of_day=True)
    assert message.title == "LibreChat Analytics: 1,200 alerts"
    assert message.text.count(" has reached 80%") == 10
    assert f"And 1,190 more: {URL}?view=alerts." in message.text
    assert "last message of today" in message.text


def test_a_report_is_written_by_who_writes_reports(repository: StoreRepository) -> None:
    report = alert("report", {"day": "2026-11-23"}, subject="weekly")
    weekly = Message("Weekly", "All is well.")
    writes = AlertWriter(repository, lambda: told(), write_report=lambda *_: weekly)
    assert writes.message([due(report)], person(), is_last_of_day=True) == weekly
    assert writes.notice(due(report), person()).body["text"] == "All is well."


def test_an_unknown_user_is_called_by_the_id(repository: StoreRepository) -> None:
    assert writer(repository).name("f" * 24) == "f" * 24


def test_after_a_person_is_forgotten_what_waits_has_no_name(tmp_path: Path) -> None:
    write_dump(tmp_path / "dump", **example_collections())
    fill_store(tmp_path, now=NOW)
    told_of = due(alert("budget", budget_facts(each="user", key=str(ANA))))
    receiver = Receiver("finance", "apprise", "slack://a/b/c", names=True)
    with closing(Store(tmp_path / "data")) as store:
        writes = writer(StoreRepository(store, source=lambda: SourceReport("offline")))
        assert "Ana Kovac" in writes.message([told_of], receiver, is_last_of_day=False).text
        store.forget_user(str(ANA))
        forgotten = writes.message([told_of], receiver, is_last_of_day=False).text
        assert "Kovac" not in forgotten + json.dumps(writes.notice(told_of, receiver).body)
