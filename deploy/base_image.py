"""Takes the newest build of the base image into the Dockerfile, by its digest; to be run before a release.

    .venv/bin/python -m deploy.base_image

Asks the registry through ``docker``. The image is built from what was looked at and tested, not from whatever
the tag means on that day; without this, its security updates would never come.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

DOCKERFILE = Path(__file__).resolve().parent.parent / "Dockerfile"
BASE = re.compile(r"^ARG BASE=(?P<tag>[^@\s]+)@(?P<digest>sha256:[0-9a-f]{64})$", re.MULTILINE)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
PATIENCE_SECONDS = 60


def main(dockerfile: Path = DOCKERFILE) -> int:
    """Write the digest that the tag has today into the Dockerfile; gives the exit code."""
    text = dockerfile.read_text("utf-8")
    base = BASE.search(text)
    if base is None:
        print(f"{dockerfile} names no base image by its digest.")
        return 1
    # Of the index of all platforms, so that every platform finds its own image under it.
    command = ["docker", "buildx", "imagetools", "inspect", base["tag"], "--format", "{{.Manifest.Digest}}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    except FileNotFoundError:
        print("docker is missing, with which the registry is asked.")
        return 1
    except subprocess.TimeoutExpired:
        print(f"The registry did not answer within {PATIENCE_SECONDS} s.")
        return 1
    newest = done.stdout.strip()
    if not DIGEST.fullmatch(newest):
        print(f"The registry told no digest of {base['tag']}: {done.stderr.strip() or newest or 'no answer'}")
        return 1
    if newest == base["digest"]:
        print(f"{base['tag']} is still {newest}")
        return 0
    dockerfile.write_text(text.replace(base["digest"], newest), "utf-8")
    print(f"{base['tag']} is now {newest}, it was {base['digest']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
