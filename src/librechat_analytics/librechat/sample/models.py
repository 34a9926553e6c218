"""The models that the imaginary company used, and LibreChat's prices for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.librechat.sample.eras import Release

DEFAULT_RATE = 6
"""USD per million tokens that LibreChat charges for a model without a price."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Other rates for prompts above a number of tokens, in the releases from ``since`` up to ``before``."""

    above_tokens: int
    prompt: float
    completion: float
    since: Release
    before: Release


@dataclass(frozen=True, slots=True)
class Model:
    """A model, LibreChat's rates for it in USD per million tokens, and when the company used it.

    ``since`` and ``until`` are days before the sample's end. Without ``write`` and ``read`` LibreChat has no
    cache rates for the model and charges the prompt rate.
    """

    name: str
    endpoint: str
    sender: str
    prompt: float
    completion: float
    write: float | None = None
    read: float | None = None
    since: int = 9999
    until: int = -1
    popularity: float = 0.0
    reasons: bool = False
    tier: Tier | None = None

    @property
    def rates(self) -> tuple[float, float]:
        return self.prompt, self.completion

    def tier_in(self, release: Release) -> Tier | None:
        """Return the long-prompt rates that a release had for the model."""
        return self.tier if self.tier and self.tier.since <= release < self.tier.before else None

    def cache_rates(self, release: Release) -> tuple[float, float]:
        """Return the rates of cached tokens written and read; before v0.8.3 only Claude had its own."""
        if self.write is None or self.read is None:
            return self.prompt, self.prompt
        if self.endpoint != "anthropic" and release < (0, 8, 3):
            return self.prompt, self.prompt
        return self.write, self.read


_NEVER: Release = (99, 0, 0)
_SONNET_TIER = Tier(200_000, 6, 22.5, since=(0, 8, 3), before=(0, 8, 6))
_GPT_TIER = Tier(272_000, 5, 22.5, since=(0, 8, 7), before=_NEVER)

MODELS = {
    model.name: model
    for model in (
        Model("claude-3-5-sonnet-20241022", "anthropic", "Claude", 3, 15, 3.75, 0.3, 9999, 395, 14),
        Model("claude-sonnet-4-20250514", "anthropic", "Claude", 3, 15, 3.75, 0.3, 9999, 270, 18),
        Model("claude-sonnet-4-5", "anthropic", "Claude", 3, 15, 3.75, 0.3, 418, 190, 26),
        Model("claude-sonnet-4-6", "anthropic", "Claude", 3, 15, 3.75, 0.3, 240, -1, 30, tier=_SONNET_TIER),
        Model("claude-opus-4-5", "anthropic", "Claude", 5, 25, 6.25, 0.5, 300, 200, 4),
        Model("claude-opus-4-6", "anthropic", "Claude", 5, 25, 6.25, 0.5, 232, -1, 6),
        Model("claude-haiku-4-5", "anthropic", "Claude", 1, 5, 1.25, 0.1, 400, -1, 8),
        Model("gpt-4o", "openAI", "GPT-4o", 2.5, 10, 2.5, 1.25, 9999, 250, 24),
        Model("gpt-4o-mini", "openAI", "GPT-4o mini", 0.15, 0.6, 0.15, 0.075, 9999, 300, 12),
        Model("gpt-4.1", "openAI", "GPT-4.1", 2, 8, 2, 0.5, 9999, 160, 16),
        Model("gpt-4.1-mini", "openAI", "GPT-4.1 mini", 0.4, 1.6, 0.4, 0.1, 9999, -1, 5),
        Model("gpt-5", "openAI", "GPT-5", 1.25, 10, 1.25, 0.125, 415, 210, 22, reasons=True),
        Model("gpt-5-mini", "openAI", "GPT-5 mini", 0.25, 2, 0.25, 0.025, 405, -1, 8, reasons=True),
        Model("gpt-5-nano", "openAI", "GPT-5 nano", 0.05, 0.4, 0.05, 0.005),
        Model("gpt-5.4", "openAI", "GPT-5.4", 2.5, 15, 2.5, 0.25, 236, -1, 26, reasons=True, tier=_GPT_TIER),
        Model("o3", "openAI", "o3", 2, 8, 2, 0.5, 9999, 220, 3, reasons=True),
        Model("o4-mini", "openAI", "o4-mini", 1.1, 4.4, 1.1, 0.275, 9999, 180, 4, reasons=True),
        Model("gemini-2.0-flash", "google", "Gemini", 0.1, 0.4, None, None, 9999, 330, 5),
        Model("gemini-2.5-flash", "google", "Gemini", 0.3, 2.5, None, None, 9999, -1, 9),
        Model("gemini-2.5-pro", "google", "Gemini", 1.25, 10, None, None, 9999, -1, 11),
        Model("gemini-3-pro-image-preview", "google", "Gemini", 2, 120),
        Model("acme-internal-70b", "acme", "Acme", DEFAULT_RATE, DEFAULT_RATE, None, None, 380, -1, 3),
        Model("local-llama", "Local", "Local", 0, 0, None, None, 104, -1, 5),
        Model("gpt-4", "openAI", "GPT-4", 30, 60),
        Model("gpt-3.5-turbo", "openAI", "GPT-3.5", 1.5, 2),
        Model("openrouter/auto", "OpenRouter", "OpenRouter", -1_000_000, -1_000_000),
    )
}
CHAT_MODELS = tuple(model for model in MODELS.values() if model.popularity)
CUSTOM_ENDPOINTS = frozenset({"acme", "Local"})
"""Endpoints that the company configured itself."""

