"""The API's figures, computed a second time: plain loops over LibreChat's documents and exact fractions.

Written from the contract of the API and from what LibreChat stores, sharing nothing with the program but
Python's calendar and BSON's types, so that what both say is unlikely to be wrong twice.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import bson
from bson import Decimal128, ObjectId
from bson.codec_options import CodecOptions, DatetimeConversion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Document = dict[str, Any]
    Body = dict[str, Any]

COLLECTIONS = ("users", "agents", "conversations", "messages", "transactions")
DECODED: CodecOptions[Document] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,
    unicode_decode_error_handler="replace",
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
)
ENDPOINTS = ("summary", "top-users", "top-models", "top-agents", "cost-breakdown", "usage-over-time")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
MOST_POINTS = 1_000


class TooManyPointsError(ValueError):
    """The buckets asked for are more than an answer holds."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """LibreChat's collections, as far as usage goes."""

    transactions: list[Document] = field(default_factory=list)
    users: list[Document] = field(default_factory=list)
    agents: list[Document] = field(default_factory=list)
    conversations: list[Document] = field(default_factory=list)
    messages: list[Document] = field(default_factory=list)

    @classmethod
    def of_dump(cls, folder: Path) -> Ledger:
        """Read one database's folder of BSON files; a missing file is an empty collection."""
        files = {name: folder / f"{name}.bson" for name in COLLECTIONS}
        return cls(
            **{
                name: bson.decode_all(file.read_bytes(), DECODED) if file.exists() else []
                for name, file in files.items()
            }
        )

    def write(self, folder: Path) -> None:
        """Write the collections as mongodump does; empty ones too."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in COLLECTIONS:
            documents: list[Document] = getattr(self, name)
            (folder / f"{name}.bson").write_bytes(b"".join(bson.encode(d) for d in documents))


@dataclass(frozen=True, slots=True)
class Row:
    """A transaction that counts as usage."""

    at: datetime
    is_prompt: bool
    user: str | None
    conversation: str | None
    model: str | None
    stored_model: str | None
    context: str | None
    rate: float | None
    tokens: int
    cost: Fraction
    cache_read: int
    cache_write: int
    has_cache_parts: bool
    is_sentinel: bool
    is_positive: bool
    agent: str | None
    certainty: str
    tenant: str | None = None
    """The tenant in which the agent is."""
    default_rate: bool = False

    @property
    def is_agent_model(self) -> bool:
        return is_agent_id(self.stored_model)


def number(value: object) -> Fraction | None:
    """The exact number that BSON holds; a double means the decimal that JavaScript prints for it."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        return Fraction(Decimal(repr(float(value)))) if math.isfinite(value) else None
    if isinstance(value, Decimal128):
        decimal = value.to_decimal()
        return Fraction(decimal) if decimal.is_finite() else None
    return None


def is_real(amount: Fraction, value: Fraction) -> bool:
    """Whether amounts are such as can be; 64 bits of tokens, and a quintillion dollars, are the limit."""
    return abs(amount) < 2**63 and abs(value) <= 10**24


def text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def is_agent_id(value: object) -> bool:
    return isinstance(value, str) and value.startswith("agent_")


def agent_id(value: str) -> str:
    """An agent's id without the ``____N`` of a parallel answer."""
    head, mark, suffix = value.rpartition("____")
    return head if mark and suffix.isdigit() else value


def user_id(value: object) -> str | None:
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, str) and len(value) == 24 and all(c in "0123456789abcdefABCDEF" for c in value):
        return value.lower()
    return None


def date_of(document: Document) -> datetime | None:
    """``createdAt``, or the time in ``_id`` where there is none; None where that is no usable date."""
    at = document.get("createdAt")
    if at is None:
        at = document["_id"].generation_time
    return at if isinstance(at, datetime) and EARLIEST <= at <= LATEST else None


@dataclass(frozen=True, slots=True)
class Beside:
    """A transaction that is no usage: credits that were spent, or a unit other than tokens."""

    at: datetime
    kind: str
    user: str | None
    model: str | None
    context: str | None
    agent: str | None
    certainty: str
    cost: Fraction


