"""The outbox: alerts and reports, and what their receivers are still sent, each written in one commit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from librechat_analytics.store.outbox_items import (
    REPORT,
    Alert,
    Condition,
    Delivery,
    Due,
    LastAttempt,
    Written,
)
from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    import duckdb

    from librechat_analytics.store.outbox_items import AlertState, Outcome, Silence
    from librechat_analytics.store.store import Store

FIELDS_OF_ALERTS = 9
"""How many columns of a joined row are an alert's."""

EVERYTHING = 1_000_000


class Read(Protocol):
    """A store that gives cursors to read with."""

    def reading(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Open a cursor on one snapshot."""
        ...


class StoredAlerts:
    """Alerts and deliveries in a store; ``store.interface.AlertsHeld`` describes the methods."""

    def __init__(self, store: Read) -> None:
        self._readable = store

    def alerts(
        self,
        now: datetime,
        state: AlertState | None = None,
        *,
        limit: int = EVERYTHING,
        offset: int = 0,
    ) -> tuple[tuple[Alert, ...], int]:
        found = self._list(now, state or "all", limit=limit, offset=offset)
        return tuple(_alert(row) for row in found), (found[0][FIELDS_OF_ALERTS] if found else 0)

    def alert(self, alert_id: str, now: datetime) -> Alert | None:
        found = self._list(now, "all", alert_id=alert_id)
        return _alert(found[0]) if found else None

    def count_deliveries(self) -> dict[tuple[str, str], int]:
        with self._readable.reading() as cursor:
            found = rows_of(cursor, "statements/count_deliveries")
        return {(receiver, state): count for receiver, state, count in found}

    def last_attempts(self) -> tuple[LastAttempt, ...]:
        with self._readable.reading() as cursor:
            found = rows_of(cursor, "statements/last_deliveries")
        return tuple(LastAttempt(name, state, _aware(at), answer) for name, state, at, answer in found)

    def _list(
        self,
        now: datetime,
        state: str,
        *,
        alert_id: str = "",
        rules: Collection[str] = (),
        limit: int = EVERYTHING,
        offset: int = 0,
    ) -> list[tuple[Any, ...]]:
        parameters = {
            "now": _stored(now),
            "state": state,
            "id": alert_id,
            "rules": [*rules],
            "limit": limit,
            "offset": offset,
        }
        with self._readable.reading() as cursor:
            return rows_of(cursor, "statements/list_alerts", parameters)

    def deliveries(self, alert_ids: Collection[str]) -> tuple[Delivery, ...]:
        with self._readable.reading() as cursor:
            found = rows_of(cursor, "statements/list_deliveries", {"ids": [*alert_ids]})
        return tuple(_delivery(row) for row in found)


class StoredOutbox(StoredAlerts):
    """The outbox in the store; ``store.interface.Outbox`` describes the methods."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store

    def write(
        self,
        conditions: Sequence[Condition],
        *,
        rules: Collection[str],
        told_ends: Collection[str] = (),
        first_tries: Mapping[str, datetime],
        marks: Mapping[str, str] | None = None,
        now: datetime,
    ) -> Written:
        with self._store.committing(is_usage=False) as cursor:
            cursor.register("conditions", _conditions(conditions))
            cursor.register(
                "addressed",
                _frame(
                    [(each.identity.id, name) for each in conditions for name in each.receivers],
                    "id",
                    "receiver",
                ),
            )
            cursor.register(
                "first_tries",
                pd.DataFrame(
                    {
                        "receiver": pd.Series([*first_tries], dtype="str"),
                        "first_try": pd.Series(map(_stored, first_tries.values()), dtype="datetime64[us]"),
                    }
                ),
            )
            ((opened, resolved),) = rows_of(
                cursor,
                "statements/write_conditions",
                {"now": _stored(now), "rules": [*rules], "told_ends": [*told_ends]},
            )
            if marks is not None:
                cursor.register("marks", _frame(marks.items(), "name", "value"))
                run(cursor, "statements/write_marks")
        return Written(opened, resolved)

    def add(self, item: Condition, *, first_tries: Mapping[str, datetime], now: datetime) -> bool:
        return self.write([item], rules=(), first_tries=first_tries, now=now).opened > 0

    def marks(self) -> dict[str, str]:
        with self._store.reading() as cursor:
            return dict(rows_of(cursor, "statements/list_marks"))

    def reports(self, now: datetime) -> tuple[Alert, ...]:
        return tuple(_alert(row) for row in self._list(now, "all", rules=(REPORT,)))

    def next_tries(self) -> dict[str, datetime]:
        with self._store.reading() as cursor:
            return {name: _aware(at) for name, at in rows_of(cursor, "statements/next_tries")}

    def due(self, receiver: str, before: datetime) -> tuple[Due, ...]:
        parameters = {"receiver": receiver, "before": _stored(before)}
        with self._store.reading() as cursor:
            found = rows_of(cursor, "statements/list_due", parameters)
        return tuple(Due(_alert(row), _delivery(row[FIELDS_OF_ALERTS:])) for row in found)

    def note_outcome(self, tried: Iterable[Delivery], outcome: Outcome, now: datetime) -> None:
        parameters = {
            "state": outcome.state,
            "next_try": None if outcome.next_try is None else _stored(outcome.next_try),
            "answer": outcome.answer,
            "now": _stored(now),
        }
        self._change(tried, "write_outcome", parameters)

    def put_off(self, deliveries: Iterable[Delivery], until: datetime) -> None:
        self._change(deliveries, "put_off", {"next_try": _stored(until)})

    def _change(
        self, deliveries: Iterable[Delivery], statement: str, parameters: Mapping[str, object]
    ) -> None:
        listed = list(deliveries)
        with self._store.committing(is_usage=False) as cursor:
            cursor.register(
                "tried", _frame([(each.alert_id, each.occasion) for each in listed], "alert_id", "occasion")
            )
            for receiver in {each.receiver for each in listed}:
                run(cursor, f"statements/{statement}", {**parameters, "receiver": receiver})

    def give_up(self, receivers: Collection[str], queued_before: datetime, answer: str) -> None:
        parameters = {"receivers": [*receivers], "queued_before": _stored(queued_before), "answer": answer}
        with self._store.committing(is_usage=False) as cursor:
            run(cursor, "statements/expire_deliveries", parameters)

    def forget_before(self, before: datetime) -> None:
        with self._store.committing(is_usage=False) as cursor:
            run(cursor, "statements/forget_alerts", {"before": _stored(before)})

    def count_sent(self, receiver: str, since: datetime) -> int:
        parameters = {"receiver": receiver, "since": _stored(since)}
        with self._store.reading() as cursor:
            ((count,),) = rows_of(cursor, "statements/count_sent", parameters)
        return int(count)

    def silence(self, alert_id: str, silence: Silence, now: datetime) -> bool:
        parameters = {
            "id": alert_id,
            "until": _stored(silence.until),
            "reason": silence.reason,
            "by": silence.by,
            "now": _stored(now),
        }
        with self._store.committing(is_usage=False) as cursor:
            ((found,),) = rows_of(cursor, "statements/write_silence", parameters)
        return bool(found)


def _conditions(conditions: Sequence[Condition]) -> pd.DataFrame:
    identities = [each.identity for each in conditions]
    texts = [(each.id, each.rule, each.subject, each.period) for each in identities]
    facts = [json.dumps(each.facts, sort_keys=True, ensure_ascii=False) for each in conditions]
    return _frame(texts, "id", "rule", "subject", "period").assign(
        facts=pd.Series(facts, dtype="str"),
        level=pd.Series([each.level for each in identities], dtype="Int64"),
        opens=pd.Series([each.opens for each in conditions], dtype="bool"),
    )


def _frame(rows: Iterable[tuple[str, ...]], *columns: str) -> pd.DataFrame:
    listed = list(rows)
    return pd.DataFrame(
        {name: pd.Series([row[at] for row in listed], dtype="str") for at, name in enumerate(columns)}
    )


def _alert(row: tuple[Any, ...]) -> Alert:
    identity, rule, subject, period, level, opened_at, resolved_at, facts, silenced_until, *_ = row
    return Alert(
        id=identity,
        rule=rule,
        subject=subject,
        period=period,
        level=level,
        opened_at=_aware(opened_at),
        resolved_at=_aware_or_none(resolved_at),
        facts=json.loads(facts),
        silenced_until=_aware_or_none(silenced_until),
    )


def _delivery(row: tuple[Any, ...]) -> Delivery:
    alert_id, receiver, occasion, state, queued_at, next_try, attempts, tried_at, last_answer = row
    return Delivery(
        alert_id=alert_id,
        receiver=receiver,
        occasion=occasion,
        state=state,
        queued_at=_aware(queued_at),
        next_try=_aware_or_none(next_try),
        attempts=attempts,
        tried_at=_aware_or_none(tried_at),
        last_answer=last_answer,
    )


def _stored(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def _aware_or_none(at: datetime | None) -> datetime | None:
    return None if at is None else _aware(at)
