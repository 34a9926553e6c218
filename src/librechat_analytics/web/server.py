"""The Flask server under API and dashboard: who may ask, what every answer carries, how errors look."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, g, request
from flask.json.provider import DefaultJSONProvider
from flask_compress import Compress
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Rule

from librechat_analytics.errors import OperatorError
from librechat_analytics.usage.periods import BadPeriodError
from librechat_analytics.web.bodies import Health, Ready, Refusal, RefusedParameter, json_response
from librechat_analytics.web.door import NotLetInError
from librechat_analytics.web.parameters import BadParameterError, bad_period
from librechat_analytics.web.requests_log import log_requests, reference

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Response

    from librechat_analytics.web.bodies import Readiness
    from librechat_analytics.web.door import Door

log = logging.getLogger(__name__)

PREFIX = "/librechat-analytics/"
LARGEST_BODY_BYTES = 256 * 1024
RETRY_AFTER_SECONDS = 5
ONE_YEAR_SECONDS = 365 * 24 * 3600

ELSEWHERE = "/<path:path>"
"""Dash's endpoint for every path that nothing else answers."""

# Names are endpoints, not paths.
FILE_ENDPOINTS = frozenset(
    {
        "_dash_assets.static",
        "/_favicon.ico",
        "plotly_bundle",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    }
)
DESCRIPTIONS = frozenset({"description.openapi", "description.docs"})
PUBLIC_ENDPOINTS = FILE_ENDPOINTS | DESCRIPTIONS | {"health", "ready", "/", ELSEWHERE}
"""Everything else needs the key; ``/`` is the page without any data, which asks for it."""

ASK_AGAIN = "private, no-cache"
"""May be kept by whoever asked, and is used again only if the same is still the answer."""

SCRIPT_HASHES = "PAGE_SCRIPT_HASHES"
NO_CONTENT_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors {ancestors}"
# style-src 'unsafe-inline': plotly and Dash set style attributes. blob: saves a chart as a picture.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self';"
    " base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors {ancestors}"
)


class StrictJSON(DefaultJSONProvider):
    """JSON as others can read it: an infinite or undefined number is an error, not ``NaN``."""

    sort_keys = False
    ensure_ascii = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return super().dumps(obj, allow_nan=False, **kwargs)


class StripPrefix:
    """Accept the public prefix whether or not a proxy has already removed it."""

    def __init__(
        self, wsgi_app: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]], prefix: str
    ) -> None:
        self._wsgi_app = wsgi_app
        self._prefix = prefix.rstrip("/")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(self._prefix + "/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._prefix
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._wsgi_app(environ, start_response)


def create_server(
    *, door: Door, readiness: Callable[[], Readiness], frame_ancestors: Collection[str]
) -> Flask:
    """Make the server with its guard, headers, errors and health checks; pages and API come on top."""
    server = Flask("librechat_analytics", static_folder=None)
    server.json = StrictJSON(server)
    server.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=ONE_YEAR_SECONDS,  # Dash adds the file's time to an asset's address
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=["_dash_assets.static"],
    )
    server.url_map.strict_slashes = False
    server.wsgi_app = StripPrefix(server.wsgi_app, PREFIX)  # type: ignore[method-assign]
    log_requests(server)
    _guard(server, door)
    _headers(server, frame_ancestors)
    _errors(server)
    Compress(server)

    @server.get("/health")
    def health() -> Response:
        """Tell whether figures can be answered; never asks MongoDB."""
        if readiness() == "unavailable":
            return _try_again(json_response(Health(status="unavailable"), 503))
        return json_response(Health(status="ok"))

    @server.get("/health/ready")
    def ready() -> Response:
        """Tell whether it is worth sending anybody here yet; never asks MongoDB."""
        status = readiness()
        if status != "ready":
            return _try_again(json_response(Ready(status=status), 503))
        return json_response(Ready(status="ready"))

    return server


