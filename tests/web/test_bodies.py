"""A body is written as promised, or not at all."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from librechat_analytics.web.answer_bodies import Figures, Point
from librechat_analytics.web.list_bodies import ModelCost

POINT: dict[str, Any] = {
    "start": datetime(2026, 10, 25, 2, tzinfo=ZoneInfo("Europe/Berlin")),
    "end": datetime(2026, 10, 25, 2, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    "partial": False,
    "cost_usd": 0.5,
    "prompt_tokens": 1,
    "completion_tokens": 2,
    "total_tokens": 3,
    "calls": 1,
    "active_users": 1,
    "conversations": 1,
}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_an_undefined_number_is_an_error_and_never_written(number: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        ModelCost(model=None, cost_usd=number)


@pytest.mark.parametrize("wrong", [{"calls": 1.0}, {"calls": "1"}, {"calls": True}, {"cost_usd": "0.5"}])
def test_a_value_of_another_type_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Point.model_validate(POINT | wrong)


def test_a_missing_figure_is_an_error() -> None:
    with pytest.raises(ValidationError, match="cost_usd"):
        Point.model_validate({name: value for name, value in POINT.items() if name != "cost_usd"})


def test_sums_beyond_64_bits_keep_their_digits() -> None:
    tokens = 2**70 + 1
    names = set(Figures.model_fields) - {"cost_usd"}
    body = json.loads(Figures(cost_usd=0.1, **dict.fromkeys(names, tokens)).model_dump_json())
    assert body["promptTokens"] == body["totalTokens"] == tokens


@pytest.mark.parametrize("cost", [1e-12, 0.1 + 0.2, 1e22, 5e-324, 123456.789])
def test_money_is_read_as_it_was_written(cost: float) -> None:
    assert json.loads(ModelCost(model=None, cost_usd=cost).model_dump_json())["cost"] == cost


def test_both_hours_of_an_autumn_night_have_offsets_of_their_own() -> None:
    body = json.loads(Point.model_validate(POINT).model_dump_json())
    assert body["start"] == "2026-10-25T02:00:00+02:00"
    assert body["end"] == "2026-10-25T02:00:00+01:00"


def test_midnight_in_utc_carries_an_offset_like_any_other() -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    body = json.loads(Point.model_validate(POINT | {"start": midnight}).model_dump_json())
    assert body["start"] == "2026-03-01T00:00:00+00:00"
