"""One sentence under a chart that says what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.time_axis import bucket_labels
from librechat_analytics.formatting import money, share, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from librechat_analytics.usage.answers import Timeline

EACH = {"hour": "an hour", "day": "a day", "week": "a week", "month": "a month"}


def cost_over_time(timeline: Timeline) -> str:
    return _peak_and_average(timeline, "cost_usd", money)


def tokens_over_time(timeline: Timeline) -> str:
    return _peak_and_average(timeline, "total_tokens", lambda value: tokens(int(value)))


def _peak_and_average(timeline: Timeline, column: str, as_text: Callable[[float], str]) -> str:
    values = [float(value) for value in timeline.points[column]]
    if not any(values):
        return ""
    partial = [bool(flag) for flag in timeline.points["partial"]]
    labels = bucket_labels(list(timeline.points["start"]), partial, timeline.unit)
    peak = max(range(len(values)), key=values.__getitem__)
    sentence = f"Peak: {as_text(values[peak])} ({labels[peak]})."
    whole = [value for value, cut in zip(values, partial, strict=True) if not cut]
    if len(whole) < 2:
        return sentence
    return f"{sentence} Average: {as_text(sum(whole) / len(whole))} {EACH[timeline.unit]}."


def concentration(shares: Sequence[float], total: int, things: str) -> str:
    """How few make up most: ``The first 3 of 312 users make 62.0 % of the cost``.

    Args:
        shares: Parts of the cost (0 to 1), greatest first.
        total: How many there are in all.
        things: What they are, in the plural.
    """
    if total < 2 or not shares or sum(shares) <= 0:
        return ""
    first = min(3, total - 1)
    if first == 1:
        return f"The first of {total:,} {things} makes {share(shares[0])} of the cost."
    return f"The first {first} of {total:,} {things} make {share(min(sum(shares[:first]), 1.0))} of the cost."


def completion_share(breakdown: pd.DataFrame, suffix: str, what: str) -> str:
    """Which part of the cost, or of the tokens, completions make."""
    prompt = float(breakdown[f"prompt{suffix}"].sum())
    completion = float(breakdown[f"completion{suffix}"].sum())
    if prompt + completion <= 0:
        return ""
    return f"Completions make {share(completion / (prompt + completion))} of the {what}."
