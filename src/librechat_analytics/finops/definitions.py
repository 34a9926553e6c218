"""What the definitions file says, as typed values: cost centres, budgets, receivers, alerts and reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from librechat_analytics.usage.cost_center_rules import NO_RULES
from librechat_analytics.usage.filters import EVERYTHING

if TYPE_CHECKING:
    from datetime import date, time
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from librechat_analytics.usage.cost_center_rules import CostCenterRules
    from librechat_analytics.usage.filters import Filters

BudgetUnit = Literal["week", "month", "quarter", "year"]
Each = Literal["user", "model", "agent", "group", "cost_center"]
Carry = Literal["none", "unused", "both"]
ReceiverKind = Literal["apprise", "json"]


@dataclass(frozen=True, slots=True)
class Amount:
    """What a budget allows from a day on, in millionths of a credit."""

    since: date
    amount_e6: int


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget; with ``each``, one for each user, model and so on with usage in the running period.

    ``amounts``: ascending. ``thresholds``: per cent of what is available, spent. ``forecast``: per cent,
    expected at the end. ``to``: names of receivers.
    """

    name: str
    where: Filters
    period: BudgetUnit
    amounts: tuple[Amount, ...]
    each: Each | None = None
    thresholds: tuple[int, ...] = ()
    forecast: tuple[int, ...] = ()
    carry: Carry = "none"
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where messages go. ``address`` and ``secret`` are never shown.

    ``names``: messages may name people. ``quiet``: from and until which time of day nothing is sent.
    """

    name: str
    kind: ReceiverKind
    address: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    names: bool = False
    quiet: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class AlertRules:
    """Which receivers are told of what, beside budgets."""

    anomalies: tuple[str, ...] = ()
    unpriced_model: tuple[str, ...] = ()
    stale_sync: tuple[str, ...] = ()
    runaway: tuple[str, ...] = ()


NO_ALERTS = AlertRules()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a report is due: on a weekday (Monday is 0) or on a day of the month, at a time of day."""

    at: time
    weekday: int | None = None
    day_of_month: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report by schedule about the last whole week or month before it is due."""

    name: str
    every: Schedule
    where: Filters = EVERYTHING
    to: tuple[str, ...] = ()
    attach: Literal["xlsx"] | None = None


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency shown beside dollars: its code, and its units per dollar from the first of each month on."""

    code: str
    rates: tuple[tuple[date, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """All that the file says.

    ``sha256``: of the file and the map, which tells definitions from others. ``year_starts``: the month that
    quarters and years begin with.
    """

    sha256: str
    zone: ZoneInfo = field(repr=False)
    year_starts: int = field(default=1, repr=False)
    currency: Currency | None = field(default=None, repr=False)
    cost_centers: CostCenterRules = field(default=NO_RULES, repr=False)
    budgets: tuple[Budget, ...] = field(default=(), repr=False)
    receivers: tuple[Receiver, ...] = field(default=(), repr=False)
    alerts: AlertRules = field(default=NO_ALERTS, repr=False)
    reports: tuple[Report, ...] = field(default=(), repr=False)


def no_definitions() -> Definitions | None:
    """Return None: there is no definitions file."""
    return None


def no_problem() -> str | None:
    """Return None: there is no definitions file that could not be used."""
    return None
