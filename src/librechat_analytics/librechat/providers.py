"""Who was paid for a model call, where LibreChat's documents tell."""

from __future__ import annotations

import re
from functools import lru_cache

AGENTS_ENDPOINT = "agents"

# Endpoints whose name is not the provider's; everything else, custom names too, is the provider.
PROVIDER_OF_ENDPOINT = {"assistants": "openAI", "azureAssistants": "azureOpenAI", "gptPlugins": "openAI"}

# Providers that serve only their own models: a row with another family's model was not billed by them
# (titles and subagents often run elsewhere than the conversation).
SINGLE_FAMILY = frozenset({"openAI", "anthropic", "google"})

BEDROCK_VENDORS = (
    "ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai"
    "|qwen|stability|twelvelabs|writer|zai"
)
BEDROCK_REGION = r"(?:[a-z]{2,6}(?:-[a-z]{2,6})?\.)?"
"""Of an inference profile: us, eu, apac, jp, us-gov, global and whatever comes."""

# Bedrock's names: a vendor, a dot, a model; of a vendor not listed, the version at the end tells.
BEDROCK = (
    rf"^{BEDROCK_REGION}(?:{BEDROCK_VENDORS})\.",
    rf"^{BEDROCK_REGION}[a-z][a-z0-9]*\.[a-z0-9.-]+-v[0-9]+:[0-9]+$",
    r"^arn:aws[a-z-]*:bedrock:",
)

# A maker in front of a model's name, as routers write it: those that alone serve what they have not opened.
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
        # Google's Vertex AI alone puts a version behind an @, also of others' models.
        (r"^[^@/]+@(?:[0-9]{3,8}|default|latest)$", "google"),
    )
)


@lru_cache(maxsize=10_000)
def family_provider(model: str | None) -> str | None:
    """Name the provider that a model's name gives away; None for models that many providers serve."""
    if model is None:
        return None
    name = MAKER.sub("", model)
    return next((provider for pattern, provider in FAMILIES if pattern.match(name)), None)


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
