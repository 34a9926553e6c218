"""The alerts that a reader may see, with what their receivers were sent, and the state of the receivers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from librechat_analytics.finops.budget_scopes import seen_filters
from librechat_analytics.store import outbox_items
from librechat_analytics.usage.filters import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from librechat_analytics.finops.alert_writer import AlertWriter
    from librechat_analytics.finops.definitions import Definitions, Receiver, ReceiverKind
    from librechat_analytics.store.interface import AlertsHeld
    from librechat_analytics.store.outbox_items import Alert
    from librechat_analytics.usage.questions import Repository


AlertState = outbox_items.AlertState
Delivery = outbox_items.Delivery
DeliveryState = outbox_items.DeliveryState


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert in words, with what its receivers were sent.

    ``link``: the page that explains it; None where the program does not know its own address. ``page``: the
    query string of that page.
    """

    id: str
    rule: str
    subject: str
    level: int | None
    state: AlertState
    opened_at: datetime
    resolved_at: datetime | None
    silenced_until: datetime | None
    title: str
    text: str
    link: str | None
    page: str
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class AlertList:
    """Some alerts, those that last first, and how many there are in all."""

    rows: tuple[AlertRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """A receiver without its address: how many deliveries are in each state, and the last attempt."""

    name: str
    kind: ReceiverKind
    names: bool
    quiet: str | None
    waiting: int
    sent: int
    failed: int
    last_attempt: datetime | None
    last_answer: str | None


@dataclass(frozen=True, slots=True)
class AlertReader:
    """Reads alerts for a page, an answer of the API or a command."""

    outbox: AlertsHeld
    writer: AlertWriter

    def alerts(
        self,
        repository: Repository,
        definitions: Definitions | None,
        *,
        now: datetime,
        state: AlertState | None = None,
        scope: Scope | None = None,
        limit: int = 1_000,
        offset: int = 0,
    ) -> AlertList:
        """List the alerts of a state, None: of all, that a scope may see.

        A reader with a scope is not told who else was sent something.
        """
        if scope is None:
            page, total = self.outbox.alerts(now, state, limit=limit, offset=offset)
        else:
            found, _ = self.outbox.alerts(now, state)
            seen = [one for one in found if is_seen(repository, definitions, one, scope)]
            page, total = tuple(seen[offset : offset + limit]), len(seen)
        return AlertList(self._rows(page, with_deliveries=scope is None), total)

    def _rows(self, alerts: Sequence[Alert], *, with_deliveries: bool) -> tuple[AlertRow, ...]:
        sent: dict[str, list[Delivery]] = defaultdict(list)
        if with_deliveries and alerts:
            for delivery in self.outbox.deliveries([alert.id for alert in alerts]):
                sent[delivery.alert_id].append(delivery)
        return tuple(
            AlertRow(
                id=alert.id,
                rule=alert.rule,
                subject=alert.subject,
                level=alert.level,
                state=alert.state,
                opened_at=alert.opened_at,
                resolved_at=alert.resolved_at,
                silenced_until=alert.silenced_until,
                title=self.writer.title(alert),
                text=self.writer.text(alert, names=True),
                link=self.writer.link(alert),
                page=self.writer.page(alert),
                deliveries=tuple(sent[alert.id]),
            )
            for alert in alerts
        )

    def receivers(self, definitions: Definitions) -> tuple[ReceiverRow, ...]:
        """List the receivers of the definitions, in their order."""
        counts = self.outbox.count_deliveries()
        last = {attempt.receiver: attempt for attempt in self.outbox.last_attempts()}
        return tuple(
            ReceiverRow(
                name=receiver.name,
                kind=receiver.kind,
                names=receiver.names,
                quiet=_quiet(receiver),
                waiting=counts.get((receiver.name, "waiting"), 0),
                sent=counts.get((receiver.name, "sent"), 0),
                failed=counts.get((receiver.name, "failed"), 0),
                last_attempt=last[receiver.name].at if receiver.name in last else None,
                last_answer=last[receiver.name].answer if receiver.name in last else None,
            )
            for receiver in definitions.receivers
        )


def is_seen(
    repository: Repository, definitions: Definitions | None, alert: Alert, scope: Scope | None
) -> bool:
    """Say whether an alert is about usage that lies wholly inside a scope."""
    if scope is None:
        return True
    facts = alert.facts
    if alert.rule in ("budget", "budget-forecast"):
        budgets = definitions.budgets if definitions else ()
        budget = next((one for one in budgets if one.name == facts.get("budget")), None)
        if budget is None or seen_filters(repository, budget, scope) is None:
            return False
        if budget.each in (None, "cost_center"):
            return budget.each is None or _is_inside(repository, budget.each, facts.get("key"), scope)
        # What such a budget is about lies inside the scope's cost centres, or it would not be seen.
        of_people = replace(scope, cost_centers=())
        is_all = of_people == Scope((), ())
        return is_all or _is_inside(repository, budget.each, facts.get("key"), of_people)
    if alert.rule in ("anomaly", "runaway"):
        return _is_inside(repository, facts.get("kind"), facts.get("subject"), scope)
    return False


def _is_inside(repository: Repository, kind: object, key: object, scope: Scope) -> bool:
    """Say whether all usage of a user, group or cost centre lies inside a scope; of others it may not."""
    if not isinstance(key, str):
        return False
    if kind == "cost_center":
        has_people = scope.domains or scope.groups or scope.users
        return key in scope.cost_centers and not (has_people or scope.tenants)
    if scope.cost_centers:
        return False
    if kind == "user":
        return repository.user(key, scope) is not None
    return kind == "group" and key in scope.groups and not scope.tenants


def _quiet(receiver: Receiver) -> str | None:
    if receiver.quiet is None:
        return None
    begins, ends = receiver.quiet
    return f"{begins:%H:%M}-{ends:%H:%M}"
