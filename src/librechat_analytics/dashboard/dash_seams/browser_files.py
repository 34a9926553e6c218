"""The files that the browser gets: where they lie, and the plotly bundle under the address Dash asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import send_file

if TYPE_CHECKING:
    import flask

# Relative to the assets folder. Dash must not load these by itself: Bootstrap belongs before the dashboard's
# own style, the theme before any style, and plotly only once a chart is there.
BOOTSTRAP = "vendor/bootstrap-lean.min.css"
THEME = "theme.js"
PLOTLY = "vendor/plotly-basic.min.js"
NOT_LOADED_BY_DASH = rf"^{THEME}$".replace(".", r"\.")
FOLDERS_NOT_LOADED_BY_DASH = ["^vendor$"]

# Where dcc.Graph looks for plotly.js when the first chart appears.
PLOTLY_PATH = "_dash-component-suites/plotly/package_data/plotly.min.js"
DAY_SECONDS = 86_400


def assets_folder() -> Path:
    """The folder of the scripts, styles and pictures that the browser gets."""
    return Path(__file__).resolve().parents[2] / "assets"


def asset_url(prefix: str, name: str) -> str:
    """An asset's address below the prefix; changes with the file, so that it may be cached for long."""
    return f"{prefix}assets/{name}?m={(assets_folder() / name).stat().st_mtime:.0f}"


def serve_plotly_basic(server: flask.Flask) -> None:
    """Answer Dash's request for plotly.js with the basic build: a quarter of the full one."""

    @server.get(f"/{PLOTLY_PATH}", endpoint="plotly_bundle")
    def plotly_bundle() -> flask.Response:
        return send_file(assets_folder() / PLOTLY, mimetype="text/javascript", max_age=DAY_SECONDS)