class Evidence:
    """What the collections beside the ledger say about agents and conversations.

    Where several documents have one id, those of the transaction's tenant count, else those of none; for a
    transaction without a tenant those without one, else all.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.agents = {
            (a["id"], text(a.get("tenantId"))): a for a in ledger.agents if isinstance(a.get("id"), str)
        }
        self.messages: dict[str, list[Document]] = defaultdict(list)
        self.conversations: dict[str, list[Document]] = defaultdict(list)
        for conversation in ledger.conversations:
            if isinstance(conversation.get("conversationId"), str):
                self.conversations[conversation["conversationId"]].append(conversation)
        self.answers: dict[str, list[Document]] = defaultdict(list)
        self.senders: dict[str, set[str | None]] = defaultdict(set)
        for message in ledger.messages:
            if message.get("isCreatedByUser") is not False:
                continue
            if isinstance(message.get("messageId"), str):
                self.messages[message["messageId"]].append(message)
            if isinstance(message.get("conversationId"), str):
                self.answers[message["conversationId"]].append(message)
            if is_agent_id(message.get("model")) and text(message.get("sender")):
                self.senders[agent_id(message["model"])].add(message["sender"])

    @staticmethod
    def of_tenant(found: list[Document], document: Document) -> list[Document]:
        """Those of the documents that a transaction may be told by."""
        tenant = text(document.get("tenantId"))
        own = [other for other in found if text(other.get("tenantId")) == tenant]
        untenanted = [other for other in found if text(other.get("tenantId")) is None]
        return own or untenanted or (found if tenant is None else [])

    def message_of(self, document: Document) -> Document | None:
        found = self.of_tenant(self.messages.get(str(document.get("messageId")), []), document)
        return found[-1] if found else None

    def conversation(self, conversation_id: str, document: Document) -> Document:
        found = self.of_tenant(self.conversations.get(conversation_id, []), document)
        return found[-1] if found else {}

    def root_of(self, conversation_id: str | None, document: Document) -> str | None:
        """The conversation that one counts with: the one in which a subagent began it, else itself."""
        if conversation_id is None:
            return None
        path: list[str] = []
        place = conversation_id
        while place not in path:
            path.append(place)
            thread = self.conversation(place, document).get("subagentThread")
            above = text(thread.get("rootConversationId")) if isinstance(thread, dict) else None
            if above is None:
                return place
            place = above
        return min(path[path.index(place) :])  # one of a circle

    def home_of(self, agent: str, tenant: str | None) -> str | None:
        """The tenant in which the agent of a transaction is to be found."""
        homes = [home for known, home in self.agents if known == agent]
        if tenant in homes:
            return tenant
        if tenant is None:
            return homes[0] if len(homes) == 1 else None
        return None if None in homes else tenant

    @staticmethod
    def answered_by(message: Document) -> tuple[bool, str | None]:
        """Whether a message tells who answered, and which agent did."""
        model = message.get("model")
        if is_agent_id(model):
            return True, agent_id(model)
        # A stopped turn carries the model beneath the agent.
        return message.get("endpoint") != "agents", None

    def agent_of(self, document: Document, at: datetime) -> tuple[str | None, str]:
        """The agent of a transaction and how sure that is; certainty ``unknown`` where nothing tells."""
        for name in ("rootAgentId", "agentId"):
            if recorded := text(document.get(name)):
                return agent_id(recorded) if is_agent_id(recorded) else None, "exact"
        if is_agent_id(document.get("model")):
            return agent_id(document["model"]), "exact"
        if message := self.message_of(document):
            tells, agent = self.answered_by(message)
            if tells:
                return agent, "exact"
        conversation_id = text(document.get("conversationId"))
        root = self.root_of(conversation_id, document)
        for place in dict.fromkeys((conversation_id, root)):
            agent, certainty = self.agent_in(place, document, at)
            if certainty != "unknown":
                return agent, certainty
        return None, "unknown"

    def agent_in(
        self, conversation_id: str | None, document: Document, at: datetime
    ) -> tuple[str | None, str]:
        """Who answered in a conversation, as far as that tells of a transaction."""
        if conversation_id is None:
            return None, "unknown"
        answers = [
            (message["createdAt"], self.answered_by(message)[1])
            for message in self.of_tenant(self.answers.get(conversation_id, []), document)
            if self.answered_by(message)[0]
        ]
        if answers:
            if len({agent for _, agent in answers}) == 1:
                return answers[0][1], "conversation"
            answers.sort(key=lambda answer: answer[0])
            later = [agent for answered, agent in answers if answered >= at]
            return (later[0] if later else answers[-1][1]), "nearest"
        conversation = self.conversation(conversation_id, document)
        for name in ("initial_agent_id", "agent_id"):
            if is_agent_id(conversation.get(name)):
                return agent_id(conversation[name]), "weak"
        return None, "unknown"

    def names(self, agent: str, document: Document) -> bool:
        """Whether a transaction leads to an answer of the agent that says what it was called."""
        message = self.message_of(document)
        answers = (
            [message]
            if message and self.answered_by(message)[0]
            else self.of_tenant(self.answers.get(str(document.get("conversationId")), []), document)
        )
        return any(self.answered_by(answer)[1] == agent and text(answer.get("sender")) for answer in answers)

    def model_beneath(self, agent: str, tenant: str | None, at: datetime) -> str | None:
        """The model that an agent ran on at a time, else the one it runs on today."""
        document = self.agents.get((agent, self.home_of(agent, tenant)))
        if document is None:
            return None
        versions = [
            (version["updatedAt"], text(version.get("model")))
            for version in document.get("versions") or []
            if isinstance(version.get("updatedAt"), datetime) and version["updatedAt"] <= at
        ]
        past = max(versions, key=lambda version: version[0])[1] if versions else None
        # What points to an agent again is no model.
        models = [model for model in (past, text(document.get("model"))) if not is_agent_id(model)]
        return next((model for model in models if model is not None), None)


class Oracle:
    """The answers of the six endpoints about one state of LibreChat's database."""

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
        counts = value is not None and -(10**24) <= value < 0 and is_price
        agent, certainty = self.evidence.agent_of(document, at)
        return Beside(
            at=at,
            kind="(missing)" if token_type is None else shown,
            user=user_id(document.get("user")),
            model=self._model(document, at),
            context=text(document.get("context")),
            agent=agent,
            certainty=certainty,
            cost=-value / 1_000_000 if counts and not document.get("mediaAccountPending") else Fraction(0),
        )

    @staticmethod
    def _stands_at_the_default_rate(row: Row) -> bool:
        if row.stored_model is None or row.is_agent_model or not row.is_prompt or row.has_cache_parts:
            return False
        long_sonnet = "sonnet-4-6" in row.stored_model and abs(row.tokens) > 200_000
        return row.rate == 6 and not long_sonnet

    def within(self, start: datetime, end: datetime, parameters: dict[str, str]) -> list[Row]:
        return [row for row in self.rows if start <= row.at < end and is_chosen(row, parameters)]

    def answer(self, endpoint: str, now: datetime, parameters: dict[str, str] | None = None) -> Body:
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
        match endpoint:
            case "summary":
                body |= self._summary(rows, name, (start, end), zone, now, parameters)
            case "top-users":
                body |= ranked("users", self._users(rows), limit)
            case "top-models":
                body |= ranked("models", self._models(rows), limit)
            case "top-agents":
                body |= ranked("agents", self._agents(rows), limit)
                total = cost_of(rows)
                without = [row for row in rows if row.agent is None and row.certainty != "unknown"]
                body["withoutAgent"] = part(without, total)
                body["unknown"] = part([row for row in rows if row.certainty == "unknown"], total)
            case "cost-breakdown":
                body |= ranked("models", self._breakdown(rows), limit)
            case "usage-over-time":
                body |= over_time(rows, start, end, parameters.get("bucket"), zone, now)
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
        parameters: dict[str, str],
    ) -> Body:
        before = previous_bounds(name, *bounds, zone, now)
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

    def _users(self, rows: list[Row]) -> list[Body]:
        total = cost_of(rows)
        entries = []
        for user, own in grouped(rows, lambda row: row.user).items():
            document = self.users.get(user or "", {})
            entries.append(
                {
                    "id": user,
                    "name": text(document.get("name")) or text(document.get("username")),
                    "email": text(document.get("email")),
                    "deleted": user is not None and user not in self.users,
                    **tokens_and_cost(own),
                    "calls": calls(own),
                    "conversations": distinct(row.conversation for row in own),
                    "share": share(cost_of(own), total),
                    "lastActive": max(row.at for row in own),
                }
            )
        return entries

    def _models(self, rows: list[Row]) -> list[Body]:
        total = cost_of(rows)
        return [
            {
                "model": model,
                **tokens_and_cost(own),
                "cacheReadTokens": sum(row.cache_read for row in own),
                "cacheWriteTokens": sum(row.cache_write for row in own),
                **reach(own, total),
            }
            for model, own in grouped(rows, lambda row: row.model).items()
        ]

    def _agents(self, rows: list[Row]) -> list[Body]:
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
            entries.append(
                {
                    "id": agent,
                    "name": text(document.get("name")) if document else None,
                    "model": text(document.get("model")) if document else None,
                    "deleted": document is None,
                    **tokens_and_cost(own),
                    **reach(own, total),
                    "models": in_order(models),
                    "attribution": {kind: Fraction(n, len(own)) for kind, n in certainties.items()},
                }
            )
        return entries

    def senders_of(self, agent: str) -> set[str | None]:
        """The names that a deleted agent may go by: that of an answer, none if no row leads to one."""
        found = self.evidence.senders.get(agent, set())
        homes = {row.tenant for row in self.rows if row.agent == agent}
        return {*found} if agent in self.named and len(homes) == 1 else {*found, None}

    @staticmethod
    def _breakdown(rows: list[Row]) -> list[Body]:
        entries = []
        for model, own in grouped(rows, lambda row: row.model).items():
            prompts, completions = (
                [row for row in own if row.is_prompt],
                [row for row in own if not row.is_prompt],
            )
            rates = {row.rate for row in own if row.rate is not None and not row.has_cache_parts}
            entries.append(
                {
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
                }
            )
        return entries


