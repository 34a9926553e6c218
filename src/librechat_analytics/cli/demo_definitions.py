"""The definitions of the demo: cost centres, budgets of every status, a currency, alerts and a report."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from librechat_analytics.finops.budget_periods import elapsed_share
from librechat_analytics.finops.period_forecast import forecast
from librechat_analytics.finops.read_definitions import read_definitions
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.filters import EVERYTHING, Filters
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import Period, TimeRange, parse_period
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.usage.wall_clock import months_later

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.period_forecast import Forecast
    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.questions import Repository

UNITS = ("month", "quarter", "year")

RATES = (0.92, 0.91, 0.93, 0.94, 0.92, 0.9, 0.89)
"""Made-up euros per dollar, month after month."""

MONTHS = 18
"""How many months have a rate and an amount: the history of the demo is about a year long."""

GROUPS = {
    "Engineering": "Engineering",
    "Research": "Research",
    "Sales": "Sales",
    "Finance and Legal": "Finance",
}
"""The cost centre of each group; other groups say nothing about who pays."""

LIMITED_USERS = 4
"""So many users reach what each user may spend."""


@dataclass(frozen=True, slots=True)
class Running:
    """A running month, quarter or year: how much of it is over, from 0 to 1, and what it costs."""

    unit: str
    elapsed: float
    cost: Forecast

    @property
    def likely_usd(self) -> float:
        """The most that it is likely to cost by its end."""
        return max(self.cost.expected_usd or 0.0, self.cost.pace_usd or 0.0, self.cost.actual_usd)

    @property
    def sure_to_come_usd(self) -> float:
        """What it will probably cost at least from now on."""
        return max((self.cost.low_usd or 0.0) - self.cost.actual_usd, 0.0)


def write_demo_definitions(
    folder: Path, store: Store, zone: ZoneInfo, *, now: datetime, receiver: str
) -> Path:
    """Write definitions that fit the usage of the demo, and return the path of their file.

    ``receiver``: the address that messages are sent to.
    """
    path = folder / "finops.toml"

    def repository() -> StoreRepository:
        said = read_definitions(path, zone.key).definitions if path.exists() else None
        rules = said.cost_centers if said else None
        return StoreRepository(
            store, source=lambda: SourceReport("offline"), fixed_now=now, rules=lambda: rules
        )

    (folder / "receiver").write_text(receiver + "\n", "utf-8")
    (folder / "receiver-secret").write_text(secrets.token_urlsafe(24) + "\n", "utf-8")
    path.unlink(missing_ok=True)
    today = now.astimezone(zone).date()
    (folder / "people.csv").write_text(_people(repository(), zone, today), "utf-8")
    first_part = _head(zone, today) + _centers(repository())
    path.write_text(first_part, "utf-8")
    # With the cost centres in force, their budgets can be made to fit.
    path.write_text(first_part + _budgets(repository(), zone, today) + _TAIL, "utf-8")
    return path


def _head(zone: ZoneInfo, today: date) -> str:
    rates = "".join(
        f'"{month:%Y-%m}" = {RATES[at % len(RATES)]}\n' for at, month in enumerate(_months_until(today))
    )
    return f"""# The definitions of the demo, made to fit its generated usage. docs/finops.md explains them;
# examples/finops.toml has every setting. Change this file while the demo runs: the server reads it again.
zone = "{zone.key}"
currency = "EUR" # with made-up rates
[rates]
{rates}
"""


def _months_until(today: date) -> list[date]:
    return [months_later(today.replace(day=1), -before) for before in reversed(range(MONTHS))]


def _centers(repository: Repository) -> str:
    groups = {value.label: value.value for value in repository.filter_values()["group"]}
    listed = "".join(f'"{groups[name]}" = "{center}"\n' for name, center in GROUPS.items() if name in groups)
    return f"""[cost_centers]
map = "people.csv"
[cost_centers.groups]
{listed}[cost_centers.domains]
"plant.example" = "Plant"
[cost_centers.roles]
ADMIN = "IT"
[cost_centers.parents]
Engineering = "Product"
Research = "Product"
Sales = "Business"
Finance = "Business"

