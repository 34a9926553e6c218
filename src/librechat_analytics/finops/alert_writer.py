"""Writes alerts for people and for programs, with today's names, so that no name waits in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from librechat_analytics.finops.alert_words import instant_text, page_of, sentence, title
from librechat_analytics.finops.messages import Message, Notice
from librechat_analytics.formatting import counted, user_label
from librechat_analytics.store.outbox_items import REPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from librechat_analytics.finops.definitions import Definitions, Receiver
    from librechat_analytics.store.outbox_items import Alert, Due, Json, Occasion
    from librechat_analytics.usage.questions import Repository

UTC: Final = ZoneInfo("UTC")

MOST_NAMED: Final = 10
"""A message names at most so many alerts."""

RESOLVED: Final = "-resolved"
"""How the id of a notice ends that says that an alert is over: it is not the same notice."""


class AlertWriter:
    """Writes what receivers are sent, and what the page and the API say of an alert."""

    def __init__(
        self,
        repository: Repository,
        definitions: Callable[[], Definitions | None],
        *,
        public_url: str | None = None,
        write_report: Callable[[Alert, Receiver], Message] | None = None,
    ) -> None:
        """Look names up in ``repository``; links begin with ``public_url``, and without it there are none."""
        self._repository = repository
        self._definitions = definitions
        self._public_url = public_url
        self._write_report = write_report

    def text(self, alert: Alert, *, names: bool, occasion: Occasion = "opened") -> str:
        """Say what an alert is about; without ``names`` people are called by their ids."""
        return sentence(alert, self._zone, self.name if names else str, occasion)

    @property
    def _zone(self) -> ZoneInfo:
        definitions = self._definitions()
        return definitions.zone if definitions else UTC

    def link(self, alert: Alert) -> str | None:
        """Return the address of the page that explains an alert."""
        return None if self._public_url is None else self._public_url + self.page(alert)

    def title(self, alert: Alert) -> str:
        """Name an alert in a few words."""
        return title(alert)

    def page(self, alert: Alert) -> str:
        """Return the query string of the page that explains an alert."""
        return page_of(alert, self._zone)

    def name(self, user: str) -> str:
        """Return a user's name, else the e-mail address, else the id."""
        found = self._repository.user(user)
        return user if found is None else user_label(found.name, found.email, found.id, found.deleted)

    def notice(self, due: Due, receiver: Receiver) -> Notice:
        """Write one delivery for a program."""
        alert, occasion = due.alert, due.delivery.occasion
        if alert.rule == REPORT:
            message = self._report(alert, receiver)
            return self._notice(alert, alert.id, message.text, dict(alert.facts))
        facts = self._named(alert.facts) if receiver.names else dict(alert.facts)
        if occasion == "resolved":
            facts["resolvedAt"] = instant_text(alert.resolved_at)
        identity = alert.id if occasion == "opened" else f"{alert.id}{RESOLVED}"
        return self._notice(alert, identity, self.text(alert, names=receiver.names, occasion=occasion), facts)

    def _notice(self, alert: Alert, identity: str, text: str, facts: dict[str, Json]) -> Notice:
        return Notice.of(
            identity,
            rule=alert.rule,
            subject=alert.subject,
            level=alert.level,
            opened_at=alert.opened_at,
            text=text,
            link=self.link(alert),
            facts=facts,
        )

    def _labelled(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self._labelled(each) for each in value]
        return self._named(value) if isinstance(value, dict) else value

    def _named(self, held: Mapping[str, Json]) -> dict[str, Json]:
        """Return facts with the labels of the users that they hold by id."""
        facts: dict[str, Json] = {name: self._labelled(each) for name, each in held.items()}
        user = facts.get("subject") if facts.get("kind") == "user" else None
        user = facts.get("key") if facts.get("each") == "user" else user
        return facts | {"label": self.name(user)} if isinstance(user, str) else facts

    def message(self, dues: Sequence[Due], receiver: Receiver, *, is_last_of_day: bool) -> Message:
        """Write deliveries as one message to people; a report comes alone."""
        if dues[0].alert.rule == REPORT:
            return self._report(dues[0].alert, receiver)
        lines = [line for due in dues[:MOST_NAMED] for line in (self._entry(due, receiver), "")]
        if len(dues) > MOST_NAMED:
            lines += [f"And {len(dues) - MOST_NAMED:,} more{self._on_the_page()}.", ""]
        if is_last_of_day:
            lines += [
                "This is the last message of today. What else happens comes tomorrow, in one message.",
                "",
            ]
        first = dues[0]
        heading = (
            title(first.alert, first.delivery.occasion) if len(dues) == 1 else counted(len(dues), "alert")
        )
        return Message(f"LibreChat Analytics: {heading}", "\n".join(lines).strip())

    def _entry(self, due: Due, receiver: Receiver) -> str:
        text = self.text(due.alert, names=receiver.names, occasion=due.delivery.occasion)
        link = self.link(due.alert)
        return text if link is None else f"{text}\n{link}"

    def _on_the_page(self) -> str:
        return "" if self._public_url is None else f": {self._public_url}?view=alerts"

    def _report(self, alert: Alert, receiver: Receiver) -> Message:
        if self._write_report is None:
            raise ValueError("There is nothing that writes reports.")
        return self._write_report(alert, receiver)