def replaced_default_rate(row: Row) -> Row:
    return Row(**{**{name: getattr(row, name) for name in Row.__slots__}, "default_rate": True})


def is_default_rate(rate: float) -> bool:
    """6, or that times 1.15 of a stopped turn, which JavaScript computes as 6.8999999999999995."""
    return any(math.isclose(rate, known, rel_tol=1e-9) for known in (6, 6.9))


def is_chosen(row: Row | Beside, parameters: dict[str, str]) -> bool:
    """Whether a row meets the filters that are asked for."""
    for name in ("user", "model", "context", "agent"):
        wanted, value = parameters.get(name), getattr(row, name)
        if name == "agent" and row.certainty == "unknown":
            value = "(unknown)"
        if wanted is not None and wanted != ("(none)" if value is None else value):
            return False
    return True


def grouped(rows: Iterable[Row], key: Callable[[Row], str | None]) -> dict[str | None, list[Row]]:
    groups: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def cost_of(rows: Iterable[Row]) -> Fraction:
    return sum((row.cost for row in rows), Fraction(0))


def tokens(rows: Iterable[Row]) -> int:
    return sum(row.tokens for row in rows)


def calls(rows: Iterable[Row]) -> int:
    return sum(row.is_prompt for row in rows)


def distinct(values: Iterable[str | None]) -> int:
    return len(set(values) - {None})


