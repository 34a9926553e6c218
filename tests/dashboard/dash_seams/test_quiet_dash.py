"""What the page loads from Dash, and what it leaves out."""

from __future__ import annotations

import re
from importlib.metadata import version

from librechat_analytics.dashboard.dash_seams.quiet_dash import QuietDash, json_for_script_element


def test_the_page_loads_no_table_of_dash_and_no_polyfill() -> None:
    loaded = " ".join(re.findall(r'<script src="([^"]*)"', QuietDash(__name__).index()))
    assert "dash_renderer" in loaded
    assert "dash_core_components" in loaded
    assert "dash_table" not in loaded
    assert "polyfill" not in loaded


def test_dash_is_of_the_minor_version_that_the_seams_were_written_for() -> None:
    assert version("dash").startswith("4.4."), "read dash_seams/README.md before changing this"


def test_json_in_a_script_element_is_the_same_data() -> None:
    text = json_for_script_element({"a": "</script>\N{LINE SEPARATOR}"})
    assert text == '{"a":"\\u003c/script>\\u2028"}'
