"""Reading the definitions file: everything it can say, and a line and a name for everything it cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.definitions import AlertRules, Amount, Currency, Definitions, Schedule
from librechat_analytics.finops.read_definitions import Reading, read_definitions
from librechat_analytics.usage.cost_center_rules import Rule
from librechat_analytics.usage.filters import Filters

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {
    "FINANCE_WEBHOOK": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ\n",
    "OLD_TEAMS": "https://acme.webhook.office.com/webhookb2/h1dden",
    "PROGRAM": "https://ops.example.com/hook",
}
GROUP = "66b0c1d2e3f4a5b6c7d8e9f0"
WHOLE = f"""
zone = "Europe/Berlin"
year_starts = 4
currency = "EUR"
[rates]
"2026-10" = 0.92
"2026-04" = 0.9

[cost_centers]
map = "people.csv"
groups = {{ "{GROUP.upper()}" = "Sales", "other" = "Legal" }}
domains = {{ "Sales.Example.com" = "Sales" }}
roles = {{ "ADMIN" = "IT" }}
agents = {{ "agent_abc" = "Legal" }}
several_groups = "equal"
parents = {{ "Sales" = "Business" }}

[[budget]]
name = "Sales AI"
where = {{ domain = "sales.example.com", not-model = [ "gpt-4o", "o1" ] }}
period = "month"
amount = [ {{ from = "2026-01", usd = 2000 }}, {{ from = 2026-07-15, usd = 2500.5 }} ]
thresholds = [ 100, 50, 80, 80 ]
forecast = [ 100 ]
carry = "unused"
to = [ "finance" ]
[[budget]]
name = "Everybody"
each = "user"
period = "week"
amount = [ {{ from = "2026-01", usd = 50 }} ]

