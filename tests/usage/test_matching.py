"""What a reader finds by typing: users, agents, models, groups and cost centres of all time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule
from librechat_analytics.usage.filters import Scope
from librechat_analytics.usage.repository import StoreRepository
from tests.support.documents import NOON, object_id, usage, write_dump
from tests.support.examples import examples
from tests.support.imports import fill_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.engines import Engine

NAMES = (
    "José García",
    "Łukasz Østergård",
    "Anna Weiß",
    "Нина Ёлкина",
    "김민준",
    "Hannah Annan",
    "Zoe Joseph",
    None,
)
USERS = {name: ObjectId(f"65010c00c2d3e4f50102{number:04d}") for number, name in enumerate(NAMES)}
GROUP = object_id(NOON, 1)
RULES = CostCenterRules(
    listed=(
        Rule("domain", "ex.example", (("Büro Süd", 100),)),
        Rule("domain", "other.example", (("Büro Nord", 100),)),
    )
)


@pytest.fixture(scope="module")
def found_in(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreRepository]:
    """Users who spent one dollar more each, the last of whom never used LibreChat."""
    folder = tmp_path_factory.mktemp("matching")
    old = NOON - timedelta(days=900)
    write_dump(
        folder / "dump",
        users=[
            {"_id": identity, "name": name, "email": f"person{number}@{'ex' if number else 'other'}.example"}
            for number, (name, identity) in enumerate(USERS.items())
        ],
        groups=[{"_id": GROUP, "name": "Zoologists", "memberIds": [str(one) for one in USERS.values()]}],
        agents=[{"_id": object_id(NOON, 2), "id": "agent_zoo", "name": "Zoo Helper", "model": "gpt-5.4"}],
        transactions=[
            usage(old, number, user=identity, model=f"gpt-{number}", tokenValue=-1_000_000 * (number + 1))
            for number, identity in enumerate([*USERS.values()][:-1])
        ],
    )
    fill_store(folder, now=NOON)
    store = Store(folder / "data")
    with engine.reading(store) as reader:
        yield StoreRepository(
            reader, source=lambda: SourceReport("offline"), clock=lambda: NOON, rules=lambda: RULES
        )
    store.close()


def labels(repository: StoreRepository, text: str, scope: Scope | None = None) -> list[str | None]:
    return [hit.label for hit in repository.find(text, 20, scope)]


@pytest.mark.parametrize(
    "text",
    [
        "josé garcía",
        "JOSE GARCIA",
        "garcía jose",
        "arc",
        "person0@OTHER",
        "Jose\N{COMBINING ACUTE ACCENT}",
        str(USERS["José García"]).upper(),
    ],
)
def test_accents_case_and_the_order_of_words_do_not_matter(found_in: StoreRepository, text: str) -> None:
    assert "José García" in labels(found_in, text)


@pytest.mark.parametrize(
    ("text", "label"),
    [("ostergard", "Łukasz Østergård"), ("weiss", "Anna Weiß"), ("елкина", "Нина Ёлкина"), ("김", "김민준")],
)
def test_letters_that_are_no_accented_ones_are_found_too(
    found_in: StoreRepository, text: str, label: str
) -> None:
    assert labels(found_in, text) == [label]


def test_every_word_must_be_found(found_in: StoreRepository) -> None:
    assert labels(found_in, "jose ostergard") == []


def test_what_begins_with_the_words_comes_first_then_the_highest_cost(found_in: StoreRepository) -> None:
    assert labels(found_in, "jose") == ["Zoe Joseph", "José García"]
    assert labels(found_in, "ann") == ["Hannah Annan", "Anna Weiß"]
    assert labels(found_in, "oo")[:2] == ["Zoologists", "Zoo Helper"]
    assert labels(found_in, "gpt-1")[0] == "gpt-1"


def test_a_hit_says_what_it_is_and_what_it_cost_ever(found_in: StoreRepository) -> None:
    hits = found_in.find("zo", 20)

    assert [(hit.kind, hit.detail, hit.cost_usd) for hit in hits] == [
        ("group", None, 28.0),
        ("user", "person6@ex.example", 7.0),
        ("agent", "gpt-5.4", 0.0),
    ]


def test_who_never_used_librechat_is_found(found_in: StoreRepository) -> None:
    (hit,) = found_in.find("person7", 20)
    assert (hit.id, hit.label, hit.cost_usd) == (str(USERS[None]), None, 0.0)


def test_one_kind_is_found_alone_and_a_limit_is_for_each_kind(found_in: StoreRepository) -> None:
    assert {hit.kind for hit in found_in.find("", 20, kinds=("model",))} == {"model"}
    assert sorted(hit.kind for hit in found_in.find("", 1)) == [
        *("agent", "cost_center", "group", "model", "user"),
    ]


def test_a_scope_finds_only_what_its_users_are_and_have_used(found_in: StoreRepository) -> None:
    assert labels(found_in, "", Scope(("other.example",), ())) == ["gpt-0", "José García", "Büro Nord"]


def test_only_the_first_twenty_different_words_count(found_in: StoreRepository) -> None:
    twenty = ["JOSE", *("garcia"[start:end] for start in range(6) for end in range(start + 1, 7))][:20]

    assert labels(found_in, " ".join([*twenty, "nobody"])) == ["José García"]
    assert labels(found_in, "jose " * 20 + "nobody") == []


# Letters of several scripts, with and without accents, and marks that stand alone.
LETTERS = "aàâäåæbcçdđeéfgğhiİjkłmnñoøœrsßtuüvxyzžЁжйяΣςάωآبגדकि김민田ｶガ\u0131\u0301\u0308 '-"


@given(st.text(st.sampled_from(LETTERS), min_size=1, max_size=12), st.data())
@settings(max_examples=examples(30))
def test_a_name_matches_each_part_of_itself(
    found_in: StoreRepository, name: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    part = data.draw(st.sampled_from([name, name.upper(), name.lower(), name[start:].split("\u0301")[0]]))
    with found_in._store.snapshot() as snapshot:
        (row,) = snapshot.rows(
            "SELECT hasWords(fold($name), [fold($part)]) AS found", {"name": name, "part": part}
        )
    assert row["found"]


def test_cost_centers_are_found_by_parts_of_their_names_without_their_cost(
    found_in: StoreRepository,
) -> None:
    def found(text: str, scope: Scope | None = None) -> list[tuple[str | None, float | None]]:
        return [(hit.id, hit.cost_usd) for hit in found_in.find(text, 20, scope, ("cost_center",))]

    assert found("buro") == [("Büro Nord", None), ("Büro Süd", None)]
    assert found("SUD buro") == [("Büro Süd", None)]
    assert found("west") == []
    assert found("", Scope(("other.example",), ())) == [("Büro Nord", None)]
    assert len(found_in.find("", 1, kinds=("cost_center",))) == 1
