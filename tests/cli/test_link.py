"""The command that makes a link which expires."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.web.signed_links import read_token
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]

SALES = "s4les-lead-key-0f-the-n0rth"


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)


@pytest.fixture
def keys_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", str(path))
    return path


def test_it_adds_a_token_to_the_address(run: Run) -> None:
    page = "https://chat.example.com/librechat-analytics/?view=models"
    code, written = run("link", f"{page}#top", "--hours", "2")
    address, _, token = written.strip().partition("#key=")
    found = read_token(token)

    assert (code, address) == (0, page)
    assert found is not None
    assert found.is_signed_by(API_KEY)
    assert 7000 < found.expires_at - time.time() <= 7200


def test_without_an_address_it_leads_to_this_server(run: Run) -> None:
    assert run("link")[1].startswith("http://127.0.0.1:3001/librechat-analytics/#key=link:default:")


def test_a_named_key_signs_too(run: Run, keys_file: Path) -> None:
    keys_file.write_text(f"sales:{SALES} group=66b0\n")
    written = run("link", "--key", "sales")[1]
    found = read_token(written.strip().partition("#key=")[2])

    assert found is not None
    assert found.is_signed_by(SALES)


def test_it_says_which_key_cannot_sign(run: Run, keys_file: Path) -> None:
    keys_file.write_text(f"sales:sha256:{sha256(SALES.encode()).hexdigest()}\n")

    assert run("link", "--key", "sales")[1].startswith("The file of keys holds only the hash of sales")
    assert run("link", "--key", "none")[1].startswith("There is no key named none.")
