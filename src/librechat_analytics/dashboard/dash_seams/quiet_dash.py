"""Dash without its version numbers, without files that this page never uses, and started by our script."""

from __future__ import annotations

import json
import re
from typing import Any

from dash import Dash

VERSION_NAMES = frozenset(
    {"python_version", "dash_version", "dash_version_url", "plotly_version", "ddk_version"}
)
UNUSED_FILES = re.compile(r"dash_table/|deps/polyfill@")


class QuietDash(Dash):  # type: ignore[misc]
    """Dash that hides which versions run here and loads no unused file."""

    def _collect_and_register_resources(self, resources: list[Any], *args: Any, **options: Any) -> list[Any]:
        needed = (_without_unused_files(resource) for resource in resources)
        found = super()._collect_and_register_resources([one for one in needed if one], *args, **options)
        return list(found)

    def interpolate_index(self, **parts: Any) -> str:
        start, _, rest = parts["config"].partition(">")
        config, _, _ = rest.rpartition("</script>")
        kept = {name: value for name, value in json.loads(config).items() if name not in VERSION_NAMES}
        parts["config"] = f"{start}>{json_for_script_element(kept)}</script>"
        return str(super().interpolate_index(**parts))


def json_for_script_element(data: object) -> str:
    """Return data as JSON that cannot end the ``<script>`` element around it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", r"\u003c").replace("\N{LINE SEPARATOR}", r"\u2028")


def script_that_reports_a_failed_start(not_loaded_id: str) -> str:
    """Return the inline script that takes the place of Dash's own start.

    ``main.js`` starts Dash. Where it has not done so when everything has loaded, this script shows the
    element ``not_loaded_id``.
    """
    return (
        'addEventListener("load", () => {'
        f' document.getElementById("{not_loaded_id}").hidden = "started" in document.documentElement.dataset;'
        " });"
    )


def _without_unused_files(resource: dict[str, Any]) -> dict[str, Any] | None:
    """Leave out files that serve only Dash's own tables, or browsers without today's JavaScript."""
    listed = resource.get("relative_package_path")
    if listed is None:
        return resource
    paths = [
        path for path in ([listed] if isinstance(listed, str) else listed) if not UNUSED_FILES.search(path)
    ]
    return {**resource, "relative_package_path": paths} if paths else None
