"""The rates of a model in words."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING

from librechat_analytics.formatting import UNKNOWN, rate

if TYPE_CHECKING:
    from collections.abc import Sequence

RATES_SHOWN = 2
OF_STOPPED = 1.15
"""LibreChat charges this many times the rate for an answer that the user stopped."""


def charged_rates(rates: Sequence[float]) -> str:
    """Write all rates; those of stopped answers only say that there were some."""
    usual = [value for value in rates if not any(isclose(value, other * OF_STOPPED) for other in rates)]
    text = ", ".join(rate(value) for value in usual)
    return (
        f"{text} (\N{MULTIPLICATION SIGN}{OF_STOPPED} for stopped answers)"
        if len(usual) < len(rates)
        else text
    )


def rates_in_words(rates: Sequence[float]) -> tuple[str, str | None]:
    """Write the first rates, and all of them for the tooltip if there are more."""
    texts = [rate(value) for value in rates]
    if not texts:
        return UNKNOWN, None
    if len(texts) <= RATES_SHOWN:
        return ", ".join(texts), None
    return f"{', '.join(texts[:RATES_SHOWN])} +{len(texts) - RATES_SHOWN}", ", ".join(texts)
