"""Does in the follower what other processes request through ClickHouse."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from librechat_analytics.errors import AwayError, OperatorError
from librechat_analytics.store.clickhouse.people import WITH_NAMES, count_older_parts
from librechat_analytics.store.clickhouse.requests import Answer, answer, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from librechat_analytics.assembly.following import Following
    from librechat_analytics.finops.definitions_file import DefinitionsFile
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.requests import Request
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)

NO_SUCH_REQUEST = "This follower does not know such requests; its program may be older."


@dataclass(frozen=True, slots=True)
class DoneRequests:
    """Does requests and answers them; ``publish`` publishes what they changed."""

    connection: Connection
    store: Store
    following: Following
    definitions: DefinitionsFile
    publish: Callable[[], object]
    when_forgotten: Callable[[], object]
    """Makes names that were erased leave the disks."""

    def do_waiting(self) -> None:
        """Do all requests that wait, the oldest first; raises StoreError if ClickHouse does not answer.

        A request whose answer could not be written is done again, and one that has no answer yet goes on
        waiting.
        """
        for request in waiting(self.connection):
            given = self._do(request)
            if given is None:
                continue
            self.publish()
            answer(self.connection, request.id, given)
            log.info("Did the request %s: %s", request.kind, given.text or "done.")
            if request.kind == "forget" and given.is_done:
                self.when_forgotten()

    def _do(self, request: Request) -> Answer | None:
        verbs: Mapping[str, Callable[[Mapping[str, str]], Answer | None]] = {
            "audit": self._audit,
            "forget": self._forget,
            "off disk": self._off_disk,
            "silence": self._silence,
            "test": self._test,
        }
        if request.kind not in verbs:
            return Answer(is_done=False, text=NO_SUCH_REQUEST)
        try:
            return verbs[request.kind](request.arguments)
        except AwayError:
            raise  # the request waits until ClickHouse answers
        except OperatorError as error:
            return Answer(is_done=False, text=str(error))
        except (KeyError, ValueError):
            log.exception("A request %s cannot be read", request.kind)
            return Answer(is_done=False, text="The follower cannot read this request.")

    def _audit(self, _: Mapping[str, str]) -> Answer:
        if self.following.syncer is None:
            return Answer(is_done=False, text="There is nothing to compare with: MONGO_URI is not set.")
        begun_at = datetime.now(UTC)
        self.following.syncer.want_audit()
        return Answer(is_done=True, text=begun_at.isoformat())

    def _forget(self, given: Mapping[str, str]) -> Answer:
        user = given["user"]
        if not self.store.users_known_as(user):
            return Answer(is_done=False, text=f"The store has no user {user}.")
        self.store.forget_user(user, rewrites=False)  # other threads use the store
        return Answer(is_done=True)

    def _off_disk(self, given: Mapping[str, str]) -> Answer | None:
        versions = {name: int(given[name]) for name in WITH_NAMES}
        if count_older_parts(self.connection, versions):
            return None
        return Answer(is_done=True, text="No older names are on ClickHouse's disk.")

    def _silence(self, given: Mapping[str, str]) -> Answer:
        is_found = self.following.alerting.silence(
            given["alert"],
            until=datetime.fromisoformat(given["until"]),
            reason=given["reason"],
            by=given["by"],
            now=datetime.now(UTC),
        )
        return Answer(is_found, "" if is_found else "There is no alert with this id.")

    def _test(self, given: Mapping[str, str]) -> Answer:
        said = self.definitions.current
        receivers = {one.name: one for one in said.receivers} if said else {}
        if given["receiver"] not in receivers:
            return Answer(is_done=False, text="The follower's definitions file has no receiver of this name.")
        tried = self.following.alerting.test(receivers[given["receiver"]])
        return Answer(tried.is_taken, tried.text)
