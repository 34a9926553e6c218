"""What makes figures less sure than they look, in words that an operator understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """What a finding means: one sentence, the LibreChat versions that it comes from, and what to do."""

    title: str
    sentence: str
    versions: str
    advice: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A part of a finding: a model, an agent's id, a token type or a context.

    ``subject``: the model or agent that has a page of its own, as its filter knows it; None without one.
    """

    name: str
    documents: int
    tokens: int
    cost_usd: float
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Rows of a period that share a reason to doubt them; ``first`` and ``last`` are their dates (UTC)."""

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
class Refusals:
    """Documents that could not be read for one reason, with ids to look up: at most ten, newest first."""

    reason: str
    documents: int
    ids: tuple[str, ...]
    last: datetime


@dataclass(frozen=True, slots=True)
class QualityReport:
    """All findings of a period, those that change a bill first, and the documents refused ever."""

    findings: tuple[Finding, ...]
    refusals: tuple[Refusals, ...]
    doubtful_cost_usd: float
    """Cost that was not computed from the model's own price: see COST_IN_DOUBT."""


KINDS: Final[Mapping[str, Kind]] = {
    "default-rate": Kind(
        "Models without a price",
        "LibreChat had no price for these models and charged its default of $6 per million tokens.",
        "every version",
        "Add their prices to librechat.yaml (tokenConfig of the custom endpoint) or update LibreChat;"
        " rows already written keep the default.",
    ),
    "family-rate": Kind(
        "Models priced as their family",
        "LibreChat had no price for these models and charged its price for any Claude ($0.80 per million"
        " prompt tokens) or any Gemini ($0.50).",
        "every version, with models newer than it",
        "Update LibreChat; rows already written keep the price. Compare with the provider's bill.",
    ),
    "agent-as-model": Kind(
        "An agent's id instead of a model",
        "LibreChat wrote down the agent's id as model, estimated the tokens and charged its default rate.",
        "v0.7.9 to v0.8.3-rc1",
        "Update LibreChat to v0.8.3 or later. These rows are shown under the agent's model of that time.",
    ),
    "no-model": Kind(
        "No model recorded",
        "Stopped answers were written without a model, at about $1 per million tokens.",
        "v0.7.8-rc1 to v0.8.2-rc1",
        "Update LibreChat to v0.8.2 or later; nothing tells any more which model these rows were.",
    ),
    "incomplete": Kind(
        "Stopped answers",
        "The tokens of these stopped answers are estimated from their text, plus 15 %. Stopped agents have"
        " written abort rows since 13 September 2026, mostly with the provider's own counts.",
        "every version; of agents, before 13 September 2026",
        "Nothing to do: the provider's bill may differ slightly.",
    ),
    "sentinel-rate": Kind(
        "A mark instead of a price",
        "The rate is no price but a mark (OpenRouter's -1); these rows count, and cost nothing.",
        "v0.6.9 to v0.7.0, and models with such a price later",
        "Compare with the provider's bill; configure a price for the model in librechat.yaml.",
    ),
    "positive-value": Kind(
        "Recorded as a gain",
        "The value has the sign of a top-up although it is usage; these rows count and cost nothing.",
        "v0.6.9 to v0.7.0, and development builds of August 2024",
        "Nothing to do: counting them as cost would be as wrong as subtracting them.",
    ),
    "recorded-twice": Kind(
        "Recorded twice",
        "Calls with a prompt cache were written twice: once as cached and once as plain prompt, the"
        " completion alike.",
        "v0.7.7",
        "Subtract this when you compare with a bill of that time; update LibreChat.",
    ),
    "spent-credits": Kind(
        "Credits that were spent and are in no figure",
        "These rows took credits from a balance for something other than tokens, such as images or videos; no"
        " total has them.",
        "development builds with Media Studio",
        "Add this to the cost when you compare with a bill.",
    ),
    "no-user": Kind(
        "No user",
        "The rows name no user that can be read; they count in totals and belong to nobody.",
        "none of LibreChat's own",
        "Look for scripts that write into LibreChat's database.",
    ),
    "unknown-agent": Kind(
        "Agent unknown",
        "Nothing that is left in LibreChat tells whether an agent answered: chats deleted or temporary,"
        " calls of the Agents API.",
        "every version",
        "Nothing to do: new rows are asked for before their chats can be deleted.",
    ),
    "likely-agent": Kind(
        "Agent likely, not certain",
        "Several agents answered in the conversation, or only the conversation names one.",
        "before v0.8.3-rc2",
        "Update LibreChat to v0.8.3 or later: its rows name the answer that they belong to.",
    ),
    "several-rates": Kind(
        "Several rates for one model",
        "Plain prompts of these models were charged at more than one rate.",
        "every version",
        "A new price or a long-context tier is right; otherwise the name was taken for another model's.",
    ),
    "other-token-type": Kind(
        "Other things than tokens",
        "These rows count images, pages or seconds, not tokens; their cost is shown here and is in no total.",
        "foreign writers, or versions to come",
        "Tell us which version of LibreChat writes them.",
    ),
    "future-date": Kind(
        "Dates to come",
        "The rows are dated later than now and appear when their time has come.",
        "none: a wrong clock",
        "Check the clock of LibreChat's machine and of this one.",
    ),
}
"""Every kind of finding, those that change a bill first."""

COST_BESIDE = ("spent-credits", "other-token-type", "future-date")
"""Findings whose cost is in no total of the period."""

COST_IN_DOUBT = ("default-rate", "family-rate", "agent-as-model", "no-model")
