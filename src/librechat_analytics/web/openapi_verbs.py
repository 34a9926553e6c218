"""How the API's description shows verbs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from openapi_pydantic import Operation, PathItem

from librechat_analytics.web import openapi_parts as parts
from librechat_analytics.web.openapi_parts import JSON, OPERATION

if TYPE_CHECKING:
    from librechat_analytics.web.verbs import G, Verb

REFUSALS = ("400", "401", "403", "415", "429", "503")


def describe_verb(verb: Verb[G], answer: object) -> tuple[str, PathItem]:
    """Return a verb's path, with its part in braces, and its description; ``answer`` is an example."""
    part = re.sub(".*<(.+)>.*", r"\1", verb.path)
    address = f"/api/{verb.path.replace(f'<{part}>', verb.named)}"
    described = parts.operation(
        OPERATION,
        verb.title,
        {JSON: parts.json_body(verb.answer)},
        refusals=(*REFUSALS, *verb.refusals),
        example=address,
    )
    whole = {
        "operationId": re.sub("/<.+>/", "-", verb.path),
        "parameters": [{"name": part, "in": "path", "required": True, "schema": parts.TEXT}],
        "requestBody": {"content": {JSON: {"schema": _schema(verb), "example": verb.example}}},
        "x-codeSamples": [{"lang": "Shell", "source": _curl(verb, address)}],
    }
    kept = described.model_dump(by_alias=True, exclude_unset=True)
    return (
        f"/api/{verb.path.replace('<', '{').replace('>', '}')}",
        PathItem(post=parts.with_example(Operation.model_validate(kept | whole), answer)),
    )


def _schema(verb: Verb[G]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{verb.given.__name__}"}


def _curl(verb: Verb[G], address: str) -> str:
    body = f" -H 'Content-Type: {JSON}' -d '{json.dumps(verb.example)}'" if verb.example else ""
    return f"{parts.curl(address, public=False).replace('curl ', 'curl -X POST ', 1)}{body}"
