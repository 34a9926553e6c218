"""The example of a definitions file can be used as it is, and with every setting in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from librechat_analytics.finops.read_definitions import Reading, read_definitions
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ROOT / "examples"
SECRETS = {
    "FINANCE_WEBHOOK": "slack://a/b/c",
    "OPS_WEBHOOK": "https://ops.example.com/hook",
    "OPS_SECRET": "secret",
}


def reading(path: Path) -> Reading:
    return read_definitions(path, "UTC", SECRETS)


def test_the_example_can_be_used_as_it_is() -> None:
    assert reading(EXAMPLES / "finops.toml").problems == ()


def test_the_example_can_be_used_with_everything_in_it(tmp_path: Path) -> None:
    text = (EXAMPLES / "finops.toml").read_text("utf-8")
    (tmp_path / "finops.toml").write_text(re.sub(r"(?m)^#(?=[a-z\[])", "", text))
    (tmp_path / "people.csv").write_bytes((EXAMPLES / "people.csv").read_bytes())
    found = reading(tmp_path / "finops.toml")
    assert (found.problems, found.notes) == ((), ())
    assert found.definitions is not None
    assert [receiver.name for receiver in found.definitions.receivers] == ["finance", "ops"]
    assert found.definitions.reports[0].attach == "xlsx"
    assert len(found.definitions.budgets) == 3
