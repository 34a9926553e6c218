"""A key that is limited to some users sees nothing of anybody else, in no answer or file.

Ana and Bob share a ledger. A key for Ana's part gets exactly the figures of a ledger without Bob.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from librechat_analytics.web.api import ENDPOINTS
from tests.support import callbacks
from tests.support.documents import ANA, BOB, NOON, object_id, usage
from tests.support.engines import serving_to_limited_keys
from tests.support.servers import API_KEY, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.engines import Engine

    Document = dict[str, Any]

pytestmark = pytest.mark.one_in_on_clickhouse(2)

SCOPED_KEY, GROUPS_KEY = "sc0ped-k3y-for-tests-0nly", "gr0ups-k3y-for-tests-0nly"
NOW = NOON + timedelta(hours=1)
SHARED_AGENT, BOBS_AGENT = "agent_of-everybody-here-1", "agent_of-bob-alone-here-2"
NOBODY = object_id(NOON, 5)
"""Somebody with a domain for an address, who belongs to none."""
ANAS_GROUP, BOBS_GROUP = object_id(NOON, 1), object_id(NOON, 2)
BOBS_FILTERS = {
    "user": str(BOB),
    "model": "model-of-bob",
    "agent": BOBS_AGENT,
    "provider": "provider-of-bob",
    "context": "context-of-bob",
    "role": "ROLE-OF-BOB",
    "domain": "elsewhere.example",
    "group": str(BOBS_GROUP),
    "tenant": "tenant-of-bob",
}
BOBS = (*BOBS_FILTERS.values(), "Bob Briain", "bob@elsewhere.example", "Agent of Bob", "Group of Bob")


def collections(*, with_bob: bool) -> dict[str, list[Document]]:
    """A ledger in which Bob was the first to use anything, and not the last."""
    agents = [
        {
            "_id": object_id(NOON, 3),
            "id": SHARED_AGENT,
            "name": "Helper",
            "provider": "openAI",
            "model": "gpt-4o",
        }
    ]
    users = [{"_id": ANA, "name": "Ana Novak", "email": "ana@example.com", "role": "USER"}]
    groups = [{"_id": ANAS_GROUP, "name": "Group of Ana", "memberIds": [str(ANA)]}]
    rows = [
        usage(NOON - timedelta(days=back), back, model="gpt-4o", agentId=SHARED_AGENT if back > 4 else None)
        for back in (0, 2, 4, 6, 8, 10)
    ]
    rows += [
        usage(NOON - timedelta(days=3), 50, tokenType="image_count"),
        usage(NOON - timedelta(days=3), 51, tokenType="credits", context="video_generation"),
        usage(NOON + timedelta(days=9), 52),
    ]
    if with_bob:
        agents.append(
            {
                "_id": object_id(NOON, 4),
                "id": BOBS_AGENT,
                "name": "Agent of Bob",
                "provider": "provider-of-bob",
                "model": "model-of-bob",
            }
        )
        users.append(
            {"_id": BOB, "name": "Bob Briain", "email": "bob@elsewhere.example", "role": "ROLE-OF-BOB"}
        )
        users.append({"_id": NOBODY, "name": "Bob Briain", "email": "example.com", "role": "ROLE-OF-BOB"})
        groups.append({"_id": BOBS_GROUP, "name": "Group of Bob", "memberIds": [str(BOB)]})
        own = {"user": BOB, "context": "context-of-bob", "conversationId": "conversation-of-bob"}
        own |= {"tenantId": "tenant-of-bob"}
        rows += [
            usage(NOON - timedelta(days=back), back, model="model-of-bob", agentId=BOBS_AGENT, **own)
            for back in (1, 3, 5, 40, 300)
        ]
        rows += [
            usage(NOON - timedelta(days=7), 100, agentId=SHARED_AGENT, **own),
            usage(NOON - timedelta(days=7), 101, tokenType="images-of-bob", **own),
            usage(NOON - timedelta(days=7), 106, tokenType="credits", **own),
            usage(NOON + timedelta(days=7), 107, **own),
            usage(NOON - timedelta(days=7), 102, rate=-1_000_000, **own),
            usage(NOON - timedelta(days=7), 103) | {"user": None, "tokenValue": "unreadable"},
            usage(NOON - timedelta(days=7), 104, user=None, model=None, context="incomplete"),
            usage(NOON - timedelta(days=7), 105, **own | {"user": NOBODY}),
        ]
    return {"users": users, "groups": groups, "agents": agents, "transactions": rows}


@contextmanager
def serving(engine: Engine, folder: Path, *, with_bob: bool) -> Iterator[Flask]:
    documents = collections(with_bob=with_bob)
    keys = f"acme:{SCOPED_KEY} domain=example.com\nteam:{GROUPS_KEY} group={ANAS_GROUP}\n"
    prices = ROOT / "prices" / "2026-11.csv"
    with serving_to_limited_keys(engine, folder, documents, keys, now=NOW, prices_file=prices) as program:
        yield program.app


@pytest.fixture(scope="module")
def apps(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Flask]]:
    """The app with Ana and Bob, and one in which there has never been a Bob, both at the same instant."""
    with time_machine.travel(NOW, tick=False), ExitStack() as stack:
        both, alone = (
            stack.enter_context(serving(engine, tmp_path_factory.mktemp("scope"), with_bob=with_bob))
            for with_bob in (True, False)
        )
        yield both, alone


@pytest.fixture
def app(apps: tuple[Flask, Flask]) -> Flask:
    return apps[0]


def visitor(app: Flask, key: str = SCOPED_KEY) -> FlaskClient:
    return callbacks.visitor(app, key)


def names_in(text: str) -> list[str]:
    return [name for name in BOBS if name in text]


def text_of(response: TestResponse) -> str:
    """What an answer says, a workbook's parts included."""
    assert response.status_code == 200, response.get_data(as_text=True)
    if "spreadsheet" not in response.content_type:
        return response.get_data(as_text=True)
    return text_of_workbook(response.get_data())


