"""The findings about the rates of a model: several of them, or the rate of the family in its name."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from librechat_analytics.usage.rows import range_rows
from librechat_analytics.usage.wall_clock import SLOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import TimeRange


class Family(NamedTuple):
    """What LibreChat charges for a model that it knows only by a part of its name, in dollars per million.

    Models with one of ``priced`` in their name have a price of their own.
    """

    part: str
    prompt_rate: float
    completion_rate: float
    priced: tuple[str, ...]


FAMILIES = (
    Family("claude-", 0.8, 2.4, ("claude-3-5-haiku", "claude-3.5-haiku", "claude-instant")),
    Family("gemini-", 0.5, 1.5, ("gemini-pro",)),
)
STOPPED = 1.15
"""LibreChat charged stopped replies 15 per cent more."""

MOST_RATES = 6
"""How many rates a finding names."""

SLOT_MS = SLOT // timedelta(milliseconds=1)


class Amount(NamedTuple):
    """The prompts or completions of a group of usage, and the times of its first and last row."""

    documents: int
    tokens: int
    cost_e6: int
    first_at: int
    last_at: int


class ChargedModel(NamedTuple):
    """A finding about a model; ``has`` says whether a row of ``rated_rows`` belongs to it."""

    code: str
    model_key: int
    model: str
    detail: str
    amounts: list[Amount]
    has: Callable[[SqlRow], bool]

    @property
    def slots(self) -> set[int]:
        first, last = min(each.first_at for each in self.amounts), max(each.last_at for each in self.amounts)
        return {first // SLOT_MS, last // SLOT_MS}


def rate_findings(
    snapshot: Snapshot, time_range: TimeRange, filters: Filters, groups: Sequence[SqlRow]
) -> list[SqlRow]:
    """Find models with several rates, and models at the rate of their family, in the rows of ``findings``."""
    by_model: dict[int, list[SqlRow]] = defaultdict(list)
    for row in groups:
        if row["model_key"] is not None:
            by_model[row["model_key"]].append(row)
    found = [each for of_one in by_model.values() for each in (_several_rates(of_one), _family_rate(of_one))]
    charged = [each for each in found if each is not None]
    if not charged:
        return []
    edges = {
        "model_keys": sorted({each.model_key for each in charged}),
        "slots": sorted({slot for each in charged for slot in each.slots}),
    }
    rated = range_rows(snapshot, "rated_rows", time_range, filters, edges)
    return [_dated(each, [row for row in rated if row["model_key"] == each.model_key]) for each in charged]


def _several_rates(rows: Sequence[SqlRow]) -> ChargedModel | None:
    """Find plain prompts at more than one rate: a new price, a tier for long prompts, or a wrong match."""
    plain = [row for row in rows if _is_plain_prompt(row)]
    # A rate of nothing may have a sign, which nobody wants to read.
    rates = sorted({row["prompt_rate"] + 0.0 for row in plain})
    if len(rates) < 2:
        return None
    model = rows[0]["model"]
    detail = f"{model} ({', '.join(f'${rate}' for rate in rates[:MOST_RATES])})"
    return ChargedModel(
        "several-rates", rows[0]["model_key"], model, detail, [*map(_prompts, plain)], _is_plain_prompt
    )


def _family_rate(rows: Sequence[SqlRow]) -> ChargedModel | None:
    """Find usage at the rate of the family in a model's name, for which LibreChat had no price.

    A plain prompt at that rate proves it, except for models whose own rate is the same. Their completions
    have the family's rate too.
    """
    model, agent = rows[0]["model"], rows[0]["agent"]
    rates = {row["prompt_rate"] for row in rows}
    # LibreChat looks for the family anywhere in the name, also after the name of a vendor, region or router.
    proven = [
        family
        for family in FAMILIES
        if agent is None
        and family.prompt_rate in rates
        and family.part in model.lower()
        and not any(priced in model.lower() for priced in family.priced)
    ]
    if not proven:
        return None

    def has_prompts(row: SqlRow) -> bool:
        return any(row["prompt_rate"] == family.prompt_rate for family in proven)

    def has_completions(row: SqlRow) -> bool:
        rate = row["completion_rate"]
        return rate is not None and any(
            abs(rate - family.completion_rate * more) < 1e-6 for family in proven for more in (1, STOPPED)
        )

    return ChargedModel(
        "family-rate",
        rows[0]["model_key"],
        model,
        model,
        [_prompts(row) for row in rows if has_prompts(row)]
        + [_completions(row) for row in rows if has_completions(row)],
        lambda row: has_prompts(row) or has_completions(row),
    )


def _is_plain_prompt(row: SqlRow) -> bool:
    return row["prompt_rate"] is not None and not (row["blank"] or row["sentinel"] or row["agent_model"])


def _prompts(row: SqlRow) -> Amount:
    """Return the prompts of a group without those that had a cache."""
    return Amount(
        row["calls"] - row["cached_calls"],
        row["prompt_tokens"] - row["cached_tokens"],
        row["prompt_cost_e6"] - row["cached_cost_e6"],
        row["first_at"],
        row["last_at"],
    )


def _completions(row: SqlRow) -> Amount:
    return Amount(
        row["documents"] - row["calls"],
        row["completion_tokens"],
        row["cost_e6"] - row["prompt_cost_e6"],
        row["first_at"],
        row["last_at"],
    )


def _dated(charged: ChargedModel, rated: Sequence[SqlRow]) -> SqlRow:
    own = [row for row in rated if charged.has(row)]
    return {
        "code": charged.code,
        "detail": charged.detail,
        "subject": charged.model,
        "documents": sum(each.documents for each in charged.amounts),
        "tokens": sum(each.tokens for each in charged.amounts),
        "cost_e6": sum(each.cost_e6 for each in charged.amounts),
        "first": min(row["first"] for row in own),
        "last": max(row["last"] for row in own),
    }
