"""Every figure of the API against an oracle that reads the same documents with plain Python."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.agreement import PERIODS, ZONES, assert_answers_agree, imported
from tests.support.examples import examples
from tests.support.ledgers import AGENTS, CONTEXTS, MODELS, MOMENTS, USERS, ledgers
from tests.support.oracle import Ledger, Oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.agreement import Ask

pytestmark = [pytest.mark.usefixtures("engine"), pytest.mark.one_in_on_clickhouse(2)]

UNTIL = datetime(2026, 11, 24, 12, tzinfo=UTC)
READ_AT = datetime(2026, 11, 24, 15, 17, 9, tzinfo=UTC)
COUNT = 3_000
LISTS = ("top-users", "top-models", "top-agents", "cost-breakdown")
SORTS = ("cost", "tokens", "calls", "conversations", "change", "name")
PARTS = ("cost", "promptTokens", "completionTokens", "totalTokens", "calls")

SUBJECTS = ("model", "user", "agent")

CUSTOM = {
    "a date alone": ("2026-03-29", "2026-03-29"),
    "a day of 23 hours and one of 25": ("2025-10-20", "2026-04-10"),
    "New York's day of 23 hours": ("2026-03-08", "2026-03-08"),
    "New York's day of 25 hours": ("2026-11-01", "2026-11-01"),
    "a leap day": ("2024-02-28", "2024-03-01"),
    "one second": ("2026-11-23T10:00:00Z", "2026-11-23T10:00:01Z"),
    "one millisecond": ("2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00.001Z"),
    "wall clocks that do not exist or occur twice": ("2026-03-29T02:30:00", "2026-10-25T02:30:00"),
    "an offset": ("2026-11-20T00:00:00+05:45", "2026-11-21T00:00:00-03:30"),
    "the turn of the year": ("2025-12-31T20:00:00", "2026-01-01T04:00:00"),
    "partly ahead": ("2026-11-20", "2026-12-01"),
    "a whole month": ("2026-10-01", "2026-10-31"),
    "a leap day and the days before": ("2024-02-20", "2024-02-29"),
    "before everything": ("2001-01-01", "2001-02-01"),
}


def lists_by(sort: str) -> tuple[str, ...]:
    """The lists of this order that the oracle knows; it does not know the names of deleted agents."""
    return tuple(name for name in LISTS if (name, sort) != ("top-agents", "name"))


# Clocks that are set in one of the zones matter in all of them.
SET_CLOCKS = {name for name in CUSTOM if "hours" in name or "wall clocks" in name or name == "a date alone"}


def with_zones(*things: str, zones: int) -> list[tuple[str, str]]:
    """Each thing in some of the zones, and each zone with about as many things."""
    return [
        (thing, ZONES[(place + 2 * step) % len(ZONES)])
        for place, thing in enumerate(things)
        for step in range(len(ZONES) if thing in SET_CLOCKS else zones)
    ]


class Sample:
    """An imported sample that answers questions, and the oracle of the same documents."""

    def __init__(self, ask: Ask, oracle: Oracle) -> None:
        self.ask = ask
        self.oracle = oracle

    def check(self, **parameters: str) -> dict[str, Any]:
        return assert_answers_agree(self.ask, self.oracle, READ_AT, parameters)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    folder = tmp_path_factory.mktemp("figures")
    write_sample(folder / "dump", transactions=COUNT, seed=12, until=UNTIL)
    oracle = Oracle(Ledger.of_dump(folder / "dump" / "LibreChat"))
    with imported(folder / "dump", folder / "store", READ_AT) as ask:
        yield Sample(ask, oracle)


class TestASample:
    @pytest.mark.parametrize(("period", "zone"), with_zones(*PERIODS, zones=1))
    def test_every_figure_of_every_period(self, sample: Sample, period: str, zone: str) -> None:
        bodies = sample.check(period=period, tz=zone, limit="1000")
        assert_parts_add_up(bodies)

    @pytest.mark.parametrize(("name", "zone"), with_zones(*CUSTOM, zones=1))
    def test_every_figure_of_custom_ranges(self, sample: Sample, name: str, zone: str) -> None:
        start, end = CUSTOM[name]
        assert_parts_add_up(sample.check(period="custom", start=start, end=end, tz=zone, limit="1000"))

    @pytest.mark.parametrize("compare", ["year", "none"])
    @pytest.mark.parametrize("period", [*PERIODS, *CUSTOM])
    def test_every_comparison(self, sample: Sample, period: str, compare: str) -> None:
        start, end = CUSTOM.get(period, ("", ""))
        asked = {"period": "custom", "start": start, "end": end} if start else {"period": period}
        parameters = asked | {"tz": "Europe/Berlin", "compare": compare}
        assert_answers_agree(sample.ask, sample.oracle, READ_AT, parameters, endpoints=("summary",))

    @pytest.mark.parametrize(("bucket", "zone"), with_zones("hour", "day", "week", "month", zones=3))
    @pytest.mark.parametrize("period", ["30d", "12m", "all"])
    def test_every_bucket(self, sample: Sample, period: str, bucket: str, zone: str) -> None:
        parameters = {"period": period, "bucket": bucket, "tz": zone}
        bodies = assert_answers_agree(
            sample.ask, sample.oracle, READ_AT, parameters, endpoints=("summary", "usage-over-time")
        )
        assert_parts_add_up(bodies)

    @pytest.mark.parametrize("by", SUBJECTS)
    @pytest.mark.parametrize("period", ["7d", "30d", "this-month"])
    def test_what_changed_and_what_splits_a_timeline(self, sample: Sample, period: str, by: str) -> None:
        bodies = sample.check(period=period, by=by, split=by, tz="Europe/Berlin")
        changed, points = bodies["what-changed"], bodies["usage-over-time"]["points"]
        whole = sum(part["difference"] for part in changed["parts"]) + changed["rest"]
        assert whole == pytest.approx(changed["difference"])
        assert all(sum(point["parts"].values()) + point["others"] == pytest.approx(point["cost"])
                   for point in points)  # fmt: skip

    @pytest.mark.parametrize("limit", ["1", "2", "10"])
    def test_a_limit_cuts_the_list_and_not_its_total(self, sample: Sample, limit: str) -> None:
        sample.check(period="12m", limit=limit)

    @pytest.mark.parametrize("sort", SORTS)
    def test_every_order_of_a_list(self, sample: Sample, sort: str) -> None:
        for period, extra in (
            ("all", {"limit": "1000"}),
            ("last-month", {"limit": "7", "offset": "3"}),
            ("last-month", {"offset": "999999"}),
        ):
            parameters = {"period": period, "sort": sort, **extra}
            assert_answers_agree(sample.ask, sample.oracle, READ_AT, parameters, endpoints=lists_by(sort))

    @pytest.mark.parametrize("by", ["domain", "role", "context"])
    @pytest.mark.parametrize("sort", ["cost", "change", "name"])
    def test_every_part_of_a_breakdown(self, sample: Sample, by: str, sort: str) -> None:
        parameters = {"by": by, "sort": sort, "period": "last-month", "limit": "5", "offset": "1"}
        assert_answers_agree(sample.ask, sample.oracle, READ_AT, parameters, endpoints=("breakdown",))

    def test_without_parameters_it_is_the_last_30_days_in_utc(self, sample: Sample) -> None:
        sample.check()

    def test_as_of_is_the_newest_date_in_the_dump(self, sample: Sample) -> None:
        _, body = sample.ask("summary", {})
        newest = sample.oracle.newest_date(READ_AT)
        assert newest is not None
        assert datetime.fromisoformat(body["asOf"]) == newest
        assert body["source"] == {"status": "offline", "lastSync": "2026-11-24T15:17:09Z", "progress": None}

    def test_the_sample_holds_what_these_tests_are_about(self, sample: Sample) -> None:
        rows = sample.oracle.rows
        assert {row.certainty for row in rows} == {"exact", "conversation", "nearest", "weak", "unknown"}
        assert any(row.is_sentinel for row in rows)
        assert any(row.is_positive for row in rows)
        assert any(row.default_rate for row in rows)
        assert any(row.is_agent_model and row.model != row.stored_model for row in rows)
        assert any(row.stored_model is None for row in rows)
        assert any(row.cache_read for row in rows)
        assert any(row.user not in sample.oracle.users for row in rows)
        assert any(row.agent and row.agent not in sample.oracle.evidence.agents for row in rows)


# What the generated ledgers may be filtered by.
CHOICES = {
    "user": [*map(str, USERS), "(none)"],
    "model": [*MODELS, *AGENTS, "(none)"],
    "context": [*CONTEXTS, "admin", "image_generation", "(none)"],
    "agent": [*AGENTS, "(none)", "(unknown)"],
}


def values_of(parameter: str, numbers: list[int]) -> list[str]:
    values = CHOICES[parameter.removeprefix("not-")]
    return [values[number % len(values)] for number in numbers]


class TestGeneratedLedgers:
    @settings(
        max_examples=examples(8),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        ledger=ledgers(),
        zone=st.sampled_from(ZONES),
        period=st.sampled_from(PERIODS),
        bucket=st.sampled_from([None, "hour", "day", "week", "month"]),
        limit=st.sampled_from(["1", "3", "1000"]),
        now=st.sampled_from(MOMENTS),
        filters=st.dictionaries(
            st.sampled_from([*CHOICES, *(f"not-{name}" for name in CHOICES)]),
            st.lists(st.integers(0, 9), min_size=1, max_size=3),
            max_size=2,
        ),
        by=st.sampled_from(SUBJECTS),
        attribute=st.sampled_from(("domain", "role", "context")),
        sort=st.sampled_from(SORTS),
        offset=st.sampled_from(("0", "1")),
    )
    def test_every_figure(
        self,
        ledger: Ledger,
        zone: str,
        period: str,
        bucket: str | None,
        limit: str,
        now: datetime,
        filters: dict[str, list[int]],
        by: str,
        attribute: str,
        sort: str,
        offset: str,
    ) -> None:
        with read(ledger, now) as ask:
            oracle = Oracle(ledger)
            ahead = (now + timedelta(days=30)).isoformat()
            everything = {"period": "custom", "start": "2023-01-01", "end": ahead}
            for asked in ({"period": period}, everything):
                parameters = {**asked, "tz": zone, "limit": limit, "by": by, "split": by}
                parameters |= {"bucket": bucket} if bucket else {}
                chosen = {name: values_of(name, numbers) for name, numbers in filters.items()}
                bodies = assert_answers_agree(ask, oracle, now, parameters | chosen)
                in_order = parameters | chosen | {"sort": sort, "offset": offset}
                assert_answers_agree(ask, oracle, now, in_order, endpoints=lists_by(sort))
                broken_down = in_order | {"by": attribute}
                assert_answers_agree(ask, oracle, now, broken_down, endpoints=("breakdown",))
                if limit == "1000":
                    assert_parts_add_up(bodies)


@contextmanager
def read(ledger: Ledger, now: datetime) -> Iterator[Ask]:
    """Write a ledger as a dump, import it, and answer questions about it as of ``now``."""
    with TemporaryDirectory(prefix="ledger-") as name:
        ledger.write(Path(name) / "dump" / "LibreChat")
        with imported(Path(name) / "dump", Path(name) / "store", now) as ask:
            yield ask


def assert_parts_add_up(bodies: dict[str, dict[str, Any]]) -> None:
    """Buckets, agents with the rest, users and models each sum to the summary."""
    summary = bodies["summary"]
    wholes = {
        "usage-over-time": lambda body: body["points"],
        "top-agents": lambda body: [*body["agents"], body["withoutAgent"], body["unknown"]],
        "top-users": lambda body: body["users"],
        "top-models": lambda body: body["models"],
    }
    for endpoint, parts_of in wholes.items():
        if endpoint not in bodies:
            continue
        for figure in PARTS:
            total = sum(Fraction(part[figure]) for part in parts_of(bodies[endpoint]))
            assert abs(total - Fraction(summary[figure])) <= Fraction(1, 10**9), (endpoint, figure)
