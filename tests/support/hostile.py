"""A ledger whose names are meant to do harm: as markup, as formulas, as text that turns around."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.support.documents import object_id, usage

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(2)">',
    '<a href="https://evil.example/">Click me</a>',
    "<b>Bold</b><br>and broken",
    '=HYPERLINK("http://evil.example","x")',
    "javascript:alert(3)",
    "%{x} {{7*7}} ${7*7}",
    "\u202egpj.tsitneics",
    "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{PARROT} 🦜🧑‍🚀",
    "Zal\u0300\u0301\u0302\u0303\u0304\u0305go" * 3,
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1",
    "-1",
    "\t=1+1",
    'line\r\nbreak, "quoted"',
    "x" * 1000,
)


def hostile_collections(now: datetime) -> dict[str, list[dict[str, Any]]]:
    """A ledger in which each of these is a user, an agent and a model, the first the most costly."""
    users, agents, messages, transactions = [], [], [], []
    for number, name in enumerate(HOSTILE_NAMES):
        at = now - timedelta(days=1 + number)
        user, agent = object_id(at, number), f"agent_{number:021d}"
        users.append({"_id": user, "name": name, "email": f"<u>{number}</u>@example.com"})
        agents.append(
            {"_id": object_id(at, 100 + number), "id": agent, "name": name, "provider": name, "model": name}
        )
        conversation = f"conversation-{number}"
        messages.append(
            {
                "_id": object_id(at, 200 + number),
                "messageId": f"message-{number}",
                "conversationId": conversation,
                "isCreatedByUser": False,
                "endpoint": "agents",
                "model": agent,
                "sender": name,
                "createdAt": at + timedelta(seconds=5),
            }
        )
        for token_type, place in (("prompt", 0), ("completion", 1)):
            transactions.append(
                usage(
                    at,
                    300 + 2 * number + place,
                    user=user,
                    conversationId=conversation,
                    tokenType=token_type,
                    model=name,
                    rawAmount=-1000,
                    tokenValue=-100_000 * (len(HOSTILE_NAMES) - number),
                )
            )
    # As LibreChat writes them, one after the other.
    transactions.sort(key=lambda row: row["_id"])
    return {"users": users, "agents": agents, "messages": messages, "transactions": transactions}