def share(own: Fraction, total: Fraction) -> Fraction:
    return own / total if total else Fraction(0)


def effective_rate(rows: list[Row]) -> Fraction | None:
    """US dollars per million tokens."""
    return cost_of(rows) * 1_000_000 / tokens(rows) if tokens(rows) else None


def tokens_and_cost(rows: list[Row]) -> Body:
    return {
        "cost": cost_of(rows),
        "promptTokens": tokens(row for row in rows if row.is_prompt),
        "completionTokens": tokens(row for row in rows if not row.is_prompt),
        "totalTokens": tokens(rows),
    }


def figures(rows: list[Row]) -> Body:
    return {
        **tokens_and_cost(rows),
        "cacheReadTokens": sum(row.cache_read for row in rows),
        "cacheWriteTokens": sum(row.cache_write for row in rows),
        "calls": calls(rows),
        "activeUsers": distinct(row.user for row in rows),
        "conversations": distinct(row.conversation for row in rows),
    }


def reach(rows: list[Row], total: Fraction) -> Body:
    return {
        "calls": calls(rows),
        "users": distinct(row.user for row in rows),
        "conversations": distinct(row.conversation for row in rows),
        "share": share(cost_of(rows), total),
    }


def part(rows: list[Row], total: Fraction) -> Body:
    return {**tokens_and_cost(rows), **reach(rows, total)}


def in_order(entries: list[Body]) -> list[Body]:
    """Dearest first, then by id or model, the nameless one last."""

    def place(entry: Body) -> tuple[Fraction, bool, str]:
        name = entry["id"] if "id" in entry else entry["model"]
        return -entry["cost"], name is None, name or ""

    return sorted(entries, key=place)


def ranked(name: str, entries: list[Body], limit: int) -> Body:
    return {name: in_order(entries)[:limit], "total": len(entries)}


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall clock: one that is skipped moves on by the gap, of two it is the first."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def wall_clock(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0, microsecond=0)


def months_later(wall: datetime, months: int) -> datetime | None:
    """The same day and clock time so many months on; None where that month is too short."""
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    try:
        return wall.replace(year=year, month=month + 1)
    except ValueError:
        return None


def month_start(wall: datetime, months: int = 0) -> datetime:
    start = months_later(midnight(wall).replace(day=1), months)
    assert start is not None
    return start


