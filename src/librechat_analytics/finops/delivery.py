"""Sends what waits in the outbox: a queue for each receiver, so that none holds up another."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from librechat_analytics.finops.delivery_rules import (
    GROUPED_FOR,
    LONGEST_PAUSE,
    MOST_A_DAY,
    NEVER_QUIET,
    TRIED_FOR,
    day_of,
    outcome,
    quiet_until,
)
from librechat_analytics.finops.messages import Answer, Message, Notice
from librechat_analytics.finops.receivers.services import send_to_people
from librechat_analytics.finops.receivers.signed_json import send_json
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.outbox_items import REPORT
from librechat_analytics.usage.repository import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from librechat_analytics.finops.definitions import Definitions, Receiver
    from librechat_analytics.finops.messages import Writer
    from librechat_analytics.store.interface import Outbox
    from librechat_analytics.store.outbox_items import Delivery as DeliveryRow
    from librechat_analytics.store.outbox_items import Due, Outcome

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""How often to look whether something is due."""

AT_ONCE: Final = 4
"""How many notices one program is sent at the same time, so that one that hangs holds up few."""

LAST_MESSAGE_SECONDS: Final = 4
"""How long to wait at the end for what is being sent; what takes longer is sent again after the start."""

GIVEN_UP_EVERY: Final = timedelta(hours=1)
NOT_NOTED: Final = "What was sent to the receiver %s could not be noted. %s"
NOT_DEFINED: Final = "The definitions file has no receiver of this name any more."


