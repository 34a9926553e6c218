"""``/api/alerts`` and ``/api/receivers``: what was noticed, who was told, and the verbs for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol, get_args

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Conflict, Forbidden, NotFound

from librechat_analytics.exports.files import csv_text, xlsx_bytes
from librechat_analytics.exports.sheets import alerts_sheet, receivers_sheet
from librechat_analytics.exports.workbook import Context, Selection
from librechat_analytics.finops.alert_list import AlertState, is_seen
from librechat_analytics.finops.alerting import LONGEST_SILENCE
from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.periods import this_month
from librechat_analytics.web.alert_bodies import (
    SILENCE,
    TEST,
    AlertsAnswer,
    ReceiversAnswer,
    Silenced,
    Tested,
)
from librechat_analytics.web.api import file_response
from librechat_analytics.web.body import json_response
from librechat_analytics.web.parameters import (
    BadParameterError,
    read_request,
)
from librechat_analytics.web.server import conditional, present_visitor
from librechat_analytics.web.verbs import add_verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.finops.alert_list import AlertReader
    from librechat_analytics.finops.definitions import Definitions, Receiver
    from librechat_analytics.finops.messages import Answer as Tried
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import Repository
    from librechat_analytics.web.alert_bodies import SilenceGiven
    from librechat_analytics.web.gatekeeper import Visitor
    from librechat_analytics.web.parameters import ApiRequest
    from librechat_analytics.web.verbs import Nothing

STATES: Final = (*get_args(AlertState), "all")
DEFAULT_STATE: Final = "all"
DEFAULT_LIMIT: Final = 100
NO_FILE: Final = "There are no alerts: set FINOPS_FILE to define them."
NO_RECEIVERS: Final = "There are no receivers: set FINOPS_FILE to define them."
NO_SUCH_ALERT: Final = "There is no alert with this id."
NO_SUCH_RECEIVER: Final = "The definitions file has no receiver of this name."
OF_ALL_USERS: Final = "This key may see only some users; receivers are told of all of them."


class AlertVerbs(Protocol):
    """Does what requests want done about alerts."""

    def silence(self, alert_id: str, *, until: datetime, reason: str, by: str, now: datetime) -> bool:
        """Send nothing about an alert's subject until an instant; False if there is no such alert."""
        ...

    def test(self, receiver: Receiver) -> Tried:
        """Send a receiver a test, and return its answer."""
        ...


@dataclass(frozen=True, slots=True)
class AlertsApi:
    """The answers and verbs about alerts."""

    repository: Repository
    reader: AlertReader
    verbs: AlertVerbs
    definitions: Callable[[], Definitions | None]

    def alerts(self) -> Response:
        """Answer with alerts of a state."""
        said = _defined(self.definitions(), NO_FILE)
        wanted = _read(self.repository, said, own=("state",))
        state = _state()
        is_limited = wanted.format != "json" or "limit" in request.args  # a file has all alerts
        limit = wanted.listing.limit if is_limited else DEFAULT_LIMIT
        period = this_month(said.zone, self.repository.now())
        freshness = self.repository.freshness()
        found = self.reader.alerts(
            self.repository,
            said,
            now=datetime.now(UTC),
            state=next((each for each in get_args(AlertState) if each == state), None),
            scope=present_visitor().scope,
            limit=limit,
            offset=wanted.listing.offset,
        )
        if wanted.format == "json":
            return conditional(json_response(AlertsAnswer.of(period, freshness, (), found)))
        return _file("alerts", self.repository, period, alerts_sheet(found.rows), wanted.format)

    def receivers(self) -> Response:
        """Answer with the receivers, without their addresses."""
        if present_visitor().scope is not None:
            raise Forbidden(OF_ALL_USERS)
        said = _defined(self.definitions(), NO_RECEIVERS)
        wanted = _read(self.repository, said)
        period = this_month(said.zone, self.repository.now())
        freshness, found = self.repository.freshness(), self.reader.receivers(said)
        if wanted.format == "json":
            return conditional(json_response(ReceiversAnswer.of(period, freshness, (), found)))
        return _file("receivers", self.repository, period, receivers_sheet(found), wanted.format)

    def silence(self, alert_id: str, given: SilenceGiven, visitor: Visitor) -> Silenced:
        """Send nothing about an alert's subject until an instant."""
        now = datetime.now(UTC)
        found = self.reader.outbox.alert(alert_id, now)
        if found is None or not is_seen(self.repository, self.definitions(), found, visitor.scope):
            raise NotFound(NO_SUCH_ALERT)
        if found.resolved_at is not None:
            raise Conflict("This alert is over; there is nothing to silence.")
        if given.until > now + LONGEST_SILENCE:
            raise BadParameterError("until", "until must be within a year from now.")
        # An instant in the first hours of the year 1 may not exist in UTC.
        until = max(given.until, now)
        self.verbs.silence(alert_id, until=until, reason=given.reason, by=visitor.name, now=now)
        return Silenced(
            id=alert_id,
            silenced_until=until if until > now else None,
            reason=given.reason,
            by=visitor.name,
        )

    def test(self, name: str, _: Nothing, visitor: Visitor) -> Tested:
        """Send a receiver a test, and say what it answered."""
        if visitor.scope is not None:
            raise Forbidden(OF_ALL_USERS)
        said = self.definitions()
        receiver = next((one for one in said.receivers if one.name == name), None) if said else None
        if receiver is None:
            raise NotFound(NO_SUCH_RECEIVER)
        answer = self.verbs.test(receiver)
        return Tested(receiver=name, sent=answer.is_taken, answer=answer.text)


def serve_alerts(
    server: Flask,
    repository: Repository,
    reader: AlertReader,
    verbs: AlertVerbs,
    definitions: Callable[[], Definitions | None],
) -> None:
    """Answer with alerts and receivers, and serve the verbs that silence and test."""
    answers = AlertsApi(repository, reader, verbs, definitions)
    api = Blueprint("alerting", __name__, url_prefix="/api")
    api.get("/alerts", provide_automatic_options=False)(answers.alerts)
    api.get("/receivers", provide_automatic_options=False)(answers.receivers)
    add_verb(api, SILENCE, answers.silence)
    add_verb(api, TEST, answers.test)
    server.register_blueprint(api)


def _defined(said: Definitions | None, otherwise: str) -> Definitions:
    if said is None:
        raise NotFound(otherwise)
    return said


def _read(repository: Repository, said: Definitions, *, own: tuple[str, ...] = ()) -> ApiRequest:
    """Read the parameters that every endpoint takes; most have no effect here. ``own``: names of others."""
    shared = [(name, value) for name, value in request.args.items(multi=True) if name not in own]
    return read_request(MultiDict(shared), default_zone=said.zone.key, now=repository.now(), first_usage=None)


def _state() -> str:
    if len(request.args.getlist("state")) > 1:
        raise BadParameterError("state", "state is given more than once; give it once.")
    state = request.args.get("state", DEFAULT_STATE)
    if state not in STATES:
        raise BadParameterError("state", f"state must be one of {', '.join(STATES)}.")
    return state


def _file(what: str, repository: Repository, period: Period, sheet: Sheet, form: str) -> Response:
    context = Context.of(repository, Selection(period, EVERYTHING, "day"))
    content = csv_text(sheet).encode() if form == "csv" else xlsx_bytes([sheet], context.caption)
    return file_response(context.file_name(what), content, form)