def year_before(wall: datetime) -> datetime:
    return months_later(wall, -12) or wall.replace(year=wall.year - 1, day=28)


ROLLING_HOURS = {"24h": 24, "7d": 168, "30d": 720, "90d": 2160}


def period_bounds(
    name: str, parameters: dict[str, str], zone: ZoneInfo, now: datetime, first: datetime
) -> tuple[datetime, datetime]:
    if name in ROLLING_HOURS:
        return now - timedelta(hours=ROLLING_HOURS[name]), now
    if name == "custom":
        return custom_bound(parameters["start"], zone, 0), custom_bound(parameters["end"], zone, 1)
    if name == "all":
        return min(first, now), now
    local = wall_clock(now, zone)
    today, day = midnight(local), timedelta(days=1)
    begins = {
        "12m": year_before(local),
        "today": today,
        "yesterday": today - day,
        "this-week": today - local.weekday() * day,
        "this-month": month_start(local),
        "last-month": month_start(local, -1),
        "this-year": today.replace(month=1, day=1),
    }
    ends = {"yesterday": instant(today, zone), "last-month": instant(month_start(local), zone)}
    return instant(begins[name], zone), ends.get(name, now)


def custom_bound(given: str, zone: ZoneInfo, days_on: int) -> datetime:
    parsed = datetime.fromisoformat(given)
    if len(given) == len("2026-03-01"):
        return instant(parsed + timedelta(days=days_on), zone)
    return parsed.astimezone(UTC) if parsed.tzinfo else instant(parsed, zone)


def previous_bounds(
    name: str, start: datetime, end: datetime, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime] | None:
    local = wall_clock(now, zone)
    first = wall_clock(start, zone)
    match name:
        case "all":
            return None
        case "yesterday":
            return instant(midnight(first) - timedelta(days=1), zone), start
        case "last-month":
            return instant(month_start(first, -1), zone), start
        case "today":
            begin, point = midnight(local) - timedelta(days=1), local - timedelta(days=1)
        case "this-week":
            monday = midnight(local) - timedelta(days=local.weekday())
            begin, point = monday - timedelta(days=7), local - timedelta(days=7)
        case "this-month":
            begin = month_start(local, -1)
            # 31 March has no counterpart in February: then all of it.
            point = months_later(local, -1) or month_start(local)
        case "this-year":
            begin, point = midnight(local).replace(year=local.year - 1, month=1, day=1), year_before(local)
        case _:
            return start - (end - start), start
    return instant(begin, zone), min(instant(point, zone), start)


def automatic_unit(elapsed: timedelta) -> str:
    hours = elapsed / timedelta(hours=1)
    if hours <= 48:
        return "hour"
    if hours <= 92 * 24:
        return "day"
    return "week" if hours <= 731 * 24 else "month"


def hour_key(at: datetime, zone: ZoneInfo) -> tuple[datetime, timedelta | None]:
    """What is the same within one hour of the clock; the hour that autumn repeats is two."""
    local = at.astimezone(zone)
    return wall_clock(at, zone).replace(minute=0, second=0, microsecond=0), local.utcoffset()


def hours_between(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    quarter = timedelta(minutes=15)  # every zone's hours begin at a quarter of UTC's
    edge = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    while hour_key(edge - quarter, zone) == hour_key(edge, zone):
        edge -= quarter
    buckets = []
    while edge < end:
        stop = edge + quarter
        while hour_key(stop, zone) == hour_key(edge, zone):
            stop += quarter
        buckets.append((edge, stop))
        if len(buckets) > MOST_POINTS:
            raise TooManyPointsError
        edge = stop
    return buckets


def calendar_between(
    unit: str, start: datetime, end: datetime, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    first = midnight(wall_clock(start, zone))
    if unit == "week":
        first -= timedelta(days=first.weekday())
    elif unit == "month":
        first = first.replace(day=1)

    def after(wall: datetime) -> datetime:
        if unit == "month":
            return month_start(wall, 1)
        return wall + timedelta(days=7 if unit == "week" else 1)

    buckets = []
    wall = first
    while instant(wall, zone) < end:
        buckets.append((instant(wall, zone), instant(after(wall), zone)))
        if len(buckets) > MOST_POINTS:
            raise TooManyPointsError
        wall = after(wall)
    return buckets


def over_time(
    rows: list[Row], start: datetime, end: datetime, unit: str | None, zone: ZoneInfo, now: datetime
) -> Body:
    unit = unit or automatic_unit(end - start)
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
    return {"bucket": unit, "points": points}
