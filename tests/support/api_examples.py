"""The answers that the API's description shows: what the program itself says about a generated sample.

``python -m tests.support.api_examples`` writes them again, after a body or an example has changed.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import time_machine
from bson import decode_file_iter, encode

from librechat_analytics.app import close_app, create_app
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.settings import load_settings
from librechat_analytics.web.api import ALL_ENDPOINTS
from librechat_analytics.web.openapi import EXAMPLES_FILE, VERBS
from tests.support.callbacks import visitor
from tests.support.documents import usage
from tests.support.imports import fill_store
from tests.support.receivers import fake_program
from tests.support.servers import API_KEY, ROOT
from tests.support.waiting import wait_until

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
EXPENSIVE = datetime(2026, 5, 12, 9, tzinfo=UTC)
PATHS = {
    **{f"/api/{each.template}": f"/api/{each.address}?{each.example}" for each in ALL_ENDPOINTS},
    **{path: path for path in ("/health", "/health/ready", "/api/audit", "/api/receivers")},
    "/api/alerts": "/api/alerts?state=open&limit=2",
}
"""The address of each path's example."""

DEFINITIONS = """
zone = "Europe/Berlin"
[cost_centers]
domains = { "example.com" = "Sales", "example.org" = "Research" }
parents = { "Sales" = "Business" }
[[budget]]
name = "Sales AI"
where = { context = "message" }
period = "month"
amount = [ { from = "2026-10", usd = 1 } ]
thresholds = [ 50, 80, 100 ]
carry = "unused"
to = [ "finance" ]
[[receiver]]
name = "finance"
kind = "json"
url = "http://127.0.0.1:PORT/hook"
secret = "a s3cret of the examples"
"""
MANAGER = "m4nager-key-0f-the-f1nance-team"


def answers() -> dict[str, Any]:
    """Ask every address whose answer is JSON about the same small sample, at the same moment."""
    with (
        TemporaryDirectory(prefix="api-examples-") as name,
        time_machine.travel(NOW, tick=False),
        fake_program() as program,
    ):
        folder = Path(name)
        write_sample(folder / "dump", transactions=3000, seed=7, until=NOW)
        add_expensive_day(folder / "dump" / "LibreChat")
        fill_store(folder, now=NOW)
        finops = folder / "finops.toml"
        finops.write_text(DEFINITIONS.replace("PORT", str(program.port)), "utf-8")
        (folder / "keys").write_text(f"finance:{MANAGER} may=manage\n", "utf-8")
        prices = ROOT / "prices" / "2026-11.csv"
        app = create_app(
            load_settings(
                env_file=None,
                dashboard_api_key=API_KEY,
                dashboard_api_keys_file=folder / "keys",
                data_dir=folder / "data",
                prices_file=prices,
                finops_file=finops,
            )
        )
        client = visitor(app, API_KEY)
        wait_until(lambda: client.get("/api/receivers").get_json()["receivers"][0]["sent"])
        found = {path: client.get(address).get_json() for path, address in PATHS.items()}
        manager = visitor(app, MANAGER)
        for verb in VERBS:
            address = f"/api/{re.sub('<.+>', verb.named, verb.path)}"
            found[f"/api/{verb.path}"] = manager.post(address, json=verb.example).get_json()
        close_app(app)
    return found


def add_expensive_day(dump: Path) -> None:
    """Add calls for $4 to a day, so that there is an anomaly."""
    with (dump / "users.bson").open("rb") as users:
        user = next(decode_file_iter(users))
    calls = [
        usage(
            EXPENSIVE + timedelta(minutes=number),
            number,
            user=user["_id"],
            rawAmount=-250_000,
            tokenValue=-1_000_000,
            rate=4,
        )
        for number in range(4)
    ]
    with (dump / "transactions.bson").open("ab") as file:
        file.write(b"".join(map(encode, calls)))


def text_of(examples: dict[str, Any]) -> str:
    return f"{json.dumps(examples, ensure_ascii=False, indent=1)}\n"


if __name__ == "__main__":
    EXAMPLES_FILE.write_text(text_of(answers()), "utf-8")
