"""Kept answers: computed once for everybody, within the memory they may take."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from librechat_analytics.answer_cache import kept
from librechat_analytics.answer_cache.kept import KeptAnswers
from tests.support.waiting import wait_until


@pytest.fixture
def answers() -> KeptAnswers:
    return KeptAnswers(Flask(__name__))


def never() -> str:
    raise AssertionError("computed again")


def test_an_answer_is_computed_once(answers: KeptAnswers) -> None:
    assert answers.get(0, "key", lambda: "answer").answer == "answer"
    assert answers.get(0, "key", never).answer == "answer"


def test_none_is_an_answer_too(answers: KeptAnswers) -> None:
    answers.get(0, "key", lambda: None)
    assert answers.get(0, "key", never).is_kept


def test_eight_who_ask_at_the_same_time_wait_for_one_answer(answers: KeptAnswers) -> None:
    asking = 0
    computed = 0

    def compute() -> str:
        nonlocal computed
        computed += 1
        wait_until(lambda: asking == 8)
        return "answer"

    def ask(_: int) -> str:
        nonlocal asking
        asking += 1
        return answers.get(0, "key", compute).answer

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"answer"}
    assert computed == 1


def test_different_answers_do_not_wait_for_each_other(answers: KeptAnswers) -> None:
    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        waits = threads.map(lambda key: answers.get(0, key, lambda: together.wait(120)).answer, "ab")
        assert sorted(waits) == [0, 1]


def test_a_failure_is_not_kept(answers: KeptAnswers) -> None:
    with pytest.raises(AssertionError):
        answers.get(0, "key", never)
    assert answers.get(0, "key", lambda: "answer").answer == "answer"


def test_a_change_to_an_answer_reaches_nobody_else(answers: KeptAnswers) -> None:
    answers.get(0, "key", lambda: ["kept"]).answer.append("changed")
    answers.get(0, "key", lambda: ["other"]).answer.append("changed")
    assert answers.get(0, "key", lambda: ["other"]).answer == ["kept"]


def test_each_edition_has_its_own_answers(answers: KeptAnswers) -> None:
    answers.get(0, "key", lambda: "first")
    assert answers.get(1, "key", lambda: "second").answer == "second"
    answers.drop(0)
    assert answers.get(1, "key", never).answer == "second"


def test_a_dropped_edition_keeps_no_more_answers(answers: KeptAnswers) -> None:
    answers.get(0, "key", lambda: "first")
    answers.drop(0)
    assert not answers.get(0, "key", lambda: "late").is_kept
    assert answers.get(0, "key", lambda: "later").answer == "later"


def test_a_large_answer_is_not_kept(answers: KeptAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGEST_KEPT_BYTES", 100)
    assert answers.get(0, "small", lambda: "a" * 50).is_kept
    assert not answers.get(0, "large", lambda: "a" * 200).is_kept


def test_answers_take_no_more_memory_together_than_they_may(
    answers: KeptAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LARGEST_KEPT_BYTES_TOGETHER", 1_000)
    are_kept = [answers.get(0, str(number), lambda: "a" * 100).is_kept for number in range(20)]
    assert are_kept == sorted(are_kept, reverse=True), "the first ones are kept"
    assert 5 < sum(are_kept) < 10
    assert answers.get(1, "other edition", lambda: "a" * 100).is_kept


def test_the_time_that_an_answer_took_is_measured() -> None:
    now = iter([3.0, 5.5])
    answers = KeptAnswers(Flask(__name__), seconds=lambda: next(now))
    assert answers.get(0, "key", lambda: "answer").seconds == 2.5
    assert answers.get(0, "key", never).seconds == 0
