"""How cost is spread over conversations and users."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from librechat_analytics.usage.answers import Concentration, ConversationBand, ConversationCosts
from librechat_analytics.usage.rows import range_rows, share, usd

if TYPE_CHECKING:
    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import TimeRange

BAND_EDGES_E6 = tuple(digit * 10**power for power in range(8, 15) for digit in (1, 2, 5))
BAND_EDGES_USD = tuple(usd(edge) for edge in BAND_EDGES_E6)
"""Where the bands of conversations end, from a hundredth of a cent to 500 dollars."""

NO_CONVERSATION: SqlRow = {"median_e6": 0, "ninth_decile_e6": 0, "most_e6": 0}


def conversation_costs(snapshot: Snapshot, time_range: TimeRange, filters: Filters) -> ConversationCosts:
    """Count a period's conversations by what they cost."""
    rows = range_rows(snapshot, "conversation_costs", time_range, filters, {"edges_e6": list(BAND_EDGES_E6)})
    whole = rows[0] if rows else NO_CONVERSATION
    return ConversationCosts(
        tuple(
            ConversationBand(
                None if row["edge_e6"] is None else usd(row["edge_e6"]),
                row["conversations"],
                usd(row["cost_e6"]),
            )
            for row in rows
        ),
        sum(row["conversations"] for row in rows),
        usd(whole["median_e6"]),
        usd(whole["ninth_decile_e6"]),
        usd(whole["most_e6"]),
    )


def concentration(snapshot: Snapshot, time_range: TimeRange, filters: Filters) -> Concentration:
    """Return how much of the cost the top users account for."""
    costs_e6 = [row["cost_e6"] for row in range_rows(snapshot, "concentration", time_range, filters)]
    whole_e6 = sum(costs_e6)
    return Concentration(tuple(share(sum_e6, whole_e6) for sum_e6 in accumulate(costs_e6)))
