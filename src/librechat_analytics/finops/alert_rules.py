"""What alerts tell of: conditions that are so now, found in answers. Nothing here reads a clock or a store.

Facts and subjects hold ids of people, never their names, because they are kept in the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from librechat_analytics.finops.alert_words import instant_text
from librechat_analytics.finops.anomalies import folded
from librechat_analytics.finops.budgets import ALL_OF_IT
from librechat_analytics.store.outbox_items import Condition, Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from librechat_analytics.finops.anomalies import Anomaly, Driver, Runaway
    from librechat_analytics.finops.budget_forecasts import BudgetForecast
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.store.outbox_items import Json
    from librechat_analytics.usage.answers import Freshness
    from librechat_analytics.usage.quality import UnpricedModel

Rule = Literal[
    "budget",
    "budget-forecast",
    "anomaly",
    "runaway",
    "unpriced-model",
    "stale-sync",
    "source-unreachable",
]

TOLD_ENDS: Final[tuple[Rule, ...]] = ("stale-sync", "source-unreachable")
"""The rules whose receivers are also told when it is over."""

SOURCE: Final = "source"
TOTAL: Final = "total"

STALE_AFTER: Final = timedelta(minutes=15)
UNREACHABLE_AFTER: Final = timedelta(minutes=2)
"""A database that restarts is away for less."""

QUIET_DAYS: Final = 3
"""An expected overrun must be beyond doubt in the first days of a period."""

NEW_FOR: Final = timedelta(days=30)
"""For how long a model without a price is new, and for how long after its last use the alert lasts."""

JUDGED_FOR: Final = timedelta(days=60)
"""The range in which a model without a price must not have been used before, to be new."""

ANOMALY_LASTS: Final = timedelta(days=7)
"""For how long an unusual day is an open alert."""


@dataclass(frozen=True, slots=True)
class Found:
    """Conditions, and what the next evaluation must know, as texts by name."""

    conditions: tuple[Condition, ...]
    marks: Mapping[str, str]


def budget_subject(name: str, key: str | None) -> str:
    """Return a budget's name; of a budget for each user and so on, with the key of the one."""
    return name if key is None else f"{name}/{key}"


def crossed_thresholds(states: Iterable[BudgetState]) -> tuple[Condition, ...]:
    """Return each threshold that is crossed in a running period."""
    return tuple(
        Condition(
            Identity("budget", _subject(state), _period(state), threshold.percent),
            _budget_facts(state)
            | {"percent": threshold.percent, "crossedAt": instant_text(threshold.crossed_at)},
            state.budget.to,
        )
        for state in states
        for threshold in state.thresholds
        if threshold.crossed_at is not None
    )


def expected_overruns(states: Iterable[BudgetState], marks: Mapping[str, str], today: date) -> Found:
    """Return what is expected to be spent by the end of a running period.

    It is told on the second day in a row, and after the first days of the period; at once if even the low end
    of the forecast reaches it. ``marks`` hold the day since when it is expected, by the alert's id.
    """
    conditions: list[Condition] = []
    since: dict[str, str] = {}
    for state in states:
        if state.forecast is None:
            continue
        first = state.period.range.start.astimezone(state.period.zone).date()
        for percent in state.expected_percents:
            identity = Identity("budget-forecast", _subject(state), _period(state), percent)
            name = f"expected:{identity.id}"
            since[name] = marks.get(name, today.isoformat())
            is_certain = state.forecast.low_usd >= state.available_usd * percent / ALL_OF_IT
            is_seen_twice = since[name] < today.isoformat() and (today - first).days >= QUIET_DAYS
            facts = _budget_facts(state) | {"percent": percent}
            opens = is_certain or is_seen_twice
            conditions.append(Condition(identity, facts, state.budget.to, opens=opens))
    return Found(tuple(conditions), since)


def unusual_days(
    anomalies: Sequence[Anomaly], judged_until: date | None, receivers: tuple[str, ...]
) -> tuple[Condition, ...]:
    """Return the anomalies of the last days, folded; those of days judged before only stay open.

    ``judged_until``: the last day that an earlier evaluation has judged. Rows of it may come late, so it is
    judged again.
    """
    by_day: dict[date, list[Anomaly]] = {}
    for anomaly in anomalies:
        by_day.setdefault(anomaly.day, []).append(anomaly)
    return tuple(
        Condition(
            Identity("anomaly", _kind_and_key(entry.anomaly.kind, entry.anomaly.subject), day.isoformat()),
            _anomaly_facts(entry.anomaly, entry.inside),
            receivers,
            opens=judged_until is None or day >= judged_until,
        )
        for day, of_day in by_day.items()
        for entry in folded(of_day).entries
    )


