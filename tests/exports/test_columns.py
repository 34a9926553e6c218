"""A column is declared once: its row's field, its title and its kind."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, get_args, get_type_hints

import pytest

from librechat_analytics.exports import columns
from librechat_analytics.exports.columns import Columns, col
from librechat_analytics.exports.files import csv_text
from librechat_analytics.exports.sheets import sheet
from librechat_analytics.usage.list_answers import ModelRow
from librechat_analytics.web.body import RowBody

TABLES: dict[str, Columns[Any]] = {
    name: table for name, table in vars(columns).items() if isinstance(table, Columns)
} | {
    "PRICE_CHECK": columns.price_check_columns("2026-11"),
    "BREAKDOWN": columns.breakdown_columns("group"),
}

KINDS_OF_TYPES = {
    float: {"money", "rate", "share"},
    int: {"tokens", "count"},
    datetime: {"time"},
    str: {"text"},
}
NAMES_IN_HINTS = dict.fromkeys(("Budget", "Delivery", "Period", "ReceiverKind"), object) | {
    "date": date,
    "datetime": datetime,
    "Mapping": dict,
    "PriceSource": str,
}


ONLY_IN_BODIES = {"code", "deleted", "unknown_rates", "user", "parts", "others_usd"} | {
    "prompt_rates",
    "completion_rates",
    *("title", "page"),
    *("budget", "period", "amount_e6", "carried_e6", "actual_e6", "forecast", "forecast_reason"),
}
"""Fields without a column: the cells of other columns say them, or they are for programs."""


@dataclass(frozen=True, slots=True)
class WiderModelRow(ModelRow):
    """A model's row with one more figure."""

    image_tokens: int
    images: int


WIDER = Columns(
    WiderModelRow,
    (
        *columns.MODELS.columns,
        col("image_tokens", "Image tokens", "tokens", short="Image"),
        col("images", "Images", "count"),
    ),
)
ROW = WiderModelRow("gpt-5.4", "openAI", 1.5, 10, 5, 15, 4, 1, 2, 1, 1, 1.0, 0.5, image_tokens=7, images=3)


class WiderModel(RowBody, of=WIDER):
    """A body that declares no field of its own."""


def test_a_new_field_of_a_row_reaches_files_from_one_declaration() -> None:
    (cells,) = csv.DictReader(io.StringIO(csv_text(sheet("Models", WIDER, [ROW])).removeprefix("\ufeff")))

    assert (cells["Model"], cells["Image tokens"], cells["Images"]) == ("gpt-5.4", "7", "3")


def test_a_new_field_of_a_row_reaches_the_api_without_a_declaration() -> None:
    body = WiderModel.model_validate(ROW).model_dump()
    schema = WiderModel.model_json_schema(mode="serialization")["properties"]

    assert list(body)[-3:] == ["previousCost", "imageTokens", "images"]
    assert (body["imageTokens"], body["images"]) == (7, 3)
    assert schema["images"]["minimum"] == schema["share"]["minimum"] == 0, "counts and shares are described"


def test_a_table_on_the_page_finds_the_new_column_by_its_field() -> None:
    assert (WIDER["image_tokens"].short, WIDER["image_tokens"].kind) == ("Image", "tokens")


def test_a_column_of_no_field_is_refused_when_it_is_declared() -> None:
    with pytest.raises(TypeError, match="ModelRow has no field cost_eur"):
        Columns(ModelRow, (col("cost_eur", "Cost (EUR)", "money"),))


@pytest.mark.parametrize("name", TABLES)
def test_no_two_columns_of_a_table_have_one_title(name: str) -> None:
    titles = [column.title for column in TABLES[name].columns]

    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", TABLES)
def test_every_field_of_a_row_has_a_column(name: str) -> None:
    declared = {column.field for column in TABLES[name].columns} | ONLY_IN_BODIES
    missing = [field.name for field in fields(TABLES[name].row) if field.name not in declared]

    assert not missing, f"{name} in exports/columns.py has no column for {missing}"


@pytest.mark.parametrize("name", TABLES)
def test_the_kind_of_a_column_fits_the_type_of_its_field(name: str) -> None:
    hints = get_type_hints(TABLES[name].row, localns=NAMES_IN_HINTS)
    shown_as_they_are = [
        column
        for column in TABLES[name].columns
        if column.field in hints and isinstance(column.cell, attrgetter)
    ]

    for column in shown_as_they_are:
        (of_field,) = set(get_args(hints[column.field]) or (hints[column.field],)) - {type(None)}
        assert column.kind in KINDS_OF_TYPES[of_field], column.title
