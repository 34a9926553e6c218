"""The view of alerts: what it says of each alert and receiver, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from librechat_analytics.dashboard.data import PageData
from librechat_analytics.dashboard.panels import alerts
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.finops.alert_list import AlertList, AlertRow, ReceiverRow
from librechat_analytics.store.outbox_items import Delivery
from librechat_analytics.usage.filters import Filters, Scope
from tests.dashboard.ready_answers import ReadyRepository, query, texts
from tests.finops.alert_worlds import told

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SENT = Delivery("1", "finance", "opened", "sent", NOW, None, 1, NOW, "taken")
WAITING = Delivery("1", "ops", "opened", "waiting", NOW, NOW + timedelta(minutes=5), 2, NOW, "500 Oh\nno")
SALES = AlertRow(
    id="1",
    rule="budget",
    subject="Sales AI",
    level=80,
    state="open",
    opened_at=NOW,
    resolved_at=None,
    silenced_until=None,
    title="Budget Sales AI: 80% spent",
    text="The budget Sales AI has reached 80%.",
    link=None,
    page="?view=budgets&budget=Sales+AI",
    deliveries=(SENT, WAITING),
)
FINANCE = ReceiverRow(
    name="finance",
    kind="apprise",
    names=True,
    quiet="19:00-07:00",
    waiting=0,
    sent=3,
    failed=1,
    last_attempt=NOW,
    last_answer="taken",
)


@dataclass(frozen=True, slots=True)
class ReadyReader:
    """A reader of alerts whose answers are ready."""

    found: tuple[AlertRow, ...]
    known: tuple[ReceiverRow, ...]

    def alerts(self, *_: object, **__: object) -> AlertList:
        return AlertList(self.found, len(self.found))

    def receivers(self, _: object) -> tuple[ReceiverRow, ...]:
        return self.known


def answered(
    *found: AlertRow, receivers: tuple[ReceiverRow, ...] = (), scope: Scope | None = None
) -> tuple[bool, dict[str, Any]]:
    """Whether the receivers are hidden, and what fills the view."""
    data = PageData(
        ReadyRepository(),  # type: ignore[arg-type]
        replace(query(), filters=Filters(scope=scope)),
        now=NOW,
        definitions=told(),
        alert_reader=ReadyReader(found, receivers),  # type: ignore[arg-type]
    )
    (*hidden, error), stored = answer_panels([alerts.PANEL], data)
    assert error is None
    return bool(hidden[-1]), stored


def shown(*found: AlertRow, receivers: tuple[ReceiverRow, ...] = ()) -> dict[str, str]:
    return {name: texts(markup) for name, markup in answered(*found, receivers=receivers)[1].items()}


def test_an_alert_says_what_since_when_and_to_whom() -> None:
    text = shown(SALES)["alerts-open-rows"]
    assert "The budget Sales AI has reached 80%." in text
    assert "Since 24 Nov 2026, 13:00" in text
    assert "sent to finance; ops (500 Oh no; next try 24 Nov 2026, 13:05)" in text


def test_it_leads_to_the_page_that_explains_it() -> None:
    assert SALES.page in str(answered(SALES)[1]["alerts-open-rows"])


def test_what_is_silenced_or_over_says_so() -> None:
    silenced = replace(SALES, silenced_until=NOW + timedelta(days=1))
    over = replace(SALES, resolved_at=NOW + timedelta(hours=1), deliveries=())
    stored = shown(silenced, over)
    assert "silenced until 25 Nov 2026, 13:00" in stored["alerts-open-rows"]
    assert "over since 24 Nov 2026, 14:00" in stored["alerts-over-rows"]
    assert "sent to nobody" in stored["alerts-over-rows"]


def test_without_alerts_it_says_so() -> None:
    stored = shown()
    assert "Nothing has been noticed." in stored["alerts-open-rows"]
    assert "names no receiver" in stored["alerts-receivers-rows"]
    assert "nothing to look after" in shown(replace(SALES, resolved_at=NOW))["alerts-open-rows"]


def test_a_receiver_says_how_the_last_attempt_ended() -> None:
    text = shown(receivers=(FINANCE,))["alerts-receivers-rows"]
    for part in ("finance", "chat or mail, with names, quiet 19:00-07:00", "24 Nov 2026, 13:00: taken"):
        assert part in text
    unused = replace(FINANCE, last_attempt=None, quiet=None, names=False)
    assert "Nothing was sent yet." in shown(receivers=(unused,))["alerts-receivers-rows"]


def test_a_page_has_fifty_alerts_and_the_file_the_rest() -> None:
    many = tuple(replace(SALES, id=str(number)) for number in range(60))
    assert "The CSV has 10 alerts more." in shown(*many)["alerts-more"]


def test_a_reader_with_a_scope_is_not_told_who_was_told() -> None:
    hidden, stored = answered(SALES, scope=Scope(("example.com",), ()))
    assert hidden
    assert "sent to" not in texts(stored["alerts-open-rows"])
