"""Looks for known vulnerabilities in the packages that the image holds.

    .venv/bin/python -m deploy.audit

One line says how many were audited. Fails where some are vulnerable; where the service that knows cannot be
reached, or does not know the packages, that is said and no failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
PATIENCE_SECONDS = 30


def main() -> int:
    """Print what was found; gives the exit code."""
    command = [
        str(Path(sys.executable).with_name("pip-audit")),
        "--requirement",
        str(LOCK),
        "--require-hashes",
    ]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
        packages = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        print(f"The packages could not be audited: no answer within {PATIENCE_SECONDS} s.")
        return 0
    except ValueError:
        print(f"The packages could not be audited: {(done.stderr.strip().splitlines() or ['no report'])[-1]}")
        return 0
    audited = [package for package in packages if "vulns" in package]
    for package in audited:
        for flaw in package["vulns"]:
            mended = ", ".join(flaw["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    vulnerable = sum(bool(package["vulns"]) for package in audited)
    print(
        f"Audited {len(audited)} of {len(packages)} packages, {vulnerable} vulnerable;"
        f" {len(packages) - len(audited)} could not be audited."
    )
    return int(vulnerable > 0)


if __name__ == "__main__":
    sys.exit(main())
