"""The price list: a file with prices by model, to compare with what LibreChat recorded."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from librechat_analytics.errors import OperatorError
from librechat_analytics.plain_files import UnreadableFileError, read_text
from librechat_analytics.usage.model_spellings import spellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

COLUMNS = ("model", "prompt", "completion", "cache_write", "cache_read", "valid_from")
OPTIONAL_COLUMNS = ("source", "above_tokens")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(2200, 1, 1, tzinfo=UTC)
MICRO = 1_000_000
HIGHEST_PRICE = 1000
"""In US dollars per million tokens; a higher price is a typing error."""

MOST_TOKENS = 10**9
"""No prompt is that long; a higher threshold is a typing error."""

LEAST_INTEGER, GREATEST_INTEGER = -(2**63), 2**63 - 1


class PriceListError(OperatorError):
    """The price list cannot be read; the text names the line and its error."""


PriceSource = Literal["both", "librechat", "provider"]

SOURCES: Final[Mapping[PriceSource, str]] = {
    "both": "LibreChat's table, compared with the provider's page",
    "librechat": "LibreChat's table only",
    "provider": "the provider's page only",
}
"""The possible sources of a price. LibreChat's own table cannot show that LibreChat's price is wrong."""


@dataclass(frozen=True, slots=True)
class Price:
    """The price of the models that match a pattern, from a time on, for prompts of some size.

    Amounts are millionths of a US dollar per million tokens: tokens times such a price has the unit in which
    the store keeps cost, so sums of list prices are exact too. The price applies to calls whose prompt,
    cached tokens included, has more than ``above_tokens`` tokens.
    """

    pattern: str
    prompt: int
    completion: int
    cache_write: int
    cache_read: int
    valid_from: datetime
    source: PriceSource | None
    above_tokens: int


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices by pattern of the model's name; the longest pattern that matches applies."""

    name: str
    prices: Mapping[str, tuple[Price, ...]]

    def of(self, model: str) -> list[Price]:
        """Return a model's prices, oldest first, then from short to long prompts; empty without a match.

        A pattern that matches only a longer spelling of the name (us.anthropic.*) was meant for that
        spelling, so it takes precedence over patterns that match a plainer one.
        """
        fitting = [self._fitting(name) for name in spellings(model)]
        for place, patterns in enumerate(fitting):
            if patterns.difference(*fitting[place + 1 :]):
                # A longer pattern is more specific; of two with the same length, the one without a wildcard.
                best = max(patterns, key=lambda each: (len(each.replace("*", "")), "*" not in each, each))
                return sorted(self.prices[best], key=lambda price: (price.valid_from, price.above_tokens))
        return []

    def _fitting(self, name: str) -> set[str]:
        return {pattern for pattern in self.prices if fits(pattern, name)}

    def frame(self, models: Iterable[str]) -> pd.DataFrame:
        """Return the prices of models as a frame that queries can read.

        A row applies to a model's calls from ``since`` to before ``until`` whose prompt has more than
        ``above`` and at most ``most`` tokens; ``tiered``: other rows apply to prompts of other sizes.
        """
        rows = [
            (
                model,
                tier.valid_from.replace(tzinfo=None),
                until.replace(tzinfo=None),
                above,
                most,
                tiered,
                tier.prompt,
                tier.completion,
                tier.cache_write,
                tier.cache_read,
                tier.source,
            )
            for model in models
            for tiers, until in _with_ends(self.of(model))
            for tiered in (len(tiers) > 1,)
            for tier, above, most in _with_sizes(tiers)
        ]
        types = {
            "model": "str",
            "since": "datetime64[us]",
            "until": "datetime64[us]",
            "above": "int64",
            "most": "int64",
            "tiered": "bool",
            "prompt": "int64",
            "completion": "int64",
            "cache_write": "int64",
            "cache_read": "int64",
            "source": "str",
        }
        return pd.DataFrame(rows, columns=list(types)).astype(types)


def fits(pattern: str, name: str) -> bool:
    """Say whether a name matches a pattern; * matches any text, and no other character is special."""
    first, *others = pattern.split("*")
    if not others:
        return name == pattern
    last = others.pop()
    if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
        return False
    at, end = len(first), len(name) - len(last)
    for part in others:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _with_ends(prices: list[Price]) -> Iterator[tuple[list[Price], datetime]]:
    """Yield the prices that begin together, and when they end."""
    dated = [list(tiers) for _, tiers in groupby(prices, key=lambda price: price.valid_from)]
    for tiers, following in pairwise(dated):
        yield tiers, following[0].valid_from
    if dated:
        yield dated[-1], END


