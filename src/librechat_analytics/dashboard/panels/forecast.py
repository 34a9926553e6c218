"""The line below the cards: what the running period, or this month, is expected to cost by its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Region
from librechat_analytics.dashboard.words import forecast_words
from librechat_analytics.finops.period_forecast import FORECAST_PERIODS
from librechat_analytics.usage.periods import PERIODS

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills

LINE = Region("forecast")
USUAL = FORECAST_PERIODS[0]


def _fill(data: PageData) -> Fills:
    if data.period.range.end < data.now:
        # The page looks back: what is still to come would distract.
        return LINE.fill([])
    found = data.forecast
    name = data.period.name if data.period.name in FORECAST_PERIODS else USUAL
    of = "" if name == data.period.name else PERIODS[name]
    sentence = forecast_words.expected(found, data.period.zone, data.now, of=of)
    known = found.reason is None
    word = name.removeprefix("this-")
    errors = forecast_words.past_errors(found.past_periods, word, found.days) if known else ""
    parts: list[Markup] = []
    if sentence:
        parts.append(element("strong" if known else "span", sentence))
    if errors:
        parts.append(element("span", errors))
    return LINE.fill(parts)


PANEL = Panel("forecast", (LINE,), _fill)
