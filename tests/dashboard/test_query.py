"""The address, read into a typed value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.dashboard.query import (
    SUBJECTS,
    PageQuery,
    Replaced,
    Unreadable,
    read_page_query,
)
from librechat_analytics.dashboard.words.notices import replaced_parameter
from librechat_analytics.usage.filters import FILTER_NAMES, FILTER_PARAMETERS, Filters, Scope

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def read(stored: object) -> PageQuery:
    return read_page_query(
        stored, default_zone=ZoneInfo("UTC"), now=NOW, first_usage=NOW - timedelta(days=10)
    )


def search(text: str, **more: object) -> PageQuery:
    return read({"search": text, **more})


def test_without_anything_it_is_the_last_30_days() -> None:
    parsed = search("")

    assert parsed.period.name == "30d"
    assert (parsed.sort, parsed.search, parsed.show_all, parsed.replaced) == ("", "", False, ())


def test_the_address_says_period_order_search_and_length() -> None:
    parsed = search("?view=users&period=7d&sort=-calls&q=ada+b&all=1", coarse=True)

    assert parsed.period.name == "7d"
    assert (parsed.sort, parsed.search, parsed.show_all, parsed.coarse) == ("-calls", "ada b", True, True)


def test_the_last_day_of_a_custom_range_is_part_of_it() -> None:
    parsed = search("?period=custom&start=2026-11-01&end=2026-11-10&tz=Europe/Berlin")

    assert parsed.period.range.end == datetime(2026, 11, 10, 23, tzinfo=UTC)


class TestZones:
    def test_the_zone_is_the_readers_own(self) -> None:
        assert search("", zone="Europe/Berlin").period.zone.key == "Europe/Berlin"

    def test_the_address_comes_first(self) -> None:
        assert search("?tz=Asia/Tokyo", zone="Europe/Berlin").period.zone.key == "Asia/Tokyo"

    def test_an_unknown_zone_of_the_browser_becomes_the_default_without_a_notice(self) -> None:
        parsed = search("", zone="Mars/Base")

        assert parsed.period.zone.key == "UTC"
        assert parsed.replaced == ()

    def test_an_unknown_zone_in_the_address_has_a_notice(self) -> None:
        parsed = search("?tz=Mars/Base", zone="Europe/Berlin")

        assert parsed.period.zone.key == "Europe/Berlin"
        assert parsed.replaced == (Replaced("tz", "Mars/Base", "Europe/Berlin"),)


@pytest.mark.parametrize(
    "text",
    [
        "?period=7days",
        "?period=custom",
        "?period=custom&start=2026-11-10&end=2026-11-01",
        "?period=custom&start=20261110&end=2026-11-01",
        "?period=%00",
    ],
)
def test_an_unreadable_period_becomes_the_default_with_a_notice(text: str) -> None:
    parsed = search(text)

    assert parsed.period.name == "30d"
    (replaced,) = parsed.replaced
    assert "Showing the last 30 days." in replaced_parameter(replaced)


def test_unknown_parameters_are_ignored() -> None:
    assert search("?utm_source=mail&period=7d").replaced == ()


def test_a_rolling_period_keeps_the_zoom_and_another_custom_one_does_not() -> None:
    first = search("?period=custom&start=2026-11-01&end=2026-11-10")
    second = search("?period=custom&start=2026-11-02&end=2026-11-10")

    assert search("?period=7d").revision == "7d"
    assert first.revision != second.revision


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_any_request_has_a_period(stored: object) -> None:
    assert read(stored).period.range.start <= NOW


@given(JSON, JSON, JSON)
def test_any_fields_of_a_request_give_a_period(text: object, zone: object, coarse: object) -> None:
    assert read({"search": text, "zone": zone, "coarse": coarse}).period.name


@given(st.text())
def test_any_address_has_a_period(text: str) -> None:
    assert search(text).period.name
    assert search(f"?period=custom&start={text}&end={text}").period.name
    assert len(search(f"?q={text}").search) <= 100


class TestFilters:
    def test_all_of_them_are_read(self) -> None:
        parsed = search("?user=u&model=m&provider=p&agent=a&context=c&role=r&domain=d&group=g&tenant=t")

        assert "".join(value for (value,) in parsed.filters.chosen().values()) == "umpacrdgt"
        assert parsed.filters.left_out() == {}

    def test_a_filter_may_have_several_values_and_leave_out_others(self) -> None:
        parsed = search("?model=a&group=1&model=b&not-model=c&not-model=d&model=a")

        assert parsed.filters.chosen() == {"model": ("a", "b"), "group": ("1",)}
        assert parsed.filters.left_out() == {"model": ("c", "d")}
        assert search(parsed.link("users")).filters == parsed.filters

    def test_filters_have_at_most_a_hundred_values_in_all(self) -> None:
        most = [("model", str(number)) for number in range(60)] + [("not-user", str(n)) for n in range(40)]

        assert search(f"?{urlencode(most)}").unreadable == ()
        too_many = search(f"?{urlencode([*most, ('group', 'x')])}")
        assert {part.fault for part in too_many.unreadable} == {"too many"}
        assert too_many.filters == Filters()

    def test_the_reader_cannot_choose_the_scope(self) -> None:
        scope = Scope(("example.org",), ())
        parsed = read_page_query(
            {"search": "?scope=&domain=example.com"},
            default_zone=ZoneInfo("UTC"),
            now=NOW,
            first_usage=None,
            scope=scope,
        )

        assert parsed.filters == Filters(domain=("example.com",), scope=scope)

    @pytest.mark.parametrize("name", [*FILTER_PARAMETERS, "bill_of"])
    @pytest.mark.parametrize(
        ("value", "fault"),
        [
            ("%00", "control characters"),
            ("a%0ab", "control characters"),
            ("%C2%85", "control characters"),
            ("\ud800", "control characters"),
            ("x" * 501, "too long"),
            ("", "empty"),
        ],
    )
    def test_a_filter_that_cannot_be_a_name_is_unreadable(self, name: str, value: str, fault: str) -> None:
        parsed = search(f"?{name}={value}")

        assert parsed.unreadable == (Unreadable(name, fault),)  # type: ignore[arg-type]
        assert parsed.filters == Filters()
        assert parsed.link("users") == "?view=users"

    @pytest.mark.parametrize("name", ["view", "period", "start", "end", "tz", "bill", "bill_of"])
    def test_one_of_two_values_is_never_chosen(self, name: str) -> None:
        assert search(f"?{name}=7d&{name}=30d").unreadable == (Unreadable(name, "repeated"),)

    @pytest.mark.parametrize("name", FILTER_NAMES)
    @pytest.mark.parametrize(
        "value", ["\u00a0", "a\u200c\u3000\u00ad\u200f", "a\tb", "\U0001faea" * 500, " a "]
    )
    def test_a_name_of_any_script_is_read_and_kept_in_links(self, name: str, value: str) -> None:
        parsed = search(f"?{urlencode({name: value})}")

        assert parsed.filters.chosen() == {name: (value,)}
        assert parsed.unreadable == ()
        assert search(parsed.link("users")).filters.chosen() == {name: (value,)}

    def test_all_of_them_at_once_may_be_as_long_as_names_are(self) -> None:
        longest = dict.fromkeys(FILTER_NAMES, ("\U0001f9a0" * 500,))

        assert search(f"?{urlencode(longest, doseq=True)}").filters.chosen() == longest

    @pytest.mark.parametrize("text", ["?" + "x" * 64_000, "?" + "a=1&" * 201, 7, ["?user=a"]])
    def test_an_unreadable_address_has_no_readable_part(self, text: object) -> None:
        (part,) = read({"search": text}).unreadable
        assert part.name == ""


class TestSubjects:
    def test_a_page_is_about_what_its_filter_names(self) -> None:
        assert search("?view=user&user=65f0").subject == "user"
        assert search("?view=users&user=65f0").subject is None

    @pytest.mark.parametrize("subject", SUBJECTS)
    @pytest.mark.parametrize(
        ("given", "fault"),
        [
            ("", "missing"),
            ("&{}=", "empty"),
            ("&{}=%00", "control characters"),
            ("&{}=a&{}=b", "repeated"),
            ("&{}=a&{}=a", "repeated"),
            ("&{}=" + "x" * 501, "too long"),
        ],
    )
    def test_a_subject_that_cannot_be_read_is_unreadable(self, subject: str, given: str, fault: str) -> None:
        parsed = search(f"?view={subject}{given.replace('{}', subject)}")

        assert (parsed.subject, parsed.kind) == (None, subject)
        assert parsed.unreadable == (Unreadable(subject, fault),)  # type: ignore[arg-type]
        assert parsed.filters == Filters()


class TestLinks:
    def test_they_keep_period_zone_filters_and_embedding_and_nothing_else(self) -> None:
        parsed = search("?view=users&period=7d&tz=UTC&role=USER&embed=1&theme=dark&sort=-calls&q=a&page=3")

        assert parsed.link("models") == "?view=models&period=7d&tz=UTC&embed=1&theme=dark&role=USER"

    def test_a_page_of_one_user_keeps_who_is_left_out_of_the_lists(self) -> None:
        parsed = search("?view=users&user=1&user=2&not-user=3")

        assert parsed.link("user", user="1") == "?view=user&user=1&not-user=3"

    def test_they_set_and_remove_parameters(self) -> None:
        parsed = search("?user=65f0")

        assert parsed.link("model", model="a&b=c d", user=None) == "?view=model&model=a%26b%3Dc+d"


class TestBill:
    def test_an_amount_is_read_as_people_write_it(self) -> None:
        assert search("?bill=1.234,56").bill_usd == 1234.56

    def test_what_is_no_amount_is_kept_so_that_the_page_can_say_so(self) -> None:
        parsed = search("?bill=abc")

        assert (parsed.bill_usd, parsed.unreadable_bill) == (None, "abc")

    def test_without_a_bill_nothing_is_unreadable(self) -> None:
        assert search("?view=quality").unreadable_bill == ""


@given(st.text(), st.text())
def test_any_address_has_links(name: str, value: str) -> None:
    parsed = search(f"?{name}={value}&tz={value}&user={value}&start={value}")

    assert parsed.link("users", model=None).startswith("?view=users")
