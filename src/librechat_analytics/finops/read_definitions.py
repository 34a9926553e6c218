"""Reads the definitions file, or says by line and name why it cannot be used."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from librechat_analytics.finops.definitions import Currency, Definitions
from librechat_analytics.finops.read_budgets import read_budget
from librechat_analytics.finops.read_map import MapError, read_map
from librechat_analytics.finops.read_receivers import Secrets, read_receiver
from librechat_analytics.finops.read_reports import read_alerts, read_report
from librechat_analytics.finops.read_rules import read_rules
from librechat_analytics.finops.toml_lines import TomlLines
from librechat_analytics.finops.toml_table import RefusalError, Table, month_or_day, quoted
from librechat_analytics.plain_files import UnreadableFileError, read_text
from librechat_analytics.zones import UnknownZoneError, parse_zone, similar_zone, zone_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from librechat_analytics.usage.cost_center_rules import Rule

T = TypeVar("T")

MOST_PROBLEMS = 10
LEAST_RATE = Decimal("0.000001")
MOST_RATE = Decimal(10_000_000)
KEYS = (
    "zone", "year_starts", "currency", "rates", "cost_centers", "budget", "receiver", "alerts", "report",
    "bills",
)  # fmt: skip
_PLACE = re.compile(r" \(at (?:line (?P<line>[0-9]+), column [0-9]+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a definitions file says; None if it cannot be used, and then a sentence about each problem.

    ``files``: every file that was read or that is missing; a change of any of them is a change of this.
    ``notes``: sentences about what is worth changing in a file that can be used. ``map_name``: the name of
    the map's file, empty without one.
    """

    definitions: Definitions | None
    problems: tuple[str, ...]
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    map_name: str = ""


def read_definitions(path: Path, default_zone: str, environment: Mapping[str, str] = os.environ) -> Reading:
    """Read the definitions file.

    ``default_zone`` is the name of its time zone if it names none. ``environment`` has the secrets that it
    names with ``env:``.
    """
    try:
        text = read_text(path)
    except UnreadableFileError as error:
        return Reading(None, (f"FINOPS_FILE {path} {error}",), (path,))
    reader = _Reader(path, text, Secrets(environment, path.parent))
    try:
        definitions = reader.read(default_zone)
    except RefusalError as error:
        reader.add(error)
        definitions = None
    files = (path, *reader.maps, *dict.fromkeys(reader.secrets.files))
    if reader.problems:
        return Reading(None, _the_first(reader.problems), files)
    map_name = reader.maps[0].name if reader.maps else ""
    return Reading(definitions, (), files, tuple(reader.secrets.notes), map_name)


