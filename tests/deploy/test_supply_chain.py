"""What the image is made of: listed with licences and hashes, built without tools or secrets left in it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from deploy.sbom import locked_packages, vendored_files

from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VENDOR = ROOT / "src" / "librechat_analytics" / "assets" / "vendor"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def test_every_vendored_file_is_listed_with_its_licence_version_and_hash() -> None:
    listed = vendored_files()
    assert {path.name for path in VENDOR.iterdir()} == {
        "README.md",
        *(file.file for file in listed),
        *(file.licence_file for file in listed),
    }
    for file in listed:
        content = (VENDOR / file.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256, file.file
        assert f"v{file.version}".encode() in content[:300], file.file
        licence = (VENDOR / file.licence_file).read_text("utf-8")
        assert file.licence == "MIT"
        assert "Permission is hereby granted, free of charge" in licence


def test_the_bill_of_materials_has_each_package_and_each_vendored_file(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    written = []
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "deploy.sbom", str(file)], cwd=ROOT, check=True, timeout=120)
        written.append(file.read_bytes())
    assert written[0] == written[1], "the same tree gives the same bytes"
    bom = json.loads(written[0])
    assert bom["bomFormat"] == "CycloneDX"
    components = {component["purl"]: component for component in bom["components"]}
    packages = {f"pkg:pypi/{name}@{version}" for name, version, _ in locked_packages()}
    vendored = {f"pkg:npm/{file.package}@{file.version}" for file in vendored_files()}
    assert components.keys() == packages | vendored
    assert all(component["hashes"] and component["licenses"] for component in components.values())
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    everywhere = set(re.findall(r"^([\w.-]+)==[^ ;]+ *\\$", lock, re.MULTILINE))
    assert len(everywhere) > 40
    assert everywhere <= {name for name, _, _ in locked_packages()}


def test_the_image_takes_from_the_build_nothing_but_what_runs() -> None:
    *_, built, last = DOCKERFILE.split("\nFROM ")
    assert " AS build\n" in f"FROM {built}"
    copied = re.findall(r"^COPY (.+)$", last, re.MULTILINE)
    assert copied == ["--from=build /opt/venv /opt/venv", "--from=build /build/prices /srv/prices"]
    assert not re.search(r"^(?:ADD|ARG)\b|\b(?:apt|curl|install -r)\b", last, re.MULTILINE)
    assert re.findall(r"-m pip \w+", last) == ["-m pip uninstall"]
    assert "venv --without-pip /opt/venv" in built
    assert "\nUSER 10001:10001\n" in last


def test_no_secret_can_be_in_the_images_history() -> None:
    (argument,) = re.findall(r"^ARG (.+)$", DOCKERFILE, re.MULTILINE)
    assert argument.startswith("BASE=python:3.13-slim@sha256:")
    assert not re.search(r"(?i)(key|uri|token|password)=", DOCKERFILE)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*", "what is not named does not reach the build"
    assert not [rule for rule in rules[1:] if re.search(r"env|git|data|key", rule)]


def test_each_locked_linter_has_a_hash_and_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert len(packages) > 50
    assert [path for path, package in packages.items() if "integrity" not in package] == []
    assert [path for path, package in packages.items() if "resolved" in package] == []


def test_nothing_from_npm_reaches_the_browser() -> None:
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert package["private"] is True
    assert "dependencies" not in package
    for name, version in package["devDependencies"].items():
        assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version), name
