"""``/api/audit``: how the last audits ended, and a way to start one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from werkzeug.exceptions import Conflict, Forbidden

from librechat_analytics.web.body import json_response
from librechat_analytics.web.status_bodies import AuditState

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from librechat_analytics.usage.questions import Repository


def serve_audit(server: Flask, repository: Repository, begin: Callable[[], object] | None) -> None:
    """Answer how audits are doing; POST starts one that compares every id, where ``begin`` is given."""

    @server.route("/api/audit", methods=["GET", "POST"], provide_automatic_options=False)
    def audit() -> Response:
        if g.visitor.scope is not None:
            raise Forbidden("This key may see only some users; an audit is about all of them.")
        if request.method == "POST":
            if begin is None:
                raise Conflict("There is nothing to compare with: MONGO_URI is not set.")
            begin()
        return json_response(AuditState.of(repository.freshness()), 202 if request.method == "POST" else 200)
