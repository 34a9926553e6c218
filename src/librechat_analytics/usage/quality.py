"""The kinds of findings: why figures may be less certain, in words that an operator understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


Effect = Literal["price", "missing", "beside", "user", "agent", "later", "none"]
"""What a finding makes uncertain.

``price``: the cost of its rows. ``missing``: its rows count, but cost nothing. ``beside``: its cost is in no
total. ``user``, ``agent``: whose rows they are. ``later``: its rows are not in the figures yet. ``none``: it
changes no figure.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a finding means, in one sentence; the LibreChat versions that cause it; what to do; its effect."""

    title: str
    sentence: str
    versions: str
    advice: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Detail:
    """A part of a finding: a model, an agent's id, a token type or a context.

    ``subject``: the value of the filter for the model or agent that has a page of its own; None without one.
    """

    name: str
    documents: int
    tokens: int
    cost_usd: float
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why some rows of a period are less certain; ``first`` and ``last`` are their dates (UTC)."""

    code: str
    documents: int
    tokens: int
    cost_usd: float
    first: datetime
    last: datetime
    details: tuple[Detail, ...]

    @property
    def kind(self) -> Kind:
        return KINDS[self.code]


@dataclass(frozen=True, slots=True)
class UnpricedModel:
    """A model without a price, what it cost at the default rate, and its first and last row in a range."""

    model: str
    cost_usd: float
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Refusals:
    """Rows that could not be read for one reason; ``ids`` are at most ten, newest first."""

    reason: str
    documents: int
    ids: tuple[str, ...]
    last: datetime


@dataclass(frozen=True, slots=True)
class QualityReport:
    """All findings of a period, those that change a bill first, and all rows ever refused."""

    findings: tuple[Finding, ...]
    refusals: tuple[Refusals, ...]
    doubtful_cost_usd: float
    """Cost that was not computed from the model's own price: see UNCERTAIN_COST."""


KINDS: Final[Mapping[str, Kind]] = {
    "default-rate": Kind(
        "Models without a price",
        "LibreChat had no price for these models and charged its default of $6 per million tokens.",
        "every version",
        "Add their prices to librechat.yaml (tokenConfig of the custom endpoint) or update"
        " LibreChat; rows already written keep the default.",
        "price",
    ),
    "family-rate": Kind(
        "Models priced as their family",
        "LibreChat had no price for these models and charged its price for any Claude ($0.80 per"
        " million prompt tokens) or any Gemini ($0.50).",
        "every version, with models newer than it",
        "Update LibreChat; rows already written keep the price. Compare with the provider's bill.",
        "price",
    ),
    "agent-as-model": Kind(
        "An agent's id instead of a model",
        "LibreChat recorded the agent's id as the model, estimated the tokens and charged its default rate.",
        "v0.7.9 to v0.8.3-rc1",
        "Update LibreChat to v0.8.3 or later. These rows are shown under the agent's model of that time.",
        "price",
    ),
    "no-model": Kind(
        "No model recorded",
        "Stopped answers were written without a model, at about $1 per million tokens.",
        "v0.7.8-rc1 to v0.8.2-rc1",
        "Update LibreChat to v0.8.2 or later; no record shows which model these rows used.",
        "price",
    ),
    "incomplete": Kind(
        "Stopped answers",
        "The tokens of these stopped answers are estimated from their text, plus 15%. Since 13"
        " September 2026, stopped agents write abort rows, mostly with the provider's own counts.",
        "every version; for agents, before 13 September 2026",
        "Nothing to do. The provider's bill may differ slightly.",
        "price",
    ),
    "sentinel-rate": Kind(
        "Placeholder rate",
        "The rate is a placeholder, not a price (OpenRouter's -1); these rows count, but cost nothing.",
        "v0.6.9 to v0.7.0, and models with such a price later",
        "Compare with the provider's bill; configure a price for the model in librechat.yaml.",
        "missing",
    ),
    "positive-value": Kind(
        "Recorded as credit",
        "The value has the sign of a top-up although the row is usage; these rows count, but cost nothing.",
        "v0.6.9 to v0.7.0, and development builds of August 2024",
        "Nothing to do. Counting them as cost would be as wrong as subtracting them.",
        "missing",
    ),
    "recorded-twice": Kind(
        "Recorded twice",
        "Calls with a prompt cache were recorded twice: once as cached and once as plain prompts,"
        " each time with the completion.",
        "v0.7.7",
        "Update LibreChat, and subtract this when you compare with a bill from that time.",
        "price",
    ),
    "spent-credits": Kind(
        "Credits spent outside the totals",
        "These rows took credits from a balance for something other than tokens, such as images or"
        " videos; no total includes them.",
        "development builds with Media Studio",
        "Add this to the cost when you compare with a bill.",
        "beside",
    ),
    "no-user": Kind(
        "No user",
        "These rows name no readable user; they count in totals and belong to nobody.",
        "none; another program wrote them",
        "Look for scripts that write into LibreChat's database.",
        "user",
    ),
    "unknown-agent": Kind(
        "Unknown agent",
        "No remaining record in LibreChat shows whether an agent answered: the chat was deleted or"
        " temporary, or the call came through the Agents API.",
        "every version",
        "Nothing to do. New usage is matched within minutes, before a chat can be deleted.",
        "agent",
    ),
    "likely-agent": Kind(
        "Agent likely, not certain",
        "Several agents answered in the conversation, or only the conversation names one.",
        "before v0.8.3-rc2",
        "Update LibreChat to v0.8.3 or later: its rows name the message they belong to.",
        "agent",
    ),
    "several-rates": Kind(
        "Several rates for one model",
        "Plain prompts of these models were charged at more than one rate.",
        "every version",
        "Fine if the price changed or long prompts cost more. Otherwise LibreChat mistook the model.",
        "none",
    ),
    "other-token-type": Kind(
        "Usage not counted in tokens",
        "These rows count images, pages or seconds, not tokens; their cost is shown here and is in no total.",
        "none; another program or a newer LibreChat wrote them",
        "Open an issue that names the LibreChat version which writes them.",
        "beside",
    ),
    "future-date": Kind(
        "Future dates",
        "These rows have dates in the future; they enter the figures when that time comes.",
        "none; a clock is wrong",
        "Check the clocks of LibreChat's machine and of this one.",
        "later",
    ),
}
"""Every kind of finding, those that change a bill first."""

COST_BESIDE = ("spent-credits", "other-token-type", "future-date")
"""Findings whose cost is in no total of the period."""

UNCERTAIN_COST = ("default-rate", "family-rate", "agent-as-model", "no-model")
