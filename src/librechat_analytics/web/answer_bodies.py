"""The bodies of the answers of ``/api/*``: the same models describe and write them.

A list's entries take their fields from the rows of ``usage.list_answers``, so that a new field appears here
by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AliasPath, Field

from librechat_analytics.exports import columns
from librechat_analytics.usage.answers import SourceStatus, Summary
from librechat_analytics.usage.changes import Changes, ChangeState
from librechat_analytics.usage.periods import BucketUnit
from librechat_analytics.usage.prices import PriceSource
from librechat_analytics.web.body import Body, Count, Instant, LocalTime, RowBody, Share

if TYPE_CHECKING:
    from typing import Self

    from librechat_analytics.usage.answers import Freshness, Totals
    from librechat_analytics.usage.periods import Period


def is_none(value: object) -> bool:
    """Say whether a field is left out because the request did not ask for it."""
    return value is None


class PeriodAsked(Body):
    """The period of the request, as instants."""

    name: str
    start: Instant
    """Included."""
    end: Instant
    """Not included."""
    timezone: str
    """IANA time zone of calendar ranges and buckets."""


class Source(Body):
    """The state of the source."""

    status: SourceStatus
    """`importing`: the first read is running. `unreachable`: MongoDB does not answer, and the figures are \
complete up to `asOf`. `offline`: no database is configured, and the figures are from an import."""
    last_sync: Instant | None
    progress: Share | None
    """How much of the first read is done, while it runs."""


class Answer(Body):
    """What every answer begins with."""

    period: PeriodAsked
    as_of: Instant | None
    """Every transaction that LibreChat had stored by then is in the figures."""
    source: Source
    unmatched: tuple[str, ...]
    """The filters, as named in the request, none of whose values was ever recorded. A typing mistake \
answers zeros and is named here."""

    @classmethod
    def of(cls, period: Period, freshness: Freshness, unmatched: tuple[str, ...], answer: object) -> Self:
        """Make the body of an answer about a period."""
        head: dict[str, object] = {
            "period": {
                "name": period.name,
                "start": period.range.start,
                "end": period.range.end,
                "timezone": period.zone.key,
            },
            "as_of": freshness.as_of,
            "source": freshness,
            "unmatched": unmatched,
        }
        return cls.model_validate(head | cls._own_fields(period, answer))

    @classmethod
    def _own_fields(cls, period: Period, answer: object) -> dict[str, object]:  # noqa: ARG003
        """Return what follows the head: the answer's attributes, by the names that validation knows."""
        names = (
            str(field.validation_alias or name)
            for name, field in cls.model_fields.items()
            if name not in Answer.model_fields
        )
        return {name: getattr(answer, name) for name in names}


class Figures(Body):
    """The figures of one range of time."""

    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cache_read_tokens: int
    """Part of the prompt tokens."""
    cache_write_tokens: int
    """Part of the prompt tokens."""
    calls: Count
    """Calls to a model: rows with token type `prompt`."""
    active_users: Count
    conversations: Count


class Previous(Figures):
    """The figures of the previous period: of equal length, or the previous calendar range."""

    start: Instant
    end: Instant


class SummaryQuality(Body):
    """How much of the period's figures is uncertain, and what is not counted."""

    default_rate_cost_usd: float
    """Cost of models that LibreChat had no price for."""
    no_model_cost_usd: float
    """Cost of rows without a model."""
    agent_model_cost_usd: float
    """Cost of rows whose model is an agent's id."""
    incomplete_cost_usd: float
    """Cost of answers that the user stopped."""
    sentinel_rows: Count
    """Rows with a placeholder instead of a rate; they cost nothing."""
    positive_value_rows: Count
    """Rows whose value has the sign of a top-up; they cost nothing."""
    other_token_types: dict[str, Count]
    """Number of rows of other token types, by type; they are not counted."""
    rejected_documents: Count
    """Documents that could not be read, whatever the period."""
    spent_credits_rows: Count
    """Rows that took credits from a balance for something other than tokens; they are not counted."""
    spent_credits_cost_usd: float
    """What these rows cost."""


