"""An own price list: what the same tokens would have cost at list price, beside what LibreChat recorded."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from librechat_analytics.errors import OperatorError
from librechat_analytics.plain_files import UnreadableFileError, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

COLUMNS = ("model", "prompt", "completion", "cache_write", "cache_read", "valid_from")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(2200, 1, 1, tzinfo=UTC)
MICRO = 1_000_000
DATE_SUFFIX = re.compile(r"-20[0-9]{2}-?[0-9]{2}-?[0-9]{2}$")
"""Providers name a snapshot of a model so, at the same price."""
HIGHEST_PRICE = 1000
"""USD per million tokens; anything beyond is a slip of the pen."""


class PriceListError(OperatorError):
    """The price list cannot be read; the text names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Price:
    """The price of models that fit a pattern, from an instant on.

    Amounts are millionths of a US dollar per million tokens: tokens times such a price is in the unit in
    which the store keeps cost, so that list prices are summed exactly too.
    """

    pattern: str
    prompt: int
    completion: int
    cache_write: int
    cache_read: int
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices by pattern of the model's name; of several patterns that fit, the longest holds."""

    name: str
    prices: tuple[Price, ...]

    def of(self, model: str) -> list[Price]:
        """Give a model's prices, oldest first; none where no pattern fits."""
        fitting = self._fitting(model) or self._fitting(DATE_SUFFIX.sub("", model))
        if not fitting:
            return []
        # A longer pattern says more; of two equally long ones the one without a wildcard does.
        best = max(fitting, key=lambda pattern: (len(pattern.replace("*", "")), "*" not in pattern, pattern))
        return sorted(
            (price for price in self.prices if price.pattern == best), key=lambda price: price.valid_from
        )

    def _fitting(self, model: str) -> set[str]:
        return {price.pattern for price in self.prices if fnmatchcase(model, price.pattern)}

    def frame(self, models: Iterable[str]) -> pd.DataFrame:
        """Lay out the prices of models as a table: model, since, until, and four amounts."""
        rows = [
            (
                model,
                price.valid_from.replace(tzinfo=None),
                until.replace(tzinfo=None),
                price.prompt,
                price.completion,
                price.cache_write,
                price.cache_read,
            )
            for model in models
            for price, until in _with_ends(self.of(model))
        ]
        columns = ["model", "since", "until", "prompt", "completion", "cache_write", "cache_read"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype(
            {"model": "str", "since": "datetime64[us]", "until": "datetime64[us]"}
            | dict.fromkeys(columns[3:], "int64")
        )


def _with_ends(prices: list[Price]) -> Iterator[tuple[Price, datetime]]:
    for price, following in pairwise(prices):
        yield price, following.valid_from
    if prices:
        yield prices[-1], END


def read_price_list(path: Path) -> PriceList:
    """Read a price list; raises PriceListError naming the line that cannot be understood.

    A CSV file with the columns model, prompt, completion, cache_write, cache_read, valid_from: prices in US
    dollars per million tokens, an empty cache price means the prompt's; valid_from is a date (UTC) or empty.
    Lines beginning with # are comments.
    """
    try:
        text = read_text(path)
    except UnreadableFileError as error:
        raise PriceListError(f"PRICES_FILE {path} {error}") from None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if _says_something(line)]
    if not lines or tuple(_cells(lines[0][1])) != COLUMNS:
        raise PriceListError(f"PRICES_FILE {path}: the first line must be {','.join(COLUMNS)}")
    prices = tuple(_price(path, number, _cells(line)) for number, line in lines[1:])
    seen: set[tuple[str, datetime]] = set()
    for price, (number, _) in zip(prices, lines[1:], strict=True):
        if (price.pattern, price.valid_from) in seen:
            raise PriceListError(
                f"PRICES_FILE {path}, line {number}: {price.pattern} has a price from that date already."
            )
        seen.add((price.pattern, price.valid_from))
    return PriceList(path.stem, prices)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line]))]


def _price(path: Path, number: int, cells: list[str]) -> Price:
    where = f"PRICES_FILE {path}, line {number}"
    if len(cells) != len(COLUMNS):
        raise PriceListError(f"{where}: {len(COLUMNS)} columns are needed, {len(cells)} are there.")
    row = dict(zip(COLUMNS, cells, strict=True))
    if not row["model"]:
        raise PriceListError(f"{where}: the model is missing.")
    prompt = _amount(where, "prompt", row["prompt"])
    return Price(
        pattern=row["model"],
        prompt=prompt,
        completion=_amount(where, "completion", row["completion"]),
        cache_write=_amount(where, "cache_write", row["cache_write"]) if row["cache_write"] else prompt,
        cache_read=_amount(where, "cache_read", row["cache_read"]) if row["cache_read"] else prompt,
        valid_from=_date(where, row["valid_from"]),
    )


def _amount(where: str, column: str, text: str) -> int:
    try:
        amount = Decimal(text) if text.isascii() else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and 0 <= amount <= HIGHEST_PRICE):
        raise PriceListError(
            f"{where}: {column} must be US dollars per million tokens, 0 to {HIGHEST_PRICE}, such as 2.50"
        )
    scaled = amount * MICRO
    if scaled != scaled.to_integral_value():
        raise PriceListError(f"{where}: {column} has more than six decimals.")
    return int(scaled)


def _date(where: str, text: str) -> datetime:
    if not text:
        return BEGINNING
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise PriceListError(f"{where}: valid_from must be a date such as 2026-03-01, or empty.") from None
