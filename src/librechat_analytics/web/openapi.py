"""``/api/openapi.json`` and ``/api/docs``: the API's own models describe it."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, render_template, request
from openapi_pydantic import (
    Components,
    Info,
    MediaType,
    OpenAPI,
    Operation,
    Parameter,
    PathItem,
    Reference,
    Schema,
    SecurityScheme,
    Server,
    Tag,
)
from pydantic.json_schema import models_json_schema

from librechat_analytics.web import openapi_parts as parts
from librechat_analytics.web.alert_bodies import SILENCE, TEST, AlertsAnswer, ReceiversAnswer
from librechat_analytics.web.alerts import STATES
from librechat_analytics.web.api import ALL_ENDPOINTS, COMMON, CSV, XLSX, Endpoint
from librechat_analytics.web.gatekeeper import KEY_HEADER
from librechat_analytics.web.openapi_parts import IF_NONE_MATCH, JSON, OPERATION
from librechat_analytics.web.openapi_verbs import describe_verb
from librechat_analytics.web.parameters import Parameters
from librechat_analytics.web.report_preview import FORMATS as PREVIEW_FORMATS
from librechat_analytics.web.server import PREFIX, conditional
from librechat_analytics.web.status_bodies import AuditState, Health, Ready, Refusal, RefusedParameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Flask
    from pydantic import BaseModel

    from librechat_analytics.web.verbs import Given, Verb

VERBS: tuple[Verb[Given], ...] = (SILENCE, TEST)

KEY = "key"
BEARER = "bearer"
FIGURES, FILES, ITSELF = "Figures", "Files", "This description"

ABOUT = f"""\
What LibreChat costs, as JSON. Money is US dollars, unrounded; tokens and counts are integers; `null` means \
unknown. Instants are ISO 8601 in UTC with `Z`; only the buckets of `usage-over-time` carry the offset of \
`tz`, which is `+00:00` in UTC. New fields may be added; existing fields keep their meaning.

Send the key in the header `{KEY_HEADER}`, or as `Bearer` token in `Authorization`. A key may be limited to \
some users, tenants or cost centres: then every answer is about these only. Only keys with `may=manage` may \
POST, except that every unlimited key may start an audit. Behind a proxy that signs users in, no key is \
needed.

Every error is `{{"error": "one sentence that says what to do"}}`. A parameter that is unknown, empty or \
malformed is a 400 that names it as `parameter`; only filters may be repeated. An unknown address is a 404; \
a method that an address does not answer is a 405 with `Allow`.

