"""What lists and comparisons tell usage apart by, and where a query finds the names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.usage.questions import Attribute, ChangeBy

SUBJECTS: Mapping[Attribute | ChangeBy, tuple[str, str]] = {
    "user": ("user_key", "users_as_subjects"),
    "group": ("user_key", "all_groups_as_subjects"),
    "domain": ("user_key", "domains_as_subjects"),
    "role": ("user_key", "roles_as_subjects"),
    "model": ("ran_key", "models_as_subjects"),
    "agent": ("agent_key", "agents_as_subjects"),
    "provider": ("provider_key", "providers_as_subjects"),
    "context": ("context_key", "contexts_as_subjects"),
    "tenant": ("tenant_key", "tenants_as_subjects"),
    "cost_center": ("center_key", "centers_as_subjects"),
}
"""The key in usage that leads to a subject, and the relation with the subjects' names."""


def known_subjects(by: Attribute | ChangeBy) -> tuple[tuple[str, str], ...]:
    """Return the sources ``own_key`` and ``known_subjects`` of a query."""
    own_key, subjects = SUBJECTS[by]
    return ("own_key", own_key), ("known_subjects", subjects)
