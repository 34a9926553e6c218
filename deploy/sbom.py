"""Writes a CycloneDX list of what the image adds to its base: locked packages and vendored browser files.

    .venv/bin/python -m deploy.sbom FILE

Packages come from ``requirements.lock``, only those for Linux, and their licences from what is installed;
vendored files come from the package's ``assets/vendor/README.md``. The same tree gives the same bytes.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
LINUX = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "python_full_version": "3.13.0",
}
VENDORED = re.compile(
    r"^\| `([^`]+)` \| `([^`]+)`[^|]* \| (\S+) \| ([^,|]+), `([^`]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE
)
LOCKED = re.compile(r"^(?P<requirement>\S.*?) *\\\n(?P<hashes>(?: +--hash=sha256:\S+ *\\?\n)+)", re.MULTILINE)
LICENCES = LicenseFactory()


class Vendored(NamedTuple):
    """A row of the table in ``src/librechat_analytics/assets/vendor/README.md``."""

    file: str
    package: str
    version: str
    licence: str
    licence_file: str
    sha256: str


def vendored_files() -> list[Vendored]:
    """Read the table of vendored files."""
    table = (ROOT / "src" / "librechat_analytics" / "assets" / "vendor" / "README.md").read_text("utf-8")
    return [Vendored(*row) for row in VENDORED.findall(table)]


def locked_packages() -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, version and the SHA-256 of every wheel of the packages for Linux."""
    for found in LOCKED.finditer((ROOT / "requirements.lock").read_text("utf-8")):
        requirement = Requirement(found["requirement"])
        if requirement.marker is None or requirement.marker.evaluate(LINUX):
            (pin,) = requirement.specifier
            yield requirement.name, pin.version, re.findall(r"sha256:([0-9a-f]{64})", found["hashes"])


def components() -> Iterator[Component]:
    """Yield a component for each package and each vendored file."""
    for name, version, hashes in locked_packages():
        yield Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=version,
            bom_ref=f"pypi/{name}",
            purl=PackageURL("pypi", name=name, version=version),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in hashes],
            licenses=[LICENCES.make_from_string(text) for text in licence_of(name)],
        )
    for file in vendored_files():
        yield Component(
            type=ComponentType.FILE,
            name=f"src/librechat_analytics/assets/vendor/{file.file}",
            version=file.version,
            bom_ref=f"vendor/{file.file}",
            purl=PackageURL("npm", name=file.package, version=file.version),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=file.sha256)],
            licenses=[LICENCES.make_from_string(file.licence)],
        )


def licence_of(package: str) -> list[str]:
    """Read the licence that a package declares; none if it is not installed here."""
    try:
        declared = metadata(package)
    except PackageNotFoundError:
        return []
    named = declared["License-Expression"] or declared["License"] or ""
    classified = [text for text in declared.get_all("Classifier", ()) if text.startswith("License :: ")]
    return [named] if named and "\n" not in named else [text.rpartition(" :: ")[2] for text in classified]


def main() -> None:
    """Write the list."""
    (file,) = sys.argv[1:]
    project = metadata("librechat-analytics")
    bom = Bom(components=components())
    bom.metadata.component = Component(
        type=ComponentType.APPLICATION,
        name=project["Name"],
        version=project["Version"],
        bom_ref="librechat-analytics",
        licenses=[LICENCES.make_from_string(project["License-Expression"])],
    )
    bom.register_dependency(bom.metadata.component, bom.components)
    bom.metadata.timestamp = None
    contents = (ROOT / "requirements.lock").read_text("utf-8") + repr(vendored_files())
    bom.serial_number = uuid5(NAMESPACE_URL, contents)
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    JsonV1Dot6(bom).output_to_file(file, allow_overwrite=True, indent=2)
    print(f"Wrote {len(bom.components)} components to {file}.")


if __name__ == "__main__":
    main()
