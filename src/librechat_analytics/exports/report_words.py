"""What a report says, in words; people are named only where their receiver may know names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from librechat_analytics.exports.filter_words import RecordedNames, filters_in_words
from librechat_analytics.exports.report_document import Bar, Document, Line, Section
from librechat_analytics.finops.alert_words import WITH_A_PAGE
from librechat_analytics.finops.currency import in_words
from librechat_analytics.formatting import (
    SHORT_WEEKDAYS,
    change,
    counted,
    model_label,
    money,
    plain_text,
    share,
    thing_word,
    user_label,
)
from librechat_analytics.usage.cost_center_rules import UNASSIGNED
from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.list_answers import Compared
from librechat_analytics.usage.period_words import day_in_words, describe_before, period_in_words
from librechat_analytics.usage.periods import TimeRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from librechat_analytics.exports.report_document import Tone
    from librechat_analytics.finops.anomalies import Anomaly, Driver
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.reports import BudgetLine, ReportAnswer
    from librechat_analytics.usage.list_answers import UserRow
    from librechat_analytics.usage.questions import Repository

NEGLIGIBLE = 0.01
"""A report says nothing about doubt below this share of the cost."""


class Listed(Compared, Protocol):
    """A row of a list with its share of the cost."""

    @property
    def share(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes an answer in words; ``names``: whether it may name people."""

    repository: Repository
    answer: ReportAnswer
    names: bool

    def document(self) -> Document:
        """Write the whole report."""
        answer = self.answer
        name, title = plain_text(answer.report.name), period_in_words(answer.period)
        cost = money(answer.summary.totals.cost_usd)
        sections = (
            self._expected(),
            self._budgets(),
            self._unusual(),
            self._cost_centers(),
            self._users(),
            self._models(),
            self._doubt(),
        )
        return Document(
            name=name,
            subject=f"{name}: {title}, {cost}",
            title=title,
            about=self._about(),
            figure=cost,
            notes=tuple(self._notes()),
            sections=tuple(section for section in sections if section is not None),
            closing=tuple(self._closing()),
            address=self._address("overview", {}),
        )

    def _about(self) -> str:
        names = RecordedNames(self.repository, self.answer.filters, people=self.names)
        return filters_in_words(self.answer.report.where, names)

    def _notes(self) -> Iterator[str]:
        totals, previous = self.answer.summary.totals, self.answer.summary.previous
        if not totals.calls:
            yield "No usage."
            return
        if self.answer.in_currency is not None:
            yield f"{in_words(self.answer.in_currency)}."
        if previous is not None:
            compared = change(totals.cost_usd, previous.cost_usd)
            before = describe_before(self.answer.period)
            if compared.direction == "new":
                yield f"Nothing was spent before ({before})."
            elif compared.text:
                words = "As much as" if compared.direction == "same" else f"{_capital(compared.text)} than"
                yield f"{words} before ({money(previous.cost_usd)}, {before})."
        if totals.active_users:
            each = money(totals.cost_usd / totals.active_users)
            calls, users = counted(totals.calls, "call"), counted(totals.active_users, "user")
            yield f"{calls} by {users}, {each} per user."

    def _expected(self) -> Section | None:
        """Say what the running month is expected to cost; nothing where it is too early."""
        found = self.answer.forecast
        if found.expected_usd is None:
            return None
        whole = TimeRange(self.answer.month.range.start, found.end)
        month = period_in_words(replace(self.answer.month, name="custom", range=whole))
        likely = f"{money(found.low_usd)} to {money(found.high_usd)} in {found.level * 10:.0f} of 10 cases"
        lines = (Line("So far", money(found.actual_usd)), Line("Expected", money(found.expected_usd), likely))
        return Section(month, lines)

    def _budgets(self) -> Section | None:
        bars = tuple(bar for line in self.answer.budgets for bar in self._bars(line))
        return Section("Budgets", bars=bars) if bars else None

    def _bars(self, line: BudgetLine) -> Iterator[Bar]:
        if line.budget.each is None:
            for state in line.states:
                yield self._bar(line.budget.name, state)
            return
        over = [state for state in line.states if state.status == "over"]
        highest = max(line.states, key=lambda state: state.used_share or 0.0)
        is_named = self.names or line.budget.each != "user"
        whose = f"{highest.label}, " if is_named and highest.label else ""
        yield Bar(
            label=line.budget.name,
            share=highest.used_share or 0.0,
            figure=f"{len(over):,} of {counted(len(line.states), thing_word(line.budget.each))} over",
            note=f"Highest: {whose}{share(highest.used_share)} of {money(highest.available_usd)}"
            f" {_of_period(highest)}",
            tone="over" if over else "calm",
            address=_query({"view": "budgets", "budget": line.budget.name}),
        )

    def _bar(self, label: str, state: BudgetState) -> Bar:
        used = state.used_share
        return Bar(
            label=label,
            share=1.0 if used is None else used,
            figure=f"{money(state.actual_usd)} of {money(state.available_usd)}",
            note=_note_of(state),
            tone=TONES[state.status],
            address=_query({"view": "budgets", "budget": label}),
        )

    def _unusual(self) -> Section | None:
        lines = tuple(self._anomaly(entry.anomaly) for entry in self.answer.unusual.entries)
        return Section("Unusual days", lines) if lines else None

    def _anomaly(self, anomaly: Anomaly) -> Line:
        driver = next(iter(anomaly.drivers), None)
        note = f"Expected: {money(anomaly.expected_usd)}"
        if driver is not None:
            note = _joined(note, f"{money(driver.excess_usd)} of it: {self._label_of(driver)}")
        day = f"{SHORT_WEEKDAYS[anomaly.day.weekday()]} {day_in_words(anomaly.day, with_year=False)}"
        return Line(
            label=f"{day}, {self._label_of(anomaly)}",
            figure=money(anomaly.actual_usd),
            note=note,
            address=self._address(*_page_of(anomaly), first=anomaly.day, last=anomaly.day),
        )

    def _label_of(self, one: Anomaly | Driver) -> str:
        if one.kind == "total":
            return "all usage"
        if one.kind == "user" and not self.names and one.subject is not None:
            return one.subject
        return one.label

    def _cost_centers(self) -> Section | None:
        """List what nobody pays for first, then the cost centres with the highest cost."""
        found = self.answer.cost_centers
        if found is None:
            return None
        lines = [
            self._line(row, row.name, "overview", {"cost_center": row.name})
            for row in found.rows
            if row.cost_usd
        ]
        title = f"Top {len(lines)} of {counted(found.total, 'cost centre')}"
        if found.unassigned.cost_usd:
            lines.insert(
                0, self._line(found.unassigned, "Unassigned", "overview", {"cost_center": UNASSIGNED})
            )
        return Section(title if found.total > len(lines) else "Cost centres", tuple(lines)) if lines else None

    def _users(self) -> Section | None:
        ranking = self.answer.users
        lines = tuple(self._user(row) for row in ranking.rows if row.cost_usd)
        title = f"Top {len(lines)} of {counted(ranking.total, 'user')}"
        return Section(title, lines) if len(lines) > 1 else None

    def _user(self, row: UserRow) -> Line:
        label = user_label(row.name, row.email, row.id, deleted=row.deleted)
        if not self.names and row.id is not None:
            label = row.id
        return self._line(row, label, "user", {"user": row.id or NONE})

    def _models(self) -> Section | None:
        ranking = self.answer.models
        lines = tuple(
            self._line(row, model_label(row.model), "model", {"model": row.model or NONE})
            for row in ranking.rows
            if row.cost_usd
        )
        title = f"Top {len(lines)} of {counted(ranking.total, 'model')}"
        return Section(title, lines) if lines else None

    def _line(self, row: Listed, label: str, view: str, subject: Mapping[str, str]) -> Line:
        compared = change(row.cost_usd, row.previous_cost_usd)
        note = _joined(share(row.share), compared.text)
        return Line(label, money(row.cost_usd), note, self._address(view, subject))

    def _doubt(self) -> Section | None:
        summary, sentences = self.answer.summary, []
        uncertain_usd = summary.quality.uncertain_cost_usd
        if summary.totals.cost_usd > 0 and uncertain_usd >= NEGLIGIBLE * summary.totals.cost_usd:
            part = share(min(uncertain_usd / summary.totals.cost_usd, 1.0))
            sentences.append(
                f"{money(uncertain_usd)} ({part}) is an estimate: LibreChat had no price of its own for it."
            )
        if not self.answer.is_complete:
            sentences.append("Usage is missing: the figures do not reach the end of the period yet.")
        return Section("What is uncertain", sentences=tuple(sentences)) if sentences else None

    def _closing(self) -> Iterator[str]:
        answer, zone = self.answer, self.answer.period.zone
        for day in answer.skipped:
            yield f"The report of {day_in_words(day)} was not sent, because the program was not running."
        if answer.freshness.as_of is not None:
            as_of = answer.freshness.as_of.astimezone(zone)
            yield f"As of {day_in_words(as_of)}, {as_of:%H:%M} ({zone.key}). Recorded cost in US dollars."

    def _address(
        self, view: str, subject: Mapping[str, str], first: date | None = None, last: date | None = None
    ) -> str:
        """Return the query string of a page with the same period, or with some days, and the same filters."""
        period = self.answer.period
        whole = period.range.days(period.zone)
        days = {"start": f"{first or whole[0]}", "end": f"{last or whole[1]}", "tz": period.zone.key}
        filters = self.answer.report.where.given()
        return _query({"view": view, "period": "custom"} | days | filters | dict(subject))