def _with_sizes(tiers: list[Price]) -> Iterator[tuple[Price, int, int]]:
    """Yield each tier with its prompts: more tokens than the first number, at most the second."""
    edges = [LEAST_INTEGER, *(tier.above_tokens for tier in tiers[1:]), GREATEST_INTEGER]
    for tier, (above, most) in zip(tiers, pairwise(edges), strict=True):
        yield tier, above, most


def read_price_list(path: Path) -> PriceList:
    """Read a price list; raises PriceListError, which names the line with the error.

    The file is CSV with the columns model, prompt, completion, cache_write, cache_read and valid_from. Prices
    are US dollars per million tokens; an empty cache price is the price of prompts. valid_from is a date
    (UTC) or empty. The columns source and above_tokens may follow, and rows may omit them at the end. Lines
    that begin with # are comments.
    """
    try:
        text = read_text(path)
    except UnreadableFileError as error:
        raise PriceListError(f"PRICES_FILE {path} {error}") from None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if _says_something(line)]
    columns = _cells(lines[0][1]) if lines else []
    optional = columns[len(COLUMNS) :]
    if tuple(columns[: len(COLUMNS)]) != COLUMNS or not set(optional) <= set(OPTIONAL_COLUMNS):
        raise PriceListError(
            f"PRICES_FILE {path}: the first line must be {','.join(COLUMNS)};"
            f" {' and '.join(OPTIONAL_COLUMNS)} may follow."
        )
    if len(set(optional)) < len(optional):
        raise PriceListError(f"PRICES_FILE {path}: a column is named twice in the first line.")
    numbered = [(number, _price(path, number, columns, _cells(line))) for number, line in lines[1:]]
    return PriceList(path.stem, _by_pattern(path, numbered))


def _by_pattern(path: Path, numbered: list[tuple[int, Price]]) -> dict[str, tuple[Price, ...]]:
    found: dict[tuple[str, datetime], dict[int, Price]] = {}
    for number, price in numbered:
        tiers = found.setdefault((price.pattern, price.valid_from), {})
        if price.above_tokens in tiers:
            size = f" above {price.above_tokens} tokens" if price.above_tokens else ""
            raise PriceListError(
                f"PRICES_FILE {path}, line {number}:"
                f" {price.pattern} has a price{size} from that date already."
            )
        tiers[price.above_tokens] = price
    for number, price in numbered:
        if 0 not in found[price.pattern, price.valid_from]:
            raise PriceListError(
                f"PRICES_FILE {path}, line {number}: {price.pattern} has a price above"
                f" {price.above_tokens} tokens, but none from that date for shorter prompts."
            )
    by_pattern: dict[str, tuple[Price, ...]] = {}
    for _, price in numbered:
        by_pattern[price.pattern] = (*by_pattern.get(price.pattern, ()), price)
    return by_pattern


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line]))]


def _price(path: Path, number: int, columns: list[str], cells: list[str]) -> Price:
    where = f"PRICES_FILE {path}, line {number}"
    if not len(COLUMNS) <= len(cells) <= len(columns):
        needed = (
            f"{len(COLUMNS)} columns"
            if len(columns) == len(COLUMNS)
            else f"{len(COLUMNS)} to {len(columns)} columns"
        )
        raise PriceListError(f"{where}: {needed} are needed, {len(cells)} are there.")
    row = dict.fromkeys(OPTIONAL_COLUMNS, "") | dict(zip(columns, cells, strict=False))
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
        source=_source(where, row["source"]),
        above_tokens=_threshold(where, row["above_tokens"]),
    )


def _source(where: str, text: str) -> PriceSource | None:
    if not text:
        return None
    source = next((each for each in SOURCES if each == text), None)
    if source is None:
        raise PriceListError(f"{where}: source must be {', '.join(SOURCES)} or empty.")
    return source


def _threshold(where: str, text: str) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > MOST_TOKENS:
        raise PriceListError(
            f"{where}: above_tokens must be a number of tokens, 0 to {MOST_TOKENS}, such as 272000, or empty."
        )
    return int(text)


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
