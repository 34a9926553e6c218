"""Reads users, balances, groups, and agents with the models that their versions ran on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bson import ObjectId

from librechat_analytics.librechat.documents import (
    AGENT_PREFIX,
    LONGEST_LABEL,
    instant,
    integer,
    listed_name,
    number,
    shown_id,
    text,
    user_id,
)
from librechat_analytics.librechat.transactions import millionths

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

USER_PROJECTION = ("name", "username", "email", "role", "idOnTheSource", "tenantId")
ANONYMOUS_USER_PROJECTION = ("role", "idOnTheSource", "tenantId")
BALANCE_PROJECTION = (
    "user",
    "tokenCredits",
    "reservedCredits",
    "mediaDebtCredits",
    "autoRefillEnabled",
    "refillAmount",
    "refillIntervalValue",
    "refillIntervalUnit",
    "lastRefill",
)
GROUP_PROJECTION = ("name", "memberIds")
AGENT_PROJECTION = (
    "id",
    "name",
    "model",
    "provider",
    "createdAt",
    "updatedAt",
    "versions.model",
    "versions.provider",
    "versions.createdAt",
    "versions.updatedAt",
    "tenantId",
)

LARGEST_BALANCE = 10**12
"""In credits: a million dollars, far more than any balance."""

REFILL_UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months")
LONGEST_REFILL_INTERVAL = 10**6
"""In units; far longer than makes sense."""


class UserLabel(NamedTuple):
    """A user's names as LibreChat has them today; ``foreign_id`` is the id in a directory such as Entra."""

    id: str
    name: str | None
    email: str | None
    role: str | None
    foreign_id: str | None
    tenant: str | None = None


class Balance(NamedTuple):
    """A user's credits, in millionths. ``credits_e6`` includes ``reserved_e6``, but not ``debt_e6``.

    If ``refill_enabled``, LibreChat adds ``refill_e6`` when the balance is used up, at most once in
    ``refill_every`` of ``refill_unit``.
    """

    id: str
    user: str
    credits_e6: int
    reserved_e6: int | None
    debt_e6: int | None
    refill_enabled: bool
    refill_e6: int | None
    refill_every: int | None
    refill_unit: str | None
    refilled_at: datetime | None


class Group(NamedTuple):
    """A group of users; ``members`` are users' ids, or their ids in a directory."""

    id: str
    name: str | None
    members: tuple[str, ...]


class AgentVersion(NamedTuple):
    """The model of an agent since an instant."""

    since: datetime
    model: str | None
    provider: str | None

    @property
    def ran(self) -> str | None:
        return _real_model(self.model)


class AgentLabel(NamedTuple):
    """An agent as LibreChat has it today, with its past models, oldest first.

    Its id is unique only within its tenant.
    """

    id: str
    name: str | None
    model: str | None
    provider: str | None
    versions: tuple[AgentVersion, ...]
    tenant: str | None = None

    @property
    def ran(self) -> str | None:
        return _real_model(self.model)


def read_user(document: Mapping[str, Any]) -> UserLabel | None:
    """Read a user; the name is ``name``, else ``username``. None without an id."""
    identity = user_id(document.get("_id"))
    if identity is None:
        return None
    name = _label(document.get("name")) or _label(document.get("username"))
    return UserLabel(
        identity,
        name,
        _label(document.get("email")),
        listed_name(document.get("role")),
        text(document.get("idOnTheSource")),
        listed_name(document.get("tenantId")),
    )


def read_anonymous_user(document: Mapping[str, Any]) -> UserLabel | None:
    """Read a user without the names."""
    user = read_user(document)
    return user and user._replace(name=None, email=None)


def read_balance(document: Mapping[str, Any]) -> Balance | None:
    """Read a balance; None without a user or a readable amount."""
    user, credits_e6 = user_id(document.get("user")), _credits_e6(document.get("tokenCredits"))
    if user is None or credits_e6 is None:
        return None
    every, unit = integer(document.get("refillIntervalValue")), document.get("refillIntervalUnit")
    return Balance(
        shown_id(document.get("_id")),
        user,
        credits_e6,
        _credits_e6(document.get("reservedCredits"), least=0),
        _credits_e6(document.get("mediaDebtCredits"), least=0),
        document.get("autoRefillEnabled") is True,
        _credits_e6(document.get("refillAmount"), least=0),
        every if every is not None and 0 < every <= LONGEST_REFILL_INTERVAL else None,
        unit if unit in REFILL_UNITS else None,
        instant(document.get("lastRefill")),
    )


def read_group(document: Mapping[str, Any]) -> Group | None:
    """Read a group and its members."""
    found, members = document.get("_id"), document.get("memberIds")
    if found is None:
        return None
    # LibreChat's own ids are ObjectIds; a directory's ids may be texts.
    named = listed_name(found)
    identity = named if named is not None and named == found else shown_id(found)
    known = (_member(member) for member in members) if isinstance(members, list) else ()
    return Group(
        identity, _label(document.get("name")), tuple(member for member in known if member is not None)
    )


def read_agent(document: Mapping[str, Any]) -> AgentLabel | None:
    """Read an agent and the models that it ran on; None without an id."""
    identity = listed_name(document.get("id"))
    if identity is None:
        return None
    model, provider = listed_name(document.get("model")), listed_name(document.get("provider"))
    recorded = document.get("versions")
    versions = sorted(
        (
            AgentVersion(since, listed_name(version.get("model")), listed_name(version.get("provider")))
            for version in (recorded if isinstance(recorded, list) else ())
            if isinstance(version, dict)
            and (since := instant(version.get("updatedAt")) or instant(version.get("createdAt")))
        ),
        key=lambda version: version.since,
    )
    tenant = listed_name(document.get("tenantId"))
    return AgentLabel(identity, _label(document.get("name")), model, provider, tuple(versions), tenant)


def _real_model(model: str | None) -> str | None:
    """Return a model; None if an agent's id is in its place."""
    return None if model is None or model.startswith(AGENT_PREFIX) else model


def _member(value: object) -> str | None:
    return str(value) if isinstance(value, ObjectId) else text(value)


def _credits_e6(value: object, *, least: int = -LARGEST_BALANCE) -> int | None:
    amount = number(value)
    return None if amount is None or not least <= amount <= LARGEST_BALANCE else millionths(amount)


def _label(value: object) -> str | None:
    found = text(value)
    return found[:LONGEST_LABEL] if found is not None else None
