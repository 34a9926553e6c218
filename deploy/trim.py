"""Removes from the image's Python packages what the program never uses; the Dockerfile runs this.

    python trim.py /opt/venv/lib/python3.13/site-packages

Prints how many megabytes each reason saves. Fails where a pattern matches nothing: then a package has changed
and the list must follow.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import NamedTuple


class Unused(NamedTuple):
    """Files and folders that are not needed, as patterns below ``site-packages``, and why not."""

    reason: str
    patterns: tuple[str, ...]


UNUSED = (
    Unused(
        "test suites of the packages",
        ("numpy/**/tests", "pandas/tests", "plotly/**/tests"),
    ),
    Unused(
        "plotly's classes for charts: our figures are plain dictionaries",
        ("plotly/graph_objs/*/", "plotly/graph_objs/_figurewidget.py", "plotly/validators"),
    ),
    Unused(
        "plotly.js: the program serves its own smaller build",
        ("plotly/package_data/*.js", "plotly/labextension"),
    ),
    Unused(
        "source maps: only a debugger in the browser reads them",
        ("dash/**/*.map",),
    ),
    Unused(
        "Dash's table, formulas and Markdown: no view has any",
        ("dash/dash_table/*.js", "dash/dcc/async-mathjax.js", "dash/dcc/async-markdown.js"),
    ),
    Unused(
        "Dash's builds for development, and the versions of React that it does not load",
        (
            "dash/dash-renderer/build/dash_renderer.dev.js",
            "dash/deps/react-dom@1*.[0-9].js",
            "dash/deps/react@1*.[0-9].js",
            "dash/deps/react*@16*.min.js",
            "dash/deps/react*@18.2*.min.js",
        ),
    ),
    Unused(
        "highlighting of program text: the command line shows none",
        ("pygments/lexers/[!_]*.py",),
    ),
    Unused(
        "setuptools: nothing is built in the image",
        ("setuptools", "setuptools-*.dist-info", "_distutils_hack", "distutils-precedence.pth"),
    ),
    Unused(
        "headers and type stubs: only compilers and type checkers read them",
        ("numpy/_core/include", "numpy/**/*.pyi", "numpy/**/*.pxd", "numpy/random/lib", "*-stubs"),
    ),
)


def trim(packages: Path) -> None:
    """Remove everything unused below ``site-packages``; raises ValueError where a pattern matches nothing."""
    for unused in UNUSED:
        removed_bytes = 0
        for pattern in unused.patterns:
            found = [path for path in packages.glob(pattern) if path.name != "__pycache__"]
            if not found:
                raise ValueError(f"{pattern} matches nothing in {packages}")
            removed_bytes += sum(_remove(path) for path in found)
        print(f"{removed_bytes / 1e6:6.1f} MB  {unused.reason}")


def _remove(path: Path) -> int:
    """Remove a file or folder with what Python compiled from it; returns how many bytes that frees."""
    if path.is_dir():
        freed_bytes = sum(file.lstat().st_size for file in path.rglob("*") if file.is_file())
        shutil.rmtree(path)
        return freed_bytes
    freed_bytes = 0
    for file in (path, *path.parent.glob(f"__pycache__/{path.stem}.*.pyc")):
        if path.suffix == ".py" or file is path:
            freed_bytes += file.lstat().st_size
            file.unlink()
    return freed_bytes


if __name__ == "__main__":
    trim(Path(sys.argv[1]))
