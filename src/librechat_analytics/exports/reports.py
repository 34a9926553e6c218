"""Reports by schedule as messages: the same words as HTML and as text, with the workbook of the period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.exports.report_html import as_html
from librechat_analytics.exports.report_text import as_text
from librechat_analytics.exports.report_words import Writer
from librechat_analytics.exports.workbook import whole_workbook
from librechat_analytics.finops.messages import Attachment, Message
from librechat_analytics.finops.reports import report_answer
from librechat_analytics.usage.periods import default_bucket

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Definitions, Receiver
    from librechat_analytics.finops.due_reports import DueReport
    from librechat_analytics.finops.reports import ReportAnswer
    from librechat_analytics.usage.questions import Repository


def report_message(repository: Repository, answer: ReportAnswer, *, names: bool, page: str) -> Message:
    """Write a report; ``names``: it may name people. ``page``: the address of the dashboard, or empty."""
    document = Writer(repository, answer, names).document()
    has_workbook = answer.report.attach == "xlsx"
    attached = (report_workbook(repository, answer, names=names),) if has_workbook else ()
    return Message(document.subject, as_text(document, page), as_html(document, page), attached)


def report_workbook(repository: Repository, answer: ReportAnswer, *, names: bool) -> Attachment:
    """Write the workbook of a report's period; without ``names`` it has users' ids alone."""
    period = answer.period
    whole = whole_workbook(
        repository, period, default_bucket(period.range), answer.filters, answer.definitions, names=names
    )
    return Attachment(f"{whole.name}.xlsx", whole.content)


def due_message(
    repository: Repository, definitions: Definitions | None, due: DueReport, receiver: Receiver, page: str
) -> Message:
    """Write a report of the outbox for one of its receivers."""
    report = next((one for one in definitions.reports if one.name == due.name), None) if definitions else None
    if definitions is None or report is None:
        return Message(due.name, f"The definitions file has no report {due.name} any more.")
    answer = report_answer(repository, definitions, report, due.day, due.skipped)
    return report_message(repository, answer, names=receiver.names, page=page)
