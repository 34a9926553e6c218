"""The provider that was paid for a call to a model."""

from __future__ import annotations

import pytest

from librechat_analytics.librechat.providers import family_provider, provider_of


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("claude-sonnet-4-6", "anthropic"),
        ("gpt-4o", "openAI"),
        ("gpt-5.4", "openAI"),
        ("chatgpt-4o-latest", "openAI"),
        ("o3", "openAI"),
        ("o4-mini", "openAI"),
        ("o3000", None),
        ("gpt-oss-120b", None),
        ("gemini-3-pro-image-preview", "google"),
        ("grok-4", "xai"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "bedrock"),
        ("eu.anthropic.claude-sonnet-4-20250514-v1:0", "bedrock"),
        ("us.meta.llama3-3-70b-instruct-v1:0", "bedrock"),
        ("mistral.mistral-large-2402-v1:0", "bedrock"),
        *(
            (f"{region}.anthropic.claude-x", "bedrock")
            for region in ("jp", "au", "us-gov", "ca", "apac", "sa")
        ),
        *(
            (f"{vendor}.some-model-v1:0", "bedrock")
            for vendor in ("deepseek", "qwen", "openai", "moonshot", "minimax", "google", "nvidia", "writer")
        ),
        ("openai.gpt-oss-120b-1:0", "bedrock"),
        ("jp.vendor-to-come.model", None),
        ("newvendor.model-9-v1:0", "bedrock"),
        ("eu.newvendor.model-9-v12:1", "bedrock"),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6",
            "bedrock",
        ),
        ("arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:application-inference-profile/a1b2", "bedrock"),
        ("arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine", None),
        ("anthropic/claude-sonnet-4-6", "anthropic"),
        ("openai/gpt-6-sol", "openAI"),
        ("google/gemini-3.8-flash", "google"),
        ("x-ai/grok-5", "xai"),
        ("moonshotai/kimi-k3", "moonshot"),
        ("openai/gpt-oss-120b", None),
        ("google/gemma-4", None),
        ("meta-llama/llama-5", None),
        ("mine/claude-sonnet-4-6", None),
        ("openrouter/anthropic/claude-sonnet-4-6", None),
        ("accounts/fireworks/models/kimi-k3", None),
        ("claude-haiku-5-5@20260922", "anthropic"),
        ("mistral-large@2411", "google"),
        ("llama-5@default", "google"),
        ("@cf/meta/llama-5", None),
        ("somebody@example.com", None),
        ("ft:gpt-4o-mini:mine::a1b2", "openAI"),
        ("sora-3-pro", "openAI"),
        ("dall-e-3", "openAI"),
        ("gpt-image-2", "openAI"),
        ("veo-5", "google"),
        ("imagen-5-ultra", "google"),
        ("kimi-latest", "moonshot"),
        ("muse-spark", "meta"),
        ("deepseek-chat", "deepseek"),
        ("deepseek-v3.2", None),
        ("sonar-pro", "perplexity"),
        ("gpt-4.1", "openAI"),
        ("qwen2.5:7b", None),
        ("llama3.1", None),
        ("mistral-large-latest", None),
        ("openrouter/auto", None),
        ("my-claude-like", None),
        ("agent_8aWN5tLYRAdtV8knVWmod", None),
        (None, None),
    ],
)
def test_a_models_name_gives_its_provider_away_only_where_no_other_serves_it(
    model: str | None, provider: str | None
) -> None:
    assert family_provider(model) == provider


@pytest.mark.parametrize(
    ("model", "endpoint", "agents_provider", "provider"),
    [
        ("gpt-4o", "openAI", None, "openAI"),
        ("gpt-4o", "azureOpenAI", None, "azureOpenAI"),
        ("gpt-4o", "assistants", None, "openAI"),
        ("gpt-4o", "azureAssistants", None, "azureOpenAI"),
        ("gpt-4", "gptPlugins", None, "openAI"),
        ("acme-internal-70b", "acme", None, "acme"),
        ("claude-sonnet-4-6", "bedrock", None, "bedrock"),
        ("claude-sonnet-4-6", "OpenRouter", None, "OpenRouter"),
        ("claude-sonnet-4-6", "agents", "anthropic", "anthropic"),
        ("claude-sonnet-4-6", "agents", "bedrock", "bedrock"),
        ("claude-sonnet-4-6", "agents", None, "anthropic"),
        ("claude-sonnet-4-6", None, None, "anthropic"),
        ("claude-sonnet-4-6", None, "vertex", "vertex"),
        ("gpt-4o-mini", "agents", "anthropic", "openAI"),
        ("gpt-4o-mini", "anthropic", None, "openAI"),
        ("anthropic/claude-sonnet-4-6", "OpenRouter", None, "OpenRouter"),
        ("claude-haiku-5-5@20260922", "anthropic", None, "anthropic"),
        ("claude-haiku-4-5", "openAI", None, "anthropic"),
        ("my-fine-tune", "openAI", None, "openAI"),
        ("local-llama", "agents", None, None),
        (None, "openAI", None, "openAI"),
        (None, "agents", None, None),
        (None, None, None, None),
    ],
)
def test_the_endpoint_or_the_agent_names_the_provider_unless_the_model_says_otherwise(
    model: str | None, endpoint: str | None, agents_provider: str | None, provider: str | None
) -> None:
    assert provider_of(model, endpoint, agents_provider) == provider
