"""``/api/audit``: how the audits of LibreChat's ledger ended, and the way to begin one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from werkzeug.exceptions import Conflict, Forbidden

from librechat_analytics.web.bodies import audit_state, json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from librechat_analytics.usage.questions import Repository


def serve_audit(server: Flask, repository: Repository, begin: Callable[[], None] | None) -> None:
    """Answer how audits are doing; POST begins one that compares every single id, where ``begin`` can."""

    @server.route("/api/audit", methods=["GET", "POST"], provide_automatic_options=False)
    def audit() -> Response:
        if g.visitor.scope is not None:
            raise Forbidden("This key may see some users only; an audit is about all of them.")
        if request.method == "POST":
            if begin is None:
                raise Conflict("There is nothing to compare with: MONGO_URI is not set.")
            begin()
        return json_response(audit_state(repository.freshness()), 202 if request.method == "POST" else 200)
