"""Evaluates the rules of alerts: at the start, after every change of the store, and each minute."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from librechat_analytics.errors import OperatorError
from librechat_analytics.finops import alert_rules
from librechat_analytics.finops.anomalies import anomalies, kinds_judged, runaways, worth_telling
from librechat_analytics.finops.budgets import budget_states
from librechat_analytics.finops.delivery_rules import first_tries
from librechat_analytics.finops.due_reports import due_reports
from librechat_analytics.store.outbox_items import Written
from librechat_analytics.usage.daily_costs import Days
from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.repository import utc_now
from librechat_analytics.usage.wall_clock import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.store.interface import Outbox, Reader
    from librechat_analytics.store.outbox_items import Condition
    from librechat_analytics.usage.answers import Freshness
    from librechat_analytics.usage.questions import Repository

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5
"""How often to look whether the store has changed."""

EVERY_SECONDS: Final = 60.0
LEAST_PAUSE_SECONDS: Final = 2.0
REST_TIMES: Final = 5
"""After an evaluation, rest for so many times as long as it took."""

DAYS_JUDGED_EVERY_SECONDS: Final = 900.0
"""How often to judge the days that are over again: only rows that come late change them."""

JUDGED: Final = "anomaly:judged"
LAST_STOP_SECONDS: Final = 5
KEPT_FOR: Final = timedelta(days=400)
"""For how long alerts that are over are kept."""


@dataclass(slots=True)
class _Round:
    """One evaluation: what was found so far."""

    repository: Repository
    definitions: Definitions
    freshness: Freshness
    now: datetime
    earlier: dict[str, str]
    conditions: list[Condition] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    reports: int = 0
    """How many reports have become due."""

    @property
    def today(self) -> date:
        return self.now.astimezone(self.definitions.zone).date()

    @property
    def outcome(self) -> object:
        """What is written: writing the same once more changes nothing."""
        conditions = {(condition.identity.id, condition.opens) for condition in self.conditions}
        return self.today, conditions, self.rules, self.marks

    def add(self, *rules: alert_rules.Rule, conditions: Iterable[Condition]) -> None:
        """Note that rules were evaluated, and what they found."""
        self.rules += rules
        self.conditions += conditions

    def keep(self, beginning: str) -> None:
        """Keep the marks of a rule that was not evaluated."""
        self.marks |= {name: value for name, value in self.earlier.items() if name.startswith(beginning)}


class Evaluation:
    """Finds what alerts tell of, in a thread of its own, and writes it to the outbox."""

    def __init__(
        self,
        store: Reader,
        outbox: Outbox,
        definitions: Callable[[], Definitions | None],
        repository_at: Callable[[datetime | None], Repository],
        *,
        wake_delivery: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Evaluate the definitions in force; ``repository_at`` answers as of an instant."""
        self._store = store
        self._outbox = outbox
        self._definitions = definitions
        self._repository_at = repository_at
        self._wake_delivery = wake_delivery
        self._clock = clock
        self._started_at = clock()
        self._days_judged: tuple[object, float] | None = None
        self._last_outcome: object = None
        self._problems: set[str] = set()
        self._forgotten_on: date | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="alerts", daemon=True)

    def start(self) -> None:
        """Evaluate from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the evaluation that is running."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(LAST_STOP_SECONDS)

    def _follow(self) -> None:
        seen: object = None
        next_at = least_at = 0.0
        while not self._stopped.is_set():
            now = time.monotonic()
            changed = (self._store.version, self._definitions())
            if now >= least_at and (changed != seen or now >= next_at):
                seen = changed
                try:
                    self.run()
                except OperatorError as error:
                    log.warning("Alerts cannot be evaluated yet. %s", error)
                except Exception:
                    log.exception("Alerts could not be evaluated")
                ended = time.monotonic()
                least_at = ended + max(LEAST_PAUSE_SECONDS, REST_TIMES * (ended - now))
                next_at = now + EVERY_SECONDS
            self._stopped.wait(LOOK_SECONDS)

    def run(self) -> Written | None:
        """Evaluate all rules once; None without definitions, and before the history has been read."""
        definitions = self._definitions()
        state = self._store.state()
        is_partly_read = state.oldest_id is not None and not state.history_complete
        if definitions is None or is_partly_read or not state.anything_read:
            return None
        now = self._clock()
        repository = self._repository_at(now)
        # Freshness is read first: the figures may be newer than it says, never older.
        freshness = repository.freshness()
        if freshness.status == "importing":
            return None
        found = _Round(repository, definitions, freshness, now, self._outbox.marks())
        for part in (
            self._budgets,
            self._unusual_days,
            self._runaway_days,
            self._unpriced_models,
            self._source,
        ):
            self._try(part, found)
        written = Written(0, 0)
        if found.outcome != self._last_outcome:
            written = self._outbox.write(
                found.conditions,
                rules=found.rules,
                told_ends=alert_rules.TOLD_ENDS,
                first_tries=first_tries(definitions, now),
                marks=found.marks,
                now=now,
            )
            self._last_outcome = found.outcome
        self._try(self._reports, found)
        if found.today != self._forgotten_on:
            self._outbox.forget_before(now - KEPT_FOR)
            self._forgotten_on = found.today
        if written.opened or written.resolved or found.reports:
            self._wake_delivery()
        return written

    def _try(self, part: Callable[[_Round], None], found: _Round) -> None:
        """Evaluate some rules; a failure leaves their alerts as they are and is logged once."""
        name = part.__name__
        try:
            part(found)
        except OperatorError:
            raise
        except Exception:
            found.marks = {**found.earlier, **found.marks}
            if name not in self._problems:
                log.exception("Some alerts cannot be evaluated")
            self._problems.add(name)
        else:
            self._problems.discard(name)

    def _reports(self, found: _Round) -> None:
        """Add the reports that are due; nothing about them depends on the rules of alerts."""
        at_once = {receiver.name: found.now for receiver in found.definitions.receivers}
        for item in due_reports(found.definitions, self._outbox.reports(found.now), found.now):
            found.reports += self._outbox.add(item, first_tries=at_once, now=found.now)

    def _budgets(self, found: _Round) -> None:
        states = budget_states(found.repository, found.definitions)
        overruns = alert_rules.expected_overruns(states, found.earlier, found.today)
        found.add("budget", conditions=alert_rules.crossed_thresholds(states))
        found.add("budget-forecast", conditions=overruns.conditions)
        found.marks |= overruns.marks

    def _unusual_days(self, found: _Round) -> None:
        receivers = found.definitions.alerts.anomalies
        if not receivers:
            found.add("anomaly", conditions=())
            return
        zone, as_of = found.definitions.zone, found.freshness.as_of
        known_until = found.now if as_of is None else min(found.now, as_of)
        end = known_until.astimezone(zone).date()
        reason = (end, found.definitions, found.today)
        if self._days_judged is not None:
            last_reason, at = self._days_judged
            if reason == last_reason and time.monotonic() < at + DAYS_JUDGED_EVERY_SECONDS:
                found.keep(JUDGED)
                return
        first = found.today - alert_rules.ANOMALY_LASTS
        days = Days(zone, first, max(end, first))
        all_of_them = anomalies(found.repository, days, EVERYTHING, kinds_judged(found.definitions))
        judged = worth_telling(all_of_them, found.repository.first_usage(), zone)
        last_day = end - DAY
        earlier = found.earlier.get(JUDGED)
        judged_until = last_day if earlier is None else min(date.fromisoformat(earlier), last_day)
        found.add("anomaly", conditions=alert_rules.unusual_days(judged, judged_until, receivers))
        found.marks[JUDGED] = last_day.isoformat()
        self._days_judged = reason, time.monotonic()

    def _runaway_days(self, found: _Round) -> None:
        receivers = found.definitions.alerts.runaway
        running_away = runaways(found.repository, found.definitions.zone, found.now) if receivers else ()
        found.add("runaway", conditions=alert_rules.runaway_days(running_away, found.today, receivers))

    def _unpriced_models(self, found: _Round) -> None:
        receivers = found.definitions.alerts.unpriced_model
        judged = TimeRange(found.now - alert_rules.JUDGED_FOR, found.now)
        models = found.repository.unpriced_models(judged) if receivers else ()
        found.add(
            "unpriced-model", conditions=alert_rules.new_models_without_price(models, found.now, receivers)
        )

    def _source(self, found: _Round) -> None:
        receivers = found.definitions.alerts.stale_sync
        problems = alert_rules.source_problems(
            found.freshness,
            found.earlier,
            now=found.now,
            started_at=self._started_at,
            receivers=receivers,
        )
        if problems is None:
            found.keep("since:")
            return
        found.add(*alert_rules.TOLD_ENDS, conditions=problems.conditions if receivers else ())
        found.marks |= problems.marks
