"""Alerts in sentences, and the page that explains each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from librechat_analytics.formatting import counted, money, one_line, thing_word
from librechat_analytics.usage.period_words import day_in_words, period_in_words
from librechat_analytics.usage.periods import Period, TimeRange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from librechat_analytics.store.outbox_items import Alert, Json, Occasion

    NameOf = Callable[[str], str]
    """Returns what a message calls a user with this id."""

    Facts = Mapping[str, Json]

WITH_A_PAGE: Final = ("user", "model", "agent")
"""What has a page of its own. Of everything else, the Overview shows what a filter leaves."""

MOST_DRIVERS: Final = 3
SECONDS_IN_AN_HOUR: Final = 3600


class UnknownFactsError(ValueError):
    """Facts are not those that the alert's rule has."""


def sentence(alert: Alert, zone: ZoneInfo, name_of: NameOf, occasion: Occasion = "opened") -> str:
    """Say on one line what an alert is about, or that it is over."""
    return one_line(_end(alert) if occasion == "resolved" else _beginning(alert, zone, name_of))


def _beginning(alert: Alert, zone: ZoneInfo, name_of: NameOf) -> str:
    facts = alert.facts
    match alert.rule:
        case "budget":
            return _budget(facts, name_of)
        case "budget-forecast":
            return _expected(facts, name_of)
        case "anomaly":
            return _anomaly(facts, name_of)
        case "runaway":
            return _runaway(facts, name_of)
        case "unpriced-model":
            return (
                f"LibreChat has no price for the model {_text(facts, 'model')} and charges its default rate:"
                f" {money(_number(facts, 'cost'))} so far."
            )
        case "source-unreachable":
            since = _when(_text(facts, "since"), zone)
            return f"LibreChat's MongoDB has been unreachable since {since}. The figures stay as they were."
        case "stale-sync":
            since = _when(_text(facts, "since"), zone)
            return f"The figures are complete only until {since}, although LibreChat's MongoDB answers."
        case rule:
            raise UnknownFactsError(f"There is no sentence for the rule {rule}.")


def page_of(alert: Alert, zone: ZoneInfo) -> str:
    """Return the query string of the page that explains an alert; ``zone``: the one that its days are in."""
    facts = alert.facts
    match alert.rule:
        case "budget" | "budget-forecast":
            parameters = {"view": "budgets", "budget": _text(facts, "budget")}
            if facts.get("key") is not None:
                parameters["key"] = _text(facts, "key")
        case "anomaly":
            day = _text(facts, "day")
            parameters = _what_changed(facts) | {"period": "custom", "start": day, "end": day}
            parameters |= {"tz": zone.key}
        case "runaway":
            parameters = _subject_page(facts) | {"period": "today", "tz": zone.key}
        case "report":
            return report_page(facts)
        case "unpriced-model":
            parameters = {"view": "model", "model": _text(facts, "model"), "period": "30d"}
        case _:
            parameters = {"view": "quality"}
    return f"?{urlencode(parameters)}"


def report_page(facts: Facts) -> str:
    """Return the query string of the page with a report's period and filters."""
    where = facts.get("where")
    parameters: dict[str, Json] = {
        "view": "overview",
        "period": "custom",
        "start": _text(facts, "start"),
        "end": _text(facts, "end"),
        "tz": _text(facts, "timezone"),
    }
    return f"?{urlencode(parameters | (where if isinstance(where, dict) else {}), doseq=True)}"


def title(alert: Alert, occasion: Occasion = "opened") -> str:
    """Name an alert in a few words."""
    facts = alert.facts
    match alert.rule:
        case "budget":
            return f"Budget {_text(facts, 'budget')}: {_number(facts, 'percent'):g}% spent"
        case "budget-forecast":
            return f"Budget {_text(facts, 'budget')}: {_number(facts, 'percent'):g}% expected"
        case "anomaly":
            return f"Unusual cost on {day_in_words(date.fromisoformat(_text(facts, 'day')))}"
        case "runaway":
            return "Unusual cost today"
        case "unpriced-model":
            return "A new model without a price"
        case "source-unreachable":
            return "MongoDB answers again" if occasion == "resolved" else "MongoDB is unreachable"
        case _:
            return "The figures are up to date again" if occasion == "resolved" else "The figures are old"


def instant_text(at: datetime | None) -> str | None:
    """Write an instant in facts as the API does."""
    if at is None:
        return None
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds") + "Z"


def _what_changed(facts: Facts) -> dict[str, str]:
    """Lead to the Overview of a subject, which says by user or by model what changed."""
    kind, subject = _text(facts, "kind"), facts.get("subject")
    of_subject = {kind: subject} if isinstance(subject, str) else {}
    return of_subject | ({} if kind == "user" else {"by": "user"})