"""


def _people(repository: Repository, zone: ZoneInfo, today: date) -> str:
    """Write a map with a user who moves to another cost centre and one who works for two."""
    users = repository.top_users(_period(repository, "90d", zone), Listing(50)).rows
    addresses = list(islice((user.email for user in users if user.email), 2))
    lines = ["who,cost_center,valid_from,share"]
    for address in addresses[:1]:
        since = today - timedelta(days=45)
        lines += [f"{address},Sales,,", f"{address},Engineering,{since},60", f"{address},Research,{since},40"]
    lines += [f"{address},Finance,{today - timedelta(days=100)}," for address in addresses[1:]]
    return "\n".join([*lines, "domain:research.example,Research,,\n"])


def _budgets(repository: Repository, zone: ZoneInfo, today: date) -> str:
    """Write a budget of each status: fine, a threshold crossed, likely to be exceeded, and exceeded."""
    since = _months_until(today)[0]
    company = _running(repository, EVERYTHING, zone)
    sales, engineering, research = (
        _running(repository, Filters.of({"cost_center": [name]}), zone)
        for name in ("Sales", "Engineering", "Research")
    )
    used = _farthest(sales)
    warned_usd = 1.3 * used.likely_usd
    threshold = max(1, int(10 * used.cost.actual_usd / warned_usd)) * 10 if warned_usd else 10
    soon = max(engineering, key=lambda one: one.sure_to_come_usd / max(one.cost.actual_usd, 0.01))
    soon_usd = soon.cost.actual_usd + soon.sure_to_come_usd / 2
    spent = _farthest(research)
    users = repository.top_users(_period(repository, "this-month", zone), Listing(LIMITED_USERS)).rows
    each_usd = users[-1].cost_usd if users else 0.0
    return "".join(
        (
            _budget("Company", "month", 1.4 * company[0].likely_usd, since, "thresholds = [90, 100]"),
            _budget("Sales", used.unit, warned_usd, since, _of("Sales"), f"thresholds = [{threshold}, 100]"),
            _budget(
                "Engineering",
                soon.unit,
                soon_usd,
                since,
                _of("Engineering"),
                "thresholds = [100]",
                "forecast = [100]",
            ),
            _budget(
                "Research",
                spent.unit,
                0.9 * spent.cost.actual_usd,
                since,
                _of("Research"),
                "thresholds = [80, 100]",
            ),
            _budget("Personal allowance", "month", each_usd, since, 'each = "user"', "thresholds = [100]"),
        )
    )


def _of(center: str) -> str:
    return f'where = {{ cost_center = "{center}" }}'


def _budget(name: str, unit: str, usd: float, since: date, *further: str) -> str:
    amount = f'amount = [{{ from = "{since:%Y-%m}", usd = {max(float(f"{usd:.4g}"), 0.01):g} }}]'
    lines = ("[[budget]]", f'name = "{name}"', f'period = "{unit}"', amount, *further, 'to = ["terminal"]')
    return "\n".join(lines) + "\n\n"


def _running(repository: Repository, filters: Filters, zone: ZoneInfo) -> list[Running]:
    """Return the running month, quarter and year of some usage."""
    found = []
    for unit in UNITS:
        period = _period(repository, f"this-{unit}", zone)
        cost = forecast(repository, period, filters)
        whole = TimeRange(period.range.start, cost.end)
        found.append(Running(unit, elapsed_share(whole, repository.now()), cost))
    return found


def _farthest(running: Iterable[Running]) -> Running:
    return max(running, key=lambda one: one.elapsed)


def _period(repository: Repository, name: str, zone: ZoneInfo) -> Period:
    return parse_period(name, None, None, zone, now=repository.now(), first_usage=None, compare="none")


_TAIL = """# The demo prints what this receiver gets.
[[receiver]]
name = "terminal"
kind = "json"
url = "file:receiver"
secret = "file:receiver-secret"
names = true
[alerts]
anomalies = ["terminal"]
runaway = ["terminal"]

[[report]]
name = "weekly"
every = "monday 08:00"
to = ["terminal"]
"""
