"""Which working copy is which."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from librechat_analytics.assembly.publishing import ID_FILE, follower_id

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_stays_the_same_follower_and_its_copy_is_another(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    first = follower_id(one)
    shutil.copytree(one, other)
    assert follower_id(other) == follower_id(other) != first
    assert follower_id(one) == first


def test_a_file_that_was_only_begun_is_written_again(tmp_path: Path) -> None:
    (tmp_path / ID_FILE).write_text("", "utf-8")
    assert follower_id(tmp_path) == follower_id(tmp_path) != ""
