"""Another engine's words in the queries, and its own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.queries import dialect, of_period
from librechat_analytics.usage.queries.dialect import DUCKDB, Dialect

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OTHER = Dialect(
    "other", inlined="", kept="ONCE", unmarked="", skipping_nulls="", counted_in_bits="uniq({key}, {most})"
)


def test_duckdbs_words_are_those_of_the_files() -> None:
    assert "AS NOT MATERIALIZED (" in DUCKDB.text("base/period")
    assert "AS MATERIALIZED (" in DUCKDB.text("top_agents")


def test_another_engine_says_in_its_own_words_whether_a_step_is_computed_once() -> None:
    text = of_period("top_agents", EVERYTHING, dialect=OTHER)
    assert "selected AS (" in text
    assert "per_way AS ONCE (" in text
    assert "MATERIALIZED" not in text


def test_users_and_conversations_are_counted_in_bits_on_request() -> None:
    text = of_period("totals", EVERYTHING, in_bits=True, dialect=OTHER)
    assert "uniq(counted_user_key, $last_user_key) AS active_users" in text
    assert "uniq(counted_conversation_key, $last_conversation_key) AS conversations" in text
    assert "count(DISTINCT" in of_period("totals", EVERYTHING, dialect=OTHER)


def test_an_engines_own_file_replaces_the_common_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "totals.sql").write_text("SELECT 1 FROM selected")
    (tmp_path / "quality.sql").write_text("SELECT 2 FROM judged")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "totals.sql").write_text("SELECT 3 FROM selected")
    monkeypatch.setattr(dialect, "files", lambda _: tmp_path)
    own = Dialect("own", inlined="", kept="", unmarked="", skipping_nulls="", counted_in_bits="")
    assert own.text("totals") == "SELECT 3 FROM selected"
    assert own.text("quality") == "SELECT 2 FROM judged"