class _Reader:
    """Reads one text; collects what is wrong with it, so that all of it can be put right at once."""

    def __init__(self, path: Path, text: str, secrets: Secrets) -> None:
        self.problems: list[str] = []
        self.maps: list[Path] = []
        self.secrets = secrets
        self._path = path
        self._text = text
        self._lines = TomlLines(text)
        self._sha256 = hashlib.sha256(text.encode())

    def add(self, error: RefusalError) -> None:
        """Collect a refusal."""
        where = f", line {error.line}" if error.line else ""
        self.problems.append(f"FINOPS_FILE {self._path}{where}: {error}")

    def read(self, default_zone: str) -> Definitions | None:
        """Read everything; raises RefusalError for what makes it useless to go on."""
        file = Table(self._parsed(), (), self._lines)
        zone = self._try(lambda: _zone(file, default_zone)) or parse_zone(default_zone)
        receivers = self._each(file, "receiver", lambda table: read_receiver(table, self.secrets))
        # A wrong receiver has a name too, and `to` may name it: it is one problem, not two.
        names = [table.values.get("name") for table in file.tables("receiver", "receiver")]
        known = [name.strip() for name in names if isinstance(name, str)]
        budgets = self._each(file, "budget", lambda table: read_budget(table, known))
        reports = self._each(file, "report", lambda table: read_report(table, known))
        self._try(lambda: file.only(*KEYS))
        year_starts = self._try(lambda: file.whole_number("year_starts", 1, 12, 1))
        currency = self._try(lambda: _currency(file))
        rules = self._try(lambda: read_rules(file.table("cost_centers"), self._mapped(file, zone)))
        alerts = self._try(lambda: read_alerts(file.table("alerts", "alerts"), known))
        self._try(lambda: file.table("bills"))
        if self.problems or year_starts is None or rules is None or alerts is None:
            return None
        return Definitions(
            sha256=self._sha256.hexdigest(),
            zone=zone,
            year_starts=year_starts,
            currency=currency,
            cost_centers=rules,
            budgets=budgets,
            receivers=receivers,
            alerts=alerts,
            reports=reports,
        )

    def _parsed(self) -> Mapping[str, object]:
        try:
            return tomllib.loads(self._text, parse_float=Decimal)
        except RecursionError:
            raise RefusalError(None, "lists or tables are nested too deeply.") from None
        except (ValueError, ArithmeticError) as error:
            place = _PLACE.search(str(error))
            last = self._text.rstrip("\n").count("\n") + 1
            line = int(place["line"] or last) if place else None
            reason = (
                _PLACE.sub("", str(error)) if isinstance(error, tomllib.TOMLDecodeError) else "wrong number"
            )
            raise RefusalError(line, f"this is not TOML: {reason}.") from None

    def _try(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except RefusalError as error:
            self.add(error)
            return None

    def _each(self, file: Table, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
        """Read the tables of an array; a name that comes twice is a problem of the second."""
        found: list[T] = []
        names: set[str] = set()
        for table in file.tables(key, key):
            try:
                found.append(read(table))
            except RefusalError as error:
                self.add(error)
            name = table.values.get("name")
            if isinstance(name, str):
                if name.strip() in names:
                    self.add(table.refusal("name", f"there is another {key} with this name."))
                names.add(name.strip())
        return tuple(found)

    def _mapped(self, file: Table, zone: ZoneInfo) -> tuple[Rule, ...]:
        """Read the map that ``cost_centers`` names; no rules without one."""
        table = file.table("cost_centers")
        if "map" not in table.values:
            return ()
        path = self._path.parent / table.text("map")
        self.maps.append(path)
        try:
            text = read_text(path)
            self._sha256.update(b"\0" + text.encode())
            return read_map(text, zone)
        except UnreadableFileError as error:
            raise table.refusal("map", f"map {path} {error}") from None
        except MapError as error:
            self.problems += [f"{path}, {problem}" for problem in error.problems]
            return ()


def _the_first(problems: list[str]) -> tuple[str, ...]:
    more = len(problems) - MOST_PROBLEMS
    return (*problems[:MOST_PROBLEMS], *([f"And {more} more problems."] if more > 0 else []))


def _zone(file: Table, default_zone: str) -> ZoneInfo:
    if "zone" not in file.values:
        return parse_zone(default_zone)
    name = file.text("zone")
    try:
        return parse_zone(zone_name(name))
    except UnknownZoneError:
        similar = similar_zone(name)
        hint = f"did you mean {similar}?" if similar else "use one such as Europe/Berlin."
        raise file.refusal("zone", f"zone {quoted(name)} is not an IANA time zone; {hint}") from None


def _currency(file: Table) -> Currency | None:
    rates = file.table("rates")
    if "currency" not in file.values:
        if rates.values:
            raise file.refusal("rates", "currency is missing; the rates are units of it per dollar.")
        return None
    code = file.text("currency")
    if not re.fullmatch(r"[A-Z]{3}", code) or code == "USD":
        raise file.refusal("currency", "currency must be a code such as EUR, and not USD.")
    if not rates.values:
        raise file.refusal(
            "currency", f"the rates are missing: [rates] has units of {code} per dollar by month."
        )
    return Currency(code, tuple(sorted(_rate(rates, month) for month in rates.values)))


def _rate(rates: Table, month: str) -> tuple[date, Fraction]:
    first = month_or_day(month)
    if first is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}", month):
        raise rates.refusal(month, f'rates: {quoted(month)} is no month; write one such as "2026-10" = 0.92.')
    rate = rates.number(month, LEAST_RATE, MOST_RATE)
    if rate is None:
        raise rates.refusal(month, f"rates: the rate of {month} must be a number above 0, such as 0.92.")
    return first, Fraction(rate)
