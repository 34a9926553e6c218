"""The people of the imaginary company: users, their balances and their groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from librechat_analytics.librechat.sample.agents import AGENT_WEIGHTS
from librechat_analytics.librechat.sample.dump_files import ObjectIds
from librechat_analytics.librechat.sample.eras import DAY_MS, SPAN_DAYS, moment
from librechat_analytics.librechat.sample.models import TASTES
from librechat_analytics.librechat.sample.names import (
    FIRST_NAMES,
    LAST_NAMES,
    MAIL_DOMAINS,
    OTHER_SCRIPTS,
    SIGN_IN_PROVIDERS,
    mail_name,
)
from librechat_analytics.librechat.sample.rows import REFILL_CREDITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bson import ObjectId

    from librechat_analytics.librechat.documents import Document
    from librechat_analytics.librechat.sample.chance import Chance
    from librechat_analytics.librechat.sample.dump_files import CollectionFile

_ACTIVITY_SIGMA = 1.2
_GROUPS: tuple[tuple[str, Literal["entra", "local"], float], ...] = (
    ("Engineering", "entra", 0.34),
    ("Sales", "entra", 0.22),
    ("Research", "entra", 0.16),
    ("Finance and Legal", "entra", 0.12),
    ("Pilot users", "local", 0.15),
    ("Works council", "local", 0.0),
)
"""Groups, where each is kept, and which part of all users belongs to it; the last has no members yet."""


@dataclass(slots=True)
class User:
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


class People:
    """Makes the users and writes them, their balances and their groups.

    ``group_chance`` is used for groups alone, so that groups change nothing else in the sample.
    """

    def __init__(
        self,
        collections: Mapping[str, CollectionFile],
        chance: Chance,
        group_chance: Chance,
        ids: ObjectIds,
        *,
        until_ms: int,
    ) -> None:
        self._collections = collections
        self._chance = chance
        self._group_chance = group_chance
        self._ids = ids
        self._until_ms = until_ms
        self._members: dict[str, list[str]] = {name: [] for name, *_ in _GROUPS}

    def hire(self, count: int) -> list[User]:
        """Write the users and balances, and return the accounts, including the deleted ones."""
        weights = [math.exp(_ACTIVITY_SIGMA * NormalDist().inv_cdf((i + 0.5) / count)) for i in range(count)]
        self._chance.shuffle(weights)
        pairs = self._chance.sample(range(len(FIRST_NAMES) * len(LAST_NAMES)), count)
        people = []
        for index, (pair, weight) in enumerate(zip(pairs, weights, strict=True)):
            last, first = divmod(pair, len(FIRST_NAMES))
            people.append(self._hire_one(index, FIRST_NAMES[first], LAST_NAMES[last], weight))
        return sorted(people, key=lambda user: user.object_id)

    def _hire_one(self, index: int, first: str, last: str, weight: float) -> User:
        chance = self._chance
        founding = index < 4 or chance.random() < 0.35
        joined = -chance.randrange(5, 380) if founding else int(chance.random() * SPAN_DAYS * 0.9)
        deleted, left = index % 30 == 5, SPAN_DAYS + 1
        if deleted:
            left = max(joined, 0) + int(chance.uniform(0.3, 0.8) * (SPAN_DAYS - joined))
        joined_ms = self._until_ms - int((SPAN_DAYS - joined + chance.random()) * DAY_MS)
        if index < 2:
            joined_ms = self._until_ms - (1170 + index) * DAY_MS
        object_id = self._ids.at(joined_ms)
        name, local = f"{first} {last}", mail_name(f"{first}.{last}")
        if index % 45 == 6:
            name, local = OTHER_SCRIPTS[index // 45 % len(OTHER_SCRIPTS)]
            local += str(index // 45 // len(OTHER_SCRIPTS) or "")
        email = f"{local}@{chance.choice(MAIL_DOMAINS)}"
        refills = chance.random() < 0.4
        if not deleted:
            self._write_user(index, object_id, joined_ms, name, email)
            self._write_balance(object_id, joined_ms, refills=refills)
        return User(
            object_id=object_id,
            hex_id=str(object_id),
            joined=joined,
            left=left,
            weight=weight,
            night_owl=index % 16 == 3,
            taste=chance.randrange(len(TASTES)),
            azure=email.endswith("plant.example"),
            agents=tuple(chance.pick(AGENT_WEIGHTS) for _ in range(4)),
            keeps_chats=not deleted or index % 60 == 5,
            refill_due_ms=self._until_ms - chance.uniform(0, SPAN_DAYS) * DAY_MS if refills else math.inf,
        )

    def _write_user(self, index: int, object_id: ObjectId, joined_ms: int, name: str, email: str) -> None:
        chance = self._chance
        provider = chance.choice(SIGN_IN_PROVIDERS)
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
            "createdAt": moment(joined_ms),
            "updatedAt": moment(self._until_ms - chance.randrange(DAY_MS)),
            "__v": 0,
        }
        if index % 25 in {7, 9}:
            del document["name"]
        if provider == "local":
            document["password"] = f"SECRET-PASSWORD-{chance.getrandbits(128):032x}"
        else:
            document[f"{provider}Id"] = f"{chance.getrandbits(64):016x}"
        if provider == "openid":
            document["idOnTheSource"] = str(UUID(int=self._group_chance.getrandbits(128), version=4))
        self._join_groups(str(object_id), document.get("idOnTheSource"))
        self._collections["users"].write(document)

    def _join_groups(self, user: str, id_in_directory: str | None) -> None:
        """Put a user into a department, into the pilot users, into both or into none."""
        department = self._group_chance.random()
        for name, source, part in _GROUPS:
            if source == "entra":
                # The directory knows only those who sign in through it.
                if 0 <= department < part and id_in_directory is not None:
                    self._members[name].append(id_in_directory)
                department -= part
            elif self._group_chance.random() < part:
                # LibreChat writes a member's id in the directory where there is one.
                self._members[name].append(id_in_directory or user)

    def write_groups(self) -> None:
        """Write the groups and their members."""
        chance = self._group_chance
        ids = ObjectIds(chance)
        for name, source, _ in _GROUPS:
            created_ms = self._until_ms - chance.randrange(30, SPAN_DAYS) * DAY_MS
            document: Document = {
                "_id": ids.at(created_ms),
                "name": name,
                "memberIds": self._members[name],
                "source": source,
                "createdAt": moment(created_ms),
                "updatedAt": moment(self._until_ms - chance.randrange(DAY_MS)),
                "__v": 0,
            }
            if source == "entra":
                document["idOnTheSource"] = str(UUID(int=chance.getrandbits(128), version=4))
            self._collections["groups"].write(document)

    def _write_balance(self, user: ObjectId, joined_ms: int, *, refills: bool) -> None:
        balance: Document = {
            "_id": self._ids.at(joined_ms + 40),
            "user": user,
            "tokenCredits": round(self._chance.uniform(0, REFILL_CREDITS) * 4) / 4,
            "autoRefillEnabled": refills,
            "refillIntervalValue": 30,
            "refillIntervalUnit": "days",
            "refillAmount": REFILL_CREDITS if refills else 0,
            "lastRefill": moment(self._until_ms - self._chance.randrange(30 * DAY_MS)),
            "__v": 0,
        }
        self._collections["balances"].write(balance)
