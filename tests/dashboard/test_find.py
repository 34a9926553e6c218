"""The find box: what the server answers, and that nothing in a question makes it fail."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.dashboard.find import (
    LONGEST_TEXT,
    MOST_OF_ALL_KINDS,
    MOST_OF_ONE_KIND,
    answer_find,
    hit_data,
)
from librechat_analytics.usage.filters import Scope
from librechat_analytics.usage.matching import KINDS, Hit, Kind

SCOPE = Scope(("example.org",), ())


class Finder:
    """A repository that finds one user, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def find(self, *asked: object) -> tuple[Hit, ...]:
        self.asked.append(asked)
        return (hit("user", "6f", "Ada Byron", "ada@example.org"),)


def hit(kind: Kind, key: str, label: str | None, detail: str | None = None, *, deleted: bool = False) -> Hit:
    return Hit(kind, key, label, detail, deleted, 12.345)


def answer(asked: object, finder: Finder | None = None) -> Any:
    return answer_find(finder or Finder(), asked, SCOPE)  # type: ignore[arg-type]


def test_an_answer_has_the_number_of_its_question_and_what_was_found_in_words() -> None:
    assert answer({"text": "ada", "kinds": ["user"], "number": 7}) == {
        "number": 7,
        "hits": [
            {"kind": "user", "id": "6f", "label": "Ada Byron", "detail": "ada@example.org", "cost": "$12.35"}
        ],
    }


def test_it_looks_for_the_kinds_that_are_wanted_within_what_the_reader_may_see() -> None:
    finder = Finder()
    answer({"text": "x" * 999, "kinds": list(KINDS)}, finder)
    answer({"text": "", "kinds": ["group", "nothing"]}, finder)

    assert finder.asked == [
        ("x" * LONGEST_TEXT, MOST_OF_ALL_KINDS, SCOPE, KINDS),
        ("", MOST_OF_ONE_KIND, SCOPE, ("group",)),
    ]


def test_each_kind_has_the_name_that_tables_give_it() -> None:
    hits = [
        hit("user", "6f", None, "ada@example.org"),
        hit("user", "6f", "Ada", "ada@example.org", deleted=True),
        hit("model", "gpt-5", "gpt-5", "openAI"),
        hit("group", "1", None),
        hit("cost_center", "Sales", "Sales"),
    ]
    assert [(one["label"], one["detail"]) for one in map(hit_data, hits)] == [
        ("ada@example.org", ""),
        ("Ada (deleted)", "ada@example.org"),
        ("gpt-5", "openAI"),
        ("1", ""),
        ("Sales", ""),
    ]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["user", "\0", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "kinds"]), inner),
    max_leaves=6,
)


@given(ANYTHING)
def test_whatever_a_question_holds_there_is_an_answer(asked: object) -> None:
    finder = Finder()
    assert len(answer(asked, finder)["hits"]) == len(finder.asked) <= 1
    for text, *_ in finder.asked:
        assert isinstance(text, str)
        text.encode()
