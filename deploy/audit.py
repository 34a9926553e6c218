"""Looks for known vulnerabilities in the packages that the image holds.

    .venv/bin/python -m deploy.audit

The last line says how many packages were audited. The command fails when one is vulnerable. It does not fail
when no advisory service can be reached, or none knows the packages; it says so.
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
"""Advisory services, in the order in which they are tried until one knows the packages."""

TIMEOUT_SECONDS = 30
LONGEST_REASON = 120


class Flaw(TypedDict):
    """A known vulnerability."""

    id: str
    fix_versions: list[str]


class Package(TypedDict, total=False):
    """A package as pip-audit reports it; without ``vulns`` when the service does not know it."""

    name: str
    version: str
    vulns: list[Flaw]


def main(program: Path = PROGRAM, timeout_seconds: float = TIMEOUT_SECONDS) -> int:
    """Print the result; returns the exit code."""
    unanswered = []
    for service in SERVICES:
        packages, reason = _audit(program, service, timeout_seconds)
        audited = [package for package in packages if "vulns" in package]
        if audited:
            return _report(audited, len(packages) - len(audited), service)
        unanswered.append(f"{service}: {reason or f'it knows none of {len(packages)} packages'}")
    print(f"NOT AUDITED: no advisory service has answered ({'; '.join(unanswered)}).")
    print(
        "The locked packages may have known vulnerabilities. Run `make audit` where a service can be reached."
    )
    return 0


def _audit(program: Path, service: str, timeout_seconds: float) -> tuple[list[Package], str]:
    """Let a service audit the lock file; returns its report on each package, or why there is none."""
    command = [str(program), "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    command += ["--vulnerability-service", service, "--progress-spinner", "off", "--format", "json"]
    command += ["--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_seconds, check=False)
        return json.loads(done.stdout)["dependencies"], ""
    except subprocess.TimeoutExpired:
        return [], f"no answer within {timeout_seconds:g} s"
    except ValueError:
        return [], (done.stderr.strip().splitlines() or ["no report"])[-1][:LONGEST_REASON]


def _report(audited: list[Package], unknown: int, service: str) -> int:
    for package in audited:
        for flaw in package["vulns"]:
            fixed_in = ", ".join(flaw["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {flaw['id']}, fixed in {fixed_in}")
    vulnerable = sum(bool(package["vulns"]) for package in audited)
    print(
        f"Audited {len(audited)} of {len(audited) + unknown} packages with {service},"
        f" {vulnerable} vulnerable; {unknown} could not be audited."
    )
    return int(vulnerable > 0)


if __name__ == "__main__":
    sys.exit(main())
