"""The bodies of ``/api/*``: what every answer holds, checked, described and written by the same models.

Fields are called as in ``usage.answers``; ``json_name`` gives their name in JSON. Money is US dollars,
instants are in UTC, and what is None is not known.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from flask import Response
from pydantic import AliasGenerator, AliasPath, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from librechat_analytics.usage.answers import AuditKind, SourceStatus
from librechat_analytics.usage.periods import BucketUnit
from librechat_analytics.usage.prices import PriceSource

if TYPE_CHECKING:
    import pandas as pd

    from librechat_analytics.usage.answers import (
        AgentRanking,
        Freshness,
        PriceCheck,
        Ranking,
        Summary,
        Timeline,
        Totals,
    )
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.quality import QualityReport

Fields = dict[str, Any]


def json_name(field: str) -> str:
    """Give the name in JSON of a field or column of ours; all money is in dollars there."""
    return to_camel(field.removesuffix("_usd"))


def instant_json(at: datetime) -> str:
    """Write an instant in UTC with ``Z``, with milliseconds only where there are any."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds") + "Z"


DATE_TIME = WithJsonSchema({"type": "string", "format": "date-time"})

Instant = Annotated[datetime, PlainSerializer(instant_json), DATE_TIME]
LocalTime = Annotated[datetime, PlainSerializer(datetime.isoformat), DATE_TIME]
Count = Annotated[int, Field(json_schema_extra={"minimum": 0})]
Share = Annotated[float, Field(json_schema_extra={"minimum": 0, "maximum": 1})]
"""Bounds that are described, not checked: a figure that breaks one is still what the ledger says."""


class Body(BaseModel):
    """What is written as JSON; a value of another type than promised, NaN among them, is an error."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        from_attributes=True,
        alias_generator=AliasGenerator(serialization_alias=json_name),
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )


def json_response(body: Body, status: int = 200) -> Response:
    """Answer with a body."""
    return Response(f"{body.model_dump_json()}\n", status, mimetype="application/json")


class AuditRunning(Body):
    """An audit at work."""

    kind: AuditKind
    progress: Share


class Audit(Body):
    """How an audit ended."""

    kind: AuditKind
    """`counts`: ranges of ids were compared by their counts, and single ids where these differed. `ids`: \
every id."""
    started_at: Instant
    ended_at: Instant
    documents: Count
    """Transactions in LibreChat's database."""
    added: Count
    """Of them those that were not held before."""
    gone: Count
    """Transactions that LibreChat has deleted, as far as known; they keep counting here."""


class AuditState(Body):
    """The audit that runs, if any, and how the last one of each kind ended, the latest first."""

    running: AuditRunning | None
    audits: list[Audit]


class Refusal(Body):
    """Why there is no answer."""

    error: str
    """One sentence that says what to do."""


class RefusedParameter(Refusal):
    """Which parameter cannot be read."""

    parameter: str
    """Name of the parameter to blame."""


class Health(Body):
    """Whether figures can be answered."""

    status: Literal["ok", "unavailable"]


Readiness = Literal["ready", "importing", "unreachable", "unavailable"]


class Ready(Body):
    """Whether there are figures to be asked for, and if not yet, why."""

    status: Readiness
    """`importing`: the first read has not brought anything yet. `unreachable`: it cannot begin, for MongoDB \
does not answer; once anything was read, that changes nothing. `unavailable`: the store cannot be read."""


class PeriodAsked(Body):
    """The period that was asked for, as instants."""

    name: str
    start: Instant
    """Included."""
    end: Instant
    """Not included."""
    timezone: str
    """IANA time zone that decided calendar ranges and buckets."""


class Source(Body):
    """How LibreChat's database is doing."""

    status: SourceStatus
    """`importing`: the first read still runs. `unreachable`: the figures stand as of `asOf`. `offline`: no \
database is configured, the figures are those of an import."""
    last_sync: Instant | None
    progress: Share | None
    """Part of the first read that is done, while it runs."""


class Answer(Body):
    """The head of every answer."""

    period: PeriodAsked
    as_of: Instant | None
    """Every transaction that LibreChat had stored by then is in the figures."""
    source: Source


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
    """Calls of a model: rows with token type `prompt`."""
    active_users: Count
    conversations: Count


class Previous(Figures):
    """The figures of the range before, of equal length; for calendar ranges the one before."""

    start: Instant
    end: Instant


