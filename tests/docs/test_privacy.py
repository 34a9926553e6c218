"""Data protection officers go by docs/privacy.md: its fields are those that the program reads."""

from __future__ import annotations

from librechat_analytics.librechat.agents import ASSISTANT_MESSAGE_PROJECTION, CONVERSATION_PROJECTION
from librechat_analytics.librechat.labels import (
    AGENT_PROJECTION,
    ANONYMOUS_USER_PROJECTION,
    BALANCE_PROJECTION,
    GROUP_PROJECTION,
    USER_PROJECTION,
)
from librechat_analytics.librechat.mongo import COLLECTIONS
from librechat_analytics.librechat.transactions import PROJECTION
from tests.support.markdown import codes, page, table

READ = {
    "transactions": PROJECTION,
    "users": USER_PROJECTION,
    "agents": AGENT_PROJECTION,
    "conversations": CONVERSATION_PROJECTION,
    "messages": ASSISTANT_MESSAGE_PROJECTION,
    "balances": BALANCE_PROJECTION,
    "groups": GROUP_PROJECTION,
}


def rows(*, anonymous: bool) -> list[tuple[str, ...]]:
    found = table(page("docs/privacy.md"), "Collection").rows
    return [row for row in found if ("ANONYMIZE_USERS" in row[0]) is anonymous]


def test_the_table_has_every_field_that_is_read() -> None:
    named = {codes(collection)[0]: codes(fields) for collection, fields in rows(anonymous=False)}

    assert set(READ) == set(COLLECTIONS), "READ in this file has other collections than librechat/mongo.py"
    assert set(named) == set(COLLECTIONS), "docs/privacy.md names other collections than librechat/mongo.py"
    assert named == {collection: list(fields) for collection, fields in READ.items()}


def test_names_are_not_among_the_fields_where_users_are_anonymous() -> None:
    ((_, fields),) = rows(anonymous=True)

    assert codes(fields) == list(ANONYMOUS_USER_PROJECTION)
    assert not {"name", "username", "email"} & set(ANONYMOUS_USER_PROJECTION)
