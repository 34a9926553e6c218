"""The spellings of a model's name, from the one that LibreChat recorded to the plainest one.

Bedrock, Vertex AI and routers such as OpenRouter add a region, a vendor, a version or a date to the name of a
model. A part is removed only if the rest certainly names the same model at the same price.
"""

from __future__ import annotations

import re

BEDROCK_VENDORS = (
    "ai21",
    "amazon",
    "anthropic",
    "cohere",
    "deepseek",
    "google",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "moonshotai",
    "nvidia",
    "openai",
    "qwen",
    "writer",
    "zai",
)
ARN = re.compile(r"arn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]*:(?:foundation-model|inference-profile)/([^/]+)")
"""Other kinds of ARN (application inference profiles, custom models) do not say which model runs."""

REGION = re.compile(rf"[a-z]{{2,6}}(?:-gov)?\.(?=(?:{'|'.join(BEDROCK_VENDORS)})\.)")
BEDROCK = re.compile(rf"(?:{'|'.join(BEDROCK_VENDORS)})\.([^:-]+-[^:]+?)(?:-v[0-9]+|-v?[0-9]+:[0-9]+)?")
"""Ends in a version such as -v1:0 or -1:0. A longer ending (-v1:0:200k) names bought capacity, not tokens."""

VERTEX = re.compile(r"([^@]+?)(?:-v[0-9]+)?@(20[0-9]{6}|default|latest)")
DATE_SUFFIX = re.compile(r"-20[0-9]{2}-?[0-9]{2}-?[0-9]{2}$")
"""Providers add a date to the name of a model's snapshot, which has the same price."""

CLAUDE_DOT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
"""Anthropic writes claude-sonnet-4-5, others claude-sonnet-4.5."""


def spellings(model: str) -> tuple[str, ...]:
    """Return the names of a model, each plainer than the one before; the first is ``model`` itself."""
    found = [model]
    while (plainer := _plainer(found[-1])) is not None:
        found.append(plainer)
    return tuple(found)


def _plainer(name: str) -> str | None:
    if name.startswith("arn:"):
        arn = ARN.fullmatch(name)
        return arn[1] if arn else None
    if "/" in name:
        rest = name.partition("/")[2]
        return None if not rest or _is_variant(rest) else rest
    if REGION.match(name):
        return REGION.sub("", name, count=1)
    if bedrock := BEDROCK.fullmatch(name):
        return bedrock[1]
    if vertex := VERTEX.fullmatch(name):
        return f"{vertex[1]}-{vertex[2]}" if vertex[2].isdigit() else vertex[1]
    if DATE_SUFFIX.search(name):
        return DATE_SUFFIX.sub("", name) or None
    if name.startswith("claude-") and CLAUDE_DOT.search(name):
        return CLAUDE_DOT.sub("-", name)
    return None


def _is_variant(name: str) -> bool:
    """Say whether a name ends in a router's variant (deepseek-r1:free), which has a price of its own."""
    last = name.rpartition("/")[2]
    return ":" in last and not BEDROCK.fullmatch(REGION.sub("", last, count=1))
