"""What people do with the dashboard: a real browser, through nginx, on the server that ``serve`` starts."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from itertools import cycle
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from bson import ObjectId
from playwright.sync_api import expect
from pymongo import MongoClient

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.formatting import (
    agent_label,
    defuse,
    integer,
    model_label,
    money,
    plain_text,
    user_label,
)
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.periods import PERIODS
from tests.support.documents import usage, write_dump
from tests.support.hostile import HOSTILE_NAMES, hostile_collections
from tests.support.screen import DETAILS, VIEWS, assert_shows_what_the_api_says, name_of, shown_on
from tests.support.servers import API_KEY, BrowserWatch, free_port, nginx_in_front, serve, watched_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, FrameLocator, Locator, Page, Response, Route
    from pymongo.database import Database

pytestmark = pytest.mark.xdist_group("journeys")  # one worker starts the servers, and no other

ZONE = "Europe/Berlin"
ROLLED_KEY = "an0ther-k3y-f0r-tests-77c1"
TODAY = datetime.now(UTC).date()
LONG_AGO = {
    "period": "custom",
    "start": (TODAY - timedelta(days=300)).isoformat(),
    "end": (TODAY - timedelta(days=4)).isoformat(),
}
CHOSEN_PERIODS = tuple(name for name in PERIODS if name != "custom")
PEOPLE = (
    (ObjectId("65010c00c2d3e4f501020304"), "Ana Kovač"),
    (ObjectId("670a11bbccddeeff00112233"), "Bob Ó Briain"),
    (ObjectId("66aa00112233445566778899"), "田中 恵"),
)
PATIENCE_MS = 10_000
A_MINUTE_MS = 61_000

DATA_PATH = re.compile(r"/(?:_dash-layout|_dash-dependencies|_dash-update-component|api/)")

# Whatever a content policy blocks becomes an error of the console, and with it a failure of the test.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`blocked by ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Site:
    """The program behind nginx: it can go away and come back at the same address, with other settings."""

    data_dir: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    url: str = ""
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self, **changes: str) -> None:
        self._running.enter_context(
            serve(self.data_dir, **{**self.settings, "PORT": str(self.port), **changes})
        )

    def stop(self) -> None:
        self._running.close()

    def ask(self, endpoint: str, **parameters: str) -> dict[str, Any]:
        """What the API answers to a program; lists whole, in the readers' zone."""
        query = {"tz": ZONE, **parameters}
        if endpoint not in ("summary", "usage-over-time"):
            query["limit"] = "1000"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", f"/api/{endpoint}?{urlencode(query)}", headers={"x-api-key": API_KEY})
            response = connection.getresponse()
            body: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        assert response.status == 200, body
        return body


@pytest.fixture(scope="module")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Five thousand generated transactions, imported; nobody changes them."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "dump", transactions=5000, seed=20, until=datetime.now(UTC))
    yield from _imported(folder)


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Users, agents and models with names that are meant to do harm, imported."""
    folder = tmp_path_factory.mktemp("hostile")
    write_dump(folder / "dump", **hostile_collections(datetime.now(UTC)))
    yield from _imported(folder, FRAME_ANCESTORS="'self' http://127.0.0.1:*")


def _imported(folder: Path, **settings: str) -> Iterator[Site]:
    store, source = Store(folder / "data"), DumpSource(folder / "dump")
    import_dump(store, source, now=datetime.now(UTC))
    source.close()
    store.close()
    yield from _served(Site(folder / "data", settings))


@pytest.fixture(scope="module")
def live_site(tmp_path_factory: pytest.TempPathFactory, mongo_server: str) -> Iterator[Site]:
    """A program that looks into MongoDB every second."""
    uri = urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()
    now = datetime.now(UTC)
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        database = client.get_default_database()
        database.users.insert_many(
            [
                {"_id": user, "name": name, "email": f"{name.split()[0].lower()}@example.com"}
                for user, name in PEOPLE
            ]
        )
        database.transactions.insert_many(
            [
                usage(now - timedelta(hours=9 * back), number=back, user=PEOPLE[back % len(PEOPLE)][0])
                for back in range(60)
            ]
        )
        try:
            yield from _served(
                Site(
                    tmp_path_factory.mktemp("live") / "data",
                    {"MONGO_URI": uri, "SYNC_SECONDS": "1", "LABELS_SECONDS": "5"},
                )
            )
        finally:
            client.drop_database(database.name)


def _served(site: Site) -> Iterator[Site]:
    with nginx_in_front(site.port) as librechat_url:
        site.url = f"{librechat_url}/librechat-analytics/"
        site.start()
        try:
            yield site
        finally:
            site.stop()


@pytest.fixture
def page(
    browser: Browser, browser_watch: BrowserWatch, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Page]:
    """A reader in Berlin at a desk, in a fresh profile; a test that fails leaves a picture of the screen."""
    failed_before = request.session.testsfailed
    desk = {"width": 1440, "height": 900}
    with watched_page(browser, browser_watch, viewport=desk, timezone_id=ZONE, locale="en-GB") as page:
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("dialog", lambda dialog: (browser_watch.errors.append(dialog.message), dialog.dismiss()))
        yield page
        if request.session.testsfailed > failed_before:
            picture = tmp_path / "screen.png"
            page.screenshot(path=picture, full_page=True)
            request.node.add_report_section("teardown", "picture", str(picture))


@pytest.fixture
def signed_in(page: Page) -> Page:
    """The page of a reader who has entered the key before."""
    page.add_init_script(f"localStorage.setItem('analyticsApiKey', {json.dumps(API_KEY)})")
    return page


def key_dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="LibreChat Analytics")


def enter_key(page: Page, key: str) -> None:
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Open dashboard").click()


def choose_view(page: Page, view: str) -> None:
    page.get_by_role("navigation", name="Views").get_by_role("link", name=view, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(view)


def drawn(page: Page, view: str) -> None:
    """Wait until a view is there with its charts; data quality has none."""
    section = page.locator(f"#{name_of(view)}-view")
    expect(section).to_have_class("view ready")
    if view != "Data quality":
        section.locator(".js-plotly-plot .bars .point").first.wait_for(state="attached")


def choose_period(page: Page, name: str) -> None:
    page.get_by_label("Period").select_option(label=PERIODS[name])


def a_minute_passes(page: Page) -> None:
    """Let the page's own clock, installed before, come to its next refresh."""
    page.clock.fast_forward(A_MINUTE_MS)


