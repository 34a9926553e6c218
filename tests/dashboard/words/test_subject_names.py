"""What users, models, agents, providers and groups are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard.words.subject_names import subject_name
from librechat_analytics.usage.filters import NONE, UNKNOWN
from librechat_analytics.usage.timeline_answers import SplitPart

if TYPE_CHECKING:
    from librechat_analytics.usage.questions import SplitBy


def name_of(by: SplitBy, key: str | None, name: str | None = None, *, deleted: bool = False) -> str:
    return subject_name(by, key, SplitPart(key or NONE, name, None, deleted, 0.0))


@pytest.mark.parametrize(
    ("by", "key", "name"),
    [
        ("model", NONE, "No model recorded"),
        ("user", NONE, "Unknown user"),
        ("agent", NONE, "Without an agent"),
        ("agent", None, "Without an agent"),
        ("agent", UNKNOWN, "Unknown agent"),
        ("provider", NONE, "Unknown provider"),
        ("group", None, "In no group"),
    ],
)
def test_usage_without_a_subject_has_a_name(by: SplitBy, key: str | None, name: str) -> None:
    assert name_of(by, key) == name


def test_a_subject_has_its_name_else_what_its_key_says() -> None:
    assert name_of("user", "66b0c1d2", "Ada Byron", deleted=True) == "Ada Byron (deleted)"
    assert name_of("user", "66b0c1d2") == "Unnamed user …c1d2"
    assert name_of("group", "66b0c1d2", "Sales") == "Sales"
    assert name_of("group", "66b0c1d2") == "66b0c1d2"
    assert name_of("model", UNKNOWN) == UNKNOWN
    assert name_of("provider", "openAI") == "openAI"