[[receiver]]
name = "finance"
url = "env:FINANCE_WEBHOOK"
names = true
quiet = "19:00-07:00"
[[receiver]]
name = "program"
kind = "json"
url = "file:hook"
secret = "file:hook-secret"
[alerts]
anomalies = [ "finance" ]
runaway = [ "program", "finance" ]
[[report]]
name = "weekly"
every = "Monday 08:00"
to = [ "finance" ]
attach = "xlsx"
[[report]]
name = "monthly"
every = "month +3 08:30"
where = {{ group = "{GROUP}" }}
[bills]
openai = {{ accounts = [ "proj_x" ], models = "openai-items.csv" }}
"""


def reading(folder: Path, text: str) -> Reading:
    (folder / "finops.toml").write_text(text)
    return read_definitions(folder / "finops.toml", "Asia/Tokyo", SECRETS)


def definitions(folder: Path, text: str) -> Definitions:
    found = reading(folder, text)
    assert found.problems == ()
    assert found.definitions is not None
    return found.definitions


@pytest.fixture
def whole(tmp_path: Path) -> Definitions:
    (tmp_path / "people.csv").write_text("who,cost_center,valid_from,share\nAda@Example.com,IT,2026-03-01,\n")
    (tmp_path / "hook").write_text("https://ops.example.com/hook\n")
    (tmp_path / "hook-secret").write_text("s3cret\n")
    return definitions(tmp_path, WHOLE)


class TestAWholeFile:
    def test_its_zone_may_be_written_in_any_case(self, tmp_path: Path) -> None:
        assert definitions(tmp_path, 'zone = "europe/berlin"').zone.key == "Europe/Berlin"

    def test_an_empty_file_defines_nothing_in_the_zone_of_the_settings(self, tmp_path: Path) -> None:
        said = definitions(tmp_path, "")
        assert (said.zone.key, said.year_starts, said.currency) == ("Asia/Tokyo", 1, None)
        assert (said.budgets, said.receivers, said.reports) == ((), (), ())

    def test_it_has_zone_years_and_the_rates_in_the_order_of_time(self, whole: Definitions) -> None:
        assert (whole.zone.key, whole.year_starts) == ("Europe/Berlin", 4)
        rates = ((date(2026, 4, 1), Fraction(9, 10)), (date(2026, 10, 1), Fraction(92, 100)))
        assert whole.currency == Currency("EUR", rates)

    def test_it_has_the_rules_of_cost_centers_with_ids_as_librechat_has_them(
        self, whole: Definitions
    ) -> None:
        rules = whole.cost_centers
        begins = datetime(2026, 2, 28, 23, tzinfo=UTC)
        assert rules.mapped == (Rule("email", "ada@example.com", (("IT", 100),), begins, line=2),)
        assert [(rule.who, rule.name, rule.shares) for rule in rules.listed] == [
            ("agent", "agent_abc", (("Legal", 100),)),
            ("group", GROUP, (("Sales", 100),)),
            ("group", "other", (("Legal", 100),)),
            ("domain", "sales.example.com", (("Sales", 100),)),
            ("role", "ADMIN", (("IT", 100),)),
        ]
        assert rules.several_groups == "equal"
        assert rules.parents == (("Sales", "Business"),)

    def test_it_has_budgets_with_exact_amounts_and_thresholds_in_order(self, whole: Definitions) -> None:
        sales, everybody = whole.budgets
        assert sales.where == Filters.of({"domain": ["sales.example.com"], "not-model": ["gpt-4o", "o1"]})
        assert sales.amounts == (
            Amount(date(2026, 1, 1), 2000 * 10**12),
            Amount(date(2026, 7, 15), 2500_500_000_000_000),
        )
        assert (sales.thresholds, sales.forecast, sales.carry) == ((50, 80, 100), (100,), "unused")
        assert sales.to == ("finance",)
        assert (everybody.each, everybody.period, everybody.carry) == ("user", "week", "none")

    def test_it_has_receivers_with_the_secrets_that_it_names(self, whole: Definitions) -> None:
        finance, program = whole.receivers
        assert finance.address == SECRETS["FINANCE_WEBHOOK"].strip()
        assert (finance.kind, finance.names, finance.quiet) == ("apprise", True, (time(19), time(7)))
        assert (program.kind, program.address, program.secret) == ("json", SECRETS["PROGRAM"], "s3cret")
        assert "slack" not in repr(whole.receivers)
        assert "s3cret" not in repr(whole.receivers)

    def test_it_has_alerts_and_reports(self, whole: Definitions) -> None:
        assert whole.alerts == AlertRules(anomalies=("finance",), runaway=("program", "finance"))
        weekly, monthly = whole.reports
        assert (weekly.every, weekly.attach) == (Schedule(time(8), weekday=0), "xlsx")
        assert (monthly.every, monthly.attach) == (Schedule(time(8, 30), day_of_month=3), None)
        assert monthly.where == Filters.of({"group": [GROUP]})


BUDGET = '[[budget]]\nname = "B"\nperiod = "month"\namount = [ { from = "2026-01", usd = 1 } ]\n'
RECEIVER = '[[receiver]]\nname = "R"\nurl = "env:FINANCE_WEBHOOK"\n'
REFUSED = [
    ("zone = \n", "line 1: this is not TOML: Invalid value."),
    ("[rates", "line 1: this is not TOML"),
    ("a = " + "[" * 2000, "nested too deeply"),
    ("x = 1e99999999999999999999\n", "this is not TOML: wrong number"),
    ('zone = "Berlin"\n', 'line 1: zone "Berlin" is not an IANA time zone; did you mean Europe/Berlin?'),
    ("zone = 3\n", "line 1: zone must be a text in quotes"),
    ("\nyear_starts = 13\n", "line 2: year_starts must be a whole number from 1 to 12."),
    ("year_starts = true\n", "line 1: year_starts must be a whole number from 1 to 12."),
    ("budgets = 3\n", "line 1: the key budgets is not known. Did you mean budget?"),
    ("[[statement]]\n", "line 1: the key statement is not known."),
    ('currency = "EUR"\n', "line 1: the rates are missing"),
    ('currency = "Euro"\n[rates]\n"2026-01" = 1\n', "line 1: currency must be a code such as EUR"),
    ('[rates]\n"2026-01" = 1\n', "line 1: currency is missing"),
    ('currency = "EUR"\n[rates]\n"2026-13" = 1\n', 'line 3: rates: "2026-13" is no month'),
    (
        'currency = "EUR"\n[rates]\n"2026-01" = 0\n',
        "line 3: rates: the rate of 2026-01 must be a number above 0",
    ),
    ('currency = "EUR"\n[rates]\n"2026-01" = nan\n', "line 3: rates: the rate of 2026-01"),
    ("budget = 3\n", "write each budget as a table that begins with [[budget]]"),
    ("[[budget]]\n", "line 1: budget 1: name is missing."),
    (BUDGET + BUDGET, 'line 6: budget "B": there is another budget with this name.'),
    (BUDGET.replace("month", "day"), 'line 3: budget "B": period must be one of week, month, quarter, year.'),
    (
        BUDGET + "treshold = [ 3 ]\n",
        'line 5: budget "B": the key treshold is not known. Did you mean thresholds?',
    ),
    (
        BUDGET + "thresholds = [ 0 ]\n",
        'line 5: budget "B": thresholds must be whole per cents from 1 to 1000',
    ),
    (BUDGET + "thresholds = [ 1001 ]\n", "line 5: "),
    (BUDGET + "forecast = [ 99.5 ]\n", "line 5: "),
    (BUDGET + "forecast = 100\n", 'line 5: budget "B": forecast must be a list, such as [ 80, 100 ].'),
    (
        BUDGET + 'where = { user_id = "x" }\n',
        'line 5: budget "B": there is no filter user_id. The filters are: ',
    ),
    (BUDGET + "where = { user = 3 }\n", 'line 5: budget "B": user must be a text in quotes'),
    (BUDGET + "where = { user = [ ] }\n", "line 5: "),
    (BUDGET + 'carry = "all"\n', 'line 5: budget "B": carry must be one of none, unused, both.'),
    (BUDGET + 'each = "domain"\n', 'line 5: budget "B": each must be one of user, model'),
    (
        BUDGET + 'to = [ "ops" ]\n',
        'line 5: budget "B": there is no receiver "ops". The file has no receivers.',
    ),
    (BUDGET + 'to = "R"\n' + RECEIVER, 'line 5: budget "B": to must be a list, such as [ "…" ].'),
    (BUDGET.replace("usd = 1", "usd = 0"), 'line 4: budget "B", amount: usd must be more than 0'),
    (BUDGET.replace("usd = 1", "usd = 1000000001"), "line 4: "),
    (BUDGET.replace("usd = 1", "usd = inf"), "line 4: "),
    (BUDGET.replace("usd = 1", "usd = true"), "line 4: "),
    (BUDGET.replace("usd = 1", "eur = 1"), 'line 4: budget "B", amount: the key eur is not known.'),
    (BUDGET.replace('"2026-01"', '"January"'), 'must be a month such as "2026-01"'),
    (
        BUDGET.replace("usd = 1 }", 'usd = 1 }, { from = "2025-12", usd = 2 }'),
        'line 4: budget "B": the amounts must be in the order of from',
    ),
    (BUDGET.replace('[ { from = "2026-01", usd = 1 } ]', "[ ]"), 'line 4: budget "B": amount must be a list'),
    (
        BUDGET.replace('amount = [ { from = "2026-01", usd = 1 } ]\n', ""),
        'line 1: budget "B": amount is missing.',
    ),
    (RECEIVER.replace("FINANCE", "F"), 'line 3: receiver "R": url: the environment has no F_WEBHOOK.'),
    (RECEIVER.replace("env:FINANCE_WEBHOOK", "file:none"), 'line 3: receiver "R": url: '),
    (RECEIVER.replace("FINANCE_WEBHOOK", "OLD_TEAMS"), "Microsoft has switched off connectors of Teams"),
    (RECEIVER.replace("FINANCE_WEBHOOK", "PROGRAM"), 'an address with https:// needs kind = "json".'),
    (
        RECEIVER + 'kind = "json"\n',
        'line 3: receiver "R": url: kind = "json" needs an address with https://.',
    ),
    (RECEIVER + 'secret = "env:PROGRAM"\n', 'line 4: receiver "R": only kind = "json" has a secret'),
    (RECEIVER + 'kind = "mail"\n', 'line 4: receiver "R": kind must be one of apprise, json.'),
    (RECEIVER + 'quiet = "19-7"\n', 'line 4: receiver "R": quiet must be two times of day'),
    (RECEIVER + 'quiet = "07:00-07:00"\n', "line 4: "),
    (RECEIVER + "names = 1\n", 'line 4: receiver "R": names must be true or false.'),
    (RECEIVER + RECEIVER, 'line 5: receiver "R": there is another receiver with this name.'),
    (
        '[alerts]\nanomaly = [ "R" ]\n',
        "line 2: alerts: the key anomaly is not known. Did you mean anomalies?",
    ),
    ('[alerts]\nrunaway = [ "R" ]\n', 'line 2: alerts: there is no receiver "R".'),
    ('[[report]]\nname = "W"\nevery = "friday"\n', 'line 3: report "W": every must be a weekday and a time'),
    ('[[report]]\nname = "W"\nevery = "month +31 08:00"\n', "line 3: "),
    ('[[report]]\nname = "W"\nevery = "monday 24:00"\n', "line 3: "),
    (
        '[[report]]\nname = "W"\nevery = "monday 08:00"\nattach = "pdf"\n',
        'line 4: report "W": attach must be',
    ),
    ("cost_centers = 3\n", "line 1: cost_centers must be a table."),
    ('[cost_centers]\nmaps = "x"\n', "line 2: the key maps is not known. Did you mean map?"),
    ('[cost_centers]\nmap = "none.csv"\n', "line 2: map "),
    ('[cost_centers]\ngroups = { "x" = 3 }\n', "line 2: groups, x: x must be a text"),
    (
        '[cost_centers]\ngroups = { "x" = "(unassigned)" }\n',
        "a cost centre's name must not be in parentheses",
    ),
    (
        '[cost_centers.domains]\n"a.example" = "A"\n"A.example" = "B"\n',
        "line 3: domains has a.example twice.",
    ),
    ('[cost_centers]\ndomains = { "me@a.example" = "A" }\n', "a domain is the part after the @"),
    (
        '[cost_centers]\nseveral_groups = "all"\n',
        "line 2: several_groups must be one of first, equal, apart.",
    ),
]


def test_a_wrong_zone_does_not_hide_the_other_mistakes(tmp_path: Path) -> None:
    problems = reading(tmp_path, 'zone = "Mars"\nyear_starts = 13\n').problems
    assert [("Mars" in one, "year_starts" in one) for one in problems] == [(True, False), (False, True)]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_used_is_refused_by_line_and_name(tmp_path: Path, text: str, says: str) -> None:
    found = reading(tmp_path, text)
    assert found.definitions is None
    assert says in "\n".join(found.problems)
    assert "h1dden" not in "\n".join(found.problems)
    assert all(problem.startswith(f"FINOPS_FILE {tmp_path / 'finops.toml'}") for problem in found.problems)


def test_all_that_is_wrong_is_said_at_once_but_at_most_ten_of_it(tmp_path: Path) -> None:
    both = reading(tmp_path, "year_starts = 0\n" + BUDGET.replace("month", "day"))
    assert len(both.problems) == 2
    many = reading(tmp_path, "key = 1\n" + "[[budget]]\n" * 31)
    assert len(many.problems) == 11
    assert many.problems[-1] == "And 22 more problems."


def test_a_wrong_receiver_is_one_problem_however_many_budgets_name_it(tmp_path: Path) -> None:
    text = BUDGET + 'to = [ "R" ]\n' + RECEIVER.replace("FINANCE", "F")
    assert len(reading(tmp_path, text).problems) == 1


def test_the_lines_of_a_wrong_map_are_named_with_the_map(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("who,cost_center\nada@example.com,\nb,IT\n,IT\n")
    found = reading(tmp_path, '[cost_centers]\nmap = "people.csv"\n')
    assert found.problems == (
        f"{tmp_path / 'people.csv'}, line 2: the name of the cost centre is missing.",
        f"{tmp_path / 'people.csv'}, line 4: who is missing, or is no id or name.",
    )
    assert found.files == (tmp_path / "finops.toml", tmp_path / "people.csv")


def test_a_change_of_the_map_is_a_change_of_the_definitions(tmp_path: Path) -> None:
    text = '[cost_centers]\nmap = "people.csv"\n'
    (tmp_path / "people.csv").write_text("who,cost_center\nada@example.com,IT\n")
    before = definitions(tmp_path, text)
    assert definitions(tmp_path, text).sha256 == before.sha256
    (tmp_path / "people.csv").write_text("who,cost_center\nada@example.com,HR\n")
    assert definitions(tmp_path, text).sha256 != before.sha256


def test_a_secret_in_the_file_itself_is_taken_and_noted_without_showing_it(tmp_path: Path) -> None:
    found = reading(tmp_path, RECEIVER.replace("env:FINANCE_WEBHOOK", "slack://a/b/h1dden"))
    assert found.definitions is not None
    (note,) = found.notes
    assert note.startswith('receiver "R": url is written in the file')
    assert "h1dden" not in note


def test_a_program_without_a_secret_is_noted(tmp_path: Path) -> None:
    found = reading(tmp_path, RECEIVER.replace("FINANCE_WEBHOOK", "PROGRAM") + 'kind = "json"\n')
    assert found.notes == ('receiver "R": without a secret, nobody can tell that a message is from here.',)


def test_the_files_of_secrets_belong_to_the_reading(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("slack://a/b/c")
    found = reading(tmp_path, RECEIVER.replace("env:FINANCE_WEBHOOK", "file:hook"))
    assert found.files == (tmp_path / "finops.toml", tmp_path / "hook")