class Delivery:
    """Sends to the receivers of the definitions in force, in threads of its own."""

    def __init__(
        self,
        outbox: Outbox,
        definitions: Callable[[], Definitions | None],
        writer: Writer,
        *,
        clock: Callable[[], datetime] = utc_now,
        to_program: Callable[[Receiver, Notice], Answer] = send_json,
        to_people: Callable[[Receiver, Message], Answer] = send_to_people,
    ) -> None:
        self._outbox = outbox
        self._definitions = definitions
        self._writer = writer
        self._clock = clock
        self._to_program = to_program
        self._to_people = to_people
        self._stopped = threading.Event()
        self._woken = threading.Event()
        self._sending: dict[str, threading.Thread] = {}
        self._not_noted: dict[str, list[tuple[list[DeliveryRow], Outcome, datetime]]] = {}
        self._given_up_at: datetime | None = None
        self._problem = ""
        self._thread = threading.Thread(target=self._follow, name="delivery", daemon=True)

    def start(self) -> None:
        """Send what is due from now on."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once whether something is due."""
        self._woken.set()

    def stop(self) -> None:
        """Stop sending; wait a little for what is being sent."""
        self._stopped.set()
        self._woken.set()
        give_up_at = time.monotonic() + LAST_MESSAGE_SECONDS
        for thread in (self._thread, *self._sending.values()):
            if thread.is_alive():
                thread.join(max(0.0, give_up_at - time.monotonic()))

    def test(self, receiver: Receiver) -> Answer:
        """Send a message that says that it is a test, and return the answer."""
        return send_test(receiver, self._clock(), self._to_program, self._to_people)

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                self.send_due()
                self._problem = ""
            except StoreError as error:
                if str(error) != self._problem:
                    log.warning("Alerts cannot be sent yet. %s", error)
                self._problem = str(error)
            except Exception:
                log.exception("Alerts could not be sent")
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()

    def send_due(self) -> None:
        """Begin to send what is due, in a thread for each receiver that is not being sent anything."""
        definitions = self._definitions()
        if definitions is None:
            return
        now = self._clock()
        receivers = {receiver.name: receiver for receiver in definitions.receivers}
        for name, at in self._outbox.next_tries().items():
            running = self._sending.get(name)
            if at > now or name not in receivers or (running is not None and running.is_alive()):
                continue
            work = threading.Thread(
                target=self._send_or_log,
                args=(receivers[name], definitions),
                name=f"to {name}",
                daemon=True,
            )
            self._sending[name] = work
            work.start()
        if self._given_up_at is None or abs(now - self._given_up_at) >= GIVEN_UP_EVERY:
            self._outbox.give_up(list(receivers), now - TRIED_FOR, NOT_DEFINED)
            self._given_up_at = now

    def _send_or_log(self, receiver: Receiver, definitions: Definitions) -> None:
        try:
            self.send_to(receiver, definitions)
        except StoreError as error:
            log.warning(NOT_NOTED, receiver.name, error)
        except Exception:
            log.exception("Nothing could be sent to the receiver %s", receiver.name)
            self._stopped.wait(LOOK_SECONDS)
        finally:
            self._woken.set()

    def send_to(self, receiver: Receiver, definitions: Definitions) -> None:
        """Send one receiver what is due now."""
        if not self._note_again(receiver):
            return
        now = self._clock()
        dues = self._outbox.due(receiver.name, now)
        if not dues:
            return
        until = quiet_until(receiver.quiet, now, definitions.zone)
        if until is not None:
            held = [due.delivery for due in dues if due.alert.rule not in NEVER_QUIET]
            if held:
                self._outbox.put_off(held, until)
            dues = tuple(due for due in dues if due.alert.rule in NEVER_QUIET)
        if receiver.kind == "json":
            self._send_notices(receiver, dues)
        elif dues:
            self._send_messages(receiver, dues, definitions, is_quiet=until is not None)

    def _send_notices(self, receiver: Receiver, dues: Sequence[Due]) -> None:
        beginning = {due.alert.id for due in dues if due.delivery.occasion == "opened"}
        # The end of an alert comes after its beginning was taken.
        dues = [due for due in dues if due.delivery.occasion == "opened" or due.alert.id not in beginning]
        for first in range(0, len(dues), AT_ONCE):
            if self._stopped.is_set():
                return
            together = dues[first : first + AT_ONCE]
            wanted: list[timedelta] = []
            threads = [
                threading.Thread(target=self._send_notice, args=(receiver, due, wanted), daemon=True)
                for due in together
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            rest = dues[first + AT_ONCE :]
            if wanted and rest and not self._stopped.is_set():
                # A receiver that wants to be left alone is sent nothing else in the meantime.
                until = self._clock() + min(max(wanted), LONGEST_PAUSE)
                self._outbox.put_off([due.delivery for due in rest], until)
                return

    def _send_notice(self, receiver: Receiver, due: Due, pauses: list[timedelta]) -> None:
        try:
            answer = self._attempt(
                receiver, lambda: self._to_program(receiver, self._writer.notice(due, receiver))
            )
            self._note(receiver, [due], answer)
        except StoreError as error:
            log.warning(NOT_NOTED, receiver.name, error)
            return
        if answer.retry_after is not None:
            pauses.append(answer.retry_after)

    def _attempt(self, receiver: Receiver, send: Callable[[], Answer]) -> Answer:
        """Write and send a message; one that cannot be written is tried again as if it was not taken."""
        try:
            return send()
        except StoreError:
            raise
        except Exception:
            log.exception("A message to the receiver %s could not be written", receiver.name)
            return Answer("the message could not be written; see the log", is_taken=False)

    def _send_messages(
        self, receiver: Receiver, dues: Sequence[Due], definitions: Definitions, *, is_quiet: bool
    ) -> None:
        now = self._clock()
        today, tomorrow = day_of(now, definitions.zone)
        sent_today = self._outbox.count_sent(receiver.name, today)
        alerts = [due for due in dues if due.alert.rule != REPORT]
        if alerts:
            # What has just begun joins them.
            fresh = self._outbox.due(receiver.name, now + GROUPED_FOR)
            known = {(due.alert.id, due.delivery.occasion) for due in dues}
            alerts += [
                due
                for due in fresh
                if due.delivery.attempts == 0
                and (due.alert.id, due.delivery.occasion) not in known
                and due.alert.rule != REPORT
                and not (is_quiet and due.alert.rule not in NEVER_QUIET)
            ]
        reports = [[due] for due in dues if due.alert.rule == REPORT]
        for together in [*([alerts] if alerts else []), *reports]:
            if self._stopped.is_set():
                return
            if sent_today >= MOST_A_DAY:
                self._outbox.put_off([due.delivery for due in together], tomorrow)
                continue
            is_last = sent_today == MOST_A_DAY - 1
            write = partial(self._writer.message, together, receiver, is_last_of_day=is_last)
            answer = self._attempt(receiver, partial(self._send_message, receiver, write))
            self._note(receiver, together, answer)
            sent_today += answer.is_taken

    def _note_again(self, receiver: Receiver) -> bool:
        """Note what could not be noted; until that works, nothing is sent, because it would be sent again."""
        not_noted = self._not_noted.get(receiver.name, [])
        try:
            while not_noted:
                self._outbox.note_outcome(*not_noted[0])
                del not_noted[0]
        except StoreError:
            self._stopped.wait(LOOK_SECONDS)
            return False
        return True

    def _send_message(self, receiver: Receiver, write: Callable[[], Message]) -> Answer:
        return self._to_people(receiver, write())

    def _note(self, receiver: Receiver, dues: Sequence[Due], answer: Answer) -> None:
        now = self._clock()
        by_outcome: dict[Outcome, list[DeliveryRow]] = {}
        for due in dues:
            by_outcome.setdefault(outcome(due.delivery, answer, now), []).append(due.delivery)
        for ended, deliveries in by_outcome.items():
            try:
                self._outbox.note_outcome(deliveries, ended, now)
            except StoreError:
                self._not_noted.setdefault(receiver.name, []).append((deliveries, ended, now))
                raise
        if not answer.is_taken:
            log.warning(
                "The receiver %s did not take %d of its messages: %s", receiver.name, len(dues), answer.text
            )


def send_test(
    receiver: Receiver,
    now: datetime,
    to_program: Callable[[Receiver, Notice], Answer] = send_json,
    to_people: Callable[[Receiver, Message], Answer] = send_to_people,
) -> Answer:
    """Send a message that says that it is a test, and return the answer; nothing of it is kept."""
    text = f"This is a test of the receiver {receiver.name}. Nothing is wrong."
    if receiver.kind == "apprise":
        return to_people(receiver, Message("Test of LibreChat Analytics", text))
    identity = f"test-{secrets.token_hex(12)}"
    notice = Notice.of(
        identity, rule="test", subject=receiver.name, opened_at=now.replace(microsecond=0), text=text
    )
    return to_program(receiver, notice)
