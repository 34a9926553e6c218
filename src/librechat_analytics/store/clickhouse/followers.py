"""The signs of life of followers: how the source is doing, and which follower is at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from librechat_analytics.store.clickhouse.connection import Connection

ALIVE_SECONDS = 60
"""A follower that has not reported for so long is taken for dead."""

QUICK: Final[Mapping[str, object]] = {"async_insert": 0}


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a follower reports.

    ``at`` is the time of ClickHouse's clock when it was written, whatever the writer gives. The progress is
    from 0 to 1.
    """

    follower: str
    at: datetime
    source_status: str
    progress: float | None
    is_foreign: bool
    audit_kind: str | None
    audit_progress: float | None
    program_version: str


def write_heartbeat(connection: Connection, heartbeat: Heartbeat) -> None:
    """Write a sign of life; raises StoreError if it cannot be written."""
    connection.command(
        "INSERT INTO followers (follower, source_status, progress, is_foreign, audit_kind, audit_progress,"
        " program_version) SELECT {follower:String}, {source_status:String}, {progress:Nullable(Float64)},"
        " {is_foreign:Bool}, {audit_kind:Nullable(String)}, {audit_progress:Nullable(Float64)},"
        " {program_version:String}",
        {
            "follower": heartbeat.follower,
            "source_status": heartbeat.source_status,
            "progress": heartbeat.progress,
            "is_foreign": heartbeat.is_foreign,
            "audit_kind": heartbeat.audit_kind,
            "audit_progress": heartbeat.audit_progress,
            "program_version": heartbeat.program_version,
        },
        settings=QUICK,
    )


def newest_heartbeat(connection: Connection) -> tuple[Heartbeat, timedelta] | None:
    """Return the newest sign of life of any follower, and how old it is; None if there never was one."""
    found = connection.rows(
        "SELECT follower, at, source_status, progress, is_foreign, audit_kind, audit_progress,"
        " program_version, now64(3) AS present FROM followers ORDER BY at DESC LIMIT 1"
    )
    if not found:
        return None
    (values,) = found
    present = values.pop("present")  # by ClickHouse's clock, which has also set the heartbeat's time
    heartbeat = Heartbeat(**values)
    return heartbeat, max(timedelta(0), present - heartbeat.at)


def others_at_work(connection: Connection, follower: str) -> list[str]:
    """Return the followers other than this one that are alive and have not stopped."""
    found = connection.rows(
        "SELECT follower FROM followers FINAL WHERE follower != {follower:String} AND is_at_work"
        " AND at > now64(3) - toIntervalSecond({alive:UInt32}) ORDER BY follower",
        {"follower": follower, "alive": ALIVE_SECONDS},
    )
    return [row["follower"] for row in found]


def claim(connection: Connection, follower: str, program_version: str) -> None:
    """Say that this follower is at work, before it reports how the source is doing."""
    connection.command(
        "INSERT INTO followers (follower, source_status, program_version)"
        " SELECT {follower:String}, 'importing', {program_version:String}",
        {"follower": follower, "program_version": program_version},
        settings=QUICK,
    )


def withdraw(connection: Connection, follower: str) -> None:
    """Take back the claim of a follower that gives way to another one."""
    connection.command("DELETE FROM followers WHERE follower = {follower:String}", {"follower": follower})


def note_stopped(connection: Connection, follower: str) -> None:
    """Say that a follower has stopped, so that another one need not wait for it."""
    connection.command(
        "INSERT INTO followers SELECT * REPLACE (false AS is_at_work, now64(3) AS at) FROM followers FINAL"
        " WHERE follower = {follower:String}",
        {"follower": follower},
        settings=QUICK,
    )