TONES: dict[str, Tone] = {"ok": "calm", "warned": "warned", "likely-over": "warned", "over": "over"}


def _query(parameters: Mapping[str, str | tuple[str, ...]]) -> str:
    return f"?{urlencode(parameters, doseq=True)}"


def _page_of(anomaly: Anomaly) -> tuple[str, dict[str, str]]:
    """Return the view that explains an anomaly, and whose it is."""
    if anomaly.kind == "total" or anomaly.subject is None:
        return "overview", {}
    return (anomaly.kind if anomaly.kind in WITH_A_PAGE else "overview"), {anomaly.kind: anomaly.subject}


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _note_of(state: BudgetState) -> str:
    """Say what is most serious about a budget, else how much of it is spent by now."""
    if state.status == "over":
        since = state.runs_out_at
        over = f"Over since {day_in_words(since.astimezone(state.period.zone))}" if since else "Over"
        return _joined(over, _name_of(state))
    spent = f"{share(state.used_share)} spent {_of_period(state)}"
    if state.forecast is None:
        return spent
    expected = f"{money(state.forecast.expected_usd)} expected"
    return _joined("Likely over" if state.status == "likely-over" else "", spent, expected)


def _of_period(state: BudgetState) -> str:
    """Say how much of a budget's period is over, and name it."""
    over = "in" if state.elapsed_share >= 1 else f"after {share(state.elapsed_share)} of"
    return f"{over} {_name_of(state)}"


def _name_of(state: BudgetState) -> str:
    return period_in_words(replace(state.period, name="custom"))
