"""Zones: which names are taken, and which are refused."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.zones import UnknownZoneError, parse_zone


class TestParseZone:
    @pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"])
    def test_it_takes_iana_names(self, name):
        assert parse_zone(name).key == name

    @pytest.mark.parametrize(
        "name",
        [
            *("", " ", "Berlin", "europe/berlin", "Europe/Berlin ", "Europe/Berlin\n", "Europe/", "Europe"),
            *(
                "localtime",
                "Factory",
                "posixrules",
                "posix/Europe/Berlin",
                "right/Europe/Berlin",
                "tzdata.zi",
            ),
            *("../Europe/Berlin", "/etc/localtime", "Europe/../UTC", "Europe//Berlin", "./UTC", "C:\\UTC"),
            *(
                "UTC\0",
                "\ud800",
                "+01:00",
                "UTC+1",
                "EST5EDT,M3.2.0,M11.1.0",
                "\uff35\uff34\uff23",
                "A" * 9999,
            ),
        ],
    )
    def test_it_refuses_everything_else(self, name):
        with pytest.raises(UnknownZoneError):
            parse_zone(name)

    @given(st.text())
    def test_no_text_raises_anything_else(self, name):
        with suppress(UnknownZoneError):
            assert parse_zone(name).key == name

    def test_it_needs_no_zones_of_the_machine(self):
        script = "from librechat_analytics.zones import parse_zone; print(parse_zone('Asia/Kathmandu'))"
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONTZPATH": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert done.stdout.strip() == "Asia/Kathmandu"