JSON answers carry an `ETag`. Send it back as `{IF_NONE_MATCH}`: while the answer is the same, you get 304 \
without a body."""

EXAMPLES_FILE = Path(__file__).with_name("api_examples.json")
"""The answers that the program gives to the examples, about a generated sample; a test compares them."""

SCRIPT_FILE = Path(__file__).with_name("templates") / "api_docs.js"
AUDIT = "/api/audit"
GUARDED = ("401", "429", "503")


def describe(default_zone: str) -> OpenAPI:
    """Describe the API; ``default_zone`` is the IANA zone where a request has no ``tz``."""
    examples = json.loads(EXAMPLES_FILE.read_text("utf-8"))
    return OpenAPI(
        openapi="3.1.1",
        info=Info(title="LibreChat Analytics", version="1", description=ABOUT),
        servers=[
            Server(url=PREFIX.rstrip("/"), description="Behind a proxy, and directly"),
            Server(url="/", description="Directly"),
        ],
        tags=[Tag(name=name) for name in (FIGURES, FILES, OPERATION, ITSELF)],
        security=[{KEY: []}, {BEARER: []}],
        paths={
            path: PathItem(get=parts.with_example(operation, examples.get(path)))
            for path, operation in _operations().items()
        }
        | {
            AUDIT: PathItem(
                get=parts.with_example(_audit("How the last audits of the store ended"), examples.get(AUDIT)),
                post=_begin_audit(),
            )
        }
        | dict(describe_verb(verb, examples.get(f"/api/{verb.path}")) for verb in VERBS),
        components=Components(
            schemas=_schemas(),
            responses={
                name: parts.refusal(status, meaning, body)
                for status, (name, meaning, body) in parts.REFUSALS.items()
            },
            parameters=_parameters(default_zone),
            securitySchemes={
                KEY: SecurityScheme.model_validate({"type": "apiKey", "name": KEY_HEADER, "in": "header"}),
                BEARER: SecurityScheme.model_validate({"type": "http", "scheme": "bearer"}),
            },
        ),
    )


def serve_description(server: Flask, *, default_zone: str) -> None:
    """Serve the description without asking for a key: it shows no data."""
    document = describe(default_zone)
    script = SCRIPT_FILE.read_text("utf-8")
    script_hash = f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    as_json = document.model_dump_json(by_alias=True, exclude_unset=True, indent=1)
    as_dict = document.model_dump(by_alias=True, exclude_unset=True, mode="json")
    description = Blueprint("description", __name__, url_prefix="/api", template_folder="templates")

    @description.get("/openapi.json", provide_automatic_options=False)
    def openapi() -> Response:
        return conditional(Response(as_json, mimetype=JSON))

    @description.get("", provide_automatic_options=False)
    def home() -> Response:
        # A relative path, because only the browser knows the prefix that a proxy adds.
        location = "docs" if request.path.endswith("/") else "api/docs"
        return Response(status=HTTPStatus.FOUND, headers={"Location": location})

    @description.get("/docs", provide_automatic_options=False)
    def docs() -> Response:
        here = "../" if request.path.endswith("/") else ""
        g.script_hashes = (script_hash,)
        page = render_template(
            "api_docs.html",
            api=as_dict,
            here=here,
            script=script,
            refusals={status: name for status, (name, _, _) in parts.REFUSALS.items()},
            as_text=_as_text,
        )
        return conditional(Response(page, mimetype="text/html"))

    server.register_blueprint(description)


def _as_text(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _operations() -> dict[str, Operation]:
    figures = {
        f"/api/{endpoint.template}": parts.operation(
            FIGURES,
            endpoint.title,
            {JSON: parts.json_body(endpoint.body), CSV: parts.text_body(), XLSX: MediaType()},
            parameters=(*endpoint.parameters, IF_NONE_MATCH),
            own=tuple(_own(endpoint)),
            refusals=("400", *GUARDED, *(("404",) if endpoint.nothing else ())),
            example=f"/api/{endpoint.address}?{endpoint.example}".removesuffix("?"),
        )
        for endpoint in ALL_ENDPOINTS
    }
    return figures | {
        "/api/export": parts.operation(
            FILES,
            "Everything as one workbook",
            {XLSX: MediaType()},
            parameters=(*COMMON, "compare", "bucket"),
            refusals=("400", *GUARDED),
            example="/api/export?period=last-month",
        ),
        "/api/alerts": parts.operation(
            OPERATION,
            "What was noticed, and who was told",
            {JSON: parts.json_body(AlertsAnswer), CSV: parts.text_body(), XLSX: MediaType()},
            parameters=("limit", "offset", "format", IF_NONE_MATCH),
            own=(parts.parameter("state", "query", "Which alerts.", _enum(STATES, STATES[-1])),),
            refusals=("400", *GUARDED, "404"),
            example="/api/alerts?state=open&limit=2",
        ),
        "/api/receivers": parts.operation(
            OPERATION,
            "Who is sent messages, and how the last attempts ended",
            {JSON: parts.json_body(ReceiversAnswer), CSV: parts.text_body(), XLSX: MediaType()},
            parameters=("format", IF_NONE_MATCH),
            refusals=("400", *GUARDED, "403", "404"),
            example="/api/receivers",
        ),
        "/api/reports/{name}/preview": parts.operation(
            FILES,
            "A report by schedule, as its receivers would get it now",
            {"text/html": parts.text_body(), "text/plain": parts.text_body(), XLSX: MediaType()},
            parameters=(IF_NONE_MATCH,),
            own=(parts.path_parameter("name"), *_of_previews()),
            refusals=("400", *GUARDED, "404"),
            example="/api/reports/weekly/preview?format=text",
        ),
        "/api/backup": parts.operation(
            FILES,
            "A copy of the store",
            {"application/octet-stream": MediaType()},
            refusals=(*GUARDED, "403", "501"),
            example="/api/backup",
        ),
        "/metrics": parts.operation(
            OPERATION,
            "Metrics for Prometheus: all usage, the age of the figures, how long requests take",
            {"text/plain": parts.text_body()},
            refusals=(*GUARDED, "403"),
            example="/metrics",
        ),
        "/health": parts.health_check(
            "/health",
            "Whether the server can answer with figures",
            Health,
            failure="The server cannot answer.",
        ),
        "/health/ready": parts.health_check(
            "/health/ready",
            "Whether there are figures yet, for orchestrators that send no requests before",
            Ready,
            failure="There are no figures yet, or no longer.",
        ),
        "/api/openapi.json": parts.operation(
            ITSELF,
            "The description of the API as OpenAPI",
            {JSON: MediaType(schema=parts.ANYTHING)},
            parameters=(IF_NONE_MATCH,),
            example="/api/openapi.json",
            public=True,
        ),
        "/api/docs": parts.operation(
            ITSELF,
            "The description of the API for people",
            {"text/html": parts.text_body()},
            parameters=(IF_NONE_MATCH,),
            example="/api/docs",
            public=True,
        ),
    }


def _own(endpoint: Endpoint) -> Iterator[Parameter]:
    """Describe the parameters whose values are the endpoint's own."""
    own = (
        ("by", endpoint.by, "What the answer is taken apart by."),
        ("period", endpoint.periods, "A calendar range in `tz` that is not over."),
    )
    if endpoint.named:
        yield parts.path_parameter("name")
    for name, values, meaning in own:
        if values:
            yield parts.parameter(name, "query", meaning, _enum(values, values[0]))