class SummaryQuality(Body):
    """How much of the period's figures is not as sure as the rest."""

    default_rate_cost_usd: float
    """Of models that LibreChat had no price for."""
    no_model_cost_usd: float
    """Of rows without a model."""
    agent_model_cost_usd: float
    """Of rows whose model is an agent's id."""
    incomplete_cost_usd: float
    """Of answers that the reader stopped."""
    sentinel_rows: Count
    """Rows whose rate is a mark, no price; they cost nothing."""
    positive_value_rows: Count
    """Rows whose value has the sign of a top-up; they cost nothing."""
    other_token_types: dict[str, Count]
    """Rows of other token types, which are left out, by type."""
    rejected_documents: Count
    """Documents that could not be read, ever."""
    spent_credits_rows: Count
    """Rows that took credits from a balance for something other than tokens; they are left out."""
    spent_credits_cost_usd: float
    """What these took."""


class SummaryAnswer(Figures, Answer):
    """A period's figures, those of the range before, and how sure they are."""

    previous: Previous | None
    """null for the period `all`."""
    quality: SummaryQuality


class User(Body):
    """What somebody used."""

    id: str | None
    """null for rows without a readable user."""
    name: str | None
    email: str | None
    deleted: bool
    """LibreChat no longer has the user."""
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: Count
    conversations: Count
    share: Share
    """Part of the period's cost."""
    last_active: Instant
    """The user's last usage row in the period."""


class Limited(Answer):
    """A list by cost, dearest first."""

    total: Count
    """Number of entries without the limit."""


class TopUsersAnswer(Limited):
    """The dearest users."""

    users: list[User]


class Model(Body):
    """What a model was used for; the model of an agent's row is the one that really ran."""

    model: str | None
    """null for rows without a model."""
    provider: str | None
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    calls: Count
    users: Count
    conversations: Count
    share: Share
    """Part of the period's cost."""


class TopModelsAnswer(Limited):
    """The dearest models."""

    models: list[Model]


class ModelCost(Body):
    """What a model cost within an agent."""

    model: str | None
    cost_usd: float


class Agent(Body):
    """What an agent was used for."""

    id: str | None
    name: str | None
    """A deleted agent keeps its last known name."""
    model: str | None
    """The model that the agent runs on today."""
    provider: str | None
    deleted: bool
    """LibreChat no longer has the agent."""
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: Count
    users: Count
    conversations: Count
    share: Share
    """Part of the period's cost."""
    models: list[ModelCost]
    """The models that really ran in the period."""
    attribution: dict[str, Share]
    """Parts of the agent's rows by how the agent is known: `exact`, `conversation`, `nearest`, `weak`."""


class RestOfUsage(Body):
    """Usage that belongs to no agent in the list."""

    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: Count
    users: Count
    conversations: Count
    share: Share
    """Part of the period's cost."""


class TopAgentsAnswer(Limited):
    """The dearest agents; all of them, `withoutAgent` and `unknown` add up to the summary."""

    agents: list[Agent]
    without_agent: RestOfUsage
    unknown: RestOfUsage
    """Usage of which nothing tells whether an agent answered."""


class ModelBreakdown(Body):
    """A model's cost in its parts."""

    model: str | None
    prompt_cost_usd: float
    completion_cost_usd: float
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    prompt_rate: float | None
    """Effective US dollars per million prompt tokens, null without any."""
    completion_rate: float | None
    """Effective US dollars per million completion tokens, null without any."""
    rates: list[float]
    """The distinct stored rates of the rows without cache parts, ascending, at most 20."""


class CostBreakdownAnswer(Limited):
    """The dearest models' cost in its parts."""

    models: list[ModelBreakdown]


class Point(Body):
    """One bucket of a timeline."""

    start: LocalTime
    """With the offset of the time zone."""
    end: LocalTime
    partial: bool
    """The period or the present cuts the bucket, or it lies ahead."""
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: Count
    active_users: Count
    conversations: Count


class UsageOverTimeAnswer(Answer):
    """A period bucket by bucket, empty ones included."""

    unit: BucketUnit = Field(serialization_alias="bucket")
    points: list[Point]


class FindingPart(Body):
    """A model, an agent, a token type or a context within a finding."""

    name: str
    documents: Count = Field(serialization_alias="rows")
    tokens: int
    cost_usd: float


class QualityFinding(Body):
    """Rows that share a reason to doubt them."""

    code: str
    title: str = Field(validation_alias=AliasPath("kind", "title"))
    sentence: str = Field(validation_alias=AliasPath("kind", "sentence"))
    """What it means."""
    advice: str = Field(validation_alias=AliasPath("kind", "advice"))
    """What to do."""
    versions: str = Field(validation_alias=AliasPath("kind", "versions"))
    """Versions of LibreChat that it comes from."""
    documents: Count = Field(serialization_alias="rows")
    tokens: int
    cost_usd: float
    first: Instant
    last: Instant
    details: tuple[FindingPart, ...]


