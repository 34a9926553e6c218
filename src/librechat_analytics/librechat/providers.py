"""Who was paid for a model call, where LibreChat's documents tell."""

from __future__ import annotations

import re

AGENTS_ENDPOINT = "agents"

# Endpoints whose name is not the provider's; everything else, custom names too, is the provider.
PROVIDER_OF_ENDPOINT = {"assistants": "openAI", "azureAssistants": "azureOpenAI", "gptPlugins": "openAI"}

# Providers that serve only their own models: a row with another family's model was not billed by them
# (titles and subagents often run elsewhere than the conversation).
SINGLE_FAMILY = frozenset({"openAI", "anthropic", "google"})

FAMILIES = (
    (re.compile(r"^(?:(?:us|eu|apac|global)\.)?(?:anthropic|amazon|meta|cohere|mistral|ai21)\."), "bedrock"),
    (re.compile(r"^claude-"), "anthropic"),
    (re.compile(r"^(?:gpt-(?!oss)|chatgpt-|o[1345](?:-|$))"), "openAI"),
    (re.compile(r"^gemini-"), "google"),
    (re.compile(r"^grok-"), "xai"),
)


def family_provider(model: str | None) -> str | None:
    """Name the provider that a model's name gives away; None for models that many providers serve."""
    if model is None:
        return None
    return next((provider for pattern, provider in FAMILIES if pattern.match(model)), None)


def provider_of(model: str | None, endpoint: str | None, agent_provider: str | None) -> str | None:
    """Name a row's provider: the conversation's endpoint, the agent's provider, else the model's family.

    ``endpoint`` is the conversation's or the answer's; None where neither is left.
    """
    family = family_provider(model)
    if endpoint is None or endpoint == AGENTS_ENDPOINT:
        named = agent_provider
    else:
        named = PROVIDER_OF_ENDPOINT.get(endpoint, endpoint)
    if named is None or (named in SINGLE_FAMILY and family is not None and family != named):
        return family
    return named
