"""The rates of a model in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import UNKNOWN, rate

if TYPE_CHECKING:
    from collections.abc import Sequence

RATES_SHOWN = 2


def rates_in_words(rates: Sequence[float]) -> tuple[str, str | None]:
    """Write the first rates, and all of them for the tooltip if there are more."""
    texts = [rate(value) for value in rates]
    if not texts:
        return UNKNOWN, None
    if len(texts) <= RATES_SHOWN:
        return ", ".join(texts), None
    return f"{', '.join(texts[:RATES_SHOWN])} +{len(texts) - RATES_SHOWN}", ", ".join(texts)
