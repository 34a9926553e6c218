"""``/api/openapi.json`` and ``/api/docs``: the API described by the models that read and answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request
from openapi_pydantic import (
    Components,
    Header,
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
from openapi_pydantic import Response as Answered
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from librechat_analytics.web.api import ALWAYS, CSV, ENDPOINTS, XLSX
from librechat_analytics.web.bodies import AuditState, Health, Ready, Refusal, RefusedParameter
from librechat_analytics.web.door import KEY_HEADER
from librechat_analytics.web.parameters import Parameters
from librechat_analytics.web.server import PREFIX, conditional

if TYPE_CHECKING:
    from flask import Flask
    from pydantic import BaseModel

JSON = "application/json"
KEY = "key"
BEARER = "bearer"
IF_NONE_MATCH = "If-None-Match"
FIGURES, FILES, OPERATION, ITSELF = "Figures", "Files", "Operation", "This description"

ABOUT = f"""\
What LibreChat costs, as JSON. Money is US dollars, unrounded; tokens and counts are integers; instants are \
ISO 8601 in UTC; `null` stands for unknown. Fields may be added, and none changes its meaning.

The key goes into the header `{KEY_HEADER}`, or as `Bearer` into `Authorization`. \
It may be limited to some users or tenants: then everything is about these \
only. Behind a proxy that signs users in, the proxy's word can take its place.

Every error is `{{"error": "one sentence that says what to do"}}`. A parameter that is unknown, repeated, \
empty or malformed is a 400 that names it as `parameter`. Where nothing is, the answer is 404; to another \
method than the described one it is 405 with `Allow`.

Answers in JSON carry an `ETag`. Sent back as `{IF_NONE_MATCH}`, it is answered by 304 without a body as \
long as the answer is the same."""

REFUSALS: dict[str, tuple[str, str, type[BaseModel]]] = {
    "400": ("BadParameter", "A parameter cannot be read.", RefusedParameter),
    "401": ("NoKey", "The key is missing or wrong.", Refusal),
    "403": ("LimitedKey", "The key may see some users only, and this is about all of them.", Refusal),
    "404": ("NoPriceList", "There is no price list.", Refusal),
    "409": ("NothingToCompare", "No MongoDB is configured.", Refusal),
    "429": ("TooManyWrongKeys", "Too many wrong keys from this address.", Refusal),
    "503": ("NoFigures", "The figures cannot be read at the moment.", Refusal),
}
"""By status: the name in the description, what it means, and the body."""

AUDIT = "/api/audit"
TEXT = Schema.model_validate({"type": "string"})
ANYTHING = Schema.model_validate({"type": "object"})
WITH_RETRY_AFTER = ("429", "503")
GUARDED = ("401", "429", "503")


def describe(default_zone: str) -> OpenAPI:
    """Describe the API; ``default_zone`` is where ``tz`` stands without a request's own."""
    return OpenAPI(
        openapi="3.1.1",
        info=Info(title="LibreChat Analytics", version="1", description=ABOUT),
        servers=[
            Server(url=PREFIX.rstrip("/"), description="Behind a proxy, and directly"),
            Server(url="/", description="Directly"),
        ],
        tags=[Tag(name=name) for name in (FIGURES, FILES, OPERATION, ITSELF)],
        security=[{KEY: []}, {BEARER: []}],
        paths={path: PathItem(get=operation) for path, operation in _operations().items()}
        | {AUDIT: PathItem(get=_audit("How the audits of LibreChat's ledger ended"), post=_begin_audit())},
        components=Components(
            schemas=_schemas(),
            responses={
                name: _refusal(status, meaning, body) for status, (name, meaning, body) in REFUSALS.items()
            },
            parameters=_parameters(default_zone),
            securitySchemes={
                KEY: SecurityScheme.model_validate({"type": "apiKey", "name": KEY_HEADER, "in": "header"}),
                BEARER: SecurityScheme.model_validate({"type": "http", "scheme": "bearer"}),
            },
        ),
    )


def serve_description(server: Flask, *, default_zone: str) -> None:
    """Answer with the description, to everybody: it shows no data."""
    document = describe(default_zone)
    as_json = document.model_dump_json(by_alias=True, exclude_unset=True, indent=1)
    as_dict = document.model_dump(by_alias=True, exclude_unset=True, mode="json")
    description = Blueprint("description", __name__, url_prefix="/api", template_folder="templates")

    @description.get("/openapi.json", provide_automatic_options=False)
    def openapi() -> Response:
        return conditional(Response(as_json, mimetype=JSON))

    @description.get("/docs", provide_automatic_options=False)
    def docs() -> Response:
        # Relative, because only the browser knows what a proxy has put in front.
        here = "../" if request.path.endswith("/") else ""
        page = render_template("api_docs.html", api=as_dict, here=here)
        return conditional(Response(page, mimetype="text/html"))

    server.register_blueprint(description)