class SummaryAnswer(Figures, Answer):
    """A period's figures, those of the previous one, and how certain they are."""

    previous: Previous | None
    """null for the period `all`."""
    quality: SummaryQuality

    @classmethod
    def _own_fields(cls, period: Period, answer: object) -> dict[str, object]:
        if not isinstance(answer, Summary):
            raise TypeError(f"{answer} is not a summary")
        previous = None
        if period.previous is not None and answer.previous is not None:
            bounds = {"start": period.previous.start, "end": period.previous.end}
            previous = bounds | _figures(answer.previous)
        return _figures(answer.totals) | {"previous": previous, "quality": answer.quality}


def _figures(totals: Totals) -> dict[str, object]:
    return {name: getattr(totals, name) for name in Figures.model_fields}


class Limited(Answer):
    """A part of a list."""

    total: Count
    """Number of entries without limit and offset."""


class Point(RowBody, of=columns.USAGE_OVER_TIME):
    """One bucket of a timeline."""

    start: LocalTime
    """With the offset of the time zone."""
    end: LocalTime
    partial: bool
    """The period or the present cuts the bucket, or the bucket is in the future."""
    active_users: Count
    conversations: Count
    parts: dict[str, float] | None = Field(default=None, exclude_if=is_none)
    """With `split`: the cost of each part in the legend, by its key."""
    others_usd: float | None = Field(default=None, exclude_if=is_none)
    """With `split`: the cost of all other parts; of groups, of the users in none of those shown."""


class LegendEntry(Body):
    """A part of a split timeline."""

    key: str
    """A model's or provider's name, the id of a user, an agent or a group, `(none)` or `(unknown)`: the \
value of the filter that shows only this part."""
    label: str
    """Its name, else its e-mail address, else its key."""
    cost_usd: float
    """In the whole period."""


class UsageOverTimeAnswer(Answer):
    """A period bucket by bucket, empty buckets included."""

    unit: BucketUnit = Field(serialization_alias="bucket")
    points: tuple[Point, ...]
    legend: tuple[LegendEntry, ...] | None = Field(default=None, exclude_if=is_none)
    """With `split`: at most eight parts, highest cost first."""


class ChangedPart(Body):
    """How the cost of one model, agent, user, group or provider differs from the previous period."""

    subject: str | None
    """A model's or provider's name, or an id: the value of the filter that shows only this part. null for \
the usage that has none; `(unknown)` where no record shows the agent."""
    label: str
    """Its name, else its e-mail address, else its id."""
    before_usd: float
    now_usd: float
    difference_usd: float
    price_usd: float
    """The part of the difference that comes from other prices: by model and token type, the tokens of now \
times the difference in price, caches included."""
    quantity_usd: float
    """The rest of the difference: by model and token type, the difference in tokens times the price of \
before; and all that is new or gone."""
    state: ChangeState
    """Whether there is usage in this period only, in the previous period only, or in both."""


class Causes(Body):
    """The whole difference taken apart in four steps, which add up to it."""

    more_calls_usd: float
    """Another number of calls, each at what a call cost before."""
    longer_calls_usd: float
    """Another number of tokens in a call of the same model."""
    dearer_models_usd: float
    """Another mix of models, new ones included."""
    changed_prices_usd: float
    """Another price of a token of the same model, caches included."""


class InSeveral(Body):
    """The users who are in several groups."""

    users: Count
    difference_usd: float
    """The difference in what they cost, counted once."""


class PreviousPeriod(Body):
    """The range that the period is compared with."""

    start: Instant
    end: Instant


