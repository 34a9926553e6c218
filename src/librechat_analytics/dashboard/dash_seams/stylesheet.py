"""The page's only stylesheet: Bootstrap and the files of ``assets/css`` in one response.

Dash would load each file with a request of its own, and Bootstrap outside any layer, where it would win over
all of them. In one response the layers that ``layers.css`` declares decide what wins, so the names of the
files mean nothing. The text is read once: a change of style needs a restart.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flask import request

from librechat_analytics.dashboard.dash_seams.browser_files import (
    STYLES,
    YEAR_SECONDS,
    assets_folder,
    assets_version,
)
from librechat_analytics.dashboard.dash_seams.comments import without_comments
from librechat_analytics.dashboard.dash_seams.endpoints import STYLESHEET

if TYPE_CHECKING:
    import flask

BOOTSTRAP = "vendor/bootstrap-lean.min.css"
LAYERS = "layers.css"
STYLESHEET_PATH = "assets/dashboard.css"


@cache
def stylesheet() -> str:
    """Return the whole text: the order of the layers, Bootstrap in the lowest of them, the components."""
    folder = assets_folder()
    layers = (folder / STYLES / LAYERS).read_text(encoding="utf-8")
    bootstrap = (folder / BOOTSTRAP).read_text(encoding="utf-8")
    components = [path for path in sorted((folder / STYLES).glob("*.css")) if path.name != LAYERS]
    texts = [without_comments(path.read_text(encoding="utf-8")) for path in components]
    return "\n".join([layers, f"@layer bootstrap {{\n{bootstrap}\n}}", *texts])


def stylesheet_url(prefix: str) -> str:
    """Return the stylesheet's address below the prefix, with the version of all assets."""
    return f"{prefix}{STYLESHEET_PATH}?v={assets_version()}"


def serve_stylesheet(server: flask.Flask) -> None:
    """Serve the stylesheet where Dash would look for a file of that name."""

    @server.get(f"/{STYLESHEET_PATH}", endpoint=STYLESHEET)
    def joined_stylesheet() -> flask.Response:
        response = server.response_class(stylesheet(), mimetype="text/css")
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_SECONDS
        response.set_etag(assets_version())
        response.make_conditional(request)
        return response