def runaway_days(
    runaways: Iterable[Runaway], today: date, receivers: tuple[str, ...]
) -> tuple[Condition, ...]:
    """Return what costs far more today than on any day before."""
    return tuple(
        Condition(
            Identity("runaway", _kind_and_key(runaway.kind, runaway.subject), today.isoformat()),
            {
                "day": today.isoformat(),
                "kind": runaway.kind,
                "subject": runaway.subject,
                "today": runaway.today_usd,
                "greatest": runaway.greatest_usd,
            },
            receivers,
        )
        for runaway in runaways
    )


def new_models_without_price(
    models: Iterable[UnpricedModel], now: datetime, receivers: tuple[str, ...]
) -> tuple[Condition, ...]:
    """Return the models without a price that are used; only new ones are told."""
    return tuple(
        Condition(
            Identity("unpriced-model", found.model, ""),
            {
                "model": found.model,
                "cost": found.cost_usd,
                "first": instant_text(found.first),
                "last": instant_text(found.last),
            },
            receivers,
            opens=found.first >= now - NEW_FOR,
        )
        for found in models
        if found.last >= now - NEW_FOR
    )


def source_problems(
    freshness: Freshness,
    marks: Mapping[str, str],
    *,
    now: datetime,
    started_at: datetime,
    receivers: tuple[str, ...],
) -> Found | None:
    """Say whether the source is unreachable, or the figures are old although it answers.

    None while that is not known: before the first answer after ``started_at``, when the program started.
    ``marks`` hold since when it is so.
    """
    is_unreachable = freshness.status == "unreachable"
    has_synced = freshness.last_sync is not None and freshness.last_sync >= started_at
    if freshness.status in ("offline", "importing") or not (is_unreachable or has_synced):
        return None
    if is_unreachable:
        return _lasting("source-unreachable", marks, freshness, now, now, receivers, UNREACHABLE_AFTER)
    complete_until = freshness.as_of or started_at
    if now - max(complete_until, started_at) < STALE_AFTER:
        return Found((), {})
    return _lasting("stale-sync", marks, freshness, complete_until, now, receivers, timedelta(0))


def _lasting(
    rule: Rule,
    marks: Mapping[str, str],
    freshness: Freshness,
    began: datetime,
    now: datetime,
    receivers: tuple[str, ...],
    told_after: timedelta,
) -> Found:
    name = f"since:{rule}"
    since = marks.get(name) or began.astimezone(UTC).isoformat(timespec="seconds")
    condition = Condition(
        Identity(rule, SOURCE, since),
        {"since": instant_text(datetime.fromisoformat(since)), "asOf": instant_text(freshness.as_of)},
        receivers,
        opens=now - datetime.fromisoformat(since) >= told_after,
    )
    return Found((condition,), {name: since})


def _subject(state: BudgetState) -> str:
    return budget_subject(state.budget.name, state.key if state.budget.each else None)


def _period(state: BudgetState) -> str:
    """Name a budget's period by its unit and its first day."""
    first = state.period.range.start.astimezone(state.period.zone).date()
    return f"{state.budget.period} {first.isoformat()}"


def _budget_facts(state: BudgetState) -> dict[str, Json]:
    each = state.budget.each
    return {
        "budget": state.budget.name,
        "each": each,
        "key": state.key,
        **({"label": state.label} if each and each != "user" else {}),
        "period": {
            "name": state.period.name,
            "start": instant_text(state.period.range.start),
            "end": instant_text(state.period.range.end),
            "timezone": state.period.zone.key,
        },
        "amount": state.amount_usd,
        "carried": state.carried_usd,
        "available": state.available_usd,
        "actual": state.actual_usd,
        "usedShare": state.used_share,
        "elapsedShare": state.elapsed_share,
        "forecast": None if state.forecast is None else _forecast_facts(state.forecast),
    }


def _forecast_facts(forecast: BudgetForecast) -> dict[str, Json]:
    return {
        "expected": forecast.expected_usd,
        "low": forecast.low_usd,
        "high": forecast.high_usd,
        "level": forecast.level,
    }


def _anomaly_facts(anomaly: Anomaly, inside: Iterable[Anomaly]) -> dict[str, Json]:
    return {
        "day": anomaly.day.isoformat(),
        **_part(anomaly),
        "expected": anomaly.expected_usd,
        "actual": anomaly.actual_usd,
        "drivers": [_part(driver) for driver in anomaly.drivers],
        "rest": anomaly.rest_usd,
        "inside": [_part(part) for part in inside],
    }


def _part(part: Anomaly | Driver) -> dict[str, Json]:
    return {
        "kind": part.kind,
        "subject": part.subject,
        **({} if part.kind == "user" else {"label": part.label}),
        "excess": part.excess_usd,
    }


def _kind_and_key(kind: str, key: str | None) -> str:
    return kind if kind == TOTAL else f"{kind}/{key or ''}"
