"""The bench of docs/scale.md runs on small data and measures what it says; no time is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.report import replaced
from bench.scale import ABOUT, BEGIN, PAGE, measured, table
from tests.support.markdown import tables

if TYPE_CHECKING:
    from pathlib import Path

FEW_ROWS = 200


@pytest.mark.clickhouse
def test_each_line_has_a_figure_of_the_file_and_one_of_clickhouse(tmp_path: Path) -> None:
    figures = measured(tmp_path, FEW_ROWS, asked=("summary", "quality"), times=1)
    page = replaced(PAGE.read_text("utf-8"), table({FEW_ROWS: figures, 10_000_000: figures}), BEGIN)

    (found,) = [each for each in tables(page) if each.header == ("Rows", "200", "10 million")]
    publishing, *compared = found.rows
    assert publishing[0] == "publish everything"
    assert len(compared) == 1 + len(ABOUT) * 2
    assert all(cell.count(" · ") == 1 for row in compared for cell in row[1:])
