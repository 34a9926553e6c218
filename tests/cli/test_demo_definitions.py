"""The definitions of the demo fit its generated usage."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.cli.demo_definitions import write_demo_definitions
from librechat_analytics.cli.demo_receiver import start_demo_receiver
from librechat_analytics.finops.budgets import budget_states
from librechat_analytics.finops.matches import paid_last_month
from librechat_analytics.finops.read_definitions import read_definitions
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.usage.rule_matches import unmatched_rules

if TYPE_CHECKING:
    from pathlib import Path

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 17, 10, 30, tzinfo=UTC)


def test_the_demo_has_cost_centers_and_budgets_of_every_status(tmp_path: Path) -> None:
    write_sample(tmp_path / "dump", transactions=12_000, seed=7, until=NOW)
    store = Store(tmp_path / "data")
    import_dump(store, DumpSource(tmp_path / "dump"), now=NOW)
    path = write_demo_definitions(tmp_path, store, BERLIN, now=NOW, receiver="http://127.0.0.1:9/")
    reading = read_definitions(path, "UTC", {})
    assert (reading.problems, reading.notes) == ((), ())
    said = reading.definitions
    assert said is not None
    repository = StoreRepository(
        store, source=lambda: SourceReport("offline"), fixed_now=NOW, rules=lambda: said.cost_centers
    )
    paid = {one.name for one in paid_last_month(repository, said)}
    assert paid >= {"Engineering", "Research", "Sales", "Finance", "Unassigned"}
    assert [rule.who for rule in unmatched_rules(store, said.cost_centers)] == []
    states = {state.budget.name: state.status for state in budget_states(repository, said) if not state.key}
    each = [state.status for state in budget_states(repository, said) if state.key]
    store.close()
    assert states == {
        "Company": "ok",
        "Sales": "warned",
        "Engineering": "likely-over",
        "Research": "over",
    }
    assert {"ok", "over"} <= set(each)


def test_the_demo_prints_the_messages_that_it_would_send() -> None:
    shown: list[str] = []
    address = start_demo_receiver(shown.append)

    def send(body: bytes) -> int:
        request = urllib.request.Request(address, body, method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
            return int(answer.status)

    assert send(b'{"text": "Sales has spent 80 %."}') == 204
    assert shown == ["Sales has spent 80 %."]
    with pytest.raises(OSError, match="400"):
        send(b"nonsense")
