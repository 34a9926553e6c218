"""Periods that cannot be used, in words for readers, who know no parameters of the API."""

from __future__ import annotations

from typing import get_args

import pytest

from librechat_analytics.dashboard.words.period_words import period_sentence
from librechat_analytics.usage.periods import BadPeriodError, Fault


def test_a_missing_date_is_asked_for() -> None:
    assert period_sentence(BadPeriodError("missing", "start")) == "Choose a start date."
    assert period_sentence(BadPeriodError("missing", "end")) == "Choose an end date."


def test_an_end_at_the_start_is_not_called_earlier() -> None:
    sentence = period_sentence(BadPeriodError("end not after start", "end"))
    assert sentence == "The end of the period must be after its start."


@pytest.mark.parametrize("fault", get_args(Fault))
@pytest.mark.parametrize("parameter", ["start", "end"])
def test_every_fault_has_whole_sentences_without_parameters(fault: Fault, parameter: str) -> None:
    sentence = period_sentence(BadPeriodError(fault, parameter, unit="hour"))
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not {"=", "{", "None", "bucket"} & {*sentence, *sentence.split()}