def _enum(values: Sequence[str], default: str) -> Schema:
    return Schema.model_validate({"type": "string", "enum": [*values], "default": default})


def _of_previews() -> Iterator[Parameter]:
    """Describe the parameters of previews of reports."""
    forms = _enum(PREVIEW_FORMATS, PREVIEW_FORMATS[0])
    yield parts.parameter("format", "query", "Format of the answer; `xlsx` is the workbook.", forms)
    meaning = "Which receiver gets it: some get ids in place of people's names. Without it, the first."
    yield parts.parameter("receiver", "query", meaning, parts.TEXT)


def _audit(title: str) -> Operation:
    return parts.operation(
        OPERATION, title, {JSON: parts.json_body(AuditState)}, refusals=(*GUARDED, "403"), example=AUDIT
    )


def _begin_audit() -> Operation:
    begun = _audit("Start an audit that compares every id")
    answers = dict(begun.responses or {})
    answers["202"] = answers.pop("200")
    answers["409"] = parts.reference("responses", parts.REFUSALS["409"][0])
    samples = [
        {"lang": "Shell", "source": parts.curl(AUDIT, public=False).replace("curl ", "curl -X POST ", 1)}
    ]
    return begun.model_copy(
        update={"operationId": "begin-audit", "responses": answers, "x-codeSamples": samples}
    )


def _schemas() -> dict[str, Schema]:
    bodies: list[type[BaseModel]] = [
        AuditState,
        Health,
        Ready,
        Refusal,
        RefusedParameter,
        *(endpoint.body for endpoint in ALL_ENDPOINTS),
        AlertsAnswer,
        ReceiversAnswer,
        *(verb.answer for verb in VERBS),
    ]
    _, generated = models_json_schema(
        [(body, "serialization") for body in bodies] + [(verb.given, "validation") for verb in VERBS],
        ref_template="#/components/schemas/{model}",
        schema_generator=parts.UntitledSchema,
    )
    return {name: Schema.model_validate(schema) for name, schema in generated["$defs"].items()}


def _parameters(default_zone: str) -> dict[str, Parameter | Reference]:
    parameters: dict[str, Parameter | Reference] = {}
    for name, schema in Parameters.model_json_schema(schema_generator=parts.UntitledSchema)[
        "properties"
    ].items():
        meaning = schema.pop("description")
        if name == "tz":
            schema["default"] = default_zone
        elif schema["default"] in (None, []):
            del schema["default"]
        parameters[name] = parts.parameter(name, "query", meaning, Schema.model_validate(schema))
    parameters[IF_NONE_MATCH] = parts.parameter(
        IF_NONE_MATCH, "header", "The `ETag` of an answer that you already have.", parts.TEXT
    )
    return parameters
