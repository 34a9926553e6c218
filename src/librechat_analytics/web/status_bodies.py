"""The bodies of health checks, audits and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from librechat_analytics.usage.answers import AuditKind
from librechat_analytics.web.body import Body, Count, Instant, Share

if TYPE_CHECKING:
    from typing import Self

    from librechat_analytics.usage.answers import Freshness


class AuditRunning(Body):
    """An audit that is running."""

    kind: AuditKind
    progress: Share


class Audit(Body):
    """How an audit ended."""

    kind: AuditKind
    """`counts`: ranges of ids were compared by their counts, and single ids where the counts differed. \
`ids`: every id was compared."""
    started_at: Instant
    ended_at: Instant
    documents: Count
    """Transactions in LibreChat's database."""
    added: Count
    """Transactions that were missing in the store and that the audit added."""
    gone: Count
    """Transactions that LibreChat is known to have deleted; they still count here."""


class AuditState(Body):
    """The audit that is running, if any, and how the last one of each kind ended, latest first."""

    running: AuditRunning | None
    audits: tuple[Audit, ...]

    @classmethod
    def of(cls, freshness: Freshness) -> Self:
        """Make the body from what the repository says about audits."""
        running = None
        if freshness.audit_kind is not None:
            running = {"kind": freshness.audit_kind, "progress": freshness.audit_progress or 0.0}
        return cls.model_validate({"running": running, "audits": freshness.audits})


class Refusal(Body):
    """Why a request was refused or failed."""

    error: str
    """One sentence that says what to do."""


class RefusedParameter(Refusal):
    """Why a parameter was refused."""

    parameter: str
    """Name of the parameter."""


class Health(Body):
    """Whether the server can answer with figures; with `STORE_URL`, whether it answers at all."""

    status: Literal["ok", "unavailable"]


Readiness = Literal["ready", "importing", "unreachable", "unavailable"]


class Ready(Body):
    """Whether there are figures, and if not yet, why."""

    status: Readiness
    """`importing`: the first read has not brought anything yet. `unreachable`: the first read cannot begin, \
because MongoDB does not answer; once anything was read, the status stays `ready`. `unavailable`: the store \
cannot be read."""
