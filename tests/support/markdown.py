"""Reads the documentation, so that tests can compare it with the program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CHART = ROOT / "deploy" / "helm" / "librechat-analytics"
CODE = re.compile(r"`([^`\n]+)`")
PAGES = tuple(
    sorted(
        [
            *ROOT.glob("*.md"),
            *ROOT.joinpath("docs").rglob("*.md"),
            ROOT / "prices" / "README.md",
            CHART / "README.md",
        ],
    )
)
"""Every page for people."""


class Table(NamedTuple):
    """A table: the texts of its cells, row by row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, at: int) -> list[str]:
        return [row[at] for row in self.rows]


def page(name: str) -> str:
    """The text of a page, by its path in the repository."""
    return (ROOT / name).read_text("utf-8")


def tables(text: str) -> list[Table]:
    """All tables of a text."""
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    found = []
    for block in blocks:
        header, _, *rows = [
            tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in block.splitlines()
        ]
        found.append(Table(header, tuple(rows)))
    return found


def table(text: str, *header: str) -> Table:
    """The only table of a text whose first columns have these headings."""
    (found,) = [each for each in tables(text) if each.header[: len(header)] == header]
    return found


def section(text: str, title: str) -> str:
    """The text from a heading of the second level to the next one."""
    _, _, rest = text.partition(f"\n## {title}\n")
    assert rest, f"there is no section {title}"
    return rest.partition("\n## ")[0]


def codes(cell: str) -> list[str]:
    """Everything in backticks."""
    return CODE.findall(cell)


def only_code(cell: str) -> str:
    """The only text in backticks."""
    (code,) = codes(cell)
    return code


def anchors(page: Path) -> set[str]:
    """What links to a page's headings end in."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
