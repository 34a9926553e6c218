"""The sentences below charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from librechat_analytics.formatting import WEEKDAYS, counted, money, share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from librechat_analytics.dashboard.charts.time_axis import TimeAxis
    from librechat_analytics.usage.answers import Concentration, ConversationCosts
    from librechat_analytics.usage.list_answers import AgentRanking
    from librechat_analytics.usage.timeline_answers import CachingPoint, HourRow

AsText: TypeAlias = "Callable[[float], str]"
"""Writes a figure for people."""

SATURDAY = 5
NAMED_FIRST = 3
EACH = {"hour": "an hour", "day": "a day", "week": "a week", "month": "a month"}
RATES = "This is recorded cost divided by tokens, so caches and price changes affect it."


def peak_and_average(axis: TimeAxis, values: Sequence[float], as_text: AsText) -> str:
    """Name the bucket with the highest value, and the average of the buckets that are not partial."""
    if not any(values):
        return ""
    peak = max(range(len(values)), key=values.__getitem__)
    sentence = f"Peak: {as_text(values[peak])} ({axis.labels[peak]})."
    whole = [value for value, is_partial in zip(values, axis.partial, strict=True) if not is_partial]
    if len(whole) < 2:
        return sentence
    return f"{sentence} Average: {as_text(sum(whole) / len(whole))} {EACH[axis.unit]}."


def peak_in_words(costs: Sequence[float], buckets: Sequence[str]) -> str:
    """Name the bucket with the highest cost: ``Peak: $1.20 (Tue 10 Nov 2026)``."""
    greatest = max(costs, default=0.0)
    if greatest <= 0:
        return "No cost"
    return f"Peak: {money(greatest)} ({buckets[list(costs).index(greatest)]})"


def top_parts(parts: Sequence[tuple[str, float]], whole: float, measure: str) -> str:
    """Say how much the top parts account for.

    Args:
        parts: Names and sums, without the rest.
        whole: The sum of all parts and the rest.
        measure: What is summed, such as cost.
    """
    if not parts or whole <= 0:
        return ""
    ordered = sorted(parts, key=lambda part: -part[1])
    sentence = f"{ordered[0][0]} accounts for {share(ordered[0][1] / whole)} of the {measure}"
    if len(ordered) <= NAMED_FIRST:
        return f"{sentence}."
    first = sum(value for _, value in ordered[:NAMED_FIRST])
    return f"{sentence}; the top {NAMED_FIRST} account for {share(first / whole)}."


def nobody_stands_out(sums: Sequence[float], whole: float, things: str, measure: str) -> str:
    """Say that even the top parts are small; ``things``: what they are, with their number if known."""
    return (
        f"No one stands out among {things}: the top {len(sums)} account for {share(sum(sums) / whole)}"
        f" of the {measure}."
    )


def hours_of_week(hours: Sequence[HourRow], values: Sequence[float], measure: str, as_text: AsText) -> str:
    """Name the busiest hour of the week, and say how much weekends account for.

    ``values``: the measure of each hour.
    """
    whole = sum(values)
    if whole <= 0:
        return ""
    peak = max(range(len(values)), key=values.__getitem__)
    weekday, hour = hours[peak].weekday, hours[peak].hour
    weekend = sum(value for value, row in zip(values, hours, strict=True) if row.weekday >= SATURDAY)
    return (
        f"Busiest: {WEEKDAYS[weekday]}s from {hour:02d}:00 to {(hour + 1) % 24:02d}:00"
        f" ({as_text(values[peak])}). Weekends account for {share(weekend / whole)} of the {measure}."
    )


def concentration(concentration: Concentration) -> str:
    """Say how much the top tenth of all users accounts for, and how many users account for half the cost."""
    users = len(concentration.shares)
    if users < 2 or concentration.shares[-1] <= 0:
        return ""
    tenth = max(1, round(users / 10))
    half = next(number for number, part in enumerate(concentration.shares, 1) if part >= 0.5)
    first = f"The top 10% ({tenth:,} users) account for" if tenth > 1 else "The top user accounts for"
    others = f"{half:,} of {users:,} users account for" if half > 1 else f"1 of {users:,} users accounts for"
    return f"{first} {share(concentration.of_first(0.1))} of the cost; {others} half of it."


def conversation_costs(costs: ConversationCosts) -> str:
    """Say what half of the conversations cost at most, what nine of ten do, and what the top one cost."""
    if not costs.conversations:
        return ""
    if costs.conversations == 1:
        return f"The only conversation cost {money(costs.most_usd)}."
    return (
        f"Half of {costs.conversations:,} conversations cost at most {money(costs.median_usd)},"
        f" nine of ten at most {money(costs.ninth_decile_usd)}; the highest cost was {money(costs.most_usd)}."
    )


def hit_rate(points: Sequence[CachingPoint]) -> str:
    """Say how many of all prompt tokens came from a cache, and how many went to one."""
    prompts = sum(point.prompt_tokens for point in points)
    if not prompts:
        return ""
    read = sum(point.cache_read_tokens for point in points)
    written = sum(point.cache_write_tokens for point in points)
    if not read and not written:
        return "No prompt token came from a cache."
    return (
        f"{share(read / prompts)} of all prompt tokens came from a cache"
        f" and {share(written / prompts)} were written to one."
    )


def saved(points: Sequence[CachingPoint], prompt_cost_usd: float) -> str:
    """Say how much caches saved, and of what cost; empty without prompts."""
    if not any(point.prompt_tokens for point in points):
        return ""
    total = sum(point.saved_usd for point in points)
    if total == 0:
        return "No savings from caches are known."
    unknown = sum(point.unknown_rates for point in points)
    words = [
        f"Writing to caches cost an estimated {money(-total)} more than reading from them saved."
        if total < 0
        else f"Caches saved an estimated {money(total)}, {share(total / (prompt_cost_usd + total))}"
        " of what prompts would have cost without caching."
    ]
    if unknown:
        words.append(
            f"{counted(unknown, 'long prompt')} may have saved more: only the rate of shorter ones is known."
        )
    return " ".join(words)


def top_of_list(shares: Sequence[float], total: int, things: str) -> str:
    """Say how much the first of a list account for: ``The top 3 of 312 users account for 62.0% of the cost``.

    Args:
        shares: Shares of the cost (0 to 1), greatest first.
        total: The number of all entries.
        things: What they are, in the plural.
    """
    if total < 2 or not shares or sum(shares) <= 0:
        return ""
    first = min(NAMED_FIRST, total - 1)
    if first == 1:
        return f"The top 1 of {total:,} {things} accounts for {share(shares[0])} of the cost."
    part = share(min(sum(shares[:first]), 1.0))
    return f"The top {first} of {total:,} {things} account for {part} of the cost."


def completion_share(prompt: float, completion: float, measure: str) -> str:
    """Say how much of the cost, or of the tokens, completions account for."""
    if prompt + completion <= 0:
        return ""
    return f"Completions account for {share(completion / (prompt + completion))} of the {measure}."


def agents(ranking: AgentRanking) -> str:
    """Say how much of the cost agents account for, and how much was spent without one."""
    if not ranking.rows:
        return ""
    through_agents = max(0.0, 1.0 - ranking.without_agent.share - ranking.unknown.share)
    unknown = f"; for {share(ranking.unknown.share)} the agent is unknown" if ranking.unknown.calls else ""
    return (
        f"Agents account for {share(through_agents)} of the cost;"
        f" {share(ranking.without_agent.share)} was spent without one{unknown}."
    )
