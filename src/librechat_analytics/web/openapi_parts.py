"""The building blocks of the API's description: operations, answers, parameters and their references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openapi_pydantic import Header, MediaType, Operation, Parameter, Reference, Schema
from openapi_pydantic import Response as DescribedResponse
from pydantic.json_schema import GenerateJsonSchema

from librechat_analytics.web.gatekeeper import KEY_HEADER
from librechat_analytics.web.status_bodies import Refusal, RefusedParameter

if TYPE_CHECKING:
    from pydantic import BaseModel

JSON = "application/json"
IF_NONE_MATCH = "If-None-Match"
OPERATION = "Operation"

REFUSALS: dict[str, tuple[str, str, type[BaseModel]]] = {
    "400": ("BadParameter", "A parameter cannot be read.", RefusedParameter),
    "401": ("NoKey", "The key is missing or not valid.", Refusal),
    "403": ("LimitedKey", "The key can only read, or it may see only some users.", Refusal),
    "404": ("NotHere", "There is nothing of this name, or what the answer needs is not set up.", Refusal),
    "409": ("NotNow", "It cannot be done now: no MongoDB is configured, or the alert is over.", Refusal),
    "415": ("NotJson", "The body is not JSON.", Refusal),
    "429": ("TooManyWrongKeys", "Too many wrong keys from this address.", Refusal),
    "501": ("MadeByClickHouse", "The store is in ClickHouse, which makes its own backups.", Refusal),
    "503": ("NoFigures", "The figures cannot be read at the moment.", Refusal),
}
"""By status: the name in the description, what it means, and the body."""

TEXT = Schema.model_validate({"type": "string"})
ANYTHING = Schema.model_validate({"type": "object"})
WITH_RETRY_AFTER = ("429", "503")


def operation(
    tag: str,
    title: str,
    content: dict[str, MediaType],
    *,
    parameters: tuple[str, ...] = (),
    own: tuple[Parameter, ...] = (),
    refusals: tuple[str, ...] = (),
    example: str,
    public: bool = False,
) -> Operation:
    """Describe a GET.

    ``own``: parameters with values that no other GET has. ``example``: its address with a query string.
    ``public``: it needs no key.
    """
    responses: dict[str, DescribedResponse | Reference] = {
        "200": DescribedResponse(description=title, content=content)
    }
    if IF_NONE_MATCH in parameters:
        responses["200"] = DescribedResponse(description=title, content=content, headers={"ETag": header()})
        responses["304"] = DescribedResponse(description="The answer is still the same.")
    responses |= {status: reference("responses", REFUSALS[status][0]) for status in sorted(refusals)}
    described: dict[str, Any] = {
        "tags": [tag],
        "summary": title,
        "operationId": example.partition("?")[0]
        .removeprefix("/api")
        .strip("/")
        .replace(".", "-")
        .replace("/", "-"),
        "responses": responses,
        "x-codeSamples": [{"lang": "Shell", "source": curl(example, public=public)}],
    }
    if parameters:
        described["parameters"] = [*own, *(reference("parameters", name) for name in parameters)]
    if public:
        described["security"] = []
    return Operation(**described)


def with_example(described: Operation, answer: object) -> Operation:
    """Add an answer to what a GET gives as JSON; None adds nothing."""
    responses = dict(described.responses or {})
    given = responses["200"]
    if answer is None or not isinstance(given, DescribedResponse):
        return described
    content = given.content or {}
    with_answer = {JSON: content[JSON].model_copy(update={"example": answer})}
    responses["200"] = given.model_copy(update={"content": content | with_answer})
    return described.model_copy(update={"responses": responses})


def health_check(path: str, title: str, body: type[BaseModel], *, failure: str) -> Operation:
    """Describe a health check: its body is the same when it fails."""
    described = operation(OPERATION, title, {JSON: json_body(body)}, example=path, public=True)
    unavailable = DescribedResponse(
        description=failure,
        content={JSON: json_body(body)},
        headers={"Retry-After": header("Seconds to wait.")},
    )
    return described.model_copy(update={"responses": {**(described.responses or {}), "503": unavailable}})


class UntitledSchema(GenerateJsonSchema):
    """JSON Schema without titles that only repeat the fields' names."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False


def parameter(name: str, location: str, meaning: str, schema: Schema) -> Parameter:
    """Describe a parameter in the query string or a header."""
    return Parameter.model_validate({"name": name, "in": location, "description": meaning, "schema": schema})


def path_parameter(name: str) -> Parameter:
    """Describe a part of the path."""
    return Parameter.model_validate({"name": name, "in": "path", "required": True, "schema": TEXT})


def refusal(status: str, meaning: str, body: type[BaseModel]) -> DescribedResponse:
    """Describe an answer with an error."""
    if status in WITH_RETRY_AFTER:
        headers: dict[str, Header | Reference] = {"Retry-After": header("Seconds to wait.")}
        return DescribedResponse(description=meaning, content={JSON: json_body(body)}, headers=headers)
    return DescribedResponse(description=meaning, content={JSON: json_body(body)})


def header(meaning: str = "Send it back as `If-None-Match`.") -> Header:
    """Describe a header of an answer."""
    return Header(description=meaning, schema=TEXT)


def json_body(body: type[BaseModel]) -> MediaType:
    """Describe a body as JSON."""
    return MediaType(schema=reference("schemas", body.__name__))


def text_body() -> MediaType:
    """Describe a body as text."""
    return MediaType(schema=TEXT)


def reference(kind: str, name: str) -> Reference:
    """Refer to a component of the description."""
    return Reference.model_validate({"$ref": f"#/components/{kind}/{name}"})


def curl(address: str, *, public: bool) -> str:
    """Write the command that sends the request."""
    key = "" if public else f'-H "{KEY_HEADER}: $KEY" '
    return f'curl {key}"$URL{address}"'
