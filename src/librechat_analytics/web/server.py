"""The Flask server under API and dashboard: it checks keys, sets headers and words errors."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, g, request
from flask.json.provider import DefaultJSONProvider
from flask_compress import Compress
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Rule

from librechat_analytics.errors import AwayError, NotDoneYetError, OperatorError
from librechat_analytics.usage.periods import BadPeriodError
from librechat_analytics.web.body import json_response
from librechat_analytics.web.gatekeeper import NotAdmittedError
from librechat_analytics.web.parameters import BadParameterError, bad_period
from librechat_analytics.web.requests_log import log_requests, request_id
from librechat_analytics.web.status_bodies import Health, Ready, Refusal, RefusedParameter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Response

    from librechat_analytics.web.gatekeeper import Gatekeeper, Visitor
    from librechat_analytics.web.status_bodies import Readiness

log = logging.getLogger(__name__)

PREFIX = "/librechat-analytics/"
LARGEST_BODY_BYTES = 256 * 1024
RETRY_AFTER_SECONDS = 5
ONE_YEAR_SECONDS = 365 * 24 * 3600

BEARER_CHALLENGE = 'Bearer realm="LibreChat Analytics"'
"""Browsers open no dialog for it, as they do for Basic."""

DESCRIPTIONS = frozenset({"description.home", "description.openapi", "description.docs"})
HEALTH_CHECKS = frozenset({"health", "ready"})
METHODS = ("GET", "HEAD", "POST")
"""The methods that addresses of the API may answer."""

FOR_OPERATORS = frozenset({"alerting.alerts", "alerting.receivers", "audit", "backup", "metrics"})
"""Endpoints that a link never opens, whatever the key that signed it may see."""

ASK_AGAIN = "private, no-cache"
"""The client may keep the answer, and must ask whether it is still the same before it uses it again."""

NO_CONTENT_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors {ancestors}"
# style-src 'unsafe-inline': plotly and Dash set style attributes. blob: saves a chart as a picture.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self';"
    " base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors {ancestors}"
)


@dataclass(slots=True)
class PublicPage:
    """The parts of the dashboard that need no key, by the names of their Flask endpoints.

    The dashboard is mounted after the server is made, so that the check of the key runs before it. Only then
    the hashes of its inline scripts are known.
    """

    pages: frozenset[str] = frozenset()
    """The page without any figures, which asks for the key."""
    files: frozenset[str] = frozenset()
    """Scripts, styles and pictures, which browsers may keep."""
    script_hashes: tuple[str, ...] = ()
    """The inline scripts that the page may run."""


class StrictJSON(DefaultJSONProvider):
    """JSON that every client can read: an infinite or undefined number is an error, not ``NaN``."""

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
    *,
    gatekeeper: Gatekeeper,
    readiness: Callable[[], Readiness],
    frame_ancestors: Collection[str],
    public_page: PublicPage,
    lives_without_store: bool = False,
    is_known_to_be_away: Callable[[], bool] = lambda: False,
) -> Flask:
    """Make the server with the check of keys, headers, errors and health checks; API and page follow later.

    Args:
        gatekeeper: Decides who may send a request.
        readiness: Says whether there are figures to answer with.
        frame_ancestors: Origins that may embed the page.
        public_page: What of the page needs no key; the hashes follow once the page is mounted.
        lives_without_store: ``/health`` is about this process alone, because a new one would not help where
            the store is elsewhere.
        is_known_to_be_away: The log has said already that the store does not answer.
    """
    server = Flask("librechat_analytics", static_folder=None)
    server.json = StrictJSON(server)
    server.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=ONE_YEAR_SECONDS,  # Dash adds the file's time to an asset's address
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=list(public_page.files),
    )
    server.url_map.strict_slashes = False
    server.wsgi_app = StripPrefix(server.wsgi_app, PREFIX)  # type: ignore[method-assign]
    log_requests(server)
    _guard(server, gatekeeper, public_page)
    _headers(server, frame_ancestors, public_page)
    _errors(server)
    _store_is_away(server, is_known_to_be_away)
    Compress(server)

    @server.get("/health")
    def health() -> Response:
        """Say whether the server can answer with figures, or whether it lives; never asks MongoDB."""
        if not lives_without_store and readiness() == "unavailable":
            return _try_again(json_response(Health(status="unavailable"), 503))
        return json_response(Health(status="ok"))

    @server.get("/health/ready")
    def ready() -> Response:
        """Say whether there are figures yet; never asks MongoDB."""
        status = readiness()
        if status != "ready":
            return _try_again(json_response(Ready(status=status), 503))
        return json_response(Ready(status="ready"))

    return server


def public_endpoints(page: PublicPage) -> frozenset[str]:
    """Return the endpoints that need no key."""
    return DESCRIPTIONS | HEALTH_CHECKS | page.pages | page.files


def present_visitor() -> Visitor:
    """Return who sends the request that is being answered."""
    visitor: Visitor = g.visitor
    return visitor


def _guard(server: Flask, gatekeeper: Gatekeeper, page: PublicPage) -> None:
    @server.before_request
    def require_key() -> Response | None:
        """Require a key for everything that is not public by name."""
        in_api = request.path == "/api" or request.path.startswith("/api/")
        if request.endpoint in (DESCRIPTIONS if in_api else public_endpoints(page)):
            return None
        try:
            g.visitor = gatekeeper.admit(request)
        except NotAdmittedError as refused:
            response = json_response(Refusal(error=str(refused)), refused.status)
            if refused.status == HTTPStatus.UNAUTHORIZED:
                response.headers["WWW-Authenticate"] = BEARER_CHALLENGE
            if refused.retry_after_seconds is not None:
                response.headers["Retry-After"] = str(refused.retry_after_seconds)
            return response
        if g.visitor.by_link and request.endpoint in FOR_OPERATORS:
            return json_response(Refusal(error="A link shows only figures. Send a key."), 403)
        return None


def _headers(server: Flask, frame_ancestors: Collection[str], page: PublicPage) -> None:
    @server.after_request
    def protect(response: Response) -> Response:
        """Set the headers that tell browsers and caches what they must not do."""
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if tuple(frame_ancestors) == ("'self'",):
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        policy = PAGE_POLICY if response.mimetype == "text/html" else NO_CONTENT_POLICY
        scripts = " ".join(g.get("script_hashes", page.script_hashes))
        ancestors = " ".join(frame_ancestors)
        response.headers.setdefault(
            "Content-Security-Policy", policy.format(scripts=scripts, ancestors=ancestors)
        )
        may_be_kept = request.endpoint in page.files or response.headers.get("Cache-Control") == ASK_AGAIN
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
            sentence = f"This address answers only {methods}."
        response = json_response(Refusal(error=sentence), status)
        if methods:
            response.headers["Allow"] = methods
        return response

    @server.errorhandler(NotDoneYetError)
    def not_done_yet(error: NotDoneYetError) -> Response:
        return _try_again(json_response(Refusal(error=str(error)), 503))

    @server.errorhandler(OperatorError)
    def store_error(_: OperatorError) -> Response:
        log.exception("The store did not answer (request %s)", request_id())
        sentence = (
            "The figures cannot be read at the moment; try again soon."
            f" See the server log, reference {request_id()}."
        )
        return _try_again(json_response(Refusal(error=sentence), 503))

    @server.errorhandler(Exception)
    def unexpected(_: Exception) -> Response:
        log.exception("A request failed (request %s)", request_id())
        sentence = f"Something went wrong. See the server log, reference {request_id()}."
        return json_response(Refusal(error=sentence), 500)


def _store_is_away(server: Flask, is_known: Callable[[], bool]) -> None:
    @server.errorhandler(AwayError)
    def away(error: AwayError) -> Response:
        if not is_known():  # else every request would say it again
            log.warning("%s (request %s)", error, request_id())
        sentence = "The figures cannot be read at the moment; try again soon. The server log says why."
        return _try_again(json_response(Refusal(error=sentence), 503))


def _try_again(response: Response) -> Response:
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def conditional(response: Response) -> Response:
    """Answer 304 without a body where the client already has the same answer."""
    response.headers["Cache-Control"] = ASK_AGAIN
    response.add_etag()
    response.make_conditional(request)
    return response


def refuse_unknown_api_paths(server: Flask) -> None:
    """Answer 404 for unknown addresses below ``/api``, and 405 for other methods of known ones."""

    def nothing_below_api(rest: str = "") -> Response:
        address, path = server.url_map.bind(""), f"/api/{rest.rstrip('/')}"
        answered = {method for method in METHODS if address.match(path, method)[0] != "unknown_api"}
        if answered:
            raise MethodNotAllowed(sorted(answered))
        raise NotFound

    for path in ("/api", "/api/<path:rest>"):
        server.url_map.add(Rule(path, endpoint="unknown_api"))  # unlike Flask's own rules: for every method
    server.view_functions["unknown_api"] = nothing_below_api
