"""A key that is limited to some users: nothing of anybody else leaves through the dashboard's callbacks."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from bson import ObjectId

from librechat_analytics.app import close_app, create_app
from librechat_analytics.librechat.source import DumpSource
from librechat_analytics.settings import load_settings
from librechat_analytics.store.store import Store
from librechat_analytics.sync import import_dump
from tests.dashboard.test_callback_requests import outputs_of
from tests.documents import usage, write_dump
from tests.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

SCOPED_KEY = "sc0ped-k3y-for-tests-0nly"
ANA, BOB = ObjectId("65010c00c2d3e4f501020304"), ObjectId("670a11bbccddeeff00112233")
BOBS = ("Bob Briain", "bob@elsewhere.example", str(BOB), "model-of-bob", "elsewhere.example")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app whose second key shows the users of example.com: Ana, and not Bob."""
    folder: Path = tmp_path_factory.mktemp("scope")
    now = datetime.now(UTC)
    users = [
        {"_id": ANA, "name": "Ana Novak", "email": "ana@example.com", "role": "USER"},
        {"_id": BOB, "name": "Bob Briain", "email": "bob@elsewhere.example", "role": "USER"},
    ]
    transactions = [
        usage(now - timedelta(days=back), number=back, user=user, model=model)
        for back in range(1, 9)
        for user, model in ((ANA, "gpt-4o"), (BOB, "model-of-bob"))
        if (back % 2 == 0) == (user == ANA)
    ]
    source = DumpSource(write_dump(folder / "dump", users=users, transactions=transactions))
    store = Store(folder / "data")
    import_dump(store, source, now=now)
    store.close()
    source.close()
    keys = folder / "keys"
    keys.write_text(f"acme:{SCOPED_KEY} domain=example.com\n")
    keys.chmod(0o600)
    settings = load_settings(
        _env_file=None,
        dashboard_api_key=API_KEY,
        dashboard_api_keys_file=keys,
        data_dir=folder / "data",
    )
    app = create_app(settings)
    yield app
    close_app(app)


def ask(app: Flask, key: str, store: str, search: str) -> Any:
    """What the server answers to the question that the page's router puts into ``store``."""
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = key
    callbacks = client.get("/_dash-dependencies").get_json()
    callback = next(
        callback
        for callback in callbacks
        if callback["clientside_function"] is None
        and store in [one["id"] for one in (*callback["inputs"], *callback["state"])]
    )
    question = {"search": search, "zone": "UTC", "coarse": False}
    body = {
        "output": callback["output"],
        "outputs": outputs_of(callback["output"]),
        "inputs": [
            one | {"value": question if one["property"] == "data" else 1} for one in callback["inputs"]
        ],
        "state": [one | {"value": question} for one in callback["state"]],
        "changedPropIds": [f"{one['id']}.{one['property']}" for one in callback["inputs"]],
    }
    response = client.post("/_dash-update-component", json=body)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()["response"]


VIEWS = ("overview", "users", "models", "agents", "quality")
QUESTIONS = [
    *((f"{view}-question", f"?view={view}&period=all") for view in VIEWS),
    ("overview-question", "?period=all&split=user"),
    ("users-question", "?view=users&period=all&q=bob"),
    ("detail-question", "?view=model&model=gpt-4o&period=all"),
    ("filter-question", "?period=all"),
]


@pytest.mark.parametrize(("store", "search"), QUESTIONS, ids=[search for _, search in QUESTIONS])
def test_no_answer_names_anybody_else(app: Flask, store: str, search: str) -> None:
    everything = json.dumps(ask(app, API_KEY, store, search))
    limited = json.dumps(ask(app, SCOPED_KEY, store, search))

    assert [name for name in BOBS if name in limited] == []
    assert "Something went wrong" not in everything + limited
    assert "could not be read." not in everything.replace("documents that could not be read", "") + limited


def test_totals_are_those_of_the_users_who_may_be_seen(app: Flask) -> None:
    assert ask(app, API_KEY, "overview-question", "?period=all")["cost-value"]["children"] == "$0.02"
    assert ask(app, SCOPED_KEY, "overview-question", "?period=all")["cost-value"]["children"] == "$0.01"


@pytest.mark.parametrize("search", [f"?view=user&user={BOB}&period=all", f"?user={BOB}&period=all"])
def test_asking_for_somebody_else_by_id_gives_nothing_and_no_name(app: Flask, search: str) -> None:
    store = "detail-question" if "view=user" in search else "overview-question"
    answer = ask(app, SCOPED_KEY, store, search)

    assert "Bob" not in json.dumps(answer)
    assert "elsewhere" not in json.dumps(answer)
    assert "Bob Briain" in json.dumps(ask(app, API_KEY, store, search))


def test_the_page_says_whose_usage_it_shows(app: Flask) -> None:
    chips = ask(app, SCOPED_KEY, "overview-question", "?period=all")["overview-places"]["data"]["chips"]

    assert "Your key shows @example.com only" in json.dumps(chips)


def test_the_workbook_holds_nobody_else(app: Flask) -> None:
    answer = ask(app, SCOPED_KEY, "asked", "?period=all")
    (download,) = answer.values()

    with zipfile.ZipFile(io.BytesIO(base64.b64decode(download["data"]["content"]))) as book:
        text = "".join(book.read(name).decode() for name in book.namelist())
    assert "Ana Novak" in text
    assert [name for name in BOBS if name in text] == []
    assert download["data"]["filename"].endswith(".xlsx")