LINES: dict[str, tuple[tuple[int, str], ...]] = {
    "claude": (
        (9999, "claude-3-5-sonnet-20241022"),
        (405, "claude-sonnet-4-20250514"),
        (370, "claude-sonnet-4-5"),
        (225, "claude-sonnet-4-6"),
    ),
    "opus": ((9999, "claude-sonnet-4-20250514"), (290, "claude-opus-4-5"), (222, "claude-opus-4-6")),
    "haiku": ((9999, "gpt-4o-mini"), (385, "claude-haiku-4-5")),
    "gpt": ((9999, "gpt-4o"), (395, "gpt-4.1"), (330, "gpt-5"), (220, "gpt-5.4")),
    "mini": ((9999, "gpt-4o-mini"), (400, "gpt-4.1-mini"), (340, "gpt-5-mini")),
    "gemini": ((9999, "gemini-2.0-flash"), (410, "gemini-2.5-flash"), (260, "gemini-2.5-pro")),
    "acme": ((9999, "gpt-4o-mini"), (350, "acme-internal-70b")),
}
"""The models that agents of each line moved to, and how many days before the end they did."""

TITLE_LINE = ((9999, "gpt-4o-mini"), (360, "gpt-4.1-mini"), (200, "gpt-5-nano"))
SUBAGENT_MODEL = MODELS["claude-haiku-4-5"]

TASTES: tuple[dict[str, float], ...] = (
    {"anthropic": 5.0},
    {"openAI": 5.0},
    {"openAI": 2.0, "anthropic": 2.0},
    {"google": 6.0},
    {"acme": 9.0, "Local": 8.0},
    {},
)
"""How much more a kind of user likes an endpoint than the company as a whole does."""


def chat_weights(days_left: int, taste: Mapping[str, float]) -> list[float]:
    """Return how likely each chat model is on a day: models arrive over weeks and fade out over weeks."""
    weights = []
    for model in CHAT_MODELS:
        arrival = min(1.0, max(0.0, (model.since - days_left) / 40))
        fading = 1.0 if model.until < 0 else min(1.0, max(0.0, (days_left - model.until) / 60))
        weights.append(model.popularity * taste.get(model.endpoint, 1.0) * arrival * fading)
    return weights