def _guard(server: Flask, door: Door) -> None:
    @server.before_request
    def require_key() -> Response | None:
        """Let nobody in without a key but to what is public: deny by default."""
        in_api = request.path == "/api" or request.path.startswith("/api/")
        if request.endpoint in (DESCRIPTIONS if in_api else PUBLIC_ENDPOINTS):
            return None
        try:
            g.visitor = door.let_in(request)
        except NotLetInError as refused:
            response = json_response(Refusal(error=str(refused)), refused.status)
            if refused.retry_after_seconds is not None:
                response.headers["Retry-After"] = str(refused.retry_after_seconds)
            return response
        return None


def _headers(server: Flask, frame_ancestors: Collection[str]) -> None:
    @server.after_request
    def protect(response: Response) -> Response:
        """Send what keeps browsers and caches from doing harm."""
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if tuple(frame_ancestors) == ("'self'",):
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        policy = PAGE_POLICY if response.mimetype == "text/html" else NO_CONTENT_POLICY
        scripts = " ".join(server.config.get(SCRIPT_HASHES, ()))
        response.headers.setdefault(
            "Content-Security-Policy", policy.format(scripts=scripts, ancestors=" ".join(frame_ancestors))
        )
        may_be_kept = request.endpoint in FILE_ENDPOINTS or response.headers.get("Cache-Control") == ASK_AGAIN
        if not may_be_kept or response.status_code >= HTTPStatus.BAD_REQUEST:
            response.headers["Cache-Control"] = "no-store"
        return response


def _errors(server: Flask) -> None:
    @server.errorhandler(BadParameterError)
    def bad_parameter(error: BadParameterError) -> Response:
        return json_response(RefusedParameter(error=str(error), parameter=error.parameter), 400)

    @server.errorhandler(BadPeriodError)
    def bad_period_of_answer(error: BadPeriodError) -> Response:
        return bad_parameter(bad_period(error))

    @server.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        sentence = {
            413: "The request is too large.",
        }.get(status, error.description or error.name)
        if status == 404 and error.description == NotFound.description:
            sentence = "There is nothing at this address."
        methods = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        if status == MethodNotAllowed.code:
            sentence = f"This address answers {methods} only."
        response = json_response(Refusal(error=sentence), status)
        if methods:
            response.headers["Allow"] = methods
        return response

    @server.errorhandler(OperatorError)
    def store_error(_: OperatorError) -> Response:
        number = reference()
        log.exception("The store did not answer (%s)", number)
        sentence = f"The figures cannot be read at the moment; try again soon ({number})."
        return _try_again(json_response(Refusal(error=sentence), 503))

    @server.errorhandler(Exception)
    def unexpected(_: Exception) -> Response:
        number = reference()
        log.exception("A request failed (%s)", number)
        return json_response(Refusal(error=f"Something went wrong here; the log knows more ({number})."), 500)


def _try_again(response: Response) -> Response:
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def conditional(response: Response) -> Response:
    """Answer 304 without a body where the one who asks has this very answer already."""
    response.headers["Cache-Control"] = ASK_AGAIN
    response.add_etag()
    response.make_conditional(request)
    return response


def allow_page_scripts(server: Flask, hashes: Iterable[str]) -> None:
    """Let the page run the inline scripts with these hashes, and no others."""
    server.config[SCRIPT_HASHES] = tuple(hashes)


def refuse_unknown_paths(server: Flask) -> None:
    """Answer 404 where nothing is, instead of Dash's page: a wrong address must not look like a right one."""

    def nothing_below_api(rest: str = "") -> Response:
        path = f"/api/{rest.rstrip('/')}"
        for rule in server.url_map.iter_rules():
            if rule.rule == path:
                raise MethodNotAllowed(sorted(rule.methods or ()))
        raise NotFound

    for path in ("/api", "/api/<path:rest>"):
        server.url_map.add(Rule(path, endpoint="unknown_api"))  # unlike Flask's own rules: for every method
    server.view_functions["unknown_api"] = nothing_below_api

    @server.before_request
    def nothing_elsewhere() -> None:
        if request.endpoint == ELSEWHERE:
            raise NotFound
