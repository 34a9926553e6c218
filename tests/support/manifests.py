"""Compose files and the chart, read as Docker, Helm and Kubernetes read them.

`make manifest-tools` builds the programs that do so.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from tests.support.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CHART = ROOT / "deploy" / "helm" / "librechat-analytics"
RELEASE = "librechat-analytics"


class RefusedError(Exception):
    """A tool does not accept a file; the text is what it says."""


class Manifest(NamedTuple):
    """One object of Kubernetes."""

    kind: str
    name: str
    content: dict[str, object]


def composed(file: Path, **environment: str) -> dict[str, object]:
    """What Docker makes of a compose file and these variables; raises RefusedError."""
    out = _run("composecheck", str(file), environment=environment)
    project: dict[str, object] = json.loads(out)
    return project


def rendered(values: Mapping[str, object], chart: Path = CHART) -> str:
    """The manifests of the chart as YAML; raises RefusedError where the values do not fit."""
    return _run("helm", "template", RELEASE, str(chart), "--values", "-", given=json.dumps(values))


def manifests(values: Mapping[str, object], chart: Path = CHART) -> list[Manifest]:
    """The objects of the chart, checked as by an API server; raises RefusedError with all mistakes."""
    return checked(rendered(values, chart))


def checked(text: str) -> list[Manifest]:
    """The objects of some YAML, checked as by an API server; raises RefusedError with all mistakes."""
    contents: list[dict[str, object]] = json.loads(_run("kubecheck", given=text))
    return [Manifest(str(at(each, "kind")), str(at(each, "metadata", "name")), each) for each in contents]


def lint(*arguments: str) -> str:
    """What `helm lint` says of the chart; raises RefusedError."""
    return _run("helm", "lint", "--strict", str(CHART), *arguments)


def at(content: object, *path: str | int) -> object:
    """What is at a path of keys and places, or None."""
    for step in path:
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            return None
    return content


def texts_in(content: object) -> Iterator[str]:
    """Every text and number in some JSON."""
    if isinstance(content, dict):
        for value in content.values():
            yield from texts_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from texts_in(value)
    else:
        yield str(content)


def _run(tool: str, *arguments: str, given: str = "", environment: Mapping[str, str] | None = None) -> str:
    program = ROOT / ".cache" / tool
    if not program.exists():
        raise FileNotFoundError(f"{program} is missing; `make manifest-tools` builds it")
    done = subprocess.run(
        [str(program), *arguments],
        input=given,
        env={"HOME": "/nonexistent"} | dict(environment or {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RefusedError(done.stdout + done.stderr)
    return done.stdout
