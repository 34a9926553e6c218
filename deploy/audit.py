"""Looks for known vulnerabilities in the packages that the image holds.

    .venv/bin/python -m deploy.audit

The last line says how many were audited. Fails where some are vulnerable; where no advisory service can be
asked, or none knows the packages, that is said and no failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
PROGRAM = Path(sys.executable).with_name("pip-audit")
SERVICES = ("pypi", "osv")
"""Asked in this order, until one knows the packages."""

PATIENCE_SECONDS = 30
LONGEST_REASON = 120


class Flaw(TypedDict):
    """A known vulnerability."""

    id: str
    fix_versions: list[str]


class Package(TypedDict, total=False):
    """A package as pip-audit reports it; without ``vulns`` where nobody knew it."""

    name: str
    version: str
    vulns: list[Flaw]


def main(program: Path = PROGRAM, patience_seconds: float = PATIENCE_SECONDS) -> int:
    """Print what was found; gives the exit code."""
    unanswered = []
    for service in SERVICES:
        packages, reason = _ask(program, service, patience_seconds)
        audited = [package for package in packages if "vulns" in package]
        if audited:
            return _tell(audited, len(packages) - len(audited), service)
        unanswered.append(f"{service}: {reason or f'it knows none of {len(packages)} packages'}")
    print(f"NOT AUDITED: no advisory service could be asked ({'; '.join(unanswered)}).")
    print(
        "Whether the locked packages have known vulnerabilities is open. Run `make audit` where one can be."
    )
    return 0


def _ask(program: Path, service: str, patience_seconds: float) -> tuple[list[Package], str]:
    """Have a service audit the lock file; gives what it said of each package, or why there is nothing."""
    command = [str(program), "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    command += ["--vulnerability-service", service, "--progress-spinner", "off", "--format", "json"]
    command += ["--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience_seconds, check=False)
        return json.loads(done.stdout)["dependencies"], ""
    except subprocess.TimeoutExpired:
        return [], f"no answer within {patience_seconds:g} s"
    except ValueError:
        return [], (done.stderr.strip().splitlines() or ["no report"])[-1][:LONGEST_REASON]


def _tell(audited: list[Package], unknown: int, service: str) -> int:
    for package in audited:
        for flaw in package["vulns"]:
            mended = ", ".join(flaw["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    vulnerable = sum(bool(package["vulns"]) for package in audited)
    print(
        f"Audited {len(audited)} of {len(audited) + unknown} packages with {service},"
        f" {vulnerable} vulnerable; {unknown} could not be audited."
    )
    return int(vulnerable > 0)


if __name__ == "__main__":
    sys.exit(main())
