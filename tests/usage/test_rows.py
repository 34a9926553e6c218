"""Rows of answers, built from the columns of a query."""

from __future__ import annotations

import re

import pytest

from librechat_analytics.usage.list_answers import ModelCost
from librechat_analytics.usage.rows import answer_row


def test_money_is_in_dollars() -> None:
    assert answer_row(ModelCost, {"model": "gpt-5.4", "cost_e6": 5 * 10**11}) == ModelCost("gpt-5.4", 0.5)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"cost_e6": 1}, "ModelCost.model is not computed, and the query selects no column 'model'"),
        ({"model": None, "cost": 1}, "selects no column 'cost_e6': it has model, cost"),
    ],
)
def test_a_column_that_the_query_lacks_is_named(row: dict[str, object], says: str) -> None:
    with pytest.raises(TypeError, match=re.escape(says)):
        answer_row(ModelCost, row)
