"""A believable LibreChat database to try things out on, written as ``mongodump --out`` writes one.

An imaginary European company used LibreChat for fourteen months, upgrading as it went. The ledger therefore
holds what each release really stored, with its known oddities: rows without ``messageId``, agent ids in
``model``, rows without any model, cached prompts, credits, unknown token types. Amounts are computed as
LibreChat computes them, down to the number type.

Everything private that such a database has (texts, titles, instructions, password hashes) starts with
``SECRET-``, so that anything leaking it can be found by searching for that word.
"""

from __future__ import annotations

import json
import math
import random
import unicodedata
from bisect import bisect
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush, heapreplace
from itertools import accumulate
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from bson import ObjectId, encode

from librechat_analytics.librechat.documents import EARLIEST, LATEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from typing import BinaryIO

    Document = dict[str, Any]
    Release = tuple[int, int, int]
    Kind = Literal["chat", "agent", "assistant", "remote"]

_T = TypeVar("_T")

SPAN_DAYS = 426
"""How many days before ``until`` the company began to use LibreChat."""

EARLIEST_UNTIL = EARLIEST + timedelta(days=SPAN_DAYS + 1)
LATEST_UNTIL = LATEST
"""No row of a sample that ends between these is refused for its date."""

MESSAGE_ID_DAYS = 244
"""How many days before ``until`` LibreChat began to store ``messageId`` on transactions (v0.8.3)."""

RELEASES: tuple[tuple[int, Release], ...] = (
    (SPAN_DAYS + 1, (0, 8, 0)),
    (304, (0, 8, 2)),
    (MESSAGE_ID_DAYS, (0, 8, 3)),
    (170, (0, 8, 5)),
    (105, (0, 8, 7)),
)
"""Which release ran from how many days before ``until``, oldest first."""

_COMPANY_TIMEZONE = ZoneInfo("Europe/Berlin")
_DAY_MS = 86_400_000
_DEFAULT_RATE = 6
_CANCEL_RATE = 1.15
_REFILL_CREDITS = 20_000_000
_MAX_ROWS_PER_TURN = 40
_LONGEST_TURN_MS = 120_000
_ROWS_PER_CONVERSATION = 13
_OLD_ROWS_FROM = 1_000
_NO_PARENT = "00000000-0000-0000-0000-000000000000"


# Models


@dataclass(frozen=True, slots=True)
class _Tier:
    """Other rates for prompts above a number of tokens, from one release until before another."""

    above_tokens: int
    prompt: float
    completion: float
    since: Release
    before: Release


@dataclass(frozen=True, slots=True)
class _Model:
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
    tier: _Tier | None = None

    @property
    def rates(self) -> tuple[float, float]:
        return self.prompt, self.completion

    def tier_in(self, release: Release) -> _Tier | None:
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
_SONNET_TIER = _Tier(200_000, 6, 22.5, since=(0, 8, 3), before=(0, 8, 6))
_GPT_TIER = _Tier(272_000, 5, 22.5, since=(0, 8, 7), before=_NEVER)

_MODELS = {
    model.name: model
    for model in (
        _Model("claude-3-5-sonnet-20241022", "anthropic", "Claude", 3, 15, 3.75, 0.3, 9999, 395, 14),
        _Model("claude-sonnet-4-20250514", "anthropic", "Claude", 3, 15, 3.75, 0.3, 9999, 270, 18),
        _Model("claude-sonnet-4-5", "anthropic", "Claude", 3, 15, 3.75, 0.3, 418, 190, 26),
        _Model("claude-sonnet-4-6", "anthropic", "Claude", 3, 15, 3.75, 0.3, 240, -1, 30, tier=_SONNET_TIER),
        _Model("claude-opus-4-5", "anthropic", "Claude", 5, 25, 6.25, 0.5, 300, 200, 4),
        _Model("claude-opus-4-6", "anthropic", "Claude", 5, 25, 6.25, 0.5, 232, -1, 6),
        _Model("claude-haiku-4-5", "anthropic", "Claude", 1, 5, 1.25, 0.1, 400, -1, 8),
        _Model("gpt-4o", "openAI", "GPT-4o", 2.5, 10, 2.5, 1.25, 9999, 250, 24),
        _Model("gpt-4o-mini", "openAI", "GPT-4o mini", 0.15, 0.6, 0.15, 0.075, 9999, 300, 12),
        _Model("gpt-4.1", "openAI", "GPT-4.1", 2, 8, 2, 0.5, 9999, 160, 16),
        _Model("gpt-4.1-mini", "openAI", "GPT-4.1 mini", 0.4, 1.6, 0.4, 0.1, 9999, -1, 5),
        _Model("gpt-5", "openAI", "GPT-5", 1.25, 10, 1.25, 0.125, 415, 210, 22, reasons=True),
        _Model("gpt-5-mini", "openAI", "GPT-5 mini", 0.25, 2, 0.25, 0.025, 405, -1, 8, reasons=True),
        _Model("gpt-5-nano", "openAI", "GPT-5 nano", 0.05, 0.4, 0.05, 0.005),
        _Model("gpt-5.4", "openAI", "GPT-5.4", 2.5, 15, 2.5, 0.25, 236, -1, 26, reasons=True, tier=_GPT_TIER),
        _Model("o3", "openAI", "o3", 2, 8, 2, 0.5, 9999, 220, 3, reasons=True),
        _Model("o4-mini", "openAI", "o4-mini", 1.1, 4.4, 1.1, 0.275, 9999, 180, 4, reasons=True),
        _Model("gemini-2.0-flash", "google", "Gemini", 0.1, 0.4, None, None, 9999, 330, 5),
        _Model("gemini-2.5-flash", "google", "Gemini", 0.3, 2.5, None, None, 9999, -1, 9),
        _Model("gemini-2.5-pro", "google", "Gemini", 1.25, 10, None, None, 9999, -1, 11),
        _Model("gemini-3-pro-image-preview", "google", "Gemini", 2, 120),
        _Model("acme-internal-70b", "acme", "Acme", _DEFAULT_RATE, _DEFAULT_RATE, None, None, 380, -1, 3),
        _Model("local-llama", "Local", "Local", 0, 0, None, None, 104, -1, 5),
        _Model("gpt-4", "openAI", "GPT-4", 30, 60),
        _Model("gpt-3.5-turbo", "openAI", "GPT-3.5", 1.5, 2),
        _Model("openrouter/auto", "OpenRouter", "OpenRouter", -1_000_000, -1_000_000),
    )
}
_CHAT_MODELS = tuple(model for model in _MODELS.values() if model.popularity)
_CUSTOM_ENDPOINTS = frozenset({"acme", "Local"})

