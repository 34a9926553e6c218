"""The API's answers about budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AliasPath, Field

from librechat_analytics.finops.budgets import BudgetStatus
from librechat_analytics.finops.definitions import Each
from librechat_analytics.web.answer_bodies import Answer
from librechat_analytics.web.body import Body, Instant, Share

if TYPE_CHECKING:
    from librechat_analytics.usage.periods import Period


class BudgetPeriod(Body):
    """The period of a budget, to its own end even while it runs."""

    name: str
    start: Instant = Field(validation_alias=AliasPath("range", "start"))
    """Included."""
    end: Instant = Field(validation_alias=AliasPath("range", "end"))
    """Not included."""
    timezone: str = Field(validation_alias=AliasPath("zone", "key"))
    """IANA time zone of the definitions."""


class BudgetForecast(Body):
    """What the whole period is expected to cost."""

    expected_usd: float
    low_usd: float
    high_usd: float
    level: Share
    """How often the cost was between `low` and `high` in the past."""


class Threshold(Body):
    """A part of what is available."""

    percent: int
    crossed_at: Instant | None
    """The date of the row with which it was spent."""


class Budget(Body):
    """A budget in one period."""

    name: str
    where: dict[str, str | tuple[str, ...]]
    """Its filters, as the definitions file has them."""
    each: Each | None
    key: str | None
    """Which one of a budget for each user, model and so on: the value of the filter that is `each`."""
    label: str | None
    """Its name, else its e-mail address, else its id."""
    period: BudgetPeriod
    amount_usd: float
    carried_usd: float
    """What earlier periods left; negative if they lack something."""
    available_usd: float
    """`amount` and `carried`."""
    actual_usd: float
    """The cost of the period so far under `where`, as the summary gives it."""
    used_share: float | None
    """`actual` of `available`, 1 if all of it is spent; null where nothing is available."""
    elapsed_share: Share
    """The part of the period that is over, by time."""
    pace_usd: float | None
    """`actual` divided by `elapsedShare`."""
    forecast: BudgetForecast | None
    forecast_reason: str | None
    """Why there is no forecast."""
    runs_out_at: Instant | None
    """When all of it is spent, or is expected to be; null if that is not within the period."""
    status: BudgetStatus
    """`over`: all of it is spent. `likely-over`: the forecast expects no less. `warned`: a threshold is \
crossed."""
    thresholds: tuple[Threshold, ...]


class BudgetsAnswer(Answer):
    """The budgets in the order of the definitions file, each in its running period.

    Of a budget for each user and so on, those with usage in the period, the highest cost first.
    """

    budgets: tuple[Budget, ...]

    @classmethod
    def _own_fields(cls, period: Period, answer: object) -> dict[str, object]:  # noqa: ARG003
        return {"budgets": answer}


class BudgetHistoryAnswer(Answer):
    """The last twelve periods of one budget, the running one last."""

    periods: tuple[Budget, ...]

    @classmethod
    def _own_fields(cls, period: Period, answer: object) -> dict[str, object]:  # noqa: ARG003
        return {"periods": answer}
