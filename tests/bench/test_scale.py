"""The bench of docs/scale.md runs on small data and measures what it says; no time is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.report import replaced
from bench.scale import BEGIN, PAGE, measured, table
from tests.support.markdown import tables

if TYPE_CHECKING:
    from pathlib import Path

FEW_ROWS = 200


@pytest.mark.clickhouse
def test_the_publication_and_the_disk_have_a_figure_for_each_size(tmp_path: Path) -> None:
    figures = measured(tmp_path, FEW_ROWS)
    page = replaced(PAGE.read_text("utf-8"), table({FEW_ROWS: figures, 10_000_000: figures}), BEGIN)

    (found,) = [each for each in tables(page) if each.header == ("Rows", "200", "10 million")]
    assert [row[0] for row in found.rows] == ["publish everything", "disk"]
    assert all(" · " in cell for cell in found.rows[1][1:])
