"""Operators plan by docs/scale.md: its arithmetic holds, and it names what the files have."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import bson
import pytest

from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.markdown import page, section, table
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCALE = page("docs/scale.md")
HOW_MUCH = section(SCALE, "How much a LibreChat writes")
DAYS = 365
UNTIL = datetime(2026, 11, 24, tzinfo=UTC)


def number(text: str) -> float:
    """Read a cell such as ``1,070``, ``2.1 GB`` or ``26 years``; sizes are in bytes."""
    figure, _, unit = text.partition(" ")
    return float(figure.replace(",", "")) * {"MB": 1e6, "GB": 1e9}.get(unit, 1)


def stated(pattern: str) -> float:
    (found,) = re.findall(pattern, HOW_MUCH)
    return float(found)


def test_the_table_is_its_factors_times_the_users() -> None:
    rows_a_day = stated(r"- ([\d.]+) rows per user and day")
    in_duckdb = stated(r"- (\d+) bytes a row in the DuckDB file")
    in_clickhouse = stated(r"and (\d+) bytes a row in ClickHouse")
    lines = table(HOW_MUCH, "Users", "Rows a day").rows

    assert [number(line[0]) for line in lines] == [1e3, 1e4, 1e5, 1e6]
    for users, day, year, duckdb, clickhouse, years in lines:
        rows = number(users) * rows_a_day * DAYS
        expected = (rows / DAYS, rows, rows * in_duckdb, rows * in_clickhouse, 1e8 / rows)
        for cell, exact in zip((day, year, duckdb, clickhouse, years), expected, strict=True):
            assert number(cell) == pytest.approx(exact, rel=0.03), (users, cell)


def test_the_factors_are_those_of_the_generated_sample(tmp_path: Path) -> None:
    counts = write_sample(tmp_path, transactions=20_000, seed=1, until=UNTIL)
    begin = (UNTIL - timedelta(days=DAYS)).replace(tzinfo=None)
    with (tmp_path / "LibreChat" / "transactions.bson").open("rb") as file:
        days = [
            (row["user"], row["createdAt"].date())
            for row in bson.decode_file_iter(file)
            if "createdAt" in row and row["createdAt"] >= begin
        ]

    assert len(days) / counts.users / DAYS == pytest.approx(1.07, rel=0.03)
    assert 12 <= len(days) / len(set(days)) <= 15
    assert "12 to 15 rows" in HOW_MUCH


def test_the_rights_are_those_of_the_compose_files_users() -> None:
    users = (ROOT / "deploy" / "clickhouse" / "users.xml").read_text("utf-8")
    granted = [
        f"{grant} TO {user}"
        for user in ("writer", "reader")
        for own in re.findall(rf"<{user}>.*</{user}>", users, re.DOTALL)
        for grant in re.findall(r"<query>(.+)</query>", own)
    ]
    (sql,) = re.findall(r"```sql\nCREATE DATABASE.*?```", SCALE, re.DOTALL)
    written = [" ".join(each.split()) for each in re.findall(r"GRANT .+?(?=;)", sql, re.DOTALL)]

    assert written == granted


def test_the_variables_that_are_written_into_the_env_file_are_those_of_the_compose_file() -> None:
    compose = (ROOT / "docker-compose.clickhouse.yml").read_text("utf-8")
    (written,) = re.findall(r"cat >> .env <<END\n(.*?)END", SCALE, re.DOTALL)
    names = set(re.findall(r"^ *(\w+)=", written, re.MULTILINE)) | {"STORE_URL_OF_READERS"}

    assert names - {"COMPOSE_FILE", "COMPOSE_PROFILES"} <= set(re.findall(r"\$\{(\w+)", compose))
    assert "profiles: [clickhouse]" in compose
    assert "COMPOSE_PROFILES=clickhouse" in written
