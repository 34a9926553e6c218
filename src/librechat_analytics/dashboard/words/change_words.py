"""What changed, in words: the sentence, the causes and the amounts with their signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.usage.changes import Change, ChangeCauses

MINUS = "\N{MINUS SIGN}"
NAMED = 3
"""How many of the largest differences the sentence names."""

MOST_PERCENT = 999
CENT = 0.01


def signed(usd: float) -> str:
    """Write a difference in US dollars with its sign; less than a cent has none."""
    if abs(usd) < CENT / 2:
        return money(0.0)
    return f"{'+' if usd > 0 else MINUS}{money(abs(usd))}"


def percent(change: Change) -> str:
    """Write by how much a cost changed: in per cent, or that it is new or gone."""
    if change.state != "both":
        return change.state
    return percent_of(change.now_usd, change.before_usd) if change.before_usd > 0 else ""


def percent_of(now_usd: float, before_usd: float) -> str:
    """Write by how much one cost differs from another: in per cent, or that it is new or gone."""
    if now_usd == before_usd:
        return ""
    if before_usd <= 0 or now_usd <= 0:
        return "new" if now_usd > before_usd else "gone"
    share = round(100 * (now_usd - before_usd) / before_usd)
    if abs(share) > MOST_PERCENT:
        return f">{MOST_PERCENT}%"
    if share == 0:
        return "<1%"
    return f"{'+' if share > 0 else MINUS}{abs(share)}%"


def headline(difference_usd: float, parts: Sequence[tuple[str, float]], before: str) -> str:
    """Say how much more or less was spent, and which parts differ most.

    Args:
        difference_usd: The whole difference.
        parts: Names and differences, the largest first.
        before: The previous period in words.
    """
    if abs(difference_usd) < CENT / 2:
        whole = f"The cost is the same as in {before}"
    else:
        word = "more" if difference_usd > 0 else "less"
        whole = f"{money(abs(difference_usd))} {word} than {before}"
    named = [f"{name} {signed(usd)}" for name, usd in parts[:NAMED] if abs(usd) >= CENT / 2]
    return f"{whole}: {', '.join(named)}." if named else f"{whole}."


def causes(found: ChangeCauses) -> list[tuple[str, float, str]]:
    """Name each cause by its direction, with its amount in US dollars and what it means."""
    return [
        _cause(found.more_calls_usd, "More calls", "Fewer calls", "at what a call cost before"),
        _cause(
            found.longer_calls_usd,
            "Longer calls",
            "Shorter calls",
            "other numbers of tokens in a model's call",
        ),
        _cause(
            found.dearer_models_usd,
            "More expensive models",
            "Cheaper models",
            "another mix of models, new ones included",
        ),
        _cause(
            found.changed_prices_usd,
            "Higher prices",
            "Lower prices",
            "other prices of a model's tokens, with what caches save",
        ),
    ]


def _cause(usd: float, more: str, less: str, meaning: str) -> tuple[str, float, str]:
    return (more if usd >= 0 else less), usd, meaning
