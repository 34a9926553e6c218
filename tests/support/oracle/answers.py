"""The answers of the seven endpoints."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bson import ObjectId

from tests.support.oracle.changes import split_points, what_changed
from tests.support.oracle.evidence import Evidence
from tests.support.oracle.fields import agent_id, date_of, is_agent_id, is_real, number, text, user_id
from tests.support.oracle.figures import (
    Body,
    calls,
    cost_of,
    distinct,
    effective_rate,
    figures,
    grouped,
    in_order,
    part,
    reach,
    share,
    tokens,
    tokens_and_cost,
)
from tests.support.oracle.lists import Entry, listed
from tests.support.oracle.periods import (
    automatic_unit,
    calendar_between,
    hours_between,
    period_bounds,
    previous_bounds,
)
from tests.support.oracle.rows import Beside, Row, is_chosen, is_default_rate, replaced_default_rate

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.support.oracle.ledger import Document, Ledger


ENDPOINTS = (
    "summary",
    "top-users",
    "top-models",
    "top-agents",
    "cost-breakdown",
    "usage-over-time",
    "what-changed",
)


class Oracle:
    """The answers of the seven endpoints about one state of LibreChat's database."""

    def __init__(self, ledger: Ledger, evidence: Evidence | None = None) -> None:
        self.evidence = evidence or Evidence(ledger)
        self.users = {str(u["_id"]): u for u in ledger.users if isinstance(u.get("_id"), ObjectId)}
        self.refused = 0
        self.beside: list[Beside] = []
        self.dates: list[datetime] = []
        self.named: set[str] = set()
        rows = [row for document in ledger.transactions if (row := self._row(document))]
        unpriced = {row.stored_model for row in rows if self._stands_at_the_default_rate(row)}
        self.rows = [
            replaced_default_rate(row)
            if row.stored_model in unpriced and row.rate is not None and is_default_rate(row.rate)
            else row
            for row in rows
        ]

    def _row(self, document: Document) -> Row | None:
        token_type = document.get("tokenType")
        readable = isinstance(document.get("_id"), ObjectId)
        at = date_of(document) if readable else None
        if at is not None:
            self.dates.append(at)
        if token_type not in ("prompt", "completion"):
            if at is not None:
                self.beside.append(self._beside(document, at))
            return None
        amount, value = number(document.get("rawAmount")), number(document.get("tokenValue"))
        if at is None or amount is None or value is None or not is_real(amount, value):
            self.refused += 1
            return None
        rate = document.get("rate")
        is_infinite = isinstance(rate, float) and math.isinf(rate)
        rate = number(rate)
        stored = text(document.get("model"))
        model = self._model(document, at)
        is_sentinel = is_infinite or (rate is not None and abs(rate) > 1_000)
        agent, certainty = self.evidence.agent_of(document, at)
        if agent is not None and self.evidence.names(agent, document):
            self.named.add(agent)
        return Row(
            at=at,
            is_prompt=token_type == "prompt",
            user=user_id(document.get("user")),
            conversation=self.evidence.root_of(text(document.get("conversationId")), document),
            model=model,
            stored_model=stored,
            context=text(document.get("context")),
            rate=None if rate is None else float(rate),
            tokens=-math.trunc(amount),
            cost=Fraction(0) if value > 0 or is_sentinel else -value / 1_000_000,
            cache_read=-math.trunc(number(document.get("readTokens")) or 0),
            cache_write=-math.trunc(number(document.get("writeTokens")) or 0),
            has_cache_parts=number(document.get("inputTokens")) is not None,
            is_sentinel=is_sentinel,
            is_positive=value > 0,
            agent=agent,
            certainty=certainty,
            tenant=agent and self.evidence.home_of(agent, text(document.get("tenantId"))),
        )

    def _model(self, document: Document, at: datetime) -> str | None:
        stored = text(document.get("model"))
        if stored is None or not is_agent_id(stored):
            return stored
        tenant = text(document.get("tenantId"))
        return self.evidence.model_beneath(agent_id(stored), tenant, at) or agent_id(stored)

    def _beside(self, document: Document, at: datetime) -> Beside:
        token_type, rate = document.get("tokenType"), number(document.get("rate"))
        shown = token_type if isinstance(token_type, str) else "(unreadable)"
        value = number(document.get("tokenValue"))
        is_price = (rate is None or abs(rate) <= 1_000) and document.get("rate") != math.inf
        is_spent = value is not None and -(10**24) <= value < 0 and is_price
        counts = is_spent and not document.get("mediaAccountPending")
        agent, certainty = self.evidence.agent_of(document, at)
        return Beside(
            at=at,
            kind="(missing)" if token_type is None else shown,
            user=user_id(document.get("user")),
            model=self._model(document, at),
            context=text(document.get("context")),
            agent=agent,
            certainty=certainty,
            cost=-value / 1_000_000 if value is not None and counts else Fraction(0),
        )

    @staticmethod
    def _stands_at_the_default_rate(row: Row) -> bool:
        if row.stored_model is None or row.is_agent_model or not row.is_prompt or row.has_cache_parts:
            return False
        long_sonnet = "sonnet-4-6" in row.stored_model and abs(row.tokens) > 200_000
        return row.rate == 6 and not long_sonnet

    def within(self, start: datetime, end: datetime, parameters: dict[str, Any]) -> list[Row]:
        return [row for row in self.rows if start <= row.at < end and is_chosen(row, parameters)]

    def answer(self, endpoint: str, now: datetime, parameters: dict[str, Any] | None = None) -> Body:
        """The body of ``/api/<endpoint>`` but for ``asOf`` and ``source``.

        Instants are datetimes, money and shares are fractions. Raises TooManyPointsError where it is a 400.
        """
        parameters = parameters or {}
        zone = ZoneInfo(parameters.get("tz", "UTC"))
        name = parameters.get("period", "30d")
        first = min((row.at for row in self.rows), default=now)
        start, end = period_bounds(name, parameters, zone, now, first)
        rows = self.within(start, end, parameters)
        body: Body = {"period": {"name": name, "start": start, "end": end, "timezone": zone.key}}
        limit = int(parameters.get("limit", "10"))
        compare = parameters.get("compare", "previous")
        before = previous_bounds(name, start, end, zone, now, compare)
        earlier = None if before is None else self.within(*before, parameters)
        match endpoint:
            case "summary":
                body |= self._summary(rows, name, (start, end), zone, now, parameters)
            case "top-users":
                ever = [row for row in self.rows if row.at < now and is_chosen(row, parameters)]
                body |= listed("users", partial(self._users, ever=ever), rows, earlier, parameters)
            case "top-models":
                body |= listed("models", self._models, rows, earlier, parameters)
            case "top-agents":
                body |= listed("agents", self._agents, rows, earlier, parameters)
                body["withoutAgent"] = compared_part(without_agent, rows, earlier)
                body["unknown"] = compared_part(is_unknown, rows, earlier)
            case "cost-breakdown":
                body |= listed("models", self._breakdown, rows, earlier, parameters)
            case "breakdown":
                attribute = self._attribute(parameters["by"])
                body |= listed("parts", partial(parts_of, attribute), rows, earlier, parameters)
                body["none"] = compared_part(lambda row: attribute(row) is None, rows, earlier)
                body["inSeveral"] = None
            case "usage-over-time":
                body |= over_time(rows, start, end, parameters, zone, now)
            case "what-changed":
                body |= what_changed(earlier, rows, parameters.get("by", "model"), limit)
                body["previous"] = None if before is None else {"start": before[0], "end": before[1]}
            case _:
                raise ValueError(endpoint)
        return body

    def newest_date(self, until: datetime) -> datetime | None:
        """``asOf`` after an import that ended at ``until``."""
        return max((at for at in self.dates if at <= until), default=None)

    def _summary(
        self,
        rows: list[Row],
        name: str,
        bounds: tuple[datetime, datetime],
        zone: ZoneInfo,
        now: datetime,
        parameters: dict[str, Any],
    ) -> Body:
        before = previous_bounds(name, *bounds, zone, now, parameters.get("compare", "previous"))
        beside = [
            row for row in self.beside if bounds[0] <= row.at < bounds[1] and is_chosen(row, parameters)
        ]
        other = Counter(row.kind for row in beside if row.kind != "credits")
        # What an administrator took back, or the reset of a balance, was not spent.
        spent = [
            row
            for row in beside
            if row.kind == "credits" and row.cost > 0 and row.context not in ("admin", "balanceReset")
        ]
        return {
            **figures(rows),
            "previous": None
            if before is None
            else {"start": before[0], "end": before[1], **figures(self.within(*before, parameters))},
            "quality": {
                "defaultRateCost": cost_of(row for row in rows if row.default_rate),
                "noModelCost": cost_of(row for row in rows if row.stored_model is None),
                "agentModelCost": cost_of(row for row in rows if row.is_agent_model),
                "incompleteCost": cost_of(row for row in rows if row.context == "incomplete"),
                "sentinelRows": sum(row.is_sentinel for row in rows),
                "positiveValueRows": sum(row.is_positive for row in rows),
                "otherTokenTypes": dict(other),
                "rejectedDocuments": self.refused,
                "spentCreditsRows": len(spent),
                "spentCreditsCost": sum((row.cost for row in spent), Fraction(0)),
            },
        }

    def _users(self, rows: list[Row], ever: list[Row]) -> list[Entry]:
        total = cost_of(rows)
        last_ever = {user: max(row.at for row in own) for user, own in grouped(ever, user_of).items()}
        entries = []
        for user, own in grouped(rows, user_of).items():
            document = self.users.get(user or "", {})
            body = {
                "id": user,
                "name": text(document.get("name")) or text(document.get("username")),
                "email": text(document.get("email")),
                "deleted": user is not None and user not in self.users,
                **tokens_and_cost(own),
                "calls": calls(own),
                "conversations": distinct(row.conversation for row in own),
                "share": share(cost_of(own), total),
                "lastActive": max(row.at for row in own),
                "lastEver": last_ever.get(user),
            }
            entries.append(Entry(user, own, body))
        return entries

    def _models(self, rows: list[Row]) -> list[Entry]:
        total = cost_of(rows)
        return [
            Entry(
                model,
                own,
                {
                    "model": model,
                    **tokens_and_cost(own),
                    "cacheReadTokens": sum(row.cache_read for row in own),
                    "cacheWriteTokens": sum(row.cache_write for row in own),
                    **reach(own, total),
                },
            )
            for model, own in grouped(rows, lambda row: row.model).items()
        ]

    def _agents(self, rows: list[Row]) -> list[Entry]:
        total = cost_of(rows)
        entries = []
        answered = [row for row in rows if row.agent]
        # Of several agents with one id, those of a tenant come first, by its name.
        homes = sorted({(row.agent or "", row.tenant is None, row.tenant or "") for row in answered})
        for agent, is_nobodys, tenant in homes:
            home = None if is_nobodys else tenant
            own = [row for row in answered if (row.agent, row.tenant) == (agent, home)]
            document = self.evidence.agents.get((agent, home))
            models = [
                {"model": model, "cost": cost_of(ran)}
                for model, ran in grouped(own, lambda row: row.model).items()
            ]
            certainties = Counter(row.certainty for row in own)
            body = {
                "id": agent,
                "name": text(document.get("name")) if document else None,
                "model": text(document.get("model")) if document else None,
                "deleted": document is None,
                **tokens_and_cost(own),
                **reach(own, total),
                "models": in_order(models),
                "attribution": {kind: Fraction(n, len(own)) for kind, n in certainties.items()},
            }
            entries.append(Entry((agent, home), own, body))
        return entries

    def _attribute(self, by: str) -> Callable[[Row], str | None]:
        def of(row: Row) -> str | None:
            document = self.users.get(row.user or "", {})
            if by == "context":
                return row.context
            if by == "role":
                return text(document.get("role"))
            _, at, domain = (text(document.get("email")) or "").rpartition("@")
            return domain.lower() or None if at else None

        return of

    def senders_of(self, agent: str) -> set[str | None]:
        """The names that a deleted agent may go by: that of an answer, none if no row leads to one."""
        found = self.evidence.senders.get(agent, set())
        homes = {row.tenant for row in self.rows if row.agent == agent}
        return {*found} if agent in self.named and len(homes) == 1 else {*found, None}

    @staticmethod
    def _breakdown(rows: list[Row]) -> list[Entry]:
        entries = []
        for model, own in grouped(rows, lambda row: row.model).items():
            prompts, completions = (
                [row for row in own if row.is_prompt],
                [row for row in own if not row.is_prompt],
            )
            rates = {row.rate for row in own if row.rate is not None and not row.has_cache_parts}
            body = {
                "model": model,
                "promptCost": cost_of(prompts),
                "completionCost": cost_of(completions),
                "cost": cost_of(own),
                "promptTokens": tokens(prompts),
                "completionTokens": tokens(completions),
                "cacheReadTokens": sum(row.cache_read for row in own),
                "cacheWriteTokens": sum(row.cache_write for row in own),
                "promptRate": effective_rate(prompts),
                "completionRate": effective_rate(completions),
                "rates": sorted(rates)[:20],
                "promptRates": plain_rates(prompts),
                "completionRates": plain_rates(completions),
            }
            entries.append(Entry(model, own, body))
        return entries


