"""Finds the provider that was paid for a call to a model."""

from __future__ import annotations

import re
from functools import lru_cache

AGENTS_ENDPOINT = "agents"

# Endpoints that are not named after their provider; all others are, custom endpoints too.
PROVIDER_OF_ENDPOINT = {"assistants": "openAI", "azureAssistants": "azureOpenAI", "gptPlugins": "openAI"}

# Providers that serve only their own models. They did not bill a row with another family's model: titles and
# subagents often run on another provider than the conversation.
SINGLE_FAMILY = frozenset({"openAI", "anthropic", "google"})

BEDROCK_VENDORS = (
    "ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai"
    "|qwen|stability|twelvelabs|writer|zai"
)
BEDROCK_REGION = r"(?:[a-z]{2,6}(?:-[a-z]{2,6})?\.)?"
"""The region of an inference profile, such as us, eu, apac, jp, us-gov or global."""

# Bedrock's names: a vendor, a dot, a model. The version at the end shows a vendor that is not listed.
BEDROCK = (
    rf"^{BEDROCK_REGION}(?:{BEDROCK_VENDORS})\.",
    rf"^{BEDROCK_REGION}[a-z][a-z0-9]*\.[a-z0-9.-]+-v[0-9]+:[0-9]+$",
    r"^arn:aws[a-z-]*:bedrock:",
)

# A maker before a model's name, as routers write it. Only these serve their closed models themselves.
MAKER = re.compile(r"^(?:openai|anthropic|google|x-ai|xai|moonshotai|moonshot|meta)/(?=[^/]+$)")

FAMILIES = tuple(
    (re.compile(pattern), provider)
    for pattern, provider in (
        *((pattern, "bedrock") for pattern in BEDROCK),
        (r"^claude-", "anthropic"),
        (r"^(?:ft:)?(?:gpt-(?!oss)|chatgpt-|o[1345](?:-|$))", "openAI"),
        (r"^(?:sora-|dall-e-|text-embedding-)", "openAI"),
        (r"^(?:gemini-|veo-|imagen-|lyria-|learnlm-)", "google"),
        (r"^grok-", "xai"),
        (r"^(?:kimi-|moonshot-)", "moonshot"),
        (r"^deepseek-(?:chat|reasoner)$", "deepseek"),
        (r"^sonar(?:-|$)", "perplexity"),
        (r"^muse-", "meta"),
        # Only Google's Vertex AI puts a version after an @, for other makers' models too.
        (r"^[^@/]+@(?:[0-9]{3,8}|default|latest)$", "google"),
    )
)


@lru_cache(maxsize=10_000)
def family_provider(model: str | None) -> str | None:
    """Return the provider that a model's name shows; None for models that many providers serve."""
    if model is None:
        return None
    name = MAKER.sub("", model)
    return next((provider for pattern, provider in FAMILIES if pattern.match(name)), None)


def provider_of(model: str | None, endpoint: str | None, agent_provider: str | None) -> str | None:
    """Return a row's provider: by the endpoint, by the agent's provider, else by the model's family.

    ``endpoint`` is the conversation's or the assistant message's; None if neither remains.
    """
    family = family_provider(model)
    if endpoint is None or endpoint == AGENTS_ENDPOINT:
        named = agent_provider
    else:
        named = PROVIDER_OF_ENDPOINT.get(endpoint, endpoint)
    if named is None or (named in SINGLE_FAMILY and family is not None and family != named):
        return family
    return named