class WhatChangedAnswer(Limited):
    """The difference in cost to the previous period; `parts` and `rest` add up to it."""

    previous: PreviousPeriod | None
    """null where the period is compared with nothing, as `all`; then there is no difference either."""
    before_usd: float | None
    now_usd: float
    difference_usd: float | None
    causes: Causes | None
    parts: tuple[ChangedPart, ...] = Field(validation_alias="rows")
    """By absolute difference, the largest first."""
    rest_usd: float | None
    """The difference of all that is in no part. By group, a user counts in each of their groups, so the \
rest also takes away what counts more than once."""
    in_several: InSeveral | None = Field(default=None, exclude_if=is_none)
    """By group only."""

    @classmethod
    def _own_fields(cls, period: Period, answer: object) -> dict[str, object]:
        if not isinstance(answer, Changes):
            raise TypeError(f"{answer} does not say what changed")
        names = (str(field.validation_alias or name) for name, field in cls.model_fields.items())
        elsewhere = {*Answer.model_fields, "previous"}
        own = {name: getattr(answer, name) for name in names if name not in elsewhere}
        return own | {"previous": period.previous}


class FindingPart(Body):
    """A model, an agent, a token type or a context within a finding."""

    name: str
    documents: Count = Field(serialization_alias="rows")
    tokens: int
    cost_usd: float


class QualityFinding(Body):
    """Rows that are uncertain for one reason."""

    code: str
    title: str = Field(validation_alias=AliasPath("kind", "title"))
    sentence: str = Field(validation_alias=AliasPath("kind", "sentence"))
    """What it means."""
    advice: str = Field(validation_alias=AliasPath("kind", "advice"))
    """What to do."""
    versions: str = Field(validation_alias=AliasPath("kind", "versions"))
    """Versions of LibreChat that write such rows."""
    documents: Count = Field(serialization_alias="rows")
    tokens: int
    cost_usd: float
    first: Instant
    last: Instant
    details: tuple[FindingPart, ...]


class Refused(Body):
    """Documents that could not be read, for one reason."""

    reason: str
    documents: Count
    ids: tuple[str, ...]
    """At most ten ids, newest first."""


class QualityAnswer(Answer):
    """What makes the figures less certain than they look."""

    doubtful_cost_usd: float
    """Cost that was not computed from the model's own price."""
    findings: tuple[QualityFinding, ...]
    """Findings that change a bill come first."""
    refusals: tuple[Refused, ...] = Field(serialization_alias="refused")
    """Documents that could not be read, whatever the period."""


PRICE_CHECK = columns.price_check_columns("")


class ModelPriceCheck(RowBody, of=PRICE_CHECK):
    """A model's recorded cost and its list price."""

    cost_usd: float
    """As recorded."""
    listed_cost_usd: float
    """The recorded cost of the rows that have a list price."""
    list_price_usd: float | None
    """null where the model is not listed."""
    difference_usd: float | None
    """Recorded cost minus list price, of the rows that have a list price."""
    price_sources: tuple[PriceSource, ...]
    """Where the list prices come from, where the list says so."""
    unpaired_completions: Count
    """Completions of a model with prices for long prompts whose prompt was not found; they are priced as \
after a short one."""


class SourcePriceCheck(Body):
    """The part of the check whose list prices come from one source."""

    source: PriceSource | None
    """`both`: LibreChat's table has the price, and it was compared with the provider's page. `librechat`: \
the price comes from LibreChat's table only and cannot show that LibreChat's price is wrong. `provider`: it \
comes from the provider's page only. null where the list does not say."""
    listed_cost_usd: float
    list_price_usd: float
    difference_usd: float


class PriceCheckAnswer(Answer):
    """The recorded cost, and what the same rows would have cost at list price."""

    list_name: str = Field(serialization_alias="priceList")
    cost_usd: float
    listed_cost_usd: float
    list_price_usd: float
    difference_usd: float
    unpaired_completions: Count
    sources: tuple[SourcePriceCheck, ...]
    """`listedCost`, `listPrice` and `difference` by where the list prices come from."""
    models: tuple[ModelPriceCheck, ...] = Field(validation_alias="rows")
