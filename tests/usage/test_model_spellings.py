"""The plainer spellings of a model's name, and that nothing uncertain is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.usage.model_spellings import spellings

PROFILE = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/"


@pytest.mark.parametrize(
    ("model", "plain"),
    [
        # Bedrock
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("anthropic.claude-sonnet-5", "claude-sonnet-5"),
        ("anthropic.claude-instant-v1", "claude-instant"),
        ("mistral.mistral-large-2407-v1:0", "mistral-large-2407"),
        ("openai.gpt-oss-120b-1:0", "gpt-oss-120b"),
        ("moonshot.kimi-k2-thinking", "kimi-k2-thinking"),
        *(
            (f"{region}.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5")
            for region in ("us", "eu", "apac", "global", "jp", "au", "us-gov", "ca")
        ),
        # ARNs
        (f"{PROFILE}eu.anthropic.claude-3-5-haiku-20241022-v1:0", "claude-3-5-haiku"),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
            "claude-3-haiku",
        ),
        ("arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0", "nova-pro"),
        # Vertex AI
        ("claude-sonnet-4-5@20260922", "claude-sonnet-4-5"),
        ("claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet"),
        ("claude-opus-4-6@default", "claude-opus-4-6"),
        ("publishers/anthropic/models/claude-opus-4-5@20251101", "claude-opus-4-5"),
        # vendor/model
        ("openai/gpt-6-sol", "gpt-6-sol"),
        ("openai/gpt-4o-2024-08-06", "gpt-4o"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("openrouter/anthropic/claude-3.5-haiku", "claude-3-5-haiku"),
        ("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("models/gemini-2.5-pro", "gemini-2.5-pro"),
        # dates alone
        ("gpt-5.2-pro-2025-12-11", "gpt-5.2-pro"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
    ],
)
def test_the_plainest_spelling_is_the_vendors_own_name(model: str, plain: str) -> None:
    assert spellings(model)[-1] == plain


@pytest.mark.parametrize(
    "model",
    [
        "claude-sonnet-4-5",
        "gpt-4.1",
        "gpt-oss:20b",
        "deepseek-v3",
        # which model runs is not said
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
        "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/o1",
        "arn:aws:bedrock:us-east-1:123456789012:imported-model/gpt-4o",
        # another price than the plain name's
        "deepseek/deepseek-r1:free",
        "openrouter/anthropic/claude-3.7-sonnet:thinking",
        "anthropic.claude-3-sonnet-20240229-v1:0:200k",
        "ft:gpt-4o-2024-08-06:acme::abc",
        # no name is left
        "/",
        "openai/",
        "anthropic.",
        "-20250929",
        "@20250929",
    ],
)
def test_what_is_uncertain_has_no_other_spelling(model: str) -> None:
    assert spellings(model) == (model,)


def test_spellings_go_from_the_fullest_to_the_plainest() -> None:
    assert spellings(f"{PROFILE}eu.anthropic.claude-haiku-4-5-20251001-v1:0")[1:] == (
        "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "claude-haiku-4-5-20251001",
        "claude-haiku-4-5",
    )


PIECES = st.sampled_from(
    [
        "us.",
        "anthropic.",
        "openai/",
        "claude-",
        "gpt",
        "-4",
        ".5",
        "-v1:0",
        ":0",
        "@20260922",
        "-20250929",
        "/",
        "@",
    ]
)
NAMES = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=9).map("".join))


@given(NAMES)
def test_any_name_comes_first_and_its_spellings_end_and_differ(model: str) -> None:
    found = spellings(model)

    assert found[0] == model
    assert len(set(found)) == len(found)
    assert all(name for name in found[1:])
    assert spellings(found[-1]) == (found[-1],)
