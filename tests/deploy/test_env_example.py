"""`.env.example` lists all settings, with their true defaults."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.settings import Settings, SettingsError, load_settings, required_key
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COMPOSE_ONLY = {"LIBRECHAT_NETWORK"}


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example as ``.env`` in the working folder, with nothing set in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    copy = tmp_path / ".env"
    shutil.copy(ROOT / ".env.example", copy)
    return copy


def test_it_names_every_setting_once_and_no_other(example: Path) -> None:
    named = re.findall(r"^#?([A-Z_]+)=", example.read_text(), re.MULTILINE)

    assert sorted(named) == sorted({name.upper() for name in Settings.model_fields} | COMPOSE_ONLY)


def test_what_is_commented_out_is_the_default(example: Path) -> None:
    defaults = load_settings()
    example.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", example.read_text(), flags=re.MULTILINE))

    assert load_settings() == defaults


@pytest.mark.usefixtures("example")
def test_a_copy_left_as_it_is_refuses_to_serve_and_says_how_to_make_a_key() -> None:
    with pytest.raises(SettingsError, match="openssl rand -base64 32"):
        required_key(load_settings())