def text_of_workbook(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


FILTERS = [f"{prefix}{name}={value}" for prefix in ("", "not-") for name, value in BOBS_FILTERS.items()]
API = [
    *(f"{endpoint.path}?period={next(iter(endpoint.periods), 'all')}" for endpoint in ENDPOINTS),
    *(
        f"{endpoint.path}?period={next(iter(endpoint.periods), '12m')}&tz=Europe/Berlin&limit=1&format=csv"
        for endpoint in ENDPOINTS
    ),
    *(f"summary?period=all&{choice}" for choice in (*FILTERS, "user=(none)", "agent=(unknown)")),
    "export?period=all",
]


class TestTheApi:
    @pytest.mark.parametrize("path", API)
    def test_it_answers_as_if_nobody_else_were_there(self, apps: tuple[Flask, Flask], path: str) -> None:
        everything = visitor(apps[0], API_KEY).get(f"/api/{path}")
        limited, alone = (visitor(app).get(f"/api/{path}") for app in apps)
        assert text_of(limited) == text_of(alone)
        if "period=all" in path and "&" not in path:
            assert text_of(everything) != text_of(limited)

    def test_it_tells_of_rows_beside_the_usage_that_may_be_seen(self, app: Flask) -> None:
        findings = visitor(app).get("/api/quality?period=all").get_json()["findings"]
        rows = {finding["code"]: finding["rows"] for finding in findings}
        beside = ("other-token-type", "spent-credits", "future-date")
        assert [rows.get(code) for code in beside] == [1, 1, 1]

    def test_an_answer_that_somebody_else_has_got_is_not_given(self, app: Flask) -> None:
        for path in ("summary?period=all", "top-users?period=all", "price-check?period=all"):
            for first, second in ((API_KEY, SCOPED_KEY), (SCOPED_KEY, API_KEY)):
                tag = visitor(app, first).get(f"/api/{path}").headers["ETag"]
                response = visitor(app, second).get(f"/api/{path}", headers={"If-None-Match": tag})
                assert response.status_code == 200
                assert response.headers["ETag"] != tag

    @pytest.mark.parametrize("path", ["/metrics", "/api/backup"])
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_what_holds_everybody_is_refused(self, app: Flask, path: str, method: str) -> None:
        response = visitor(app).open(path, method=method)
        assert response.status_code == 403
        assert method == "HEAD" or list(response.get_json()) == ["error"]
        assert response.headers["Cache-Control"] == "no-store"
        with visitor(app, API_KEY).open(path, method=method) as given:
            assert given.status_code == 200


def ask(app: Flask, key: str, store: str, search: str) -> Any:
    """What the server answers to the question that the page's router puts into ``store``."""
    return callbacks.ask(visitor(app, key), store, search)


VIEWS = ("overview", "users", "models", "agents", "quality")
DETAILS = (f"view=user&user={ANA}", "view=model&model=gpt-4o", f"view=agent&agent={SHARED_AGENT}")
QUESTIONS = [
    *((f"{view}-question", f"?view={view}&period=all") for view in VIEWS),
    *(("overview-question", f"?period=all&split={part}") for part in ("user", "model", "agent")),
    ("overview-question", f"?period=30d&{'&'.join(FILTERS)}"),
    ("users-question", "?view=users&period=all&q=bob"),
    ("quality-question", "?view=quality&period=all&bill=12&bill_of=provider-of-bob"),
    *(("detail-question", f"?{detail}&period=all") for detail in DETAILS),
    *(("detail-question", f"?view={choice.partition('=')[0]}&{choice}&period=all") for choice in FILTERS[:3]),
    ("filter-question", "?period=all"),
    ("filter-question", f"?period=all&{'&'.join(FILTERS)}"),
]


class TestTheDashboard:
    @pytest.mark.parametrize(("store", "search"), QUESTIONS, ids=[search for _, search in QUESTIONS])
    def test_it_answers_as_if_nobody_else_were_there(
        self, apps: tuple[Flask, Flask], store: str, search: str
    ) -> None:
        everything = json.dumps(ask(apps[0], API_KEY, store, search))
        limited, alone = (json.dumps(ask(app, SCOPED_KEY, store, search)) for app in apps)
        assert limited == alone
        assert limited != everything
        assert "Something went wrong" not in everything + limited

    def test_every_file_is_as_if_nobody_else_were_there(self, apps: tuple[Flask, Flask]) -> None:
        both, alone = (visitor(app) for app in apps)
        files = 0
        for request in callbacks.requests_of(both):
            for clicked in request["inputs"]:
                if clicked["property"] != "n_clicks":
                    continue
                about = DETAILS[0] if clicked["id"].startswith("detail-") else "split=user"
                (given,), (expected,) = (
                    callbacks.run(client, request, clicked, f"?{about}&period=all")["response"].values()
                    for client in (both, alone)
                )
                assert given == expected
                assert given["data"]["content"]
                files += 1
        assert files > 10

    @pytest.mark.parametrize(
        ("store", "asked"),
        [("overview-question", {}), ("find-question", {"text": "", "kinds": ["user", "group"], "number": 1})],
    )
    def test_a_group_is_seen_as_if_nobody_else_were_there(
        self, apps: tuple[Flask, Flask], store: str, asked: dict[str, object]
    ) -> None:
        search = "?period=all&split=user"
        limited, alone = (
            json.dumps(callbacks.ask(visitor(app, GROUPS_KEY), store, search, **asked)) for app in apps
        )
        assert limited == alone
        assert "Ana" in limited

    def test_the_find_box_finds_nobody_else(self, app: Flask) -> None:
        asked = {"text": "", "kinds": ["user", "agent", "model", "group"], "number": 1}
        for key, names in ((API_KEY, True), (SCOPED_KEY, False)):
            answer = callbacks.ask(visitor(app, key), "find-question", "", **asked)
            found = json.dumps(answer, ensure_ascii=False)
            assert "Ana Novak" in found
            assert bool(names_in(found)) is names

    def test_totals_are_those_of_the_users_who_may_be_seen(self, app: Flask) -> None:
        assert ask(app, API_KEY, "overview-question", "?period=all")["cost-value"]["children"] == "$0.04"
        assert ask(app, SCOPED_KEY, "overview-question", "?period=all")["cost-value"]["children"] == "$0.02"

    @pytest.mark.parametrize("view", ["view=user&", ""])
    def test_whoever_sees_everybody_is_told_the_name_of_an_id(self, app: Flask, view: str) -> None:
        store = "detail-question" if view else "overview-question"
        answer = ask(app, API_KEY, store, f"?{view}user={BOB}&period=all")
        assert "Bob Briain" in json.dumps(answer)

    def test_the_page_says_whose_usage_it_shows(self, app: Flask) -> None:
        chips = ask(app, SCOPED_KEY, "overview-question", "?period=all")["overview-places"]["data"]["chips"]
        assert "Your key shows only @example.com" in json.dumps(chips)

    def test_the_workbook_holds_nobody_else(self, app: Flask) -> None:
        (download,) = ask(app, SCOPED_KEY, "asked", "?period=all").values()
        text = text_of_workbook(base64.b64decode(download["data"]["content"]))
        assert "Ana Novak" in text
        assert names_in(text) == []
        assert download["data"]["filename"].endswith(".xlsx")
