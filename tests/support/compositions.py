"""Every text that the query files can become: with each filter, scope, sort order and relation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import pandas as pd

from librechat_analytics.usage import queries
from librechat_analytics.usage.filters import EVERYTHING, FILTER_PARAMETERS, NONE, Filters, Scope
from librechat_analytics.usage.listed_subjects import known_subjects
from librechat_analytics.usage.listing import Sort, sources_of
from librechat_analytics.usage.prices import PriceList
from librechat_analytics.usage.queries import of_all_time, of_period, of_store
from librechat_analytics.usage.questions import ATTRIBUTES, CHANGES_BY
from librechat_analytics.usage.subject_costs import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.usage.queries import Rows, Within
    from librechat_analytics.usage.queries.dialect import Dialect

FOLDER = Path(str(files(queries)))
PATHS = [*FOLDER.glob("*.sql"), *FOLDER.glob("base/*.sql"), *FOLDER.glob("filters/*.sql")]
FILES = {path.relative_to(FOLDER).with_suffix("").as_posix(): path for path in sorted(PATHS)}
QUERIES = [name for name in FILES if "/" not in name]
HEAD = re.compile(r".+ Reads: (?P<reads>[^.]+)\. Parameters: (?P<parameters>[^.]+)\.(?P<rows> One row.*\.)?")

OF_A_PERIOD = {"selected", "selected_rows", "both_ranges", "selected_ever"}
OF_LISTS = {"range_before", "order_before", "order_counts", "order_rates", "order_users"}
SORTS: tuple[Sort, ...] = get_args(Sort)
OF_ALL_TIME = {"seen_usage", "seen_users", "seen_groups"}

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NOW_SLOT = int(NOW.timestamp()) // 900
FILTERS = [
    EVERYTHING,
    *(Filters.of({name: ("x", NONE)}) for name in FILTER_PARAMETERS),
    Filters.of(
        dict.fromkeys(FILTER_PARAMETERS, ("x",)),
        Scope(("example.com",), ("group",), ("tenant",), ("Sales",), ("user",)),
    ),
]
SCOPES = [
    None,
    Scope(("example.com",), ()),
    Scope((), ("group",)),
    Scope((), (), ("tenant",)),
    Scope((), (), (), ("Sales",)),
    Scope((), (), ("tenant",), ("Sales",)),
    Scope((), (), (), (), ("user",)),
    Scope(("example.com",), ("group",), ("tenant",), ("Sales",), ("user",)),
]
VALUES: dict[str, Any] = {
    "agent": "x",
    "by": "model",
    "descending": True,
    "dimension": "model",
    "edges_e6": [10**8, 10**9],
    "end": NOW.replace(tzinfo=None),
    "first": 0,
    "least_e6": 10**12,
    "kinds": ["user", "agent", "model", "group"],
    "limit": 10,
    "long_tokens": [200_000, 272_000],
    "model_keys": [1, 2],
    "models": 1000,
    "now": NOW.replace(tzinfo=None),
    "offset": 0,
    "parts": 8,
    "slots": [NOW_SLOT],
    "start": NOW.replace(tzinfo=None) - timedelta(days=30),
    "sort": "cost",
    "tenant": None,
    "filter": "model",
    "text": "x y",
    "user": "x",
    "values": ["x"],
    "user_keys": [1, 2],
    "words": ["x", "y"],
}
FRAMES = {
    "subjects": pd.DataFrame({"who": ["group"], "name": ["x"]}),
    "slots": pd.DataFrame({"slot": [1], "bucket": [0]}, dtype="int32"),
    "hours": pd.DataFrame({"slot": [1], "hour_of_week": [0]}, dtype="int32"),
    "limits": pd.DataFrame({"number": [0], "subject": ["x"], "bucket": [0], "limit_e6": ["1"]}),
    "wanted": pd.DataFrame(
        {"number": [0], "kind": ["user"], "subject": ["x"], "first_day": [0], "last_day": [0]}
    ),
    "listed": PriceList("", {}).frame([]),
    "plain_rates": pd.DataFrame(
        {
            "model_key": [1],
            "size": [0],
            "rate": [3.0],
            "is_own": [True],
            "read_part": [0.1],
            "write_part": [1.25],
        }
    ),
}


class Head(NamedTuple):
    """What a file says at its beginning."""

    reads: set[str]
    parameters: set[str]
    rows: str | None


def head_of(name: str) -> Head:
    lines = FILES[name].read_text("utf-8").splitlines()
    comments = takewhile(lambda line: line.startswith("--"), lines)
    found = HEAD.fullmatch(" ".join(line.removeprefix("--").strip() for line in comments))
    assert found, f"{name}.sql does not begin with '-- … Reads: … Parameters: … One row …'"
    parameters = {each.removeprefix("$") for each in found["parameters"].split(", ")} - {"none"}
    reads = {each.strip("{}") for each in found["reads"].split(", ")} - {"none"}
    return Head(reads, parameters, found["rows"])


def named_in(text: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", text)}


def _told_apart(name: str, head: Head) -> Iterator[tuple[str | None, tuple[tuple[str, str], ...]]]:
    """Yield everything that a query can tell costs apart by, with the relation of its names."""
    if "{own_key}" in FILES[name].read_text("utf-8"):
        for by in ATTRIBUTES if name == "breakdown" else CHANGES_BY:
            yield by, known_subjects(by)
    elif "known_subjects" in head.reads:
        for each in SUBJECTS:
            yield each, (("known_subjects", SUBJECTS[each]),)


def composed(name: str, dialect: Dialect) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every text that a file can become, with its parameters."""
    head = head_of(name)
    own = {each: VALUES[each] for each in head.parameters}
    if name == "trends":
        own["parts"] = ["x", "(none)"]
    if head.reads & OF_A_PERIOD:
        end = NOW.replace(tzinfo=None)
        own |= {"now": end} if name == "future_usage" else {"start": end - timedelta(days=30), "end": end}
        own |= {"first_slot": NOW_SLOT - 30 * 96, "end_slot": NOW_SLOT}
        more: dict[str, Any] = {
            "before_start": end - timedelta(days=60),
            "before_end": end - timedelta(days=30),
        }
        more |= {"before_first_slot": NOW_SLOT - 60 * 96, "before_end_slot": NOW_SLOT - 30 * 96}
        more |= {"now": end, "now_slot": NOW_SLOT}
        of_models = (("known_subjects", SUBJECTS["model"]), ("own_key", "ran_key"))
        for sort in SORTS if head.reads & OF_LISTS else ():
            sources = (*sources_of(sort, beyond_period=True), *of_models)
            text = of_period(name, EVERYTHING, sources=sources, dialect=dialect)
            yield text, named_in(text, own | {"sort": sort} | more)
        plain = (*sources_of("cost", beyond_period=False), *of_models)
        for by, told_apart in _told_apart(name, head):
            text = of_period(name, EVERYTHING, sources=(*plain, *told_apart), dialect=dialect)
            yield text, named_in(text, own | more | {"by": by or "all"})
        own |= more
        for filters in (*FILTERS, *(Filters(scope=scope) for scope in SCOPES if scope)):
            rows: Rows = "plain_other_rows" if name == "other_rows" else "plain_rows"
            within: Within = "after_now" if name == "future_usage" else "period"
            text = of_period(name, filters, rows=rows, within=within, sources=plain, dialect=dialect)
            yield text, named_in(text, own | filters.parameters())
            if filters == EVERYTHING:
                by_center = of_period(
                    name, filters, rows=rows, within=within, sources=plain, by_center=True, dialect=dialect
                )
                yield by_center, named_in(by_center, own)
            in_bits = of_period(
                name, filters, rows=rows, within=within, in_bits=True, sources=plain, dialect=dialect
            )
            if in_bits != text:
                greatest = dict.fromkeys(("last_user_key", "last_conversation_key"), 1000)
                yield in_bits, named_in(in_bits, own | filters.parameters() | greatest)
    elif head.reads & OF_ALL_TIME:
        for scope in SCOPES:
            text = of_all_time(name, scope, dialect=dialect)
            yield text, named_in(text, own | {"end_slot": NOW_SLOT} | Filters(scope=scope).parameters())
    else:
        yield of_store(name), own
