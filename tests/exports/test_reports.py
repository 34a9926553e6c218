"""Reports as mail and text: both say the same, hostile names do no harm, and names need permission."""

from __future__ import annotations

import html
import re
import zipfile
from contextlib import closing
from dataclasses import astuple, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard.query import SUBJECTS
from librechat_analytics.dashboard.views.registry import ALL_VIEWS
from librechat_analytics.exports.reports import due_message, report_message, report_workbook
from librechat_analytics.finops.alert_words import page_of
from librechat_analytics.finops.anomalies import Anomaly, Driver, Entry, Folded
from librechat_analytics.finops.definitions import Currency
from librechat_analytics.finops.due_reports import due_reports, read_due_report
from librechat_analytics.finops.reports import report_answer
from librechat_analytics.formatting import money
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.outbox_items import Alert
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule
from librechat_analytics.usage.filters import Filters
from librechat_analytics.usage.repository import StoreRepository
from tests.finops.budget_worlds import budget
from tests.finops.report_worlds import FINANCE, OPS, definitions_of, monthly, weekly
from tests.support.documents import write_dump
from tests.support.hostile import hostile_collections
from tests.usage.conftest import NOW, repository

if TYPE_CHECKING:
    from pathlib import Path

    from librechat_analytics.finops.definitions import Definitions, Report
    from librechat_analytics.finops.messages import Message
    from librechat_analytics.finops.reports import ReportAnswer
    from tests.support.engines import Engine

__all__ = ["repository"]

MONDAY = date(2026, 11, 23)
PAGE = "https://chat.example.com/librechat-analytics/"
BUDGETS = (
    budget(1, name="All"),
    budget(10_000, name="Calm", period="year"),
    budget(each="user", name="Each"),
)
DEFINITIONS = definitions_of(weekly(), budgets=BUDGETS)


def answer(
    repository: StoreRepository, report: Report | None = None, said: Definitions = DEFINITIONS
) -> ReportAnswer:
    return report_answer(repository, said, report or weekly(), MONDAY, (date(2026, 11, 16),))


def message(
    repository: StoreRepository, found: ReportAnswer, *, names: bool = True, page: str = PAGE
) -> Message:
    return report_message(repository, found, names=names, page=page)


def words(text: str) -> str:
    """A report in HTML as the words that a reader sees."""
    body = text.partition("<body")[2]
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body)).split())


@pytest.fixture(scope="module")
def found(repository: StoreRepository) -> ReportAnswer:
    """What the weekly report says."""
    return answer(repository)


@pytest.fixture(scope="module")
def everyone(repository: StoreRepository) -> set[str]:
    """The names and addresses of all users."""
    found = repository.find("", 1000, kinds=("user",))
    users = [repository.user(hit.id) for hit in found]
    return {name for user in users if user for name in (user.name, user.email) if name and len(name) > 3}


def test_mail_and_text_say_the_same_figures_as_the_summary(
    repository: StoreRepository, found: ReportAnswer
) -> None:
    said = message(repository, found)
    cost = money(found.summary.totals.cost_usd)
    assert said.title == f"Weekly & more: Week of 16 Nov 2026, {cost}"
    assert f"Cost: {cost}\n" in said.text
    shown = words(said.html)
    for line in said.text.splitlines():
        for part in re.split(r": | \(|\)$|^- |\[[#-]+\]", line.removeprefix("Cost: ")):
            if part.strip() and not part.startswith(("//", "https")):
                assert part.strip().lower() in shown.lower(), line


def test_a_bar_is_as_long_as_its_share(repository: StoreRepository, found: ReportAnswer) -> None:
    said = message(repository, found)
    assert "[####################] Over since " in said.text
    assert re.search(r"\[#-{19}\] 0\.[0-9]% spent after .* of 2026", said.text)
    assert 'width="100%" bgcolor="#b3312b"' in said.html
    assert 'width="1%" bgcolor="#3b7dbd"' in said.html


def test_only_figures_stay_on_one_line_so_that_a_phone_shows_the_whole_width(
    repository: StoreRepository, found: ReportAnswer
) -> None:
    unbroken = re.findall(r"nowrap[^>]*>(.*?)</td>", message(repository, found).html)
    assert len(unbroken) > 5
    assert [cell for cell in unbroken if "<" in cell or len(cell) > 24] == []


