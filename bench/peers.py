"""Measures four questions in three ways: MongoDB's aggregations, pandas, and this program.

    MONGO_TEST_URI=mongodb://127.0.0.1:27017 .venv/bin/python -m bench.peers [--rows 200000] [--folder FOLDER]

Other dashboards of LibreChat send an aggregation over ``transactions`` for each figure. Such pipelines run
here on the server that MONGO_TEST_URI names, on a collection without further indexes, because LibreChat has
none that helps. Our CPU time does not contain the server's work, so only the wall time is given. pandas has
the same documents in one frame in memory, and this program has imported them into a store. The yardstick is
pandas.

The script makes a database of its own on the server and drops it at the end.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import bson
import pandas as pd
from bson.codec_options import CodecOptions
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from bench.imports import dump, import_into
from bench.long_store import UNTIL
from bench.measuring import Line, Section, Taken, in_words, measure, ratio, table
from bench.questions import FOLDER, LIMIT, period_named, repository_of
from librechat_analytics.librechat.dump_folder import collection_file, database_folder
from librechat_analytics.store.store import Store
from librechat_analytics.usage.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.collection import Collection

    Document = dict[str, Any]
    Documents = Collection[Document]
    Actions = dict[str, Callable[[], object]]

SINCE = UNTIL - timedelta(days=30)
BATCH = 5_000
USAGE = ["prompt", "completion"]
MATCH = {"$match": {"createdAt": {"$gte": SINCE, "$lt": UNTIL}, "tokenType": {"$in": USAGE}}}
SUMS = {"credits": {"$sum": "$tokenValue"}, "tokens": {"$sum": "$rawAmount"}, "rows": {"$sum": 1}}
DAY = {"$dateToString": {"format": "%Y-%m-%d", "date": "$createdAt", "timezone": "Europe/Berlin"}}
# Spent credits are negative.
TOP: list[Document] = [{"$sort": {"credits": 1}}, {"$limit": LIMIT}]
PIPELINES: dict[str, list[Document]] = {
    "total": [MATCH, {"$group": {"_id": None} | SUMS}],
    "by user": [MATCH, {"$group": {"_id": "$user"} | SUMS}, *TOP],
    "by model": [MATCH, {"$group": {"_id": "$model"} | SUMS}, *TOP],
    "by day": [MATCH, {"$group": {"_id": DAY} | SUMS}, {"$sort": {"_id": 1}}],
}
FIELDS = ("user", "model", "tokenType", "rawAmount", "tokenValue", "createdAt")


def with_pandas(frame: pd.DataFrame) -> Actions:
    """Return the questions as a person asks a data frame."""

    def chosen() -> pd.DataFrame:
        is_recent = (frame["createdAt"] >= SINCE) & (frame["createdAt"] < UNTIL)
        return frame[is_recent & frame["tokenType"].isin(USAGE)]

    def summed(rows: pd.DataFrame, by: str | pd.Series[Any]) -> pd.DataFrame:
        groups = rows.groupby(by)
        return groups.agg(
            credits=("tokenValue", "sum"), tokens=("rawAmount", "sum"), rows=("tokenValue", "count")
        )

    def by_day() -> pd.DataFrame:
        rows = chosen()
        return summed(rows, rows["createdAt"].dt.tz_convert("Europe/Berlin").dt.date)

    return {
        "total": lambda: chosen()[["tokenValue", "rawAmount"]].agg(["sum", "count"]),
        "by user": lambda: summed(chosen(), "user").nsmallest(LIMIT, "credits"),
        "by model": lambda: summed(chosen(), "model").nsmallest(LIMIT, "credits"),
        "by day": by_day,
    }


def with_this_program(store: Store) -> Actions:
    """Return the questions whose answers have these figures, and more."""
    repository = repository_of(store)
    period = period_named(repository, "30d")
    return {
        "total": lambda: repository.summary(period),
        "by user": lambda: repository.top_users(period, Listing(LIMIT)),
        "by model": lambda: repository.top_models(period, Listing(LIMIT)),
        "by day": lambda: repository.usage_over_time(period, "day"),
    }


def with_aggregations(collection: Documents) -> Actions:
    return {name: partial(_all_groups, collection, pipeline) for name, pipeline in PIPELINES.items()}


def _all_groups(collection: Documents, pipeline: list[Document]) -> list[Document]:
    return list(collection.aggregate(pipeline))


@contextmanager
def filled_collection(uri: str, documents: list[Document]) -> Iterator[Documents]:
    """Write the documents into a database of our own, which is dropped at the end."""
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        database = client.get_database(f"bench-{uuid4().hex}")
        try:
            for start in range(0, len(documents), BATCH):
                database.transactions.insert_many(documents[start : start + BATCH])
            yield database.transactions
        finally:
            client.drop_database(database.name)


def without_the_impossible(actions: Actions) -> tuple[Actions, dict[str, str]]:
    """Return the actions that the server can run, and for each of the others why not."""
    possible: Actions = {}
    refused: dict[str, str] = {}
    for name, act in actions.items():
        try:
            act()
        except OperationFailure as error:
            refused[name] = (error.details or {}).get("errmsg", str(error)).rpartition(" :: ")[2]
        else:
            possible[name] = act
    return possible, refused


def measured_peers(folder: Path, *, rows: int, uri: str | None, rounds: int = 3) -> Section:
    """Measure the questions in the three ways, in turn; without a URI, in two."""
    source = dump(folder, rows)
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        import_into(data, source, "1GB")
        store = stack.enter_context(closing(Store(data)))
        file = stack.enter_context(collection_file(database_folder(source), "transactions").open("rb"))
        options: CodecOptions[Document] = CodecOptions(tz_aware=True)
        documents = list(bson.decode_file_iter(file, options))
        frame = pd.DataFrame([{name: document.get(name) for name in FIELDS} for document in documents])
        frame["createdAt"] = pd.to_datetime(frame["createdAt"], utc=True)
        frame["user"] = frame["user"].astype("str")
        refused: dict[str, str] = {}
        ways = {"pandas": with_pandas(frame), "this program": with_this_program(store)}
        if uri:
            collection = stack.enter_context(filled_collection(uri, documents))
            ways["aggregation"], refused = without_the_impossible(with_aggregations(collection))
        documents.clear()
        taken = measure(
            {f"{name}, {way}": act for way, actions in ways.items() for name, act in actions.items()}, rounds
        )
    lines = []
    for name in PIPELINES:
        for way in ways:
            if one := taken.get(f"{name}, {way}"):
                of_server = way == "aggregation"
                shown = Taken(None, one.wall_seconds) if of_server else one
                lines.append(Line(f"{name}, {way}", shown, ratio(shown, taken[f"{name}, pandas"])))
    skipped = [] if uri else ["MONGO_TEST_URI names no server, so no aggregation was run"]
    skipped += [f"the server cannot aggregate {name} ({reason})" for name, reason in refused.items()]
    title = f"30 days of {in_words(rows)} transactions. Yardstick: pandas, without filling the frame"
    return Section("; ".join([title, *skipped]), tuple(lines))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[200_000])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder that keeps the dumps")
    parser.add_argument("--rounds", type=int, default=3, help="how often each question is asked")
    chosen = parser.parse_args()
    uri = os.environ.get("MONGO_TEST_URI")
    try:
        print(
            table(
                measured_peers(chosen.folder, rows=rows, uri=uri, rounds=chosen.rounds)
                for rows in chosen.rows
            )
        )
    except PyMongoError as error:
        parser.exit(1, f"The server of MONGO_TEST_URI does not answer: {error}\n")


if __name__ == "__main__":
    main()
