"""Unusual days: what the list says and where it leads, and the dots on the chart over time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from librechat_analytics.dashboard.charts.colours import CLEAR, ORANGE
from librechat_analytics.dashboard.panels import anomalies, over_time
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.finops.anomalies import Anomaly, Driver
from librechat_analytics.usage.filters import Filters
from librechat_analytics.usage.usual import Usual
from tests.dashboard.ready_answers import USER_ID, page_data, query, texts

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData

DAY = date(2026, 11, 20)
ADAS, NOBODYS, BOBS = (
    Driver("user", USER_ID, "Ada", 30.0),
    Driver("user", None, "(none)", 7.0),
    Driver("user", "u2", "Bob", 0.5),
)
TOTAL = Anomaly(DAY, "total", None, "Total", 4.0, 44.25, 40.25, (ADAS, NOBODYS, BOBS), 2.75)
ADA = Anomaly(DAY, "user", USER_ID, "Ada", 1.0, 40.0, 39.0, (Driver("model", "opus", "opus", 39.0),), 0.0)
OPUS = replace(ADA, kind="model", subject="opus", label="opus", drivers=())


def shown(*found: Anomaly, **answers: Any) -> tuple[bool, dict[str, Any]]:
    data = page_data(query(), anomalies_since=found, **answers)
    (hidden, error), stored = answer_panels([anomalies.PANEL], data)
    assert error is None
    return bool(hidden), stored


def chart(data: PageData) -> Any:
    return answer_panels([over_time.PANEL], data)[1]["over-time-chart"]


def marks(*found: Anomaly, **answers: Any) -> Any:
    return chart(page_data(query(), anomalies_since=found, **answers))["data"][-1]


def links(markup: Any) -> list[str]:
    """The addresses in some markup, in order."""
    if isinstance(markup, str):
        return []
    if isinstance(markup, dict):
        return [markup["href"]] if "href" in markup else []
    return [address for part in markup for address in links(part)]


def written(markup: Any) -> str:
    """The text as a reader sees it, without the spaces that ``texts`` puts between elements."""
    return re.sub(r" +([,.:])", r"\1", re.sub(r" +", " ", texts(markup)))


def test_without_anomalies_there_is_no_panel() -> None:
    assert shown()[0]
    assert not shown(TOTAL)[0]


def test_an_entry_says_what_a_day_cost_and_what_made_up_the_difference() -> None:
    _, stored = shown(TOTAL, replace(ADA, day=DAY - timedelta(days=3)))
    first, second = stored["anomalies-list"]
    assert written(first) == (
        "20 Nov $44.25 in all instead of $4.00: Ada +$30.00, Unknown user +$7.00, all others +$3.25."
    )
    assert written(second) == "17 Nov, Ada $40.00 instead of $1.00: opus +$39.00."


def test_where_many_share_the_difference_nobody_is_named() -> None:
    _, stored = shown(replace(OPUS, drivers=(BOBS,)))
    assert written(stored["anomalies-list"][0]) == (
        "20 Nov, opus $40.00 instead of $1.00: no user stands out."
    )


def test_what_is_a_part_of_another_anomaly_is_named_below_it() -> None:
    _, stored = shown(TOTAL, ADA, OPUS)
    (entry,) = stored["anomalies-list"]
    # Ada is named already, as what made up most of the difference.
    assert written(entry).endswith("all others +$3.25. Also unusual: opus.")


def test_each_name_leads_to_the_reasons_or_to_its_page_on_that_day() -> None:
    _, stored = shown(TOTAL, ADA, OPUS)
    day = "period=custom&start=2026-11-20&end=2026-11-20"
    assert links(stored["anomalies-list"]) == [
        f"?view=overview&{day}&by=user",
        f"?view=user&{day}&user={USER_ID}",
        f"?view=user&{day}&user=%28none%29",
        f"?view=overview&{day}&model=opus&by=user",
    ]


def test_what_a_filter_shows_alone_is_not_named_beside_the_total() -> None:
    asked = query(filters=Filters.of({"user": (USER_ID,)}))
    data = page_data(asked, anomalies_since=(TOTAL, ADA))
    assert [one.kind for one in data.anomalies] == ["total"]


def test_the_newest_six_are_listed_and_the_file_has_all() -> None:
    many = [replace(ADA, day=DAY - timedelta(days=8 * number)) for number in range(9)]
    _, stored = shown(*many)
    assert len(stored["anomalies-list"]) == 6
    assert texts(stored["anomalies-rest"]) == "The CSV has 3 more. "
    assert len(anomalies.csv(page_data(query(), anomalies_since=many)).rows) == 9


def test_a_day_with_anomalies_has_a_dot_that_says_which() -> None:
    found = marks(TOTAL, ADA)
    assert (found["x"], found["marker"]["color"]) == (["Fri 20 Nov 2026"], [ORANGE])
    assert found["customdata"] == [[("$40.25 more than expected, Ada +$30.00", "")]]


def test_dots_are_beside_what_is_usual() -> None:
    known = (None,) * 7 + (Usual(0.5, 1.0, 1.5, 20.0, 25.0, 0.1),)
    found = marks(ADA, usual=known)
    assert found["marker"]["color"] == [ORANGE, CLEAR]
    assert found["customdata"][1][0][0] == "Usual"


def test_a_dot_of_an_anomaly_does_not_look_like_one_beside_the_band() -> None:
    known = (None,) * 7 + (Usual(0.01, 0.02, 0.03, 0.04, 0.05, 0.1),)
    found = marks(ADA, usual=known)["marker"]
    assert found["color"] == [ORANGE, ORANGE]
    assert sorted(found["symbol"]) == ["circle", "circle-open-dot"]
    _, stored = answer_panels([over_time.PANEL], page_data(query(), anomalies_since=(ADA,)))
    assert "Unusual day" in texts(stored["over-time-legend"])


def test_only_cost_by_day_has_dots() -> None:
    for asked in (query(measure="tokens"), query(split="model")):
        figure = chart(page_data(asked, anomalies_since=(TOTAL,)))
        assert ORANGE not in [
            trace["marker"].get("color") for trace in figure["data"] if trace.get("mode") == "markers"
        ]