def test_a_report_names_what_was_skipped_and_how_old_its_figures_are(
    repository: StoreRepository, found: ReportAnswer
) -> None:
    text = message(repository, found).text
    assert "The report of 16 Nov 2026 was not sent, because the program was not running." in text
    assert re.search(r"As of 24 Nov 2026, \d\d:\d\d \(Europe/Berlin\)", text)


def test_it_says_so_where_the_figures_do_not_reach_the_end_of_the_period(
    repository: StoreRepository, found: ReportAnswer
) -> None:
    early = replace(found, freshness=replace(found.freshness, as_of=datetime(2026, 11, 20, tzinfo=UTC)))
    assert "Usage is missing" not in message(repository, found).text
    assert "Usage is missing: the figures do not reach the end" in message(repository, early).text


def test_the_cost_is_in_the_currency_of_the_definitions_too(repository: StoreRepository) -> None:
    said = replace(DEFINITIONS, currency=Currency("EUR", ((date(2026, 10, 1), Fraction(1, 2)),)))
    found = answer(repository, said=said)
    half = money(found.summary.totals.cost_usd / 2).removeprefix("$")
    assert f"\nEUR {half} at 0.5 per dollar (Oct 2026).\n" in message(repository, found).text


def test_links_lead_to_the_same_period_and_without_an_address_there_are_none(
    repository: StoreRepository,
) -> None:
    found = answer(repository, weekly(Filters(provider=("anthropic",))))
    query = (
        "?view=overview&period=custom&start=2026-11-16&end=2026-11-22&tz=Europe%2FBerlin&provider=anthropic"
    )
    assert message(repository, found).text.endswith(f"\n{PAGE}{query}\n")
    unlinked = message(repository, found, page="")
    assert "http" not in unlinked.text + unlinked.html.replace("http-equiv", "")


def test_nothing_is_loaded_from_elsewhere(repository: StoreRepository, found: ReportAnswer) -> None:
    said = message(repository, found).html
    assert not re.search(r"<(img|link|script|iframe|object)|url\(|@import|src=", said)
    assert set(re.findall(r'href="([^?"]*)', said)) == {PAGE}


def test_an_unusual_day_says_what_was_expected_and_who_made_most_of_it(
    repository: StoreRepository, found: ReportAnswer
) -> None:
    driver = Driver("user", "66b0c1d2e3f4a5b6c7d8e9f0", "Ana Kovac", 7.5)
    day = date(2026, 11, 18)
    anomaly = Anomaly(day, "total", None, "Total", 2.0, 10.0, 8.0, (driver,), 0.5)
    found = replace(found, unusual=Folded((Entry(anomaly, ()),), 0))
    assert "- Wed 18 Nov, all usage: $10.00 (Expected: $2.00 · $7.50 of it: Ana Kovac)" in (
        message(repository, found).text
    )
    without = message(repository, found, names=False)
    assert "$7.50 of it: 66b0c1d2e3f4a5b6c7d8e9f0" in without.text
    assert "start=2026-11-18&amp;end=2026-11-18" in without.html


def test_without_names_nobody_is_named_in_the_report_or_its_workbook(
    repository: StoreRepository, found: ReportAnswer, everyone: set[str]
) -> None:
    user = found.users.rows[0].id
    assert user is not None
    of_user = answer(repository, weekly(Filters(user=(user,))), definitions_of(budgets=BUDGETS))
    for one in (found, of_user):
        named, without = (message(repository, one, names=names) for names in (True, False))
        assert [name for name in everyone if name in named.html]
        assert [name for name in everyone if name in without.html + without.text + without.title] == []
        assert user in without.text
        (with_names,), (workbook,) = named.attachments, without.attachments
        assert [name for name in everyone if name in content_of(with_names.content)]
        assert [name for name in everyone if name in content_of(workbook.content)] == []
        assert [name for name in everyone if name.lower() in workbook.name] == []