class Refused(Body):
    """Documents that could not be read for one reason."""

    reason: str
    documents: Count
    ids: tuple[str, ...]
    """At most ten, newest first."""


class QualityAnswer(Answer):
    """What makes the figures less sure than they look."""

    doubtful_cost_usd: float
    """Cost that was not computed from a price."""
    findings: tuple[QualityFinding, ...]
    """Those that change a bill first."""
    refusals: tuple[Refused, ...] = Field(serialization_alias="refused")
    """Documents that could not be read, ever."""


class ModelPriceCheck(Body):
    """A model's recorded cost beside its list price."""

    provider: str | None
    model: str | None
    cost_usd: float
    """As recorded."""
    listed_cost_usd: float
    """As recorded, of the rows that have a list price."""
    list_price_usd: float | None
    """null where the model is not listed."""
    difference_usd: float | None
    """Recorded less list price, of the rows that have one."""
    price_sources: list[PriceSource]
    """Where the list prices come from, as far as the list says."""
    unpaired_completions: Count
    """Completions of a model with prices for long prompts whose prompt was not found; they are priced as \
after a short one."""


class SourcePriceCheck(Body):
    """The part whose list prices come from one source."""

    source: PriceSource | None
    """`both`: LibreChat's table has the price, and it was compared with the provider's page. `librechat`: \
it comes from LibreChat's table only and cannot show that LibreChat's price is wrong. `provider`: it comes \
from the provider's page only. null where the list does not say."""
    listed_cost_usd: float
    list_price_usd: float
    difference_usd: float


class PriceCheckAnswer(Answer):
    """What was recorded beside what the same rows would have cost at list price."""

    list_name: str = Field(serialization_alias="priceList")
    cost_usd: float
    listed_cost_usd: float
    list_price_usd: float
    difference_usd: float
    unpaired_completions: Count
    sources: tuple[SourcePriceCheck, ...]
    """`listedCost`, `listPrice` and `difference` by where the list prices come from."""
    models: list[ModelPriceCheck]


def audit_state(freshness: Freshness) -> AuditState:
    """Give how the audits are doing."""
    running = None
    if freshness.audit_kind is not None:
        running = {"kind": freshness.audit_kind, "progress": freshness.audit_progress or 0.0}
    return AuditState.model_validate({"running": running, "audits": list(freshness.audits)})


def head_fields(period: Period, freshness: Freshness) -> Fields:
    """Give what every answer begins with."""
    return {
        "period": {
            "name": period.name,
            "start": period.range.start,
            "end": period.range.end,
            "timezone": period.zone.key,
        },
        "as_of": freshness.as_of,
        "source": freshness,
    }


def summary_fields(period: Period, summary: Summary) -> Fields:
    previous = None
    if period.previous is not None and summary.previous is not None:
        before = period.previous
        previous = {"start": before.start, "end": before.end, **_figures(summary.previous)}
    return {**_figures(summary.totals), "previous": previous, "quality": summary.quality}


def users_fields(ranking: Ranking) -> Fields:
    return {"users": _entries(ranking.rows), "total": ranking.total}


def models_fields(ranking: Ranking) -> Fields:
    return {"models": _entries(ranking.rows), "total": ranking.total}


def agents_fields(ranking: AgentRanking) -> Fields:
    return {
        "agents": _entries(ranking.rows),
        "total": ranking.total,
        "without_agent": ranking.without_agent,
        "unknown": ranking.unknown,
    }


def timeline_fields(timeline: Timeline) -> Fields:
    return {"unit": timeline.unit, "points": _entries(timeline.points)}


def quality_fields(report: QualityReport) -> Fields:
    return {
        "doubtful_cost_usd": report.doubtful_cost_usd,
        "findings": report.findings,
        "refusals": report.refusals,
    }


def price_check_fields(check: PriceCheck) -> Fields:
    return {
        "list_name": check.list_name,
        "cost_usd": check.cost_usd,
        "listed_cost_usd": check.listed_cost_usd,
        "list_price_usd": check.list_price_usd,
        "difference_usd": check.difference_usd,
        "unpaired_completions": check.unpaired_completions,
        "sources": check.sources,
        "models": _entries(check.rows),
    }


def _figures(totals: Totals) -> Fields:
    return {name: getattr(totals, name) for name in Figures.model_fields}


def _entries(rows: pd.DataFrame) -> list[Fields]:
    return rows.to_dict("records")  # type: ignore[return-value]
