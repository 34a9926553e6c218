"""The columns of lists: declared once, for files and for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard.panels.list_columns import HIDDEN_AT_FIRST, Shown, cell, list_columns
from librechat_analytics.dashboard.views import agents, models, users
from librechat_analytics.exports.columns import USERS, Columns, Heading, col
from librechat_analytics.usage.list_answers import UserRow
from tests.dashboard.ready_answers import AGENT, NOW, USER, page_data, texts

if TYPE_CHECKING:
    from librechat_analytics.dashboard.panels.list_table import ListTable


@dataclass(frozen=True, slots=True)
class BusyUser(UserRow):
    errors: int


@pytest.mark.parametrize("table", [users.TABLE, models.TABLE, agents.TABLE], ids=lambda table: table.things)
class TestEveryList:
    def test_each_column_names_a_field_of_the_rows(self, table: ListTable[object]) -> None:
        row = table.part(page_data()).rows[0]

        assert [one.declared.field for one in table.columns if not hasattr(row, one.declared.field)] == []

    def test_no_two_columns_are_ordered_by_the_same_value(self, table: ListTable[object]) -> None:
        sorts = [column.header.sort for column in table.columns if column.header.sort]

        assert len(set(sorts)) == len(sorts)

    def test_it_is_ordered_by_cost_at_first(self, table: ListTable[object]) -> None:
        assert [column.header.title for column in table.columns if column.header.preset] == ["Cost"]

    def test_cells_of_its_own_belong_to_columns_that_it_shows(self, table: ListTable[object]) -> None:
        assert table.cells.keys() <= {column.declared.field for column in table.columns}


def test_a_column_that_is_only_declared_is_on_the_page_for_readers_who_choose_it() -> None:
    declared = Columns(BusyUser, (*USERS.columns, col("errors", "Failed calls", "count", short="Errors")))
    others = [column.field for column in USERS.columns[1:]]
    *_, last = list_columns(declared, Shown("name"), only_in_files=others)

    assert (last.header.title, last.header.sort, last.header.room) == ("Errors", "errors", HIDDEN_AT_FIRST)


def test_a_column_that_is_not_declared_cannot_be_shown() -> None:
    with pytest.raises(KeyError, match="errors"):
        list_columns(USERS, Shown("name"), Shown("errors"))


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("money", 1.234567, "$1.23"),
        ("tokens", 1_500_000, "1.5M"),
        ("count", 1200, "1,200"),
        ("rate", None, "\N{EN DASH}"),
        ("share", 0.5, "50.0%"),
        ("time", USER.last_active, "3 h ago"),
        ("text", AGENT.model, "claude-sonnet-4-6"),
    ],
)
def test_a_cell_is_written_as_the_kind_of_its_column_says(kind: str, value: object, words: str) -> None:
    written = cell(Heading("Title", kind), value, greatest_share=1.0, now=NOW)  # type: ignore[arg-type]

    assert texts(written) == words
