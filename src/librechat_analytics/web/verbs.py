"""Verbs: the POSTs that change something, for keys with ``may=manage`` only."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import quote

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import Forbidden, UnsupportedMediaType

from librechat_analytics.web.body import json_response
from librechat_analytics.web.parameters import BadParameterError
from librechat_analytics.web.requests_log import request_id
from librechat_analytics.web.server import present_visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Blueprint, Response

    from librechat_analytics.web.body import Body
    from librechat_analytics.web.gatekeeper import Visitor

log = logging.getLogger(__name__)

JSON = "application/json"
LONGEST_FIELD = 100
"""How many characters of an unknown field's name an error repeats."""


class Given(BaseModel):
    """What a verb takes as its JSON body; unknown fields and values of other types are refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True)


class Nothing(Given):
    """No fields: the address says everything."""


G = TypeVar("G", bound=Given)
Taken = TypeVar("Taken", bound=Given, covariant=True)


@dataclass(frozen=True, slots=True)
class Verb(Generic[Taken]):
    """A verb of the API: what it takes and what it answers.

    ``path``: below ``/api``, with the one part that a request names, such as ``alerts/<alert>/silence``.
    ``named`` and ``example`` are examples of that part and of the body.
    """

    path: str
    title: str
    given: type[Taken]
    answer: type[Body]
    named: str
    example: Mapping[str, object] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()
    """Statuses of refusals, such as ``404``, beside those that every verb has."""


def add_verb(api: Blueprint, verb: Verb[G], do: Callable[[str, G, Visitor], Body]) -> None:
    """Add the address of a verb to the API.

    ``do`` gets the part that the request names, the body, and who sends them. It raises NotFound, Conflict
    or BadParameterError in the words of the answer.
    """

    def view(**named: str) -> Response:
        visitor = present_visitor()
        if not visitor.may_manage:
            raise Forbidden("This needs a key with may=manage; yours can only read.")
        (name,) = named.values()
        answer = do(name, read_body(verb.given, request.get_data(), request.mimetype), visitor)
        path = quote(request.path)  # a line break in it would let a client forge a line of the log
        done = {"request_id": request_id(), "key": visitor.name, "method": "POST", "path": path}
        log.info("POST %s by the key %s", path, visitor.name, extra=done)
        return json_response(answer)

    api.add_url_rule(f"/{verb.path}", verb.path, view, methods=["POST"], provide_automatic_options=False)


def read_body(given: type[G], content: bytes, mimetype: str) -> G:
    """Read the JSON body of a verb; raises BadParameterError, which names the field, or UnsupportedMediaType.

    An empty body stands for no fields.
    """
    if content and mimetype != JSON:
        raise UnsupportedMediaType(f"Send the body as JSON, with Content-Type: {JSON}.")
    try:
        return given.model_validate_json(content or b"{}")
    except ValidationError as error:
        raise _in_words(error, given) from None


def _in_words(error: ValidationError, given: type[Given]) -> BadParameterError:
    problem = error.errors()[0]
    name = str(problem["loc"][0])[:LONGEST_FIELD] if problem["loc"] else "body"
    fields = ", ".join(given.model_fields) or "none"
    if name not in given.model_fields and problem["type"] == "extra_forbidden":
        return BadParameterError(name, f"This field is not known. The fields are: {fields}.")
    if name == "body":
        return BadParameterError(name, f"The body must be a JSON object. Its fields are: {fields}.")
    if problem["type"] == "missing":
        return BadParameterError(name, f"{name} is missing.")
    described = given.model_fields[name].description or ""
    return BadParameterError(name, f"{name} cannot be read. {described}".strip())
