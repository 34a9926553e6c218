"""``/api/reports/NAME/preview``: a report by schedule, as a receiver would get it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, request
from werkzeug.exceptions import NotFound

from librechat_analytics.exports.reports import report_message, report_workbook
from librechat_analytics.finops.reports import is_seen, last_report, may_name_people
from librechat_analytics.web.api import file_response
from librechat_analytics.web.parameters import BadParameterError, only_known_once
from librechat_analytics.web.server import conditional, present_visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.questions import Repository

FORMATS: Final = ("html", "text", "xlsx")
PARAMETERS: Final = ("format", "receiver")
NOTHING: Final = "There is no report of this name: the file that FINOPS_FILE names defines reports."


def serve_report_preview(
    server: Flask, repository: Repository, *, definitions: Callable[[], Definitions | None], page: str
) -> None:
    """Answer with reports; ``page``: the address of the dashboard for their links, or empty."""

    @server.get("/api/reports/<path:name>/preview", provide_automatic_options=False)
    def report_preview(name: str) -> Response:
        only_known_once(request.args, PARAMETERS)
        form = request.args.get("format", FORMATS[0])
        if form not in FORMATS:
            raise BadParameterError("format", f"format must be one of {', '.join(FORMATS)}.")
        said, scope = definitions(), present_visitor().scope
        report = next((one for one in said.reports if one.name == name), None) if said else None
        if said is None or report is None or not is_seen(repository, report, scope):
            raise NotFound(NOTHING)
        receiver = request.args.get("receiver")
        if receiver is not None and receiver not in report.to:
            raise BadParameterError("receiver", "receiver must be one that the report goes to.")
        names = may_name_people(said, report, receiver)
        answer = last_report(repository, said, report, scope)
        if form == "xlsx":
            workbook = report_workbook(repository, answer, names=names)
            return file_response(workbook.name.removesuffix(".xlsx"), workbook.content, "xlsx")
        message = report_message(repository, answer, names=names, page=page)
        if form == "text":
            return conditional(Response(message.text, mimetype="text/plain"))
        return conditional(Response(message.html, mimetype="text/html"))
