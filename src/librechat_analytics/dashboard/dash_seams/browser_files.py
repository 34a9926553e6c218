"""The files that the browser gets, below an address that changes whenever one of them changes."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, send_file
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from librechat_analytics.dashboard.dash_seams.comments import without_comments
from librechat_analytics.dashboard.dash_seams.endpoints import PLOTLY_BUNDLE, VERSIONED_ASSETS

if TYPE_CHECKING:
    import flask

# Relative to the assets folder. Dash must not load these by itself: stylesheet.py joins the styles, Plotly is
# loaded once there is a chart, and the scripts are modules that index_html starts.
PLOTLY = "vendor/plotly-basic.min.js"
SCRIPTS = "js"
STYLES = "css"
THEME = f"{SCRIPTS}/theme.js"
MAIN = f"{SCRIPTS}/main.js"
LATER = frozenset(
    f"{SCRIPTS}/{name}.js"
    for name in (
        "calendar_grid",
        "chart_pictures",
        "combobox",
        "filter_boxes",
        "find",
        "hits",
        "time_zone",
        "typed_period",
        "typed_words",
    )
)
"""The modules that a browser loads when the reader opens what they are for."""
FOLDERS_NOT_LOADED_BY_DASH = ["^vendor$", f"^{SCRIPTS}$", f"^{STYLES}$"]

# Where dcc.Graph looks for plotly.js when the first chart appears.
PLOTLY_PATH = "_dash-component-suites/plotly/package_data/plotly.min.js"
DAY_SECONDS = 86_400
YEAR_SECONDS = 365 * DAY_SECONDS


def assets_folder() -> Path:
    """Return the folder of the scripts, styles and pictures that the browser gets."""
    return Path(__file__).resolve().parents[2] / "assets"


@cache
def assets_version() -> str:
    """Return a short hash of all assets; it changes whenever one of them changes."""
    digest = hashlib.sha256()
    for path in sorted(assets_folder().rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(assets_folder()).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def asset_url(prefix: str, name: str) -> str:
    """Return an asset's address below the prefix, with the version of all assets in its path.

    The scripts import one another by relative paths. As the version is in the path, all of them come from one
    version of the program, and browsers may keep each of them for a year.
    """
    return f"{prefix}assets/{assets_version()}/{name}"


def module_names() -> list[str]:
    """Return the names of the script modules that the start needs, the entry first."""
    names = [f"{SCRIPTS}/{path.name}" for path in sorted((assets_folder() / SCRIPTS).glob("*.js"))]
    return [MAIN, *(name for name in names if name not in {MAIN, THEME, *LATER})]


def serve_versioned_assets(server: flask.Flask) -> None:
    """Serve the assets below their version; another version's address answers 404."""

    @server.get(f"/assets/{assets_version()}/<path:name>", endpoint=VERSIONED_ASSETS)
    def versioned_asset(name: str) -> flask.Response:
        path = safe_join(str(assets_folder()), name)
        if path is None or not Path(path).is_file():
            raise NotFound
        # The whole content at once: a streamed file would not be compressed for clients that know only gzip.
        content = _script(path) if name.startswith(f"{SCRIPTS}/") else Path(path).read_bytes()
        response = Response(content, mimetype=_media_type(name))
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_SECONDS
        response.cache_control.immutable = True
        return response


@cache
def _script(path: str) -> bytes:
    return without_comments(Path(path).read_text(encoding="utf-8")).encode()


def _media_type(name: str) -> str:
    # A machine's own table of types may be wrong about scripts, and browsers refuse such a module.
    return "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "text/plain"


def serve_plotly_basic(server: flask.Flask) -> None:
    """Answer Dash's request for plotly.js with the basic build: a quarter of the full one."""

    @server.get(f"/{PLOTLY_PATH}", endpoint=PLOTLY_BUNDLE)
    def plotly_bundle() -> flask.Response:
        return send_file(assets_folder() / PLOTLY, mimetype="text/javascript", max_age=DAY_SECONDS)
