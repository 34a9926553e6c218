"""Operators go by docs/operate.md: its settings, commands and ports are those of the program."""

from __future__ import annotations

import re

import pytest
import typer.main

from librechat_analytics.cli.main import program
from librechat_analytics.settings import Settings
from tests.support.markdown import PAGES, codes, only_code, page, table
from tests.support.servers import ROOT

OPERATE = page("docs/operate.md")
COMPOSE_ONLY = {"LIBRECHAT_NETWORK"}
NOT_SET = "none"


class TestSettings:
    def test_the_table_has_every_setting_once_and_no_other(self) -> None:
        named = [only_code(cell) for cell in table(OPERATE, "Setting", "Default").column(0)]

        assert sorted(named) == sorted({name.upper() for name in Settings.model_fields} | COMPOSE_ONLY)

    def test_the_defaults_are_those_of_the_example_file(self) -> None:
        example_file = (ROOT / ".env.example").read_text("utf-8")
        defaults = {
            name: value.strip('"') or NOT_SET
            for name, value in re.findall(r"^#?([A-Z_]+)=(.*)$", example_file, re.MULTILINE)
        }

        rows = table(OPERATE, "Setting", "Default").rows
        assert {only_code(name): default.strip("`") for name, default, _ in rows} == defaults

    @pytest.mark.parametrize("name", Settings.model_fields)
    def test_a_setting_is_explained_as_in_the_program(self, name: str) -> None:
        explained = {only_code(row[0]): row[2] for row in table(OPERATE, "Setting", "Default").rows}

        assert explained[name.upper()].startswith(str(Settings.model_fields[name].description))


class TestCommands:
    def test_the_table_has_every_command_once_and_no_other(self) -> None:
        named = [only_code(cell).split()[0] for cell in table(OPERATE, "Command").column(0)]

        assert sorted(named) == sorted(typer.main.get_group(program).commands)

    def test_the_options_that_are_named_exist(self) -> None:
        commands = typer.main.get_group(program).commands
        for cell, explanation in table(OPERATE, "Command").rows:
            name = only_code(cell).split()[0]
            named = {code.split()[0] for code in codes(explanation) if code.startswith("--")}
            options = {option for parameter in commands[name].params for option in parameter.opts}
            assert named <= options, name

    def test_the_make_targets_that_are_named_exist(self) -> None:
        targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        texts = [each.read_text("utf-8") for each in PAGES]
        named = {
            target
            for text in texts
            for target in re.findall(r"(?:^|`)make ([a-z-]+)(?:$|`| )", text, re.MULTILINE)
        }

        assert {"run", "test", "check"} <= named <= set(targets)


def test_what_compose_and_image_say_of_the_port_is_what_the_page_says() -> None:
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")

    assert '"127.0.0.1:3001:3001"' in compose
    assert "${LIBRECHAT_NETWORK:-librechat_default}" in compose
    assert str(Settings.model_fields["port"].default) == "3001"