def content_of(workbook: bytes) -> str:
    with zipfile.ZipFile(BytesIO(workbook)) as parts:
        return html.unescape("".join(parts.read(name).decode() for name in parts.namelist()))


def test_the_workbook_is_that_of_the_period(repository: StoreRepository, found: ReportAnswer) -> None:
    workbook = report_workbook(repository, found, names=True)
    assert workbook.name == "librechat-usage-2026-11-16-to-2026-11-22.xlsx"
    assert message(repository, replace(found, report=monthly())).attachments == ()


def test_cost_centres_add_up_with_what_nobody_pays_for_first(engine: Engine, tmp_path: Path) -> None:
    write_sample(tmp_path / "dump", transactions=2000, seed=5, until=NOW)
    store = Store(tmp_path / "data")
    import_dump(store, DumpSource(tmp_path / "dump"), now=NOW)
    rules = CostCenterRules(listed=(Rule("role", "USER", (("Staff", 60), ("Shared", 40))),))
    with closing(store), engine.reading(store) as reader:
        assigned = StoreRepository(
            reader, source=lambda: SourceReport("offline"), clock=lambda: NOW, rules=lambda: rules
        )
        found = answer(assigned, said=replace(DEFINITIONS, cost_centers=rules))
        said = message(assigned, found)
    assert found.cost_centers is not None
    costs = [found.cost_centers.unassigned.cost_usd, *(row.cost_usd for row in found.cost_centers.rows)]
    assert sum(costs) == pytest.approx(found.summary.totals.cost_usd)
    section = said.text.partition("COST CENTRES\n")[2].partition("\n\n")[0]
    labels = [line.partition(":")[0] for line in section.splitlines()]
    assert labels == (["- Unassigned"] if costs[0] else []) + ["- Staff", "- Shared"]
    assert "cost_center=Staff" in said.html
    views = {*SUBJECTS, *(view.name for view in ALL_VIEWS)}
    assert set(re.findall("view=([^&]+)", said.html)) <= views


def test_a_report_of_the_outbox_is_written_for_its_receiver(repository: StoreRepository) -> None:
    said = definitions_of(weekly(Filters(context=("message",)), to=("finance", "ops")))
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    (condition,) = due_reports(said, [], now)
    item = Alert(condition.identity.id, *astuple(condition.identity), now, None, condition.facts)
    due = read_due_report(item)
    finance, ops = (due_message(repository, said, due, receiver, PAGE) for receiver in (FINANCE, OPS))
    assert finance.text.startswith("Weekly & more\nWeek of 16 Nov 2026\nContext = message\n")
    assert finance.text.endswith(f"{PAGE}{page_of(item, said.zone)}\n")
    assert finance.text != ops.text
    gone = due_message(repository, definitions_of(), due, FINANCE, PAGE)
    assert gone.text == "The definitions file has no report Weekly & more any more."


def test_a_week_without_usage_is_a_short_report(repository: StoreRepository) -> None:
    found = report_answer(repository, definitions_of(), weekly(), date(2020, 1, 6))
    text = message(repository, found).text
    assert text.splitlines()[:5] == ["Weekly & more", "Week of 30 Dec 2019", "", "Cost: $0.00", "No usage."]
    assert "TOP" not in text


def test_hostile_names_are_texts(engine: Engine, tmp_path: Path) -> None:
    write_dump(tmp_path / "dump", **hostile_collections(NOW))
    store = Store(tmp_path / "data")
    import_dump(store, DumpSource(tmp_path / "dump"), now=NOW)
    report = replace(weekly(), name="<b>Weekly</b>\r\nBcc: x")
    with closing(store), engine.reading(store) as reader:
        hostile = StoreRepository(reader, source=lambda: SourceReport("offline"), clock=lambda: NOW)
        said = message(hostile, answer(hostile, report, definitions_of(report)))
    assert set(re.findall("<([a-z0-9]+)", said.html)) <= {
        *("html", "head", "meta", "title", "body", "table", "tr", "td", "p", "h1", "h2", "a", "div"),
        "doctype",
    }
    assert 'onerror="' not in said.html
    assert "\u202e" not in said.html + said.text
    assert "\r" not in said.text + said.title
    assert "\n" not in said.title
