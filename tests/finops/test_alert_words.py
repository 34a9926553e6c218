"""Alerts in sentences, and the page that each links to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from librechat_analytics.finops.alert_words import page_of, sentence, title
from tests.finops.alert_worlds import HOUR, MINUTE, USER, alert, budget_facts
from tests.finops.budget_worlds import BERLIN

if TYPE_CHECKING:
    from librechat_analytics.store.outbox_items import Alert, Json

ON_THAT_DAY = {
    "by": ["user"],
    "period": ["custom"],
    "start": ["2026-11-23"],
    "end": ["2026-11-23"],
    "tz": ["Europe/Berlin"],
}
SPIKE: dict[str, Json] = {
    "day": "2026-11-23",
    "kind": "total",
    "subject": None,
    "label": "All usage",
    "expected": 102.0,
    "actual": 412.0,
    "drivers": [
        {"kind": "user", "subject": USER, "excess": 290.0},
        {"kind": "model", "subject": "gpt-5.4", "label": "gpt-5.4", "excess": 12.5},
    ],
    "rest": 7.5,
}
RUNAWAY: dict[str, Json] = {
    "day": "2026-11-24",
    "kind": "user",
    "subject": USER,
    "today": 900.0,
    "greatest": 200.0,
}
SINCE: dict[str, Json] = {"since": "2026-11-24T11:50:00Z", "asOf": None}


@pytest.mark.parametrize(
    ("told_of", "words", "page"),
    [
        (
            alert("budget", budget_facts()),
            "The budget Sales AI has reached 80%: $2,012.50 of $2,500.00 spent in November 2026.",
            {"view": ["budgets"], "budget": ["Sales AI"]},
        ),
        (
            alert("budget", budget_facts(each="user", key=USER)),
            "The budget Sales AI of user Ana has reached 80%: $2,012.50 of $2,500.00 spent in November 2026.",
            {"view": ["budgets"], "budget": ["Sales AI"], "key": [USER]},
        ),
        (
            alert("budget", budget_facts(each="cost_center", key="IT", label="IT")),
            (
                "The budget Sales AI of cost centre IT has reached 80%: $2,012.50 of $2,500.00 spent in"
                " November 2026."
            ),
            {"view": ["budgets"], "budget": ["Sales AI"], "key": ["IT"]},
        ),
        (
            alert("budget-forecast", budget_facts(percent=100)),
            (
                "The budget Sales AI is expected to spend $2,790.40 of $2,500.00 by the end of November 2026,"
                " probably between $2,550.00 and $3,010.50."
            ),
            {"view": ["budgets"], "budget": ["Sales AI"]},
        ),
        (
            alert("anomaly", SPIKE),
            (
                "All usage cost $412.00 on 23 Nov 2026, $310.00 more than expected. Of that: user Ana $290.00"
                " more; model gpt-5.4 $12.50 more."
            ),
            ON_THAT_DAY,
        ),
        (
            alert(
                "anomaly", SPIKE | {"kind": "provider", "subject": "openAI", "label": "openAI", "drivers": []}
            ),
            "Provider openAI cost $412.00 on 23 Nov 2026, $310.00 more than expected.",
            {"provider": ["openAI"]} | ON_THAT_DAY,
        ),
        (
            alert("runaway", RUNAWAY),
            "User Ana cost $900.00 today so far. On no day of the last 56 was it more than $200.00.",
            {"view": ["user"], "user": [USER], "period": ["today"], "tz": ["Europe/Berlin"]},
        ),
        (
            alert("unpriced-model", {"model": "acme-70b", "cost": 12.0}),
            "LibreChat has no price for the model acme-70b and charges its default rate: $12.00 so far.",
            {"view": ["model"], "model": ["acme-70b"], "period": ["30d"]},
        ),
        (
            alert("source-unreachable", SINCE),
            (
                "LibreChat's MongoDB has been unreachable since 24 Nov 2026 12:50 (Europe/Berlin). The"
                " figures stay as they were."
            ),
            {"view": ["quality"]},
        ),
        (
            alert("stale-sync", SINCE),
            (
                "The figures are complete only until 24 Nov 2026 12:50 (Europe/Berlin), although LibreChat's"
                " MongoDB answers."
            ),
            {"view": ["quality"]},
        ),
    ],
    ids=lambda each: getattr(each, "rule", ""),
)
def test_an_alert_says_what_is_so_and_links_to_what_explains_it(
    told_of: Alert, words: str, page: dict[str, list[str]]
) -> None:
    assert sentence(told_of, BERLIN, {USER: "Ana"}.__getitem__) == words
    assert parse_qs(page_of(told_of, BERLIN).removeprefix("?")) == page
    assert title(told_of)


def test_no_name_begins_a_line_of_its_own_or_hides_text() -> None:
    model = "acme\nAll budgets are fine.\x1b[2K\u202eevil"
    told = sentence(alert("unpriced-model", {"model": model, "cost": 12.0}), BERLIN, str)
    assert told.startswith("LibreChat has no price for the model acme All budgets are fine.[2Kevil and")


@pytest.mark.parametrize(
    ("rule", "lasted", "words"),
    [
        (
            "source-unreachable",
            25 * MINUTE,
            "LibreChat's MongoDB answers again. This lasted 35 minutes.",
        ),
        ("stale-sync", 2 * HOUR, "The figures are up to date again. This lasted 2 hours."),
        ("stale-sync", timedelta(seconds=5), "The figures are up to date again. This lasted 10 minutes."),
    ],
)
def test_the_end_of_a_lasting_state_is_told(rule: str, lasted: timedelta, words: str) -> None:
    over = alert(rule, SINCE, resolved_after=lasted)
    assert sentence(over, BERLIN, str, "resolved") == words
    assert title(over, "resolved") != title(over)
