"""Filters with several values, and filters that leave out: what they let through adds up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.usage.cost_center_rules import UNASSIGNED
from librechat_analytics.usage.filters import EVERYTHING, FILTER_NAMES, NONE, UNKNOWN, Filters, Scope
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import Period, parse_period
from tests.usage.conftest import NOW

# Every query with every filter runs on both engines in test_both_engines.py.
in_the_file = pytest.mark.parametrize("repository", ["duckdb"], indirect=True, scope="package")

if TYPE_CHECKING:
    from librechat_analytics.usage.repository import StoreRepository

ALL_TIME = parse_period("all", None, None, ZoneInfo("UTC"), now=NOW, first_usage=NOW - timedelta(days=5000))
LAST_DAYS = parse_period("7d", None, None, ZoneInfo("UTC"), now=NOW, first_usage=None)
DISJOINT = tuple(name for name in FILTER_NAMES if name != "group")
"""The filters of which a row has one value; a user may be in several groups."""


def calls(repository: StoreRepository, filters: Filters, period: Period = ALL_TIME) -> int:
    return repository.summary(period, filters).totals.calls


def values_of(repository: StoreRepository, name: str) -> tuple[str, ...]:
    """The recorded values of a filter, what has none, and one that nothing has."""
    if name == "user":
        known = [row.id for row in repository.top_users(ALL_TIME, Listing(3)).rows]
    elif name == "model":
        known = [row.model for row in repository.top_models(ALL_TIME, Listing(3)).rows]
    elif name == "agent":
        known = [row.id for row in repository.top_agents(ALL_TIME, Listing(3)).rows]
    elif name == "cost_center":  # there is no definitions file
        return UNASSIGNED, "nothing has this"
    else:
        known = [value.value for value in repository.filter_values()[name]] if name != "tenant" else []
    return (
        *(value for value in known if value),
        NONE,
        "nothing has this",
        *([UNKNOWN] if name == "agent" else []),
    )


@in_the_file
@pytest.mark.parametrize("name", FILTER_NAMES)
@pytest.mark.parametrize("period", [ALL_TIME, LAST_DAYS], ids=["all time", "a week"])
def test_a_value_and_leaving_it_out_are_everything(
    repository: StoreRepository, name: str, period: Period
) -> None:
    values = values_of(repository, name)
    everything = calls(repository, EVERYTHING, period)

    for some in (*((value,) for value in values), values[:2], values):
        kept = calls(repository, Filters.of({name: some}), period)
        left = calls(repository, Filters.of({f"not-{name}": some}), period)
        assert kept + left == everything, some


@in_the_file
@pytest.mark.parametrize("name", DISJOINT)
def test_several_values_are_any_of_them(repository: StoreRepository, name: str) -> None:
    values = values_of(repository, name)
    each = [calls(repository, Filters.of({name: (value,)})) for value in values]

    assert calls(repository, Filters.of({name: values})) == sum(each)
    assert any(each)


def test_a_user_in_two_groups_counts_once_under_both(repository: StoreRepository) -> None:
    groups = values_of(repository, "group")[:-1]
    each = [calls(repository, Filters.of({"group": (group,)})) for group in groups]

    assert max(each) < calls(repository, Filters.of({"group": groups})) <= sum(each)


def test_a_chosen_value_that_is_left_out_too_is_left_out(repository: StoreRepository) -> None:
    first, second, *_ = values_of(repository, "model")
    both = Filters.of({"model": (first, second), "not-model": (second,)})

    assert calls(repository, both) == calls(repository, Filters(model=(first,)))
    assert (both.only("model"), Filters(model=(first,)).only("model")) == (None, first)
    assert Filters.of({"model": (first,), "not-model": (first,)}).only("model") is None


def test_a_domain_is_found_in_capitals_too(repository: StoreRepository) -> None:
    domain = values_of(repository, "domain")[0]

    for parameter in ("domain", "not-domain"):
        expected = calls(repository, Filters.of({parameter: (domain,)}))
        assert calls(repository, Filters.of({parameter: (domain.upper(),)})) == expected


def test_replacing_keeps_the_other_filters() -> None:
    filters = Filters.of({"model": ("a", "a"), "user": ("1",), "not-model": ("b",)})

    assert filters.given() == {"model": ("a",), "user": ("1",), "not-model": ("b",)}
    assert filters.replacing("model", "c", "d").given() == filters.given() | {"model": ("c", "d")}
    assert filters.replacing("model").given() == {"user": ("1",), "not-model": ("b",)}


class TestUnmatched:
    @pytest.mark.parametrize("name", FILTER_NAMES)
    def test_a_filter_without_any_recorded_value_is_named_as_in_the_request(
        self, repository: StoreRepository, name: str
    ) -> None:
        known = [value for value in values_of(repository, name) if value != "nothing has this"]
        for parameter in (name, f"not-{name}"):
            for value in known:
                assert repository.unmatched(Filters.of({parameter: (value, "nothing has this")})) == ()
            assert repository.unmatched(Filters.of({parameter: ("typo", "slip")})) == (parameter,)

    def test_each_filter_is_judged_alone(self, repository: StoreRepository) -> None:
        model = values_of(repository, "model")[0]
        filters = Filters.of({"model": (model,), "user": ("x",), "not-model": ("y",), "group": (NONE,)})

        assert repository.unmatched(filters) == ("user", "not-model")
        assert repository.unmatched(EVERYTHING) == ()

    @in_the_file
    def test_a_scope_hides_what_only_others_have_recorded(self, repository: StoreRepository) -> None:
        first, second = (value.value for value in repository.filter_values()["domain"][:2])
        of_first = Scope((first,), ())
        for name in ("model", "agent", "user", "provider", "context", "role", "group"):
            for value in values_of(repository, name):
                by_scope = Filters.of({name: (value,)}, of_first)
                if calls(repository, by_scope):
                    assert repository.unmatched(by_scope) == ()

        assert repository.unmatched(Filters.of({"domain": (first,)}, of_first)) == ()
        assert repository.unmatched(Filters.of({"domain": (second,)}, of_first)) == ("domain",)
        assert repository.unmatched(Filters.of({"not-domain": (second,)}, of_first)) == ("not-domain",)