def plain_rates(rows: list[Row]) -> list[float]:
    return sorted({row.rate for row in rows if row.rate is not None and not row.has_cache_parts})[:20]


def user_of(row: Row) -> str | None:
    return row.user


def without_agent(row: Row) -> bool:
    return row.agent is None and row.certainty != "unknown"


def is_unknown(row: Row) -> bool:
    return row.certainty == "unknown"


def compared_part(belongs: Callable[[Row], bool], rows: list[Row], before: list[Row] | None) -> Body:
    own = [row for row in rows if belongs(row)]
    earlier = None if before is None else cost_of(row for row in before if belongs(row))
    return {**part(own, cost_of(rows)), "previousCost": earlier}


def parts_of(attribute: Callable[[Row], str | None], rows: list[Row]) -> list[Entry]:
    entries = []
    for key, own in grouped(rows, attribute).items():
        if key is None:
            continue
        models = grouped(own, lambda row: row.model)
        top = min(models, key=lambda model: (-cost_of(models[model]), model is None, model or ""))
        body = {
            "key": key,
            "label": key,
            **tokens_and_cost(own),
            **reach(own, cost_of(rows)),
            "lastActive": max(row.at for row in own),
            "topModel": top,
        }
        entries.append(Entry(key, own, body))
    return entries


def over_time(
    rows: list[Row],
    start: datetime,
    end: datetime,
    parameters: dict[str, str],
    zone: ZoneInfo,
    now: datetime,
) -> Body:
    unit = parameters.get("bucket") or automatic_unit(end - start)
    buckets: list[tuple[datetime, datetime]] = []
    if start < end:
        buckets = (
            hours_between(start, end, zone) if unit == "hour" else calendar_between(unit, start, end, zone)
        )
    filled: list[list[Row]] = [[] for _ in buckets]
    for row in rows:
        filled[bisect_right(buckets, row.at, key=lambda bucket: bucket[0]) - 1].append(row)
    points = []
    for (opens, closes), own in zip(buckets, filled, strict=True):
        points.append(
            {
                "start": opens.astimezone(zone),
                "end": closes.astimezone(zone),
                "partial": opens < start or closes > min(end, now),
                **tokens_and_cost(own),
                "calls": calls(own),
                "activeUsers": distinct(row.user for row in own),
                "conversations": distinct(row.conversation for row in own),
            }
        )
    if "split" not in parameters:
        return {"bucket": unit, "points": points}
    points, legend = split_points(points, filled, parameters["split"])
    return {"bucket": unit, "points": points, "legend": legend}