_LINES: dict[str, tuple[tuple[int, str], ...]] = {
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
"""Which model follows which: days before the end, and the model agents of that line move to."""

_TITLE_LINE = ((9999, "gpt-4o-mini"), (360, "gpt-4.1-mini"), (200, "gpt-5-nano"))
_SUBAGENT_MODEL = _MODELS["claude-haiku-4-5"]

_TASTES: tuple[dict[str, float], ...] = (
    {"anthropic": 5.0},
    {"openAI": 5.0},
    {"openAI": 2.0, "anthropic": 2.0},
    {"google": 6.0},
    {"acme": 9.0, "Local": 8.0},
    {},
)
"""How much more a kind of user likes an endpoint than the company as a whole does."""


# Agents


@dataclass(frozen=True, slots=True)
class _AgentPlan:
    """An agent the company made: ``since`` and ``deleted`` are days before the sample's end."""

    name: str | None
    line: str
    popularity: float
    since: int
    tools: tuple[str, ...] = ()
    deleted: int | None = None
    delegates: bool = False
    chained: bool = False


_AGENT_PLANS = (
    _AgentPlan("Contract Reviewer", "claude", 16, 420, ("file_search",)),
    _AgentPlan("SQL Helper", "claude", 14, 410, ("execute_code",)),
    _AgentPlan("Meeting Minutes", "mini", 11, SPAN_DAYS),
    _AgentPlan("Translation Desk", "gemini", 12, 400),
    _AgentPlan("Customer Reply Drafter", "gpt", 12, 390),
    _AgentPlan("Research Assistant", "opus", 9, 380, ("web_search", "gemini_image_gen"), delegates=True),
    _AgentPlan("Code Review Companion", "claude", 13, 350, ("execute_code",), delegates=True),
    _AgentPlan("Onboarding Buddy", "haiku", 6, 330, ("file_search",)),
    _AgentPlan("Tender Analyst", "gpt", 6, 300, ("file_search", "web_search"), chained=True),
    _AgentPlan("Marketing Copywriter", "gpt", 7, 290, ("gemini_image_gen",)),
    _AgentPlan("Travel Expense Checker", "mini", 4, 270),
    _AgentPlan("Release Notes Writer", "claude", 4, 250),
    _AgentPlan("Data Privacy Advisor", "acme", 5, 240, ("file_search",)),
    _AgentPlan("Support Triage", "haiku", 8, 200, ("web_search",), chained=True),
    _AgentPlan("Lab Protocol Assistant", "opus", 3, 170, ("file_search",)),
    _AgentPlan("Meeting Minutes", "gpt", 3, 120),
    _AgentPlan(None, "gpt", 2, 150),
    _AgentPlan("Old Intranet Search", "gpt", 8, SPAN_DAYS, ("file_search",), deleted=215),
    _AgentPlan("Prototype Planner", "claude", 5, 260, deleted=60),
)

# The digits of o1, o3, 4k, 8k, 16k and 32k are left out: an id containing such a key of LibreChat's price
# table would be priced as that model instead of at the default rate.
_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz05792579_-"


@dataclass(frozen=True, slots=True)
class _Agent:
    plan: _AgentPlan
    id: str
    object_id: ObjectId
    author: ObjectId
    history: tuple[tuple[int, _Model], ...]

    @property
    def sender(self) -> str:
        return self.plan.name or "Agent"

    def is_usable(self, days_left: int) -> bool:
        return self.plan.since >= days_left > (self.plan.deleted or -1)

    def model_on(self, days_left: int) -> _Model:
        return _newest(self.history, days_left)


# People

_USER_SIGMA = 1.2
_FIRST_NAMES = (  # noqa: SIM905 - a list would take a line per name
    "Aaliyah Abebe Adaeze Aiko Aleksander Amara Amélie Ana Anders Andrei Anika Antonella Arjun Astrid Ayşe "
    "Beatriz Björn Camille Carlos Chiara Chinedu Daniel Daria Diego Dmitri Elena Elif Emeka Emil Emma Esra "
    "Fatima Felix Fernanda Filip Freya Gabriel Giulia Grace Hana Hassan Helena Hugo Ifeoma Ingrid Isabel "
    "Ivan Jakub Jana João Johanna Jonas José Júlia Kaito Karim Katarzyna Kwame Lars Laura Layla Leila Liam "
    "Linh Lucía Łukasz Maeve Magdalena Malik Marek Maria Mateo Mehmet Mei Milan Mohammed Nadia Ngozi Niamh "
    "Nikolai Noor Olga Oliver Omar Paula Pedro Petra Priya Rania Ravi Rosa Ryō Sakura Samira Sanjay Sofia "
    "Søren Tariq Tereza Thabo Tomás Valentina Viktor Wei Yara Yuki Yusuf Zoë Zuzana"
).split()
_LAST_NAMES = (  # noqa: SIM905 - a list would take a line per name
    "Abdullah Achterberg Adeyemi Almeida Andersson Bakker Barbosa Bauer Becker Bianchi Bondarenko Castillo "
    "Chen Costa Demir Diallo Dlamini Dubois Eriksen Eze Farouk Fernandes Fischer Fontaine Fuentes Garcia "
    "Ghosh Girard Gruber Gupta Haddad Hansen Haugen Herrera Hoffmann Horvat Huang Ivanova Iyer Jansen "
    "Janssens Jensen Kamara Kaya Keller Khalil Kim Kimura Kovács Kowalska Kumar Laurent Leclerc Lehtinen "
    "Lindqvist López Maalouf Mandal Marino Martins Mbeki Meyer Moreau Müller Murphy Nakamura Ndiaye "
    "Németh Nguyễn Nielsen Novák Nowak Nwosu O'Connor Okafor Okonkwo Olsen Osei Papadopoulos Park Patel "
    "Pereira Petrov Popescu Quispe Rahman Ramos Reyes Ricci Rossi Sahin Salazar Sato Schneider Sharma "
    "Silva Singh Smith Suzuki Svensson Tanaka Tran Usman Verhoeven Virtanen Vogel Walsh Wang Weber Yamamoto "
    "Öztürk Zhang Zimmermann"
).split()
_OTHER_SCRIPTS = (
    ("田中 恵", "megumi.tanaka"),
    ("Олена Шевченко", "olena.shevchenko"),
    ("محمد الأمين", "mohamed.alamin"),
    ("김지우", "jiwoo.kim"),
    ("Ελένη Παππά", "eleni.pappa"),
)
_TOPICS = (
    "Quarterly report draft",
    "Supplier contract",
    "Query for late orders",
    "Translation of the manual",
    "Minutes of the steering group",
    "Reply to a complaint",
    "Job advertisement",
    "Spreadsheet formula",
    "Unit test for the parser",
    "Travel to Lisbon",
    "Press release",
    "Retention periods",
    "Workshop agenda",
    "Error message explained",
    "Literature search",
    "Slide outline",
)
_ASSISTANT_IDS = ("asst_K9vQ2mZpYt3RbW8sLx0cFhUe", "asst_Tn4gXa7JdPq6VwEoM1yHiRbS")
_MAIL_DOMAINS = (
    "example.com",
    "example.com",
    "example.com",
    "example.org",
    "research.example",
    "plant.example",
)
_PROVIDERS = ("openid", "openid", "openid", "local", "local", "google")
_GROUPS: tuple[tuple[str, Literal["entra", "local"], float], ...] = (
    ("Engineering", "entra", 0.34),
    ("Sales", "entra", 0.22),
    ("Research", "entra", 0.16),
    ("Finance and Legal", "entra", 0.12),
    ("Pilot users", "local", 0.15),
    ("Works council", "local", 0.0),
)
"""Groups, where each is kept, and which part of all users belongs to it; the last has nobody yet."""


@dataclass(slots=True)
class _User:
    """An account, and its state while the sample is written: ``joined`` and ``left`` are days of the span."""

    object_id: ObjectId
    hex_id: str
    joined: int
    left: int
    weight: float
    night_owl: bool
    taste: int
    azure: bool
    agents: tuple[int, ...]
    keeps_chats: bool
    refill_due_ms: float


@dataclass(slots=True)
class _Conversation:
    """A conversation that may go on: ``saved`` says whether the database still has it and its messages.

    A ``remote`` one came in through the Agents API, which saves neither.
    """

    id: str
    user: _User
    kind: Kind
    endpoint: str
    model: _Model
    agent: _Agent | None
    first_agent: _Agent | None
    assistant_id: str | None
    created_ms: int
    planned_turns: int
    saved: bool
    temporary: bool
    title: str
    updated_ms: int = 0
    turns: int = 0
    context_tokens: int = 0
    cached_tokens: int = 0
    last_message_id: str = _NO_PARENT


@dataclass(slots=True)
class _Turn:
    """One question and its answer while their documents are being made."""

    conversation: _Conversation
    model: _Model
    asked_ms: int
    answer_id: str
    head: Document
    question_tokens: int
    rows: list[Document] = field(default_factory=list)
    late_rows: list[Document] = field(default_factory=list)
    answer_tokens: int = 0
    prompt_tokens: int = 0
    read_tokens: int = 0
    write_tokens: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Day:
    """What does not change within one day of the company's."""

    number: int
    days_left: int
    release: Release
    start_ms: int
    end_ms: int
    users: list[_User]
    user_weights: list[float]
    owls: list[_User]
    owl_weights: list[float]
    chat_models: list[list[float]]
    agent_share: float
    title_model: _Model

    @property
    def has_message_ids(self) -> bool:
        return self.release >= (0, 8, 3)


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """How many documents were written to each collection."""

    users: int
    agents: int
    conversations: int
    messages: int
    transactions: int
    balances: int
    groups: int


def write_sample(
    folder: Path,
    *,
    transactions: int,
    seed: int,
    until: datetime,
    database: str = "LibreChat",
    progress: Callable[[int], None] | None = None,
) -> SampleCounts:
    """Write a sample database of exactly ``transactions`` transactions to ``folder/database``.

    The files are those of ``mongodump --out folder``; files of the same names are replaced. The same
    arguments always give the same bytes. No document is younger than ``until``. ``progress`` is called now
    and then with the number of transactions written so far.

    Raises ValueError for a negative number of transactions or an ``until`` without timezone.
    """
    if transactions < 0:
        raise ValueError("transactions must not be negative")
    if until.tzinfo is None:
        raise ValueError("until must have a timezone")
    target = folder / database
    target.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        collections = {
            name: stack.enter_context(_CollectionFile(target, name, seed=seed)) for name in _INDEXED_FIELDS
        }
        company = _Company(collections, transactions=transactions, seed=seed, until=until)
        company.write(progress or (lambda _written: None))
        return SampleCounts(**{name: collection.written for name, collection in collections.items()})


_INDEXED_FIELDS: dict[str, tuple[str, ...]] = {
    "users": ("email",),
    "agents": ("id",),
    "conversations": ("conversationId", "user"),
    "messages": ("messageId", "conversationId", "user", "createdAt"),
    "transactions": ("user", "conversationId", "model", "tenantId"),
    "balances": ("user",),
    "groups": ("memberIds",),
}
"""The collections of the sample, and the fields LibreChat indexes in them."""


class _CollectionFile:
    """One collection's ``.bson`` file; its ``.metadata.json`` is written when it is closed."""

    def __init__(self, folder: Path, name: str, *, seed: int) -> None:
        self.written = 0
        self._folder = folder
        self._name = name
        self._seed = seed

    def __enter__(self) -> _CollectionFile:
        self._stream: BinaryIO = (self._folder / f"{self._name}.bson").open("wb", buffering=1 << 20)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()
        keys = ("_id", *_INDEXED_FIELDS[self._name])
        metadata = {
            "options": {},
            "indexes": [
                {
                    "v": {"$numberInt": "2"},
                    "key": {key: {"$numberInt": "1"}},
                    "name": "_id_" if key == "_id" else f"{key}_1",
                }
                for key in keys
            ],
            "uuid": f"{_random_source(f'{self._seed} {self._name}').getrandbits(128):032x}",
            "collectionName": self._name,
            "type": "collection",
        }
        text = json.dumps(metadata, separators=(",", ":"))
        (self._folder / f"{self._name}.metadata.json").write_text(text, encoding="utf-8")

    def write(self, document: Document) -> None:
        self._stream.write(encode(document))
        self.written += 1


class _ObjectIds:
    """Makes ObjectIds as one Node process does: seconds, five bytes of the process, a counter."""

    def __init__(self, rng: random.Random) -> None:
        self._process = rng.getrandbits(40) << 24
        self._counter = rng.getrandbits(20)

    def at(self, milliseconds: int) -> ObjectId:
        self._counter = (self._counter + 1) & 0xFFFFFF
        return ObjectId(((milliseconds // 1000) << 64 | self._process | self._counter).to_bytes(12, "big"))


class _Outbox:
    """Puts documents of one collection in the order of their ids, and writes them once that is settled."""

    def __init__(self, collection: _CollectionFile, ids: _ObjectIds) -> None:
        self._collection = collection
        self._ids = ids
        self._waiting: list[tuple[int, int, int, Document]] = []
        self._added = 0

    def add(self, document: Document, created_ms: int, made_ms: int) -> None:
        """Queue a document created at ``created_ms`` whose id was made at ``made_ms``."""
        self._added += 1
        self._waiting.append((made_ms, self._added, created_ms, document))

    def write_before(self, end_ms: float) -> None:
        """Write everything whose id is older than ``end_ms``; nothing older may be added afterwards."""
        waiting = self._waiting
        waiting.sort()
        write, make_id = self._collection.write, self._ids.at
        last_ms, moment = -1, None
        settled = 0
        for made_ms, _, created_ms, document in waiting:
            if made_ms >= end_ms:
                break
            if created_ms != last_ms:
                last_ms, moment = created_ms, _moment(created_ms)
            document["_id"] = make_id(made_ms)
            document["createdAt"] = document["updatedAt"] = moment
            document["__v"] = 0
            write(document)
            settled += 1
        del waiting[:settled]


class _Company:
    """The imaginary company: its people, its agents, and fourteen months of their conversations."""

    def __init__(
        self, collections: Mapping[str, _CollectionFile], *, transactions: int, seed: int, until: datetime
    ) -> None:
        self._rng = _random_source(f"{seed} {transactions}")
        self._random = self._rng.random
        self._bits = self._rng.getrandbits
        self._collections = collections
        self._target = transactions
        self._left = transactions
        self._until_ms = math.floor(until.timestamp() * 1000)
        self._closing_ms = self._until_ms - _LONGEST_TURN_MS
        self._ids = _ObjectIds(self._rng)
        # A source of its own, so that who belongs where changes nothing else.
        self._group_rng = _random_source(f"{seed} {transactions} groups")
        self._members: dict[str, list[str]] = {name: [] for name, *_ in _GROUPS}
        self._rows = _Outbox(collections["transactions"], _ObjectIds(self._rng))
        self._messages = _Outbox(collections["messages"], _ObjectIds(self._rng))
        self._going_on: list[tuple[int, int, _Conversation]] = []
        self._turns = 0
        self._tiered_calls: Counter[str] = Counter()
        self._texts = tuple(f"SECRET-TEXT {topic.lower()}" for topic in _TOPICS)
        self._day: _Day
        last_day = _moment(self._closing_ms).astimezone(_COMPANY_TIMEZONE).date()
        self._dates = [last_day - timedelta(days=SPAN_DAYS - number) for number in range(SPAN_DAYS + 1)]
        self._users = self._hire(max(8, min(5000, transactions // 400)))
        self._agents = self._make_agents()

    def write(self, progress: Callable[[int], None]) -> None:
        """Write every collection."""
        self._write_agents()
        self._write_groups()
        if self._target >= _OLD_ROWS_FROM:
            self._write_old_rows()
        weights = list(accumulate(self._day_weights()))
        planned = self._left
        for number, weight in enumerate(weights):
            self._day = self._plan_day(number)
            self._live_through(self._target - planned + round(planned * weight / weights[-1]))
            self._rows.write_before(self._day.end_ms)
            self._messages.write_before(self._day.end_ms)
            progress(self._collections["transactions"].written)
        self._rows.write_before(math.inf)
        self._messages.write_before(math.inf)
        for _, _, conversation in self._going_on:
            self._write_conversation(conversation)
        progress(self._collections["transactions"].written)

    # People and agents

    def _hire(self, count: int) -> list[_User]:
        """Write the users and balances, and return the accounts, deleted ones among them."""
        weights = [math.exp(_USER_SIGMA * NormalDist().inv_cdf((i + 0.5) / count)) for i in range(count)]
        self._rng.shuffle(weights)
        pairs = self._rng.sample(range(len(_FIRST_NAMES) * len(_LAST_NAMES)), count)
        people = []
        for index, (pair, weight) in enumerate(zip(pairs, weights, strict=True)):
            last, first = divmod(pair, len(_FIRST_NAMES))
            people.append(self._hire_one(index, _FIRST_NAMES[first], _LAST_NAMES[last], weight))
        return sorted(people, key=lambda user: user.object_id)

    def _hire_one(self, index: int, first: str, last: str, weight: float) -> _User:
        rng = self._rng
        founding = index < 4 or rng.random() < 0.35
        joined = -rng.randrange(5, 380) if founding else int(rng.random() * SPAN_DAYS * 0.9)
        deleted, left = index % 30 == 5, SPAN_DAYS + 1
        if deleted:
            left = max(joined, 0) + int(rng.uniform(0.3, 0.8) * (SPAN_DAYS - joined))
        joined_ms = self._until_ms - int((SPAN_DAYS - joined + rng.random()) * _DAY_MS)
        if index < 2:
            joined_ms = self._until_ms - (1170 + index) * _DAY_MS
        object_id = self._ids.at(joined_ms)
        name, local = f"{first} {last}", _mail_name(f"{first}.{last}")
        if index % 45 == 6:
            name, local = _OTHER_SCRIPTS[index // 45 % len(_OTHER_SCRIPTS)]
            local += str(index // 45 // len(_OTHER_SCRIPTS) or "")
        email = f"{local}@{rng.choice(_MAIL_DOMAINS)}"
        refills = rng.random() < 0.4
        if not deleted:
            self._write_user(index, object_id, joined_ms, name, email)
            self._write_balance(object_id, joined_ms, refills=refills)
        return _User(
            object_id=object_id,
            hex_id=str(object_id),
            joined=joined,
            left=left,
            weight=weight,
            night_owl=index % 16 == 3,
            taste=rng.randrange(len(_TASTES)),
            azure=email.endswith("plant.example"),
            agents=tuple(_pick(rng, _AGENT_WEIGHTS) for _ in range(4)),
            keeps_chats=not deleted or index % 60 == 5,
            refill_due_ms=self._until_ms - rng.uniform(0, SPAN_DAYS) * _DAY_MS if refills else math.inf,
        )

    def _write_user(self, index: int, object_id: ObjectId, joined_ms: int, name: str, email: str) -> None:
        rng = self._rng
        provider = rng.choice(_PROVIDERS)
        document: Document = {
            "_id": object_id,
            "name": name,
            "username": "" if index % 20 in {9, 17} else email.partition("@")[0].replace(".", "_"),
            "email": email,
            "emailVerified": True,
            "provider": provider,
            "role": "ADMIN" if index == 0 or index % 100 == 40 else "USER",
            "plugins": [],
            "twoFactorEnabled": False,
            "termsAccepted": True,
            "createdAt": _moment(joined_ms),
            "updatedAt": _moment(self._until_ms - rng.randrange(_DAY_MS)),
            "__v": 0,
        }
        if index % 25 in {7, 9}:
            del document["name"]
        if provider == "local":
            document["password"] = f"SECRET-PASSWORD-{rng.getrandbits(128):032x}"
        else:
            document[f"{provider}Id"] = f"{rng.getrandbits(64):016x}"
        if provider == "openid":
            document["idOnTheSource"] = str(UUID(int=self._group_rng.getrandbits(128), version=4))
        self._join_groups(str(object_id), document.get("idOnTheSource"))
        self._collections["users"].write(document)

    def _join_groups(self, user: str, id_in_directory: str | None) -> None:
        """Let a user belong to a department, to the pilot users, to both or to none."""
        department = self._group_rng.random()
        for name, source, part in _GROUPS:
            if source == "entra":
                # The directory knows only those who sign in through it.
                if 0 <= department < part and id_in_directory is not None:
                    self._members[name].append(id_in_directory)
                department -= part
            elif self._group_rng.random() < part:
                # LibreChat writes a member's id in the directory where there is one.
                self._members[name].append(id_in_directory or user)

    def _write_groups(self) -> None:
        ids = _ObjectIds(self._group_rng)
        for name, source, _ in _GROUPS:
            created_ms = self._until_ms - self._group_rng.randrange(30, SPAN_DAYS) * _DAY_MS
            document: Document = {
                "_id": ids.at(created_ms),
                "name": name,
                "memberIds": self._members[name],
                "source": source,
                "createdAt": _moment(created_ms),
                "updatedAt": _moment(self._until_ms - self._group_rng.randrange(_DAY_MS)),
                "__v": 0,
            }
            if source == "entra":
                document["idOnTheSource"] = str(UUID(int=self._group_rng.getrandbits(128), version=4))
            self._collections["groups"].write(document)

    def _write_balance(self, user: ObjectId, joined_ms: int, *, refills: bool) -> None:
        balance: Document = {
            "_id": self._ids.at(joined_ms + 40),
            "user": user,
            "tokenCredits": round(self._rng.uniform(0, _REFILL_CREDITS) * 4) / 4,
            "autoRefillEnabled": refills,
            "refillIntervalValue": 30,
            "refillIntervalUnit": "days",
            "refillAmount": _REFILL_CREDITS if refills else 0,
            "lastRefill": _moment(self._until_ms - self._rng.randrange(30 * _DAY_MS)),
            "__v": 0,
        }
        self._collections["balances"].write(balance)

    def _make_agents(self) -> tuple[_Agent, ...]:
        agents = []
        for plan in _AGENT_PLANS:
            lag = self._rng.randrange(25)
            line = [(since - lag, _MODELS[name]) for since, name in _LINES[plan.line]]
            first = max(index for index, (since, _) in enumerate(line) if since >= plan.since or index == 0)
            agents.append(
                _Agent(
                    plan=plan,
                    id="agent_" + "".join(self._rng.choices(_ID_ALPHABET, k=21)),
                    object_id=self._ids.at(self._until_ms - plan.since * _DAY_MS),
                    author=self._users[self._rng.randrange(min(6, len(self._users)))].object_id,
                    history=((plan.since, line[first][1]), *line[first + 1 :]),
                )
            )
        return tuple(agents)

    def _write_agents(self) -> None:
        for agent in self._agents:
            if agent.plan.deleted is None:
                self._collections["agents"].write(self._agent_document(agent))

    def _agent_document(self, agent: _Agent) -> Document:
        moments = [_moment(self._until_ms - since * _DAY_MS) for since, _ in agent.history]
        versions = [
            self._agent_settings(agent, model) | {"createdAt": moments[0], "updatedAt": moment}
            for (_, model), moment in zip(agent.history, moments, strict=True)
        ]
        return {
            "_id": agent.object_id,
            "id": agent.id,
            **self._agent_settings(agent, agent.history[-1][1]),
            "author": agent.author,
            "category": "general",
            "is_promoted": False,
            "edges": [],
            "versions": versions,
            "createdAt": moments[0],
            "updatedAt": moments[-1],
            "__v": 0,
        }

    def _agent_settings(self, agent: _Agent, model: _Model) -> Document:
        name = {} if agent.plan.name is None else {"name": agent.plan.name}
        return {
            **name,
            "description": "",
            "instructions": f"SECRET-INSTRUCTIONS of {agent.sender}",
            "provider": model.endpoint,
            "model": model.name,
            "model_parameters": {"model": model.name},
            "tools": list(agent.plan.tools),
        }

    # Days

    def _day_weights(self) -> list[float]:
        """Return how busy each day is relative to the others; the last day ends early."""
        weights = []
        for number, date in enumerate(self._dates):
            growth = 0.22 + 0.78 / (1 + math.exp(-(number / SPAN_DAYS - 0.45) * 7))
            week = (1.0, 1.08, 1.1, 1.04, 0.86, 0.13, 0.1)[date.weekday()]
            season = 0.75 if date.month == 8 else 1.0
            if (date.month, date.day) >= (12, 22) or (date.month, date.day) <= (1, 3):
                season = 0.15
            weights.append(growth * week * season * self._rng.uniform(0.85, 1.15))
        start_ms, end_ms = self._day_bounds(SPAN_DAYS)
        weights[-1] *= _usage_until((self._closing_ms - start_ms) / (end_ms - start_ms))
        return weights

    def _day_bounds(self, number: int) -> tuple[int, int]:
        date = self._dates[number]
        return _midnight_ms(date), _midnight_ms(date + timedelta(days=1))

    def _plan_day(self, number: int) -> _Day:
        days_left = SPAN_DAYS - number
        start_ms, end_ms = self._day_bounds(number)
        users = [user for user in self._users if user.joined <= number < user.left]
        owls = [user for user in users if user.night_owl] or users
        return _Day(
            number=number,
            days_left=days_left,
            release=_newest(RELEASES, days_left),
            start_ms=start_ms,
            end_ms=end_ms,
            users=users,
            user_weights=list(accumulate(user.weight for user in users)),
            owls=owls,
            owl_weights=list(accumulate(user.weight for user in owls)),
            chat_models=[list(accumulate(_chat_weights(days_left, taste))) for taste in _TASTES],
            agent_share=0.24 + 0.16 * number / SPAN_DAYS,
            title_model=_MODELS[_newest(_TITLE_LINE, days_left)],
        )

    def _live_through(self, written_by_evening: int) -> None:
        """Hold conversations through the day until that many transactions exist in all.

        New conversations begin in the order of the clock, spread over what is left of the day's usage.
        """
        day = self._day
        length_ms = day.end_ms - day.start_ms
        share = _usage_until((self._closing_ms - day.start_ms) / length_ms)
        self._put_off(day, share)
        passed = 0.0
        while (missing := written_by_evening - (self._target - self._left)) > 0:
            expected = max(1.0, missing / _ROWS_PER_CONVERSATION)
            passed += (1 - passed) * (1 - self._random() ** (1 / expected))
            at = _time_of_day(passed * share)
            now_ms = day.start_ms + int(at * length_ms)
            self._go_on_until(now_ms, self._target - written_by_evening)
            if self._target - self._left < written_by_evening:
                self._converse(self._start(self._somebody(at), now_ms), now_ms)

    def _put_off(self, day: _Day, share: float) -> None:
        """Move what was not continued on the days before to some time of this day."""
        while self._going_on and self._going_on[0][0] < day.start_ms:
            _, order, conversation = self._going_on[0]
            at = _time_of_day(self._random() * share)
            now_ms = day.start_ms + int(at * (day.end_ms - day.start_ms))
            heapreplace(self._going_on, (now_ms, order, conversation))

    def _go_on_until(self, now_ms: int, goal_left: int) -> None:
        """Continue the conversations that are due, while more than ``goal_left`` rows are to be written."""
        while self._going_on and self._going_on[0][0] <= now_ms and self._left > goal_left:
            due_ms, _, conversation = heappop(self._going_on)
            if self._can_go_on(conversation):
                self._converse(conversation, due_ms)
            else:
                self._write_conversation(conversation)

    def _can_go_on(self, conversation: _Conversation) -> bool:
        if conversation.user.left <= self._day.number:
            return False
        if conversation.agent and self._random() < 0.06:
            conversation.agent = self._choose_agent(conversation.user)
        return conversation.agent is None or conversation.agent.is_usable(self._day.days_left)

    def _somebody(self, at: float) -> _User:
        day = self._day
        users, weights = day.users, day.user_weights
        if not 0.28 < at < 0.87 and self._random() < 0.75:
            users, weights = day.owls, day.owl_weights
        return users[_pick(self._rng, weights)]

    # Conversations

    def _converse(self, conversation: _Conversation, now_ms: int) -> None:
        """Hold one turn; near the end of the sample only such turns as surely fit."""
        user = conversation.user
        if self._left == 1:
            self._add_credits(user, "admin", now_ms)
            self._write_conversation(conversation)
            return
        roomy = self._left > _MAX_ROWS_PER_TURN
        if roomy and now_ms >= user.refill_due_ms:
            user.refill_due_ms = now_ms + 30 * _DAY_MS
            self._add_credits(user, "autoRefill", now_ms)
        if roomy and self._random() < 0.001:
            self._add_credits(user, "admin", now_ms)
        turn = self._ask(conversation, now_ms)
        if not roomy:
            self._pair(turn, turn.model.name, "message", turn.model.rates)
        elif self._random() < 0.025:
            self._stop(turn)
        else:
            self._answer(turn)
        self._finish(turn)

    def _start(self, user: _User, now_ms: int) -> _Conversation:
        day, chance = self._day, self._random()
        kind: Kind = "chat"
        endpoint, agent, assistant_id = "agents", None, None
        model = _CHAT_MODELS[_pick(self._rng, day.chat_models[user.taste])]
        if chance < 0.02:
            kind, endpoint, assistant_id = "assistant", "assistants", self._rng.choice(_ASSISTANT_IDS)
            model = _MODELS["gpt-4o" if day.days_left > 240 else "gpt-4.1"]
        elif chance < 0.045 and day.has_message_ids:
            kind, agent = "remote", self._choose_agent(user)
        elif chance < 0.045 + day.agent_share:
            kind, agent = "agent", self._choose_agent(user)
        else:
            endpoint = "azureOpenAI" if user.azure and model.endpoint == "openAI" else model.endpoint
        temporary = kind != "remote" and self._random() < 0.03
        expired = temporary and now_ms + 30 * _DAY_MS < self._until_ms
        return _Conversation(
            id=self._nano_id() if kind == "remote" else self._uuid(),
            user=user,
            kind=kind,
            endpoint=endpoint,
            model=model,
            agent=agent,
            first_agent=agent,
            assistant_id=assistant_id,
            created_ms=now_ms,
            planned_turns=1 if kind == "remote" else _TURNS[self._bits(8)],
            saved=kind != "remote" and user.keeps_chats and not expired and self._random() > 0.05,
            temporary=temporary,
            title=f"SECRET-TITLE {_TOPICS[self._bits(4)]}",
        )

    def _choose_agent(self, user: _User) -> _Agent:
        """Choose one of the user's favourite agents, or any if none of them is there yet or still."""
        days_left = self._day.days_left
        for _ in range(6):
            agent = self._agents[user.agents[self._bits(2)]]
            if agent.is_usable(days_left):
                return agent
        return next(agent for agent in self._agents if agent.is_usable(days_left))

    def _ask(self, conversation: _Conversation, now_ms: int) -> _Turn:
        answer_id = f"chatcmpl-{self._nano_id()}" if conversation.kind == "remote" else self._uuid()
        head: Document = {"_id": None, "user": conversation.user.object_id, "conversationId": conversation.id}
        if self._day.has_message_ids and conversation.kind != "assistant":
            head["messageId"] = answer_id
        agent = conversation.agent
        if now_ms - conversation.updated_ms > 3_600_000:
            conversation.cached_tokens = 0
        question_tokens = _QUESTION_TOKENS[self._bits(10)]
        instructions = 2_800 if agent else 60
        return _Turn(
            conversation=conversation,
            model=agent.model_on(self._day.days_left) if agent else conversation.model,
            asked_ms=now_ms,
            answer_id=answer_id,
            head=head,
            question_tokens=question_tokens,
            prompt_tokens=instructions + conversation.context_tokens + question_tokens,
            answer_tokens=_ANSWER_TOKENS[self._bits(10)],
        )

    def _answer(self, turn: _Turn) -> None:
        model, agent = turn.model, turn.conversation.agent
        if agent and self._day.release < (0, 8, 3) and self._random() < 0.06:
            # The provider reported no usage, or LibreChat believed so and wrote its estimate on top.
            self._pair(turn, agent.id, "message", (_DEFAULT_RATE, _DEFAULT_RATE))
            if self._random() < 0.6:
                return
        calls = _TOOL_CALLS[self._bits(4)] if agent and agent.plan.tools else 1
        for _ in range(calls - 1):
            self._call(turn, _TOOL_CALL_TOKENS[self._bits(6)])
            turn.prompt_tokens += _QUESTION_TOKENS[self._bits(10)] + 300
        if self._random() < 0.004:
            turn.answer_tokens = 0
        self._call(turn, turn.answer_tokens)
        if model.reasons and self._random() < 0.2:
            reasoning_tokens = _ANSWER_TOKENS[self._bits(10)]
            turn.rows.append(
                _row(turn.head, "completion", model.name, "reasoning", reasoning_tokens, model.completion)
            )
        if agent:
            self._work_behind_the_scenes(turn, agent.plan)
        conversation = turn.conversation
        if conversation.turns == 0 and conversation.kind in {"chat", "agent"} and not conversation.temporary:
            title = self._day.title_model
            tokens = (min(900, turn.question_tokens) + 120, 6 + self._bits(4))
            turn.late_rows += _pair_of_rows(turn.head, title.name, "title", title.rates, tokens)

    def _call(self, turn: _Turn, answer_tokens: int) -> None:
        """Call the turn's model once."""
        model, conversation, release = turn.model, turn.conversation, self._day.release
        if tier := model.tier_in(release):
            self._tiered_calls[model.name] += 1
            if self._tiered_calls[model.name] % 600 == 100:
                tokens = (tier.above_tokens + 1 + self._bits(16), answer_tokens)
                rates = (tier.prompt, tier.completion)
                turn.rows += _pair_of_rows(turn.head, model.name, "message", rates, tokens)
                return
        prompt_tokens = turn.prompt_tokens
        written, read = self._cached(conversation, model, prompt_tokens)
        if not (written or read):
            tokens = (prompt_tokens, answer_tokens)
            turn.rows += _pair_of_rows(turn.head, model.name, "message", model.rates, tokens)
            return
        turn.write_tokens += written
        turn.read_tokens += read
        fresh = prompt_tokens - written - read
        if model.endpoint != "anthropic" and release < (0, 8, 6):
            # Until v0.8.6 cached tokens of OpenAI and Google were counted as input as well.
            fresh += read
        turn.rows.append(_cached_prompt_row(turn.head, model, release, (fresh, written, read)))
        if answer_tokens:
            turn.rows.append(
                _row(turn.head, "completion", model.name, "message", answer_tokens, model.completion)
            )

    def _cached(self, conversation: _Conversation, model: _Model, prompt_tokens: int) -> tuple[int, int]:
        """Return how many of the prompt's tokens the provider wrote to its cache, and read from it."""
        if prompt_tokens < 1_100:
            return 0, 0
        before = min(conversation.cached_tokens, prompt_tokens - 64)
        if model.endpoint == "anthropic":
            if self._random() < 0.2:
                return 0, 0
            written = max(0, prompt_tokens - before - 2 - self._bits(6))
            conversation.cached_tokens = before + written
            return written if self._random() < 0.9 else 0, before
        conversation.cached_tokens = prompt_tokens
        chance = {"openAI": 0.5, "google": 0.2}.get(model.endpoint, 0)
        return 0, before // 128 * 128 if self._random() < chance else 0

    def _work_behind_the_scenes(self, turn: _Turn, plan: _AgentPlan) -> None:
        """Add what an agent does besides answering; all of it carries the answer's message id."""
        release, chance = self._day.release, self._random()
        if release >= (0, 8, 7) and plan.delegates and chance < 0.4:
            for _ in range(1 + self._bits(1)):
                self._side_call(turn, _SUBAGENT_MODEL, "subagent")
        if release >= (0, 8, 7) and plan.chained and chance < 0.5:
            self._side_call(turn, turn.model, "sequential")
        if release >= (0, 8, 5) and turn.conversation.turns >= 5 and chance < 0.3:
            self._side_call(turn, turn.model, "summarization")
            turn.conversation.context_tokens //= 4
        if release >= (0, 8, 2) and "gemini_image_gen" in plan.tools and chance < 0.1:
            model, context = _MODELS["gemini-3-pro-image-preview"], "image_generation"
            tokens = (turn.question_tokens, 1_120)
            turn.rows += _pair_of_rows(turn.head, model.name, context, model.rates, tokens)
            if release >= (0, 8, 7) and chance < 0.07:
                turn.rows.append(_row(turn.head, "image_count", model.name, context, 1, 40_000))

    def _side_call(self, turn: _Turn, model: _Model, context: str) -> None:
        tokens = (900 + _QUESTION_TOKENS[self._bits(10)] * 3, _ANSWER_TOKENS[self._bits(10)])
        turn.rows += _pair_of_rows(turn.head, model.name, context, model.rates, tokens)

    def _stop(self, turn: _Turn) -> None:
        """Let the user stop the answer, which each release booked in its own way."""
        turn.stopped = True
        turn.answer_tokens = 20 + turn.answer_tokens // 4
        agent, release = turn.conversation.agent, self._day.release
        if release < (0, 8, 2):
            self._pair(turn, None, "incomplete", (1, 1))
        elif agent and release < (0, 8, 3):
            self._pair(turn, agent.id, "message", (_DEFAULT_RATE, _DEFAULT_RATE))
        elif self._random() < 0.5:
            self._pair(turn, turn.model.name, "abort", turn.model.rates)
        else:
            self._pair(turn, turn.model.name, "incomplete", turn.model.rates)

    def _pair(self, turn: _Turn, model: str | None, context: str, rates: tuple[float, float]) -> None:
        turn.rows += _pair_of_rows(turn.head, model, context, rates, (turn.prompt_tokens, turn.answer_tokens))

    def _add_credits(self, user: _User, context: str, now_ms: int) -> None:
        row = {
            "_id": None,
            "user": user.object_id,
            "tokenType": "credits",
            "context": context,
            "rawAmount": _REFILL_CREDITS,
            "rate": 1,
            "tokenValue": _REFILL_CREDITS,
        }
        self._rows.add(row, now_ms, now_ms)
        self._left -= 1

    # Documents

    def _finish(self, turn: _Turn) -> None:
        """Queue the turn's transactions and messages, and let its conversation go on or end."""
        conversation = turn.conversation
        answered_ms = turn.asked_ms + 1_200 + min(40_000, turn.answer_tokens * 14)
        lag_ms = _ID_LAGS_MS[self._bits(8)]
        # From v0.8.3 one insertMany writes the rows of a turn, before that each pair was saved by itself.
        step_ms = 0 if self._day.has_message_ids else 7
        for index, row in enumerate(turn.rows):
            created_ms = answered_ms + index // 2 * step_ms
            self._rows.add(row, created_ms, created_ms - lag_ms)
        for row in turn.late_rows:
            self._rows.add(row, answered_ms + 2_600, answered_ms + 2_600 - lag_ms)
        self._left -= len(turn.rows) + len(turn.late_rows)
        if conversation.saved:
            self._add_messages(turn, answered_ms + 350)
        conversation.last_message_id = turn.answer_id
        conversation.updated_ms = answered_ms + 350
        conversation.turns += 1
        conversation.context_tokens = min(
            60_000, conversation.context_tokens + turn.question_tokens + turn.answer_tokens
        )
        if conversation.turns >= conversation.planned_turns:
            self._write_conversation(conversation)
            return
        pause_ms = int(_PAUSES_MS[self._bits(8)] * (0.8 + 0.4 * self._random()))
        self._turns += 1
        heappush(self._going_on, (conversation.updated_ms + pause_ms, self._turns, conversation))

    def _add_messages(self, turn: _Turn, answered_ms: int) -> None:
        conversation = turn.conversation
        question_id = self._uuid()
        lifetime: Document = {"isTemporary": False}
        if conversation.temporary:
            lifetime = {"isTemporary": True, "expiredAt": _moment(conversation.created_ms + 30 * _DAY_MS)}
        question: Document = {
            "_id": None,
            "messageId": question_id,
            "conversationId": conversation.id,
            "user": conversation.user.hex_id,
            "parentMessageId": conversation.last_message_id,
            "endpoint": conversation.endpoint,
            "sender": "User",
            "isCreatedByUser": True,
            "error": False,
            "unfinished": False,
            "tokenCount": turn.question_tokens,
            "text": self._texts[self._bits(4)],
            **lifetime,
        }
        self._messages.add(question, turn.asked_ms, turn.asked_ms)
        if self._random() < 0.004:
            # The user deleted this one answer later.
            return
        model, sender = self._signature(turn)
        answer: Document = {
            "_id": None,
            "messageId": turn.answer_id,
            "conversationId": conversation.id,
            "user": conversation.user.hex_id,
            "parentMessageId": question_id,
            "endpoint": conversation.endpoint,
            "model": model,
            "sender": sender,
            "isCreatedByUser": False,
            "error": False,
            "unfinished": turn.stopped,
            "tokenCount": turn.answer_tokens,
            "text": self._texts[self._bits(4)],
            **lifetime,
        }
        if self._random() < 0.03:
            answer["feedback"] = {"rating": "thumbsUp" if self._random() < 0.8 else "thumbsDown"}
        if self._day.release >= (0, 8, 7):
            usage = {
                "input": turn.prompt_tokens,
                "output": turn.answer_tokens,
                "cacheWrite": turn.write_tokens,
                "cacheRead": turn.read_tokens,
            }
            answer["metadata"] = {"usage": usage}
        self._messages.add(answer, answered_ms, answered_ms)

    def _signature(self, turn: _Turn) -> tuple[str, str]:
        """Return what the answer's message says in ``model`` and ``sender``."""
        conversation, agent = turn.conversation, turn.conversation.agent
        if agent:
            job_model = turn.stopped and (0, 8, 2) <= self._day.release < (0, 8, 7)
            return turn.model.name if job_model else agent.id, agent.sender
        if conversation.assistant_id:
            return conversation.assistant_id, "Assistant"
        return turn.model.name, turn.model.sender

    def _write_conversation(self, conversation: _Conversation) -> None:
        if not conversation.saved:
            return
        document: Document = {
            "_id": self._ids.at(conversation.created_ms),
            "conversationId": conversation.id,
            "user": conversation.user.hex_id,
            "title": conversation.title,
            "endpoint": conversation.endpoint,
            **self._who_answers(conversation),
            "isTemporary": conversation.temporary,
            "isArchived": False,
            "createdAt": _moment(conversation.created_ms),
            "updatedAt": _moment(conversation.updated_ms),
            "__v": 0,
        }
        if conversation.temporary:
            document["expiredAt"] = _moment(conversation.created_ms + 30 * _DAY_MS)
        self._collections["conversations"].write(document)

    def _who_answers(self, conversation: _Conversation) -> Document:
        """Return the fields that say which agent, assistant or model a conversation is with."""
        if conversation.assistant_id:
            return {"assistant_id": conversation.assistant_id, "model": conversation.model.name}
        days_left = (self._until_ms - conversation.created_ms) // _DAY_MS
        first = conversation.first_agent
        initial = {"initial_agent_id": first.id if first else None} if days_left < 60 else {}
        if conversation.agent:
            return {"agent_id": conversation.agent.id, **initial}
        model = conversation.model
        ephemeral_id = "ephemeral"
        if _newest(RELEASES, days_left) >= (0, 8, 2):
            ephemeral_id = f"{conversation.endpoint}__{model.name}___{model.sender}"
        custom = {"endpointType": "custom"} if conversation.endpoint in _CUSTOM_ENDPOINTS else {}
        return {**custom, "agent_id": ephemeral_id, **initial, "model": model.name}

    def _write_old_rows(self) -> None:
        """Write a few rows of v0.6.0, which set no createdAt, and of v0.7.0 with a price of -1 per token."""
        start_ms = self._until_ms - 1130 * _DAY_MS
        for index, (name, context) in enumerate(
            (("gpt-4", "message"), ("gpt-3.5-turbo", "plugins"), ("gpt-4", "message"))
        ):
            for row in self._old_pair(index % 2, name, context, (640 + 90 * index, 250)):
                row["_id"] = self._ids.at(start_ms + index * 3 * _DAY_MS)
                row["__v"] = 0
                self._collections["transactions"].write(row)
        sentinel_ms = self._until_ms - 994 * _DAY_MS
        for row in self._old_pair(0, "openrouter/auto", "message", (14, 3)):
            self._rows.add(row, sentinel_ms, sentinel_ms)
        self._left = self._target - 8

    def _old_pair(self, user: int, name: str, context: str, tokens: tuple[int, int]) -> list[Document]:
        head = {"_id": None, "user": self._users[user].object_id, "conversationId": self._uuid()}
        model = _MODELS[name]
        return _pair_of_rows(head, name, context, model.rates, tokens)

    # Identifiers

    def _uuid(self) -> str:
        digits = f"{self._bits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def _nano_id(self) -> str:
        return "".join(self._rng.choices(_ID_ALPHABET, k=21))


# Rows


def _pair_of_rows(
    head: Document, model: str | None, context: str, rates: tuple[float, float], tokens: tuple[int, int]
) -> list[Document]:
    """Return the prompt and completion rows of a call without prompt cache."""
    return [
        _row(head, "prompt", model, context, tokens[0], rates[0]),
        _row(head, "completion", model, context, tokens[1], rates[1]),
    ]


def _row(
    head: Document, token_type: str, model: str | None, context: str, tokens: int, rate: float
) -> Document:
    """Return a row as LibreChat's ``calculateTokenValue`` fills it in."""
    value: float = -float(tokens) * rate
    if context == "incomplete" and token_type == "completion":  # noqa: S105 - a kind of language model token
        value = float(math.ceil(value * _CANCEL_RATE)) or -0.0
        rate *= _CANCEL_RATE
    row = {
        **head,
        "tokenType": token_type,
        "model": model,
        "context": context,
        "rawAmount": -tokens or -0.0,
        "rate": _stored(rate),
        "tokenValue": _stored(value),
    }
    if model is None:
        del row["model"]
    return row


def _cached_prompt_row(
    head: Document, model: _Model, release: Release, parts: tuple[int, int, int]
) -> Document:
    """Return the row of a cached prompt as ``calculateStructuredTokenValue`` fills it in.

    ``parts`` are the tokens of the prompt that were fresh, written to the cache, and read from it.
    """
    fresh, written, read = parts
    write_rate, read_rate = model.cache_rates(release)
    value = fresh * model.prompt + written * write_rate + read * read_rate
    total = fresh + written + read
    return {
        **head,
        "tokenType": "prompt",
        "model": model.name,
        "context": "message",
        "rawAmount": -total,
        "rate": _stored(value / total),
        "tokenValue": _stored(-value),
        "inputTokens": -fresh or -0.0,
        "writeTokens": -written or -0.0,
        "readTokens": -read or -0.0,
    }


def _stored(number: float) -> float:
    """Return a number in the type Node's driver stores: whole ones as int32, others and -0 as double."""
    whole = int(number)
    if whole == number and -0x80000000 <= whole <= 0x7FFFFFFF and (whole or math.copysign(1, number) > 0):
        return whole
    return float(number)


# Time and chance


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=_COMPANY_TIMEZONE).timestamp() * 1000)


def _newest(history: Sequence[tuple[int, _T]], days_left: int) -> _T:
    """Return the last entry of a history, oldest first, that had begun ``days_left`` days before the end."""
    newest = history[0][1]
    for since, entry in history:
        if since < days_left:
            break
        newest = entry
    return newest


def _chat_weights(days_left: int, taste: Mapping[str, float]) -> list[float]:
    """Return how likely each chat model is on a day: models arrive over weeks and fade out over weeks."""
    weights = []
    for model in _CHAT_MODELS:
        arrival = min(1.0, max(0.0, (model.since - days_left) / 40))
        fading = 1.0 if model.until < 0 else min(1.0, max(0.0, (days_left - model.until) / 60))
        weights.append(model.popularity * taste.get(model.endpoint, 1.0) * arrival * fading)
    return weights


_HOURS = (2, 1, 1, 1, 1, 3, 12, 38, 80, 108, 112, 96, 62, 88, 104, 100, 86, 58, 30, 20, 16, 14, 9, 4)
"""How busy each hour of the company's day is."""
_BUSY_UNTIL = [0.0, *(total / sum(_HOURS) for total in accumulate(_HOURS))]


def _time_of_day(usage: float) -> float:
    """Return the part of the day by which the given part of its usage is over."""
    hour = bisect(_BUSY_UNTIL, usage) - 1
    if hour >= 24:
        return 1.0
    before, after = _BUSY_UNTIL[hour], _BUSY_UNTIL[hour + 1]
    return (hour + (usage - before) / (after - before)) / 24


def _usage_until(at: float) -> float:
    """Return the part of the day's usage that is over at the given part of the day."""
    hours = min(max(at, 0.0), 1.0) * 24
    hour = min(int(hours), 23)
    return _BUSY_UNTIL[hour] + (hours - hour) * (_BUSY_UNTIL[hour + 1] - _BUSY_UNTIL[hour])


def _random_source(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - sample data has to be repeatable, not unguessable


def _lognormal_table(median: float, sigma: float, size: int, most: int) -> tuple[int, ...]:
    """Return evenly spaced quantiles of a log-normal distribution, to be drawn from uniformly."""
    quantile = NormalDist().inv_cdf
    return tuple(
        min(most, round(median * math.exp(sigma * quantile((index + 0.5) / size)))) for index in range(size)
    )


_QUESTION_TOKENS = _lognormal_table(260, 1.5, 1024, 40_000)
_ANSWER_TOKENS = _lognormal_table(340, 0.95, 1024, 8_000)
_TOOL_CALL_TOKENS = _lognormal_table(70, 0.5, 64, 400)
_TOOL_CALLS = (1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6)
_TURNS = tuple(1 + round(-3 * math.log(1 - (index + 0.5) / 256)) for index in range(256))
_PAUSES_MS = _lognormal_table(150_000, 1.4, 256, 3 * _DAY_MS)
# An id is made some milliseconds before its document is dated, at times in the second before.
_ID_LAGS_MS = (*(index % 5 for index in range(250)), 6, 8, 9, 11, 14, 31)
_AGENT_WEIGHTS = list(accumulate(plan.popularity for plan in _AGENT_PLANS))


def _pick(rng: random.Random, cumulative_weights: Sequence[float]) -> int:
    return bisect(cumulative_weights, rng.random() * cumulative_weights[-1], 0, len(cumulative_weights) - 1)


def _mail_name(name: str) -> str:
    """Return a name in the ASCII letters, digits and dots of a plain e-mail address."""
    folded = name.lower().translate({ord("ø"): "o", ord("ł"): "l", ord("'"): None})
    return unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
