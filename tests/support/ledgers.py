"""Small LibreChat databases as Hypothesis makes them: every era, every number type, much that is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import Decimal128, Int64, ObjectId
from hypothesis import strategies as st

from tests.support.oracle import Ledger

# The day on which Berlin's clocks go forward, after New York's and before Lord Howe's go back.
NOW = datetime(2026, 3, 29, 14, 34, 56, tzinfo=UTC)
# Days that have no counterpart a month or a year before, and hours that a zone has twice or never.
MOMENTS = [
    NOW,
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 3, 31, 9, tzinfo=UTC),
    datetime(2024, 2, 29, 12, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
    datetime(2026, 3, 9, 6, 30, tzinfo=UTC),
    datetime(2026, 4, 4, 15, 15, tzinfo=UTC),
]

USERS = [ObjectId(f"65010c00c2d3e4f50102030{n}") for n in range(4)]
CONVERSATIONS = [f"3f6f0f7e-6c1b-4a55-9a0e-2d0c8a6f1b0{n}" for n in range(4)]
ROOTS = ["3f6f0f7e-6c1b-4a55-9a0e-2d0c8a6f1bff", "3f6f0f7e-6c1b-4a55-9a0e-2d0c8a6f1bfe"]
MESSAGES = [f"9b0f7f7a-0a01-4c55-8f10-6a1de1a0000{n}" for n in range(6)]
AGENTS = ["agent_8aWN5tLYRAdtV8knVWmod", "agent_Qm7_-xT2bLr9yKcE0dWpZ", "agent_V1StGXR8k5jdHi6BmyT-_"]
MODELS = ["claude-sonnet-4-6", "gpt-4o-mini", "acme-internal-70b", "openrouter/auto"]
SENDERS = ["Research Helper", "Old Agent", "Ünïcode 🦜"]
RATES = [3, 15, 0.15, 6, 6, 6, 6.9, 6 * 1.15, 0, 1, 1.15, 1000, 1001, -1_000_000, 0.34147302087436]
TOKENS = [0, 1, 101, 15_234, 200_000, 200_001, 300_000]
CONTEXTS = ["message", "title", "incomplete", "abort", "subagent", "something-new"]
CREDITS = ["admin", "autoRefill", "balanceReset", "image_generation", "media_debt", "something-new"]
EPHEMERAL = ["ephemeral", "openAI__gpt-4o___GPT"]
TENANTS = ["acme", "zeta"]

Document = dict[str, Any]


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A field's value, null, or no field at all."""
    return st.one_of(values, values, st.just(None), st.just(MISSING))


