"""The tables that are published, with the columns that the store and ClickHouse share."""

from __future__ import annotations

from dataclasses import dataclass

SLOTS_IN_A_DAY = 96

DAY = f"toInt32(floor(slot / {SLOTS_IN_A_DAY}))"
"""The day of a slot since 1970, which is below 0 before, as ClickHouse computes it."""


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table of the store. In ClickHouse its columns and ``version`` are in a table named ``<name>_log``."""

    name: str
    columns: tuple[str, ...]

    @property
    def log(self) -> str:
        """The name of the table in ClickHouse."""
        return f"{self.name}_log"


def _table(name: str, columns: str) -> PublishedTable:
    return PublishedTable(name, tuple(columns.split()))


TRANSACTIONS = _table(
    "transactions",
    """
    id_head id_tail created_at slot user_key conversation_key model_key context_key usage_type
    other_token_type rate tokens credits_e6 cache_read_tokens cache_write_tokens structured sentinel
    positive_value default_rate agent_model agent_key certainty provider_key tenant_key ran_key paired
    """,
)

CELLS = _table(
    "cells",
    """
    slot user_key conversation_key model_key ran_key context_key agent_key certainty provider_key tenant_key
    sentinel positive_value default_rate agent_model blank prompt_rate completion_rate documents calls
    cached_calls cost_e6 prompt_cost_e6 cached_cost_e6 prompt_tokens completion_tokens cached_tokens
    cache_read_tokens cache_write_tokens first_ms last_ms
    """,
)

CONVERSATIONS = _table("conversations", "key id root_key")
"""Published row by row: the newest version of a key counts."""

WAITING_TABLES = (
    _table(
        "unattributed",
        "id_head id_tail created_at message conversation model recorded_agent tenant spender",
    ),
    _table("told_early", "id_head id_tail created_at model endpoint agent spender tenant"),
    _table("outdated", "id_head id_tail"),
)
"""Rows that are not complete yet. What is added is published, and at times the whole table."""

GROWING_TABLES = (TRANSACTIONS, CELLS, CONVERSATIONS, *WAITING_TABLES)
"""Published row by row, or granule by granule."""

SMALL_TABLES = (
    _table(
        "users",
        """
        key id name email role balance_e6 deleted_at labelled forgotten tenant reserved_e6 refill_enabled
        refill_e6 refill_every refill_unit refilled_at debt_e6
        """,
    ),
    _table("groups", "id name deleted_at"),
    _table("memberships", "group_id user_key since until assumed"),
    _table("waiting_ends", "group_id user_key since latest readings"),
    _table("user_traits", "user_key trait value since until assumed"),
    _table("agents", "key id name model model_key provider deleted_at labelled tenant"),
    _table("agent_versions", "agent_key since until model_key provider"),
    _table("models", "key id agent unpriced"),
    _table("contexts", "key id"),
    _table("providers", "key id"),
    _table("tenants", "key id"),
    _table("gone", "id_head id_tail"),
    _table("refused", "id reason noticed_at"),
    _table("audits", "kind started_at ended_at documents added gone"),
    _table("alerts", "id rule subject period level opened_at resolved_at facts"),
    _table(
        "deliveries",
        "alert_id receiver occasion state queued_at next_try attempts tried_at last_answer",
    ),
    _table("silences", "rule subject until reason silenced_at silenced_by"),
    _table("evaluation_marks", "name value"),
)
"""Published whole, under the version at which they changed."""