def _subject_page(facts: Facts) -> dict[str, str]:
    kind, subject = _text(facts, "kind"), facts.get("subject")
    if not isinstance(subject, str):
        return {}
    return ({"view": kind} if kind in WITH_A_PAGE else {}) | {kind: subject}


def _budget(facts: Facts, name_of: NameOf) -> str:
    actual, available = money(_number(facts, "actual")), money(_number(facts, "available"))
    return (
        f"{_budget_name(facts, name_of)} has reached {_number(facts, 'percent'):g}%:"
        f" {actual} of {available} spent in {_period(facts)}."
    )


def _expected(facts: Facts, name_of: NameOf) -> str:
    forecast = facts["forecast"]
    if not isinstance(forecast, dict):
        raise UnknownFactsError("forecast")
    expected, low, high = (money(_number(forecast, name)) for name in ("expected", "low", "high"))
    name, available = _budget_name(facts, name_of), money(_number(facts, "available"))
    return (
        f"{name} is expected to spend {expected} of {available} by the end of {_period(facts)},"
        f" probably between {low} and {high}."
    )


def _budget_name(facts: Facts, name_of: NameOf) -> str:
    name = f"The budget {_text(facts, 'budget')}"
    if facts.get("key") is None:
        return name
    return f"{name} of {_named({'kind': facts['each'], **facts}, 'key', name_of)}"


def _anomaly(facts: Facts, name_of: NameOf) -> str:
    day = day_in_words(date.fromisoformat(_text(facts, "day")))
    actual, expected = _number(facts, "actual"), _number(facts, "expected")
    drivers = [
        f"{_named(part, 'subject', name_of)} {money(_number(part, 'excess'))} more"
        for part in _parts(facts, "drivers")[:MOST_DRIVERS]
    ]
    because = f" Of that: {'; '.join(drivers)}." if drivers else ""
    whose, more = _capital(_whose(facts, name_of)), money(actual - expected)
    return f"{whose} cost {money(actual)} on {day}, {more} more than expected.{because}"


def _runaway(facts: Facts, name_of: NameOf) -> str:
    today, greatest = money(_number(facts, "today")), money(_number(facts, "greatest"))
    whose = _capital(_whose(facts, name_of))
    return f"{whose} cost {today} today so far. On no day of the last 56 was it more than {greatest}."


def _whose(facts: Facts, name_of: NameOf) -> str:
    return "all usage" if facts["kind"] == "total" else _named(facts, "subject", name_of)


def _named(part: Facts, key: str, name_of: NameOf) -> str:
    kind, value = _text(part, "kind"), part.get(key)
    if not isinstance(value, str):
        return f"usage without {thing_word(kind)}"
    label = name_of(value) if kind == "user" else part.get("label") or value
    return f"{thing_word(kind)} {label}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _end(alert: Alert) -> str:
    lasted = ""
    if alert.resolved_at is not None:
        began = datetime.fromisoformat(_text(alert.facts, "since"))  # an alert opens some minutes later
        lasted = f" This lasted {_duration((alert.resolved_at - began).total_seconds())}."
    if alert.rule == "source-unreachable":
        return f"LibreChat's MongoDB answers again.{lasted}"
    return f"The figures are up to date again.{lasted}"


def _duration(seconds: float) -> str:
    if seconds < SECONDS_IN_AN_HOUR:
        return counted(max(1, round(seconds / 60)), "minute")
    return counted(round(seconds / SECONDS_IN_AN_HOUR), "hour")


def _period(facts: Facts) -> str:
    period = facts["period"]
    if not isinstance(period, dict):
        raise UnknownFactsError("period")
    start, end = (datetime.fromisoformat(_text(period, name)) for name in ("start", "end"))
    zone = ZoneInfo(_text(period, "timezone"))
    words = period_in_words(Period("custom", TimeRange(start, end), None, zone))
    return words[0].lower() + words[1:] if words.startswith("Week") else words


def _when(instant: str, zone: ZoneInfo) -> str:
    at = datetime.fromisoformat(instant).astimezone(zone)
    return f"{day_in_words(at)} {at:%H:%M} ({zone.key})"


def _parts(facts: Facts, name: str) -> Sequence[Facts]:
    found = facts.get(name)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _text(facts: Facts, name: str) -> str:
    value = facts.get(name)
    if not isinstance(value, str):
        raise UnknownFactsError(name)
    return value


def _number(facts: Facts, name: str) -> float:
    value = facts.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnknownFactsError(name)
    return value
