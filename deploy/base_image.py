"""Writes the digest of the newest base image into the Dockerfile; run it before a release.

    .venv/bin/python -m deploy.base_image

Asks the registry through ``docker``. The digest keeps the image on the base that was tested, whatever the tag
means on the day of the build. Running this brings in the base's security updates.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

DOCKERFILE = Path(__file__).resolve().parent.parent / "Dockerfile"
BASE = re.compile(r"^ARG BASE=(?P<tag>[^@\s]+)@(?P<digest>sha256:[0-9a-f]{64})$", re.MULTILINE)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
TIMEOUT_SECONDS = 60


def main(dockerfile: Path = DOCKERFILE) -> int:
    """Write the digest that the tag has today into the Dockerfile; returns the exit code."""
    text = dockerfile.read_text("utf-8")
    base = BASE.search(text)
    if base is None:
        print(f"{dockerfile} names no base image by its digest.")
        return 1
    # The digest of the index of all platforms, in which every platform finds its own image.
    command = ["docker", "buildx", "imagetools", "inspect", base["tag"], "--format", "{{.Manifest.Digest}}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    except FileNotFoundError:
        print("docker is missing; it is needed to ask the registry.")
        return 1
    except subprocess.TimeoutExpired:
        print(f"The registry did not answer within {TIMEOUT_SECONDS} s.")
        return 1
    newest = done.stdout.strip()
    if not DIGEST.fullmatch(newest):
        print(f"The registry gave no digest of {base['tag']}: {done.stderr.strip() or newest or 'no answer'}")
        return 1
    if newest == base["digest"]:
        print(f"{base['tag']} is still {newest}")
        return 0
    dockerfile.write_text(text.replace(base["digest"], newest), "utf-8")
    print(f"{base['tag']} is now {newest}, it was {base['digest']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
