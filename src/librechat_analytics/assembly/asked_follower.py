"""Has the follower do what this process cannot: silence an alert, audit, forget a person, test a receiver."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from librechat_analytics.errors import NotDoneYetError, OperatorError
from librechat_analytics.finops.messages import Answer as Tried
from librechat_analytics.store.clickhouse import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from librechat_analytics.finops.definitions import Receiver
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.requests import Answer, Kind

WAIT_SECONDS: Final = 10.0
"""The follower looks every second; it may be in the middle of a publication."""

DISK_LOOK_SECONDS: Final = 2.0


class AskedFollower:
    """Sends requests through ClickHouse, and waits a few seconds for each answer."""

    def __init__(
        self,
        connection: Connection,
        silent_since: Callable[[], datetime | None],
        *,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        """``silent_since``: when the follower last reported, if that is too long ago."""
        self._connection = connection
        self._silent_since = silent_since
        self._wait_seconds = wait_seconds

    def silence(self, alert_id: str, *, until: datetime, reason: str, by: str, now: datetime) -> bool:  # noqa: ARG002 the follower has its own clock
        """Send nothing about an alert's subject until an instant; False if there is no such alert."""
        given = {"alert": alert_id, "until": until.astimezone(UTC).isoformat(), "reason": reason, "by": by}
        return self._ask("silence", given).is_done

    def test(self, receiver: Receiver) -> Tried:
        """Send a receiver a test, and return its answer."""
        answer = self._ask("test", {"receiver": receiver.name})
        return Tried(answer.text, answer.is_done)

    def begin_audit(self) -> datetime:
        """Begin an audit of every id as soon as possible; return when, by the follower's clock."""
        answer = self._ask("audit", {})
        if not answer.is_done:
            raise OperatorError(answer.text)
        return datetime.fromisoformat(answer.text)

    def forget(self, user: str) -> Answer:
        """Erase a user's name and e-mail address from all answers; ``user`` is the id.

        An e-mail address would be kept with the request.
        """
        return self._ask("forget", {"user": user})

    def wait_until_off_disk(self, versions: Mapping[str, int], *, wait_seconds: float) -> Answer:
        """Wait until ClickHouse's disk has no names of older versions than these, by the name of the table.

        Only the follower's user may see what is on the disk, so the follower answers when it is so.
        """
        given = {name: str(version) for name, version in versions.items()}
        return self._ask("off disk", given, wait_seconds=wait_seconds, look_seconds=DISK_LOOK_SECONDS)

    def _ask(
        self,
        kind: Kind,
        arguments: dict[str, str],
        *,
        wait_seconds: float | None = None,
        look_seconds: float = requests.LOOK_SECONDS,
    ) -> Answer:
        """Return the answer; raises NotDoneYetError if there is none in time."""
        identity = requests.ask(self._connection, kind, arguments)
        wait_seconds = self._wait_seconds if wait_seconds is None else wait_seconds
        answer = requests.wait_for(self._connection, identity, wait_seconds, look_seconds=look_seconds)
        if answer is not None:
            return answer
        since = self._silent_since()
        if since is None:
            raise NotDoneYetError("The follower is busy; it will do this as soon as it can.")
        raise NotDoneYetError(
            f"The follower has not reported since {since:%Y-%m-%d %H:%M} UTC; it will do this when it runs."
        )
