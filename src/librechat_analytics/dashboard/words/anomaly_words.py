"""Days that cost far more than expected, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.words.change_words import signed
from librechat_analytics.finops.anomalies import driven_by
from librechat_analytics.formatting import NONE_LABELS, UNKNOWN_AGENT, money, name_label
from librechat_analytics.usage.filters import UNKNOWN
from librechat_analytics.usage.period_words import day_in_words

if TYPE_CHECKING:
    from datetime import date

    from librechat_analytics.finops.anomalies import Anomaly, Driver, Entry

NOTABLE = 0.05
"""What makes up less than this part of an excess is not worth a word."""

MOST_IN_TOOLTIP = 3


def name(subject: Anomaly | Driver) -> str:
    """Name the user, model and so on; the total has its own word."""
    if subject.kind == "total":
        return subject.label
    if subject.subject is None:
        return NONE_LABELS[subject.kind]
    if subject.kind == "agent" and subject.subject == UNKNOWN:
        return UNKNOWN_AGENT
    return name_label(subject.label) or name_label(subject.subject)


def title(anomaly: Anomaly, today: date) -> str:
    """Name the day, and whose it is unless it is the total's."""
    day = day_in_words(anomaly.day, with_year=anomaly.day.year != today.year)
    return day if anomaly.kind == "total" else f"{day}, {name(anomaly)}"


def instead(anomaly: Anomaly) -> str:
    """Say what it cost and what was expected, before what made up the difference."""
    whole = " in all" if anomaly.kind == "total" else ""
    return f"{money(anomaly.actual_usd)}{whole} instead of {money(anomaly.expected_usd)}"


def notable(anomaly: Anomaly) -> list[Driver]:
    """Return the drivers that are worth a word."""
    return [one for one in anomaly.drivers if one.excess_usd >= NOTABLE * anomaly.excess_usd]


def also(entry: Entry) -> list[Anomaly]:
    """Return what is a part of an anomaly and is not named as one of its drivers."""
    named = {(driver.kind, driver.subject) for driver in notable(entry.anomaly)}
    return [one for one in entry.inside if (one.kind, one.subject) not in named]


def nobody(anomaly: Anomaly) -> str:
    """Say that many share the excess."""
    return f"no {driven_by(anomaly.kind)} stands out"


def rest(anomaly: Anomaly) -> str:
    """Write what all others add to the excess; empty where that is next to nothing."""
    rest_usd = anomaly.excess_usd - sum(driver.excess_usd for driver in notable(anomaly))
    return f"all others {signed(rest_usd)}" if abs(rest_usd) >= NOTABLE * anomaly.excess_usd else ""


def in_tooltip(anomalies: list[Anomaly]) -> list[str]:
    """Say for the chart's tooltip by how much a day was more expensive than expected, and who it was."""
    said = [_in_short(one) for one in anomalies[:MOST_IN_TOOLTIP]]
    more = len(anomalies) - len(said)
    return [*said, f"and {more} more"] if more > 0 else said


def _in_short(anomaly: Anomaly) -> str:
    more = f"{money(anomaly.excess_usd)} more than expected"
    if anomaly.kind != "total":
        return f"{name(anomaly)}: {more}"
    largest = notable(anomaly)[:1]
    return ", ".join([more, *(f"{name(driver)} {signed(driver.excess_usd)}" for driver in largest)])