def _operations() -> dict[str, Operation]:
    figures = {
        f"/api/{endpoint.path}": _operation(
            FIGURES,
            endpoint.title,
            {JSON: _schema(endpoint.body), CSV: _text(), XLSX: MediaType()},
            parameters=(*endpoint.parameters, IF_NONE_MATCH),
            refusals=("400", *GUARDED, *(("404",) if endpoint.path == "price-check" else ())),
            example=f"/api/{endpoint.path}?{endpoint.example}",
        )
        for endpoint in ENDPOINTS
    }
    return figures | {
        "/api/export": _operation(
            FILES,
            "All of it as one workbook",
            {XLSX: MediaType()},
            parameters=(*ALWAYS, "bucket"),
            refusals=("400", *GUARDED),
            example="/api/export?period=last-month",
        ),
        "/api/backup": _operation(
            FILES,
            "A copy of the store",
            {"application/octet-stream": MediaType()},
            refusals=(*GUARDED, "403"),
            example="/api/backup",
        ),
        "/metrics": _operation(
            OPERATION,
            "Counters for Prometheus: usage ever, the age of the figures, requests' times",
            {"text/plain": _text()},
            refusals=(*GUARDED, "403"),
            example="/metrics",
        ),
        "/health": _check(
            "/health", "Whether figures can be answered", Health, failure="Figures cannot be answered."
        ),
        "/health/ready": _check(
            "/health/ready",
            "Whether there are figures yet: for orchestrators that hold requests back until then",
            Ready,
            failure="Not yet, or not any more.",
        ),
        "/api/openapi.json": _operation(
            ITSELF,
            "The API described as OpenAPI",
            {JSON: MediaType(schema=ANYTHING)},
            parameters=(IF_NONE_MATCH,),
            example="/api/openapi.json",
            public=True,
        ),
        "/api/docs": _operation(
            ITSELF,
            "The API described for reading",
            {"text/html": _text()},
            parameters=(IF_NONE_MATCH,),
            example="/api/docs",
            public=True,
        ),
    }


def _audit(title: str) -> Operation:
    return _operation(
        OPERATION, title, {JSON: _schema(AuditState)}, refusals=(*GUARDED, "403"), example=AUDIT
    )


def _begin_audit() -> Operation:
    begun = _audit("Have every single id compared, as soon as possible")
    answers = dict(begun.responses or {})
    answers["202"] = answers.pop("200")
    answers["409"] = _reference("responses", REFUSALS["409"][0])
    samples = [{"lang": "Shell", "source": _curl(AUDIT, public=False).replace("curl ", "curl -X POST ", 1)}]
    return begun.model_copy(
        update={"operationId": "begin-audit", "responses": answers, "x-codeSamples": samples}
    )


def _operation(
    tag: str,
    title: str,
    content: dict[str, MediaType],
    *,
    parameters: tuple[str, ...] = (),
    refusals: tuple[str, ...] = (),
    example: str,
    public: bool = False,
) -> Operation:
    responses: dict[str, Answered | Reference] = {"200": Answered(description=title, content=content)}
    if IF_NONE_MATCH in parameters:
        responses["200"] = Answered(description=title, content=content, headers={"ETag": _header()})
        responses["304"] = Answered(description="The answer is still the same.")
    responses |= {status: _reference("responses", REFUSALS[status][0]) for status in sorted(refusals)}
    described: dict[str, Any] = {
        "tags": [tag],
        "summary": title,
        "operationId": example.partition("?")[0]
        .removeprefix("/api")
        .strip("/")
        .replace(".", "-")
        .replace("/", "-"),
        "responses": responses,
        "x-codeSamples": [{"lang": "Shell", "source": _curl(example, public=public)}],
    }
    if parameters:
        described["parameters"] = [_reference("parameters", name) for name in parameters]
    if public:
        described["security"] = []
    return Operation(**described)


def _check(path: str, title: str, body: type[BaseModel], *, failure: str) -> Operation:
    operation = _operation(OPERATION, title, {JSON: _schema(body)}, example=path, public=True)
    unavailable = Answered(
        description=failure,
        content={JSON: _schema(body)},
        headers={"Retry-After": _header("Seconds to wait.")},
    )
    return operation.model_copy(update={"responses": {**(operation.responses or {}), "503": unavailable}})


class _Untitled(GenerateJsonSchema):
    """JSON Schema without titles that only repeat the fields' names."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False


def _schemas() -> dict[str, Schema]:
    bodies: list[type[BaseModel]] = [
        AuditState,
        Health,
        Ready,
        Refusal,
        RefusedParameter,
        *(endpoint.body for endpoint in ENDPOINTS),
    ]
    _, generated = models_json_schema(
        [(body, "serialization") for body in bodies],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Untitled,
    )
    return {name: Schema.model_validate(schema) for name, schema in generated["$defs"].items()}


def _parameters(default_zone: str) -> dict[str, Parameter | Reference]:
    parameters: dict[str, Parameter | Reference] = {}
    for name, schema in Parameters.model_json_schema(schema_generator=_Untitled)["properties"].items():
        meaning = schema.pop("description")
        if name == "tz":
            schema["default"] = default_zone
        elif schema["default"] is None:
            del schema["default"]
        parameters[name] = _parameter(name, "query", meaning, Schema.model_validate(schema))
    parameters[IF_NONE_MATCH] = _parameter(
        IF_NONE_MATCH, "header", "The `ETag` of an answer that is at hand.", TEXT
    )
    return parameters


def _parameter(name: str, place: str, meaning: str, schema: Schema) -> Parameter:
    return Parameter.model_validate({"name": name, "in": place, "description": meaning, "schema": schema})


def _refusal(status: str, meaning: str, body: type[BaseModel]) -> Answered:
    if status in WITH_RETRY_AFTER:
        headers: dict[str, Header | Reference] = {"Retry-After": _header("Seconds to wait.")}
        return Answered(description=meaning, content={JSON: _schema(body)}, headers=headers)
    return Answered(description=meaning, content={JSON: _schema(body)})


def _header(meaning: str = "To be sent back as `If-None-Match`.") -> Header:
    return Header(description=meaning, schema=TEXT)


def _schema(body: type[BaseModel]) -> MediaType:
    return MediaType(schema=_reference("schemas", body.__name__))


def _text() -> MediaType:
    return MediaType(schema=TEXT)


def _reference(kind: str, name: str) -> Reference:
    return Reference.model_validate({"$ref": f"#/components/{kind}/{name}"})


def _curl(address: str, *, public: bool) -> str:
    key = "" if public else f'-H "{KEY_HEADER}: $KEY" '
    return f'curl {key}"$URL{address}"'