def seldom(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Most often no field at all."""
    return st.one_of(*[st.just(MISSING)] * 9, values)


MISSING = object()


def document(**fields: Any) -> Document:
    """A document of the fields that are not missing; one underscore stands for ``_id``."""
    return {
        "_id" if name == "identity" else name: value for name, value in fields.items() if value is not MISSING
    }


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """Moments around the edges of periods and of days that have 23 or 25 hours; a few lie ahead."""
    edge = draw(
        st.sampled_from(
            [
                NOW,
                NOW - timedelta(days=1),
                NOW - timedelta(days=30),
                datetime(2026, 3, 29, tzinfo=UTC),
                datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin: 2 o'clock becomes 3
                datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York: 2 o'clock becomes 3
                datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe: 2 o'clock becomes half past 1
                datetime(2025, 10, 26, 1, tzinfo=UTC),  # Berlin: 3 o'clock becomes 2
                datetime(2026, 1, 1, tzinfo=UTC),
                datetime(2024, 2, 29, 12, tzinfo=UTC),
                datetime(2023, 10, 12, 18, 30, tzinfo=UTC),
            ]
        )
    )
    step = draw(st.sampled_from([1, 60_000, 900_000, 3_600_000, 86_400_000]))
    return edge + timedelta(milliseconds=draw(st.integers(-5, 5)) * step)


def amounts(value: Decimal | float) -> st.SearchStrategy[Any]:
    """The BSON numbers that hold a value."""
    kinds: list[Any] = [float(value), Decimal128(str(value))]
    if value == int(value):
        kinds += [int(value), Int64(int(value))]
    if value == 0:
        kinds.append(-0.0)
    return st.sampled_from(kinds)


@st.composite
def transactions(draw: st.DrawFn, serial: int, tenant: st.SearchStrategy[Any]) -> Document:
    at = draw(instants())
    token_type = draw(
        st.sampled_from(
            [*["prompt"] * 6, *["completion"] * 4, "credits", "credits", "image_count", None, MISSING]
        )
    )
    tokens = -draw(st.sampled_from(TOKENS) | st.integers(0, 500_000))
    rate = draw(st.sampled_from([*RATES, None, MISSING, "3"]))
    per_token = Decimal(str(rate)) if isinstance(rate, int | float) else Decimal(1)
    # To the millionth of a credit, as the program keeps it: then both must agree to the last digit.
    price = (tokens * per_token).quantize(Decimal("0.000001"))
    value = draw(
        st.sampled_from([price, -price])
        | st.integers(-(10**12), 10**10).map(lambda millionths: Decimal(millionths).scaleb(-6))
    )
    cached = token_type == "prompt" and draw(st.integers(0, 3)) == 0
    written, read = draw(st.tuples(st.sampled_from([-0.0, -17, -1000, 25]), st.sampled_from([-0.0, -15_000])))
    model = draw(
        st.sampled_from(
            [*MODELS * 3, *AGENTS, f"{AGENTS[0]}____1", f"{AGENTS[2]}____12", "agent_", "", None, MISSING]
        )
    )
    seconds = draw(st.sampled_from([at, at, at - timedelta(seconds=1)]))
    return document(
        identity=ObjectId(int(seconds.timestamp()).to_bytes(4, "big") + serial.to_bytes(8, "big")),
        user=draw(st.sampled_from([*USERS * 2, str(USERS[0]).upper(), "nobody", 7, None, MISSING])),
        conversationId=draw(st.sampled_from([*CONVERSATIONS * 3, *ROOTS, None, MISSING])),
        messageId=draw(st.sampled_from([*MESSAGES, *[MISSING] * 6, None])),
        tokenType=token_type,
        model=model,
        context=draw(optional(st.sampled_from(CREDITS if token_type == "credits" else CONTEXTS))),
        rawAmount=draw(amounts(tokens)),
        rate=rate,
        tokenValue=draw(amounts(value)),
        createdAt=draw(st.sampled_from([at, at, at, None, MISSING])),
        inputTokens=draw(amounts(tokens)) if cached else MISSING,
        writeTokens=draw(amounts(written)) if cached else MISSING,
        readTokens=draw(amounts(read)) if cached else MISSING,
        agentId=draw(seldom(st.sampled_from([*AGENTS, f"{AGENTS[0]}____1", *EPHEMERAL, "", None]))),
        rootAgentId=draw(seldom(st.sampled_from([*AGENTS, *EPHEMERAL, "", None]))),
        tenantId=draw(tenant),
        mediaAccountPending=draw(seldom(st.booleans())),
    )


@st.composite
def users(draw: st.DrawFn) -> list[Document]:
    names = optional(st.sampled_from(["", "Ana Kovač", "<b>Bob</b>", "=1+1"]))
    return [
        document(
            identity=user, name=draw(names), username=draw(names), email=draw(names), password="SECRET-1"
        )
        for user in draw(st.lists(st.sampled_from(USERS), unique=True))
    ]


@st.composite
def agents(draw: st.DrawFn, tenant: st.SearchStrategy[Any]) -> list[Document]:
    models = optional(st.sampled_from([*MODELS, *AGENTS, ""]))
    return [
        document(
            identity=ObjectId(),
            id=agent,
            name=draw(optional(st.sampled_from([*SENDERS, ""]))),
            provider=draw(optional(st.sampled_from(["anthropic", "openAI"]))),
            model=draw(models),
            versions=draw(
                optional(
                    st.lists(
                        st.builds(document, model=models, provider=models, updatedAt=optional(instants())),
                        max_size=4,
                        unique_by=lambda version: str(version.get("updatedAt")),
                    )
                )
            ),
            instructions="SECRET-2",
            tenantId=home,
        )
        for agent, home in draw(
            st.lists(
                st.tuples(st.sampled_from(AGENTS), tenant), unique_by=lambda pair: (pair[0], str(pair[1]))
            )
        )
    ]


@st.composite
def conversations(draw: st.DrawFn, tenant: st.SearchStrategy[Any]) -> list[Document]:
    ids = optional(st.sampled_from([*AGENTS, f"{AGENTS[1]}____2", "openAI__gpt-4o___GPT", "ephemeral"]))
    threads = seldom(st.fixed_dictionaries({"rootConversationId": st.sampled_from([*ROOTS, "", None])}))
    # None of them is at the root of another, as LibreChat names roots. Ids of conversations differ in all
    # tenants: one that counts with another does so whoever asks.
    return [
        document(
            identity=ObjectId(),
            conversationId=conversation,
            endpoint=draw(st.sampled_from(["agents", "openAI", "anthropic"])),
            initial_agent_id=draw(ids),
            agent_id=draw(ids),
            title="SECRET-3",
            subagentThread=(thread := draw(threads)),
            tenantId=draw(tenant) if thread is MISSING else MISSING,
        )
        for conversation in draw(st.lists(st.sampled_from(CONVERSATIONS), unique=True))
    ]


@st.composite
def messages(draw: st.DrawFn, tenant: st.SearchStrategy[Any]) -> list[Document]:
    count = draw(st.sampled_from([0, 3, 10, 10]))
    written = draw(st.lists(instants(), unique=True, min_size=count, max_size=count))
    ids = draw(st.permutations(MESSAGES))
    return [
        document(
            identity=ObjectId(),
            messageId=ids[position] if position < len(ids) else f"other-{position}",
            conversationId=draw(st.sampled_from([*CONVERSATIONS, ROOTS[0]])),
            isCreatedByUser=draw(st.sampled_from([False, False, False, True])),
            endpoint=draw(st.sampled_from(["agents", "agents", "openAI"])),
            model=draw(optional(st.sampled_from([*AGENTS, *AGENTS, f"{AGENTS[2]}____1", *MODELS]))),
            sender=draw(optional(st.sampled_from([*SENDERS, ""]))),
            createdAt=at,
            text="SECRET-4",
            tenantId=draw(tenant),
        )
        for position, at in enumerate(written)
    ]


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """A whole database, small enough to read when it is the counterexample."""
    count = draw(st.sampled_from([0, 1, 2, 5, 12, 12, 25, 25]))
    has_tenants = draw(st.integers(0, 3)) == 0
    tenant = st.sampled_from([*TENANTS, *TENANTS, MISSING, None, ""]) if has_tenants else st.just(MISSING)
    return Ledger(
        transactions=[draw(transactions(serial, tenant)) for serial in range(count)],
        users=draw(users()),
        agents=draw(agents(tenant)),
        conversations=draw(conversations(tenant)),
        messages=draw(messages(tenant)),
    )
