"""The bodies of the answers about managing money: what the API says of anomalies and forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.exports import columns
from librechat_analytics.finops.anomalies import AnomalyKind, DriverKind
from librechat_analytics.web.answer_bodies import Answer
from librechat_analytics.web.body import Body, Count, RowBody, Share

if TYPE_CHECKING:
    from librechat_analytics.usage.periods import Period


class AnomalyDriver(Body):
    """A user or a model that cost more than was expected of it."""

    kind: DriverKind
    subject: str | None
    """The value of the filter that shows only this user or model; null for usage without one."""
    label: str
    """Its name, else its e-mail address, else its id."""
    excess_usd: float
    """What it cost beyond what was expected of it."""


class AnomalyEntry(RowBody, of=columns.ANOMALIES):
    """A day on which something cost far more than expected; `drivers` and `rest` add up to `excess`."""

    kind: AnomalyKind
    """Whether it is about all usage, or about one user, model, agent, cost centre or provider."""
    subject: str | None
    """The value of the filter that shows only this user, model and so on; null for the total."""
    label: str
    """Its name, else its e-mail address, else its id."""
    expected_usd: float
    """What the same weekdays of the eight weeks before make likely, the newest counting most."""
    excess_usd: float
    """`actual` less `expected`."""
    drivers: tuple[AnomalyDriver, ...]
    """The three largest parts of the excess: by model where it is about a user or a \
provider, otherwise by user."""
    rest_usd: float
    """The excess of all others, less than 0 where they cost less than expected."""


class AnomaliesAnswer(Answer):
    """The days that cost far more than expected: whole days of the period that are over, in `tz`."""

    anomalies: tuple[AnomalyEntry, ...]
    """Newest first, of a day the total first and then by excess."""

    @classmethod
    def _own_fields(cls, period: Period, answer: object) -> dict[str, object]:  # noqa: ARG003
        return {"anomalies": answer}


class BacktestBody(Body):
    """How far the same forecast was off on each day of the last year, as many days before the outcome."""

    origins: Count
    """The days whose outcome is known."""
    mean_absolute_error: float | None
    """The mean difference between what was expected and what came, as a share of what came. null where \
too little was known on all these days."""
    coverage: Share | None
    """The share of outcomes that were from `low` to `high`, each judged by what was known before it."""


class PastPeriodsBody(Body):
    """How earlier periods ended, each forecast as many days before its end as the running one is now."""

    count: Count
    """Those of the last twelve that could be forecast."""
    mean_absolute_error: float | None
    """The mean difference between what was expected of a whole period and what it cost, as a share of \
that. null without any."""
    inside: Count
    """How many ended with a cost from `low` to `high`."""


class ForecastAnswer(Answer):
    """What a period has cost so far, and what it is expected to cost by its end."""

    actual_usd: float
    """What the period has cost so far, as in the summary."""
    expected_usd: float | None
    """null where it is too early, as `low` and `high`."""
    low_usd: float | None
    high_usd: float | None
    level: Share
    """The share of outcomes that `low` to `high` is meant to hold."""
    pace_usd: float | None
    """What the period would cost if the rest of it went as it did so far; null at its first instant."""
    reason: str | None
    """Why there is no forecast, in a sentence; null where there is one."""
    backtest: BacktestBody
    past_periods: PastPeriodsBody
