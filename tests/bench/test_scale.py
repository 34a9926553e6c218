"""The bench of docs/scale.md runs on small data and measures what it says; no time is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.report import replaced
from bench.scale import BEGIN, COSTS, PAGE, QUESTIONS, keep, kept, measured, table
from tests.support.markdown import tables

if TYPE_CHECKING:
    from pathlib import Path

FEW_ROWS = 200


@pytest.mark.clickhouse
def test_each_size_has_every_figure_and_is_kept(tmp_path: Path) -> None:
    keep(tmp_path, 10_000_000, {})
    keep(tmp_path, FEW_ROWS, measured(tmp_path, FEW_ROWS))
    few, many = kept(tmp_path)
    figures = kept(tmp_path)[FEW_ROWS]
    page = replaced(
        PAGE.read_text("utf-8"),
        "\n".join(table(name, {few: figures, many: figures}) for name in (COSTS, QUESTIONS)),
        BEGIN,
    )

    costs, asked = [each for each in tables(page) if each.header == ("Rows", "200", "10 million")]
    named = {row[0] for row in costs.rows}
    assert {"publish everything", "disk", "restore a lost working copy", "publish 500 rows", "fold"} <= named
    assert {"summary, 30 days", "quality, 12 months", "find"} <= {row[0] for row in asked.rows}
    assert all(cell for row in (*costs.rows, *asked.rows) for cell in row)
