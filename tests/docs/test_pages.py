"""All pages: their links lead somewhere, what they name exists, and the short ones stay short."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard.views.registry import VIEWS
from tests.support.markdown import PAGES, anchors, codes, page, table
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "src" / "librechat_analytics"


def names(of: Path) -> str:
    return str(of.relative_to(ROOT))


@pytest.mark.parametrize("of", PAGES, ids=names)
def test_every_link_leads_to_a_file_and_its_heading(of: Path) -> None:
    text = of.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"src(?:set)?=\"([^\"]+)\"", text)
    for link in links:
        if "://" in link:
            continue
        path, _, heading = link.partition("#")
        target = (of.parent / path).resolve() if path else of
        assert target.exists(), f"{link} leads nowhere"
        if heading:
            assert heading in anchors(target), f"{link}: there is no such heading"


@pytest.mark.parametrize("of", PAGES, ids=names)
def test_the_files_and_folders_that_are_named_exist(of: Path) -> None:
    tops = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {"data"}
    named = {code.split("#")[0] for code in codes(of.read_text("utf-8")) if code.split("/")[0] in tops}

    missing = [
        name
        for name in named
        if not re.search(r"[ *{<\N{HORIZONTAL ELLIPSIS}]", name) and not (ROOT / name).exists()
    ]
    assert missing == []


def test_the_rooms_of_the_code_are_all_of_them() -> None:
    cells = table(page("docs/architecture.md"), "Folder or file").column(0)
    named = {code.rstrip("/") for cell in cells for code in codes(cell)}
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}

    assert rooms <= named
    assert all((PACKAGE / name).exists() for name in named)


def test_the_readme_fits_on_a_few_screens() -> None:
    assert len(page("README.md").splitlines()) <= 150


def test_the_glossary_has_at_most_fifty_words_each_once() -> None:
    words = table(page("docs/glossary.md"), "Word").column(0)

    assert len(words) <= 50
    assert words == sorted(set(words), key=str.lower)


def test_the_views_that_are_named_are_those_of_the_menu() -> None:
    titles = [view.title for view in VIEWS if view.in_menu]
    (named,) = re.findall(r"There are \w+ views: (.*?)\.", page("docs/dashboard.md"), re.DOTALL)
    (meaning,) = [row[1] for row in table(page("docs/glossary.md"), "Word").rows if row[0] == "**view**"]

    assert re.findall(r"\*\*(.+?)\*\*", named) == titles, "docs/dashboard.md"
    assert [title for title in titles if title not in meaning] == [], "docs/glossary.md"


def test_every_decision_is_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", page("docs/decisions/README.md"))

    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_the_changelog_names_the_version_of_the_package() -> None:
    (version,) = re.findall(r'^version = "(.+)"$', page("pyproject.toml"), re.MULTILINE)

    assert f"\n## {version}" in page("CHANGELOG.md")
