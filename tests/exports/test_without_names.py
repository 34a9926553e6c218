"""What receivers get who may not know the names of people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from librechat_analytics.exports.without_names import without_names
from librechat_analytics.finops.anomalies import Anomaly, Driver

if TYPE_CHECKING:
    from librechat_analytics.finops.anomalies import AnomalyKind

DAY = date(2026, 11, 20)


def anomaly(kind: AnomalyKind, subject: str | None, label: str, *drivers: Driver) -> Anomaly:
    return Anomaly(DAY, kind, subject, label, 1.0, 9.0, 8.0, drivers, 0.0)


def test_anomalies_name_users_by_their_ids() -> None:
    ann, model = Driver("user", "u1", "Ann", 8.0), Driver("model", "opus", "opus", 8.0)
    nobody = Driver("user", None, "(none)", 1.0)
    found = without_names((anomaly("total", None, "Total", ann, nobody), anomaly("user", "u1", "Ann", model)))
    assert [one.label for one in found] == ["Total", "u1"]
    assert [driver.label for one in found for driver in one.drivers] == ["u1", "(none)", "opus"]
