"""Requests to the running program, and the content of its store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import duckdb

from tests.support.agreement import strict_json
from tests.support.servers import API_KEY, Running
from tests.support.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo.database import Database

    from tests.support.agreement import Answer, Ask

    Document = dict[str, Any]
    Body = dict[str, Any]


def over_http(server: Running) -> Ask:
    """Ask a running program as other programs do."""

    def ask(endpoint: str, parameters: Mapping[str, str]) -> Answer:
        url = f"{server.base_url}/librechat-analytics/api/{endpoint}?{urlencode(parameters)}"
        with urlopen(Request(url, headers={"x-api-key": API_KEY}), timeout=PATIENCE_SECONDS) as response:
            return response.status, strict_json(response.read().decode())

    return ask


def summary(ask: Ask, period: str = "all") -> Body:
    return ask("summary", {"period": period})[1]


def insert(database: Database[Document], name: str, documents: list[Any]) -> None:
    for start in range(0, len(documents), 5_000):
        database[name].insert_many(documents[start : start + 5_000], ordered=False)


def rows_held(ask: Ask) -> int:
    """How many prompts are in the figures; completions arrive with them."""
    calls = summary(ask)["calls"]
    assert isinstance(calls, int)
    return calls


def status_of(ask: Ask) -> str:
    return str(summary(ask, "24h")["source"]["status"])


def rows_in(data_dir: Path) -> list[str]:
    """The ids of the documents that a store holds, each as often as it holds it."""
    with duckdb.connect(data_dir / "usage.duckdb", read_only=True) as store:
        ids = store.execute("SELECT id_head, id_tail FROM transactions").fetchall()
    return sorted(f"{head:016x}{tail:08x}" for head, tail in ids)


def ids_of(documents: list[Document]) -> list[str]:
    return sorted(str(document["_id"]) for document in documents)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def callback_requests(dependencies: list[Document]) -> list[Document]:
    """What the page sends for each of the server's callbacks, without values; of ``/_dash-dependencies``."""
    return [
        {
            "output": callback["output"],
            "outputs": _outputs_of(callback["output"]),
            "inputs": callback["inputs"],
            "state": callback["state"],
            "changedPropIds": [f"{one['id']}.{one['property']}" for one in callback["inputs"]],
        }
        for callback in dependencies
        if callback["clientside_function"] is None
    ]


def _outputs_of(output: str) -> object:
    names = output.strip(".").split("...")
    specs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    return specs if output.startswith("..") else specs[0]
