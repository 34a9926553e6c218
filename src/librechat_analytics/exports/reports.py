"""Reports by schedule as messages: the same words as HTML and as text, with the workbook of the period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.exports.report_html import as_html
from librechat_analytics.exports.report_text import as_text
from librechat_analytics.exports.report_words import Writer
from librechat_analytics.exports.workbook import whole_workbook
from librechat_analytics.finops.reports import Attachment, ReportMessage
from librechat_analytics.usage.periods import default_bucket

if TYPE_CHECKING:
    from librechat_analytics.finops.reports import ReportAnswer
    from librechat_analytics.usage.questions import Repository


def report_message(repository: Repository, answer: ReportAnswer, *, names: bool, page: str) -> ReportMessage:
    """Write a report; ``names``: it may name people. ``page``: the address of the dashboard, or empty."""
    document = Writer(repository, answer, names).document()
    attachment = report_workbook(repository, answer, names=names) if answer.report.attach == "xlsx" else None
    return ReportMessage(document.subject, as_text(document, page), as_html(document, page), attachment)


def report_workbook(repository: Repository, answer: ReportAnswer, *, names: bool) -> Attachment:
    """Write the workbook of a report's period; without ``names`` it has users' ids alone."""
    period = answer.period
    whole = whole_workbook(
        repository, period, default_bucket(period.range), answer.filters, answer.definitions, names=names
    )
    return Attachment(f"{whole.name}.xlsx", whole.content)
