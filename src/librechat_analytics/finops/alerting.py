"""Alerts as a whole: what finds them, keeps them, writes them and sends them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from librechat_analytics.finops.alert_list import AlertReader
from librechat_analytics.finops.alert_writer import AlertWriter
from librechat_analytics.finops.delivery import Delivery
from librechat_analytics.finops.evaluation import Evaluation
from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.outbox_items import Silence

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.finops.definitions import Definitions, Receiver
    from librechat_analytics.finops.messages import Answer, Message
    from librechat_analytics.store.interface import Outbox
    from librechat_analytics.store.outbox_items import Alert
    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.questions import Repository

LONGEST_SILENCE: Final = timedelta(days=366)
"""How far ahead a silence can end."""


@dataclass(frozen=True, slots=True)
class Alerting:
    """The parts that work together on alerts; nothing runs before ``start``."""

    outbox: Outbox
    writer: AlertWriter
    delivery: Delivery
    evaluation: Evaluation
    reader: AlertReader

    @classmethod
    def of(
        cls,
        store: Store,
        definitions: Callable[[], Definitions | None],
        repository_at: Callable[[datetime | None], Repository],
        *,
        public_url: str | None,
        write_report: Callable[[Alert, Receiver], Message] | None = None,
    ) -> Alerting:
        """Put the parts together.

        ``repository_at`` answers as of an instant, with None as of each present; ``write_report`` writes the
        outbox's reports by schedule.
        """
        outbox = StoredOutbox(store)
        writer = AlertWriter(
            repository_at(None), definitions, public_url=public_url, write_report=write_report
        )
        delivery = Delivery(outbox, definitions, writer)
        evaluation = Evaluation(store, outbox, definitions, repository_at, wake_delivery=delivery.wake)
        return cls(outbox, writer, delivery, evaluation, AlertReader(outbox, writer))

    def silence(self, alert_id: str, *, until: datetime, reason: str, by: str, now: datetime) -> bool:
        """Send nothing about an alert's subject until an instant; one that is over ends the silence.

        Returns False if there is no such alert. ``by``: the name of a key.
        """
        is_found = self.outbox.silence(alert_id, Silence(until, reason, by), now)
        self.delivery.wake()
        return is_found

    def test(self, receiver: Receiver) -> Answer:
        """Send a receiver a test, and return its answer."""
        return self.delivery.test(receiver)

    def start(self) -> None:
        """Evaluate and send from now on."""
        self.delivery.start()
        self.evaluation.start()

    def stop(self) -> None:
        """Stop both; call this before the store closes."""
        self.evaluation.stop()
        self.delivery.stop()
