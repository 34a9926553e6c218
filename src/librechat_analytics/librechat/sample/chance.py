"""Repeatable chance: the same seed gives the same sample."""

from __future__ import annotations

import math
import random
from bisect import bisect
from statistics import NormalDist
from typing import TYPE_CHECKING

from librechat_analytics.librechat.sample.eras import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

# The digits of o1, o3, 4k, 8k, 16k and 32k are left out. LibreChat looks for such keys of its price table
# in a model's name, and an agent's id that contains one would be priced as that model.
_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz05792579_-"


class Chance(random.Random):
    """A source of random numbers that also makes LibreChat's kinds of ids."""

    def pick(self, cumulative_weights: Sequence[float]) -> int:
        """Return an index, each as likely as its weight."""
        return bisect(
            cumulative_weights, self.random() * cumulative_weights[-1], 0, len(cumulative_weights) - 1
        )

    def uuid(self) -> str:
        """Return an id as LibreChat gives it to messages and conversations."""
        digits = f"{self.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def nano_id(self) -> str:
        """Return an id as LibreChat's ``nanoid`` makes it for agents and remote calls."""
        return "".join(self.choices(_ID_ALPHABET, k=21))


def _lognormal_table(median: float, sigma: float, size: int, most: int) -> tuple[int, ...]:
    """Return evenly spaced quantiles of a log-normal distribution, for picking one of them uniformly."""
    quantile = NormalDist().inv_cdf
    return tuple(
        min(most, round(median * math.exp(sigma * quantile((index + 0.5) / size)))) for index in range(size)
    )


MESSAGE_TOKENS = _lognormal_table(260, 1.5, 1024, 40_000)
REPLY_TOKENS = _lognormal_table(340, 0.95, 1024, 8_000)
TOOL_CALL_TOKENS = _lognormal_table(70, 0.5, 64, 400)
TOOL_CALLS = (1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6)
TURNS = tuple(1 + round(-3 * math.log(1 - (index + 0.5) / 256)) for index in range(256))
PAUSES_MS = _lognormal_table(150_000, 1.4, 256, 3 * DAY_MS)
ID_LAGS_MS = (*(index % 5 for index in range(250)), 6, 8, 9, 11, 14, 31)
"""An id is made some milliseconds before the date of its document, sometimes in the second before."""
