"""Comments stay in the source, and nothing else does."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard.dash_seams.browser_files import assets_folder
from librechat_analytics.dashboard.dash_seams.comments import without_comments
from tests.scripts.test_scripts import node

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = sorted((assets_folder() / "js").glob("*.js"))
STYLES = sorted((assets_folder() / "css").glob("*.css"))


def test_lines_that_are_comments_go_and_all_others_stay_as_they_are() -> None:
    text = """// one
/* two */
/**
 * three // four
 */
const a = "// five"; // six

  /** @type {string} */ (b).c();
  /** @type {string} */
  const url = "/*"; /* seven */
"""
    assert without_comments(text) == (
        'const a = "// five"; // six\n  /** @type {string} */ (b).c();\n  const url = "/*"; /* seven */\n'
    )


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES], ids=lambda path: path.name)
def test_a_comment_begins_and_ends_on_lines_of_its_own(path: Path) -> None:
    lean = without_comments(path.read_text("utf-8"))
    starts = [line.strip() for line in lean.splitlines() if line.strip().startswith(("//", "* @", "/*"))]

    assert [line for line in starts if not line.startswith("/**") or "*/ " not in line] == []
    assert lean.count("{") == lean.count("}")
    assert lean.count("`") % 2 == 0


def test_every_script_still_is_one(tmp_path: Path) -> None:
    for path in SCRIPTS:
        (tmp_path / f"{path.stem}.mjs").write_text(without_comments(path.read_text("utf-8")), "utf-8")
    for lean in tmp_path.iterdir():
        check = subprocess.run(
            [node(), "--check", str(lean)], capture_output=True, text=True, timeout=30, check=False
        )
        assert check.returncode == 0, check.stderr
