"""A ledger with names in every script, of invisible characters, and of characters that no keyboard has."""

from __future__ import annotations

import csv
import unicodedata
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bson import ObjectId

from librechat_analytics.finops.read_map import center_name
from librechat_analytics.librechat.documents import listed_name
from tests.support.documents import object_id, usage

if TYPE_CHECKING:
    from pathlib import Path

Document = dict[str, Any]

ODD_NAMES = (
    "Mistral\N{NO-BREAK SPACE}Large",
    "Mistral Large",
    "\u0645\u06cc\N{ZERO WIDTH NON-JOINER}\u062e\u0648\u0627\u0647\u0645",
    "\u0915\u094d\N{ZERO WIDTH JOINER}\u0937",
    "\U0001f468\N{ZERO WIDTH JOINER}\U0001f469\N{ZERO WIDTH JOINER}\U0001f467",
    "\N{IDEOGRAPHIC SPACE}",
    "co\N{SOFT HYPHEN}operate",
    "\u05d0\N{RIGHT-TO-LEFT MARK}1",
    "\N{RIGHT-TO-LEFT MARK}",
    "\N{ZERO WIDTH JOINER}",
    "a\ttab",
    "\t",
    "two\r\nlines",
    "a\x00null",
    "next\x85line",
    "\x1b[31mred",
    "\U0001faea of Unicode 17",
    "\ufdd0 \uffff",
    " spaces around ",
    " ",
    "a+b%20c&d=e#f?g;h",
    "../../etc/passwd",
    '"quoted", <b>bold</b> \\',
    "[$ne]",
    "x" * 300,
    "\u0641" * 500,
    "\U0001f9a0" * 500,
    "m" * 10_000,
)
AGENT_PREFIX = "agent_"
NO_DOMAINS = tuple(
    number
    for number, name in enumerate(ODD_NAMES)
    if any(unicodedata.category(each) == "Cc" for each in name)
)
"""The numbers of the names that cannot be a domain: an address with a control character in it has none."""

WITHOUT_ANYTHING = len(ODD_NAMES)
"""The number of the last row, whose user has no role, no e-mail address and no group."""


def odd_collections(now: datetime) -> dict[str, list[Document]]:
    """A ledger with a row for each name: of a model, a context, a provider, an agent, a role and so on."""
    rows, users, groups, agents = [], [], [], []
    for number, name in enumerate(ODD_NAMES):
        user, agent = ObjectId(f"{number:024x}"), f"{AGENT_PREFIX}{name}"
        users.append({"_id": user, "name": name, "email": f"user@{name}", "role": name})
        groups.append({"_id": name, "name": name, "memberIds": [str(user)]})
        agents.append(
            {"_id": object_id(now, number), "id": agent, "name": name, "provider": name, "model": name}
        )
        rows.append(row(now, number, user=user, model=name, context=name, agentId=agent))
    rows.append(row(now, WITHOUT_ANYTHING, user=None, model=None, context=None))
    users.append({"_id": ObjectId("f" * 24)})
    rows.append(row(now, WITHOUT_ANYTHING + 1, user=ObjectId("f" * 24), model=None, context=None))
    return {"users": users, "groups": groups, "agents": agents, "transactions": rows}


def odd_tenants() -> dict[str, str]:
    """The tenant of each user: the user's name as it is listed."""
    return {f"{number:024x}": listed_name(name) or "" for number, name in enumerate(ODD_NAMES)}


def odd_cost_centers() -> dict[str, str]:
    """The cost centre of each user whose name a cost centre can have."""
    centers = {}
    for number, name in enumerate(ODD_NAMES):
        with suppress(ValueError):
            centers[f"{number:024x}"] = center_name(name)
    return centers


def write_definitions(folder: Path) -> Path:
    """Write a definitions file with the cost centres of users."""
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as people:
        csv.writer(people).writerows([("who", "cost_center"), *odd_cost_centers().items()])
    path = folder / "finops.toml"
    path.write_text('[cost_centers]\nmap = "people.csv"\n')
    return path


def row(now: datetime, number: int, **fields: Any) -> Document:
    """A prompt whose cost no other prompt has, so that a sum identifies its rows."""
    at = now - timedelta(minutes=number)
    return usage(at, number, conversationId=None, tokenValue=-10_000 * 2**number, **fields)


def cost_of(*numbers: int) -> float:
    return sum(10_000 << number for number in numbers) / 1_000_000
