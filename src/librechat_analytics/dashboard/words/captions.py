"""One sentence under a chart that says what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from librechat_analytics.dashboard.charts.time_axis import bucket_labels
from librechat_analytics.formatting import WEEKDAYS, counted, money, share, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from librechat_analytics.usage.answers import Concentration, ConversationCosts, Timeline

SATURDAY = 5
AsText: TypeAlias = "Callable[[Any], str]"
EACH = {"hour": "an hour", "day": "a day", "week": "a week", "month": "a month"}


def cost_over_time(timeline: Timeline) -> str:
    return peak_and_average(timeline, "cost_usd", money)


def tokens_over_time(timeline: Timeline) -> str:
    return peak_and_average(timeline, "total_tokens", lambda value: tokens(int(value)))


def peak_and_average(timeline: Timeline, column: str, as_text: AsText) -> str:
    """When most was used, and how much a whole bucket holds on average."""
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


def peak_in_words(costs: Sequence[float], buckets: Sequence[str]) -> str:
    """Where a row's cost was greatest: ``Peak: $1.20 (Tue 10 Nov 2026)``."""
    greatest = max(costs, default=0.0)
    if greatest <= 0:
        return "No cost"
    return f"Peak: {money(greatest)} ({buckets[list(costs).index(greatest)]})"


def greatest_part(parts: Sequence[tuple[str, float]], whole: float, of_what: str) -> str:
    """Which part is the greatest: ``gpt-5.4 makes 29.2 % of the cost, the first 3 make 74.6 %``.

    Args:
        parts: Names and sums, without what is left over.
        whole: The sum of everything.
        of_what: What is summed.
    """
    if not parts or whole <= 0:
        return ""
    ordered = sorted(parts, key=lambda part: -part[1])
    sentence = f"{ordered[0][0]} makes {share(ordered[0][1] / whole)} of the {of_what}"
    if len(ordered) < 4:
        return f"{sentence}."
    return f"{sentence}, the first 3 make {share(sum(value for _, value in ordered[:3]) / whole)}."


def rhythm(hours: pd.DataFrame, column: str, of_what: str, as_text: AsText) -> str:
    """When in the week most is used, and how much of it falls on weekends."""
    values = [float(value) for value in hours[column]]
    whole = sum(values)
    if whole <= 0:
        return ""
    peak = max(range(len(values)), key=values.__getitem__)
    weekday, hour = int(hours["weekday"].iloc[peak]), int(hours["hour"].iloc[peak])
    weekend = sum(value for value, day in zip(values, hours["weekday"], strict=True) if day >= SATURDAY)
    return (
        f"Busiest: {WEEKDAYS[weekday]}s from {hour:02d}:00 to {(hour + 1) % 24:02d}:00"
        f" ({as_text(hours[column].iloc[peak])}). Weekends make {share(weekend / whole)} of the {of_what}."
    )


def dearest_users(concentration: Concentration) -> str:
    """What the dearest tenth of all users makes, and how many make half of it."""
    users = len(concentration.shares)
    if users < 2 or concentration.shares[-1] <= 0:
        return ""
    tenth = max(1, round(users / 10))
    half = next(place for place, part in enumerate(concentration.shares, 1) if part >= 0.5)
    first = f"The dearest 10 % ({tenth:,} users) make" if tenth > 1 else "The dearest user makes"
    others = f"{half:,} of {users:,} users make" if half > 1 else f"1 of {users:,} users makes"
    return f"{first} {share(concentration.of_first(0.1))} of the cost; {others} half of it."


def conversation_costs(costs: ConversationCosts) -> str:
    """What a conversation costs: half of them, most of them, and the dearest."""
    if not costs.conversations:
        return ""
    if costs.conversations == 1:
        return f"The only conversation cost {money(costs.most_usd)}."
    return (
        f"Half of {costs.conversations:,} conversations cost at most {money(costs.median_usd)},"
        f" nine of ten at most {money(costs.ninth_decile_usd)}; the dearest cost {money(costs.most_usd)}."
    )


def hit_rate(points: pd.DataFrame) -> str:
    """Which part of the prompts came from a cache, and which was written to one."""
    prompts = int(points["prompt_tokens"].sum())
    if not prompts:
        return ""
    read, written = (int(points[column].sum()) for column in ("cache_read_tokens", "cache_write_tokens"))
    if not read and not written:
        return "No prompt token came from a cache."
    return (
        f"{share(read / prompts)} of all prompt tokens came from a cache,"
        f" {share(written / prompts)} were written to one."
    )


def saved(points: pd.DataFrame, prompt_cost_usd: float) -> str:
    """What caches saved, against what prompts cost."""
    total = float(points["saved_usd"].sum())
    if total == 0:
        return "Caches saved nothing that is known."
    unknown = int(points["unknown_rates"].sum())
    words = [
        f"Writing to caches cost an estimated {money(-total)} more than reading from them saved."
        if total < 0
        else f"Caches saved an estimated {money(total)}, {share(total / (prompt_cost_usd + total))}"
        " of what prompts would have cost without."
    ]
    if unknown:
        words.append(
            f"{counted(unknown, 'long prompt')} may have saved more: only the rate of shorter ones is known."
        )
    return " ".join(words)


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