def query_of(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def answers_with_data(page: Page) -> list[tuple[str, int]]:
    """Path and status of each answer that may hold figures, as they come in."""
    answers: list[tuple[str, int]] = []

    def note(response: Response) -> None:
        path = urlsplit(response.url).path
        if DATA_PATH.search(path):
            answers.append((path, response.status))

    page.on("response", note)
    return answers


def asked_for_figures(page: Page) -> list[str]:
    """The questions for figures that the page sends, as it sends them."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "_dash-update" in request.url else None)
    return asked


class TestTheKey:
    def test_a_first_visit_asks_for_it_and_for_nothing_else(
        self, page: Page, sample_site: Site, browser_watch: BrowserWatch
    ) -> None:
        browser_watch.expected_statuses.add(401)
        answers = answers_with_data(page)
        page.goto(sample_site.url)

        expect(key_dialog(page)).to_be_visible()
        expect(page.get_by_label("API key")).to_be_focused()
        page.wait_for_timeout(300)
        assert answers == []
        assert page.get_by_role("main").count() == 0

        page.evaluate("window.sinceTheFirstVisit = true")
        enter_key(page, "n0t-the-right-key-at-all")
        expect(page.get_by_role("alert")).to_have_text("That key was not accepted.")
        assert {status for _, status in answers} == {401}
        assert page.evaluate("localStorage.getItem('analyticsApiKey')") is None

        enter_key(page, API_KEY)
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        expect(key_dialog(page)).to_be_hidden()
        assert page.evaluate("window.sinceTheFirstVisit"), "the page was loaded again"
        assert page.evaluate("localStorage.getItem('analyticsApiKey')") == API_KEY

        page.reload()
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        expect(key_dialog(page)).to_be_hidden()

    def test_the_dialog_cannot_be_dismissed_and_refuses_what_no_header_can_carry(
        self, page: Page, sample_site: Site
    ) -> None:
        page.goto(sample_site.url)
        expect(key_dialog(page)).to_be_visible()

        for _ in range(4):
            page.keyboard.press("Escape")
        expect(key_dialog(page)).to_be_visible()

        enter_key(page, "clé à molette")
        expect(page.get_by_role("alert")).to_contain_text("ASCII")
        expect(key_dialog(page)).to_be_visible()

    def test_removed_in_the_browser_it_is_asked_for_once(self, page: Page, sample_site: Site) -> None:
        page.clock.install()
        page.goto(sample_site.url)
        enter_key(page, API_KEY)
        assert_shows_what_the_api_says(page, sample_site, "Overview")

        page.evaluate("localStorage.removeItem('analyticsApiKey')")
        answers = answers_with_data(page)
        a_minute_passes(page)
        expect(key_dialog(page)).to_be_visible()
        expect(page.get_by_role("alert")).to_be_empty()
        a_minute_passes(page)
        page.wait_for_timeout(300)
        assert answers == []

        enter_key(page, API_KEY)
        expect(key_dialog(page)).to_be_hidden()
        choose_view(page, "Users")
        assert_shows_what_the_api_says(page, sample_site, "Users")
        expect(key_dialog(page)).to_be_hidden()

    def test_changed_on_the_server_it_is_asked_for_again_and_the_dead_one_is_sent_no_more(
        self, page: Page, live_site: Site, browser_watch: BrowserWatch
    ) -> None:
        browser_watch.expected_statuses.add(401)
        page.clock.install()
        page.goto(live_site.url)
        enter_key(page, API_KEY)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        before = shown_on(page, "Overview")
        page.evaluate("window.sinceTheFirstVisit = true")

        live_site.stop()
        live_site.start(DASHBOARD_API_KEY=ROLLED_KEY)
        try:
            answers = answers_with_data(page)
            a_minute_passes(page)
            expect(key_dialog(page)).to_be_visible()
            expect(page.get_by_role("alert")).to_have_text("That key was not accepted.")
            assert shown_on(page, "Overview") == before, "the figures behind the dialog are gone"
            a_minute_passes(page)
            page.wait_for_timeout(300)
            assert [status for _, status in answers] == [401]

            enter_key(page, ROLLED_KEY)
            expect(key_dialog(page)).to_be_hidden()
            choose_view(page, "Models")
            expect(page.locator("#models-rows .name").first).to_have_text("claude-sonnet-4-6")
            assert page.evaluate("window.sinceTheFirstVisit"), "the page was loaded again"
        finally:
            live_site.stop()
            live_site.start()


class TestFindingOnesWay:
    def test_every_view_shows_what_the_api_says(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(sample_site.url)

        for view in VIEWS:
            choose_view(page, view)
            assert_shows_what_the_api_says(page, sample_site, view)
            assert page.title() == f"{view} · LibreChat Analytics"
        assert sample_site.ask("summary")["cost"] > 0

    def test_a_view_that_the_reader_points_at_is_asked_for_once_and_stays_out_of_sight(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(sample_site.url)
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        answers = answers_with_data(page)

        for _ in range(2):
            page.get_by_role("link", name="Models", exact=True).hover()
            expect(page.locator("#models-view.ready #models-rows tr").first).to_be_attached()
            page.mouse.move(0, 0)
            page.wait_for_timeout(100)

        assert [status for _, status in answers] == [200]
        expect(page.locator("#models-view")).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        assert page.title() == "Overview · LibreChat Analytics"
        choose_view(page, "Models")
        assert_shows_what_the_api_says(page, sample_site, "Models")

    def test_every_period_of_the_select_and_takes_it_along_to_another_view(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(sample_site.url)
        others = cycle(VIEWS[1:])

        for period in CHOSEN_PERIODS:
            choose_period(page, period)
            assert_shows_what_the_api_says(page, sample_site, "Overview", period=period)
            view = next(others)
            choose_view(page, view)
            assert query_of(page) == {"view": name_of(view), "period": period}
            assert_shows_what_the_api_says(page, sample_site, view, period=period)
            choose_view(page, "Overview")
        page.get_by_role("link", name="All users").click()
        assert_shows_what_the_api_says(page, sample_site, "Users", period=CHOSEN_PERIODS[-1])

    def test_the_page_of_the_dearest_of_each_shows_what_the_api_says(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        for view, things in DETAILS.items():
            page.goto(f"{sample_site.url}?view={things}&period=90d")
            page.locator(f"#{things}-rows .name a:not(.doubt)").first.click()
            page.locator("#detail-view").wait_for()
            asked = {"period": "90d", view.lower(): query_of(page)[view.lower()]}
            assert_shows_what_the_api_says(page, sample_site, view, **asked)
            name = page.get_by_role("heading", level=1).inner_text()
            assert page.title() == f"{name} · {things.capitalize()} · LibreChat Analytics"

    def test_a_custom_range_by_the_calendar(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(sample_site.url)
        assert_shows_what_the_api_says(page, sample_site, "Overview")

        choose_period(page, "custom")
        expect(page.get_by_label("First day")).to_be_visible()
        begun = query_of(page)
        assert begun["period"] == "custom"
        assert_shows_what_the_api_says(page, sample_site, "Overview", **begun)

        month = date.fromisoformat(begun["start"]).replace(day=1) - timedelta(days=1)
        chosen = {"start": f"{month:%Y-%m}-03", "end": f"{month:%Y-%m}-17"}
        page.get_by_label("First day").fill(chosen["start"])
        page.get_by_label("Last day").fill(chosen["end"])
        page.wait_for_function(
            "chosen => Object.entries(chosen).every(([name, value]) =>"
            " new URLSearchParams(location.search).get(name) === value)",
            arg=chosen,
        )
        for view in VIEWS:
            choose_view(page, view)
            assert_shows_what_the_api_says(
                page, sample_site, view, period="custom", start=chosen["start"], end=chosen["end"]
            )

    def test_a_custom_range_by_the_address(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?{urlencode(LONG_AGO)}")

        assert_shows_what_the_api_says(page, sample_site, "Overview", **LONG_AGO)
        for label, day in (("First day", LONG_AGO["start"]), ("Last day", LONG_AGO["end"])):
            expect(page.get_by_label(label)).to_have_value(day)
        expect(page.get_by_label("Period")).to_have_value("custom")

    def test_a_range_that_is_over_rests_once_all_of_it_is_read(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        asks_again = "() => !window.dash_component_api.getLayout('tick').props.disabled"
        page.goto(f"{sample_site.url}?period=30d")
        drawn(page, "Overview")
        page.wait_for_function(asks_again)
        over = {"period": "custom", "start": "2026-02-02", "end": "2026-02-08"}
        page.goto(f"{sample_site.url}?{urlencode(over)}")
        drawn(page, "Overview")
        page.wait_for_function(f"!({asks_again})()")
        for status, is_awake in (("importing", "true"), ("unreachable", "true"), ("ok", "false")):
            told = {"status": status, "as_of_age_seconds": 5, "as_of_words": "12:00"}
            page.evaluate("(told) => window.dash_clientside.analytics.keepFreshness(told)", told)
            page.wait_for_function(f"({asks_again})() === {is_awake}")

    def test_a_late_answer_of_the_view_before_changes_nothing_around_this_one(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?view=models&period=30d")
        drawn(page, "Models")

        held: list[Route] = []

        def hold_the_overview(route: Route) -> None:
            asked = json.loads(route.request.post_data or "{}").get("changedPropIds")
            if asked == ["overview-question.data"] and not held:
                held.append(route)
            else:
                route.continue_()

        page.route(re.compile("_dash-update-component"), hold_the_overview)
        for search in ("?view=overview&period=7d", "?view=models&period=30d"):
            page.evaluate("(search) => window.dash_clientside.set_props('url', { search })", search)
            page.wait_for_timeout(300)
        with page.expect_response(lambda response: response.request == held[0].request):
            held[0].continue_()
        page.wait_for_timeout(500)

        expect(page.get_by_role("heading", level=1)).to_have_text("Models")
        assert page.title() == "Models · LibreChat Analytics"
        expect(page.locator("#range-words")).to_contain_text("Last 30 days")

    def test_back_forward_and_reload(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(sample_site.url)
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        choose_view(page, "Users")
        choose_period(page, "7d")
        assert_shows_what_the_api_says(page, sample_site, "Users", period="7d")
        choose_view(page, "Models")
        choose_period(page, "12m")
        assert_shows_what_the_api_says(page, sample_site, "Models", period="12m")
        page.get_by_role("columnheader", name="Calls").get_by_role("button").click()
        expect(page.get_by_role("columnheader", name="Calls")).to_have_attribute("aria-sort", "descending")

        def stands_at(view: str, period: str | None, sort: str | None = None) -> None:
            expect(page.get_by_role("heading", level=1)).to_have_text(view)
            expect(page.get_by_label("Period")).to_have_value(period or "30d")
            if sort is None:
                asked = {"period": period} if period else {}
                assert_shows_what_the_api_says(page, sample_site, view, **asked)
            query = query_of(page)
            assert (query.get("period"), query.get("sort")) == (period, sort)

        page.reload()
        stands_at("Models", "12m", "-calls")
        expect(page.get_by_role("columnheader", name="Calls")).to_have_attribute("aria-sort", "descending")
        page.go_back()
        stands_at("Models", "12m")
        page.go_back()
        stands_at("Models", "7d")
        page.go_back()
        stands_at("Users", "7d")
        page.go_back()
        stands_at("Users", None)
        page.go_back()
        stands_at("Overview", None)
        page.go_forward()
        page.go_forward()
        stands_at("Users", "7d")
        page.reload()
        stands_at("Users", "7d")

    @pytest.mark.parametrize(
        ("search", "notice"),
        [
            ("?period=fortnight%00", "The last 30 days are shown instead."),
            ("?period=custom&start=banana&end=%F0%9F%8D%8C", "The last 30 days are shown instead."),
            ("?period=custom&start=2026-02-01&end=2026-01-01", "The last 30 days are shown instead."),
            ("?tz=Mars%2FOlympus", "Times are shown in Europe/Berlin."),
            ("?view=..%2Fetc&sort=%3Cscript%3E&q=%00%ff&period[$ne]=7d&all=yes&%3Cimg%20src=x%3E", None),
        ],
    )
    def test_nonsense_in_the_address_becomes_the_default_and_a_notice_that_goes_with_it(
        self, signed_in: Page, sample_site: Site, search: str, notice: str | None
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}{search}")

        assert_shows_what_the_api_says(page, sample_site, "Overview")
        if notice:
            expect(page.locator("#notice")).to_contain_text(notice)
            choose_period(page, "7d")
            assert_shows_what_the_api_says(page, sample_site, "Overview", period="7d")
        if "tz=" not in page.url:
            expect(page.locator("#notice")).to_be_hidden()


class TestARefresh:
    def test_changes_a_figure_and_nothing_that_the_reader_has_done(
        self, signed_in: Page, live_site: Site, ledger: Ledger
    ) -> None:
        page = signed_in
        page.clock.install()
        page.goto(live_site.url)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        zoomed = zoom_into(page, "over-time")
        page.evaluate(
            """() => {
              window.kept = ["#over-time-chart", "#over-time-chart .js-plotly-plot",
                "#over-time-chart .main-svg", "#cost-value", "#top-users .ranked", "#period"]
                .map((selector) => [selector, document.querySelector(selector)]);
              document.getElementById("period").focus();
              window.scrollTo({ top: 100, behavior: "instant" });
            }"""
        )
        scrolled = page.evaluate("window.scrollY")
        before = shown_on(page, "Overview")

        ledger.spend(usd=7)
        a_minute_passes(page)

        assert_shows_what_the_api_says(page, live_site, "Overview")
        after = shown_on(page, "Overview")
        assert after["cards"][0] != before["cards"][0]
        assert after["bars"]["over-time"] != before["bars"]["over-time"]
        assert zoom_of(page, "over-time") == pytest.approx(zoomed)
        replaced = page.evaluate(
            "() => window.kept.filter(([at, node]) => node !== document.querySelector(at)).map(([at]) => at)"
        )
        assert replaced == []
        assert page.evaluate("document.activeElement.id") == "period"
        assert page.evaluate("window.scrollY") == scrolled > 0

    def test_leaves_the_search_and_its_text_alone(
        self, signed_in: Page, live_site: Site, ledger: Ledger
    ) -> None:
        page = signed_in
        page.clock.install()
        page.goto(f"{live_site.url}?view=users")
        assert_shows_what_the_api_says(page, live_site, "Users")

        field = page.get_by_label("Search users")
        field.press_sequentially("kova")
        expect(page.locator("#users-rows .name")).to_have_text(["Ana Kovač"])
        assert query_of(page)["q"] == "kova"
        page.evaluate("document.activeElement.setSelectionRange(1, 3)")
        cost = page.locator("#users-rows td").first
        before = cost.inner_text()

        ledger.spend(usd=5)
        a_minute_passes(page)

        expect(cost).not_to_have_text(before)
        ana = next(user for user in live_site.ask("top-users")["users"] if user["name"] == "Ana Kovač")
        expect(cost).to_have_text(money(ana["cost"]))
        expect(field).to_be_focused()
        expect(field).to_have_value("kova")
        assert page.evaluate(
            "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
        ) == [1, 3]

    def test_says_so_when_the_server_is_gone_and_when_it_is_back(
        self, signed_in: Page, live_site: Site, ledger: Ledger, browser_watch: BrowserWatch
    ) -> None:
        browser_watch.expected_statuses.add(502)
        page = signed_in
        page.clock.install()
        page.goto(live_site.url)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        before = shown_on(page, "Overview")
        banner = page.locator("#connection")
        expect(banner).to_be_hidden()

        live_site.stop()
        try:
            a_minute_passes(page)
            expect(banner).to_be_visible()
            expect(banner).to_contain_text("Connection lost.")
            assert shown_on(page, "Overview") == before
        finally:
            live_site.start()

        ledger.spend(usd=3)
        a_minute_passes(page)
        expect(banner).to_be_hidden()
        # Dash's own words for the question that nobody answered.
        browser_watch.errors[:] = [error for error in browser_watch.errors if "Callback error" not in error]
        assert_shows_what_the_api_says(page, live_site, "Overview")
        assert shown_on(page, "Overview")["cards"][0] != before["cards"][0]

    def test_goes_on_when_one_question_fails_and_nothing_else_waits_for_that(
        self, signed_in: Page, live_site: Site, ledger: Ledger, browser_watch: BrowserWatch
    ) -> None:
        browser_watch.expected_statuses.add(503)
        page = signed_in
        page.clock.install()
        page.goto(live_site.url)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        before = shown_on(page, "Overview")
        failed: list[str] = []

        def fail_the_overview(route: Route) -> None:
            if "overview-question" in (route.request.post_data or ""):
                failed.append(route.request.url)
                route.fulfill(status=503, headers={"Retry-After": "5"}, json={"error": "try again soon"})
            else:
                route.continue_()

        page.route(re.compile("_dash-update-component"), fail_the_overview)
        ledger.spend(usd=2)
        a_minute_passes(page)
        expect(page.locator("#connection")).to_be_visible()
        assert len(failed) == 1
        assert shown_on(page, "Overview") == before, "the figures stand"
        choose_view(page, "Users")
        assert_shows_what_the_api_says(page, live_site, "Users")
        expect(page.locator("#connection")).to_be_hidden()

        page.unroute_all()
        choose_view(page, "Overview")
        a_minute_passes(page)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        assert shown_on(page, "Overview")["cards"][0] != before["cards"][0]
        # Dash's own words for the question that failed; they come with the next one.
        browser_watch.errors[:] = [error for error in browser_watch.errors if "Callback error" not in error]

    def test_does_not_happen_in_a_hidden_tab_and_happens_at_once_when_it_is_seen_again(
        self, signed_in: Page, live_site: Site, ledger: Ledger
    ) -> None:
        page = signed_in
        page.clock.install()
        page.goto(live_site.url)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        asked = asked_for_figures(page)

        turn(page, hidden=True)
        for _ in range(5):
            a_minute_passes(page)
        ledger.spend(usd=1)
        page.wait_for_timeout(300)
        assert asked == []

        turn(page, hidden=False)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        assert len(asked) == 1
        # A busy machine may take its time to ask; that it asks once is what counts.
        with page.expect_request("**/_dash-update-component*"):
            a_minute_passes(page)
        page.wait_for_timeout(300)
        assert len(asked) == 2

    def test_does_not_happen_for_a_range_that_is_over(self, signed_in: Page, live_site: Site) -> None:
        page = signed_in
        page.clock.install()
        page.goto(f"{live_site.url}?{urlencode(LONG_AGO)}")
        assert_shows_what_the_api_says(page, live_site, "Overview", **LONG_AGO)
        asked = asked_for_figures(page)

        a_minute_passes(page)
        page.wait_for_timeout(300)

        assert asked == []

    @pytest.mark.parametrize("period", ["yesterday", "last-month"])
    def test_happens_for_what_is_another_range_after_midnight(
        self, signed_in: Page, live_site: Site, period: str
    ) -> None:
        page = signed_in
        page.clock.install()
        page.goto(f"{live_site.url}?period={period}")
        assert_shows_what_the_api_says(page, live_site, "Overview", period=period)
        with page.expect_request("**/_dash-update-component*"):
            a_minute_passes(page)


@dataclass
class Ledger:
    """LibreChat at work: transactions that come in while somebody looks."""

    database: Database[dict[str, Any]]
    site: Site

    def spend(self, *, usd: int) -> None:
        """Let Ana spend that much now, and wait until the program knows."""
        before = self.site.ask("summary", period="all")["calls"]
        now = datetime.now(UTC)
        document = usage(now, user=PEOPLE[0][0], rawAmount=-1000, tokenValue=-usd * 1_000_000)
        self.database.transactions.insert_one(document | {"_id": ObjectId()})
        deadline = time.monotonic() + 10
        while self.site.ask("summary", period="all")["calls"] == before:
            assert time.monotonic() < deadline, "the sync did not find the new transaction"
            time.sleep(0.1)


@pytest.fixture
def ledger(live_site: Site) -> Iterator[Ledger]:
    with MongoClient[dict[str, Any]](live_site.settings["MONGO_URI"], tz_aware=True) as client:
        yield Ledger(client.get_default_database(), live_site)


def zoom_into(page: Page, chart: str) -> list[float]:
    """Draw a frame over the middle of a chart with the mouse; gives the range that it shows then."""
    whole = zoom_of(page, chart)
    box = page.locator(f"#{chart}-chart .nsewdrag").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, middle, steps=8)
    page.mouse.up()
    expect(page.locator(f".chart-frame[data-zoomed] #{chart}-chart")).to_be_visible()
    zoomed = zoom_of(page, chart)
    assert zoomed[0] > whole[0]
    return zoomed


def zoom_of(page: Page, chart: str) -> list[float]:
    edges: list[float] = page.evaluate(
        "(id) => document.querySelector(`#${id}-chart .js-plotly-plot`)._fullLayout.xaxis.range", chart
    )
    return edges


def turn(page: Page, *, hidden: bool) -> None:
    """Let the page believe that its tab went to the back, or came to the front."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          Object.defineProperty(document, "visibilityState",
            { value: hidden ? "hidden" : "visible", configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


class TestTheLook:
    def test_follows_the_system_until_the_reader_chooses(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(sample_site.url)
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        assert_is(page, "light")
        page.emulate_media(color_scheme="dark")
        assert_is(page, "dark")

        switch = page.get_by_role("button", name="Theme")
        switch.click()
        expect(switch).to_have_accessible_name("Theme: light")
        assert_is(page, "light")
        switch.click()
        page.emulate_media(color_scheme="light")
        expect(switch).to_have_accessible_name("Theme: dark")
        assert_is(page, "dark")

        page.reload()
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        assert_is(page, "dark")
        switch.click()
        expect(switch).to_have_accessible_name("Theme: system")
        assert_is(page, "light")

    def test_a_picture_has_the_range_and_the_legend_that_stand_beside_the_chart(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?view=models&period=30d")
        drawn(page, "Models")
        page.evaluate(
            """() => {
              const { toImage } = Plotly;
              Plotly.toImage = (figure, ...rest) => toImage((window.pictured = figure), ...rest);
            }"""
        )

        with page.expect_download() as download:
            page.locator("[data-png=models-cost-chart]").click()

        assert download.value.path().read_bytes().startswith(b"\x89PNG")
        pictured = page.evaluate("window.pictured")
        assert [trace["name"] for trace in pictured["data"] if trace["showlegend"]] == [
            "Prompt",
            "Completion",
        ]
        said = page.locator("#range-words").inner_text()
        assert pictured["layout"]["title"]["subtitle"]["text"] == said
        assert said.startswith("Last 30 days")

    def test_a_chart_of_a_single_step_names_its_edge(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?view=users")
        drawn(page, "Users")
        figure = figures.steps(["$0.0001"], [1], ["1 conversation"], [figures.Mark(0, "median")], revision="")

        edge = page.evaluate(DRAW, figure)

        assert edge["text"] == "$0.0001"
        assert edge["right"] <= edge["end"]

    def test_no_view_is_wider_than_a_phone_a_tablet_a_desk_or_a_sheet_of_paper(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?{urlencode(LONG_AGO)}")

        for width in (320, 360, 768, 1440):
            page.set_viewport_size({"width": width, "height": 780})
            for view in VIEWS:
                choose_view(page, view)
                drawn(page, view)
                assert page.evaluate(CUT_NAMES) == [], (view, width)
                assert page.evaluate(TOO_WIDE, width) == [], (view, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 1123})  # A4
        for view in VIEWS:
            page.goto(f"{sample_site.url}?view={name_of(view)}&{urlencode(LONG_AGO)}")
            drawn(page, view)
            assert page.evaluate("document.documentElement.scrollWidth") <= 794, f"{view} on paper"

    def test_everything_is_in_reach_of_the_keyboard_and_shows_its_focus(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?{urlencode(LONG_AGO)}")

        for view in VIEWS:
            choose_view(page, view)
            drawn(page, view)
            assert walk_with_tab(page) == [], view
            assert page.evaluate(NOT_REACHED) == [], view
            assert page.evaluate("window.reached.size") > 10

    def test_the_skip_link_leads_to_the_figures(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(sample_site.url)
        assert_shows_what_the_api_says(page, sample_site, "Overview")

        page.keyboard.press("Tab")
        skip_link = page.get_by_role("link", name="Skip to the figures")
        expect(skip_link).to_be_focused()
        expect(skip_link).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")

    def test_views_and_orders_are_chosen_by_keyboard_and_say_so(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?period=12m")
        assert_shows_what_the_api_says(page, sample_site, "Overview", period="12m")
        current = page.locator("[aria-current=page]")
        expect(current).to_have_text("Overview")

        page.get_by_role("link", name="Users", exact=True).focus()
        page.keyboard.press("Enter")
        expect(current).to_have_text("Users")
        expect(current).to_have_count(1)
        assert_shows_what_the_api_says(page, sample_site, "Users", period="12m")

        header = page.get_by_role("columnheader", name="Calls")
        expect(page.get_by_role("columnheader", name="Cost")).to_have_attribute("aria-sort", "descending")
        header.get_by_role("button").focus()
        users = sample_site.ask("top-users", period="12m")["users"]
        for key, direction in (("Enter", "descending"), ("Space", "ascending"), ("Enter", "descending")):
            page.keyboard.press(key)
            expect(header).to_have_attribute("aria-sort", direction)
            calls = sorted((user["calls"] for user in users), reverse=direction == "descending")[:50]
            cells = page.locator("#users-rows tr td:nth-of-type(6)")
            expect(cells).to_have_text([integer(n) for n in calls])
            expect(header.get_by_role("button")).to_be_focused()
        expect(
            page.locator("th[aria-sort=descending], th[aria-sort=ascending]").locator("visible=true")
        ).to_have_count(1)


TOO_WIDE = """
(width) => [...document.querySelectorAll("main *, header *")]
  .filter((node) => node.checkVisibility())
  .filter((node) => !node.closest(".table-scroll, .visually-hidden, svg, .detail > *"))
  .filter((node) => getComputedStyle(node).clipPath === "none")
  .filter((node) => node.getBoundingClientRect().right > width + 1)
  .map((node) => `${node.tagName} ${node.id} ${node.className}`)
"""

# Draws a figure as narrow as in a third of the page; gives its last label, and where both end.
DRAW = """
async (figure) => {
  const place = document.body.appendChild(document.createElement("div"));
  place.style.width = "300px";
  await Plotly.newPlot(place, figure.data, figure.layout);
  const label = [...place.querySelectorAll(".xtick text")].findLast((text) => text.style.display !== "none");
  const [right, end] = [label, place].map((node) => node?.getBoundingClientRect().right);
  return { text: label?.textContent, right, end };
}
"""

CUT_NAMES = """
() => [...document.querySelectorAll(".js-plotly-plot")]
  .filter((drawing) => drawing.checkVisibility())
  .flatMap((drawing) => [...drawing.querySelectorAll(".ytick text")]
    .filter((name) => name.getBoundingClientRect().left < drawing.getBoundingClientRect().left)
    .map((name) => name.textContent))
"""

# What has the focus now, and whether a reader can see that it has.
FOCUSED = """
() => {
  const node = document.activeElement;
  // A date has several places of its own for the focus.
  const isEnd = node === document.body || (window.reached.has(node) && node !== window.latest);
  window.latest = node;
  window.reached.add(node);
  const isMarked = (element) => {
    if (!element) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  };
  const { width, height, bottom, right } = node.getBoundingClientRect();
  const isOnScreen = width > 0 && height > 0 && bottom > 0 && right > 0;
  const name = node.getAttribute("aria-label") || node.textContent || node.id || node.outerHTML;
  return {
    isEnd,
    name: name.trim().slice(0, 80),
    isVisible: isOnScreen && isMarked(node),
  };
}
"""
NOT_REACHED = """
() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((node) => node.tabIndex >= 0 && !node.disabled)
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !window.reached.has(node))
  .map((node) => node.outerHTML.slice(0, 120))
"""


def walk_with_tab(page: Page) -> list[str]:
    """Press Tab from the skip link to the page's end; gives what had the focus without showing it."""
    page.evaluate(
        """() => {
          const skipLink = document.querySelector(".skip-link");
          skipLink.focus();
          window.reached = new Set([skipLink]);
        }"""
    )
    unseen: list[str] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        step = page.evaluate(FOCUSED)
        if step["isEnd"]:
            return unseen
        if not step["isVisible"]:
            unseen.append(step["name"])
    raise AssertionError("Tab never comes to an end")


def assert_is(page: Page, theme: str) -> None:
    """Hold the brightness of grounds and texts, charts included, against what a theme promises."""
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    brightness = page.evaluate(
        """() => {
          const valueOf = (text) => {
            const [red, green, blue] = text.match(/[\\d.]+/g).map(Number);
            return 0.299 * red + 0.587 * green + 0.114 * blue;
          };
          const brightness = (selector, property) =>
            valueOf(getComputedStyle(document.querySelector(selector))[property]);
          return {
            grounds: [brightness("body", "backgroundColor"),
              brightness("#overview-view .panel", "backgroundColor")],
            texts: [brightness("#cost-value", "color"),
              brightness("#over-time-chart .xtick text", "fill")],
          };
        }"""
    )
    darker, brighter = ("texts", "grounds") if theme == "light" else ("grounds", "texts")
    assert max(brightness[darker]) < 128 < min(brightness[brighter]), brightness


class TestHostileNames:
    def test_are_text_in_every_view_and_in_every_file(self, signed_in: Page, hostile_site: Site) -> None:
        page = signed_in
        page.goto(hostile_site.url)
        assert_shows_what_the_api_says(page, hostile_site, "Overview")
        assert page.evaluate(MADE_OF_NAMES) == []

        for view in ("Users", "Models", "Agents"):
            choose_view(page, view)
            assert_shows_what_the_api_says(page, hostile_site, view)
            assert_names_are_text_in_the_chart(page, f"{view.lower()}-cost")
            assert page.evaluate(MADE_OF_NAMES) == [], view

            rows = downloaded_csv(page)
            listed = hostile_site.ask(f"top-{view.lower()}")[view.lower()]
            named = [
                row for row in rows if row[view.removesuffix("s")] not in ("Without agent", "Agent unknown")
            ]
            assert len(named) == len(listed) == len(HOSTILE_NAMES)
            cells = {cell for row in rows for cell in row.values()}
            assert {defuse(LABELS[view](entry)) for entry in listed} <= cells
            assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []

    def test_are_found_by_the_search(self, signed_in: Page, hostile_site: Site) -> None:
        page = signed_in
        page.goto(f"{hostile_site.url}?view=users")
        assert_shows_what_the_api_says(page, hostile_site, "Users")

        page.get_by_label("Search users").fill("<script>")
        expect(page.locator("#users-rows .name")).to_have_text(["<script>alert(1)</script>"])
        page.get_by_label("Search users").fill('"><img src=x onerror=alert(4)>')
        expect(page.locator("#users-rows")).to_contain_text(
            'No user matches “"><img src=x onerror=alert(4)>”.'
        )
        page.get_by_role("button", name="Clear the search").click()
        assert_shows_what_the_api_says(page, hostile_site, "Users")

    def test_break_no_content_policy_whatever_the_reader_does(
        self, signed_in: Page, hostile_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{hostile_site.url}?{urlencode(LONG_AGO)}")

        for view in VIEWS:
            choose_view(page, view)
            drawn(page, view)
            page.get_by_role("button", name="Theme").click()
            page.get_by_label("First day").click()
            page.keyboard.press("Escape")
            if view != "Overview":
                assert downloaded_csv(page) or view == "Data quality"  # where nothing is in doubt
        page.get_by_label("Last day").fill(TODAY.isoformat())
        expect(page).to_have_url(re.compile(f"end={TODAY}"))
        with page.expect_download() as download:
            page.get_by_role("button", name="Excel").click()
        assert SAFE_FILE_NAME.fullmatch(download.value.suggested_filename)

    def test_are_text_in_titles_and_ways_back_and_no_part_of_the_names_of_files(
        self, signed_in: Page, hostile_site: Site
    ) -> None:
        page = signed_in
        for view in ("Users", "Models", "Agents"):
            page.goto(f"{hostile_site.url}?view={view.lower()}")
            cells = page.locator(f"#{view.lower()}-rows .name")
            cells.first.wait_for()
            addresses = cells.evaluate_all("(cells) => cells.map((cell) => cell.querySelector('a')?.href)")
            for address, name in list(zip(addresses, HOSTILE_NAMES, strict=False))[1:3]:
                page.goto(address)
                expect(page.locator("#crumbs .crumb-here")).to_have_text(plain_text(name))
                expect(page.get_by_role("heading", level=1)).to_have_text(plain_text(name))
                expect(page).to_have_title(f"{plain_text(name)} · {view} · LibreChat Analytics")
                assert page.evaluate(MADE_OF_NAMES) == []
            with page.expect_download() as download:
                page.get_by_role("button", name="Excel").click()
            assert SAFE_FILE_NAME.fullmatch(download.value.suggested_filename)

    def test_have_nowhere_to_send_anything_to(
        self, signed_in: Page, hostile_site: Site, browser_watch: BrowserWatch
    ) -> None:
        page = signed_in
        page.goto(hostile_site.url)

        # What fails the other tests should a name get that far.
        with page.expect_console_message(lambda message: message.text.startswith("blocked by connect-src")):
            sent = page.evaluate("fetch('https://evil.example/').then(() => 'sent', () => 'blocked')")
        assert sent == "blocked"
        browser_watch.errors.clear()


# What an entry of the API's lists goes by in a file.
LABELS = {
    "Users": lambda user: user_label(user["name"], user["email"], user["id"], deleted=user["deleted"]),
    "Models": lambda model: model_label(model["model"]),
    "Agents": lambda agent: agent_label(agent["name"], agent["id"], deleted=agent["deleted"]),
}

SAFE_FILE_NAME = re.compile(r"librechat-[a-z-]+-[a-z0-9-]+-[0-9-]+\.(csv|xlsx)")

# Elements that nothing but markup in a name could have made.
MADE_OF_NAMES = """
() => [...document.querySelectorAll(
    "main script, main img, main b, main u, svg a, a[href*='//evil'], a[href^='javascript'], iframe"
  )].map((node) => node.outerHTML)
"""


def downloaded_csv(page: Page) -> list[dict[str, str]]:
    """The rows of the file that the visible view's CSV button gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).locator("visible=true").click()
    text = download.value.path().read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def assert_names_are_text_in_the_chart(page: Page, chart: str) -> None:
    """Hold the labels of a chart's bars, and what appears under the mouse, against the hostile names."""
    page.locator(f"#{chart}-chart .ytick text").first.wait_for()
    labels = page.locator(f"#{chart}-chart .ytick text").all_text_contents()
    names = [plain_text(name) for name in HOSTILE_NAMES[:10]]
    for label, name in zip(labels, names, strict=True):
        assert squeezed(name).startswith(squeezed(label.removesuffix("…"))), (label, name)
    page.locator(f"#{chart}-chart .nsewdrag").hover(position={"x": 20, "y": 15})
    page.locator(f"#{chart}-chart .hoverlayer text").first.wait_for()


def squeezed(text: str) -> str:
    """Text without white space, which a chart may draw in another way."""
    return "".join(text.split())


class TestWhereItIsOpened:
    def test_in_a_frame_of_a_page_of_librechat(self, page: Page, sample_site: Site) -> None:
        page.goto(sample_site.url.removesuffix("librechat-analytics/"))
        page.evaluate(
            """() => {
              const frame = document.createElement("iframe");
              Object.assign(frame, { src: "/librechat-analytics/", width: 1200, height: 800 });
              document.body.append(frame);
            }"""
        )
        frame = page.frame_locator("iframe")
        frame.get_by_label("API key").fill(API_KEY)
        frame.get_by_role("button", name="Open dashboard").click()

        expect(frame.locator("#cost-value")).to_have_text(money(sample_site.ask("summary")["cost"]))
        frame.get_by_role("link", name="Users", exact=True).click()
        users = sample_site.ask("top-users")["users"]
        expect(frame.locator("#users-rows tr")).to_have_count(len(users))

    def test_in_a_frame_of_another_site_that_may_store_nothing(
        self, page: Page, hostile_site: Site, browser_watch: BrowserWatch
    ) -> None:
        frame = self.framed(page, hostile_site, browser_watch, sandbox=None)
        frame.get_by_label("API key").fill(API_KEY)
        frame.get_by_role("button", name="Open dashboard").click()

        expect(frame.locator("#cost-value")).to_have_text(money(hostile_site.ask("summary")["cost"]))
        frame.get_by_role("link", name="Models", exact=True).click()
        expect(frame.locator("#models-view")).to_have_class("view ready")
        expect(frame.get_by_role("dialog", name="LibreChat Analytics")).to_be_hidden()
        stored = page.frames[-1].evaluate(
            "(() => { try { return localStorage.length; } catch (error) { return error.name; } })()"
        )
        assert stored == "SecurityError", "this browser lets frames of other sites store things"

    def test_in_a_sandbox_without_an_origin_it_says_what_is_missing(
        self, page: Page, hostile_site: Site, browser_watch: BrowserWatch
    ) -> None:
        frame = self.framed(page, hostile_site, browser_watch, sandbox="allow-scripts allow-forms")

        expect(frame.get_by_role("alert")).to_contain_text("needs allow-same-origin")
        page.wait_for_timeout(200)
        assert all("NotSameOrigin" in error for error in browser_watch.errors), browser_watch.errors
        browser_watch.errors.clear()

    @staticmethod
    def framed(page: Page, site: Site, watch: BrowserWatch, *, sandbox: str | None) -> FrameLocator:
        """The dashboard under another name than that of the page around it."""
        watch.hosts.add("localhost")
        page.goto(site.url.removesuffix("librechat-analytics/"))
        page.evaluate(
            """([src, sandbox]) => {
              const frame = document.createElement("iframe");
              if (sandbox !== null) frame.setAttribute("sandbox", sandbox);
              Object.assign(frame, { src, width: 1200, height: 800 });
              document.body.append(frame);
            }""",
            [f"http://localhost:{site.port}/librechat-analytics/", sandbox],
        )
        return page.frame_locator("iframe")

    def test_where_nothing_can_be_stored_the_key_lasts_as_long_as_the_page(
        self, page: Page, sample_site: Site
    ) -> None:
        page.add_init_script(
            """Object.defineProperty(window, "localStorage", {
              get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
            });"""
        )
        page.goto(sample_site.url)
        enter_key(page, API_KEY)

        for view in VIEWS:
            choose_view(page, view)
            assert_shows_what_the_api_says(page, sample_site, view)
        page.get_by_role("button", name="Theme").click()
        page.get_by_role("button", name="Theme").click()
        assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        expect(key_dialog(page)).to_be_hidden()

        page.reload()
        expect(key_dialog(page)).to_be_visible()

    @pytest.mark.parametrize("path", ["/", "/librechat-analytics/"])
    def test_at_its_own_port(self, signed_in: Page, sample_site: Site, path: str) -> None:
        page = signed_in
        page.goto(f"http://127.0.0.1:{sample_site.port}{path}?period=90d")

        for view in ("Overview", "Models"):
            choose_view(page, view)
            assert_shows_what_the_api_says(page, sample_site, view, period="90d")

    def test_through_nginx_without_the_slash(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(f"{sample_site.url.removesuffix('/')}?view=agents&period=90d")

        assert_shows_what_the_api_says(page, sample_site, "Agents", period="90d")
        assert page.url == f"{sample_site.url}?view=agents&period=90d"
