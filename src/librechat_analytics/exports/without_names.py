"""Answers without the names of people, for receivers that may not know them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from librechat_analytics.finops.anomalies import Anomaly, Driver
from librechat_analytics.finops.budgets import BudgetState
from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.list_answers import Ranking, UserModelRow, UserRow

if TYPE_CHECKING:
    from collections.abc import Iterable

Answer = TypeVar("Answer")
AnomalyOrDriver = TypeVar("AnomalyOrDriver", Anomaly, Driver)


def without_names(answer: Answer) -> Answer:
    """Return an answer with users' ids, and without their names, addresses and groups."""
    if isinstance(answer, Ranking):
        return cast("Answer", replace(answer, rows=tuple(map(_row, answer.rows))))
    if isinstance(answer, tuple):
        return cast("Answer", tuple(map(_row, cast("Iterable[object]", answer))))
    return answer


def _row(row: object) -> object:
    if isinstance(row, UserRow):
        return replace(row, name=None, email=None, groups=())
    if isinstance(row, UserModelRow):
        return replace(row, name=None, email=None)
    if isinstance(row, BudgetState) and row.each == "user":
        return replace(row, label=row.key)
    if isinstance(row, Anomaly):
        drivers = tuple(_without_name(driver) for driver in row.drivers)
        return replace(_without_name(row), drivers=drivers)
    return row


def _without_name(named: AnomalyOrDriver) -> AnomalyOrDriver:
    return replace(named, label=named.subject or NONE) if named.kind == "user" else named
